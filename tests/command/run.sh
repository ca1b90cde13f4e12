# wick run: the CSV, the time grid, flags over the file, the order parameters, all methods, plots.
. "$(dirname "$0")/checks"

cat >study.json <<'END'
{
    "activation": "x^2",
    "p": 8, "k": 4, "d": 1000,
    "learning_rate": 0.1, "noise": 0.001,
    "time": { "end": 100, "start": 0.001, "points": 51 }
}
END

# ---- The file -------------------------------------------------------------------------------------------------------

succeeds "run into a file" run --problem study.json -o curve.csv
ok "stdout stays empty" [ ! -s out ]
ok "a summary of one line" [ "$(wc -l <err)" -eq 1 ]
ok "the summary names the file, the outputs and the work" grep -Eq \
    '^wick: curve.csv: 51 outputs to t = 100; [0-9]+ steps, [0-9]+ drift evaluations, [0-9.e-]+ s$' err
ok "the version is the first line" sh -c 'head -n 1 curve.csv | grep -q "^# wick: [0-9]"'
for line in '# activation: "x^2"' '# p: 8' '# k: 4' '# d: 1000' '# noise: 0.001' '# regime: "high-dimensional"'; do
    ok "comment $line" grep -qxF "$line" curve.csv
done
ok "the header" [ "$(grep -v '^#' curve.csv | head -n 1)" = "t,risk,excess_risk" ]
ok "one row for each output" row_count curve.csv 51
ok "three columns of finite numbers" holds curve.csv 'NF == 3 && $1 > 0 && $2 > 0 && $2 < 10 && $3 > 0'
ok "the risk holds half the noise" holds curve.csv '($2 - $3 - 0.0005) ^ 2 < 1e-30'
ok "times from start to end" [ "$(rows curve.csv | sed -n '1s/,.*//p;$s/,.*//p' | tr '\n' ' ')" = "0.001 100 " ]
ok "logarithmic times" holds curve.csv \
    '(log($1) - log(0.001) - (NR - 1) / 50 * log(1e5)) ^ 2 < 1e-24'
ok "the risk fell" sh -c 'grep -v "^#" curve.csv | awk -F, "NR == 2 { first = \$3 } END { exit !(\$3 < first / 10) }"'
ok "not stopped" lacks curve.csv "# stopped"
ok "only the file was left" [ "$(ls | tr '\n' ' ')" = "curve.csv err ok.log out study.json " ]

succeeds "run to stdout" run --problem study.json
ok "stdout is the file" cmp out curve.csv
ok "no summary with stdout" [ ! -s err ]
succeeds "-o - is stdout" run --problem study.json -o -
ok "-o - is the file" cmp out curve.csv
succeeds "--quiet" run --problem study.json -o quiet.csv --quiet
ok "--quiet says nothing" [ ! -s err ]
ok "--quiet writes the same" cmp quiet.csv curve.csv

# A result names its origin: its comments are a problem file that gives the same result.
{
    echo "{"
    sed -n '/^# wick: /d;s/^# \([a-z_]*\): \(.*\)$/"\1": \2,/p' curve.csv | sed '$s/,$//'
    echo "}"
} >again.json
succeeds "the comments are a problem" run --problem again.json -o again.csv
ok "and give the same result" cmp again.csv curve.csv

# ---- Flags ----------------------------------------------------------------------------------------------------------

succeeds "flags override the file" run --problem study.json --learning-rate 0.25 --points=7 -o flags.csv
ok "the flag is in the comments" grep -qx '# learning_rate: 0.25' flags.csv
ok "the other too" row_count flags.csv 7
succeeds "flags before the file" run --learning-rate 0.25 --points 7 --problem study.json -o before.csv
ok "override it too" cmp before.csv flags.csv
succeeds "flags by path, dashes or underscores" run --learning_rate 0.25 --time-points 7 --problem=study.json --output path.csv
ok "are the same flags" cmp path.csv flags.csv
succeeds "no file at all" run $square --end 100 --start 0.001 --points 51 -o nofile.csv
ok "gives the same rows" sh -c 'grep -v "^#" nofile.csv >a && grep -v "^#" curve.csv >b && cmp a b'

succeeds "linear times" run --problem study.json --spacing linear --start 0 --end 10 --points 11 -o linear.csv
ok "are evenly spaced" holds linear.csv '($1 - (NR - 1)) ^ 2 < 1e-24'
succeeds "given times" run $square --at '[0, 0.5, 0.7, 7]' -o at.csv
ok "are hit" [ "$(rows at.csv | sed 's/,.*//' | tr '\n' ' ')" = "0 0.5 0.7 7 " ]

# ---- Order parameters -----------------------------------------------------------------------------------------------

overlaps="--Q [[0.75,0.25],[0.25,0.5]] --M [[0.125,0],[0.5,0.0625]]"
given="--activation x^2 --learning-rate 0.1 $overlaps"
succeeds "--state" run $given --state --at '[0,1]' -o state.csv
ok "names the order parameters" [ "$(grep -v '^#' state.csv | head -n 1)" = \
    't,risk,excess_risk,"M[1,1]","M[1,2]","M[2,1]","M[2,2]","Q[1,1]","Q[1,2]","Q[2,2]"' ]
ok "starts where it should" [ "$(rows state.csv | head -n 1 | cut -d, -f1,4-)" = "0,0.125,0,0.5,0.0625,0.75,0.25,0.5" ]
ok "has two rows of ten columns" holds state.csv 'NF == 10'
succeeds "--state, second layer trained" run $given --second-layer trained --a '[1,-0.5]' --state --at '[0,1]' -o trained.csv
ok "names a" sh -c 'grep -v "^#" trained.csv | head -n 1 | grep -q ",\"Q\[2,2\]\",a\[1\],a\[2\]$"'
ok "starts at a" [ "$(rows trained.csv | head -n 1 | cut -d, -f11-)" = "1,-0.5" ]

succeeds "eval at the same state" eval $given
risk=$(sed -n 's/.*"risk": \(.*\),$/\1/p' out)
ok "gives the same risk to the last digit" [ "$(rows state.csv | head -n 1 | cut -d, -f2)" = "$risk" ]

# ---- Methods --------------------------------------------------------------------------------------------------------

succeeds "a precise run" run $square --at '[20]' --rtol 1e-11
reference=$(rows out | cut -d, -f3)
for method in rk2 rk4 rkf45 rkck rk8pd msadams "euler --dt 1e-4"; do
    succeeds "method $method" run $square --at '[20]' --rtol 1e-9 --method $method
    ok "method $method agrees" sh -c "grep -v '^#' out | awk -F, 'NR == 2 { exit !((\$3 / $reference - 1) ^ 2 < 1e-6) }'"
done

# ---- Timings --------------------------------------------------------------------------------------------------------

succeeds "--timings" run $square --end 1 --timings -o timings.csv --quiet
ok "--timings has a line for each stage" [ "$(wc -l <err)" -eq 8 ]
for stage in derive plan emit compile "initial state" ready "first drift" total; do
    ok "--timings tells $stage" grep -Eq "^wick: $stage +[0-9]+\.[0-9]+ ms$" err
done
finish

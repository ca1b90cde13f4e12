# wick run --histogram.
. "$(dirname "$0")/checks"

mean="--activation x^2 --regime mean-field --p 200 --k 2 --d 10 --learning-rate 0.1 --end 100 --points 7"
succeeds "--histogram" run $mean -o curve.csv --histogram hist.csv
ok "the summary names both files" grep -q '^wick: curve.csv, hist.csv: 7 outputs' err
ok "the header" [ "$(grep -v '^#' hist.csv | head -n 1)" = "t,target,lower,upper,density,count" ]
ok "a row for each time, target and bin" row_count hist.csv $((7 * 2 * 100))
ok "six columns; bins of one width" holds hist.csv 'NF == 6 && ($4 - $3 - 0.02) ^ 2 < 1e-20 && $3 >= -1 && $4 <= 1'
ok "every student is counted for every target" sh -c \
    'grep -v "^#" hist.csv | tail -n +2 | awk -F, "{ n[\$1 \",\" \$2] += \$6 } END { for (i in n) { if (n[i] != 200) exit 1; m++ } exit m != 14 }"'
ok "densities integrate to one" sh -c \
    'grep -v "^#" hist.csv | tail -n +2 | awk -F, "{ n[\$1 \",\" \$2] += \$5 * (\$4 - \$3) } END { for (i in n) if ((n[i] - 1) ^ 2 > 1e-20) exit 1 }"'
ok "times are those of the curve" sh -c \
    'grep -v "^#" hist.csv | tail -n +2 | cut -d, -f1 | uniq >a; grep -v "^#" curve.csv | tail -n +2 | cut -d, -f1 >b; cmp a b'
ok "the comments are those of the curve" sh -c 'grep "^#" hist.csv >a; grep "^#" curve.csv >b; cmp a b'

# From the states of the CSV, by the definition.
for regime in mean-field high-dimensional; do
    succeeds "$regime, with states" run $mean --regime $regime --p 40 --bins 10 --state -o state.csv --histogram hist.csv
    rows state.csv | awk -F, -v p=40 -v k=2 -v bins=10 -v reduced=$([ $regime = mean-field ] && echo 1 || echo 0) '
        {
            for (i = 0; i < k * bins; i++) n[i] = 0
            for (j = 0; j < p; j++) {
                norm = reduced ? $(4 + p * k + j) : $(4 + p * k + j * p - j * (j - 1) / 2)
                for (r = 0; reduced && r < k; r++) norm += $(4 + j * k + r) ^ 2
                for (r = 0; r < k; r++) n[r * bins + int(($(4 + j * k + r) / sqrt(norm) + 1) * bins / 2)]++
            }
            for (i = 0; i < k * bins; i++) print n[i]
        }' >expected
    rows hist.csv | cut -d, -f6 >found
    ok "$regime: the counts are those of the states" cmp expected found
done

succeeds "--bins" run $mean --bins 7 -o curve.csv --histogram hist.csv
ok "--bins is heeded" row_count hist.csv $((7 * 2 * 7))
succeeds "--bins 1" run $mean --bins=1 -o curve.csv --histogram hist.csv
ok "holds all" holds hist.csv '$3 == -1 && $4 == 1 && $5 == 0.5 && $6 == 200'
succeeds "histogram on stdout" run $mean -o curve.csv --histogram -
ok "is there" row_count out $((7 * 2 * 100))
succeeds "curve on stdout" run $mean --histogram hist.csv
ok "is there" row_count out 7
succeeds "a simulation" simulate $mean --regime high-dimensional -o simulation.csv
succeeds "with --compare" run $mean --compare simulation.csv -o compared.csv --histogram compared
ok "gives the same histogram" cmp hist.csv compared
succeeds "with HDF5" run $mean -o curve.h5 --histogram fromh5.csv
ok "gives the same histogram" cmp hist.csv fromh5.csv

# ---- Students without length -----------------------------------------------------------------------------------------------

zero="--activation x^2 --regime mean-field-high-d --learning-rate 0.1 --M [[0],[1],[0]] --q [0,0,1] --at [0,1]"
succeeds "a student with Q_jj = 0" run $zero --bins 4 -o zero.csv --histogram hist.csv
ok "is mentioned" grep -qx 'wick: histogram: students with Q_jj = 0 are counted in no bin; 1 of 3 at t = 0, the most at any time' err
ok "in the file too" grep -qx '# students with Q_jj = 0 are counted in no bin: 1 at t = 0, the most at any time' hist.csv
ok "and not counted" [ "$(rows hist.csv | head -n 4 | cut -d, -f5,6 | tr '\n' ' ')" = "0,0 0,0 1,1 1,1 " ]

# ---- Pictures ----------------------------------------------------------------------------------------------------------------

if command -v gnuplot >/dev/null; then
    mkdir dir.x
    succeeds "with --plot" run $mean -o curve.csv --plot curve.svg --histogram dir.x/hist.csv
    ok "the summary names all" grep -q '^wick: curve.csv, dir.x/hist.csv, curve.svg, dir.x/hist.svg: 7 outputs' err
    ok "the picture is whole" has dir.x/hist.svg "</svg>"
    for text in "mean-field, p = 200, k = 2" "target 1" "target 2" "density of students" "t = 100"; do
        ok "the picture tells $text" has dir.x/hist.svg "$text"
    done
    succeeds "a name without an ending" run $mean -o curve.csv --plot curve.png --histogram dir.x/hist
    ok "gets one" sh -c 'head -c 4 dir.x/hist.png | grep -q PNG'
    wick run $square --learning-rate 10 --end 1000 -o curve.csv --plot curve.svg --histogram stopped.csv
    ok "a diverging run exits with 1" [ "$code" -eq 1 ]
    ok "the picture says so" has stopped.svg "(stopped early)"
else
    echo "skipped: no gnuplot, no pictures"
fi
wick run $square --learning-rate 10 --end 1000 -o curve.csv --histogram stopped.csv
ok "the histogram of a diverging run is kept" sh -c 'grep -v "^#" stopped.csv | grep -q "^[0-9]"'
ok "and says so" sh -c 'tail -n 1 stopped.csv | grep -q "^# stopped: diverged at t = "'

# ---- What is wrong -------------------------------------------------------------------------------------------------------------

rm -f curve.csv
for bins in 0 -1 1.5 ten "" 1000001 99999999999999999999999 " 5" 5x; do
    fails "--bins '$bins'" 2 "--bins: must be a whole number from 1 to 1000000, found \"$bins\"" \
        run $mean -o curve.csv --histogram h.csv --bins "$bins"
done
ok "--bins is refused before the run" absent curve.csv
fails "--bins alone" 2 "--bins is for --histogram FILE, which was not given" run $mean -o curve.csv --bins 10
fails "both on stdout" 2 "-o and --histogram would both go to standard output" run $mean --histogram -
fails "one name twice" 2 "-o and --histogram would both go to a.csv" run $mean -o a.csv --histogram a.csv
fails "a picture over a picture" 2 "--plot and the plot of the histogram would both go to a.svg" \
    run $mean -o a.csv --plot a.svg --histogram a.dat
fails "a picture of stdout" 2 "--plot draws the histogram next to its file, but --histogram is standard output here" \
    run $mean -o a.csv --plot a.svg --histogram -
fails "a folder that cannot be made" 1 "cannot write err/h.csv: Not a directory" run $mean -o curve.csv --histogram err/h.csv
ok "is refused before the run" absent curve.csv
mkdir pic.svg
fails "no place for the picture" 1 "cannot write pic.svg: Is a directory" run $mean -o curve.csv --plot c.svg --histogram pic.csv
fails "a target of no length" 2 "target 2 has P_rr = 0, it must be positive" \
    run --activation x^2 --learning-rate 0.1 --M '[[0,0]]' --Q '[[1]]' --P '[[1,0],[0,0]]' -o curve.csv --histogram h.csv
ok "leaves no file" absent curve.csv
finish

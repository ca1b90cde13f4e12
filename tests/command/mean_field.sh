# The mean-field regimes from outside: eval against a case worked out by hand, run, and what is refused.
. "$(dirname "$0")/checks"

# ---- eval -------------------------------------------------------------------------------------------------------------

# Square activation, p = k = 1, P = 1: gradient flow at Q = m^2 + q (see eval.sh), with dq = dQ - 2 m dM; Q = 1/2 here. Label
# noise adds gamma Delta E[s'^2] / p = 4 gamma Delta Q / p.
given="--activation x^2 --M [[0.25]] --q [0.4375] --noise 0.5 --learning-rate 0.25"
cat >expected <<'END'
{
  "dM": [
    [0.75]
  ],
  "dq": [-0.625],
  "risk": 1.5,
  "excess_risk": 1.25
}
END
for place in "mean-field --d 2" "mean-field --d 129" mean-field-high-d; do
    succeeds "eval, $place" eval $given --regime $place
    ok "eval, $place: the JSON" cmp out expected
done
ok "nothing on stderr" [ ! -s err ]
succeeds "eval, from Q" eval --activation x^2 --M '[[0.25]]' --Q '[[0.5]]' --noise 0.5 --learning-rate 0.25 --regime mean-field --d 2
ok "eval, from Q: the same" cmp out expected
succeeds "eval without room" eval --activation x^2 --M '[[0.5]]' --q '[0]' --learning-rate 1 --regime mean-field --d 1
ok "dM = 6 (1 - m^2) m, dq = 0" [ "$(tr -d ' \n' <out)" = \
    '{"dM":[[2.25]],"dq":[0],"risk":0.84375,"excess_risk":0.84375}' ]

# ---- run --------------------------------------------------------------------------------------------------------------

wide="--activation x^2 --regime mean-field --k 2 --d 5 --learning-rate 1"
succeeds "run" run $wide --p 1000 --end 20 -o curve.csv
ok "a row for each output" row_count curve.csv 200
ok "says what it did" grep -q '^wick: curve.csv: 200 outputs to t = 20;' err
ok "holds the regime" grep -qx '# regime: "mean-field"' curve.csv
ok "holds the width" grep -qx '# p: 1000' curve.csv
ok "has learnt" [ "$(rows curve.csv | awk -F, 'NR == 1 { first = $3 } END { print $3 < first / 1000 }')" = 1 ]
ok "never gets worse" sh -c "grep -v '^#' curve.csv | awk -F, 'NR > 2 { bad += \$3 > last } { last = \$3 } END { exit bad > 0 }'"

succeeds "run --state" run $wide --p 3 --at '[0,1]' --state -o state.csv
ok "names M and q" [ "$(grep -v '^#' state.csv | head -n 1)" = \
    't,risk,excess_risk,"M[1,1]","M[1,2]","M[2,1]","M[2,2]","M[3,1]","M[3,2]",q[1],q[2],q[3]' ]
succeeds "run inside the target's space" run --activation x^2 --regime mean-field --d 7 --learning-rate 1 --state \
    --M '[[0.5],[0.25]]' --q '[0,0]' --end 3 --points 20 -o inside.csv
ok "q stays 0" holds inside.csv '$6 == 0 && $7 == 0'
ok "M moves" [ "$(rows inside.csv | cut -d, -f4 | sort -u | wc -l)" -eq 20 ]

many="--activation x^2 --regime mean-field --p 300000 --k 1 --d 3 --learning-rate 1 --end 0.01 --points 3 --method rkf45"
OMP_NUM_THREADS=1 "$WICK" run $many -o one.csv --quiet
OMP_NUM_THREADS=3 "$WICK" run $many -o three.csv --quiet
ok "the same to the last digit for one thread and three" cmp one.csv three.csv
ok "300000 students" row_count one.csv 3

# d huge: M and q are drawn from their law, no vector of that length is.
succeeds "a huge d" run $wide --d 1e12 --p 100 --end 1e-9 --points 1 --state -o huge.csv
ok "q is 1 there" holds huge.csv '$204 > 0.9999 && $204 < 1.0001 && $303 > 0.9999 && $303 < 1.0001'

wick eval --activation x^4 --regime mean-field-high-d --p 4 --k 1 --d 10 --learning-rate 1 --scale 1e80
ok "a drift that overflows is an error" is_failure 1 "not finite"

# ---- What is refused -----------------------------------------------------------------------------------------------------

small="--activation x^2 --learning-rate 1 --regime mean-field"
for command in eval run; do
    fails "$command: d = k with q" 2 "--d: d = k = 1 needs q = 0, but q[2] is 0.25" \
        $command $small --d 1 --M '[[0.5],[0.2]]' --q '[0,0.25]'
    fails "$command: d < k" 2 "--d: must be at least k = 2 in regime mean-field, found 1" \
        $command $small --d 1 --M '[[0.5,0.2]]' --q '[0]'
    fails "$command: no d" 2 "d: missing; regime mean-field needs the input dimension" \
        $command $small --M '[[0.5]]' --q '[0]'
    fails "$command: singular P" 2 "--P: must be positive definite in regime mean-field" \
        $command $small --d 5 --M '[[1,1]]' --q '[1]' --P '[[1,1],[1,1]]'
    fails "$command: trained second layer" 2 '"trained" is not available in regime mean-field; it takes "fixed", with any a' \
        $command $small --d 5 --M '[[1]]' --q '[1]' --second-layer trained
done
# Students that shrink and align, q = 0 within a step: it goes on.
succeeds "run of relu to the end" run --activation relu --regime mean-field --p 5 --k 1 --d 3 --learning-rate 0.1 --end 1000 \
    --points 4 --spacing linear -o relu.csv
ok "the target is learnt" sh -c "tail -n 1 relu.csv | awk -F, '{ exit !(\$1 == 1000 && \$3 < 1e-12) }'"
cat >problem.json <<'END'
{ "activation": "x^2", "learning_rate": 1,
  "regime": "mean-field",
  "d": 2, "p": 10, "k": 3 }
END
fails "d < k, in a file" 2 "problem.json:3:8: d: must be at least k = 3 in regime mean-field, found 2" run --problem problem.json
finish

# The correlation loss, -y f: steps take y for the error.
. "$(dirname "$0")/emit_cases"

problem="--activation erf(x/sqrt(2)) --p 2 --k 2 --d 1000 --learning-rate 1 --noise 0.3 --end 1 --points 3 --spacing linear --second-layer trained
    --loss correlation"
succeeds "run" run $problem -o run.csv
for engine in sgd overlap; do
    succeeds "$engine" simulate $problem --engine $engine --runs 200 -o means.csv
    cut -d, -f1-3 means.csv >means.short
    ok "$engine is near" agree means.short run.csv 0.004
done
flow="--activation x^2-x/3 --p 2 --k 2 --d 20 --learning-rate 0.1 --regime classical --end 0.4 --points 3 --spacing linear --loss correlation --rtol 1e-10"
succeeds "classical: run" run $flow --state -o run.csv
succeeds "classical: weights-flow" simulate $flow --engine weights-flow --state -o flow.csv
ok "the flow of weights agrees" agree run.csv flow.csv 1e-7
for activation in "x^2-x/3" "erf(x/sqrt(2))"; do # closed forms against quadrature
    same="--activation $activation --p 2 --k 2 --d 20 --learning-rate 0.4 --noise 0.1 --loss correlation --second-layer trained"
    succeeds "$activation: closed" eval $same
    sed 's/[][{},:"]/ /g' out >closed
    succeeds "$activation: quadrature" eval $same --method quadrature
    sed 's/[][{},:"]/ /g' out >quadrature
    ok "the same drift" sh -c "paste closed quadrature | awk '{ n = NF / 2; for (i = 1; i <= n; i++) { d = \$i - \$(i + n); if (d < 0) d = -d; if (d > 1e-7) bad = 1 } } END { exit bad || NR < 5 }'"
done
succeeds "derive" derive --activation x^2 --loss correlation
ok "no students in it but in R" sh -c "grep 'dM/dt' out | grep -q 'Tr P/k' && ! grep 'dM/dt' out | grep -q 'Tr Q' && grep '  R  ' out | grep -q 'Tr Q'"
succeeds "derive --format json" derive --activation x^2 --loss correlation --format json
ok "JSON tells it" has out '"loss": "correlation"'
fails "not in the mean field" 2 "not available in regime mean-field" eval --activation x^2 --p 2 --k 1 --d 9 --learning-rate 1 --regime mean-field --loss correlation
fails "another loss" 2 "square, correlation" eval --activation x^2 --p 2 --k 1 --d 9 --learning-rate 1 --loss hinge

for case in poly erf; do
    activation="erf(x/sqrt(2))"
    [ $case = erf ] || activation="x^2-x/3"
    problem="--activation $activation --p 2 --k 2 --d 30 --learning-rate 0.4 --noise 0.1 --loss correlation --second-layer trained --weight-decay 0.3 --end 0.2 --points 5"
    succeeds "$case: run" run $problem $tight --state --quiet -o expected.csv
    for target in solver gsl; do
        succeeds "$case: $target" emit $problem --target $target --name $case -o $target
        libraries=""
        [ $target = solver ] || libraries="-lgsl -lgslcblas"
        ok "$case: $target compiles" compile $first_compiler -o $case $target/$case.c
        method=""
        [ $target = solver ] || method="--method msbdf"
        ok "$case: $target runs" ./$case $method --rtol 1e-11 --atol 1e-14 --state --quiet -o found.csv
        ok "$case: $target agrees" agree expected.csv found.csv 1e-7
    done
done
finish

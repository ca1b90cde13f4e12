# Implicit methods of wick run, whose Jacobian is exact or comes from differences; and that emitted Jacobians do not grow with p.
. "$(dirname "$0")/checks"

# drifts FILE: how many, as the summary says; jacobians FILE: how many of those.
drifts() { sed -n 's/.* steps, \([0-9]*\) drift evaluations.*/\1/p' "$1"; }
jacobians() { sed -n 's/.* evaluations, \([0-9]*\) of the Jacobian.*/\1/p' "$1"; }

late="--end 3000 --points 9 --rtol 1e-8"
square_problem="--activation x^2 --p 4 --k 2 --d 100 --learning-rate 0.1 --noise 0.01 $late"
trained_problem="--activation x^2+x --p 2 --k 2 --d 50 --learning-rate 0.05 --second-layer trained --end 30 --points 9 --rtol 1e-8"
smooth_problem="--activation tanh(x) --p 2 --k 1 --d 100 --learning-rate 0.1 --end 3 --points 5 --rtol 1e-7"
field_problem="--activation x^2 --regime mean-field --p 12 --k 2 --d 100 --learning-rate 0.1 --end 20 --points 5 --rtol 1e-7"

run_case() { # run_case CASE METHOD: its CSV in CASE.csv, its summary in err
    eval "problem=\$$1_problem"
    succeeds "$1: $2" run $problem --method "$2" -o "$1.csv"
}
for case in square trained smooth field; do
    run_case $case rk8pd
    mv $case.csv $case.expected
    explicit=$(drifts err)
    ok "$case: no Jacobian with rk8pd" [ -z "$(jacobians err)" ]
    for method in msbdf rk4imp bsimp; do
        case $case:$method in smooth:rk4imp | smooth:bsimp) continue ;; esac
        run_case $case $method
        ok "$case: $method agrees with rk8pd" near $case.expected $case.csv 1e-4
        ok "$case: $method counts Jacobians" [ "$(jacobians err)" -gt 0 ]
        [ $case:$method = square:msbdf ] || continue
        ok "square: msbdf needs a tenth of the drifts" [ "$(($(drifts err) * 10))" -lt "$explicit" ]
    done
done
for method in rk1imp rk2imp; do
    succeeds "trained: $method" run $trained_problem --rtol 1e-5 --method $method -o trained.csv
    ok "trained: $method comes near" near trained.expected trained.csv 1e-2
done
fails "a state too large for matrices" 2 "at most 4096 are allowed; try msadams or rk8pd" \
    run --activation x^2 --regime mean-field --p 5000 --k 2 --d 100 --learning-rate 0.1 --end 1 --method msbdf

# What is compiled does not grow with p.
for target in library header; do
    succeeds "$target of p = 17" emit --activation x^3+x^2 --p 17 --k 3 --second-layer trained --target $target --name small -o small
    succeeds "$target of p = 400" emit --activation x^3+x^2 --p 400 --k 3 --second-layer trained --target $target --name large -o large
    ok "$target does not grow with p" [ "$(($(cat large/* | wc -c) - $(cat small/* | wc -c)))" -lt 100 ]
    ok "$target has a Jacobian" sh -c "grep -q 'void small_jacobian(const small_parameters' small/small.h"
    rm -r small large
done
finish

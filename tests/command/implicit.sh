# Implicit methods of wick run, whose Jacobian is exact or comes from differences; and that emitted Jacobians do not grow with p.
. "$(dirname "$0")/checks"

# near FILE FILE LIMIT: the risks of two CSVs, relative to the larger of 1e-3 and the risk.
near() {
    rows "$1" >near.1 && rows "$2" >near.2
    paste -d, near.1 near.2 | awk -F, -v limit="$3" '
        { half = NF / 2; e = $2 - $(2 + half); if (e < 0) e = -e; size = $2 > 1e-3 ? $2 : 1e-3
          if ($1 != $(1 + half) || !(e <= limit * size)) { print "t = " $1 ": " $2 ", " $(2 + half); bad = 1 } }
        END { exit bad || NR < 5 }'
}

# drifts FILE: how many, as the summary says; jacobians FILE: how many of those.
drifts() { sed -n 's/.* steps, \([0-9]*\) drift evaluations.*/\1/p' "$1"; }
jacobians() { sed -n 's/.* evaluations, \([0-9]*\) of the Jacobian.*/\1/p' "$1"; }

late="--end 3000 --points 9 --rtol 1e-8"
square_problem="--activation x^2 --p 4 --k 2 --d 100 --learning-rate 0.1 --noise 0.01 $late"
trained_problem="--activation x^2+x --p 2 --k 2 --d 50 --learning-rate 0.05 --second-layer trained --end 30 --points 9 --rtol 1e-8"
smooth_problem="--activation tanh(x) --p 2 --k 1 --d 100 --learning-rate 0.1 --end 3 --points 5 --rtol 1e-7"
field_problem="--activation x^2 --regime mean-field --p 12 --k 2 --d 100 --learning-rate 0.1 --end 20 --points 5 --rtol 1e-7"

schedule_problem="--activation x^2 --p 2 --k 2 --d 50 --second-layer trained --second-layer-rate 0.1 --weight-decay 0.2 --end 30 --points 9
    --rtol 1e-9 --noise 0.05"

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
# ---- A learning rate that depends on time, of which some methods ask for the slope of the drift in t ------------------

succeeds "schedule: rk8pd" run $schedule_problem --learning-rate "0.1/(1+t/2)" -o schedule.csv
for method in bsimp msbdf rk4imp; do
    succeeds "schedule: $method" run $schedule_problem --learning-rate "0.1/(1+t/2)" --method $method -o $method.csv
    ok "schedule: $method agrees" near $method.csv schedule.csv 1e-6
done
small="--activation erf(x/sqrt(2)) --p 2 --k 2 --d 500 --noise 0.05 --end 4 --points 5 --spacing linear"
succeeds "schedule: the curve" run $small --learning-rate "0.5/(1+t/2)" -o curve.csv
for engine in sgd overlap; do
    succeeds "schedule: $engine" simulate $small --learning-rate "0.5/(1+t/2)" --engine $engine --runs 100 -o means.csv
    cut -d, -f1-3 means.csv >falling.csv
    ok "schedule: $engine is near" near falling.csv curve.csv 0.004
done
succeeds "schedule: another" run $schedule_problem --learning-rate 0.1 -o constant.csv
ok "schedule: it matters" sh -c '! cmp -s constant.csv schedule.csv'
succeeds "schedule: derive" derive --activation x^2 --learning-rate "0.1/(1+t/2)"
ok "schedule: derive tells it" has out "gamma = 0.1/(1+t/2)"
fails "negative" 2 "at t = " run $schedule_problem --learning-rate "0.1-t"
fails "standing still" 2 "where a simulation then stays" simulate $schedule_problem --learning-rate "max(0.1 - t, 0)" --engine overlap
fails "another variable" 2 "the variable is t" run $schedule_problem --learning-rate "0.1*x"
fails "emit" 2 "depends on t, which generated code does not know" emit $schedule_problem --learning-rate "0.1/(1+t)" -o emitted
finish

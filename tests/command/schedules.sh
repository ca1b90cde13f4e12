# A learning rate that depends on time, and the clock that counts steps: run, simulate, derive, eval, emitted programs.
. "$(dirname "$0")/emit_cases"

schedule_problem="--activation x^2 --p 2 --k 2 --d 50 --second-layer trained --second-layer-rate 0.1 --weight-decay 0.2 --end 30 --points 9
    --rtol 1e-9 --noise 0.05"

# ---- In t, of which some methods ask for the slope of the drift -------------------------------------------------------

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

# ---- The clock of steps: tau = steps/d, d/dtau = (gamma/p) d/dt -----------------------------------------------------------

constant="--activation erf(x/sqrt(2)) --p 2 --k 2 --d 500 --noise 0.05 --weight-decay 0.2 --learning-rate 0.7 --points 5 --spacing linear"
succeeds "steps: run" run $constant --clock steps --end 8 -o steps.csv
succeeds "distances: run" run $constant --end 2.8 -o distances.csv
for clock in steps distances; do rows $clock.csv | cut -d, -f2- >$clock.risks; done
ok "the same curve on both clocks" agree steps.risks distances.risks 1e-7
ok "a column tau" [ "$(header_of steps.csv)" = tau,risk,excess_risk ]
ended="--clock steps --learning-rate relu(1-tau/2) --end 3 --activation erf(x/sqrt(2)) --p 2 --k 2 --d 500 --noise 0.05 --points 4 --spacing linear"
succeeds "an end of learning: run" run $ended -o ended.csv
ok "nothing is learnt after it" sh -c "[ \"\$(tail -n 1 ended.csv | cut -d, -f2)\" = \"\$(tail -n 2 ended.csv | head -n 1 | cut -d, -f2)\" ]"
for engine in sgd overlap; do
    succeeds "an end of learning: $engine" simulate $ended --engine $engine --runs 100 -o means.csv
    cut -d, -f1-3 means.csv >falling.csv
    ok "it is near" agree falling.csv ended.csv 0.004
done
succeeds "samples are counted" simulate ${ended%--end*} --activation x^2 --p 1 --k 1 --d 500 --learning-rate 0.01 --samples 1000 --engine overlap --points 1 -o counted.csv
ok "tau = samples/d" [ "$(rows counted.csv | cut -d, -f1)" = 2 ]
fails "no learning rate" 2 "steps are of some size: give a learning_rate" eval --activation x^2 --regime classical --p 1 --k 1 --d 9 --clock steps
fails "the other variable" 2 "the variable is tau" run $constant --clock steps --learning-rate "1/(1+t)"
succeeds "derive tells the clock" derive --activation x^2 --learning-rate "1/(1+tau)" --clock steps
ok "in words" has out "d/dtau = (gamma/p) d/dt"
succeeds "derive --format json" derive --activation x^2 --learning-rate "1/(1+tau)" --clock steps --format json
ok "JSON has both" sh -c "grep -q '\"learning_rate\": \"1/(1+tau)\"' out && grep -q '\"clock\": \"steps\"' out"
succeeds "HDF5" run $constant --clock steps --end 8 -o steps.h5
succeeds "HDF5, the other clock" run $constant --end 8 -o distances.h5
fails "a chart has one clock" 2 "one chart has one clock" plot steps.h5 distances.h5 -o chart.svg
succeeds "a chart of one" plot steps.h5 steps.csv -o chart.svg

# ---- Programs that have the time derivative, and python ----------------------------------------------------------------

for case in falling steps_erf; do
    succeeds "$case: run" run $(problem_of $case) $tight --state --quiet -o expected.csv
    succeeds "$case: gsl" emit $(problem_of $case) --target gsl --name $case -o gsl
    libraries="-lgsl -lgslcblas"
    ok "$case: gsl compiles" compile $first_compiler -o $case gsl/$case.c
    for method in rk8pd bsimp msbdf; do
        ok "$case: gsl $method" ./$case --method $method --rtol 1e-11 --atol 1e-14 --state --quiet -o found.csv
        ok "$case: gsl $method agrees" agree expected.csv found.csv 1e-8
    done
    succeeds "$case: cvode" emit $(problem_of $case) --target cvode --name $case -o cvode
    libraries="-lsundials_cvode -lsundials_nvecserial"
    ok "$case: cvode compiles" compile $first_compiler -o $case cvode/$case.c
    ok "$case: cvode" ./$case --rtol 1e-11 --atol 1e-14 --state --quiet -o found.csv
    ok "$case: cvode agrees" agree expected.csv found.csv 1e-7
    libraries=
    succeeds "$case: python" emit $(problem_of $case) --target python --name $case -o .
    cat >check.py <<EOF
import csv, $case as m
rows = [[float(v) for v in r] for r in csv.reader(l for l in open("expected.csv") if l[0] not in "#t")]
for method in "RK45", "BDF":
    if method == "BDF" and m.numpy is None: continue
    s = m.solve((0, rows[-1][0]), method=method, rtol=1e-9, atol=1e-12)
    assert all(abs(u[-1] - v) < 1e-6 for u, v in zip(s.y, rows[-1][3:])), (method, s.y, rows[-1])
h = 1e-6
assert abs((m.learning_rate(1 + h) - m.learning_rate(1 - h)) / (2 * h) - m.learning_rate(1, slope=True)) < 1e-8
try: m.defaults(learning_rate=1)
except TypeError: pass
else: raise AssertionError("a learning rate that depends on time was set")
EOF
    ok "$case: python agrees" env XDG_CACHE_HOME=$PWD/cache python3 check.py
done
finish

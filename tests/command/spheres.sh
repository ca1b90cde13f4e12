# Students on spheres, and spherical gradients: the equations against simulation, in the limit and in law, and what is refused.
. "$(dirname "$0")/checks"

problem="--activation erf(x/sqrt(2)) --p 2 --k 2 --d 1000 --learning-rate 3 --noise 0.3 --end 2 --points 3 --spacing linear --second-layer trained"
succeeds "plain" run $problem --state -o none.csv
for constraint in sphere spherical-gradient; do
    succeeds "$constraint: run" run $problem --constraint $constraint --state -o $constraint.csv
    ok "$constraint: it is another curve" sh -c "! cmp -s none.csv $constraint.csv"
    for engine in sgd overlap; do
        succeeds "$constraint: $engine" simulate $problem --constraint $constraint --engine $engine --runs 200 -o means.csv
        ok "$constraint: the risk of $engine is that of the equations" same_end means.csv $constraint.csv 0.002
    done
    succeeds "$constraint: by Jacobians" run $problem --constraint $constraint --state --integrator '{"method": "msbdf"}' -o stiff.csv
    ok "$constraint: the same curve" same_curve $constraint.csv stiff.csv 1e-5
done

# Without noise both are one flow, which the flow of weights takes in R^d.
flow="--activation x^2 --p 3 --k 2 --d 20 --regime classical --end 3 --points 4 --state"
for constraint in sphere spherical-gradient; do
    succeeds "$constraint: flow of overlaps" run $flow --constraint $constraint -o overlaps.csv
    succeeds "$constraint: flow of weights" simulate $flow --constraint $constraint --engine weights-flow -o weights.csv
    ok "$constraint: they agree" same_curve overlaps.csv weights.csv 1e-5
done

# In law at any d: means after few steps, and how they spread, over 20000 runs.
small="--activation erf(x) --p 2 --k 1 --d 5 --learning-rate 0.7 --noise 0.2 --batch 3 --start 0.14 --end 0.7 --points 2 --spacing linear --state --second-layer trained"
for constraint in sphere spherical-gradient; do
    succeeds "$constraint: law of sgd" simulate $small --constraint $constraint --engine sgd --runs 20000 -o sgd.csv
    succeeds "$constraint: law of overlap" simulate $small --constraint $constraint --engine overlap --runs 20000 --sample-seed 7 -o overlap.csv
    ok "$constraint: the engines agree in law" same_law sgd.csv overlap.csv 20000
done

succeeds "norms rest" eval --activation x^2 --p 2 --k 1 --d 50 --learning-rate 0.5 --noise 0.1 --constraint sphere --M 0.3\;0.1 --Q 1,0.2\;0.2,0.7
ok "exactly" sh -c "tr -d ' \\n' <out | grep -q '\"dQ\":\[\[0,[^,]*\],\[[^,]*,0\]\]'"
fails "no radius" 2 "Q" eval --activation x^2 --p 1 --k 1 --d 9 --learning-rate 1 --constraint sphere --initial '{"M":[[0]],"Q":[[0]],"P":[[1]]}'
fails "the mean field" 2 "constraint" eval --activation x^2 --p 1 --k 1 --d 9 --regime mean-field --constraint sphere
fails "a decay that does nothing" 2 "weight-decay" eval --activation x^2 --p 1 --k 1 --d 9 --learning-rate 1 --constraint sphere --weight-decay 0.1
fails "generated code" 2 "spheres" emit --activation x^2 --p 2 --k 1 --constraint sphere -o code
succeeds "derive" derive --activation x^2 --constraint spherical-gradient
succeeds "derive --format json" derive --activation x^2 --constraint sphere --format json
ok "JSON tells it" has out '"constraint": "sphere"'
finish

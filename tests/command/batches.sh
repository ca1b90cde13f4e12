# Steps of several samples: what they change in the equations, and that both engines of simulation take them alike.
. "$(dirname "$0")/checks"

problem="--activation erf(x/sqrt(2)) --p 2 --k 2 --d 1000 --learning-rate 3 --noise 0.3 --end 2 --points 3 --spacing linear --second-layer trained"
succeeds "one sample: run" run $problem -o one.csv
succeeds "four: run" run $problem --batch 4 -o four.csv
ok "they differ" sh -c '! cmp -s one.csv four.csv'
succeeds "a batch is the noise of a smaller rate" run --activation x^2 --p 2 --k 1 --d 50 --learning-rate 0.8 --batch 4 --noise 0.5 --end 3 --points 4 -o batch.csv
succeeds "the same at gamma/B" run --activation x^2 --p 2 --k 1 --d 50 --learning-rate 0.2 --noise 0.5 --end 3 --points 4 -o small.csv
ok "the same curve" sh -c 'grep -v "^#" batch.csv >1; grep -v "^#" small.csv | cmp - 1'
for engine in sgd overlap; do
    succeeds "four: $engine" simulate $problem --batch 4 --engine $engine --runs 200 -o means.csv
    ok "its risk is that of the equations" same_end means.csv four.csv 0.002
done

# In law at any d: means after few steps, and how they spread, over 20000 runs.
small="--activation erf(x) --p 2 --k 1 --d 5 --learning-rate 0.7 --noise 0.2 --batch 3 --start 0.14 --end 0.7 --points 2 --spacing linear --state --second-layer trained --weight-decay 0.4"
succeeds "law: sgd" simulate $small --engine sgd --runs 20000 -o sgd.csv
succeeds "law: overlap" simulate $small --engine overlap --runs 20000 --sample-seed 7 -o overlap.csv
ok "the engines agree in law" same_law sgd.csv overlap.csv 20000
succeeds "samples are counted" simulate --activation x^2 --p 1 --k 1 --d 100 --learning-rate 0.1 --batch 5 --samples 1000 --engine overlap --points 1 --quiet -o counted.csv
ok "1000 samples are 200 steps" [ "$(rows counted.csv | cut -d, -f1)" = 0.2 ]
fails "no noise, no effect" 2 "has no effect in regime classical" eval --activation x^2 --p 1 --k 1 --d 9 --regime classical --batch 2
fails "a part of a sample" 2 "expected a whole number" eval --activation x^2 --p 1 --k 1 --d 9 --learning-rate 1 --batch 1.5
fails "none" 2 "batch" eval --activation x^2 --p 1 --k 1 --d 9 --learning-rate 1 --batch 0
succeeds "derive" derive --activation x^2 --batch 3
ok "derive tells it" has out "B: samples of a step, which divide X"
succeeds "derive --format json" derive --activation x^2 --batch 3 --format json
ok "JSON tells it" has out '"batch": "batch"'
finish

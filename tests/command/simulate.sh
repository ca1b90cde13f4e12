# wick simulate, run --initial and --compare: engines, seeds, runs, threads, handing over, errors.
. "$(dirname "$0")/checks"

study="--activation x^2 --p 3 --k 2 --d 50 --learning-rate 0.2 --noise 0.01 --end 5 --start 0.01 --points 12"

# ---- The file -------------------------------------------------------------------------------------------------------

succeeds "run" run $study --state -o ode.csv
for engine in sgd overlap weights-flow; do
    succeeds "engine $engine" simulate $study --engine $engine --state -o $engine.csv
    ok "$engine: the header of run" sh -c "grep '^t,' $engine.csv >a && grep '^t,' ode.csv >b && cmp a b"
    ok "$engine: the times of run" sh -c "grep -v '^[#t]' $engine.csv | cut -d, -f1 >a && grep -v '^[#t]' ode.csv | cut -d, -f1 >b && cmp a b"
    ok "$engine: the risk holds half the noise" holds $engine.csv '($2 - $3 - 0.005) ^ 2 < 1e-30 && $3 >= 0'
    ok "$engine: the problem is in the comments" grep -qxF '# activation: "x^2"' $engine.csv
    ok "$engine: and the simulation" grep -qxF "# simulation: {\"engine\":\"$engine\",\"seed\":1,\"runs\":1}" $engine.csv
done
succeeds "sgd is the default" simulate $study --state
ok "sgd is the default, indeed" cmp out sgd.csv
ok "a summary names outputs, runs and samples" sh -c '"$0" simulate $1 -o x.csv 2>&1 |
    grep -Eq "^wick: x.csv: 12 outputs to t = 5; 1 run, 3750 samples, [0-9.e-]+ s$"' "$WICK" "$study"
succeeds "--quiet" simulate $study -o quiet.csv --quiet
ok "--quiet says nothing" [ ! -s err ]
ok "starts where run starts" sh -c "'$WICK' run $study --state --at '[0,1]' >a 2>err && '$WICK' simulate $study --state --at '[0,1]' >b 2>err &&
    grep '^0,' a | tr , '\n' >c && grep '^0,' b | tr , '\n' >d && paste c d | awk '{ if ((\$1 - \$2) ^ 2 > 1e-28) exit 1 }'"

succeeds "classical" run $study --regime classical --rtol 1e-11 -o classical.csv
succeeds "weights-flow" simulate $study --engine weights-flow --rtol 1e-11 -o flow.csv
ok "is the classical regime" sh -c 'grep -v "^[#t]" classical.csv >a; grep -v "^[#t]" flow.csv >b; paste -d, a b |
    awk -F, "{ if ((\$3 - \$6) ^ 2 > 1e-18) exit 1 }"'

# ---- Seeds, runs, threads --------------------------------------------------------------------------------------------

succeeds "the same seed" simulate $study --seed 1 --state -o again.csv
ok "gives the same" cmp again.csv sgd.csv
succeeds "another seed" simulate $study --seed 2 -o other.csv
ok "draws another initial state, as in run" grep -q '"random":{"seed":2' other.csv
succeeds "--sample-seed" simulate $study --sample-seed 2 -o samples.csv
ok "leaves the initial state" grep -q '"random":{"seed":1' samples.csv
ok "and changes the samples" sh -c '! cmp -s samples.csv sgd.csv'
given="--activation x^2 --learning-rate 0.1 --d 9 --Q [[0.75,0.25],[0.25,0.5]] --M [[0.125,0],[0.5,0.0625]] --at [0,1]"
succeeds "--seed with given overlaps" simulate $given --seed 7 --state
ok "keeps them" [ "$(rows out | head -n 1 | cut -d, -f4-)" = "0.125,0,0.5,0.0625,0.75,0.25,0.5" ]
cp out seven.csv
succeeds "another" simulate $given --seed 8 --state
ok "changes the samples" sh -c '! cmp -s out seven.csv'

succeeds "many runs, one thread" simulate $study --runs 9 --state --threads 1 -o one.csv
succeeds "many runs, five threads" simulate $study --runs 9 --state --threads 5 -o five.csv
ok "threads change nothing" cmp one.csv five.csv
ok "the columns of run come first" sh -c 'head -n 40 one.csv | grep -q "^t,risk,excess_risk,\"M\[1,1\]\""'
for column in 'sd(risk)' 'q05(excess_risk)' 'q50(risk)' '"sd(M[1,2])"' '"q95(Q[3,3])"'; do
    ok "column $column" grep -qF ",$column" one.csv
done
succeeds "runs without states" simulate $study --runs 9 -o risks.csv
ok "have mean, deviation and quantiles of the risk in order" holds risks.csv \
    'NF == 15 && $4 > 0 && $5 <= $6 && $6 <= $7 && $7 <= $8 && $8 <= $9 && $5 <= $2 && $2 <= $9 && ($4 - $10) ^ 2 < 1e-30'

succeeds "--samples" simulate --activation x^2 --p 2 --k 1 --d 1000 --learning-rate 0.5 --samples 400 --engine overlap -o n.csv
ok "sets the end" [ "$(rows n.csv | tail -n 1 | cut -d, -f1)" = "0.1" ]
ok "and says how many were taken" grep -q "400 samples" err
for other in "--end 3" "--at 1,2"; do
    fails "--samples beside ${other% *}" 2 "both say when to end" simulate $given --samples 400 $other
done
succeeds "d = 1e12" simulate --activation x^2 --p 2 --k 1 --d 1e12 --learning-rate 0.5 --samples 1000 --engine overlap

# ---- Handing over ----------------------------------------------------------------------------------------------------

succeeds "--save-initial" simulate $study --engine overlap --runs 20 --state --save-initial start.json -o runs.csv
succeeds "run --initial" run $study --initial start.json --state -o from.csv
ok "gives the trajectory of the same random state" sh -c 'grep -v "^#" from.csv >a && grep -v "^#" ode.csv >b && cmp a b'
succeeds "simulate --initial" simulate $study --initial start.json --engine overlap --runs 20 --state -o again.csv
ok "gives the same simulation" sh -c 'grep -v "^#" again.csv >a && grep -v "^#" runs.csv >b && cmp a b'

succeeds "--compare" run $study --initial start.json --state --compare runs.csv -o both.csv
ok "adds two columns" grep -q ',risk_distance,state_distance$' both.csv
ok "the distances are small and not zero" holds both.csv '$(NF-1) >= 0 && $(NF-1) < 0.1 && $NF < 0.5'
ok "somewhere not zero" sh -c 'grep -v "^[#t]" both.csv | awk -F, "\$NF > 1e-4 { found = 1 } END { exit !found }"'
ok "the file is named" grep -qxF '# compared: "runs.csv"' both.csv
succeeds "--compare without --state" run $study --compare runs.csv
ok "adds one column" grep -qx 't,risk,excess_risk,risk_distance' out
succeeds "--compare with itself" run $study --state --compare ode.csv
ok "is no distance" holds out '$(NF-1) == 0 && $NF == 0'
fails "--compare, other times" 2 "runs.csv has no row for t = " run $study --points 13 --compare runs.csv
fails "--compare, no file" 2 "none.csv: cannot be opened" run $study --compare none.csv
echo "t,risk
1,x" >bad.csv
fails "--compare, no CSV" 2 "bad.csv:2:3: expected a number" run $study --compare bad.csv

# ---- Plots -----------------------------------------------------------------------------------------------------------

if command -v gnuplot >/dev/null; then
    succeeds "--plot" simulate $study --runs 9 --state -o plotted.csv --plot runs.svg
    ok "the summary names both files" grep -q '^wick: plotted.csv, runs.svg: 12 outputs' err
    ok "the CSV is that without a plot" cmp plotted.csv one.csv
    ok "the plot is whole" has runs.svg "</svg>"
    ok "the title names the process in place of the regime" has runs.svg "x^2, SGD, d = 50, 9 runs, p = 3, k = 2"
    ok "a band for the quantiles" has runs.svg "5 to 95 % of the runs"
    ok "the mean" has runs.svg "mean excess risk R"
    succeeds "--plot, one run" simulate $study --engine overlap -o plotted.csv --plot run.svg --quiet
    ok "has no band" lacks run.svg "5 to 95"
    ok "the title says so" has run.svg "SGD (overlaps), d = 50, p = 3"
    succeeds "--plot, one time" simulate $study --at '[2]' --runs 3 --noise 0 --plot time.pdf
    ok "the CSV is on stdout" row_count out 1
    ok "is PDF" sh -c 'head -c 4 time.pdf | grep -q %PDF'
    succeeds "run --compare --plot" run $study --compare runs.csv --plot both.svg -o both.csv
    ok "draws the ODE" has both.svg "high-dimensional"
    ok "and the simulation, with bars" sh -c 'grep -q "process, 20 runs" both.svg && grep -q "yerrorbars.*process, 20 runs" both.gp'
    wick simulate $study --learning-rate 30 --end 100 --runs 2 -o diverged.csv --plot diverged.svg
    ok "a run that diverges is drawn as far as it went" has diverged.svg "(stopped early)"
    fails "another ending" 2 'cannot plot into "x.gif": the name must end in' simulate $study -o refused.csv --plot x.gif
    ok "is refused before the simulation" absent refused.csv
fi
fails "CSV and plot in one file" 2 "-o and --plot would both go to x.svg" simulate $study -o x.svg --plot x.svg

# ---- Any activation --------------------------------------------------------------------------------------------------

erf="--activation erf(x/sqrt(2)) --p 3 --k 2 --d 500 --learning-rate 0.05 --noise 0.001 --end 2 --start 0.01 --points 12"
succeeds "run erf" run $erf --state -o erf-ode.csv
for engine in sgd overlap; do
    succeeds "erf, engine $engine" simulate $erf --engine $engine --runs 5 --threads 1 --state -o erf-$engine.csv
    ok "erf, $engine: the problem is in the comments" grep -qxF '# activation: "erf(x/sqrt(2))"' erf-$engine.csv
    ok "erf, $engine: the risk holds half the noise" holds erf-$engine.csv '($2 - $3 - 0.0005) ^ 2 < 1e-30 && $3 > 0'
    succeeds "erf, engine $engine, three threads" simulate $erf --engine $engine --runs 5 --threads 3 --state
    ok "erf, $engine: threads change nothing" cmp out erf-$engine.csv
    succeeds "erf, $engine: compare" run $erf --state --compare erf-$engine.csv -o both.csv
    ok "erf, $engine: near the ODE, not on it" holds both.csv '$NF > 0 && $NF < 0.02'
done
succeeds "relu on tanh" simulate $erf --activation 'relu(x)' --target-activation 'tanh(x)' --engine overlap
fails "erf, weights-flow" 2 "activation: engine weights-flow takes polynomials alone" simulate $erf --engine weights-flow
wick simulate --activation 'x*tanh(x)' --target-activation x/2 --engine overlap --p 2 --k 1 --d 3 --noise 4 --learning-rate 8 \
    --scale 0.1 --end 400 --points 8 --tol 1e-12 --regime classical -o missed.csv
ok "a risk that misses its tolerance fails" [ "$code" -eq 1 ]
ok "and says where" has err "quadrature.tol: not met any more at t = "
ok "and keeps what there is" has missed.csv "# stopped: quadrature.tol"
fails "not defined everywhere" 2 "activation: not defined at x = 0" simulate $erf --activation 'log(x)'

# ---- Errors ----------------------------------------------------------------------------------------------------------

fails "unknown engine" 2 '--engine: unknown engine "sgb"; did you mean sgd?' simulate $study --engine sgb
fails "no d" 2 "d: missing" simulate --activation x^2 --learning-rate 0.1 --Q '[[1]]' --M '[[0]]'
fails "runs" 2 '--runs: must be a whole number from 1 to 1000000000, found "0"' simulate $study --runs 0
fails "runs, no number" 2 '--runs: must be a whole number' simulate $study --runs many
fails "seed" 2 '--seed: must be a whole number from 0 to 4294967295, found "-1"' simulate $study --seed -1
fails "flow with runs" 2 "weights-flow has no noise and takes one run, found 2" simulate $study --engine weights-flow --runs 2
fails "mean field" 2 "mean-field" simulate $study --regime mean-field
fails "unwritable" 1 "cannot write err/folder.csv: Not a directory" simulate $study -o err/folder.csv
wick simulate $study --learning-rate 30 --end 100 --runs 2 -o diverged.csv
ok "a run that diverges fails" [ "$code" -eq 1 ]
ok "says where" has err "diverged at t = "
ok "keeps what there is" has diverged.csv "# stopped: run "

"$WICK" simulate $study --d 1000000000 --engine overlap -o long.csv 2>err &
process=$!
until_true heeds $process
kill -INT $process
code=0
wait $process || code=$?
ok "Ctrl-C fails" [ "$code" -eq 1 ]
ok "Ctrl-C keeps a partial result" has long.csv "# stopped: interrupted"
finish

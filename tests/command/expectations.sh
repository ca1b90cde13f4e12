# Activations that are no polynomials, from outside: closed forms, quadrature and its tolerance, what is refused.
. "$(dirname "$0")/checks"

one="--Q [[1]] --M [[0.5]] --learning-rate 0.1 --noise 0.5"

# One student, erf(x/sqrt(2)), Q = 1, M = 1/2, P = 1: R = (2/pi) (asin(1/2) - asin(1/4)) + Delta/2.
succeeds "eval erf" eval --activation 'erf(x/sqrt(2))' $one
ok "the risk" sh -c "grep excess_risk out | awk -F'[:,]' '{ exit !((\$2 - 0.1724720868230009) ^ 2 < 1e-20) }'"
ok "closed forms report no quadrature" lacks out quadrature
cp out closed
succeeds "eval erf, forced" eval --activation 'erf(x/sqrt(2))' $one --method quadrature
ok "reports tolerance and error" grep -Eq '"quadrature": \{ "tol": 1e-08, "error": [0-9.e-]+ \}' out
ok "the same risk" sh -c "grep excess_risk out | awk -F'[:,]' '{ exit !((\$2 - 0.1724720868230009) ^ 2 < 1e-16) }'"
succeeds "eval erf, closed form asked for" eval --activation 'erf(x/sqrt(2))' $one --method closed-form
ok "is the default" cmp out closed
succeeds "eval tanh" eval --activation tanh $one --tol 1e-6
ok "tanh: reports the tolerance asked for" has out '"tol": 1e-06'
succeeds "a function that cancels" derive --activation 'tanh(x)*0 + x^2' --regime classical
ok "leaves the closed form of a polynomial" grep -q '^activation         x^2$' out
succeeds "eval x^2, forced" eval --activation x^2 $one --method quadrature
ok "x^2, forced: is a quadrature" has out '"quadrature"'

for activation in 'erf(x/sqrt(2))' relu tanh 'relu(x - 1)' 'gelu(x)'; do
    for format in text latex json; do
        succeeds "derive $activation, $format" derive --activation "$activation" --format $format
    done
done
succeeds "derive erf" derive --activation 'erf(x/sqrt(2))'
ok "all are closed" lacks out quadrature
ok "with their formulas" has out "asin(L0 / sqrt(L1 L2))"
succeeds "derive relu" derive --activation relu
ok "three are closed" [ "$(grep -c 'closed form' out)" -eq 3 ]
ok "one is not" grep -q '^    V\[j,l\]  quadrature' out
succeeds "derive relu, classical" derive --activation relu --regime classical
ok "all are closed, classical" lacks out quadrature
succeeds "derive tanh" derive --activation tanh
ok "none is closed" lacks out "closed form"
succeeds "derive tanh, JSON" derive --activation tanh --format json
ok "says how" has out '"by": "quadrature"'

# ---- Runs ---------------------------------------------------------------------------------------------------------------

erf="--activation erf(x/sqrt(2)) --p 10 --k 2 --d 1000 --noise 0.01 --regime classical-noise --end 1e4"
# floor RATE: the excess risk at the end of a run with that learning rate.
floor() {
    "$WICK" run $erf --learning-rate "$1" -o floor.csv --quiet && tail -n 1 floor.csv | cut -d, -f3
}
succeeds "run erf" run $erf --learning-rate 0.5
ok "the risk only falls" sh -c "grep '^[0-9]' out | awk -F, 'NR > 1 && \$2 > before * (1 + 1e-9) { bad = 1 } { before = \$2 } END { exit bad || NR != 200 }'"
ok "to a floor proportional to gamma/p" sh -c "awk 'BEGIN { r = $(floor 0.5) / $(floor 0.25); exit !(r > 1.9 && r < 2.1) }'"
ok "no word of quadrature" lacks out quadrature

succeeds "run tanh" run --activation tanh --p 2 --k 1 --d 100 --learning-rate 0.2 --tol 1e-4 --end 10 --points 5
ok "the header has the tolerance" has out '# quadrature: {"tol":'
ok "by itself, too" has out '# quadrature_tolerance: 0.0001'
ok "and the error" grep -Eq '^# quadrature_error: [0-9.e-]+$' out
succeeds "the two methods" run --activation x --p 2 --k 1 --d 100 --learning-rate 0.2 --end 10 --points 5 --method quadrature --method rk4
ok "are both kept" sh -c "grep -q '^# method: \"quadrature\"' out && grep -q '\"method\":\"rk4\"' out"
echo '{ "activation": "relu", "method": "quadrature", "quadrature": { "tol": 1e-5 }, "regime": "classical", "p": 2, "k": 1, "d": 9 }' >relu.json
succeeds "from a file" eval --problem relu.json
ok "the file's tolerance" has out '"tol": 1e-05'

wick run --activation tanh --target-activation 60*x --Q '[[0.01]]' --M '[[0.05]]' --regime classical --tol 3e-13 --end 1000 -o part.csv
ok "a run that leaves the tolerance exits with 1" [ "$code" -eq 1 ]
ok "says when, and what was reached" grep -Eq '^wick: quadrature.tol: not met any more at t = [0-9.e-]+: asked for 3e-13, reached' err
ok "keeps its rows" sh -c "grep -q '^[0-9]' part.csv && tail -n 1 part.csv | grep -q '^# stopped: quadrature.tol'"

# ---- Mean field ---------------------------------------------------------------------------------------------------------

for activation in 'erf(x/sqrt(2))' tanh relu; do
    for regime in mean-field mean-field-high-d; do
        wick derive --activation "$activation" --regime $regime
        ok "$activation, $regime: derive has dq" grep -q '^    dq\[j\]/dt   = 2 a_j' out
        wick derive --activation "$activation" --regime $regime --format latex
        ok "$activation, $regime: LaTeX has dq" grep -q 'frac{dq_j}{dt}' out
        wick derive --activation "$activation" --regime $regime --format json
        ok "$activation, $regime: JSON has averages" grep -q '"name": "<X\[j,f\]>"' out
        wick run --activation "$activation" --regime $regime --p 20 --k 1 --d 4 --learning-rate 1 --noise 0.1 --end 2 --points 5 \
            --tol 1e-6 -o mean.csv
        ok "$activation, $regime: runs" [ "$code" -eq 0 ]
        ok "$activation, $regime: says its error" grep -Eq '^# quadrature_error: [0-9]' mean.csv
        ok "$activation, $regime: learns" awk -F, '/^[0-9]/ { if (n++ && $2 >= last) exit 1; last = $2 } END { exit n != 5 }' mean.csv
    done
done

# Implicit steppers, with the Jacobians of closed forms: the same curve.
for problem in "--activation erf(x) --target-activation 2*erf(x/2) --noise 0.1 --second-layer trained" \
    "--activation relu --regime classical-noise --noise 0.1"; do
    succeeds "run $problem" run $problem --p 3 --k 2 --d 50 --learning-rate 0.5 --end 20 --points 8 --rtol 1e-9
    cp out explicit
    for method in msbdf bsimp rk4imp; do
        succeeds "the same by $method" run $problem --p 3 --k 2 --d 50 --learning-rate 0.5 --end 20 --points 8 --rtol 1e-9 --method $method
        rows explicit >one && rows out >two
        ok "gives the same risk" sh -c "paste -d, one two | awk -F, '{ e = \$2 - \$5; if (e * e > 1e-12 * \$2 * \$2) bad = 1 } END { exit bad || NR != 8 }'"
    done
done

# ---- Refusals -----------------------------------------------------------------------------------------------------------

fails "tolerance out of reach" 2 "--tol: cannot be met at the initial state: asked for 1e-15, reached" \
    eval --activation 'tanh(3*x)' $one --tol 1e-15
fails "a tolerance that could be met" 2 "; 1e-11 can be met" eval --activation 'tanh(3*x)' $one --tol 1e-15 --Q '[[9]]' --M '[[0]]'
fails "an expectation that does not exist" 2 "an expectation over pre-activations of variance up to" \
    eval --activation 'exp(x^2)' $one --regime classical
fails "no closed form" 2 "--method: there is no closed form for these activations; allowed: quadrature" \
    eval --activation tanh $one --method closed-form
fails "method of another name" 2 '--method: unknown name "monte-carlo"' eval --activation x $one --method monte-carlo
fails "tolerance of zero" 2 "--tol: must be at least 1e-15, found 0" eval --activation tanh $one --tol 0
fails "log of a negative number" 2 "--activation: not defined at x = -1" eval --activation 'log(x + 1)' $one
fails "no derivative" 2 "its derivative, which the drift needs, does not exist at x = 0" eval --activation 'sqrt(abs(x))' $one
fails "unknown function" 2 'unknown name "mishh"' derive --activation 'mishh(x)'
fails "emission" 2 "--activation: the drift of this problem is no closed form and cannot be emitted; allowed: polynomials; a*erf" \
    emit --activation tanh --p 1 --k 1 -o nowhere
fails "emission of mixed kinds" 2 "--target-activation: the drift" emit --activation x^2 --target-activation erf --p 1 --k 1 -o nowhere
fails "emission of a variance by quadrature" 2 "allowed: polynomials" emit --activation relu --p 1 --k 1 -o nowhere
fails "emission of a forced quadrature" 2 "--method: the drift" emit --activation erf --method quadrature --p 1 --k 1 -o nowhere
fails "emission of erf in the mean field" 2 "but in the mean field" emit --activation erf --regime mean-field --p 1 --k 1 --d 9 -o nowhere
ok "emission leaves nothing" absent nowhere
fails "mean field, no closed form" 2 "no closed form for these activations in regime mean-field; allowed: quadrature" \
    eval --activation erf --regime mean-field --p 3 --k 1 --d 3 --learning-rate 1 --method closed-form
fails "mean field, second layer" 2 '"trained" is not available in regime mean-field' \
    eval --activation tanh --regime mean-field --p 3 --k 1 --d 3 --learning-rate 1 --second-layer trained
fails "mean field, tolerance out of reach" 2 "cannot be met at the initial state: asked for 1e-13, reached" \
    eval --activation 'tanh(9*x)' --regime mean-field --p 3 --k 1 --d 3 --learning-rate 1 --tol 1e-13
finish

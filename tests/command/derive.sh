# wick derive: three formats, to stdout or into a file. What the formulas say is tested where they are made.
. "$(dirname "$0")/checks"

succeeds "derive" derive --activation x^2 --regime classical
ok "has an equation for M" grep -q 'dM' out
ok "has an equation for Q" grep -q 'dQ' out
ok "shows traces" grep -q 'Tr' out
ok "nothing on stderr" [ ! -s err ]
cp out text
succeeds "--format text" derive --activation x^2 --regime classical --format text
ok "is the default" cmp out text
succeeds "-o" derive --activation x^2 --regime classical -o formulas.txt
ok "-o leaves stdout empty" [ ! -s out ]
ok "-o writes the same" cmp formulas.txt text

succeeds "--format latex" derive --activation x^2 --regime classical --format=latex
ok "is LaTeX" grep -q '\\mathrm\|\\frac\|\\operatorname' out
succeeds "--format json" derive --activation x^2 --regime classical --format json
ok "is JSON" grep -q '^[{[]' out
fails "--format html" 2 'unknown format "html"; there are text, latex and json' derive --activation x^2 --format html

succeeds "neither widths nor a state are needed" derive --activation 'he3/2 + x' --target-activation 0.1*x^2 --second-layer trained
ok "trained: has an equation for a" grep -q 'da' out
succeeds "mean-field" derive --activation x^2 --regime mean-field
ok "has an equation for q" grep -q '^    dq_i/dt = ' out
ok "has moments of finite d" grep -q '^    mu_1    = 1/(d - k)$' out
ok "has none for Q" sh -c '! grep -q dQ out'
succeeds "mean-field as JSON" derive --activation x^2 --regime mean-field --format json
ok "has no expansions of the full state" sh -c '! grep -q expansions out'
succeeds "mean-field-high-d" derive --activation x^2 --regime mean-field-high-d
ok "has an equation for q" grep -q '^    dq_i/dt = ' out
ok "has no moments" sh -c '! grep -q mu_ out'
succeeds "a word" derive --activation SiLU --target-activation 'max(x, 0)'
ok "says what it was read as" grep -qFx 'activation         SiLU = x*sigmoid(x)' out
ok "and the target" grep -qFx 'target activation  max(x, 0) = relu(x)' out
succeeds "a word as JSON" derive --activation SiLU --format json
ok "has what was written" grep -q '"expression": "SiLU"' out
ok "and what was read" grep -qF '"read_as": "x*sigmoid(x)"' out
succeeds "a word as LaTeX" derive --activation SiLU --format latex
ok "has the formula" grep -qF 's(x) = x\, \operatorname{sigmoid}(x)$' out
ok "and a comment" grep -qFx '% s(x) = x*sigmoid(x), s*(x) = x*sigmoid(x)' out
succeeds "an expression that reads as it is written" derive --activation 'tanh(x)'
ok "is said once" grep -qFx 'activation         tanh(x)' out
succeeds "a polynomial as written by hand" derive --activation 'x³ − 3x' --regime classical
ok "is read" grep -qFx 'activation         x^3 - 3*x' out
fails "a student that jumps" 2 '--activation: jumps by 2 at x = 0: the drift needs its derivative' derive --activation sign
succeeds "a target that jumps" derive --activation tanh --target-activation sign
fails "but in the mean field" 2 '--target-activation: jumps by 1 at x = 0: regime mean-field does not serve targets that jump' \
    derive --activation tanh --target-activation heaviside --regime mean-field
fails "a constant that overflows" 2 '--activation:1: exp(800) is beyond the range of double precision' derive --activation 'exp(800)*x'
fails "a pole" 2 '--activation: not defined at x = 1.2345:' derive --activation '1/(x-1.2345)'
echo '{ "activation": "x^2", "regime": "classical", "p": 3 }' >problem.json
succeeds "from a file" derive --problem problem.json
ok "gives the same" cmp out text
finish

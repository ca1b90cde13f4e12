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
echo '{ "activation": "x^2", "regime": "classical", "p": 3 }' >problem.json
succeeds "from a file" derive --problem problem.json
ok "gives the same" cmp out text
finish

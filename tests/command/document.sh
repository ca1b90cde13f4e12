# wick derive --document: pdflatex compiles it as it stands, for every regime and kind of activation, and nothing runs off the
# page.
. "$(dirname "$0")/checks"

succeeds "--document" derive --activation x^2 --document
ok "is a document" has out '\begin{document}'
ok "says the activation" has out '$s(x) = s^{*}(x) = x^{2}$, high-dimensional regime'
ok "says the version" has out "derived by $("$WICK" --version)"
ok "says the source" has out 'arXiv:2302.05882'
ok "holds the equations of --format latex" sh -c '"$0" derive --activation x^2 --format latex | grep -vxFf out | wc -l | grep -qx 0' "$WICK"
cp out square.tex
succeeds "with --format latex" derive --activation x^2 --document --format latex
ok "the same" cmp out square.tex
succeeds "into a file" derive --activation x^2 --document -o other.tex
ok "the same there" cmp other.tex square.tex
fails "with another format" 2 "--document goes with --format latex, not with json" derive --activation x^2 --document --format json
succeeds "two activations" derive --activation 'erf(x/sqrt(2))' --target-activation '-relu(x)/3 - abs(x)' --document
ok "both in the title" has out '$s(x) = \operatorname{erf}(x/\sqrt{2})$, $s^{*}(x) = '
ok "with signs" has out ' - \lvert x \rvert'

# compiles NUMBER: document number.tex, without complaints.
compiles() {
    pdflatex -interaction=nonstopmode -halt-on-error "$1.tex" >"$1.out" 2>&1 || { tail -n 20 "$1.out"; return 1; }
    ! grep -E 'Overfull|undefined|^!' "$1.out"
}

number=0
while IFS='|' read -r activation target regime layer; do
    number=$((number + 1))
    name="$activation${target:+, $target}, $regime, $layer"
    succeeds "derive $name" derive --activation "$activation" --target-activation "${target:-$activation}" --regime "$regime" \
        --second-layer "$layer" --document -o $number.tex
    if command -v pdflatex >/dev/null; then
        ok "pdflatex $name" compiles $number
    fi
done <<'EOF2'
x^2||classical|fixed
x^2||high-dimensional|trained
x^2+x||high-dimensional|trained
x^3||classical-noise|fixed
x^3-x/2+1/3|he3+x^2|high-dimensional|trained
(x-1)^4||high-dimensional|trained
x^12|x^11-x|high-dimensional|trained
x^2-x/3||mean-field|fixed
(x-1)^12|x^12+x|mean-field|fixed
x^3-x/3|x^2|mean-field-high-d|fixed
erf(x/sqrt(2))|-1.5*erf(0.7*x)|high-dimensional|trained
erf(x)||classical|fixed
erf(x/sqrt(2))|2*erf(x)|mean-field|fixed
relu||mean-field|fixed
tanh|x|mean-field-high-d|fixed
relu||classical-noise|trained
leaky_relu(x,0.1)-0.3*x|2*relu(x)|high-dimensional|fixed
tanh||high-dimensional|trained
x*sigmoid(x)+gelu(x-1)/3-exp(-x^2)*sin(pi*x)^2|sqrt(1+x^2)-abs(x)+log(2+cos(x))/softplus(x)|classical|trained
EOF2
finish

# wick eval: the JSON, against numbers worked out by hand.
. "$(dirname "$0")/checks"

# Square activation, p = k = 1, Q = q, M = m, P = 1, all a = 1 (a line of algebra each):
#   dM = 2 (1 - q) m + 4 m (1 - q),  R = (3 - 2 q - 4 m^2 + 3 q^2) / 2 + Delta / 2,  dQ (classical) = 4 (1 - q) q + 8 (m^2 - q^2)
given="--activation x^2 --Q [[0.5]] --M [[0.25]] --noise 0.5 --learning-rate 0.1"
succeeds "eval" eval $given --regime classical
cat >expected <<'END'
{
  "dM": [
    [0.75]
  ],
  "dQ": [
    [-0.5]
  ],
  "risk": 1.5,
  "excess_risk": 1.25
}
END
ok "the JSON" cmp out expected
ok "nothing on stderr" [ ! -s err ]
succeeds "eval -o" eval $given --regime classical -o drift.json
ok "eval -o writes the same" cmp drift.json expected

# One student, linear: dM = 1 - m, dQ = 2 (m - q), with (gamma/p) E[E^2] = gamma (1 - 2 m + q + Delta) in high dimension,
# gamma Delta with label noise alone, da = m - q.
linear="--activation x --Q [[0.5]] --M [[0.25]] --noise 0.5 --learning-rate 0.25"
for case in classical:-0.5 classical-noise:-0.375 high-dimensional:-0.125; do
    succeeds "linear, ${case%:*}" eval $linear --regime "${case%:*}" --second-layer trained
    ok "linear, ${case%:*}: dQ" [ "$(tr -d ' \n' <out)" = \
        "{\"dM\":[[0.75]],\"dQ\":[[${case#*:}]],\"da\":[-0.25],\"risk\":0.75,\"excess_risk\":0.5}" ]
done

# The mean of a step is one thing in all regimes: Psi_Var counts, by 1 + 2/d what of it is of degree 1 in Omega.
for case in classical:-0.5 classical-noise:-0.375 high-dimensional:-0.125; do
    succeeds "a step at finite d, ${case%:*}" eval $linear --regime "${case%:*}" --d 8 --finite-d
    ok "a step at finite d, ${case%:*}: both" [ "$(tr -d ' \n' <out)" = \
        "{\"dM\":[[0.75]],\"dQ\":[[${case#*:}]],\"risk\":0.75,\"excess_risk\":0.5,\"finite_d\":{\"dM\":[[0.75]],\"dQ\":[[-0.0625]]}}" ]
done
succeeds "a step towards a target that jumps at 0" eval --activation x^2 --target-activation "sign(x)" --Q 1 --M 0.5 \
    --learning-rate 0.5 --d 7 --finite-d
fails "a target that jumps elsewhere" 2 "at x = 1; at 0 it may" eval --activation x^2 --target-activation "sign(x - 1)" --Q 1 \
    --M 0.5 --learning-rate 0.5 --d 7 --finite-d
long=$(awk 'BEGIN { for (i = 1; i <= 25; ++i) printf "%serf(x*%d/7)*sech(x/%d)*exp(-x^2/%d)", (i > 1 ? "+" : ""), i, i + 1, i }')
fails "a derivative that is too long" 2 "needs its derivative written out" eval --activation "tanh(x)*($long)" --Q 1 --M 0.5 \
    --learning-rate 0.5 --d 9 --finite-d --tol 1e-3 --quiet
fails "a step at no d" 2 "d: missing; the mean of a step depends on it" eval $linear --regime classical --finite-d
fails "a step in the mean field" 2 "which keeps the norms q alone" eval --regime mean-field --activation x --M '[[0.5]]' \
    --q '[0.5]' --d 8 --learning-rate 0.1 --finite-d
fails "a step on a sphere" 2 "weights are normalised" eval $linear --regime high-dimensional --d 8 --constraint sphere --finite-d

succeeds "eval of a random state" eval $square
ok "dM has a line for each student" [ "$(sed -n '/"dM"/,/^  \]/p' out | grep -c '^    \[')" -eq 8 ]
ok "with k numbers" [ "$(sed -n '/"dM"/,/^  \]/p' out | grep '^    \[' | head -n 1 | tr -cd , | wc -c)" -eq 4 ]
ok "dQ is the whole matrix" [ "$(sed -n '/"dQ"/,/^  \]/p' out | tr -cd , | wc -c)" -eq 64 ]
cp out one
succeeds "the same seed" eval $square
ok "gives the same state" cmp out one
succeeds "another seed" eval $square --seed 2
ok "gives another state" sh -c '! cmp out one'

succeeds "--timings" eval $square --timings
ok "--timings leaves the JSON alone" cmp out one
for stage in derive plan emit compile "initial state" ready "first drift" total; do
    ok "--timings tells $stage" grep -Eq "^wick: $stage +[0-9]+\.[0-9]+ ms$" err
done

wick eval --activation x^12 --Q '[[1e200]]' --M '[[0]]' --learning-rate 0.1
ok "a drift that overflows is an error" is_failure 1 "not finite"
finish

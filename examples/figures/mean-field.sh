#!/bin/sh
# Wide networks on the mean-field ODE, which keeps the students' M and squared norms off the target space alone (after
# figure 2, left, of arXiv:2302.05882): lines are the ODE, markers SGD itself, from the same initial state.
. "$(dirname "$0")/begin"

sizes="10 50 500"
[ -z "$full" ] || sizes="10 50 500 2000"
study="--activation x^2 --k 2 --d 5 --learning-rate 1 --start 0.05 --end 10 --points 50"

widths mean-field "$sizes" "$study" "--engine sgd" "SGD" "Square, k = 2, d = 5, γ = 1, Δ = 0"

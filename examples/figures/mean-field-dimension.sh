#!/bin/sh
# The mean field in high dimension with a learning rate as large as that allows (after figure 2, right, of
# arXiv:2302.05882): lines are the ODE, markers the process, from the same initial state.
. "$(dirname "$0")/begin"

sizes="20 100"
[ -z "$full" ] || sizes="20 100 200"
study="--activation x^2 --k 5 --d 1000 --learning-rate 10 --start 0.05 --end 20 --points 50"

widths mean-field-dimension "$sizes" "$study" "--engine overlap" "process" "Square, k = 5, d = 1000, γ = 10, Δ = 0"

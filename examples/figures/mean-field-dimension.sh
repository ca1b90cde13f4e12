#!/bin/sh
# The mean field in high dimension with a learning rate as large as that allows (after figure 2, right, of
# arXiv:2302.05882): lines are the ODE, markers the process, from the same initial state.
. "$(dirname "$0")/begin"

sizes="20 100"
[ -z "$full" ] || sizes="20 100 200"
study="--activation x^2 --k 5 --d 1000 --learning-rate 10 --start 0.05 --end 20 --points 50"

lines=""
markers=""
line_labels=""
marker_labels=""
for p in $sizes; do
    "$wick" run $study --p $p --regime mean-field -o wide-ode-$p.csv
    "$wick" simulate $study --p $p --regime classical --engine overlap -o wide-process-$p.csv
    lines="$lines wide-ode-$p.csv"
    markers="$markers wide-process-$p.csv"
    line_labels="$line_labels${line_labels:+|}mean-field, p = $p"
    marker_labels="$marker_labels|process, p = $p"
done
"$wick" plot $lines $markers --labels "$line_labels$marker_labels" --title "Square, k = 5, d = 1000, γ = 10, Δ = 0" \
    -o mean-field-dimension.svg

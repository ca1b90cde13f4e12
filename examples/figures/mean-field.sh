#!/bin/sh
# Wide networks on the mean-field ODE, which keeps the students' M and squared norms off the target space alone (after
# figure 2, left, of arXiv:2302.05882): lines are the ODE, markers SGD itself, from the same initial state.
. "$(dirname "$0")/begin"

sizes="10 50 500"
[ -z "$full" ] || sizes="10 50 500 2000"
study="--activation x^2 --k 2 --d 5 --learning-rate 1 --start 0.05 --end 10 --points 50"

lines=""
markers=""
line_labels=""
marker_labels=""
for p in $sizes; do
    "$wick" run $study --p $p --regime mean-field -o mean-field-ode-$p.csv
    "$wick" simulate $study --p $p --regime classical -o mean-field-sgd-$p.csv
    lines="$lines mean-field-ode-$p.csv"
    markers="$markers mean-field-sgd-$p.csv"
    line_labels="$line_labels${line_labels:+|}mean-field, p = $p"
    marker_labels="$marker_labels|SGD, p = $p"
done
"$wick" plot $lines $markers --labels "$line_labels$marker_labels" --title "Square, k = 2, d = 5, γ = 1, Δ = 0" -o mean-field.svg

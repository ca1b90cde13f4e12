#!/bin/sh
# Levels of label noise (after the appendix of arXiv:2302.05882): the noise holds the risk up, and
# the ODE with its term at first order in gamma/p says where.
. "$(dirname "$0")/begin"

runs=4
[ -z "$full" ] || runs=40
study="--activation erf(x/sqrt(2)) --p 8 --k 4 --d 10 --learning-rate 0.05 --regime classical-noise --start 0.1 --end 2000 --points 90"

lines=""
markers=""
line_labels=""
marker_labels=""
for noise in 0 0.001 0.01 0.1; do
    "$wick" run $study --noise $noise -o noise-ode-$noise.csv
    "$wick" simulate $study --noise $noise --engine sgd --runs $runs -o noise-sgd-$noise.csv
    line_labels="$line_labels${line_labels:+|}ODE, Δ = $noise"
    marker_labels="$marker_labels|SGD, Δ = $noise"
    lines="$lines noise-ode-$noise.csv"
    markers="$markers noise-sgd-$noise.csv"
done
"$wick" plot $lines $markers --labels "$line_labels$marker_labels" \
    --title "erf, p = 8, k = 4, d = 10, γ = 0.05" -o noise.svg

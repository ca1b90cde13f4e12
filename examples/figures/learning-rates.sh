#!/bin/sh
# Large learning rates in high dimension: gradient flow misses the variance of the gradient, Saad and Solla's equations have
# it, and the process follows them.
. "$(dirname "$0")/begin"

d=2000
[ -z "$full" ] || d=20000
study="--activation x^2 --p 4 --k 4 --d $d --noise 0.01 --start 0.1 --end 14 --points 90"

files=""
labels=""
for gamma in 0.1 0.2 0.4; do
    "$wick" run $study --learning-rate $gamma -o rates-ode-$gamma.csv
    files="$files rates-ode-$gamma.csv"
    labels="$labels${labels:+|}high-dimensional, γ = $gamma"
done
"$wick" run $study --regime classical -o rates-flow.csv
files="$files rates-flow.csv"
labels="$labels|gradient flow"
for gamma in 0.1 0.2 0.4; do
    "$wick" simulate $study --learning-rate $gamma --engine overlap -o rates-process-$gamma.csv
    files="$files rates-process-$gamma.csv"
    labels="$labels|process, γ = $gamma"
done
"$wick" plot $files --labels "$labels" --title "Square, p = 4, k = 4, d = $d, Δ = 0.01" -o learning-rates.svg

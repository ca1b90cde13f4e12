#!/bin/sh
# One initial condition in several dimensions (after figure 1, right, of arXiv:2302.05882):
# one ODE, that of the classical regime with its noise term, holds for all d, and runs spread the less the larger d is.
. "$(dirname "$0")/begin"

runs=4
dimensions="15 30 60"
if [ -n "$full" ]; then
    runs=10
    dimensions="15 100 1000"
fi
study="--activation erf(x/sqrt(2)) --p 10 --k 5 --learning-rate 0.05 --noise 0.001 --regime classical-noise --start 0.1 --end 500 --points 100"

# Random overlaps of 15 fields in R^15: they fit into every larger space.
"$wick" simulate $study --d 15 --samples 1 --start 0 --points 1 --save-initial dimensions-start.json --quiet -o dimensions-start.csv
"$wick" run $study --initial dimensions-start.json -o dimensions-ode.csv
files=dimensions-ode.csv
labels="ODE"
for d in $dimensions; do
    "$wick" simulate $study --initial dimensions-start.json --d $d --engine overlap --runs $runs -o dimensions-$d.csv
    files="$files dimensions-$d.csv"
    labels="$labels|process, d = $d"
done
"$wick" plot $files --labels "$labels" --title "erf, p = 10, k = 5, γ = 0.05, Δ = 0.001" -o dimensions.svg

#!/bin/sh
# The students in the plane of their cosines with the two targets (after figure 1, left, of arXiv:2302.05882): lines are the
# classical ODE, markers one run of the process from the same overlaps.
. "$(dirname "$0")/begin"

d=100
[ -z "$full" ] || d=1000
study="--activation erf(x/sqrt(2)) --p 10 --k 2 --learning-rate 0.05 --noise 0 --regime classical --start 0.01 --end 1000 --points 100
    --state"

# The overlaps of random weights in R^300.
"$wick" simulate $study --d 300 --scale 0.5 --seed 3 --samples 1 --start 0 --points 1 --save-initial neurons-start.json --quiet \
    -o neurons-start.csv
"$wick" run $study --initial neurons-start.json -o neurons-ode.csv
"$wick" simulate $study --initial neurons-start.json --d $d --engine overlap -o neurons-process.csv
"$wick" plot neurons-ode.csv neurons-process.csv --kind neurons --labels "classical ODE|process, d = $d" \
    --title "erf, p = 10, k = 2, γ = 0.05" -o neurons.svg

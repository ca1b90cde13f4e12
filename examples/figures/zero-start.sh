#!/bin/sh
# Students that start in the span of the targets, q = 0, stay there, and the mean field is an ODE for M alone (after the
# appendix of arXiv:2302.05882): lines are the ODEs, markers the process.
. "$(dirname "$0")/begin"

p=100
[ -z "$full" ] || p=400
study="--activation erf(x/sqrt(2)) --k 2 --p $p --learning-rate 1 --start 0.05 --end 100 --points 40"

# Random weights in R^2 have no part outside two targets.
"$wick" simulate $study --d 2 --samples 1 --start 0 --points 1 --save-initial zero-inside.json --quiet -o zero-inside.csv
"$wick" run $study --d 50 --initial zero-inside.json --regime mean-field -o zero-inside-ode.csv
"$wick" simulate $study --d 50 --initial zero-inside.json --regime classical --engine overlap -o zero-inside-process.csv
# Random weights in R^50 have most of theirs there.
"$wick" run $study --d 50 --scale 0.4 --regime mean-field -o zero-outside-ode.csv
"$wick" simulate $study --d 50 --scale 0.4 --regime classical --engine overlap -o zero-outside-process.csv
"$wick" plot zero-inside-ode.csv zero-outside-ode.csv zero-inside-process.csv zero-outside-process.csv \
    --labels "mean-field, q = 0|mean-field, random start|process, q = 0|process, random start" \
    --title "erf, k = 2, p = $p, d = 50, γ = 1, Δ = 0" -o zero-start.svg

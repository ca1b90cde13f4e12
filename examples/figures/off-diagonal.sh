#!/bin/sh
# What the students' overlaps off the target space, Xi's off-diagonal part, are worth (after the appendix of
# arXiv:2302.05882): mean-field has their mean for random students in R^d, mean-field-high-d leaves them out, and d = 5 is not high.
. "$(dirname "$0")/begin"

p=500
[ -z "$full" ] || p=2000
study="--activation x^2 --k 2 --d 5 --p $p --learning-rate 1 --start 0.05 --end 10 --points 50"

"$wick" run $study --regime mean-field -o off-diagonal-with.csv
"$wick" run $study --regime mean-field-high-d -o off-diagonal-without.csv
"$wick" simulate $study --regime classical -o off-diagonal-sgd.csv
"$wick" plot off-diagonal-with.csv off-diagonal-without.csv off-diagonal-sgd.csv \
    --labels "mean-field|mean-field-high-d, without|SGD, p = $p" --title "Square, k = 2, d = 5, γ = 1, Δ = 0" -o off-diagonal.svg

#!/bin/sh
# What the students' overlaps off the target space, Xi's off-diagonal part, are worth (after the appendix of
# arXiv:2302.05882): mean-field has their mean for random students in R^d, mean-field-high-d leaves them out, and d = 5 is not high.
. "$(dirname "$0")/begin"

p=500
[ -z "$full" ] || p=2000
study="--k 2 --d 5 --p $p --learning-rate 1 --start 0.05 --points 50"

# ACTIVATION NAME TITLE END
compare() {
    "$wick" run $study --activation "$1" --end "$4" --regime mean-field -o "$2-with.csv"
    "$wick" run $study --activation "$1" --end "$4" --regime mean-field-high-d -o "$2-without.csv"
    "$wick" simulate $study --activation "$1" --end "$4" --regime classical -o "$2-sgd.csv"
    "$wick" plot "$2-with.csv" "$2-without.csv" "$2-sgd.csv" --labels "mean-field|mean-field-high-d, without|SGD, p = $p" \
        --title "$3, k = 2, d = 5, γ = 1, Δ = 0" -o "$2.svg"
}
compare "x^2" off-diagonal Square 10
compare "erf(x/sqrt(2))" off-diagonal-erf erf 100

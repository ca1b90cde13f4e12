#!/bin/sh
# How the students turn to one target: the histogram of their cosines, M_j1 / sqrt(P_11 Q_jj), at several times (after the
# appendix of arXiv:2302.05882), by the mean-field ODE of p = 5000 students in R^3.
. "$(dirname "$0")/begin"

"$wick" run --activation x^2 --k 1 --d 3 --p 5000 --learning-rate 1 --regime mean-field --at '[0, 0.5, 1, 2, 5, 20]' \
    --bins 50 --histogram histogram.csv --plot histogram-risk.svg --quiet -o histogram-ode.csv

#!/bin/sh
# The table of regimes.md: for five problems, the excess risk that each regime's ODE predicts at the last time, and the one
# that runs of the exact process have, all from the same initial overlaps. Takes a minute.
. "$(dirname "$0")/figures/begin"

regimes="classical classical-noise high-dimensional mean-field mean-field-high-d"

# The last row's excess risk.
excess_risk() # CSV
{
    grep -v '^#' "$1" | tail -n 1 | awk -F, '{ printf "%.3e", $3 }'
}

measure() # problem, runs, flags
{
    line="| $1 |"
    runs=$2
    shift 2
    set -- --activation x^2 --quiet "$@"
    "$wick" simulate "$@" --regime classical --engine overlap --runs "$runs" -o regimes-process.csv
    for regime in $regimes; do
        "$wick" run "$@" --regime $regime -o regimes-ode.csv
        line="$line $(excess_risk regimes-ode.csv) |"
    done
    # The process, and the standard error of its mean.
    error=$(grep -v '^#' regimes-process.csv | tail -n 1 | awk -F, -v runs="$runs" '{ printf "%.0e", $10 / sqrt(runs) }')
    echo "$line $(excess_risk regimes-process.csv) ± $error |"
}

echo "| problem | $(echo $regimes | sed 's/ / | /g') | process |"
echo "|---|---|---|---|---|---|---|"
measure "1: p = 4, k = 2, d = 100, gamma = 0.004, Delta = 0.0001, t = 5" 100 \
    --p 4 --k 2 --d 100 --learning-rate 0.004 --noise 0.0001 --at '[5]'
measure "2: p = 4, k = 2, d = 100, gamma = 0.02, Delta = 0.1, t = 30" 100 \
    --p 4 --k 2 --d 100 --learning-rate 0.02 --noise 0.1 --at '[30]'
measure "3: p = 4, k = 4, d = 2000, gamma = 0.4, Delta = 0.01, t = 20" 100 \
    --p 4 --k 4 --d 2000 --learning-rate 0.4 --noise 0.01 --at '[20]'
measure "4: p = 500, k = 2, d = 5, gamma = 1, Delta = 0, t = 5" 100 \
    --p 500 --k 2 --d 5 --learning-rate 1 --noise 0 --at '[5]'
measure "5: p = 500, k = 2, d = 100, gamma = 2, Delta = 0, t = 5" 8 \
    --p 500 --k 2 --d 100 --learning-rate 2 --noise 0 --at '[5]'

#!/bin/sh
# The table of regimes.md: for three problems, the excess risk that each regime's ODE predicts at the last time, and the one
# that a hundred runs of the exact process have. Takes a minute.
. "$(dirname "$0")/figures/begin"

measure() # name, flags
{
    name=$1
    shift
    set -- --activation x^2 --p 4 "$@"
    "$wick" simulate "$@" --engine overlap --runs 100 -o regimes-process.csv --quiet
    for regime in classical classical-noise high-dimensional; do
        "$wick" run "$@" --regime $regime --compare regimes-process.csv -o regimes-ode.csv --quiet
        grep -v '^[#t]' regimes-ode.csv | tail -n 1 | awk -F, -v name="$name" -v regime=$regime '
            { printf "%-32s %-18s excess risk %.3e, the process is %.3e away\n", name, regime, $3, $4 }'
    done
}

measure "small gamma/p, hardly any noise" --k 2 --d 100 --learning-rate 0.004 --noise 0.0001 --at '[5]'
measure "small gamma/p, noise" --k 2 --d 100 --learning-rate 0.02 --noise 0.1 --at '[30]'
measure "large d, large gamma/p" --k 4 --d 2000 --learning-rate 0.4 --noise 0.01 --at '[20]'

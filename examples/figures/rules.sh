#!/bin/sh
# Four learning rules, each against simulations: batches, weight decay, a learning rate that falls, and spheres.
# examples/rules.md shows and explains the pictures.
. "$(dirname "$0")/begin"

d=1000
runs=10
[ -z "$full" ] || d=10000

# add NAME LABEL MARK ENGINE FLAGS...: a curve by the ODE and by an engine. compare NAME TITLE: draws those added since the last.
lines="" marks="" names="" simulated=""
add() {
    name=$1 label=$2 mark=$3 engine=$4
    shift 4
    "$wick" run "$@" -o "rules-$name-ode.csv"
    "$wick" simulate "$@" --engine "$engine" --runs $runs -o "rules-$name-$engine.csv"
    lines="$lines rules-$name-ode.csv"
    marks="$marks rules-$name-$engine.csv"
    names="$names${names:+|}$label"
    simulated="$simulated|$mark"
}
compare() {
    # shellcheck disable=SC2086
    "$wick" plot $lines $marks --labels "$names$simulated" --title "$2" -o "rules-$1.svg"
    lines="" marks="" names="" simulated=""
}

batches="--activation x^2 --p 4 --k 4 --d $d --noise 0.01 --learning-rate 0.4 --start 0.1 --end 14 --points 60"
add batch-1 "B = 1" "process, B = 1" overlap $batches
add batch-4 "B = 4" "process, B = 4" overlap $batches --batch 4
compare batch "square, p = k = 4, γ = 0.4, d = $d"

decay="--activation erf(x/sqrt(2)) --p 4 --k 2 --d $d --noise 0.01 --learning-rate 0.5 --start 0.1 --end 200 --points 60"
for kappa in 0 0.003 0.03; do
    add decay-$kappa "κ = $kappa" "process, κ = $kappa" overlap $decay --weight-decay $kappa
done
compare decay "erf, p = 4, k = 2, γ = 0.5, d = $d"

schedule="--activation erf(x/sqrt(2)) --p 4 --k 2 --d $d --noise 0.1 --clock steps --start 0.1 --end 1000 --points 60"
add constant "γ = 3" "process, γ = 3" overlap $schedule --learning-rate 3
add falling "γ = 3/(1 + τ/100)" "process, γ = 3/(1 + τ/100)" overlap $schedule --learning-rate "3/(1 + tau/100)"
compare schedule "erf, p = 4, k = 2, Δ = 0.1, d = $d"

# Beyond gamma = 4/24 nothing is learnt on the sphere; free weights shrink until they can.
sphere="--activation x^2 --Q 1 --M 0.1 --d $d --start 0.01 --end 6 --points 60"
add sphere-slow "sphere, γ = 0.08" "process, γ = 0.08" overlap $sphere --learning-rate 0.08 --constraint sphere
add sphere-fast "sphere, γ = 0.2" "process, γ = 0.2" overlap $sphere --learning-rate 0.2 --constraint sphere
add free "free, γ = 0.08" "process, free" overlap $sphere --learning-rate 0.08
compare sphere "phase retrieval, p = k = 1, d = $d"

#!/bin/sh
# What the command does when memory ends, at every so many allocations of each line of `cases`: see sweep.c. ctest runs it with
# WICK, WICK_SWEEP and WICK_FAILING_MALLOC set, in about a minute. By hand, for more of them (--tries 0: all) and their counts:
#
#     WICK=build/wick WICK_SWEEP=build/tests/sweep WICK_FAILING_MALLOC=build/tests/libfailing_malloc.so \
#         sh tests/faults/run.sh 400
set -eu

absolute() { (cd "$(dirname "$1")" && echo "$(pwd)/$(basename "$1")"); }
wick=$(absolute "${WICK:?}") sweep=$(absolute "${WICK_SWEEP:?}") allocator=$(absolute "${WICK_FAILING_MALLOC:?}")
cases=$(absolute "$0")
cases=${cases%/*}/cases
tries=${1:-24}
export OPENBLAS_NUM_THREADS=1 LC_ALL=C

# What the cases read.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >problem.json <<'END'
{ "activation": "x^2", "regime": "classical", "noise": 0.1,
  "initial": { "Q": [[0.20950539911461344, 0.11950540654526448], [0.11950540654526448, 0.20950541397591604]],
               "M": [[0.17724683148218082], [0.17724685873403043]], "P": [[1.7592248508876134]] },
  "time": { "at": [0, 0.30000000000000004, 1] } }
END
printf '%s\n' '/* @NAME@ @P@ */' >template.c.in
"$wick" run --problem problem.json --state -o curve.csv
"$wick" simulate --activation x^2 --p 2 --k 2 --d 9 --learning-rate 0.1 --end 1 --points 4 --state -o simulation.csv

# GMP asks for most of the memory, and always ends the same way: it is spared but in the last of these.
status=0
echo "one allocation fails:"
"$sweep" --tries "$tries" --spare libgmp "$allocator" "$wick" "$cases" || status=1
echo "all from there on fail:"
"$sweep" --tries $((tries / 2)) --lasting --spare libgmp "$allocator" "$wick" "$cases" || status=1
echo "one allocation fails, those of GMP among them:"
"$sweep" --tries $((tries / 8)) "$allocator" "$wick" "$cases" || status=1
exit $status

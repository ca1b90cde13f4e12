#!/bin/sh
# From a fresh clone to a learning curve: installs what is missing, builds wick, runs the study of quickstart.json (eight
# square neurons learn four) and leaves its numbers and its picture in wick-quickstart/ of the current folder.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
results=$PWD/wick-quickstart

sh "$root/tests/setup.sh"
cmake -S "$root" -B "$root/build"
cmake --build "$root/build" --parallel "$(nproc 2>/dev/null || echo 2)" --target wick_command

mkdir -p "$results"
"$root/build/wick" run --problem "$root/examples/quickstart.json" -o "$results/square.csv" --plot "$results/square.svg"

echo
echo "The numbers: $results/square.csv"
echo "The picture: $results/square.svg"

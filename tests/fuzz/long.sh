#!/bin/sh
# A longer run of the fuzz targets, after building them in build-fuzz/; prints executions. Needs clang.
#
#   sh tests/fuzz/long.sh MINUTES [TARGET...]      minutes for each target: expression, problem, results, run
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
minutes=$1
shift
cmake -S "$root" -B "$root/build-fuzz" -DWICK_FUZZ=ON -DCMAKE_C_COMPILER=clang -DWICK_BUILD_EXAMPLES=OFF
cmake --build "$root/build-fuzz" --parallel "$(nproc 2>/dev/null || echo 2)" --target fuzz
exec sh "$root/tests/fuzz/run.sh" "$root/build-fuzz" "$((minutes * 60))" "$@"

#!/bin/sh
# Runs fuzz targets with libFuzzer, two at a time, and tells what each did:
#
#   run.sh BUILD SECONDS [TARGET...]      BUILD is a folder configured with -DWICK_FUZZ=ON; targets: expression, problem, ...
#
# What a target finds on its way stays in BUILD/fuzz; an input that breaks a promise is in BUILD/fuzz/artifacts, and belongs
# into tests/fuzz/corpus once it is mended. Exits with 1 if there is one.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$(CDPATH='' cd -- "$1" && pwd)
seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(cd "$here/corpus" && ls)

# One thread is enough for such small problems, and the other core is taken. Watching less of
# what was freed takes a sixth of the memory and some time less. The last flag is explained in tests/CMakeLists.txt.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=quarantine_size_mb=16:intercept_tls_get_addr=0
work=$build/fuzz
mkdir -p "$work/artifacts"

# The targets limit the processor's time themselves; the timeout is for those that wait for ever.
fuzz()
{
    mkdir -p "$work/found/$1"
    dictionary=""
    [ ! -e "$here/$1.dict" ] || dictionary=-dict=$here/$1.dict
    "$build/tests/fuzz_$1" -seed=1 -max_total_time="$seconds" -timeout=200 -rss_limit_mb=2048 $dictionary \
        -artifact_prefix="$work/artifacts/$1-" -print_final_stats=1 "$work/found/$1" "$here/corpus/$1" >"$work/$1.log" 2>&1
}

report()
{
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$1.log")
    coverage=$(grep -o 'cov: [0-9]*' "$work/$1.log" | tail -n 1)
    echo "fuzz_$1: ${executions:-no} executions in $seconds s, $coverage"
}

failed=""
while [ $# -gt 0 ]; do
    first=$1
    second=${2:-}
    shift
    fuzz "$first" &
    process=$!
    if [ -n "$second" ]; then
        shift
        fuzz "$second" || failed="$failed $second"
        report "$second"
    fi
    wait $process || failed="$failed $first"
    report "$first"
done
for target in $failed; do
    echo "fuzz_$target failed:"
    grep -aE -A 25 'broken:|ERROR: |runtime error|artifact_prefix' "$work/$target.log" | head -n 60
done
[ -z "$failed" ] || { echo "the inputs are in $work/artifacts"; exit 1; }

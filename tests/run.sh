#!/bin/sh
# Installs what is missing, builds, and runs every test. From any folder:
#
#   sh tests/run.sh [-S | -T | -F SECONDS] [FLAGS FOR CMAKE]
#
#   -S           under AddressSanitizer and UndefinedBehaviorSanitizer, in build-sanitize/ instead of build/
#   -T           those with threads alone, under ThreadSanitizer, in build-thread/; takes clang
#   -F SECONDS   fuzz targets instead of tests, so long each, in build-fuzz/; takes clang
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mode=${1:-}
build=$root/build
flags="-DWICK_BUILD_TESTS=ON -DWICK_BUILD_EXAMPLES=ON"
packages=""
clang="clang libclang-rt-dev libomp-dev llvm" # llvm has the program that turns a sanitizer's addresses into lines
case $mode in
-S)
    build=$root/build-sanitize
    flags="$flags -DWICK_SANITIZE=address"
    shift
    ;;
-T)
    build=$root/build-thread
    flags="$flags -DWICK_SANITIZE=thread -DCMAKE_C_COMPILER=clang"
    packages=$clang
    shift
    ;;
-F)
    build=$root/build-fuzz
    flags="$flags -DWICK_FUZZ=ON -DCMAKE_C_COMPILER=clang"
    packages=$clang
    seconds=${2:?"-F takes the number of seconds"}
    shift 2
    ;;
*) mode="" ;;
esac
case " $* " in
*" -DCMAKE_C_COMPILER=clang "*) packages=$clang ;;
esac
sh "$root/tests/setup.sh" $packages

# The tests compile LaTeX that wick derives, if they can.
if [ "$mode" != -T ] && [ "$mode" != -F ] && ! command -v pdflatex >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    sh "$root/tests/setup.sh" texlive-latex-base
fi

jobs=$(nproc 2>/dev/null || echo 2)
cmake -S "$root" -B "$build" $flags "$@"
case $mode in
-T) cmake --build "$build" --parallel "$jobs" --target threaded ;;
-F) cmake --build "$build" --parallel "$jobs" --target fuzz ;;
*)
    cmake --build "$build" --parallel "$jobs"
    cmake --build "$build" --parallel "$jobs" --target bench # not run here, but they must not rot
    ;;
esac

case $mode in
-T)
    cd "$build"
    exec ctest --output-on-failure --parallel "$jobs" --label-regex threads
    ;;
-F) exec sh "$root/tests/fuzz/run.sh" "$build" "$seconds" ;;
*)
    cd "$build"
    exec ctest --output-on-failure --parallel "$jobs"
    ;;
esac

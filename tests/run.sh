#!/bin/sh
# Installs what is missing, builds, and runs every test. From any folder:
#
#   sh tests/run.sh [-S] [FLAGS FOR CMAKE]
#
#   -S   under AddressSanitizer and UndefinedBehaviorSanitizer, in build-sanitize/ instead of build/
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$root/build
sanitize=OFF
if [ "${1:-}" = "-S" ]; then
    build=$root/build-sanitize
    sanitize=ON
    shift
fi

# The tests compile LaTeX that wick derives, if they can.
latex=""
if ! command -v pdflatex >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    latex=texlive-latex-base
fi
sh "$root/tests/setup.sh" $latex
jobs=$(nproc 2>/dev/null || echo 2)
cmake -S "$root" -B "$build" -DWICK_BUILD_TESTS=ON -DWICK_BUILD_EXAMPLES=ON -DWICK_SANITIZE=$sanitize "$@"
cmake --build "$build" --parallel "$jobs"
cmake --build "$build" --parallel "$jobs" --target bench # not run here, but they must not rot
cd "$build"
exec ctest --output-on-failure --parallel "$jobs"

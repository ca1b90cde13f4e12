#!/bin/sh
# Installs wick into a prefix of its own, moves that, and uses it as a stranger would: from CMake with find_package, from
# the compiler with pkg-config, from C++.
#
#   run.sh static|shared [BUILD]     BUILD is a folder in which that kind of library was built; without it, builds one
#
# Run by ctest, which sets WICK_SOURCE_DIR, WICK_CMAKE and WICK_C_COMPILER.
set -eu

kind=$1
build=${2:-}
here=$WICK_SOURCE_DIR/tests/install
cmake=$WICK_CMAKE
cc=$WICK_C_COMPILER
work=$PWD/work
rm -rf "$work"
mkdir "$work"

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

# Runs a consumer and compares its answer with consumer.c's own comment.
check()
{
    answer=$("$@") || fail "$* failed after printing '$answer'"
    [ "$answer" = "$expected" ] || fail "$* printed '$answer' instead of '$expected'"
    echo "ok: $*"
}
expected="dM = 1.5, dQ = 1"

if [ -z "$build" ]; then
    build=$work/build
    shared=OFF
    [ "$kind" = static ] || shared=ON
    $cmake -S "$WICK_SOURCE_DIR" -B "$build" -DCMAKE_C_COMPILER="$cc" -DBUILD_SHARED_LIBS=$shared \
        -DWICK_BUILD_TESTS=OFF -DWICK_BUILD_EXAMPLES=OFF -DCMAKE_C_FLAGS_RELEASE=-O1 # it is not measured here
    $cmake --build "$build" --parallel 2
fi
$cmake --install "$build" --prefix "$work/first"
mv "$work/first" "$work/prefix"
prefix=$work/prefix

for file in bin/wick include/wick/wick.h share/doc/wick/LICENSE share/doc/wick/LICENSE.generated; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
"$prefix/bin/wick" --version || fail "the installed command does not run"

# The symbols: all that wick.h declares; beyond that nothing from a shared library, and only wick_... from a static one.
libdir=$(dirname "$(find "$prefix" -name 'libwick.*' | head -n 1)")
grep "^WICK_API" "$prefix/include/wick/wick.h" | grep -o 'wick_[a-z0-9_]*(' | tr -d '(' | sort -u >"$work/declared"
if [ "$kind" = shared ]; then
    nm --dynamic --defined-only "$libdir/libwick.so" | awk '{ print $NF }' | sort -u >"$work/defined"
    foreign=$(comm -13 "$work/declared" "$work/defined")
else
    nm --extern-only --defined-only "$libdir/libwick.a" | awk 'NF == 3 { print $3 }' | sort -u >"$work/defined"
    foreign=$(grep -v '^wick_' "$work/defined" || true)
fi
[ -z "$foreign" ] || fail "libwick defines symbols it should not: $foreign"
absent=$(comm -23 "$work/declared" "$work/defined")
[ -z "$absent" ] || fail "wick.h declares what libwick does not define: $absent"

# HDF5 is the command's affair: a program that embeds wick needs none.
if nm "$libdir"/libwick.* 2>/dev/null | grep ' U H5' || ldd "$libdir"/libwick.* 2>/dev/null | grep libhdf5; then
    fail "libwick needs HDF5"
fi

# Where wick calls CBLAS it must reach OpenBLAS, and take GSL along, not the slow one that libgsl.so asks for.
if pkg-config --exists openblas && nm --dynamic --undefined-only "$prefix/bin/wick" | grep -q ' cblas_'; then
    LD_BIND_NOW=1 LD_DEBUG=bindings "$prefix/bin/wick" --version 2>&1 | grep ' `cblas_' >"$work/bindings" || true
    grep -q 'libgsl.* to .*openblas' "$work/bindings" || fail "GSL does not reach OpenBLAS"
    if grep 'to .*gslcblas' "$work/bindings" | grep -v 'file [^ ]*gslcblas'; then fail "CBLAS comes from GSL"; fi
fi

# CMake
$cmake -S "$here" -B "$work/consumer" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix"
$cmake --build "$work/consumer"
check "$work/consumer/consumer"
consumer_answer=$expected
expected="risk 11.25, gamma 1"
check "$work/consumer/generated"

# Generated code in another project, as examples/embed shows it: written beforehand, and written when it is built.
cp -r "$prefix/share/doc/wick/examples/embed" "$work/embed"
(
    cd "$work/embed/subdirectory"
    "$prefix/bin/wick" emit --problem ../square.json --target cmake --name square -o square
    $cmake -S . -B build -DCMAKE_C_COMPILER="$cc" -Dsquare_BUILD_TESTS=ON
    $cmake --build build
    build/square/square_test
) || fail "examples/embed/subdirectory does not build"
(
    cd "$work/embed/generate"
    $cmake -S . -B build -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix"
    $cmake --build build
) || fail "examples/embed/generate does not build"
expected=$("$prefix/bin/wick" run --problem "$work/embed/square.json" --at "[0, 2.5, 5, 7.5, 10]" --rtol 1e-12 |
    awk -F, '/^[0-9]/ { printf "%.1f %.9f\n", $1, $2 }')
check "$work/embed/subdirectory/build/curve"
check "$work/embed/generate/build/curve"
expected=$consumer_answer

# pkg-config, in C and in C++; flags are split into words on purpose.
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name wick.pc)")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags wick)
if [ "$kind" = static ]; then
    libraries=$(pkg-config --static --libs wick)
else
    libraries="$(pkg-config --libs wick) -Wl,-rpath,$libdir"
fi
$cc -std=c99 -pedantic -Wall -Wextra -Werror $flags "$here/consumer.c" -o "$work/consumer_c" $libraries
check "$work/consumer_c"
g++ -std=c++11 -pedantic -Wall -Wextra -Werror $flags -x c++ "$here/consumer.c" -x none -o "$work/consumer_cxx" $libraries
check "$work/consumer_cxx"

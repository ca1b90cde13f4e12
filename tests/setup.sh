#!/bin/sh
# Installs what building, testing and running wick needs and this machine lacks, from Debian's archive. Says what it
# installs; does nothing if all is there. Further package names may be given: `sh tests/setup.sh clang-format`.
set -eu

missing=""

# A tool may have come from anywhere: what counts is that it can be called.
need_tool() # command, package
{
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

need_package()
{
    dpkg -s "$1" 2>/dev/null | grep -q '^Status:.* installed$' || missing="$missing $1"
}

for tool in gcc g++ make; do
    command -v $tool >/dev/null 2>&1 || { missing=" build-essential"; break; }
done
need_tool cmake cmake
need_tool pkg-config pkg-config
need_tool gnuplot gnuplot-nox

if command -v dpkg >/dev/null 2>&1; then
    for package in libc6-dev libgsl-dev libtcc-dev libcmocka-dev libgmp-dev libjansson-dev libopenblas-dev libhdf5-dev \
        libsundials-dev locales; do
        need_package $package
    done
else
    echo "setup.sh: this is not Debian; the libraries (GSL, libtcc, cmocka, GMP, jansson, OpenBLAS, HDF5, SUNDIALS) are up to you" >&2
fi

for package in "$@"; do
    command -v "$package" >/dev/null 2>&1 || need_package "$package"
done

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup.sh: missing:$missing, and there is no apt-get to install them with; please install them and try again" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    echo "setup.sh: missing:$missing" >&2
    echo "setup.sh: installing them needs root, and there is no sudo; please run as root:" >&2
    echo "    apt-get update && apt-get install$missing" >&2
    exit 1
fi

echo "Installing with ${as_root:+$as_root }apt-get (this can take some minutes):$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing >/dev/null

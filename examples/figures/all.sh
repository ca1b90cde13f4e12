#!/bin/sh
# Makes every figure of this folder: sh examples/figures/all.sh [--full] [FOLDER]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for figure in neurons dimensions noise mean-field mean-field-dimension zero-start off-diagonal histogram learning-rates rules; do
    echo "$figure"
    sh "$here/$figure.sh" "$@"
done

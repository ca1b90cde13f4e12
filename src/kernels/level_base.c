/* The kernels for whatever the compiler was told to compile for. SPDX: 0BSD */
#include "kernels/levels.h"

#define TABLE wick_kernels_base
#include "kernels/dense.inc"

/* The kernels for x86-64-v3 processors. SPDX: 0BSD */
#include "kernels/levels.h"

#ifdef WICK_X86_LEVELS
#pragma GCC target("arch=x86-64-v3")
#define TABLE wick_kernels_v3
#include "kernels/dense.inc"
#else
typedef int wick_no_level_v3;
#endif

/* The kernels for x86-64-v4 processors. SPDX: 0BSD */
#include "kernels/levels.h"

#ifdef WICK_X86_LEVELS
#pragma GCC target("arch=x86-64-v4")
#define TABLE wick_kernels_v4
#include "kernels/dense.inc"
#else
typedef int wick_no_level_v4;
#endif

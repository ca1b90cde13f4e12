/* The SIMD levels that kernels are compiled for. Private to src/kernels. SPDX: 0BSD */
#ifndef WICK_KERNELS_LEVELS_H
#define WICK_KERNELS_LEVELS_H

#include "kernels/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WICK_X86_LEVELS 1
extern const wick_kernel_table wick_kernels_v3, wick_kernels_v4;
#endif
extern const wick_kernel_table wick_kernels_base;

#endif

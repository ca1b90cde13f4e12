/* The products of matrices that compiled and walked drifts call: the kernel, or a BLAS where that is faster. */
#ifndef WICK_JIT_PRODUCT_H
#define WICK_JIT_PRODUCT_H

#include <stddef.h>

/* As `product` of kernels/kernels.h. */
void wick_product(size_t rows, size_t columns, size_t lower, size_t upper, size_t ld, const double *A, const double *B,
                  double *C);

/* As `outer` there. */
void wick_outer(size_t rows, size_t n, size_t ld, const double *X, const double *Y, double *T);

#endif

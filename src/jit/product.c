/* See product.h. */
#include "jit/product.h"

#include <cblas.h>
#include <limits.h>

#include "kernels/kernels.h"

/* From here on a BLAS call beats the kernel (measured by tests/bench). */
static const size_t blas_rows = 48;

void wick_product(size_t rows, size_t columns, size_t lower, size_t upper, size_t ld, const double *A, const double *B,
                  double *C)
{
    if (rows < blas_rows || upper - lower < blas_rows || columns < blas_rows || ld > INT_MAX / 2) {
        wick_kernels()->product(rows, columns, lower, upper, ld, A, B, C);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)columns, (int)(upper - lower), 1.0, A + lower,
                (int)ld, B + lower * ld, (int)ld, 0.0, C, (int)ld);
}

void wick_outer(size_t rows, size_t n, size_t ld, const double *X, const double *Y, double *T)
{
    if (rows < blas_rows || n < blas_rows || ld > INT_MAX / 2) {
        wick_kernels()->outer(rows, n, ld, X, Y, T);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)ld, (int)rows, 1.0, X, (int)ld, Y, (int)ld, 0.0, T,
                (int)ld);
}

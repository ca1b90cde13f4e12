/* See linear.h. */
#include "problem/linear.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>

enum { SMALL = 32 };

static bool cholesky_small(double *A, size_t n, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double rest = A[i * stride + j];
            for (size_t l = 0; l < j; l++) rest -= A[i * stride + l] * A[j * stride + l];
            if (i > j)
                A[i * stride + j] = rest / A[j * stride + j];
            else if (rest > 0 && isfinite(rest))
                A[i * stride + i] = sqrt(rest);
            else
                return false;
        }
    }
    return true;
}

/* By halves: nearly all the work is in the two BLAS calls. */
static bool cholesky(double *A, size_t n, size_t stride)
{
    if (n <= SMALL) return cholesky_small(A, n, stride);
    const size_t half = n / 2, rest = n - half;
    double *below = A + half * stride, *corner = below + half;
    if (!cholesky(A, half, stride)) return false;
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)rest, (int)half, 1, A, (int)stride,
                below, (int)stride);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)rest, (int)half, -1, below, (int)stride, 1, corner,
                (int)stride);
    return cholesky(corner, rest, stride);
}

bool wick_cholesky(double *A, size_t n) { return cholesky(A, n, n); }

double wick_smallest_eigenvalue(double *A, size_t n)
{
    gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(n);
    gsl_vector *values = gsl_vector_alloc(n);
    double smallest = NAN;
    if (workspace && values) {
        gsl_matrix_view view = gsl_matrix_view_array(A, n, n);
        gsl_eigen_symm(&view.matrix, values, workspace);
        smallest = gsl_vector_min(values);
    }
    gsl_vector_free(values);
    gsl_eigen_symm_free(workspace);
    return smallest;
}

void wick_mirror_lower(double *A, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) A[j * n + i] = A[i * n + j];
}

/* Factorisation and definiteness of symmetric matrices, on BLAS.
 *
 * GSL has both, but calls its global error handler, which aborts by default, for a matrix that is not positive definite.
 * Here that is an ordinary answer. */
#ifndef WICK_PROBLEM_LINEAR_H
#define WICK_PROBLEM_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/* A = L L^T in place: the lower triangle of the row-major n x n matrix becomes L, the upper one is neither read nor written.
 * False, with A spoilt, if A is not positive definite. */
bool wick_cholesky(double *A, size_t n);

/* The smallest eigenvalue of a symmetric matrix, whose lower triangle is read; A is spoilt. NAN if memory is exhausted. */
double wick_smallest_eigenvalue(double *A, size_t n);

/* Copies the lower triangle over the upper one. */
void wick_mirror_lower(double *A, size_t n);

#endif

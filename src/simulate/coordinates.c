/* See coordinates.h. Omega with the targets first is L L^T (Cholesky) where it is positive definite. Where it is not, or
 * where d < p + k, its eigenvectors times the roots of its eigenvalues are such a factor, and a rotation makes that
 * triangular. */
#include "simulate/coordinates.h"

#include <float.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "problem/linear.h"

/* Eigenvalues this small beside the largest one are rounding: that of an Omega printed in a file. */
static const double negligible = 1e-10;

static void fill_omega(const wick_problem *problem, double *omega)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    for (size_t r = 0; r < k; ++r) memcpy(omega + r * n, problem->P + r * k, k * sizeof *omega);
    for (size_t j = 0; j < p; ++j) {
        memcpy(omega + (k + j) * n, problem->M + j * k, k * sizeof *omega);
        memcpy(omega + (k + j) * n + k, problem->Q + j * p, p * sizeof *omega);
    }
}

static double rounding(size_t n) { return 4 * (double)n * DBL_EPSILON; }

/* Omega to L in place; false if Omega is singular within rounding, and then it is spoilt. */
static bool cholesky_factor(double *omega, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; ++i) largest = fmax(largest, omega[i * n + i]);
    if (!wick_cholesky(omega, n)) return false;
    for (size_t i = 0; i < n; ++i)
        if (!(omega[i * n + i] * omega[i * n + i] > rounding(n) * largest)) return false;
    return true;
}

/* Row i of `factor` (stride n) is field i, targets first; entries above the diagonal are not read. */
static void take_factor(const double *factor, wick_coordinates *to)
{
    const size_t n = to->p + to->k;
    for (size_t i = 0; i < n; ++i)
        for (size_t b = 0; b < to->columns && b <= i; ++b) {
            if (i >= to->k)
                to->W[(i - to->k) * to->columns + b] = factor[i * n + b];
            else if (b < to->inside)
                to->T[i * to->inside + b] = factor[i * n + b];
        }
}

/* In place of Omega: V sqrt(Lambda), of which the first `columns` columns count. */
static wick_status eigen_factor(wick_context *context, const wick_problem *problem, size_t columns, double *omega,
                                gsl_matrix *vectors, gsl_vector *values, gsl_eigen_symmv_workspace *workspace)
{
    const size_t n = vectors->size1;
    gsl_matrix_view view = gsl_matrix_view_array(omega, n, n);
    gsl_eigen_symmv(&view.matrix, values, vectors, workspace);
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
    const double largest = gsl_vector_get(values, 0);
    if (columns < n && gsl_vector_get(values, columns) > negligible * largest)
        return wick_problem_fail(context, problem, "d",
                                 "must be at least the rank of Omega = [[Q, M], [M^T, P]], found %.0f", problem->d);
    for (size_t b = 0; b < n; ++b) {
        const double value = gsl_vector_get(values, b);
        for (size_t i = 0; i < n; ++i)
            omega[i * n + b] = value > rounding(n) * largest ? sqrt(value) * gsl_matrix_get(vectors, i, b) : 0;
    }
    return WICK_OK;
}

static wick_status triangular_factor(wick_context *context, const wick_problem *problem, size_t columns, double *omega)
{
    const size_t n = problem->p + problem->k;
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    gsl_vector *values = gsl_vector_alloc(n), *tau = gsl_vector_alloc(columns);
    gsl_matrix *vectors = gsl_matrix_alloc(n, n);
    wick_status status = workspace && values && tau && vectors
                             ? eigen_factor(context, problem, columns, omega, vectors, values, workspace)
                             : wick_fail_memory(context, "taking the overlaps apart");
    if (status == WICK_OK) {
        gsl_matrix_view view = gsl_matrix_view_array_with_tda(omega, n, columns, n);
        gsl_linalg_LQ_decomp(&view.matrix, tau);
    }
    gsl_eigen_symmv_free(workspace);
    gsl_vector_free(values);
    gsl_vector_free(tau);
    gsl_matrix_free(vectors);
    return status;
}

/* A d that was not given is as large as needed. */
static size_t smaller(size_t count, double d) { return d > 0 && d < (double)count ? (size_t)d : count; }

wick_status wick_coordinates_find(wick_context *context, const wick_problem *problem, wick_coordinates *coordinates)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    wick_coordinates made = {p, k, smaller(k, problem->d), smaller(n, problem->d), NULL, NULL};
    double *omega = wick_allocate(n, n, sizeof *omega);
    made.T = wick_allocate(k, made.inside, sizeof *made.T);
    made.W = wick_allocate(p, made.columns, sizeof *made.W);
    wick_status status =
        omega && made.T && made.W ? WICK_OK : wick_fail_memory(context, "making weights of the initial overlaps");
    if (status == WICK_OK) {
        fill_omega(problem, omega);
        if (made.columns < n || !cholesky_factor(omega, n)) {
            fill_omega(problem, omega);
            status = triangular_factor(context, problem, made.columns, omega);
        }
    }
    if (status == WICK_OK) take_factor(omega, &made);
    free(omega);
    if (status == WICK_OK)
        *coordinates = made;
    else
        wick_coordinates_clear(&made);
    return status;
}

void wick_coordinates_clear(wick_coordinates *coordinates)
{
    free(coordinates->T);
    free(coordinates->W);
    *coordinates = (wick_coordinates){0};
}

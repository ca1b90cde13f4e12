/* Initial states: given overlaps, their shapes, symmetry and definiteness. See stages.h. */
#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "model/regime.h"
#include "problem/linear.h"
#include "problem/merge.h"
#include "problem/places.h"
#include "problem/stages.h"

/* How far from symmetric or positive semidefinite rounding (also that of numbers printed in a file) may take a matrix,
 * relative to its largest entry. */
#define SYMMETRY     1e-12
#define DEFINITENESS 1e-10

/* The vector at a path, or ones if there is none. `size` names `count` in messages. */
static wick_status read_vector(wick_context *context, const wick_problem *problem, const char *path, const char *size,
                               size_t count, double *vector)
{
    const json_t *entries = wick_json_at(problem->complete, path);
    for (size_t i = 0; i < count && !entries; i++) vector[i] = 1;
    if (!entries) return WICK_OK;
    if (json_array_size(entries) != count)
        return wick_places_fail(context, problem->places, path, "must have %s = %zu entries, found %zu", size, count,
                                json_array_size(entries));
    for (size_t i = 0; i < count; i++) vector[i] = json_number_value(json_array_get(entries, i));
    return WICK_OK;
}

/* The matrix at a path, or the identity if there is none. */
static wick_status read_matrix(wick_context *context, const wick_problem *problem, const char *path, const char *shape,
                               size_t rows, size_t columns, double *matrix)
{
    const json_t *given = wick_json_at(problem->complete, path);
    for (size_t i = 0; i < rows && i < columns && !given; i++) matrix[i * columns + i] = 1;
    if (!given) return WICK_OK;
    if (json_array_size(given) != rows)
        return wick_places_fail(context, problem->places, path, "must be %s = %zu x %zu, found %zu rows", shape, rows,
                                columns, json_array_size(given));
    for (size_t i = 0; i < rows; i++) {
        const json_t *row = json_array_get(given, i);
        if (json_array_size(row) != columns)
            return wick_places_fail(context, problem->places, path, "must be %s = %zu x %zu, but row %zu has %zu entries",
                                    shape, rows, columns, i + 1, json_array_size(row));
        for (size_t j = 0; j < columns; j++) matrix[i * columns + j] = json_number_value(json_array_get(row, j));
    }
    return WICK_OK;
}

static double largest(const double *matrix, size_t count)
{
    double found = 0;
    for (size_t i = 0; i < count; i++) found = fmax(found, fabs(matrix[i]));
    return found;
}

/* Makes a matrix exactly symmetric that is so within rounding. */
static wick_status check_symmetric(wick_context *context, const wick_problem *problem, const char *path, size_t n, double *A)
{
    const double tolerance = SYMMETRY * largest(A, n * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double *lower = &A[i * n + j], *upper = &A[j * n + i];
            if (*lower == *upper) continue;
            if (!(fabs(*lower - *upper) <= tolerance))
                return wick_places_fail(context, problem->places, path,
                                        "must be symmetric, but entry [%zu,%zu] is %s and entry [%zu,%zu] is %s", j + 1,
                                        i + 1, wick_number(*upper).text, i + 1, j + 1, wick_number(*lower).text);
            *lower = *upper = *lower / 2 + *upper / 2;
        }
    }
    return WICK_OK;
}

/* The lower triangle of [[Q, M], [M^T, P]] / scale + shift I. */
static void fill_omega(const wick_problem *problem, double scale, double shift, double *omega)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    for (size_t i = 0; i < p; i++) memcpy(omega + i * n, problem->Q + i * p, (i + 1) * sizeof *omega);
    for (size_t r = 0; r < k; r++) {
        for (size_t j = 0; j < p; j++) omega[(p + r) * n + j] = problem->M[j * k + r];
        memcpy(omega + (p + r) * n + p, problem->P + r * k, (r + 1) * sizeof *omega);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) omega[i * n + j] /= scale;
        omega[i * n + i] += shift;
    }
}

static wick_status check_definite(wick_context *context, const wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    const double scale = fmax(largest(problem->Q, p * p), fmax(largest(problem->M, p * k), largest(problem->P, k * k)));
    if (scale == 0) return WICK_OK;
    double *omega = wick_allocate(n, n, sizeof *omega);
    if (!omega) return wick_fail_memory(context, "checking the initial state");
    fill_omega(problem, scale, DEFINITENESS, omega);
    const bool definite = wick_cholesky(omega, n);
    if (!definite) {
        fill_omega(problem, scale, 0, omega);
        const double smallest = scale * wick_smallest_eigenvalue(omega, n);
        wick_places_fail(context, problem->places, "initial",
                         "Omega = [[Q, M], [M^T, P]] is not positive semidefinite: smallest eigenvalue %.6g", smallest);
    }
    free(omega);
    return definite ? WICK_OK : WICK_ERROR_PROBLEM;
}

/* rest_j = M_j P^-1 M_j^T, the part of Q_jj in the target's space. */
static wick_status find_parts_inside(wick_context *context, const wick_problem *problem, double *factor, double *solved,
                                     double *part)
{
    const size_t p = problem->p, k = problem->k;
    memcpy(factor, problem->P, k * k * sizeof *factor);
    if (!wick_cholesky(factor, k))
        return wick_places_fail(context, problem->places, "initial.P", "must be positive definite in regime %s",
                                problem->parts->name);
    memcpy(solved, problem->M, p * k * sizeof *solved);
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)p, (int)k, 1, factor, (int)k, solved,
                (int)k);
    for (size_t j = 0; j < p; j++) part[j] = cblas_ddot((int)k, solved + j * k, 1, solved + j * k, 1);
    return WICK_OK;
}

static wick_status subtract_parts_inside(wick_context *context, wick_problem *problem, const double *Q, const double *part)
{
    const size_t p = problem->p;
    for (size_t j = 0; j < p; j++) {
        const double norm = Q[j * p + j];
        problem->q[j] = norm - part[j];
        if (problem->q[j] < -DEFINITENESS * fmax(fabs(norm), part[j]))
            return wick_places_fail(context, problem->places, "initial.Q",
                                    "q = diag(Q - M P^-1 M^T) must not be negative, but q[%zu] is %.6g", j + 1,
                                    problem->q[j]);
        problem->q[j] = fmax(problem->q[j], 0);
    }
    return WICK_OK;
}

/* q of the mean-field regimes: as given, or from Q. */
static wick_status read_q(wick_context *context, wick_problem *problem, const double *part)
{
    const size_t p = problem->p;
    if (wick_json_at(problem->complete, "initial.q")) {
        WICK_TRY(read_vector(context, problem, "initial.q", "p", p, problem->q));
        for (size_t j = 0; j < p; j++)
            if (problem->q[j] < 0)
                return wick_places_fail(context, problem->places, "initial.q", "entry %zu: must be at least 0, found %.10g",
                                        j + 1, problem->q[j]);
        return WICK_OK;
    }
    double *Q = wick_allocate(p, p, sizeof *Q);
    if (!Q) return wick_fail_memory(context, "reading the initial state");
    wick_status status = read_matrix(context, problem, "initial.Q", "p x p", p, p, Q);
    if (status == WICK_OK) status = check_symmetric(context, problem, "initial.Q", p, Q);
    if (status == WICK_OK) status = subtract_parts_inside(context, problem, Q, part);
    free(Q);
    return status;
}

/* In R^d with d = k nothing is left outside the target's space: q is 0, exactly, or was not meant for this d. */
static wick_status check_room(wick_context *context, wick_problem *problem, const double *part)
{
    if (!problem->parts->finite_d || problem->d > (double)problem->k) return WICK_OK;
    for (size_t j = 0; j < problem->p; j++) {
        if (problem->q[j] > DEFINITENESS * part[j])
            return wick_places_fail(context, problem->places, "d", "d = k = %zu needs q = 0, but q[%zu] is %.6g", problem->k,
                                    j + 1, problem->q[j]);
        problem->q[j] = 0;
    }
    return WICK_OK;
}

static wick_status read_reduced(wick_context *context, wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    double *factor = wick_allocate(k, k, sizeof *factor);
    double *solved = wick_allocate(p, k, sizeof *solved);
    double *part = wick_allocate(p, 1, sizeof *part);
    wick_status status = factor && solved && part ? find_parts_inside(context, problem, factor, solved, part)
                                                  : wick_fail_memory(context, "reading the initial state");
    if (status == WICK_OK) status = read_q(context, problem, part);
    if (status == WICK_OK) status = check_room(context, problem, part);
    free(factor);
    free(solved);
    free(part);
    return status;
}

static wick_status check_nothing_missing(wick_context *context, const wick_problem *problem)
{
    const json_t *complete = problem->complete, *places = problem->places;
    const bool reduced = !problem->parts->full;
    const bool has_q = wick_json_at(complete, "initial.q"), has_Q = wick_json_at(complete, "initial.Q");
    const char *regime = problem->parts->name;
    if (!wick_json_at(complete, "initial.M"))
        return wick_places_fail(context, places, "initial.M", "missing; regime %s needs M and %s, or initial.random", regime,
                                reduced ? "q (or Q)" : "Q");
    if (!reduced && has_q)
        return wick_places_fail(context, places, "initial.q", "is for the mean-field regimes; regime %s needs Q", regime);
    if (!has_Q && !(reduced && has_q))
        return wick_places_fail(context, places, reduced ? "initial.q" : "initial.Q", "missing; regime %s needs M and %s",
                                regime, reduced ? "q (or Q)" : "Q");
    return WICK_OK;
}

static wick_status read_given(wick_context *context, wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    WICK_TRY(check_nothing_missing(context, problem));
    WICK_TRY(read_matrix(context, problem, "initial.M", "p x k", p, k, problem->M));
    WICK_TRY(read_matrix(context, problem, "initial.P", "k x k", k, k, problem->P));
    WICK_TRY(check_symmetric(context, problem, "initial.P", k, problem->P));
    if (!problem->parts->full) return read_reduced(context, problem);
    WICK_TRY(read_matrix(context, problem, "initial.Q", "p x p", p, p, problem->Q));
    WICK_TRY(check_symmetric(context, problem, "initial.Q", p, problem->Q));
    return check_definite(context, problem);
}

/* Bytes of M and Q, or M and q. */
static double size_of(const wick_problem *problem)
{
    const double p = (double)problem->p, k = (double)problem->k;
    return sizeof(double) * p * (k + (!problem->parts->full ? 1 : p));
}

static wick_status fail_size(wick_context *context, const wick_problem *problem)
{
    const char *wide = !problem->parts->full
                           ? ""
                           : "; the states of regimes mean-field and mean-field-high-d, for wide networks, grow as p";
    return wick_fail(context, WICK_ERROR_MEMORY,
                     "p = %zu: the initial state takes %.3g GB of memory, for which there is no room%s", problem->p,
                     size_of(problem) / 1e9, wide);
}

wick_status wick_check_initial(wick_context *context, wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    const bool reduced = !problem->parts->full;
    if (size_of(problem) > wick_memory_size()) return fail_size(context, problem);
    problem->a = wick_allocate(p, 1, sizeof *problem->a);
    problem->a_star = wick_allocate(k, 1, sizeof *problem->a_star);
    problem->M = wick_allocate(p, k, sizeof *problem->M);
    problem->P = wick_allocate(k, k, sizeof *problem->P);
    double *second = reduced ? wick_allocate(p, 1, sizeof *second) : wick_allocate(p, p, sizeof *second);
    if (reduced)
        problem->q = second;
    else
        problem->Q = second;
    if (!problem->a || !problem->a_star || !problem->M || !problem->P || !second) return fail_size(context, problem);
    WICK_TRY(read_vector(context, problem, "initial.a", "p", p, problem->a));
    WICK_TRY(read_vector(context, problem, "initial.a_star", "k", k, problem->a_star));
    return wick_json_at(problem->complete, "initial.random") ? wick_draw_initial(context, problem)
                                                             : read_given(context, problem);
}

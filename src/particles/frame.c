/* See frame.h. */
#include "particles/frame.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void wick_frame_whiten(const wick_frame *frame, size_t count, size_t stride, const double *M, double *u)
{
    const size_t k = frame->k;
    for (size_t c = 0; c < k; ++c)
        for (size_t i = 0; i < count; ++i) {
            double s = 0;
            for (size_t r = 0; r <= c; ++r) s += frame->inverse[c * k + r] * M[i * k + r];
            u[c * stride + i] = s;
        }
}

void wick_frame_unwhiten(const wick_frame *frame, size_t count, size_t stride, const double *a, const double *gradient,
                         double *dM)
{
    const size_t k = frame->k;
    for (size_t i = 0; i < count; ++i)
        for (size_t r = 0; r < k; ++r) {
            double s = 0;
            for (size_t c = 0; c <= r; ++c) s += frame->L[r * k + c] * gradient[c * stride + i];
            dM[i * k + r] = a[i] * s;
        }
}

double wick_frame_variance(const wick_frame *frame, const double *m, double q)
{
    for (size_t c = 0; c < frame->k; ++c) {
        double u = 0;
        for (size_t r = 0; r <= c; ++r) u += frame->inverse[c * frame->k + r] * m[r];
        q += u * u;
    }
    return q;
}

void wick_frame_weights(const wick_frame *frame, double *c)
{
    const size_t p = frame->p, k = frame->k;
    for (size_t j = 0; j < p; ++j) c[j] = -(frame->a ? frame->a[j] : 1) / (double)p;
    for (size_t r = 0; r < k; ++r) c[p + r] = frame->a_star[r] / (double)k;
}

void wick_frame_no_drift(const wick_frame *frame, double *drift)
{
    for (size_t i = 0; i < frame->p * (frame->k + 1); ++i) drift[i] = NAN;
}

void wick_frame_moments(const wick_frame *frame, size_t count, double *moments)
{
    const double D = frame->freedom;
    double moment = 1;
    for (size_t g = 1; g <= count; ++g) {
        moment *= (2 * (double)g - 1) / (D + 2 * (double)g - 2);
        moments[g - 1] = D > 0 && isfinite(D) ? moment : 0;
    }
}

static wick_status factorise(wick_context *context, wick_frame *frame)
{
    const size_t k = frame->k;
    memcpy(frame->L, frame->P, k * k * sizeof *frame->L);
    gsl_matrix_view L = gsl_matrix_view_array(frame->L, k, k), inverse = gsl_matrix_view_array(frame->inverse, k, k);
    if (gsl_linalg_cholesky_decomp1(&L.matrix) != GSL_SUCCESS)
        return wick_fail(context, WICK_ERROR_PROBLEM, "P must be positive definite in the mean-field regimes");
    for (size_t r = 0; r < k; ++r)
        for (size_t s = r + 1; s < k; ++s) frame->L[r * k + s] = 0;
    gsl_matrix_memcpy(&inverse.matrix, &L.matrix);
    if (gsl_linalg_tri_invert(CblasLower, CblasNonUnit, &inverse.matrix) != GSL_SUCCESS)
        return wick_fail(context, WICK_ERROR_PROBLEM, "P must be positive definite in the mean-field regimes");
    return WICK_OK;
}

/* From the trace of C^-1, C the correlations of the targets: k if they are independent, and of the order of C's condition.
 */
static double condition_of(const wick_frame *frame)
{
    const size_t k = frame->k;
    double trace = 0;
    for (size_t r = 0; r < k; ++r)
        for (size_t c = r; c < k; ++c) trace += frame->P[r * k + r] * frame->inverse[c * k + r] * frame->inverse[c * k + r];
    return 1 + (double)k * fmax(0, trace - (double)k);
}

static bool all_ones(const double *a, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (a[i] != 1) return false;
    return true;
}

static double *duplicate(const double *values, size_t rows, size_t columns)
{
    double *copy = wick_allocate(rows, columns, sizeof *copy);
    if (copy && values) memcpy(copy, values, rows * columns * sizeof *copy);
    return copy;
}

wick_status wick_frame_make(wick_context *context, const wick_frame_sizes *sizes, wick_frame *frame)
{
    const size_t p = sizes->p, k = sizes->k;
    const bool ones = !sizes->a || all_ones(sizes->a, p);
    *frame = (wick_frame){.p = p,
                          .k = k,
                          .freedom = sizes->freedom,
                          .P = duplicate(sizes->P, k, k),
                          .L = duplicate(NULL, k, k),
                          .inverse = duplicate(NULL, k, k),
                          .a = ones ? NULL : duplicate(sizes->a, p, 1),
                          .a_star = duplicate(sizes->a_star, k, 1)};
    const bool room = frame->P && frame->L && frame->inverse && frame->a_star && (ones || frame->a);
    const wick_status status = room ? factorise(context, frame) : wick_fail_memory(context, "making room for particles");
    if (status == WICK_OK)
        frame->condition = condition_of(frame);
    else
        wick_frame_clear(frame);
    return status;
}

static bool equal(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (a[i] != b[i]) return false;
    return true;
}

bool wick_frame_matches(const wick_frame *frame, const wick_frame_sizes *sizes)
{
    const size_t p = frame->p, k = frame->k;
    if (sizes->p != p || sizes->k != k || sizes->freedom != frame->freedom) return false;
    if (!equal(sizes->P, frame->P, k * k) || !equal(sizes->a_star, frame->a_star, k)) return false;
    if (!frame->a) return !sizes->a || all_ones(sizes->a, p);
    return sizes->a && equal(sizes->a, frame->a, p);
}

void wick_frame_clear(wick_frame *frame)
{
    free(frame->P);
    free(frame->L);
    free(frame->inverse);
    free(frame->a);
    free(frame->a_star);
    *frame = (wick_frame){0};
}

/* States that a caller hands over to start from. See api.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"
#include "problem/linear.h"

/* The last state of an integration is a fair start, and its overlaps are those of weights up to the integrator's error:
 * this much, relative to the largest entry, is let pass. */
#define DEFINITENESS 1e-6

static wick_status check_finite(wick_context *context, const wick_system *system, const double *state)
{
    char name[64];
    for (size_t i = 0; i < system->dynamics.dimension; ++i) {
        if (isfinite(state[i])) continue;
        wick_layout_name(&system->dynamics.layout, i, name);
        return wick_fail(context, WICK_ERROR_PROBLEM, "state: entry %zu, %s, is %g; it must be a finite number", i, name,
                         state[i]);
    }
    return WICK_OK;
}

static double variance_inside(const wick_frame *frame, const double *m) { return wick_frame_variance(frame, m, 0); }

/* q is not negative; with d = k it is 0. */
static wick_status check_reduced(wick_context *context, const wick_system *system, double *state)
{
    const wick_layout *layout = &system->dynamics.layout;
    const wick_frame *frame = system->engine->frame(system);
    for (size_t j = 0; j < layout->p; ++j) {
        double *q = state + wick_layout_at(layout, WICK_BLOCK_NORMS, j, 0);
        const double allowed =
            DEFINITENESS * (variance_inside(frame, state + wick_layout_at(layout, WICK_BLOCK_M, j, 0)) + fabs(*q));
        if (*q < -allowed)
            return wick_fail(context, WICK_ERROR_PROBLEM, "state: q[%zu] is %.10g; it must not be negative", j + 1, *q);
        if (frame->freedom > 0) continue;
        if (*q > allowed)
            return wick_fail(context, WICK_ERROR_PROBLEM, "state: q[%zu] is %.10g; with d = k it must be 0", j + 1, *q);
        *q = 0;
    }
    return WICK_OK;
}

/* The lower triangle of [[Q, M], [M^T, P]] / scale + shift I. */
static void fill_omega(const wick_layout *layout, const double *P, const double *state, double scale, double shift,
                       double *omega)
{
    const size_t p = layout->p, k = layout->k, n = p + k;
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j <= i; ++j) {
            const double entry = i < p   ? state[wick_layout_at(layout, WICK_BLOCK_Q, i, j)]
                                 : j < p ? state[wick_layout_at(layout, WICK_BLOCK_M, j, i - p)]
                                         : P[(i - p) * k + j - p];
            omega[i * n + j] = entry / scale;
        }
        omega[i * n + i] += shift;
    }
}

static double largest_of(const double *values, size_t count, double largest)
{
    for (size_t i = 0; i < count; ++i) largest = fmax(largest, fabs(values[i]));
    return largest;
}

static wick_status check_definite(wick_context *context, const wick_problem *problem, const wick_system *system,
                                  const double *state)
{
    const wick_layout *layout = &system->dynamics.layout;
    const size_t n = layout->p + layout->k, overlaps = wick_layout_start(layout, WICK_BLOCK_LAYER);
    const double scale = largest_of(state, overlaps, largest_of(problem->P, layout->k * layout->k, 0));
    if (scale == 0) return WICK_OK;
    double *omega = wick_allocate(n, n, sizeof *omega);
    if (!omega) return wick_fail_memory(context, "checking a state");
    fill_omega(layout, problem->P, state, scale, DEFINITENESS, omega);
    wick_status status = WICK_OK;
    if (!wick_cholesky(omega, n)) {
        fill_omega(layout, problem->P, state, scale, 0, omega);
        status = wick_fail(context, WICK_ERROR_PROBLEM,
                           "state: Omega = [[Q, M], [M^T, P]] is not positive semidefinite: smallest eigenvalue %.6g",
                           scale * wick_smallest_eigenvalue(omega, n));
    }
    free(omega);
    return status;
}

wick_status wick_check_state(wick_context *context, const wick_problem *problem, const wick_system *system, double *state)
{
    WICK_TRY(check_finite(context, system, state));
    return wick_layout_has(&system->dynamics.layout, WICK_BLOCK_Q) ? check_definite(context, problem, system, state)
                                                                   : check_reduced(context, system, state);
}

/* How well what is not computed in closed form is known, and where a tolerance is refused. See api.h. */
#include <math.h>
#include <stdlib.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/locale.h"
#include "base/memory.h"

wick_accuracy wick_system_accuracy(const wick_system *system)
{
    if (!system->engine->accuracy) return (wick_accuracy){0, 0};
    wick_accuracy plain = system->engine->accuracy(system);
    plain.error *= system->worst_weight;
    return plain;
}

/* Given matrices and what is drawn are finite, and so are activations wherever they are wanted: their means are not. */
static wick_status fail_infinite(wick_context *context, const wick_problem *problem, const wick_layout *layout,
                                 const double *state)
{
    double largest = 0;
    char variance[64] = "";
    const bool full = wick_layout_has(layout, WICK_BLOCK_Q);
    for (size_t j = 0; j < layout->p && full; ++j)
        largest = fmax(largest, state[wick_layout_at(layout, WICK_BLOCK_Q, j, j)]);
    for (size_t r = 0; r < problem->k; ++r) largest = fmax(largest, problem->P[r * problem->k + r]);
    if (full) wick_snprintf(variance, sizeof variance, " of variance up to %.3g", largest);
    return wick_problem_fail(
        context, problem, "activation",
        "the drift or the risk at the initial state is not finite, or has no bound on its error: an expectation over "
        "pre-activations%s overflows, does not exist, or is of a function that bends too often; give an activation that "
        "grows or bends less, or smaller overlaps",
        variance);
}

wick_status wick_blame_memory(wick_context *context, wick_status status, unsigned long failed)
{
    const bool numbers = status == WICK_ERROR_DIVERGED || status == WICK_ERROR_STEP || status == WICK_ERROR_TOLERANCE;
    return numbers && wick_failed_allocations() != failed ? wick_fail_memory(context, "computing a drift") : status;
}

wick_status wick_check_accuracy(wick_context *context, const wick_problem *problem, wick_system *system, const double *state)
{
    if (!(wick_system_accuracy(system).tolerance > 0)) return WICK_OK;
    const size_t dimension = system->dynamics.dimension;
    double *out = wick_allocate(dimension, 1, sizeof *out);
    if (!out) return wick_fail_memory(context, "checking the accuracy of a drift");
    const unsigned long failed = wick_failed_allocations();
    const double start = wick_seconds();
    system->dynamics.drift(system->dynamics.self, 0, state, out);
    system->first_drift = wick_seconds() - start;
    bool finite = isfinite(system->dynamics.excess_risk(system->dynamics.self, state));
    for (size_t i = 0; i < dimension; ++i) finite = finite && isfinite(out[i]);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    const bool met = accuracy.error <= accuracy.tolerance;
    finite = finite && accuracy.error < INFINITY;
    const double enough =
        finite && !met && system->rules.plain ? system->engine->find_tolerance(system, state, out) : INFINITY;
    free(out);
    if (wick_failed_allocations() != failed) return wick_fail_memory(context, "computing a drift");
    if (!finite) return fail_infinite(context, problem, &system->dynamics.layout, state);
    if (met) return WICK_OK;
    char advice[64] = "";
    if (enough < 1) wick_snprintf(advice, sizeof advice, "; %g can be met", enough);
    return wick_problem_fail(context, problem, "quadrature.tol",
                             "cannot be met at the initial state: asked for %.3g, reached %.3g%s", accuracy.tolerance,
                             accuracy.error, advice);
}

/* Systems of the full state (M, Q) whose expectations are closed forms of erf or relu, or quadrature. See api.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"

/* ---- As dynamics --------------------------------------------------------------------------------------------------- */

static void drift(void *self, const double *state, double *out)
{
    const wick_system *system = self;
    wick_evaluator_drift(system->evaluator, system->parameters, state, out);
}

static double excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    return wick_evaluator_excess_risk(system->evaluator, system->parameters, state);
}

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

static wick_status measure(wick_context *context, const wick_problem *problem, wick_system *system)
{
    const size_t p = problem->p, k = problem->k;
    system->dynamics = (wick_dynamics){.layout = {p, k, false, problem->second_layer_trained},
                                       .noise = problem->noise,
                                       .self = system,
                                       .drift = drift,
                                       .excess_risk = excess_risk};
    size_t square;
    if (!wick_layout_dimension(&system->dynamics.layout, &system->dynamics.dimension) ||
        !wick_multiply_sizes(k, k, &square) || square > SIZE_MAX - 2 - k - p)
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p, k);
    system->parameter_count = 2 + k + square + p;
    system->parameters = wick_allocate(system->parameter_count, 1, sizeof *system->parameters);
    return system->parameters ? WICK_OK : wick_fail_memory(context, "making room for a system");
}

static void fill(const wick_problem *problem, double *x)
{
    *x++ = problem->learning_rate;
    *x++ = problem->noise;
    memcpy(x, problem->a_star, problem->k * sizeof *x);
    x += problem->k;
    memcpy(x, problem->P, problem->k * problem->k * sizeof *x);
    x += problem->k * problem->k;
    memcpy(x, problem->a, problem->p * sizeof *x);
}

wick_status wick_build_expectations(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                    const wick_graph *target, wick_system *system)
{
    const double start = wick_seconds();
    wick_evaluation evaluation;
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    WICK_TRY(wick_evaluator_make(context, &evaluation, &system->evaluator));
    system->timings.compile = wick_seconds() - start;
    system->source = wick_copy_string(wick_evaluator_source(system->evaluator));
    if (!system->source) return wick_fail_memory(context, "making a system");
    WICK_TRY(measure(context, problem, system));
    fill(problem, system->parameters);
    return WICK_OK;
}

wick_status wick_copy_expectations(wick_context *context, const wick_system *from, wick_system *to)
{
    to->dynamics.self = to;
    to->evaluator = wick_evaluator_copy(from->evaluator);
    to->parameters = wick_allocate(from->parameter_count, 1, sizeof *to->parameters);
    if (!to->evaluator || !to->parameters) return wick_fail_memory(context, "copying a system");
    memcpy(to->parameters, from->parameters, from->parameter_count * sizeof *to->parameters);
    return WICK_OK;
}

/* ---- Accuracy ------------------------------------------------------------------------------------------------------ */

wick_accuracy wick_system_accuracy(const wick_system *system)
{
    if (!system->evaluator) return (wick_accuracy){0, 0};
    return (wick_accuracy){wick_evaluator_tolerance(system->evaluator), wick_evaluator_error(system->evaluator)};
}

wick_status wick_check_accuracy(wick_context *context, const wick_problem *problem, wick_system *system)
{
    if (!(wick_system_accuracy(system).tolerance > 0)) return WICK_OK;
    const size_t dimension = system->dynamics.dimension;
    double *out = wick_allocate(dimension, 1, sizeof *out);
    if (!out) return wick_fail_memory(context, "checking the accuracy of a drift");
    drift(system, system->initial, out);
    bool finite = isfinite(excess_risk(system, system->initial));
    for (size_t i = 0; i < dimension; ++i) finite = finite && isfinite(out[i]);
    free(out);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    if (!finite || !(accuracy.error > accuracy.tolerance)) return WICK_OK; /* what is not finite is told by its user */
    return wick_problem_fail(context, problem, "quadrature.tol",
                             "cannot be met at the initial state: asked for %.3g, reached %.3g", accuracy.tolerance,
                             accuracy.error);
}

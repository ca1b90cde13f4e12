/* Systems of the full state (M, Q) whose expectations are closed forms of erf or relu, or quadrature. See api.h. */
#include <math.h>
#include <stdio.h>
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

static void jacobian(void *self, const double *state, double *out)
{
    const wick_system *system = self;
    wick_evaluator_jacobian(system->evaluator, system->parameters, state, out);
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
                                       .excess_risk = excess_risk,
                                       .jacobian = wick_evaluator_has_jacobian(system->evaluator) ? jacobian : NULL};
    return wick_set_parameters(context, problem, system);
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
    return measure(context, problem, system);
}

wick_status wick_copy_expectations(wick_context *context, const wick_system *from, wick_system *to)
{
    to->dynamics.self = to;
    to->evaluator = wick_evaluator_copy(from->evaluator);
    if (!to->evaluator) return wick_fail_memory(context, "copying a system");
    return wick_copy_parameters(context, from, to);
}

/* ---- Accuracy ------------------------------------------------------------------------------------------------------ */

wick_accuracy wick_system_accuracy(const wick_system *system)
{
    if (system->mean_field)
        return (wick_accuracy){wick_mean_field_tolerance(system->mean_field), wick_mean_field_error(system->mean_field)};
    if (!system->evaluator) return (wick_accuracy){0, 0};
    return (wick_accuracy){wick_evaluator_tolerance(system->evaluator), wick_evaluator_error(system->evaluator)};
}

const char *wick_tolerance_advice(double error, char advice[64])
{
    const double enough = pow(10, ceil(log10(error)));
    advice[0] = '\0';
    if (enough < 1) snprintf(advice, 64, "; %g can be met", enough);
    return advice;
}

/* Given matrices and what is drawn are finite, and so are activations wherever they are wanted: their means are not. */
static wick_status fail_infinite(wick_context *context, const wick_problem *problem)
{
    double largest = 0;
    char variance[64] = "";
    for (size_t j = 0; j < problem->p && problem->Q; ++j) largest = fmax(largest, problem->Q[j * problem->p + j]);
    for (size_t r = 0; r < problem->k; ++r) largest = fmax(largest, problem->P[r * problem->k + r]);
    if (problem->Q) snprintf(variance, sizeof variance, " of variance up to %.3g", largest);
    return wick_problem_fail(
        context, problem, "activation",
        "the drift or the risk is not finite at the initial state: an expectation over pre-activations%s "
        "overflows, or does not exist; give an activation that grows less, or smaller overlaps",
        variance);
}

wick_status wick_check_accuracy(wick_context *context, const wick_problem *problem, wick_system *system)
{
    if (!(wick_system_accuracy(system).tolerance > 0)) return WICK_OK;
    const size_t dimension = system->dynamics.dimension;
    double *out = wick_allocate(dimension, 1, sizeof *out);
    if (!out) return wick_fail_memory(context, "checking the accuracy of a drift");
    const double start = wick_seconds();
    system->dynamics.drift(system->dynamics.self, system->initial, out);
    system->first_drift = wick_seconds() - start;
    bool finite = isfinite(system->dynamics.excess_risk(system->dynamics.self, system->initial));
    for (size_t i = 0; i < dimension; ++i) finite = finite && isfinite(out[i]);
    free(out);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    if (!finite) return fail_infinite(context, problem);
    if (!(accuracy.error > accuracy.tolerance)) return WICK_OK;
    char advice[64];
    return wick_problem_fail(context, problem, "quadrature.tol",
                             "cannot be met at the initial state: asked for %.3g, reached %.3g%s", accuracy.tolerance,
                             accuracy.error, wick_tolerance_advice(accuracy.error, advice));
}

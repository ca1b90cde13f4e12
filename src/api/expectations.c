/* Systems of the full state (M, Q) whose expectations are closed forms of erf or relu, or quadrature. See api.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/locale.h"
#include "base/memory.h"

/* ---- As dynamics --------------------------------------------------------------------------------------------------- */

static void drift(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    (void)time;
    wick_evaluator_drift(system->evaluator, system->parameters, state, out);
}

static void jacobian(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    (void)time;
    wick_evaluator_jacobian(system->evaluator, system->parameters, state, out);
}

static void tangent(void *self, double time, const double *state, const double *v, double *out)
{
    const wick_system *system = self;
    (void)time;
    wick_evaluator_tangent(system->evaluator, system->parameters, state, v, out);
}

static void adjoint(void *self, double time, const double *state, const double *u, double *out)
{
    const wick_system *system = self;
    (void)time;
    wick_evaluator_adjoint(system->evaluator, system->parameters, state, u, out);
}

static void risk_gradient(void *self, const double *state, double *out)
{
    const wick_system *system = self;
    wick_evaluator_risk_gradient(system->evaluator, system->parameters, state, out);
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
    system->plain = (wick_dynamics){.layout = wick_layout_of(problem->regime, problem->second_layer_trained, p, k),
                                    .noise = problem->parameter[WICK_NOISE],
                                    .self = system,
                                    .drift = drift,
                                    .excess_risk = excess_risk};
    if (wick_evaluator_has_jacobian(system->evaluator)) {
        system->plain.jacobian = jacobian;
        system->plain.tangent = tangent;
        system->plain.adjoint = adjoint;
        system->plain.risk_gradient = risk_gradient;
    }
    return wick_set_parameters(context, problem, system);
}

static wick_status build(wick_context *context, const wick_problem *problem, const wick_graph *student,
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

/* An evaluator of its own. */
static wick_status copy_evaluator(wick_context *context, const wick_evaluator *from, wick_evaluator **to)
{
    *to = from ? wick_evaluator_copy(from) : NULL;
    return *to || !from ? WICK_OK : wick_fail_memory(context, "copying a system");
}

static wick_status copy(wick_context *context, const wick_system *from, wick_system *to)
{
    to->plain.self = to;
    WICK_TRY(copy_evaluator(context, from->evaluator, &to->evaluator));
    WICK_TRY(copy_evaluator(context, from->unused_evaluator, &to->unused_evaluator));
    return wick_copy_parameters(context, from, to);
}

static void release(wick_system *system)
{
    wick_evaluator_free(system->evaluator);
    wick_evaluator_free(system->unused_evaluator);
}

/* ---- Quadrature ---------------------------------------------------------------------------------------------------- */

static wick_accuracy accuracy(const wick_system *system)
{
    return (wick_accuracy){wick_evaluator_tolerance(system->evaluator), wick_evaluator_error(system->evaluator)};
}

static double last_error(const wick_system *system) { return wick_evaluator_last_error(system->evaluator); }

static double find_tolerance(wick_system *system, const double *state, double *out)
{
    return wick_evaluator_find_tolerance(system->evaluator, system->parameters, state, out);
}

static wick_status keep_unused(wick_context *context, wick_system *system)
{
    return copy_evaluator(context, system->evaluator, &system->unused_evaluator);
}

static wick_status renew(wick_context *context, wick_system *system)
{
    wick_evaluator *renewed;
    WICK_TRY(copy_evaluator(context, system->unused_evaluator, &renewed));
    wick_evaluator_free(system->evaluator);
    system->evaluator = renewed;
    return WICK_OK;
}

const wick_engine_row wick_expectations_engine = {.expectations = true,
                                                  .build = build,
                                                  .copy = copy,
                                                  .release = release,
                                                  .take_parameters = wick_take_parameters,
                                                  .accuracy = accuracy,
                                                  .last_error = last_error,
                                                  .find_tolerance = find_tolerance,
                                                  .keep_unused = keep_unused,
                                                  .renew = renew};

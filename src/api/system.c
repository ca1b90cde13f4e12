/* Problem to compiled drift. See wick.h. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/api.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "solve/integrate.h"

double wick_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- As dynamics --------------------------------------------------------------------------------------------------- */

static void drift(void *self, const double *state, double *out)
{
    const wick_system *system = self;
    if (system->evaluator)
        wick_evaluator_drift(system->evaluator, system->parameters, state, out);
    else
        system->drift(system->parameters, state, system->work, out);
}

static double excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    if (system->evaluator) return wick_evaluator_excess_risk(system->evaluator, system->parameters, state);
    return system->excess_risk(system->parameters, state, system->work);
}

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

/* Scratch starts at a cache line. It must start as zeros (padding is read): calloc() gives large blocks of them for free. */
static wick_status allocate_arrays(wick_context *context, wick_system *system)
{
    enum { LINE = 8 }; /* doubles in a cache line */
    system->parameters = wick_allocate(system->parameter_count, 1, sizeof *system->parameters);
    system->initial = wick_allocate(system->dynamics.dimension, 1, sizeof *system->initial);
    system->work_block =
        system->work_size > SIZE_MAX - LINE ? NULL : wick_allocate(system->work_size + LINE, 1, sizeof(double));
    if (!system->parameters || !system->work_block || !system->initial)
        return wick_fail_memory(context, "making room for a system");
    const size_t misplaced = (uintptr_t)system->work_block / sizeof(double) % LINE;
    system->work = system->work_block + (LINE - misplaced) % LINE;
    return WICK_OK;
}

static wick_status measure(wick_context *context, const wick_problem *problem, const wick_plan *plan, wick_system *system)
{
    const size_t p = problem->p, k = problem->k;
    system->dynamics = (wick_dynamics){.layout = {p, k, false, problem->second_layer_trained},
                                       .noise = problem->noise,
                                       .self = system,
                                       .drift = drift,
                                       .excess_risk = excess_risk};
    size_t square;
    if (!wick_layout_dimension(&system->dynamics.layout, &system->dynamics.dimension) ||
        !wick_multiply_sizes(k, k, &square) || square > SIZE_MAX - 2 - k - p ||
        (plan && !wick_work_size(plan, p, k, &system->work_size)))
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p, k);
    system->parameter_count = 2 + k + square + p;
    return WICK_OK;
}

static void fill(const wick_problem *problem, wick_system *system)
{
    double *x = system->parameters;
    *x++ = problem->learning_rate;
    *x++ = problem->noise;
    memcpy(x, problem->a_star, problem->k * sizeof *x);
    x += problem->k;
    memcpy(x, problem->P, problem->k * problem->k * sizeof *x);
    x += problem->k * problem->k;
    memcpy(x, problem->a, problem->p * sizeof *x);
    wick_layout_pack(&system->dynamics.layout, problem->M, problem->Q, problem->a, system->initial);
}

static wick_status build(wick_context *context, const wick_problem *problem, wick_closed_form *form, wick_plan *plan,
                         wick_system *system)
{
    const double start = wick_seconds();
    WICK_TRY(wick_derive_form(context, problem, form));
    const double derived = wick_seconds();
    WICK_TRY(wick_plan_build(context, form, plan));
    const double planned = wick_seconds();
    WICK_TRY(wick_emit_jit(context, plan, form, problem->p, problem->k, &system->source));
    const double emitted = wick_seconds();
    WICK_TRY(wick_code_compile(context, system->source, &system->code));
    const double compiled = wick_seconds();
    system->drift = wick_code_drift(system->code);
    system->excess_risk = wick_code_excess_risk(system->code);
    system->timings = (wick_timings){derived - start, planned - derived, emitted - planned, compiled - emitted};
    WICK_TRY(measure(context, problem, plan, system));
    WICK_TRY(allocate_arrays(context, system));
    fill(problem, system);
    return WICK_OK;
}

/* ---- By expectations ------------------------------------------------------------------------------------------------- */

/* The tolerance holds where the run starts, or it is refused here. */
static wick_status check_accuracy(wick_context *context, const wick_problem *problem, wick_system *system)
{
    double *out = wick_allocate(system->dynamics.dimension, 1, sizeof *out);
    if (!out) return wick_fail_memory(context, "checking the accuracy of a drift");
    drift(system, system->initial, out);
    const double risk = excess_risk(system, system->initial);
    bool finite = isfinite(risk);
    for (size_t i = 0; i < system->dynamics.dimension; ++i) finite = finite && isfinite(out[i]);
    free(out);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    if (!finite || !(accuracy.error > accuracy.tolerance)) return WICK_OK; /* what is not finite is told by its user */
    return wick_problem_fail(context, problem, "quadrature.tol",
                             "cannot be met at the initial state: asked for %.3g, reached %.3g", accuracy.tolerance,
                             accuracy.error);
}

static wick_status build_evaluator(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                   const wick_graph *target, wick_system *system)
{
    const double start = wick_seconds();
    wick_evaluation evaluation;
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    WICK_TRY(wick_evaluator_make(context, &evaluation, &system->evaluator));
    system->timings = (wick_timings){.compile = wick_seconds() - start};
    system->source = wick_copy_string(wick_evaluator_source(system->evaluator));
    if (!system->source) return wick_fail_memory(context, "making a system");
    WICK_TRY(measure(context, problem, NULL, system));
    WICK_TRY(allocate_arrays(context, system));
    fill(problem, system);
    return wick_evaluator_tolerance(system->evaluator) > 0 ? check_accuracy(context, problem, system) : WICK_OK;
}

/* ---- Either way --------------------------------------------------------------------------------------------------------
 */

static wick_status build_system(wick_context *context, const wick_problem *problem, wick_closed_form *form, wick_plan *plan,
                                wick_system *system)
{
    wick_graph student, target;
    const double start = wick_seconds();
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    const double read = wick_seconds() - start;
    const wick_status status = wick_needs_expectations(problem, &student, &target)
                                   ? build_evaluator(context, problem, &student, &target, system)
                                   : build(context, problem, form, plan, system);
    system->timings.derive += read;
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

wick_status wick_system_compile(wick_context *context, wick_problem *problem, wick_system **system)
{
    *system = NULL;
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    wick_system *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a system");
    wick_closed_form form = {0};
    wick_plan plan = {0};
    const wick_status status = build_system(context, problem, &form, &plan, made);
    wick_plan_clear(&plan);
    wick_closed_form_clear(&form);
    if (status == WICK_OK)
        *system = made;
    else
        wick_system_free(made);
    return status;
}

wick_status wick_system_copy(wick_context *context, const wick_system *system, wick_system **copy)
{
    *copy = NULL;
    wick_system *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "copying a system");
    *made = *system;
    made->dynamics.self = made;
    made->parameters = made->work = made->work_block = made->initial = NULL;
    made->code = system->code ? wick_code_share(system->code) : NULL;
    made->source = wick_copy_string(system->source);
    made->evaluator = system->evaluator ? wick_evaluator_copy(system->evaluator) : NULL;
    const bool copied = made->source && (made->evaluator || !system->evaluator);
    const wick_status status = copied ? allocate_arrays(context, made) : wick_fail_memory(context, "copying a system");
    if (status != WICK_OK) {
        wick_system_free(made);
        return status;
    }
    memcpy(made->parameters, system->parameters, system->parameter_count * sizeof *made->parameters);
    memcpy(made->initial, system->initial, system->dynamics.dimension * sizeof *made->initial);
    *copy = made;
    return WICK_OK;
}

void wick_system_free(wick_system *system)
{
    if (!system) return;
    wick_evaluator_free(system->evaluator);
    wick_code_free(system->code);
    free(system->source);
    free(system->parameters);
    free(system->work_block);
    free(system->initial);
    free(system);
}

/* ---- Using one ----------------------------------------------------------------------------------------------------- */

size_t wick_system_dimension(const wick_system *system) { return system->dynamics.dimension; }

wick_timings wick_system_timings(const wick_system *system) { return system->timings; }

wick_accuracy wick_system_accuracy(const wick_system *system)
{
    if (!system->evaluator) return (wick_accuracy){0, 0};
    return (wick_accuracy){wick_evaluator_tolerance(system->evaluator), wick_evaluator_error(system->evaluator)};
}

const char *wick_system_source(const wick_system *system) { return system->source; }

static wick_status set_parameter(wick_context *context, wick_system *system, size_t index, const char *name, double value)
{
    if (!isfinite(value) || value < 0)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: found %g, it must be a finite number >= 0", name, value);
    system->parameters[index] = value;
    return WICK_OK;
}

wick_status wick_system_set_learning_rate(wick_context *context, wick_system *system, double learning_rate)
{
    return set_parameter(context, system, 0, "learning rate", learning_rate);
}

wick_status wick_system_set_noise(wick_context *context, wick_system *system, double noise)
{
    WICK_TRY(set_parameter(context, system, 1, "noise", noise));
    system->dynamics.noise = noise;
    return WICK_OK;
}

wick_status wick_system_initial_state(wick_context *context, const wick_system *system, double *state)
{
    if (!state)
        return wick_fail(context, WICK_ERROR_PROBLEM, "state: found NULL, an array of %zu numbers is needed",
                         system->dynamics.dimension);
    memcpy(state, system->initial, system->dynamics.dimension * sizeof *state);
    return WICK_OK;
}

wick_status wick_system_drift(wick_system *system, const double *state, double *out)
{
    drift(system, state, out);
    return WICK_OK;
}

wick_status wick_system_risk(wick_system *system, const double *state, double *out, double *excess)
{
    const double value = excess_risk(system, state);
    if (out) *out = value + system->dynamics.noise / 2;
    if (excess) *excess = value;
    return WICK_OK;
}

/* ---- Integration ----------------------------------------------------------------------------------------------------- */

/* An observer and a progress that stop as soon as a tolerance is missed. */
typedef struct {
    const wick_system *system;
    wick_observer observer;
    wick_progress progress;
    void *user;
    bool missed;
} guard;

static bool is_missed(guard *over)
{
    const wick_accuracy accuracy = wick_system_accuracy(over->system);
    over->missed = accuracy.tolerance > 0 && !(accuracy.error <= accuracy.tolerance);
    return over->missed;
}

static int observe_guarded(void *user, const wick_point *point)
{
    guard *over = user;
    return is_missed(over) || (over->observer && over->observer(over->user, point));
}

static int progress_guarded(void *user, double time, double end)
{
    guard *over = user;
    return is_missed(over) || (over->progress && over->progress(over->user, time, end));
}

static wick_status fail_missed(wick_context *context, const wick_system *system, double time)
{
    const wick_accuracy accuracy = wick_system_accuracy(system);
    return wick_fail(
        context, WICK_ERROR_TOLERANCE,
        "quadrature.tol: not met any more at t = %.10g: asked for %.3g, reached %.3g; allow more, or stop before", time,
        accuracy.tolerance, accuracy.error);
}

wick_status wick_integrate(wick_context *context, wick_problem *problem, wick_system *system, wick_observer observer,
                           wick_progress progress, void *user, wick_report *report)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_RUN));
    double *state = wick_allocate(system->dynamics.dimension, 1, sizeof *state);
    if (!state) return wick_fail_memory(context, "integrating");
    memcpy(state, system->initial, system->dynamics.dimension * sizeof *state);
    const wick_integration integration = {.method = problem->method,
                                          .rtol = problem->rtol,
                                          .atol = problem->atol,
                                          .dt = problem->dt,
                                          .times = problem->times,
                                          .time_count = problem->time_count};
    wick_report own;
    guard over = {system, observer, progress, user, false};
    wick_status status = system->evaluator
                             ? wick_solve(context, &system->dynamics, &integration, state, observe_guarded, progress_guarded,
                                          &over, report ? report : &own)
                             : wick_solve(context, &system->dynamics, &integration, state, observer, progress, user, report);
    if (status == WICK_STOPPED && over.missed) status = fail_missed(context, system, (report ? report : &own)->time);
    free(state);
    return status;
}

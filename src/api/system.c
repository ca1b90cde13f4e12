/* Using a system: copies, drift, risk, integration. See wick.h; compile.c makes it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"
#include "model/regime.h"
#include "solve/integrate.h"

/* ---- Copies --------------------------------------------------------------------------------------------------------- */

static wick_status copy_arrays(wick_context *context, const wick_system *from, wick_system *to)
{
    to->source = wick_copy_string(from->source);
    to->initial = wick_allocate(from->dynamics.dimension, 1, sizeof *to->initial);
    to->scratch = wick_allocate(from->dynamics.dimension, 1, sizeof *to->scratch);
    const size_t rooms = from->constrained ? from->plain.layout.p + 3 : 0;
    to->constrained = rooms > 0 ? wick_allocate(rooms, from->dynamics.dimension, sizeof *to->constrained) : NULL;
    if (!to->source || !to->initial || !to->scratch || (rooms > 0 && !to->constrained) ||
        !wick_graph_copy(&to->schedule, &from->schedule))
        return wick_fail_memory(context, "copying a system");
    memcpy(to->initial, from->initial, from->dynamics.dimension * sizeof *to->initial);
    WICK_TRY(wick_copy_compiled_for(context, &from->compiled_for, &to->compiled_for));
    return from->engine->copy(context, from, to);
}

wick_status wick_system_copy(wick_context *context, const wick_system *system, wick_system **copy)
{
    *copy = NULL;
    wick_system *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "copying a system");
    *made = *system;
    made->parameters = made->work = made->work_block = made->initial = made->scratch = made->constrained = NULL;
    made->schedule = WICK_GRAPH_EMPTY;
    made->source = NULL;
    made->particles = NULL;
    made->evaluator = made->unused_evaluator = NULL;
    made->mean_field = made->unused_mean_field = NULL;
    made->compiled_for = (wick_compiled_for){0};
    made->set_aside = (wick_set_aside){0};
    made->jacobian = (wick_jacobian_code){0};
    memset(made->derived, 0, sizeof made->derived);
    made->code = system->code ? wick_code_share(system->code) : NULL;
    const wick_status status = copy_arrays(context, system, made);
    if (status != WICK_OK) {
        wick_system_free(made);
        return status;
    }
    wick_apply_rules(made);
    *copy = made;
    return WICK_OK;
}

void wick_system_free(wick_system *system)
{
    if (!system) return;
    wick_compiled_for_clear(&system->compiled_for);
    if (system->engine) system->engine->release(system);
    wick_code_free(system->code);
    free(system->source);
    free(system->parameters);
    free(system->work_block);
    free(system->initial);
    free(system->scratch);
    free(system->constrained);
    wick_graph_clear(&system->schedule);
    free(system);
}

wick_status wick_note_walk(wick_context *context, wick_system *system)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_forget(context);
    wick_text_append(&text, wick_walked_note);
    wick_text_append(&text, system->source);
    free(system->source);
    system->source = NULL;
    const wick_status status = wick_text_take(context, &text, &system->source);
    wick_text_clear(&text);
    return status;
}

int wick_system_is_walked(const wick_system *system) { return strstr(system->source, wick_walked_note) != NULL; }

/* ---- Using one ----------------------------------------------------------------------------------------------------- */

size_t wick_system_dimension(const wick_system *system) { return system->dynamics.dimension; }

wick_timings wick_system_timings(const wick_system *system) { return system->timings; }

const char *wick_system_source(const wick_system *system) { return system->source; }

wick_status wick_system_initial_state(wick_context *context, const wick_system *system, double *state)
{
    if (!state)
        return wick_fail(context, WICK_ERROR_PROBLEM, "state: found NULL, an array of %zu numbers is needed",
                         system->dynamics.dimension);
    memcpy(state, system->initial, system->dynamics.dimension * sizeof *state);
    return WICK_OK;
}

/* Of the last drift or risk, since which `failed` allocations had failed before. */
static wick_status judge(const wick_system *system, unsigned long failed)
{
    if (wick_failed_allocations() != failed) return WICK_ERROR_MEMORY;
    const double tolerance = wick_system_accuracy(system).tolerance;
    const double error = tolerance > 0 ? system->engine->last_error(system) : 0;
    return tolerance > 0 && !(system->weight * error <= tolerance) ? WICK_ERROR_TOLERANCE : WICK_OK;
}

wick_status wick_system_drift_at(wick_system *system, double time, const double *state, double *out)
{
    const unsigned long failed = wick_failed_allocations();
    system->fresh = false;
    system->dynamics.drift(system->dynamics.self, time, state, out);
    return judge(system, failed);
}

wick_status wick_system_drift(wick_system *system, const double *state, double *out)
{
    return wick_system_drift_at(system, 0, state, out);
}

wick_status wick_system_risk(wick_system *system, const double *state, double *out, double *excess)
{
    const unsigned long failed = wick_failed_allocations();
    system->fresh = false;
    const double value = system->dynamics.excess_risk(system->dynamics.self, state);
    if (out) *out = value + system->dynamics.noise / 2;
    if (excess) *excess = value;
    return judge(system, failed);
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

wick_status wick_fail_tolerance(wick_context *context, const wick_system *system, double time)
{
    const wick_accuracy accuracy = wick_system_accuracy(system);
    return wick_fail(
        context, WICK_ERROR_TOLERANCE,
        "quadrature.tol: not met any more at %s = %.10g: asked for %.3g, reached %.3g; allow more, or stop before",
        wick_layout_clock(&system->plain.layout), time, accuracy.tolerance, accuracy.error);
}

/* From `state`, which ends where the integration does. */
static wick_status integrate(wick_context *context, const wick_problem *problem, wick_system *system, double *state,
                             wick_observer observer, wick_progress progress, void *user, wick_report *report)
{
    const wick_integration integration = {.method = problem->method,
                                          .rtol = problem->rtol,
                                          .atol = problem->atol,
                                          .dt = problem->dt,
                                          .times = problem->times,
                                          .time_count = problem->time_count};
    wick_report own;
    const unsigned long failed = wick_failed_allocations();
    guard over = {system, observer, progress, user, false};
    system->fresh = false;
    wick_status status = wick_system_accuracy(system).tolerance > 0
                             ? wick_solve(context, &system->dynamics, &integration, state, observe_guarded, progress_guarded,
                                          &over, report ? report : &own)
                             : wick_solve(context, &system->dynamics, &integration, state, observer, progress, user, report);
    if (status == WICK_STOPPED && over.missed) status = wick_fail_tolerance(context, system, (report ? report : &own)->time);
    return wick_blame_memory(context, status, failed);
}

static wick_status prepare(wick_context *context, wick_problem *problem, wick_system *system, wick_report *report)
{
    if (report) *report = (wick_report){0};
    if (!system) return wick_fail_no_system(context);
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_RUN));
    WICK_TRY(wick_follow(context, problem, system));
    return wick_method_is_implicit(problem->method) ? wick_prepare_jacobian(context, system) : WICK_OK;
}

wick_status wick_integrate(wick_context *context, wick_problem *problem, wick_system *system, wick_observer observer,
                           wick_progress progress, void *user, wick_report *report)
{
    WICK_TRY(prepare(context, problem, system, report));
    WICK_TRY(wick_restart(context, problem, system, system->initial));
    double *state = wick_allocate(system->dynamics.dimension, 1, sizeof *state);
    if (!state) return wick_fail_memory(context, "integrating");
    memcpy(state, system->initial, system->dynamics.dimension * sizeof *state);
    const wick_status status = integrate(context, problem, system, state, observer, progress, user, report);
    free(state);
    return status;
}

static wick_status check_shape(wick_context *context, const wick_system *system, const double *state, size_t dimension)
{
    const wick_layout *layout = &system->dynamics.layout;
    if (state && dimension == system->dynamics.dimension) return WICK_OK;
    if (!state)
        return wick_fail(context, WICK_ERROR_PROBLEM, "state: found NULL, an array of %zu numbers is needed",
                         system->dynamics.dimension);
    return wick_fail(context, WICK_ERROR_PROBLEM,
                     "state: found %zu entries, the system has %zu: M (%zu x %zu), %s%s, each row by row", dimension,
                     system->dynamics.dimension, layout->p, layout->k,
                     wick_layout_has(layout, WICK_BLOCK_Q) ? "the upper triangle of Q" : "q",
                     wick_layout_has(layout, WICK_BLOCK_LAYER) ? ", a" : "");
}

wick_status wick_integrate_from(wick_context *context, wick_problem *problem, wick_system *system, const double *start,
                                size_t dimension, wick_observer observer, wick_progress progress, void *user,
                                wick_report *report)
{
    WICK_TRY(prepare(context, problem, system, report));
    WICK_TRY(check_shape(context, system, start, dimension));
    double *state = wick_allocate(dimension, 1, sizeof *state);
    if (!state) return wick_fail_memory(context, "integrating");
    memcpy(state, start, dimension * sizeof *state);
    wick_status status = wick_check_state(context, problem, system, state);
    if (status == WICK_OK) status = wick_restart(context, problem, system, state);
    if (status == WICK_OK) status = integrate(context, problem, system, state, observer, progress, user, report);
    free(state);
    return status;
}

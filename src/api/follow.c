/* Run-time parameters and the start of a system: what is set on it, and what it takes from a problem. See api.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"
#include "base/order.h"

/* ---- Set on the system --------------------------------------------------------------------------------------------- */

double wick_noise_rate(const wick_system *system)
{
    return wick_rules_plain_rate(system->parameter) * system->parameter[WICK_NOISE] / (double)system->plain.layout.p;
}

/* Hands the parameters on to whoever computes with them, and what a problem gives, or NULL; whether that changed anything
 * but numbers. */
static bool pass_parameters(wick_system *system, const wick_problem *given)
{
    const bool changed = system->engine->take_parameters(system, given);
    system->plain.noise = system->parameter[WICK_NOISE];
    wick_apply_rules(system);
    return changed;
}

static wick_status set(wick_context *context, wick_system *system, wick_parameter_id id, const char *name, double value)
{
    const wick_parameter *parameter = wick_parameter_at(id);
    if (!(value >= parameter->least && value <= parameter->most))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: found %g, it must be a finite number >= %g", name, value,
                         parameter->least);
    double changed[WICK_PARAMETER_COUNT];
    memcpy(changed, system->parameter, sizeof changed);
    changed[id] = value;
    const wick_rules rules = wick_rules_of(system->rule_set, system->plain.layout.p, changed);
    if (!wick_rules_are_finite(&rules))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: found %g beside learning rate %g: time is counted in its steps",
                         name, value, changed[WICK_LEARNING_RATE]);
    if (id == WICK_LEARNING_RATE) wick_graph_clear(&system->schedule);
    system->parameter[id] = value;
    system->set_at[id] = wick_order_next();
    pass_parameters(system, NULL);
    return WICK_OK;
}

wick_status wick_system_set_learning_rate(wick_context *context, wick_system *system, double learning_rate)
{
    return set(context, system, WICK_LEARNING_RATE, "learning rate", learning_rate);
}

wick_status wick_system_set_noise(wick_context *context, wick_system *system, double noise)
{
    return set(context, system, WICK_NOISE, "noise", noise);
}

wick_status wick_system_set_parameter(wick_context *context, wick_system *system, const char *key, double value)
{
    const wick_parameter_id id = wick_parameter_find(key);
    wick_layer layer;
    if (id == WICK_PARAMETER_COUNT)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: no run-time parameter of this name", key);
    if (wick_rule_layer(id, &layer) && layer == WICK_SECOND_LAYER &&
        !wick_layout_has(&system->plain.layout, WICK_BLOCK_LAYER))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: has no effect on a fixed second layer", key);
    return set(context, system, id, key, value);
}

/* ---- Taken from a problem ------------------------------------------------------------------------------------------ */

/* The later of what was set on the system and what the problem was given. */
static double later(double set, uint64_t *set_at, double given, uint64_t given_at)
{
    if (*set_at > given_at) return set;
    *set_at = 0;
    return given;
}

/* `schedule` is that of the problem, of which the system keeps what it had if its learning rate was set later. */
static void take(const wick_problem *problem, wick_system *system, double *start, wick_graph *schedule)
{
    const wick_graph kept = system->schedule;
    if (system->set_at[WICK_LEARNING_RATE] <= problem->given_at[WICK_LEARNING_RATE]) {
        system->schedule = *schedule;
        *schedule = kept;
    }
    system->rule_set = problem->rules;
    const size_t size = system->dynamics.dimension * sizeof *start;
    if (memcmp(start, system->initial, size) != 0) system->fresh = false;
    free(system->initial);
    system->initial = start;
    for (wick_parameter_id id = 0; id < WICK_PARAMETER_COUNT; ++id)
        system->parameter[id] =
            later(system->parameter[id], &system->set_at[id], problem->parameter[id], problem->given_at[id]);
    if (pass_parameters(system, problem)) system->fresh = false;
}

wick_status wick_follow(wick_context *context, const wick_problem *problem, wick_system *system)
{
    WICK_TRY(wick_check_compiled_for(context, problem, system));
    double *start = wick_allocate(system->dynamics.dimension, 1, sizeof *start);
    if (!start) return wick_fail_memory(context, "taking a start");
    const wick_arrays arrays = wick_problem_arrays(problem);
    wick_layout_pack(&system->dynamics.layout, &arrays, start);
    wick_graph schedule = WICK_GRAPH_EMPTY;
    if (!wick_graph_copy(&schedule, &problem->schedule)) {
        free(start);
        return wick_fail_memory(context, "taking a learning rate");
    }
    const wick_status status = system->engine->move ? system->engine->move(context, problem, system) : WICK_OK;
    if (status == WICK_OK)
        take(problem, system, start, &schedule);
    else
        free(start);
    wick_graph_clear(&schedule);
    return status;
}

wick_status wick_system_follow(wick_context *context, wick_system *system, wick_problem *problem)
{
    if (!system) return wick_fail_no_system(context);
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    WICK_TRY(wick_follow(context, problem, system));
    return wick_restart(context, problem, system, system->initial);
}

wick_status wick_fail_no_system(wick_context *context)
{
    return wick_fail(context, WICK_ERROR_PROBLEM, "system: found NULL, a system of wick_system_compile() is needed");
}

/* ---- Starting afresh ----------------------------------------------------------------------------------------------- */

wick_status wick_restart(wick_context *context, const wick_problem *problem, wick_system *system, const double *start)
{
    if (!(wick_system_accuracy(system).tolerance > 0)) return WICK_OK;
    if (system->fresh && start == system->initial) return WICK_OK;
    system->fresh = false;
    system->worst_weight = 1;
    WICK_TRY(system->engine->renew(context, system));
    pass_parameters(system, NULL);
    WICK_TRY(wick_check_accuracy(context, problem, system, start));
    system->fresh = start == system->initial;
    return WICK_OK;
}

/* Systems of the full state (M, Q): compiled code with its parameters and scratch. See api.h. */
#include <stdint.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "plan/cost.h"
#include "plan/range.h"
#include "walk/overlaps_walk.h"

/* ---- As dynamics --------------------------------------------------------------------------------------------------- */

static void drift(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    (void)time;
    system->drift(system->parameters, state, system->work, out);
}

static double excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    return system->excess_risk(system->parameters, state, system->work);
}

static void walked_drift(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    (void)time;
    wick_overlaps_walk_drift(wick_code_program(system->code), system->parameters, state, system->work, out);
}

static double walked_excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    return wick_overlaps_walk_excess_risk(wick_code_program(system->code), system->parameters, state, system->work);
}

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

static wick_status allocate_work(wick_context *context, wick_system *system)
{
    system->work = wick_allocate_work(system->work_size, &system->work_block);
    return system->work ? WICK_OK : wick_fail_memory(context, "making room for a system");
}

static wick_status measure(wick_context *context, const wick_problem *problem, const wick_plan *plan, wick_system *system)
{
    const size_t p = problem->p, k = problem->k;
    system->plain = (wick_dynamics){.layout = wick_layout_of(problem->regime, problem->second_layer_trained, p, k),
                                    .noise = problem->parameter[WICK_NOISE],
                                    .self = system,
                                    .drift = drift,
                                    .excess_risk = excess_risk};
    WICK_TRY(wick_set_parameters(context, problem, system));
    if (!wick_work_size(plan, p, k, &system->work_size))
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p, k);
    return WICK_OK;
}

wick_status wick_check_range(wick_context *context, const wick_problem *problem, const wick_plan *plan)
{
    if (wick_plan_is_in_range(plan)) return WICK_OK;
    return wick_problem_fail(context, problem, "activation",
                             "its coefficients are too large: their products, with those of the target's activation, "
                             "overflow; give smaller ones");
}

/* Without memory for machine code the plan, which is taken over, is walked. */
static wick_status walk_instead(wick_context *context, const wick_problem *problem, wick_plan *plan, wick_system *system)
{
    wick_overlaps_walk *walk;
    WICK_TRY(wick_overlaps_walk_make(context, plan, problem->p, problem->k, problem->second_layer_trained, &walk));
    system->code = wick_code_of(walk, wick_overlaps_walk_free);
    if (!system->code) {
        wick_overlaps_walk_free(walk);
        return wick_fail_memory(context, "making a system");
    }
    system->plain.drift = walked_drift;
    system->plain.excess_risk = walked_excess_risk;
    system->work_size = wick_overlaps_walk_work(walk);
    return wick_note_walk(context, system);
}

static wick_status build(wick_context *context, const wick_problem *problem, const wick_closed_form *form, wick_plan *plan,
                         wick_system *system)
{
    const double start = wick_seconds();
    WICK_TRY(wick_plan_build(context, form, plan));
    WICK_TRY(wick_check_range(context, problem, plan));
    const double planned = wick_seconds();
    WICK_TRY(wick_emit_jit(context, plan, form, problem->p, problem->k, &system->source));
    const double emitted = wick_seconds();
    const wick_status status = wick_code_compile(context, system->source, &system->code);
    if (status != WICK_OK && status != WICK_ERROR_EXECUTABLE) return status;
    system->timings.plan = planned - start;
    system->timings.emit = emitted - planned;
    system->timings.compile = wick_seconds() - emitted;
    system->products = wick_plan_products(plan, &plan->drift_program, problem->p, problem->k);
    WICK_TRY(measure(context, problem, plan, system));
    if (status == WICK_OK) {
        system->drift = wick_code_drift(system->code);
        system->excess_risk = wick_code_excess_risk(system->code);
    } else {
        WICK_TRY(walk_instead(context, problem, plan, system));
    }
    WICK_TRY(allocate_work(context, system));
    wick_keep_derived(system);
    return wick_keep_jacobian(context, form, system);
}

static wick_status derive_and_build(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                    const wick_graph *target, wick_system *system)
{
    wick_closed_form form = {0};
    wick_plan plan = {0};
    const double start = wick_seconds();
    wick_status status = wick_derive_form(context, problem, student, target, &form);
    system->timings.derive += wick_seconds() - start;
    if (status == WICK_OK) status = build(context, problem, &form, &plan, system);
    wick_plan_clear(&plan);
    wick_closed_form_clear(&form);
    return status;
}

static wick_status copy(wick_context *context, const wick_system *from, wick_system *to)
{
    to->plain.self = to;
    WICK_TRY(wick_copy_parameters(context, from, to));
    WICK_TRY(allocate_work(context, to));
    WICK_TRY(wick_copy_derived(context, from, to));
    return wick_copy_jacobian(context, from, to);
}

static void release(wick_system *system)
{
    wick_jacobian_code_clear(&system->jacobian);
    wick_derived_clear(system);
}

const wick_engine_row wick_overlaps_engine = {
    .build = derive_and_build, .copy = copy, .release = release, .take_parameters = wick_take_parameters};

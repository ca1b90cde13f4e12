/* The road from a problem to a drift, on one page.
 *
 *     wick_problem_check()        JSON, flags and defaults to plain fields                          src/problem
 *     wick_read_activations()     expressions to graphs, checked on the whole line                  src/activation
 *     an engine                   who will compute the drift (engine.h); for polynomials:
 *       wick_derive_form()          the Wick sum: expansions into diagrams, exact                   src/symbolic
 *       wick_plan_build()           contractions, common parts once, by cost                        src/plan
 *       wick_emit_jit()             C source of calls of kernels                                    src/emit, templates
 *       wick_code_compile()         machine code by libtcc, or                                      src/jit
 *       wick_overlaps_walk_make()   the plan itself, walked                                         src/walk
 *     wick_apply_rules()          learning rules around the drift of plain SGD                      src/model/rules.h
 *     wick_check_accuracy()       what is not in closed form keeps its tolerance at the start
 *
 * See wick.h for the calls.
 */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"
#include "model/regime.h"

/* By whether expectations are wanted, and whether the state is full. */
static const wick_engine_row *const engines[2][2] = {{&wick_particles_engine, &wick_overlaps_engine},
                                                     {&wick_series_engine, &wick_expectations_engine}};

static wick_status build_drift(wick_context *context, const wick_problem *problem, wick_system *system)
{
    wick_graph student, target;
    const double start = wick_seconds();
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    system->timings.derive = wick_seconds() - start;
    const bool expectations = wick_needs_expectations(problem, &student, &target);
    system->engine = engines[expectations][problem->parts->full];
    const wick_status status = system->engine->build(context, problem, &student, &target, system);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

static wick_status build(wick_context *context, const wick_problem *problem, wick_system *system)
{
    const wick_arrays arrays = wick_problem_arrays(problem);
    memcpy(system->parameter, problem->parameter, sizeof system->parameter);
    system->rule_set = problem->rules;
    if (!wick_graph_copy(&system->schedule, &problem->schedule)) return wick_fail_memory(context, "making a system");
    WICK_TRY(wick_keep_compiled_for(context, problem, &system->compiled_for));
    WICK_TRY(build_drift(context, problem, system));
    system->engine->take_parameters(system, problem);
    wick_apply_rules(system);
    system->initial = wick_allocate(system->dynamics.dimension, 1, sizeof *system->initial);
    system->scratch = wick_allocate(system->dynamics.dimension, 1, sizeof *system->scratch);
    const bool constrained = problem->rules & WICK_CONSTRAINTS;
    if (constrained)
        system->constrained = wick_allocate(problem->p + 3, system->dynamics.dimension, sizeof *system->constrained);
    if (!system->initial || !system->scratch || (constrained && !system->constrained))
        return wick_fail_memory(context, "making room for a system");
    wick_layout_pack(&system->dynamics.layout, &arrays, system->initial);
    if (wick_system_accuracy(system).tolerance > 0) WICK_TRY(system->engine->keep_unused(context, system));
    WICK_TRY(wick_check_accuracy(context, problem, system, system->initial));
    system->fresh = true;
    return WICK_OK;
}

wick_status wick_system_compile(wick_context *context, wick_problem *problem, wick_system **system)
{
    *system = NULL;
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    wick_system *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a system");
    made->weight = made->worst_weight = 1;
    const wick_status status = build(context, problem, made);
    if (status == WICK_OK)
        *system = made;
    else
        wick_system_free(made);
    return status;
}

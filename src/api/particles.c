/* Systems of the mean-field regimes, whose state is (M, q). See api.h. */
#include <math.h>
#include <stdlib.h>

#include "api/api.h"
#include "base/clock.h"
#include "emit/particles.h"
#include "model/regime.h"
#include "plan/cost.h"
#include "plan/particles.h"
#include "walk/particle_walk.h"

static bool all_ones(const double *a, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (a[i] != 1) return false;
    return true;
}

/* Are both second layers of ones? Then the code knows of none. */
static bool has_unit_layers(const wick_problem *problem)
{
    return all_ones(problem->a, problem->p) && all_ones(problem->a_star, problem->k);
}

wick_status wick_describe_frame(wick_context *context, const wick_problem *problem, wick_frame_sizes *sizes)
{
    const double freedom = problem->parts->finite_d ? problem->d - (double)problem->k : INFINITY;
    for (size_t j = 0; freedom <= 0 && j < problem->p; ++j)
        if (problem->q[j] > 0)
            return wick_problem_fail(
                context, problem, "initial.q",
                "initial.q: entry %zu is %.10g, but with d = k = %zu nothing of the weights is outside the "
                "target's space: it must be 0",
                j + 1, problem->q[j], problem->k);
    *sizes = (wick_frame_sizes){problem->p, problem->k, freedom, problem->P, problem->a, problem->a_star};
    return WICK_OK;
}

wick_status wick_measure_particles(wick_context *context, const wick_problem *problem, wick_system *system)
{
    if (wick_layout_dimension(&system->plain.layout, &system->plain.dimension)) return WICK_OK;
    return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the state does not fit in memory", problem->p,
                     problem->k);
}

static wick_status make_engine(wick_context *context, const wick_problem *problem, wick_particle_sizes *sizes,
                               const wick_particle_functions *functions, wick_system *system)
{
    WICK_TRY(wick_describe_frame(context, problem, &sizes->frame));
    WICK_TRY(wick_particle_engine_alloc(context, functions, sizes, &system->particles));
    return WICK_OK;
}

/* Without memory for machine code the plan, which is taken over, is walked. */
static wick_status walk_instead(wick_context *context, wick_particle_plan *plan, wick_particle_functions *functions,
                                wick_particle_sizes *sizes, wick_system *system)
{
    wick_particle_walk *walk;
    WICK_TRY(wick_particle_walk_make(context, plan, &walk));
    system->code = wick_code_of(walk, wick_particle_walk_free);
    if (!system->code) {
        wick_particle_walk_free(walk);
        return wick_fail_memory(context, "making a system");
    }
    *functions = wick_particle_walk_functions(walk);
    sizes->vector_slots = wick_particle_walk_slots(walk, WICK_PARTICLE_BLOCK);
    return wick_note_walk(context, system);
}

static wick_status build(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                         wick_particle_plan *plan, wick_system *system)
{
    wick_particle_functions functions;
    const double start = wick_seconds();
    system->unit_layer = has_unit_layers(problem);
    WICK_TRY(wick_particles_plan(context, form, problem->k, system->unit_layer, plan));
    WICK_TRY(wick_check_range(context, problem, &plan->nodes));
    const double planned = wick_seconds();
    WICK_TRY(wick_emit_particles_jit(context, plan, &system->source));
    const double emitted = wick_seconds();
    const wick_status status = wick_particle_compile(context, system->source, &functions, &system->code);
    if (status != WICK_OK && status != WICK_ERROR_EXECUTABLE) return status;
    system->timings.plan = planned - start;
    system->timings.emit = emitted - planned;
    system->timings.compile = wick_seconds() - emitted;
    system->products = wick_plan_products(&plan->nodes, &plan->student_program, problem->p, 0) +
                       wick_plan_products(&plan->nodes, &plan->update_program, problem->p, 0);
    wick_particle_sizes sizes = {
        .tensor_count = plan->tensor_count, .moment_count = plan->moment_count, .vector_slots = plan->vector_slots};
    if (status == WICK_ERROR_EXECUTABLE) WICK_TRY(walk_instead(context, plan, &functions, &sizes, system));
    WICK_TRY(make_engine(context, problem, &sizes, &functions, system));
    system->plain =
        (wick_dynamics){.layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
                        .noise = problem->parameter[WICK_NOISE],
                        .self = system->particles,
                        .drift = wick_particle_drift,
                        .excess_risk = wick_particle_excess_risk};
    return wick_measure_particles(context, problem, system);
}

static wick_status derive_and_build(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                    const wick_graph *target, wick_system *system)
{
    wick_closed_form form = {0};
    wick_particle_plan plan = {0};
    const double start = wick_seconds();
    wick_status status = wick_derive_form(context, problem, student, target, &form);
    system->timings.derive += wick_seconds() - start;
    if (status == WICK_OK) status = build(context, problem, &form, &plan, system);
    wick_particles_clear(&plan);
    wick_closed_form_clear(&form);
    return status;
}

static wick_status copy(wick_context *context, const wick_system *from, wick_system *to)
{
    WICK_TRY(wick_particle_engine_copy(context, from->particles, &to->particles));
    to->plain.self = to->particles;
    return WICK_OK;
}

/* ---- Following another problem ------------------------------------------------------------------------------------- */

static wick_status build_again(wick_context *context, const wick_problem *problem, wick_system *made)
{
    wick_graph student, target;
    WICK_TRY(wick_read_activations(context, problem, &student, &target));
    const wick_status status = derive_and_build(context, problem, &student, &target, made);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    return status;
}

static void take_particles(wick_system *system, wick_particle_engine *particles)
{
    wick_particle_engine_free(system->particles);
    system->particles = particles;
    system->plain.self = particles;
}

/* Puts the particles that are in use aside, and those that were aside, or were made just now, to use. */
static void exchange(wick_system *system, wick_set_aside *others)
{
    const wick_set_aside now = {system->particles, system->code, system->source};
    system->particles = others->particles;
    system->code = others->code;
    system->source = others->source;
    system->plain.self = system->particles;
    system->unit_layer = !system->unit_layer;
    system->set_aside = now;
}

static void clear_set_aside(wick_set_aside *set_aside)
{
    wick_particle_engine_free(set_aside->particles);
    wick_code_free(set_aside->code);
    free(set_aside->source);
    *set_aside = (wick_set_aside){0};
}

/* Code for second layers of ones is another one than that for all others. Each is compiled when it is first needed. */
static wick_status change_code(wick_context *context, const wick_problem *problem, wick_system *system)
{
    wick_system made = {0};
    wick_set_aside others = system->set_aside;
    if (!others.particles) {
        const wick_status status = build_again(context, problem, &made);
        others = (wick_set_aside){made.particles, made.code, made.source};
        if (status != WICK_OK) {
            clear_set_aside(&others);
            return status;
        }
    }
    exchange(system, &others);
    return WICK_OK;
}

static wick_status move(wick_context *context, const wick_problem *problem, wick_system *system)
{
    wick_frame_sizes sizes;
    wick_particle_engine *moved;
    WICK_TRY(wick_describe_frame(context, problem, &sizes));
    if (wick_frame_matches(wick_particle_engine_frame(system->particles), &sizes)) return WICK_OK;
    if (system->unit_layer == has_unit_layers(problem)) {
        WICK_TRY(wick_particle_engine_move(context, system->particles, &sizes, &moved));
    } else {
        WICK_TRY(change_code(context, problem, system));
        const wick_status status = wick_particle_engine_move(context, system->particles, &sizes, &moved);
        if (status != WICK_OK) {
            wick_set_aside back = system->set_aside;
            exchange(system, &back);
            return status;
        }
    }
    take_particles(system, moved);
    return WICK_OK;
}

/* P and the second layers are part of the particles: move() takes them. */
static bool take_parameters(wick_system *system, const wick_problem *given)
{
    (void)given;
    wick_particle_engine_set_noise_rate(system->particles, wick_noise_rate(system));
    return false;
}

static const wick_frame *frame(const wick_system *system) { return wick_particle_engine_frame(system->particles); }

static void release(wick_system *system)
{
    wick_particle_engine_free(system->particles);
    clear_set_aside(&system->set_aside);
}

const wick_engine_row wick_particles_engine = {.build = derive_and_build,
                                               .copy = copy,
                                               .release = release,
                                               .take_parameters = take_parameters,
                                               .move = move,
                                               .frame = frame};

/* Systems of the mean-field regimes, whose state is (M, q). See api.h. */
#include <math.h>

#include "api/api.h"
#include "base/clock.h"
#include "emit/particles.h"
#include "plan/cost.h"
#include "plan/particles.h"

static bool is_unit(const double *a, size_t p)
{
    for (size_t j = 0; j < p; ++j)
        if (a[j] != 1) return false;
    return true;
}

wick_status wick_describe_frame(wick_context *context, const wick_problem *problem, wick_frame_sizes *sizes)
{
    const double freedom = problem->regime == WICK_MEAN_FIELD ? problem->d - (double)problem->k : INFINITY;
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
    if (wick_layout_dimension(&system->dynamics.layout, &system->dynamics.dimension)) return WICK_OK;
    return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the state does not fit in memory", problem->p,
                     problem->k);
}

static wick_status make_engine(wick_context *context, const wick_problem *problem, const wick_particle_plan *plan,
                               const wick_particle_functions *functions, wick_system *system)
{
    wick_particle_sizes sizes = {
        .tensor_count = plan->tensor_count, .moment_count = plan->moment_count, .vector_slots = plan->vector_slots};
    WICK_TRY(wick_describe_frame(context, problem, &sizes.frame));
    WICK_TRY(wick_particle_engine_alloc(context, functions, &sizes, &system->particles));
    wick_particle_engine_set_noise_rate(system->particles, problem->learning_rate * problem->noise / (double)problem->p);
    return WICK_OK;
}

static wick_status build(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                         wick_particle_plan *plan, wick_system *system)
{
    wick_particle_functions functions;
    const double start = wick_seconds();
    WICK_TRY(wick_particles_plan(context, form, problem->k, is_unit(problem->a, problem->p), plan));
    WICK_TRY(wick_check_range(context, problem, &plan->nodes));
    const double planned = wick_seconds();
    WICK_TRY(wick_emit_particles_jit(context, plan, &system->source));
    const double emitted = wick_seconds();
    WICK_TRY(wick_particle_compile(context, system->source, &functions, &system->code));
    system->timings.plan = planned - start;
    system->timings.emit = emitted - planned;
    system->timings.compile = wick_seconds() - emitted;
    system->products = wick_plan_products(&plan->nodes, &plan->student_program, problem->p, 0) +
                       wick_plan_products(&plan->nodes, &plan->update_program, problem->p, 0);
    WICK_TRY(make_engine(context, problem, plan, &functions, system));
    system->dynamics = (wick_dynamics){.layout = {problem->p, problem->k, true, false},
                                       .noise = problem->noise,
                                       .self = system->particles,
                                       .drift = wick_particle_drift,
                                       .excess_risk = wick_particle_excess_risk};
    return wick_measure_particles(context, problem, system);
}

wick_status wick_build_particles(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                                 wick_system *system)
{
    wick_particle_plan plan = {0};
    const wick_status status = build(context, problem, form, &plan, system);
    wick_particles_clear(&plan);
    return status;
}

wick_status wick_copy_particles(wick_context *context, const wick_system *from, wick_system *to)
{
    WICK_TRY(wick_particle_engine_copy(context, from->particles, &to->particles));
    to->dynamics.self = to->particles;
    return WICK_OK;
}

/* Systems of the mean-field regimes whose activations are no polynomials. See api.h. */
#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"

wick_status wick_build_mean_field(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                  const wick_graph *target, wick_system *system)
{
    const double start = wick_seconds();
    wick_evaluation evaluation;
    wick_frame_sizes sizes;
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    WICK_TRY(wick_describe_frame(context, problem, &sizes));
    WICK_TRY(wick_mean_field_make(context, &evaluation, &sizes, &system->mean_field));
    wick_mean_field_set_noise_rate(system->mean_field, problem->parameter[WICK_LEARNING_RATE] *
                                                           problem->parameter[WICK_NOISE] / (double)problem->p);
    system->timings.compile = wick_seconds() - start;
    system->source = wick_copy_string(wick_mean_field_source(system->mean_field));
    if (!system->source) return wick_fail_memory(context, "making a system");
    system->plain =
        (wick_dynamics){.layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
                        .noise = problem->parameter[WICK_NOISE],
                        .self = system->mean_field,
                        .drift = wick_mean_field_drift,
                        .excess_risk = wick_mean_field_excess_risk};
    return wick_measure_particles(context, problem, system);
}

wick_status wick_copy_mean_field(wick_context *context, const wick_system *from, wick_system *to)
{
    WICK_TRY(wick_mean_field_copy(context, from->mean_field, &to->mean_field));
    to->plain.self = to->mean_field;
    return WICK_OK;
}

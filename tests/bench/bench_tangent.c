/* What J v, J^T u and the gradient of the risk cost, in drifts and risks. README.md explains the table.
 *
 *   bench_tangent [SECONDS]    about that long for each row (default 0.5)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "timing.h"
#include "wick/wick.h"

enum { ROUNDS = 15 };

static const double promised_tangent = 3, promised_adjoint = 5;

enum { DRIFT, RISK, TANGENT, ADJOINT, GRADIENT, WAYS };

typedef struct {
    wick_context *context;
    wick_system *system;
    size_t n;
    double *state, *direction, *out;
} contest;

static void evaluate(contest *one, int way)
{
    double risk;
    switch (way) {
    case DRIFT: wick_system_drift(one->system, one->state, one->out); return;
    case RISK: wick_system_risk(one->system, one->state, NULL, &risk); return;
    case TANGENT: wick_system_tangent(one->context, one->system, one->state, one->direction, one->out); return;
    case ADJOINT: wick_system_adjoint(one->context, one->system, one->state, one->direction, one->out); return;
    default: wick_system_risk_gradient(one->context, one->system, one->state, one->out); return;
    }
}

static double measure(contest *one, int way, size_t calls)
{
    const double start = wick_seconds();
    for (size_t i = 0; i < calls; i++) evaluate(one, way);
    return (wick_seconds() - start) / (double)calls;
}

/* Medians over rounds in which the ways take turns. */
static void race(contest *one, double budget, double seconds[WAYS])
{
    double times[WAYS][ROUNDS];
    size_t calls[WAYS];
    for (int way = 0; way < WAYS; way++) {
        measure(one, way, 2);
        const double estimate = measure(one, way, 1), slice = budget / WAYS / ROUNDS;
        calls[way] = estimate < slice ? (size_t)(slice / estimate) : 1;
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (int way = 0; way < WAYS; way++) times[way][round] = measure(one, way, calls[way]);
    for (int way = 0; way < WAYS; way++) seconds[way] = wick_bench_median(times[way], ROUNDS);
}

/* The larger error of <u, J v> = <J^T u, v>, u = v, relative to what is added. */
static double error_of(contest *one)
{
    double left = 0, right = 0, size = 0;
    evaluate(one, TANGENT);
    for (size_t i = 0; i < one->n; i++)
        left += one->direction[i] * one->out[i], size += fabs(one->direction[i] * one->out[i]);
    evaluate(one, ADJOINT);
    for (size_t i = 0; i < one->n; i++) right += one->direction[i] * one->out[i];
    return fabs(left - right) / size;
}

static int prepare(const char *activation, const char *regime, const char *layer, const char *p, const char *k, contest *one)
{
    const char *const keys[][2] = {
        {"activation", activation}, {"regime", regime}, {"second_layer", layer}, {"p", p}, {"k", k}, {"d", "3000"},
        {"learning_rate", "0.1"},   {"noise", "0.1"}};
    wick_problem *problem = NULL;
    *one = (contest){.context = wick_context_alloc()};
    int fine = wick_problem_alloc(one->context, &problem) == WICK_OK;
    for (size_t i = 0; fine && i < sizeof keys / sizeof *keys; i++)
        fine = wick_problem_set(one->context, problem, keys[i][0], keys[i][1]) == WICK_OK;
    fine = fine && wick_system_compile(one->context, problem, &one->system) == WICK_OK;
    if (fine) {
        one->n = wick_system_dimension(one->system);
        one->state = calloc(3 * one->n, sizeof *one->state);
        fine = one->state && wick_system_initial_state(one->context, one->system, one->state) == WICK_OK;
    }
    if (!fine) printf("%s\n", wick_context_message(one->context));
    wick_problem_free(problem);
    one->direction = one->state ? one->state + one->n : NULL;
    one->out = one->state ? one->state + 2 * one->n : NULL;
    for (size_t i = 0; fine && i < one->n; i++) one->direction[i] = sin(1.0 + 2.3 * (double)i);
    return fine;
}

static void show(const char *activation, const char *regime, const char *layer, const char *p, const char *k, double budget)
{
    contest one;
    double seconds[WAYS];
    if (prepare(activation, regime, layer, p, k, &one)) {
        race(&one, budget, seconds);
        const double tangent = seconds[TANGENT] / seconds[DRIFT], adjoint = seconds[ADJOINT] / seconds[DRIFT];
        printf("| `%s`, %s, %s, p = %s, k = %s | %.3g us | %.2f%s | %.2f%s | %.2f | %.0e |\n", activation, regime, layer, p,
               k, 1e6 * seconds[DRIFT], tangent, tangent > promised_tangent ? " (missed)" : "", adjoint,
               adjoint > promised_adjoint ? " (missed)" : "", seconds[GRADIENT] / seconds[RISK], error_of(&one));
        fflush(stdout);
    }
    free(one.state);
    wick_system_free(one.system);
    wick_context_free(one.context);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *activation, *regime, *layer, *p, *k;
    } rows[] = {
        {"x^2", "high-dimensional", "fixed", "2", "1"},
        {"x^2", "high-dimensional", "fixed", "4", "2"},
        {"x^2", "high-dimensional", "fixed", "8", "4"},
        {"x^2", "high-dimensional", "fixed", "32", "4"},
        {"x^2", "high-dimensional", "fixed", "128", "16"},
        {"x^2", "high-dimensional", "fixed", "512", "16"},
        {"x^2", "classical", "fixed", "8", "4"},
        {"x^2", "classical", "fixed", "128", "16"},
        {"x^2", "high-dimensional", "trained", "4", "2"},
        {"x^2", "high-dimensional", "trained", "32", "4"},
        {"x^3", "high-dimensional", "fixed", "2", "1"},
        {"x^3", "high-dimensional", "fixed", "8", "4"},
        {"x^3", "high-dimensional", "fixed", "64", "8"},
        {"x^3", "classical", "fixed", "8", "4"},
        {"he3+x^2", "high-dimensional", "trained", "4", "2"},
        {"he3+x^2", "high-dimensional", "trained", "32", "4"},
        {"erf(x/sqrt(2))", "classical", "fixed", "8", "4"},
        {"erf(x/sqrt(2))", "classical", "fixed", "128", "16"},
        {"erf(x/sqrt(2))", "high-dimensional", "fixed", "2", "1"},
        {"erf(x/sqrt(2))", "high-dimensional", "trained", "8", "4"},
        {"erf(x/sqrt(2))", "high-dimensional", "fixed", "32", "4"},
        {"relu(x)", "classical-noise", "trained", "8", "4"},
    };
    const double budget = count > 1 ? atof(arguments[1]) : 0.5;
    printf("| problem | drift | J v, in drifts (at most %.0f) | J^T u (at most %.0f) | gradient of the risk, in risks | <u, "
           "J v> = <J^T u, v> |\n|---|---|---|---|---|---|\n",
           promised_tangent, promised_adjoint);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        show(rows[i].activation, rows[i].regime, rows[i].layer, rows[i].p, rows[i].k, budget);
    return 0;
}

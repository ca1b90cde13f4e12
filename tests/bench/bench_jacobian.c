/* What a Jacobian costs, against the drifts that one-sided differences would take; and what implicit methods gain by it.
 * README.md explains the tables.
 *
 *   bench_jacobian [SECONDS]    about that long for each row (default 0.5)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "emitted.h"
#include "support.h"
#include "timing.h"
#include "wick/wick.h"

enum { ROUNDS = 15, COMMAND_SIZE = 4096, LINE_SIZE = 1024 };

static const double promised_ratio = 0.3, promised_error = 1e-8;

static int set(wick_context *context, wick_problem *problem, const char *const (*keys)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wick_problem_set(context, problem, keys[i][0], keys[i][1]) != WICK_OK) {
            printf("%s\n", wick_context_message(context));
            return 0;
        }
    return 1;
}

/* ---- One row: four times -------------------------------------------------------------------------------------------- */

enum { DRIFT, JACOBIAN, EMITTED_DRIFT, EMITTED_JACOBIAN, WAYS };

typedef struct {
    wick_context *context;
    wick_system *system;
    wick_emitted emitted;
    size_t dimension;
    double first; /* seconds of the first Jacobian, compilation included */
    double *state, *drift, *jacobian, *other, *work;
} contest;

static void evaluate(contest *one, int way)
{
    switch (way) {
    case DRIFT: wick_system_drift(one->system, one->state, one->drift); return;
    case JACOBIAN: wick_system_jacobian(one->context, one->system, one->state, one->jacobian); return;
    case EMITTED_DRIFT: one->emitted.drift(one->emitted.parameters, one->state, one->work, one->drift); return;
    default: one->emitted.jacobian(one->emitted.parameters, one->state, one->work, one->other); return;
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
        measure(one, way, 1);
        const double estimate = measure(one, way, 1), slice = budget / WAYS / ROUNDS;
        calls[way] = estimate < slice ? (size_t)(slice / estimate) : 1;
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (int way = 0; way < WAYS; way++) times[way][round] = measure(one, way, calls[way]);
    for (int way = 0; way < WAYS; way++) seconds[way] = wick_bench_median(times[way], ROUNDS);
}

/* The largest difference of J v, for one v, to central differences of the drift along v, and of both Jacobians, relative to
 * the largest entry of either. */
static double error_of(contest *one)
{
    const size_t n = one->dimension;
    const double h = 1e-4;
    double *v = calloc(4 * n, sizeof *v), largest = 0, error = 0, scale = 0, differ = 0;
    if (!v) return INFINITY;
    double *moved = v + n, *upper = v + 2 * n, *lower = v + 3 * n;
    for (size_t s = 0; s < n; s++) v[s] = sin(1.0 + 2.3 * (double)s) / (double)n;
    for (size_t s = 0; s < n; s++) moved[s] = one->state[s] + h * v[s];
    wick_system_drift(one->system, moved, upper);
    for (size_t s = 0; s < n; s++) moved[s] = one->state[s] - h * v[s];
    wick_system_drift(one->system, moved, lower);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t s = 0; s < n; s++) sum += one->jacobian[i * n + s] * v[s];
        error = fmax(error, fabs(sum - (upper[i] - lower[i]) / (2 * h)));
        largest = fmax(largest, fabs(sum));
    }
    for (size_t i = 0; i < n * n; i++) {
        differ = fmax(differ, fabs(one->jacobian[i] - one->other[i]));
        scale = fmax(scale, fabs(one->jacobian[i]));
    }
    free(v);
    return fmax(error / largest, differ / scale);
}

static int prepare(const char *const (*keys)[2], size_t count, contest *one)
{
    wick_problem *problem = NULL;
    one->context = wick_context_alloc();
    if (wick_problem_alloc(one->context, &problem) != WICK_OK || !set(one->context, problem, keys, count)) return 0;
    const int fine = wick_system_compile(one->context, problem, &one->system) == WICK_OK &&
                     wick_emitted_open(one->context, problem, &one->emitted);
    wick_problem_free(problem);
    if (!fine) {
        printf("%s\n", wick_context_message(one->context));
        return 0;
    }
    const size_t n = one->dimension = wick_system_dimension(one->system);
    const size_t work = one->emitted.work_size + one->emitted.jacobian_work_size;
    one->state = calloc(2 * n + 2 * n * n + work, sizeof *one->state);
    if (!one->state) return 0;
    one->drift = one->state + n;
    one->jacobian = one->drift + n;
    one->other = one->jacobian + n * n;
    one->work = one->other + n * n;
    wick_system_initial_state(one->context, one->system, one->state);
    const double start = wick_seconds();
    evaluate(one, JACOBIAN);
    one->first = wick_seconds() - start;
    return 1;
}

/* A row of the table; 0 if a promise is broken. */
static int show_cost(const char *activation, const char *p, const char *second_layer, double budget, double limit)
{
    const char *const keys[][2] = {
        {"activation", activation},    {"p", p}, {"k", "4"}, {"d", "10000"}, {"learning_rate", "0.1"}, {"noise", "0.01"},
        {"second_layer", second_layer}};
    contest one = {0};
    double seconds[WAYS];
    if (!prepare(keys, sizeof keys / sizeof *keys, &one)) return 0;
    race(&one, budget, seconds);
    const double columns = (double)one.dimension, ratio = seconds[JACOBIAN] / (columns * seconds[DRIFT]);
    const double error = error_of(&one);
    printf("%-10s %3s  %-8s %5.0f  %9.2f %10.1f  %7.3f   %9.2f %10.1f  %7.3f   %7.1f  %8.1e\n", activation, p, second_layer,
           columns, 1e6 * seconds[DRIFT], 1e6 * seconds[JACOBIAN], ratio, 1e6 * seconds[EMITTED_DRIFT],
           1e6 * seconds[EMITTED_JACOBIAN], seconds[EMITTED_JACOBIAN] / (columns * seconds[EMITTED_DRIFT]), 1e3 * one.first,
           error);
    free(one.state);
    wick_emitted_close(&one.emitted);
    wick_system_free(one.system);
    wick_context_free(one.context);
    return ratio < limit && error < promised_error;
}

/* ---- Stiff problems -------------------------------------------------------------------------------------------------- */

typedef struct {
    size_t drifts, jacobians;
    double seconds, excess_risk;
} outcome;

static int keep_risk(void *user, const wick_point *point)
{
    ((outcome *)user)->excess_risk = point->excess_risk;
    return 0;
}

/* From process start to its end, what an emitted program says of its work. */
static int run_cvode(wick_context *context, wick_problem *problem, outcome *out)
{
    char *folder = wick_test_folder_make(), command[COMMAND_SIZE], line[LINE_SIZE];
    wick_files *files = NULL;
    int fine = wick_emit(context, problem, "cvode", "stiff", &files) == WICK_OK &&
               wick_files_write(context, files, folder) == WICK_OK;
    wick_files_free(files);
    snprintf(command, sizeof command,
             "cd '%s' && '%s' -O3 -march=native -o stiff stiff.c -lsundials_cvode -lsundials_nvecserial -lm >messages 2>&1",
             folder, WICK_C_COMPILER);
    fine = fine && system(command) == 0;
    const double start = wick_seconds();
    snprintf(command, sizeof command, "cd '%s' && ./stiff -o out.csv 2>report", folder);
    fine = fine && system(command) == 0;
    out->seconds = wick_seconds() - start;
    snprintf(command, sizeof command, "tail -n 1 '%s/out.csv'; sed 's/.*steps, //' '%s/report'", folder, folder);
    FILE *pipe = fine ? popen(command, "r") : NULL;
    fine = pipe && fgets(line, sizeof line, pipe) && sscanf(line, "%*f,%*f,%lf", &out->excess_risk) == 1 &&
           fgets(line, sizeof line, pipe) && sscanf(line, "%zu drift evaluations, %zu", &out->drifts, &out->jacobians) == 2;
    if (pipe) pclose(pipe);
    wick_test_folder_remove(folder);
    return fine;
}

static int run_method(wick_context *context, wick_problem *problem, const char *method, outcome *out)
{
    wick_system *system = NULL;
    wick_report report = {0};
    if (wick_problem_set(context, problem, "method", method) != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK)
        return 0;
    const wick_status status = wick_integrate(context, problem, system, keep_risk, NULL, out, &report);
    wick_system_free(system);
    out->drifts = report.drift_evaluations;
    out->jacobians = report.jacobian_evaluations;
    out->seconds = report.seconds;
    return status == WICK_OK;
}

/* 0 if msbdf or CVODE needs as many drifts as rk8pd. */
static int show_stiff(const char *title, const char *const (*keys)[2], size_t count)
{
    static const char *const methods[] = {"rk8pd", "msadams", "msbdf"};
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    outcome out[4] = {{0}};
    int fine = wick_problem_alloc(context, &problem) == WICK_OK && set(context, problem, keys, count);
    for (size_t m = 0; fine && m < 3; m++) fine = run_method(context, problem, methods[m], &out[m]);
    fine = fine && run_cvode(context, problem, &out[3]);
    printf("\n%s\n%-8s %10s %10s %10s %15s\n", title, "method", "drifts", "Jacobians", "seconds", "excess risk");
    for (size_t m = 0; m < 4; m++)
        printf("%-8s %10zu %10zu %10.4f %15.6e\n", m < 3 ? methods[m] : "cvode", out[m].drifts, out[m].jacobians,
               out[m].seconds, out[m].excess_risk);
    if (!fine) printf("failed: %s\n", wick_context_message(context));
    wick_problem_free(problem);
    wick_context_free(context);
    return fine && out[2].drifts < out[0].drifts && out[3].drifts < out[0].drifts;
}

int main(int count, char **arguments)
{
    const double budget = count > 1 ? strtod(arguments[1], NULL) : 0.5;
    int fine = 1;
    printf("High-dimensional regime, k = 4. Times in us; ratio: of a Jacobian to columns x one drift of the same column.\n\n"
           "activation   p  layer     cols      drift   Jacobian    ratio   emitted..    Jacobian   ratio  first/ms     "
           "error\n");
    fine &= show_cost("x^2", "32", "fixed", budget, promised_ratio);
    fine &= show_cost("x^2", "32", "trained", budget, INFINITY);
    fine &= show_cost("x^2", "8", "fixed", budget, INFINITY);
    fine &= show_cost("x^2", "2", "fixed", budget, INFINITY);
    fine &= show_cost("x^3", "32", "fixed", budget, INFINITY);
    fine &= show_cost("x^3+x^2-x", "8", "trained", budget, INFINITY);
    fine &= show_cost("(x-1)^4", "32", "fixed", budget, INFINITY);
    printf("promised: x^2, p = 32, fixed: a ratio under %g\n", promised_ratio);

    static const char *const quickstart[][2] = {
        {"activation", "x^2"},    {"p", "8"},         {"k", "4"},      {"d", "1000"},
        {"learning_rate", "0.1"}, {"noise", "0.001"}, {"seed", "1"},   {"orthonormal_target", "true"},
        {"end", "10000"},         {"start", "0.001"}, {"rtol", "1e-8"}};
    static const char *const norms[][2] = {{"activation", "x^2"},
                                           {"p", "2"},
                                           {"k", "2"},
                                           {"learning_rate", "0.05"},
                                           {"noise", "0.01"},
                                           {"Q", "[[0.1,0.01],[0.01,0.1]]"},
                                           {"M", "[[0.05,0.01],[0.01,0.05]]"},
                                           {"P", "[[4,0],[0,0.25]]"},
                                           {"end", "10000"},
                                           {"rtol", "1e-8"}};
    fine &=
        show_stiff("examples/quickstart.json to t = 10000, rtol 1e-8", quickstart, sizeof quickstart / sizeof *quickstart);
    fine &= show_stiff("x^2, p = k = 2, targets of squared norms 4 and 1/4, to t = 10000, rtol 1e-8", norms,
                       sizeof norms / sizeof *norms);
    printf("promised: msbdf and cvode with fewer drifts than rk8pd\n");
    return fine ? 0 : 1;
}

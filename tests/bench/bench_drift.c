/* What a drift costs: compiled in memory, walked, emitted and compiled by gcc, and as textbook loops; and what comes before
 * the first. README.md explains the tables.
 *
 *   bench_drift [SECONDS]    about that long for each row that is not over sooner (default 0.5)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "emitted.h"
#include "textbook.h"
#include "timing.h"
#include "wick/wick.h"

enum { ROUNDS_LIMIT = 41, ROUNDS_LEAST = 3, COMMAND_SIZE = 2048 };

/* Everything that was computed goes in here and is printed, so that none of it can be left out. */
static double checksum;

/* ---- One row: four ways to the same drift ----------------------------------------------------------------------- */

typedef struct {
    const char *activation;
    size_t degree;
    double coefficient[WICK_TEXTBOOK_DEGREE + 1];
} activation;

static const activation activations[] = {
    {"x^2", 2, {0, 0, 1}},
    {"x^3", 3, {0, 0, 0, 1}},
    {"(x-1)^4", 4, {1, -4, 6, -4, 1}},
};

enum { JIT, WALKED, EMITTED, TEXTBOOK, WAYS };

typedef struct {
    wick_system *system, *walked;
    wick_emitted emitted;
    wick_textbook textbook;
    size_t dimension;
    double *state, *work, *drift[WAYS];
} contest;

static void evaluate(contest *one, int way)
{
    switch (way) {
    case JIT: wick_system_drift(one->system, one->state, one->drift[JIT]); return;
    case WALKED: wick_system_drift(one->walked, one->state, one->drift[WALKED]); return;
    case EMITTED: one->emitted.drift(one->emitted.parameters, one->state, one->work, one->drift[EMITTED]); return;
    default: break;
    }
    if (one->textbook.degree == 2)
        wick_textbook_square(&one->textbook, one->state, one->drift[TEXTBOOK]);
    else
        wick_textbook_polynomial(&one->textbook, one->state, one->drift[TEXTBOOK]);
}

/* Seconds of one call, the mean of `calls`. */
static double measure(contest *one, int way, size_t calls)
{
    const double start = wick_seconds();
    for (size_t i = 0; i < calls; i++) {
        evaluate(one, way);
        checksum += one->drift[way][i % one->dimension];
    }
    return (wick_seconds() - start) / (double)calls;
}

/* The largest difference to what the compiled code gives, relative to its largest entry. */
static double difference(const contest *one, int way)
{
    double error = 0, largest = 0;
    for (size_t i = 0; i < one->dimension; i++) {
        error = fmax(error, fabs(one->drift[way][i] - one->drift[JIT][i]));
        largest = fmax(largest, fabs(one->drift[JIT][i]));
    }
    return error / largest;
}

/* Medians over rounds in which the ways take turns, so that a disturbance hits all of them; a way that takes too long to
 * take part has NAN. */
static void race(contest *one, double budget, double seconds[WAYS])
{
    double times[WAYS][ROUNDS_LIMIT];
    size_t calls[WAYS], rounds = 0;
    int ways = 0;
    for (int way = 0; way < WAYS; way++) {
        seconds[way] = NAN;
        calls[way] = 0;
        if (way == TEXTBOOK && !one->textbook.work) continue;
        measure(one, way, 1); /* once for the caches */
        const double estimate = measure(one, way, 1), slice = budget / WAYS / ROUNDS_LIMIT;
        calls[way] = estimate < slice ? (size_t)(slice / estimate) : 1;
        ways++;
    }
    const double start = wick_seconds();
    while (rounds < ROUNDS_LIMIT && (rounds < ROUNDS_LEAST || wick_seconds() - start < budget)) {
        for (int way = 0; way < ways; way++) times[way][rounds] = measure(one, way, calls[way]);
        rounds++;
    }
    for (int way = 0; way < ways; way++) seconds[way] = wick_bench_median(times[way], rounds);
}

/* Plain loops over all pairs of pairs of fields would take minutes for each drift. */
static int too_long_for_textbook(size_t degree, size_t p) { return degree > 2 && p > 128; }

static int prepare(wick_context *context, const activation *act, size_t p, size_t k, contest *one)
{
    char size[2][24];
    snprintf(size[0], sizeof size[0], "%zu", p);
    snprintf(size[1], sizeof size[1], "%zu", k);
    const char *const keys[][2] = {{"activation", act->activation}, {"p", size[0]},   {"k", size[1]}, {"d", "10000"},
                                   {"learning_rate", "0.1"},        {"noise", "0.01"}};
    wick_problem *problem = NULL;
    wick_status status = wick_problem_alloc(context, &problem);
    for (size_t i = 0; status == WICK_OK && i < sizeof keys / sizeof *keys; i++)
        status = wick_problem_set(context, problem, keys[i][0], keys[i][1]);
    if (status == WICK_OK) status = wick_system_compile(context, problem, &one->system);
    wick_context_walk(context, 1);
    if (status == WICK_OK) status = wick_system_compile(context, problem, &one->walked);
    wick_context_walk(context, 0);
    if (status != WICK_OK) printf("%s: %s\n", wick_status_text(status), wick_context_message(context));
    const int fine = status == WICK_OK && wick_emitted_open(context, problem, &one->emitted);
    wick_problem_free(problem);
    if (!fine) return 0;

    one->dimension = wick_system_dimension(one->system);
    one->state = malloc(one->dimension * sizeof *one->state);
    one->work = malloc(one->emitted.work_size * sizeof *one->work);
    for (int way = 0; way < WAYS; way++) one->drift[way] = calloc(one->dimension, sizeof(double));
    one->textbook = (wick_textbook){.p = p, .k = k, .degree = act->degree, .gamma = 0.1, .Delta = 0.01};
    memcpy(one->textbook.coefficient, act->coefficient, sizeof act->coefficient);
    if (!too_long_for_textbook(act->degree, p))
        one->textbook.work = malloc(wick_textbook_work(&one->textbook) * sizeof(double));
    return one->state && one->work && one->drift[JIT] && one->drift[WALKED] && one->drift[EMITTED] && one->drift[TEXTBOOK] &&
           wick_system_initial_state(context, one->system, one->state) == WICK_OK;
}

static void release(contest *one)
{
    wick_system_free(one->system);
    wick_system_free(one->walked);
    wick_emitted_close(&one->emitted);
    free(one->textbook.work);
    free(one->state);
    free(one->work);
    for (int way = 0; way < WAYS; way++) free(one->drift[way]);
}

static void print_row(const activation *act, size_t p, size_t k, const contest *one, const double seconds[WAYS])
{
    printf("%-8s %4zu %2zu  %12.3f  %10.2f  %12.3f  %7.2f", act->activation, p, k, 1e6 * seconds[JIT],
           seconds[WALKED] / seconds[JIT], 1e6 * seconds[EMITTED], seconds[JIT] / seconds[EMITTED]);
    if (one->textbook.work)
        printf("  %12.3f  %9.1f", 1e6 * seconds[TEXTBOOK], seconds[TEXTBOOK] / seconds[JIT]);
    else
        printf("  %12s  %9s", "-", "-");
    printf("  %8.1e\n", fmax(difference(one, EMITTED), one->textbook.work ? difference(one, TEXTBOOK) : 0));
    fflush(stdout);
}

static int run_row(wick_context *context, const activation *act, size_t p, size_t k, double budget)
{
    contest one = {0};
    double seconds[WAYS];
    int fine = prepare(context, act, p, k, &one);
    if (fine) {
        race(&one, budget, seconds);
        print_row(act, p, k, &one, seconds);
        fine = difference(&one, WALKED) == 0 && difference(&one, EMITTED) < 1e-10 &&
               (!one.textbook.work || difference(&one, TEXTBOOK) < 1e-10);
        if (!fine) printf("the drifts differ\n");
    }
    release(&one);
    return fine;
}

static int run_drifts(wick_context *context, double budget)
{
    static const size_t sizes[] = {8, 4, 32, 128, 512};
    printf("One drift, high-dimensional regime, second layer fixed; times in us, medians.\n\n");
    printf("%-8s %4s %2s  %12s  %10s  %12s  %7s  %12s  %9s  %8s\n", "", "p", "k", "wick, JIT", "walked/JIT", "emitted, gcc",
           "JIT/gcc", "textbook", "book/JIT", "differ");
    int fine = 1;
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
            fine = run_row(context, &activations[i], sizes[j], 4, budget) && fine;
    return fine;
}

/* ---- From process start to the first drift ----------------------------------------------------------------------- */

static const char *const stages[] = {"derive", "plan", "emit", "compile", "initial state", "ready", "first drift", "total"};

enum { STAGES = sizeof stages / sizeof *stages, STARTS = 11 };

/* Reads "wick: STAGE   12.345 ms". */
static void read_stage(const char *line, double times[STAGES])
{
    const char *prefix = "wick: ";
    if (strncmp(line, prefix, strlen(prefix)) != 0) return;
    line += strlen(prefix);
    for (size_t i = 0; i < STAGES; i++)
        if (strncmp(line, stages[i], strlen(stages[i])) == 0) times[i] = strtod(line + strlen(stages[i]), NULL);
}

/* Runs the command once; *wall is from before the fork until it is gone, in ms as all others. */
static int start_once(const activation *act, size_t p, double times[STAGES], double *wall)
{
    char command[COMMAND_SIZE], line[256];
    snprintf(command, sizeof command,
             "exec '%s' eval --activation '%s' --p %zu --k 4 --d 10000 --learning-rate 0.1 --timings -o /dev/null 2>&1",
             WICK_COMMAND, act->activation, p);
    for (size_t i = 0; i < STAGES; i++) times[i] = NAN;
    const double start = wick_seconds();
    FILE *output = popen(command, "r");
    if (!output) return 0;
    while (fgets(line, sizeof line, output)) read_stage(line, times);
    const int status = pclose(output);
    *wall = 1e3 * (wick_seconds() - start);
    for (size_t i = 0; i < STAGES; i++)
        if (isnan(times[i])) return 0;
    return status == 0;
}

static int run_start(const activation *act, size_t p)
{
    double all[STAGES + 1][STARTS], times[STAGES], wall;
    for (size_t i = 0; i < STARTS; i++) {
        if (!start_once(act, p, times, &wall)) {
            printf("the command failed\n");
            return 0;
        }
        for (size_t stage = 0; stage < STAGES; stage++) all[stage][i] = times[stage];
        all[STAGES][i] = wall;
    }
    printf("%-8s %4zu", act->activation, p);
    for (size_t stage = 0; stage <= STAGES; stage++) printf("  %13.3f", wick_bench_median(all[stage], STARTS));
    printf("\n");
    fflush(stdout);
    return 1;
}

static int run_starts(void)
{
    static const size_t sizes[] = {4, 64, 512};
    printf("\nFrom process start to the first drift, wick eval, k = 4, d = 10000; times in ms, medians of %d.\n\n", STARTS);
    printf("%-8s %4s", "", "p");
    for (size_t stage = 0; stage < STAGES; stage++) printf("  %13s", stages[stage]);
    printf("  %13s\n", "whole process");
    int fine = 1;
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) fine = run_start(&activations[i], sizes[j]) && fine;
    return fine;
}

/* ---- The quickstart ---------------------------------------------------------------------------------------------- */

static int add_point(void *user, const wick_point *point)
{
    (void)user;
    checksum += point->risk;
    return 0;
}

static int run_quickstart(wick_context *context)
{
    enum { RUNS = 11 };
    double seconds[RUNS];
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    wick_report report = {0};
    wick_status status = wick_problem_alloc(context, &problem);
    if (status == WICK_OK) status = wick_problem_read_file(context, problem, WICK_SOURCE_DIR "/examples/quickstart.json");
    if (status == WICK_OK) status = wick_system_compile(context, problem, &system);
    for (size_t i = 0; status == WICK_OK && i < RUNS; i++) {
        status = wick_integrate(context, problem, system, add_point, NULL, NULL, &report);
        seconds[i] = report.seconds;
    }
    if (status == WICK_OK)
        printf("\nThe quickstart's integration: %.2f ms (promised: under 100), %zu steps, %zu drifts\n",
               1e3 * wick_bench_median(seconds, RUNS), report.steps, report.drift_evaluations);
    else
        printf("\nThe quickstart failed: %s\n", wick_context_message(context));
    wick_system_free(system);
    wick_problem_free(problem);
    return status == WICK_OK;
}

int main(int argc, char **argv)
{
    const double budget = argc > 1 ? strtod(argv[1], NULL) : 0.5;
    wick_context *context = wick_context_alloc();
    if (!context || !(budget > 0)) return 1;
    int fine = run_drifts(context, budget);
    fine = run_starts() && fine;
    fine = run_quickstart(context) && fine;
    printf("Checksum: %.17g\n", checksum);
    wick_context_free(context);
    return fine ? 0 : 1;
}

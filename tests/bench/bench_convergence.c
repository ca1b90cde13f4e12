/* How the mean field is approached: the distance of its curves from those of the classical gradient flow as the student
 * grows wide, and of those of infinite dimension from those of dimension d as d grows. README.md explains the tables.
 *
 *   bench_convergence [STATES]    averages over that many initial states, more of narrow students (default 8)
 */
#include <gsl/gsl_cblas.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wick/wick.h"

enum { TARGETS = 2, POINTS = 20, ROWS_LIMIT = 8, WIDTH_OF_D = 2000, STATES = 8 };

static void stop(const char *what)
{
    fprintf(stderr, "bench_convergence: %s\n", what);
    exit(1);
}

static double *allocate(size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);
    if (!numbers) stop("out of memory");
    return numbers;
}

/* ---- Curves ------------------------------------------------------------------------------------------------------- */

/* Overlaps of one initial state, with P = I; Q or q. */
typedef struct {
    size_t p;
    double *M, *Q, *q;
} initial;

typedef struct {
    size_t overlaps;         /* p k */
    double risk[POINTS], *M; /* POINTS x overlaps */
} curve;

static int keep(void *user, const wick_point *point)
{
    curve *result = user;
    result->risk[point->index] = point->excess_risk;
    memcpy(result->M + point->index * result->overlaps, point->state, result->overlaps * sizeof(double));
    return 0;
}

/* Runs `problem`, a JSON text, from the initial state. */
static curve run(const char *problem_text, const initial *from)
{
    curve result = {.overlaps = from->p * TARGETS, .M = allocate(POINTS * from->p * TARGETS)};
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    if (wick_problem_alloc(context, &problem) || wick_problem_read_json(context, problem, problem_text, NULL) ||
        wick_problem_set_matrix(context, problem, "M", from->M, from->p, TARGETS) ||
        (from->Q && wick_problem_set_matrix(context, problem, "Q", from->Q, from->p, from->p)) ||
        (from->q && wick_problem_set_matrix(context, problem, "q", from->q, 1, from->p)) ||
        wick_system_compile(context, problem, &system) ||
        wick_integrate(context, problem, system, keep, NULL, &result, NULL))
        stop(wick_context_message(context));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return result;
}

typedef struct {
    double risk; /* largest |difference| over the times, relative to the risk at the first */
    double M;    /* root mean square over times and entries */
} distance;

static distance compare(const curve *one, const curve *other)
{
    distance d = {0};
    for (size_t i = 0; i < POINTS; ++i) d.risk = fmax(d.risk, fabs(one->risk[i] - other->risk[i]) / other->risk[0]);
    for (size_t i = 0; i < POINTS * one->overlaps; ++i) d.M += pow(one->M[i] - other->M[i], 2);
    d.M = sqrt(d.M / (double)(POINTS * one->overlaps));
    return d;
}

/* ---- Tables ------------------------------------------------------------------------------------------------------- */

typedef struct {
    size_t count;
    double size[ROWS_LIMIT];
    distance mean[ROWS_LIMIT]; /* root mean square over the seeds */
} table;

static void add_row(table *rows, double size, double risk_squares, double M_squares, size_t seeds)
{
    const distance mean = {sqrt(risk_squares / (double)seeds), sqrt(M_squares / (double)seeds)};
    rows->size[rows->count] = size;
    rows->mean[rows->count++] = mean;
    printf("  %8.0f   %12.3e   %12.3e\n", size, mean.risk, mean.M);
    fflush(stdout);
}

/* The slope of a straight line through the points. */
static double slope(const double *x, const double *y, size_t count)
{
    double constant, result, covariances[3], residue;
    gsl_fit_linear(x, 1, y, 1, count, &constant, &result, &covariances[0], &covariances[1], &covariances[2], &residue);
    return result;
}

/* Of the rows from `first` on: the first ones are too coarse to show the law. */
static void print_exponents(const table *rows, size_t first)
{
    const size_t count = rows->count - first;
    double size[ROWS_LIMIT], risk[ROWS_LIMIT], M[ROWS_LIMIT];
    for (size_t i = 0; i < count; ++i) {
        size[i] = log(rows->size[first + i]);
        risk[i] = log(rows->mean[first + i].risk);
        M[i] = log(rows->mean[first + i].M);
    }
    printf("  exponent   %12.3f   %12.3f   from %.0f on\n\n", slope(size, risk, count), slope(size, M, count),
           rows->size[first]);
}

static const char *problem_text(const char *activation, const char *regime, double d, char text[512])
{
    char dimension[64] = "";
    if (d > 0) snprintf(dimension, sizeof dimension, "\"d\": %.0f, ", d);
    snprintf(text, 512,
             "{\"activation\": \"%s\", \"regime\": \"%s\", \"learning_rate\": 1, %s"
             "\"time\": {\"end\": 1, \"points\": %d, \"spacing\": \"linear\"}, "
             "\"integrator\": {\"method\": \"rkck\", \"rtol\": 1e-7, \"atol\": 1e-10}}",
             activation, regime, dimension, POINTS);
    return text;
}

/* ---- Wide students ------------------------------------------------------------------------------------------------- */

/* Q = W W^T / d and M = W W*^T / d of Gaussian weights and the orthogonal target sqrt(d) e_r. */
static initial draw_weights(gsl_rng *rng, size_t p, size_t d)
{
    const initial made = {.p = p, .M = allocate(p * TARGETS), .Q = allocate(p * p)};
    double *W = allocate(p * d);
    for (size_t i = 0; i < p * d; ++i) W[i] = gsl_ran_gaussian(rng, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)p, (int)p, (int)d, 1 / (double)d, W, (int)d, W, (int)d, 0,
                made.Q, (int)p);
    for (size_t j = 0; j < p; ++j)
        for (size_t r = 0; r < TARGETS; ++r) made.M[j * TARGETS + r] = W[j * d + r] / sqrt((double)d);
    free(W);
    return made;
}

static void measure_width(gsl_rng *rng, const char *activation, size_t seeds, size_t d)
{
    char text[512];
    table rows = {0};
    printf("mean-field against classical, %s, k = %d, d = %zu, t <= 1, %zu initial weights or more\n", activation, TARGETS,
           d, seeds);
    printf("  %8s   %12s   %12s\n", "p", "risk", "M");
    for (size_t p = 16; p <= 512; p *= 2) {
        const size_t states = seeds * (p < 64 ? 8 : 512 / p); /* narrow students are cheap */
        double risk = 0, M = 0;
        for (size_t i = 0; i < states; ++i) {
            initial from = draw_weights(rng, p, d);
            curve exact = run(problem_text(activation, "classical", 0, text), &from);
            curve mean = run(problem_text(activation, "mean-field", (double)d, text), &from); /* q from the same Q */
            const distance between = compare(&mean, &exact);
            risk += between.risk * between.risk;
            M += between.M * between.M;
            free(exact.M);
            free(mean.M);
            free(from.M);
            free(from.Q);
        }
        add_row(&rows, (double)p, risk, M, states);
    }
    print_exponents(&rows, 2);
}

/* ---- High dimension ------------------------------------------------------------------------------------------------ */

/* One state for every d, so that nothing but the average over xi differs. */
static initial draw_overlaps(gsl_rng *rng, size_t p)
{
    const initial made = {.p = p, .M = allocate(p * TARGETS), .q = allocate(p)};
    for (size_t i = 0; i < p * TARGETS; ++i) made.M[i] = gsl_ran_gaussian(rng, 0.3);
    for (size_t j = 0; j < p; ++j) made.q[j] = 0.5 + gsl_rng_uniform(rng);
    return made;
}

static void measure_dimension(gsl_rng *rng, const char *activation)
{
    static const double dimensions[] = {3, 10, 30, 100, 300, 1000};
    char text[512];
    table rows = {0};
    initial from = draw_overlaps(rng, WIDTH_OF_D);
    curve limit = run(problem_text(activation, "mean-field-high-d", 0, text), &from);
    printf("mean-field-high-d against mean-field, %s, k = %d, p = %d, t <= 1, one initial state\n", activation, TARGETS,
           WIDTH_OF_D);
    printf("  %8s   %12s   %12s\n", "d - k", "risk", "M");
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; ++i) {
        curve finite = run(problem_text(activation, "mean-field", dimensions[i], text), &from);
        const distance between = compare(&limit, &finite);
        add_row(&rows, dimensions[i] - TARGETS, between.risk * between.risk, between.M * between.M, 1);
        free(finite.M);
    }
    print_exponents(&rows, 2);
    free(limit.M);
    free(from.M);
    free(from.q);
}

int main(int count, char **arguments)
{
    static const char *const activations[] = {"x^2", "x + x^3/6"};
    const long states = count > 1 ? strtol(arguments[1], NULL, 10) : STATES;
    if (states < 1) stop("the number of initial states must be at least 1");
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) stop("out of memory");
    for (size_t i = 0; i < 2; ++i) measure_width(rng, activations[i], (size_t)states, 5);
    for (size_t i = 0; i < 2; ++i) measure_dimension(rng, activations[i]);
    gsl_rng_free(rng);
    return 0;
}

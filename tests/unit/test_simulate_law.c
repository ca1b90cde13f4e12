/* The law of the simulated processes: both engines against each other, to one in a hundred, and against SGD written out in
 * plain loops, to three. The seeds are fixed. A chi-square with one degree of freedom too many, of 0.97 times the size or
 * left out makes these tests fail.
 *
 * Standard errors are those of the samples themselves, and how small they must be is tested, too. After 1 and 10 steps a
 * difference of 1 % between variances is three of them or more; after 1000 steps, each of 0.1 us, one, and
 *
 *     WICK_LAW_RUNS=8 build/tests/test_simulate_law
 *
 * takes eight times as many runs, and minutes, to make it three there, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "simulate/process.h"
#include "support.h"

/* ---- A small problem in R^6: two students, one target ------------------------------------------------------------ */

enum { D = 6, P = 2, K = 1, DIMENSION = P * K + P * (P + 1) / 2, WITH_A = DIMENSION + P };

static const double pi = 3.14159265358979323846;

/* Moments of high order, and so the runs needed, depend much on these: for the square, few steps need much noise. */
typedef struct {
    bool is_erf, trained;
    double gamma, Delta;
    double student, target; /* standard deviations of the weights */
} setting;

static const setting square_few_steps = {.gamma = 0.05, .Delta = 4, .student = 0.8, .target = 0.3},
                     square_many_steps = {.gamma = 0.05, .Delta = 0.5, .student = 0.8, .target = 0.5},
                     square_trained = {.trained = true, .gamma = 0.05, .Delta = 0.5, .student = 0.8, .target = 0.5},
                     erf_fixed = {.is_erf = true, .gamma = 1, .Delta = 0.5, .student = 0.3, .target = 0.5},
                     erf_trained = {
                         .is_erf = true, .trained = true, .gamma = 1, .Delta = 0.5, .student = 0.3, .target = 0.5};

typedef struct {
    double W[P][D], W_star[D], a[P];
} weights;

/* x^2, or erf(x / sqrt 2). */
static double s(bool is_erf, double x) { return is_erf ? erf(x / sqrt(2)) : x * x; }
static double ds(bool is_erf, double x) { return is_erf ? sqrt(2 / pi) * exp(-x * x / 2) : 2 * x; }

static weights start_weights(const setting *of)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 11);
    weights at = {.a = {1, 0.8}};
    for (size_t i = 0; i < D; ++i) at.W_star[i] = of->target * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j)
        for (size_t i = 0; i < D; ++i) at.W[j][i] = of->student * gsl_ran_ugaussian(rng);
    gsl_rng_free(rng);
    return at;
}

static double dot(const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < D; ++i) sum += x[i] * y[i];
    return sum;
}

static void take_overlaps(const weights *at, double *state)
{
    for (size_t j = 0; j < P; ++j) *state++ = dot(at->W[j], at->W_star) / D;
    for (size_t j = 0; j < P; ++j)
        for (size_t l = j; l < P; ++l) *state++ = dot(at->W[j], at->W[l]) / D;
    memcpy(state, at->a, sizeof at->a);
}

static size_t dimension_of(const setting *of) { return of->trained ? WITH_A : DIMENSION; }

/* One step as THEORY's section 1 has it, x ~ N(0, I/d). */
static void plain_step(gsl_rng *rng, const setting *of, weights *at)
{
    double x[D], l[P], E, student = 0;
    for (size_t i = 0; i < D; ++i) x[i] = gsl_ran_ugaussian(rng) / sqrt(D);
    for (size_t j = 0; j < P; ++j) {
        l[j] = dot(at->W[j], x);
        student += at->a[j] * s(of->is_erf, l[j]) / P;
    }
    E = s(of->is_erf, dot(at->W_star, x)) - student + sqrt(of->Delta) * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j) {
        const double a = at->a[j];
        if (of->trained) at->a[j] += of->gamma / (P * D) * s(of->is_erf, l[j]) * E;
        for (size_t i = 0; i < D; ++i) at->W[j][i] += of->gamma / P * a * ds(of->is_erf, l[j]) * E * x[i];
    }
}

static void set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    assert_int_equal(wick_problem_set(context, problem, key, text), WICK_OK);
}

static wick_problem *small_problem(wick_context *context, const setting *of)
{
    const weights at = start_weights(of);
    double state[WITH_A], target = dot(at.W_star, at.W_star) / D;
    take_overlaps(&at, state);
    const double Q[] = {state[2], state[3], state[3], state[4]};
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "activation", "x^2"), WICK_OK); /* does not matter here */
    assert_int_equal(wick_problem_set(context, problem, "second_layer", of->trained ? "trained" : "fixed"), WICK_OK);
    set_number(context, problem, "d", D);
    set_number(context, problem, "learning_rate", of->gamma);
    set_number(context, problem, "noise", of->Delta);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", state, P, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", Q, P, P), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", &target, K, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a", at.a, 1, P), WICK_OK);
    return problem;
}

static void evaluate(const void *self, size_t count, const double *x, double *scratch, double *value, double *slope)
{
    const bool is_erf = *(const bool *)self;
    (void)scratch;
    for (size_t i = 0; i < count; ++i) {
        value[i] = s(is_erf, x[i]);
        if (slope) slope[i] = ds(is_erf, x[i]);
    }
}

static wick_process make_process(wick_context *context, wick_problem *problem, bool is_erf, bool all_columns)
{
    static bool kinds[] = {false, true};
    const wick_scalar_function function = {.evaluate = evaluate, .self = &kinds[is_erf]};
    wick_process process;
    assert_int_equal(wick_problem_check(context, problem, WICK_FOR_RUN), WICK_OK);
    assert_int_equal(wick_process_make(context, problem, function, function, all_columns, &process), WICK_OK);
    return process;
}

/* ---- Moments ------------------------------------------------------------------------------------------------------- */

/* Sums of powers of each order parameter, about its value at the start. */
typedef struct {
    double count, sum[WITH_A][4];
} moments;

static void add(moments *to, const double *state, const double *center, size_t dimension)
{
    to->count += 1;
    for (size_t i = 0; i < dimension; ++i) {
        double power = 1;
        for (size_t m = 0; m < 4; ++m) to->sum[i][m] += power *= state[i] - center[i];
    }
}

static void merge(moments *to, const moments *from)
{
    to->count += from->count;
    for (size_t i = 0; i < WITH_A; ++i)
        for (size_t m = 0; m < 4; ++m) to->sum[i][m] += from->sum[i][m];
}

static double mean(const moments *of, size_t i) { return of->sum[i][0] / of->count; }

static double central(const moments *of, size_t i, int order)
{
    const double n = of->count, m1 = of->sum[i][0] / n, m2 = of->sum[i][1] / n, m3 = of->sum[i][2] / n,
                 m4 = of->sum[i][3] / n;
    if (order == 2) return m2 - m1 * m1;
    return m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1;
}

static double mean_error(const moments *of, size_t i) { return sqrt(central(of, i, 2) / of->count); }

static double variance_error(const moments *of, size_t i)
{
    return sqrt((central(of, i, 4) - pow(central(of, i, 2), 2)) / of->count);
}

/* Of the ratio of the variances. */
static double ratio_error(const moments *a, const moments *b, size_t i)
{
    return hypot(variance_error(a, i) / central(a, i, 2), variance_error(b, i) / central(b, i, 2));
}

/* Differences are at most four standard errors; and these at most `resolution` of what is compared, means against the larger
 * of their distance from the start and their standard deviation. */
static void compare(const char *what, const moments *a, const moments *b, size_t dimension, double resolution)
{
    static const double allowed = 4;
    for (size_t i = 0; i < dimension; ++i) {
        const double mean_errors = hypot(mean_error(a, i), mean_error(b, i)),
                     variance_errors = hypot(variance_error(a, i), variance_error(b, i)),
                     means = (mean(a, i) - mean(b, i)) / mean_errors,
                     variances = (central(a, i, 2) - central(b, i, 2)) / variance_errors;
        if (fabs(means) > allowed || fabs(variances) > allowed)
            fail_msg("%s, order parameter %zu: means %g and %g (%.1f errors), variances %g and %g (%.1f errors)", what, i,
                     mean(a, i), mean(b, i), means, central(a, i, 2), central(b, i, 2), variances);
        if (mean_errors > resolution * fmax(fabs(mean(a, i)), sqrt(central(a, i, 2))) || ratio_error(a, b, i) > resolution)
            fail_msg(
                "%s, order parameter %zu: too few runs: standard errors %g of the mean %g, %g of the ratio of variances",
                what, i, mean_errors, mean(a, i), ratio_error(a, b, i));
    }
}

/* ---- Laws ---------------------------------------------------------------------------------------------------------- */

/* Runs are shared out to blocks, each with a stream of its own, and these to the processors. */
enum { BLOCKS = 32 };

typedef bool (*block_walk)(const void *self, const setting *of, size_t steps, size_t runs, unsigned long seed,
                           moments *found);

static moments sum_of_blocks(block_walk walk, const void *self, const setting *of, size_t steps, size_t runs,
                             unsigned long seed)
{
    moments found = {0}, block[BLOCKS] = {{0}};
    bool walked[BLOCKS];
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < BLOCKS; ++i)
        walked[i] = walk(self, of, steps, runs / BLOCKS + 1, wick_chain_seed(seed, i), &block[i]);
    for (size_t i = 0; i < BLOCKS; ++i) {
        assert_true(walked[i]);
        merge(&found, &block[i]);
    }
    return found;
}

static bool walk_plainly(const void *self, const setting *of, size_t steps, size_t runs, unsigned long seed, moments *found)
{
    (void)self;
    const weights start = start_weights(of);
    double center[WITH_A], state[WITH_A];
    take_overlaps(&start, center);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    for (size_t run = 0; run < runs; ++run) {
        weights at = start;
        for (size_t i = 0; i < steps; ++i) plain_step(rng, of, &at);
        take_overlaps(&at, state);
        add(found, state, center, dimension_of(of));
    }
    gsl_rng_free(rng);
    return true;
}

static bool walk_engine(const void *self, const setting *of, size_t steps, size_t runs, unsigned long seed, moments *found)
{
    const weights start = start_weights(of);
    double center[WITH_A], state[WITH_A];
    take_overlaps(&start, center);
    wick_chain *chain = wick_chain_alloc(self, seed);
    bool walked = chain != NULL;
    for (size_t run = 0; run < runs && walked; ++run, wick_chain_restart(chain)) {
        walked = wick_chain_walk(chain, steps);
        wick_chain_state(chain, state);
        add(found, state, center, dimension_of(of));
    }
    wick_chain_free(chain);
    return walked;
}

/* How many times the usual number of runs are taken. */
static double runs_factor(void)
{
    const char *asked = getenv("WICK_LAW_RUNS");
    if (asked) return strtod(asked, NULL);
    return wick_test_is_sanitized() ? 0.1 : 1;
}

/* `resolution` is that of the engines with the usual number of runs. */
static void check_law(const setting *of, size_t steps, size_t plain_runs, size_t engine_runs, double resolution)
{
    const double factor = runs_factor();
    const size_t dimension = dimension_of(of), runs = (size_t)(factor * (double)engine_runs);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = small_problem(context, of);
    wick_process sgd = make_process(context, problem, of->is_erf, true),
                 overlap = make_process(context, problem, of->is_erf, false);
    assert_int_equal(sgd.capacity, D);
    assert_true(overlap.capacity < D); /* so that the rest of x, chi-square, is there in every step */
    const moments plain = sum_of_blocks(walk_plainly, NULL, of, steps, (size_t)(factor * (double)plain_runs), 5),
                  of_sgd = sum_of_blocks(walk_engine, &sgd, of, steps, runs, 1),
                  of_overlap = sum_of_blocks(walk_engine, &overlap, of, steps, runs, 2);
    compare("SGD in plain loops and engine sgd", &plain, &of_sgd, dimension, 0.03 / sqrt(factor));
    compare("SGD in plain loops and engine overlap", &plain, &of_overlap, dimension, 0.03 / sqrt(factor));
    compare("engines sgd and overlap", &of_sgd, &of_overlap, dimension, resolution / sqrt(factor));
    wick_process_clear(&sgd);
    wick_process_clear(&overlap);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_square_1_step(void **state)
{
    (void)state;
    check_law(&square_few_steps, 1, 1000000, 9000000, 0.0033);
}

static void test_square_10_steps(void **state)
{
    (void)state;
    check_law(&square_few_steps, 10, 100000, 1500000, 0.0033);
}

static void test_square_1000_steps(void **state)
{
    (void)state;
    check_law(&square_many_steps, 1000, 10000, 56000, 0.0099);
}

static void test_square_second_layer_trained(void **state)
{
    (void)state;
    check_law(&square_trained, 30, 100000, 100000, 0.03);
}

static void test_erf_1_step(void **state)
{
    (void)state;
    check_law(&erf_fixed, 1, 300000, 5000000, 0.0033);
}

static void test_erf_10_steps(void **state)
{
    (void)state;
    check_law(&erf_fixed, 10, 100000, 800000, 0.0033);
}

static void test_erf_1000_steps(void **state)
{
    (void)state;
    check_law(&erf_trained, 1000, 10000, 60000, 0.0099);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_square_1_step),     cmocka_unit_test(test_square_10_steps),
        cmocka_unit_test(test_square_1000_steps), cmocka_unit_test(test_square_second_layer_trained),
        cmocka_unit_test(test_erf_1_step),        cmocka_unit_test(test_erf_10_steps),
        cmocka_unit_test(test_erf_1000_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

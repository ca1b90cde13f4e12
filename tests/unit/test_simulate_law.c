/* The law of the simulated processes: both engines against each other and against SGD written out in plain loops. The seeds
 * are fixed. A chi-square with one degree of freedom too many, of half the size or left out makes these tests fail. */
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

static const double pi = 3.14159265358979323846, gamma_ = 0.1, Delta = 0.5;

typedef struct {
    double W[P][D], W_star[D], a[P];
    bool trained, is_erf;
} weights;

/* x^2, or erf(x / sqrt 2). */
static double s(bool is_erf, double x) { return is_erf ? erf(x / sqrt(2)) : x * x; }
static double ds(bool is_erf, double x) { return is_erf ? sqrt(2 / pi) * exp(-x * x / 2) : 2 * x; }

static weights start_weights(bool trained, bool is_erf)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 11);
    weights at = {.a = {1, 0.8}, .trained = trained, .is_erf = is_erf};
    for (size_t i = 0; i < D; ++i) at.W_star[i] = 0.5 * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j)
        for (size_t i = 0; i < D; ++i) at.W[j][i] = 0.3 * gsl_ran_ugaussian(rng);
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
    if (at->trained) memcpy(state, at->a, sizeof at->a);
}

/* One step as THEORY's section 1 has it, x ~ N(0, I/d). */
static void plain_step(gsl_rng *rng, weights *at)
{
    double x[D], l[P], E, student = 0;
    for (size_t i = 0; i < D; ++i) x[i] = gsl_ran_ugaussian(rng) / sqrt(D);
    for (size_t j = 0; j < P; ++j) {
        l[j] = dot(at->W[j], x);
        student += at->a[j] * s(at->is_erf, l[j]) / P;
    }
    E = s(at->is_erf, dot(at->W_star, x)) - student + sqrt(Delta) * gsl_ran_ugaussian(rng);
    for (size_t j = 0; j < P; ++j) {
        const double a = at->a[j];
        if (at->trained) at->a[j] += gamma_ / (P * D) * s(at->is_erf, l[j]) * E;
        for (size_t i = 0; i < D; ++i) at->W[j][i] += gamma_ / P * a * ds(at->is_erf, l[j]) * E * x[i];
    }
}

static wick_problem *small_problem(wick_context *context, bool trained)
{
    const weights at = start_weights(trained, false); /* the activation does not matter here */
    double state[WITH_A], target = dot(at.W_star, at.W_star) / D;
    take_overlaps(&at, state);
    const double Q[] = {state[2], state[3], state[3], state[4]};
    wick_problem *problem;
    char text[64];
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "activation", "x^2"), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "second_layer", trained ? "trained" : "fixed"), WICK_OK);
    snprintf(text, sizeof text, "%d", D);
    assert_int_equal(wick_problem_set(context, problem, "d", text), WICK_OK);
    snprintf(text, sizeof text, "%.17g", gamma_);
    assert_int_equal(wick_problem_set(context, problem, "learning_rate", text), WICK_OK);
    snprintf(text, sizeof text, "%.17g", Delta);
    assert_int_equal(wick_problem_set(context, problem, "noise", text), WICK_OK);
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

/* Some 60 comparisons are made: one beyond four and a half standard errors has a chance of 4e-4, and the seeds are fixed. */
static const double allowed = 4.5;

static void compare(const char *what, const moments *a, const moments *b, size_t dimension)
{
    for (size_t i = 0; i < dimension; ++i) {
        const double means = (mean(a, i) - mean(b, i)) / hypot(mean_error(a, i), mean_error(b, i));
        const double variances = (central(a, i, 2) - central(b, i, 2)) / hypot(variance_error(a, i), variance_error(b, i));
        if (fabs(means) > allowed || fabs(variances) > allowed)
            fail_msg("%s, order parameter %zu: means %g and %g (%.1f errors), variances %g and %g (%.1f errors)", what, i,
                     mean(a, i), mean(b, i), means, central(a, i, 2), central(b, i, 2), variances);
    }
}

/* ---- Laws ---------------------------------------------------------------------------------------------------------- */

static moments plain_moments(size_t steps, size_t runs, bool trained, bool is_erf)
{
    moments found = {0};
    const weights start = start_weights(trained, is_erf);
    double center[WITH_A], state[WITH_A];
    take_overlaps(&start, center);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, 5);
    for (size_t run = 0; run < runs; ++run) {
        weights at = start;
        for (size_t i = 0; i < steps; ++i) plain_step(rng, &at);
        take_overlaps(&at, state);
        add(&found, state, center, trained ? WITH_A : DIMENSION);
    }
    gsl_rng_free(rng);
    return found;
}

static moments engine_moments(const wick_process *process, size_t steps, size_t runs, unsigned long seed)
{
    moments found = {0};
    const weights start = start_weights(process->trained, false);
    double center[WITH_A], state[WITH_A];
    take_overlaps(&start, center);
    wick_chain *chain = wick_chain_alloc(process, seed);
    for (size_t run = 0; run < runs; ++run, wick_chain_restart(chain)) {
        assert_true(wick_chain_walk(chain, steps));
        wick_chain_state(chain, state);
        add(&found, state, center, process->trained ? WITH_A : DIMENSION);
    }
    wick_chain_free(chain);
    return found;
}

static void check_law(size_t steps, size_t runs, bool trained, bool is_erf)
{
    const size_t dimension = trained ? WITH_A : DIMENSION;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = small_problem(context, trained);
    wick_process sgd = make_process(context, problem, is_erf, true), overlap = make_process(context, problem, is_erf, false);
    assert_int_equal(sgd.capacity, D);
    assert_true(overlap.capacity < D); /* so that the rest of x, chi-square, is there in every step */
    const moments plain = plain_moments(steps, runs, trained, is_erf), of_sgd = engine_moments(&sgd, steps, runs, 1),
                  of_overlap = engine_moments(&overlap, steps, runs, 2);
    compare("SGD in plain loops and engine sgd", &plain, &of_sgd, dimension);
    compare("SGD in plain loops and engine overlap", &plain, &of_overlap, dimension);
    compare("engines sgd and overlap", &of_sgd, &of_overlap, dimension);
    /* Enough runs to see errors of one in a hundred. */
    for (size_t i = 0; i < dimension; ++i) {
        assert_true(mean_error(&of_sgd, i) < 0.01 * sqrt(central(&of_sgd, i, 2)));
        assert_true(variance_error(&of_sgd, i) < 0.03 * central(&of_sgd, i, 2));
    }
    wick_process_clear(&sgd);
    wick_process_clear(&overlap);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_square_1_step(void **state)
{
    (void)state;
    check_law(1, 3000000, false, false);
}

static void test_square_10_steps(void **state)
{
    (void)state;
    check_law(10, 400000, false, false);
}

static void test_square_1000_steps(void **state)
{
    (void)state;
    check_law(1000, 20000, false, false);
}

static void test_square_second_layer_trained(void **state)
{
    (void)state;
    check_law(30, 100000, true, false);
}

static void test_erf_1_step(void **state)
{
    (void)state;
    check_law(1, 1000000, false, true);
}

static void test_erf_10_steps(void **state)
{
    (void)state;
    check_law(10, 100000, false, true);
}

static void test_erf_1000_steps(void **state)
{
    (void)state;
    check_law(1000, 15000, true, true);
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

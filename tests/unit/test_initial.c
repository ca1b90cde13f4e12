/* Initial states and output times: tolerances of given overlaps, the law of random ones, the grids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "problem/linear.h"
#include "problem/problem.h"
#include "support.h"

/* A checked problem of a text in which ' stands for ". */
static wick_problem *make(const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    assert_in_range(vsnprintf(text, sizeof text, format, arguments), 1, sizeof text - 1);
    va_end(arguments);
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    assert_non_null(context);
    if (wick_problem_alloc(context, &problem) != WICK_OK ||
        wick_problem_set(context, problem, "activation", "x") != WICK_OK ||
        wick_problem_set(context, problem, "learning_rate", "1") != WICK_OK ||
        wick_problem_read_json(context, problem, text, "text") != WICK_OK ||
        wick_problem_check(context, problem, WICK_FOR_RUN) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    wick_context_free(context);
    return problem;
}

/* The smallest eigenvalue of Omega. */
static double smallest(const wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    gsl_matrix *omega = gsl_matrix_alloc(n, n);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) gsl_matrix_set(omega, i, j, problem->Q[i * p + j]);
    for (size_t i = 0; i < p; i++)
        for (size_t r = 0; r < k; r++) {
            gsl_matrix_set(omega, i, p + r, problem->M[i * k + r]);
            gsl_matrix_set(omega, p + r, i, problem->M[i * k + r]);
        }
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s < k; s++) gsl_matrix_set(omega, p + r, p + s, problem->P[r * k + s]);
    gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symm(omega, values, workspace);
    const double found = gsl_vector_min(values);
    gsl_vector_free(values);
    gsl_eigen_symm_free(workspace);
    gsl_matrix_free(omega);
    return found;
}

static void test_linear(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const size_t sizes[] = {1, 2, 31, 32, 33, 64, 97, 150};
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        const size_t p = sizes[n];
        double *Q = malloc(p * p * sizeof *Q), *L = malloc(p * p * sizeof *L), M[1024], P[1];
        wick_test_random_overlaps(rng, p, 1, p + 7, Q, M, P);
        memcpy(L, Q, p * p * sizeof *Q);
        assert_true(wick_cholesky(L, p));
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j <= i; j++) {
                double product = 0;
                for (size_t l = 0; l <= j; l++) product += L[i * p + l] * L[j * p + l];
                assert_true(fabs(product - Q[i * p + j]) < 1e-13);
                if (j < i) assert_true(L[j * p + i] == Q[j * p + i]);
            }
        memcpy(L, Q, p * p * sizeof *Q);
        const double lowest = wick_smallest_eigenvalue(L, p);
        for (size_t sign = 0; sign < 2; sign++) {
            memcpy(L, Q, p * p * sizeof *Q);
            for (size_t i = 0; i < p; i++) L[i * p + i] -= lowest + (sign ? 1e-9 : -1e-9);
            assert_int_equal(wick_cholesky(L, p), sign == 0);
        }
        L[p * p - 1] = NAN;
        assert_false(wick_cholesky(L, p));
        free(Q), free(L);
    }
    gsl_rng_free(rng);
}

static void test_tolerances(void **state)
{
    (void)state;
    /* Symmetric within rounding: made exactly so. */
    wick_problem *problem = make("{'initial': {'Q': [[1, 0.5], [0.5000000000001, 1]], 'M': [[0], [0]]}}");
    assert_true(problem->Q[1] == problem->Q[2] && fabs(problem->Q[1] - 0.50000000000005) < 1e-16);
    wick_problem_free(problem);
    /* Singular matrices, within rounding and exactly, and all zero. */
    wick_problem_free(make("{'initial': {'Q': [[1, 1], [1, 0.99999999999]], 'M': [[1], [1]]}}"));
    wick_problem_free(make("{'initial': {'Q': [[0, 0], [0, 0]], 'M': [[0], [0]]}}"));
    wick_problem_free(make("{'initial': {'Q': [[0]], 'M': [[0]], 'P': [[0]]}}"));
    wick_problem_free(make("{'initial': {'Q': [[1e300, 0], [0, 1e300]], 'M': [[1e150], [0]]}}"));
}

/* q = diag(Q - M P^-1 M^T) against a case done by hand: P^-1 = [[2, -1], [-1, 2]] / 3 * 2 for P = [[1, 1/2], [1/2, 1]]. */
static void test_reduced(void **state)
{
    (void)state;
    const char *const initial = "'initial': {'Q': [[5, 9], [9, 7]], 'M': [[1, 2], [0.5, -1]], 'P': [[1, 0.5], [0.5, 1]]}";
    wick_problem *problem = make("{'regime': 'mean-field-high-d', %s}", initial);
    assert_null(problem->Q);
    assert_true(fabs(problem->q[0] - (5 - 4.0)) < 1e-14);     /* 4/3 (1 - 2 + 4) */
    assert_true(fabs(problem->q[1] - (7 - 7.0 / 3)) < 1e-14); /* 4/3 (1/4 + 1/2 + 1) */
    wick_problem_free(problem);
    /* q = 0 but for rounding; without room outside the target's space it is 0. */
    const char *const rounded =
        "{'regime': 'mean-field', 'd': %d, 'initial': {'Q': [[1.4285714285714287e-4]], 'M': [[0.01]], 'P': [[0.7]]}}";
    problem = make(rounded, 2);
    assert_true(problem->q[0] > 0 && problem->q[0] < 1e-19);
    wick_problem_free(problem);
    problem = make(rounded, 1);
    assert_true(problem->q[0] == 0);
    wick_problem_free(problem);
}

static void test_seeds(void **state)
{
    (void)state;
    const char *const text = "{'p': 5, 'k': 2, 'd': 9, 'regime': '%s', 'initial': {'random': {'seed': %d}}}";
    wick_problem *one = make(text, "classical", 3), *same = make(text, "high-dimensional", 3);
    wick_problem *other = make(text, "classical", 4), *reduced = make(text, "mean-field", 3);
    assert_memory_equal(one->Q, same->Q, 25 * sizeof(double));
    assert_memory_equal(one->M, same->M, 10 * sizeof(double));
    for (size_t i = 0; i < 25; i++) assert_true(one->Q[i] != other->Q[i]);
    /* The regimes that keep q start from the same weights. */
    assert_memory_equal(one->M, reduced->M, 10 * sizeof(double));
    for (size_t j = 0; j < 5; j++) {
        const double part = one->M[2 * j] * one->M[2 * j] + one->M[2 * j + 1] * one->M[2 * j + 1];
        assert_true(fabs(one->Q[6 * j] - part - reduced->q[j]) < 1e-14);
    }
    wick_problem_free(one), wick_problem_free(same), wick_problem_free(other), wick_problem_free(reduced);
}

/* d smaller than, equal to and larger than all sizes there are; an orthonormal target or not. */
static void test_random_shapes(void **state)
{
    (void)state;
    static const struct {
        int p, k, d, rank;
    } cases[] = {{6, 3, 3, 3},  {6, 3, 5, 5},       {2, 3, 5, 5}, {6, 3, 9, 9},
                 {6, 3, 40, 9}, {150, 3, 100, 100}, {1, 1, 1, 1}, {40, 2, 1000000, 42}};
    for (size_t n = 0; n < 2 * sizeof cases / sizeof *cases; n++) {
        const int p = cases[n / 2].p, k = cases[n / 2].k, d = cases[n / 2].d;
        wick_problem *problem = make("{'p': %d, 'k': %d, 'd': %d, 'initial': {'random': {'orthonormal_target': %s}}}", p, k,
                                     d, n % 2 ? "true" : "false");
        for (size_t r = 0; r < problem->k * problem->k && n % 2; r++)
            assert_true(problem->P[r] == (r % (problem->k + 1) == 0 ? 1 : 0));
        const double least = smallest(problem);
        assert_true(least > -1e-13);
        assert_int_equal(least < 1e-13, cases[n / 2].rank < p + k);
        for (size_t i = 0; i < problem->p; i++)
            for (size_t j = 0; j < problem->p; j++)
                assert_true(problem->Q[i * problem->p + j] == problem->Q[j * problem->p + i]);
        wick_problem_free(problem);
    }
    /* Fewer dimensions than targets: P has a kernel, and so has Omega. */
    wick_problem *problem = make("{'p': 2, 'k': 4, 'd': 3, 'initial': {'random': {'orthonormal_target': false}}}");
    assert_true(fabs(smallest(problem)) < 1e-14);
    wick_problem_free(problem);
}

/* Mean and variance over seeds of entries of M, Q (and P) against those of Gaussian weights: for rows w, w' of N(0, s^2)
 * entries in R^d, w w'/d has mean 0 and variance s^4/d, w w/d has mean s^2 and variance 2 s^4/d; q has d - k in place of the
 * first d. */
static void check_law(int d, int orthonormal)
{
    enum { SEEDS = 4000, P = 3, K = 2 };
    const double s = 1.5, k = K;
    const struct {
        double mean, variance;
    } expected[] = {
        {0, s * s / d},                                         /* M_12 */
        {s * s, 2 * pow(s, 4) / d},                             /* Q_33 */
        {0, pow(s, 4) / d},                                     /* Q_23 */
        {s * s * (d - k) / d, 2 * pow(s, 4) * (d - k) / d / d}, /* Q_33 less its part in the target's space */
        {1, orthonormal ? 0 : 2.0 / d},                         /* P_22 */
        {0, orthonormal ? 0 : 1.0 / d},                         /* P_12 */
    };
    enum { COUNT = sizeof expected / sizeof *expected };
    double sum[COUNT] = {0}, squares[COUNT] = {0};
    for (int seed = 1; seed <= SEEDS; seed++) {
        wick_problem *one =
            make("{'p': %d, 'k': %d, 'd': %d, 'time': {'points': 1}, 'initial': {'random': {'seed': %d, 'scale': "
                 "%g, 'orthonormal_target': %s}}}",
                 P, K, d, seed, s, orthonormal ? "true" : "false");
        const double *m = one->M + 2 * K, *T = one->P, determinant = T[0] * T[3] - T[1] * T[1];
        const double inside = (T[3] * m[0] * m[0] - 2 * T[1] * m[0] * m[1] + T[0] * m[1] * m[1]) / determinant;
        const double found[COUNT] = {one->M[1], one->Q[8], one->Q[5], one->Q[8] - inside, one->P[3], one->P[1]};
        for (size_t i = 0; i < COUNT; i++) sum[i] += found[i], squares[i] += found[i] * found[i];
        wick_problem_free(one);
    }
    for (size_t i = 0; i < COUNT; i++) {
        const double mean = sum[i] / SEEDS, variance = squares[i] / SEEDS - mean * mean;
        /* 5 standard errors of the mean; the variance has a larger kurtosis than a Gaussian's. */
        if (!(fabs(mean - expected[i].mean) <= 5 * sqrt(expected[i].variance / SEEDS) + 1e-12) ||
            !(fabs(variance - expected[i].variance) <= 0.2 * expected[i].variance + 1e-12))
            fail_msg("d = %d: entry %zu: mean %g and variance %g, expected %g and %g", d, i, mean, variance,
                     expected[i].mean, expected[i].variance);
    }
}

static void test_random_law(void **state)
{
    (void)state;
    check_law(4, 1);
    check_law(30, 1);
    check_law(30, 0);
}

static void check_grid(const wick_problem *problem, size_t count, double start, double end, bool logarithmic)
{
    assert_int_equal(problem->time_count, count);
    assert_true(problem->times[count - 1] == end);
    if (count > 1) assert_true(problem->times[0] == start);
    for (size_t i = 1; i + 1 < count; i++) {
        const double part = (double)i / (double)(count - 1);
        const double expected = logarithmic ? start * pow(end / start, part) : start + (end - start) * part;
        assert_true(fabs(problem->times[i] - expected) <= 1e-14 * end);
        assert_true(problem->times[i] > problem->times[i - 1] && problem->times[i] < problem->times[i + 1]);
    }
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        double start, end;
        bool logarithmic;
    } cases[] = {
        {"{}", 200, 100 / 1e6, 100, true},
        {"{'end': 1000, 'start': 1e-3}", 200, 1e-3, 1000, true},
        {"{'end': 0.3, 'points': 4, 'spacing': 'linear'}", 4, 0, 0.3, false},
        {"{'end': 7, 'points': 2}", 2, 7 / 1e6, 7, true},
        {"{'end': 7, 'points': 1}", 1, 0, 7, true},
        {"{'end': 0, 'points': 1, 'spacing': 'linear'}", 1, 0, 0, false},
        {"{'end': 3.3, 'start': 1.1, 'points': 1001, 'spacing': 'linear'}", 1001, 1.1, 3.3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wick_problem *problem = make("{'p': 1, 'k': 1, 'd': 9, 'time': %s}", cases[i].text);
        check_grid(problem, cases[i].count, cases[i].start, cases[i].end, cases[i].logarithmic);
        wick_problem_free(problem);
    }
    wick_problem *problem = make("{'p': 1, 'k': 1, 'd': 9, 'time': {'at': [0, 0.1, 7]}}");
    const double expected[] = {0, 0.1, 7};
    assert_int_equal(problem->time_count, 3);
    assert_memory_equal(problem->times, expected, sizeof expected);
    wick_problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear), cmocka_unit_test(test_tolerances),    cmocka_unit_test(test_reduced),
        cmocka_unit_test(test_seeds),  cmocka_unit_test(test_random_shapes), cmocka_unit_test(test_random_law),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

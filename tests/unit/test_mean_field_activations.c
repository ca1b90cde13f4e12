/* The mean field of activations that are no polynomials, against drifts of the full state: without xi (infinite d) the state
 * is one of the full system; with d = k + 1 the average is over signs; with two students it is over one xi, for any d.
 * Polynomials by quadrature meet their closed form; sums by tensors meet sums by pairs; errors stay within their estimate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "particles/sums.h"
#include "particles/variances.h"
#include "support.h"
#include "wick/wick.h"

enum { K = 2, WIDEST = 3, P_LIMIT = 300, STATE_LIMIT = P_LIMIT * (K + 1), FULL_LIMIT = 64 };

static const double noise = 0.25, rate = 0.5;

typedef struct {
    size_t p;
    double M[P_LIMIT * K], q[P_LIMIT], a[P_LIMIT];
} particles;

/* A target's P that is not the identity, and its inverse. */
static const double P[K * K] = {1.25, 0.5, 0.5, 0.75};
static const double inverse[K * K] = {0.75 / 0.6875, -0.5 / 0.6875, -0.5 / 0.6875, 1.25 / 0.6875};

/* Students of any length; the third lies in the target's space. */
static particles draw(gsl_rng *rng, size_t p)
{
    particles at = {.p = p};
    for (size_t i = 0; i < p * K; i++) at.M[i] = 0.5 * gsl_ran_gaussian(rng, 1);
    for (size_t i = 0; i < p; i++) at.q[i] = i == 2 ? 0 : pow(gsl_ran_gaussian(rng, 0.7), 2);
    for (size_t i = 0; i < p; i++) at.a[i] = 0.5 + gsl_rng_uniform(rng);
    return at;
}

static void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    if (wick_problem_set(context, problem, key, value) != WICK_OK)
        fail_msg("%s = %s: %s", key, value, wick_context_message(context));
}

static void set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    set(context, problem, key, text);
}

static wick_problem *make_problem(wick_context *context, const particles *at, const char *const *settings)
{
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set_number(context, problem, "learning_rate", rate);
    set_number(context, problem, "noise", noise);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", at->M, at->p, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", P, K, K), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a", at->a, 1, at->p), WICK_OK);
    for (; settings[0]; settings += 2) set(context, problem, settings[0], settings[1]);
    return problem;
}

/* The drift of the problem's initial state, and its excess risk at the end. */
static wick_accuracy evaluate(wick_context *context, wick_problem *problem, double *drift)
{
    wick_system *system;
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    const size_t dimension = wick_system_dimension(system);
    double *state = malloc(dimension * sizeof *state);
    assert_non_null(state);
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    assert_int_equal(wick_system_risk(system, state, NULL, &drift[dimension]), WICK_OK);
    const wick_accuracy accuracy = wick_system_accuracy(system);
    free(state);
    wick_system_free(system);
    return accuracy;
}

static wick_accuracy mean_field(const particles *at, double d, const char *const *settings, double *drift)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, at, settings);
    set(context, problem, "regime", isinf(d) ? "mean-field-high-d" : "mean-field");
    if (isfinite(d)) set_number(context, problem, "d", d);
    assert_int_equal(wick_problem_set_matrix(context, problem, "q", at->q, 1, at->p), WICK_OK);
    const wick_accuracy accuracy = evaluate(context, problem, drift);
    wick_problem_free(problem);
    wick_context_free(context);
    return accuracy;
}

/* ---- Against the full state -------------------------------------------------------------------------------------- */

static double inner(const double *x, const double *y)
{
    double sum = 0;
    for (size_t r = 0; r < K; r++)
        for (size_t s = 0; s < K; s++) sum += x[r] * inverse[r * K + s] * y[s];
    return sum;
}

/* Adds weight times dM, dq and the excess risk of the classical regime with noise at xi_il = xi[i * p + l]. */
static void add_full(const particles *at, const double *xi, double weight, const char *const *settings, double *sum)
{
    const size_t p = at->p, dimension = p * K + p * (p + 1) / 2;
    double Q[FULL_LIMIT], drift[FULL_LIMIT + 1];
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, at, settings);
    for (size_t i = 0; i < p; i++)
        for (size_t l = 0; l < p; l++)
            Q[i * p + l] = inner(at->M + i * K, at->M + l * K) + (i == l ? 1 : xi[i * p + l]) * sqrt(at->q[i] * at->q[l]);
    set(context, problem, "regime", "classical-noise");
    set(context, problem, "tol", "4e-9");
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", Q, p, p), WICK_OK);
    evaluate(context, problem, drift);
    for (size_t i = 0; i < p * K; i++) sum[i] += weight * drift[i];
    for (size_t i = 0, at_Q = p * K; i < p; at_Q += p - i, i++)
        sum[p * K + i] += weight * (drift[at_Q] - 2 * inner(at->M + i * K, drift + i * K));
    sum[p * (K + 1)] += weight * drift[dimension];
    wick_problem_free(problem);
    wick_context_free(context);
}

static void check(const char *what, const particles *at, const double *found, const double *expected, double tolerance)
{
    const size_t p = at->p;
    const double errors[3] = {wick_test_error(found, expected, p * K), wick_test_error(found + p * K, expected + p * K, p),
                              wick_test_error(found + p * (K + 1), expected + p * (K + 1), 1)};
    static const char *const names[3] = {"dM", "dq", "excess risk"};
    for (size_t i = 0; i < 3; i++)
        if (!(errors[i] < tolerance)) fail_msg("%s: %s: relative error %g", what, names[i], errors[i]);
}

static const char *const activations[][2] = {
    {"erf(x/sqrt(2))", "erf(x/sqrt(2))"}, {"tanh", "tanh"},          {"erf(x)", "x^2"},
    {"x*sigmoid(x)", "erf(x/2)/3"},       {"sin(x) + x^2/4", "cos"}, {"relu", "relu"},
    {"leaky_relu(x, 1/8)", "abs(x)"},     {"relu", "tanh"},          {"softplus", "x^3/6"}};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static void test_infinite_d(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        const char *const settings[] = {
            "activation", activations[i][0], "target_activation", activations[i][1], "tol", "1e-10", NULL};
        const particles at = draw(rng, 5);
        double found[FULL_LIMIT], expected[FULL_LIMIT] = {0}, xi[25] = {0};
        mean_field(&at, INFINITY, settings, found);
        add_full(&at, xi, 1, settings, expected);
        check(activations[i][0], &at, found, expected, 1e-8);
    }
    gsl_rng_free(rng);
}

static void test_signs(void **state)
{
    (void)state;
    enum { STUDENTS = 4 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        const char *const settings[] = {
            "activation", activations[i][0], "target_activation", activations[i][1], "tol", "1e-10", NULL};
        const particles at = draw(rng, STUDENTS);
        double found[FULL_LIMIT], expected[FULL_LIMIT] = {0}, xi[STUDENTS * STUDENTS];
        for (unsigned signs = 0; signs < 1U << (STUDENTS - 1); signs++) { /* all turned around is the same */
            for (size_t j = 0; j < STUDENTS * STUDENTS; j++)
                xi[j] = (signs >> j / STUDENTS & 1) == (signs >> j % STUDENTS & 1) ? 1 : -1;
            add_full(&at, xi, 1.0 / (1U << (STUDENTS - 1)), settings, expected);
        }
        mean_field(&at, K + 1, settings, found);
        check(activations[i][0], &at, found, expected, 1e-8);
    }
    gsl_rng_free(rng);
}

static void add_xi(const particles *at, double D, double angle, double weight, const char *const *settings, double *sum)
{
    const double xi[4] = {1, sin(angle), sin(angle), 1};
    add_full(at, xi, weight * pow(cos(angle), D - 2), settings, sum);
}

static void test_two_students(void **state)
{
    (void)state;
    enum { NODES = 24 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(NODES);
    static const double dimensions[] = {2, 3, 7, 20};
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        const double D = dimensions[i % 4];
        const char *const settings[] = {
            "activation", activations[i][0], "target_activation", activations[i][1], "tol", "1e-9", NULL};
        const particles at = draw(rng, 2);
        double found[FULL_LIMIT], expected[FULL_LIMIT] = {0}, total = 0;
        mean_field(&at, K + D, settings, found);
        for (size_t j = 0; j < NODES; j++) {
            double angle, weight;
            gsl_integration_glfixed_point(-acos(0), acos(0), j, &angle, &weight, rule);
            add_xi(&at, D, angle, weight, settings, expected);
            total += weight * pow(cos(angle), D - 2);
        }
        for (size_t j = 0; j < 2 * (K + 1) + 1; j++) expected[j] /= total;
        check(activations[i][0], &at, found, expected, 3e-8);
    }
    gsl_integration_glfixed_table_free(rule);
    gsl_rng_free(rng);
}

/* ---- Against closed forms and each other ------------------------------------------------------------------------- */

static void check_polynomial(gsl_rng *rng, const char *s, const char *t, double d, size_t p)
{
    const char *const closed[] = {"activation", s, "target_activation", t, NULL};
    const char *const quadrature[] = {"activation", s, "target_activation", t, "method", "quadrature", "tol", "1e-12", NULL};
    static double expected[STATE_LIMIT + 1], found[STATE_LIMIT + 1];
    const particles at = draw(rng, p);
    mean_field(&at, d, closed, expected);
    mean_field(&at, d, quadrature, found);
    check(s, &at, found, expected, 1e-10);
}

static void test_polynomials(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const double dimensions[] = {K, K + 1, K + 2, 9, 1000, INFINITY};
    for (size_t i = 0; i < 6; i++) {
        if (dimensions[i] > K) check_polynomial(rng, "x^2", "x^2", dimensions[i], 7);
        if (dimensions[i] > K) check_polynomial(rng, "(x-1)^3/4 + x", "x^2", dimensions[i], 7);
        if (dimensions[i] > K) check_polynomial(rng, "x - x^3/6", "x + x^5/40", dimensions[i], P_LIMIT);
    }
    gsl_rng_free(rng);
}

/* The same drift and risk by tensors and by pairs, for students enough to fill several blocks; state and P of k targets. */
static void check_sums(const particles *at, size_t k, const double *state, const double *targets, double freedom,
                       const char *expression, int parity)
{
    wick_context *context = wick_context_alloc();
    wick_graph graph;
    wick_text source = {0};
    wick_hermite hermite;
    wick_frame frame;
    static double found[2][P_LIMIT * (WIDEST + 1) + 1];
    const double a_star[WIDEST] = {1, -0.5, 0.75};
    const size_t dimension = at->p * (k + 1);
    const wick_frame_sizes sizes = {at->p, k, freedom, targets, at->a, a_star};
    assert_int_equal(wick_frame_make(context, &sizes, &frame), WICK_OK);
    assert_int_equal(wick_graph_parse(context, "activation", expression, &graph), WICK_OK);
    assert_int_equal(wick_hermite_quadrature(context, &graph, &source, &hermite), WICK_OK);
    const wick_series series = {&frame, &hermite, &hermite, 25, hermite.parity};
    assert_int_equal(hermite.parity, parity);
    assert_true(hermite.prepare(hermite.self, 26, 1e-12));
    for (size_t way = 0; way < 2; way++) {
        wick_series_sums sums;
        assert_true(way ? wick_series_pairs(&series, &sums) : wick_series_tensors(&series, &sums));
        sums.look(sums.self, state, 1e-30); /* no order is lowered */
        sums.move(sums.self, state, 0.125, found[way]);
        found[way][dimension] = sums.excess_risk(sums.self, state);
        sums.release(sums.self);
    }
    const double errors[3] = {wick_test_error(found[0], found[1], at->p * k),
                              wick_test_error(found[0] + at->p * k, found[1] + at->p * k, at->p),
                              wick_test_error(found[0] + dimension, found[1] + dimension, 1)};
    for (size_t i = 0; i < 3; i++)
        if (!(errors[i] < 1e-11)) fail_msg("%s, k = %zu, part %zu: relative error %g", expression, k, i, errors[i]);
    hermite.release(hermite.self);
    wick_graph_clear(&graph);
    wick_text_clear(&source);
    wick_frame_clear(&frame);
    wick_context_free(context);
}

/* Each bin ends above what is in it, little above; they are in order; and nothing is in none. */
static void test_variance_bins(void **state)
{
    (void)state;
    assert_int_equal(wick_variance_bin(0), 0);
    assert_int_equal(wick_variance_bin(-1e-20), 0);
    assert_int_equal(wick_variance_bin(NAN), WICK_VARIANCE_BINS - 1);
    assert_int_equal(wick_variance_bin(INFINITY), WICK_VARIANCE_BINS - 1);
    size_t before = 0;
    for (double v = 1e-59; v < 1e12; v *= 1.003) {
        const size_t bin = wick_variance_bin(v);
        const double end = wick_variance_bin_end(bin);
        assert_true(end > v && end <= v * (1 + 1.0 / 16) * (1 + 1e-15));
        assert_true(bin == before || bin == before + 1 || v < 1e-58);
        before = bin;
    }
    assert_true(pow(1 + 1.0 / 16, 0.25) < WICK_VARIANCE_WIDENING);
}

static void test_ways_to_sum(void **unused)
{
    (void)unused;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const double freedoms[] = {1, 2, 6, INFINITY};
    static const double P_3[9] = {1, 0.25, -0.5, 0.25, 0.75, 0, -0.5, 0, 1.25};
    static const double one = 1.5;
    const double *const targets[WIDEST] = {&one, P, P_3};
    static double state[P_LIMIT * (WIDEST + 1)];
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 1; k <= WIDEST; k++) {
            const particles at = draw(rng, P_LIMIT);
            for (size_t j = 0; j < at.p * k; j++) state[j] = 0.5 * gsl_ran_gaussian(rng, 1);
            memcpy(state + at.p * k, at.q, at.p * sizeof *state);
            check_sums(&at, k, state, targets[k - 1], freedoms[i], "tanh(x/2)", -1);
            check_sums(&at, k, state, targets[k - 1], freedoms[i], "cos(x/3)", 1);
            check_sums(&at, k, state, targets[k - 1], freedoms[i], "x*sigmoid(x/2)", 0);
        }
    gsl_rng_free(rng);
}

/* ---- Errors and their estimates ---------------------------------------------------------------------------------- */

static void test_estimate_is_safe(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const char *const tolerances[] = {"1e-2", "1e-4", "1e-6"};
    static double exact[STATE_LIMIT + 1], found[STATE_LIMIT + 1];
    const particles at = draw(rng, P_LIMIT);
    static const char *const moderate[][2] = {/* whose expectations are below 1, where errors are absolute */
                                              {"erf(x/sqrt(2))", "erf(x/sqrt(2))"},
                                              {"tanh", "erf(x)/2"},
                                              {"sin(x)/2 + x/4", "tanh(x/2)"}};
    for (size_t i = 0; i < 3; i++) {
        const char *settings[] = {"activation", moderate[i][0], "target_activation", moderate[i][1], "tol", "1e-8", NULL};
        mean_field(&at, K + 2, settings, exact);
        for (size_t t = 0; t < 3; t++) {
            settings[5] = tolerances[t];
            const wick_accuracy accuracy = mean_field(&at, K + 2, settings, found);
            assert_true(accuracy.error <= accuracy.tolerance);
            double worst = 0;
            for (size_t j = 0; j < at.p; j++) {
                /* dm: a L times u X and sum c u Y; dq: 2 a sqrt(v) times two such; |L| < 1.25 */
                const double root = sqrt(at.q[j] + inner(at.M + j * K, at.M + j * K));
                const double along = 2 * 1.25 * at.a[j], outside = 4 * root * at.a[j];
                for (size_t r = 0; r < K; r++) worst = fmax(worst, fabs(found[j * K + r] - exact[j * K + r]) / along);
                worst = fmax(worst, fabs(found[at.p * K + j] - exact[at.p * K + j]) / outside);
            }
            if (!(worst <= accuracy.error))
                fail_msg("%s, tol %s: error %g, estimated %g", moderate[i][0], tolerances[t], worst, accuracy.error);
        }
    }
    gsl_rng_free(rng);
}

static void test_target_space_is_kept(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const char *const settings[] = {"activation", "erf(x/sqrt(2))", "noise", "0", NULL};
    static const char *const kinked[] = {"activation", "relu", "noise", "0", NULL};
    particles at = draw(rng, 6);
    memset(at.q, 0, sizeof at.q);
    for (double d = K; d <= K + 3; d++) {
        double drift[FULL_LIMIT];
        mean_field(&at, d, d < K + 2 ? settings : kinked, drift);
        for (size_t j = 0; j < at.p; j++) assert_true(drift[at.p * K + j] == 0);
    }
    gsl_rng_free(rng);
}

static void test_unreachable_tolerance(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const particles at = draw(rng, 3);
    static const char *const settings[] = {"activation", "tanh(40*x)", "tol", "1e-12", NULL};
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &at, settings);
    set(context, problem, "regime", "mean-field-high-d");
    assert_int_equal(wick_problem_set_matrix(context, problem, "q", at.q, 1, at.p), WICK_OK);
    wick_system *system;
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "cannot be met at the initial state: asked for 1e-12, reached"));
    wick_problem_free(problem);
    wick_context_free(context);
    gsl_rng_free(rng);
}

/* A copy gives the same digits, and its parameters are its own. */
static void test_copy(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const particles at = draw(rng, 4);
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        const char *const settings[] = {"activation", activations[i][0], "target_activation", activations[i][1], NULL};
        wick_context *context = wick_context_alloc();
        wick_problem *problem = make_problem(context, &at, settings);
        wick_system *system, *copy;
        double start[FULL_LIMIT], one[FULL_LIMIT], two[FULL_LIMIT];
        set(context, problem, "regime", "mean-field");
        set(context, problem, "d", "4");
        assert_int_equal(wick_problem_set_matrix(context, problem, "q", at.q, 1, at.p), WICK_OK);
        if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
        assert_int_equal(wick_system_copy(context, system, &copy), WICK_OK);
        assert_int_equal(wick_system_initial_state(context, copy, start), WICK_OK);
        wick_system_drift(system, start, one);
        wick_system_drift(copy, start, two);
        assert_memory_equal(one, two, at.p * (K + 1) * sizeof *one);
        assert_int_equal(wick_system_set_noise(context, copy, 3), WICK_OK);
        wick_system_drift(copy, start, two);
        assert_true(two[at.p * K] > one[at.p * K]);
        wick_system_drift(system, start, two);
        assert_memory_equal(one, two, at.p * (K + 1) * sizeof *one);
        wick_system_free(copy);
        wick_system_free(system);
        wick_problem_free(problem);
        wick_context_free(context);
    }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_infinite_d),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_two_students),
        cmocka_unit_test(test_polynomials),
        cmocka_unit_test(test_variance_bins),
        cmocka_unit_test(test_ways_to_sum),
        cmocka_unit_test(test_estimate_is_safe),
        cmocka_unit_test(test_target_space_is_kept),
        cmocka_unit_test(test_unreachable_tolerance),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

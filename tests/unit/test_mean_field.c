/* The mean field of the library against a slow evaluation of its definition (mean_field.h), on random polynomials, and
 * against the published formulas of the square activation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "mean_field.h"
#include "support.h"

#define TOLERANCE 1e-12

enum { P_LIMIT = 7, K_LIMIT = 3, STATE_LIMIT = P_LIMIT * (K_LIMIT + 1) };

/* ---- One case ---------------------------------------------------------------------------------------------------- */

typedef struct {
    wick_test_case input; /* its Q is not used */
    double q[P_LIMIT], d; /* d infinite: mean-field-high-d */
    char description[3 * WICK_TEST_TEXT_SIZE];
} mean_field_case;

static void describe(mean_field_case *one)
{
    const wick_reference_problem *plain = &one->input.plain;
    snprintf(one->description, sizeof one->description, "p = %zu, k = %zu, d = %g, s = %s, s* = %s", plain->p, plain->k,
             one->d, one->input.student.text, one->input.target.text);
}

/* A P that is positive definite and far from the identity, students of any length, one of them in the target's space. */
static void draw_case(gsl_rng *rng, size_t p, size_t k, double d, const wick_test_activation *student,
                      const wick_test_activation *target, mean_field_case *one)
{
    wick_test_case_draw(rng, p, k, p + k + 3, student, target, &one->input);
    one->input.plain.gamma = 0.5 + gsl_rng_uniform(rng);
    one->input.plain.Delta = 0.1 + gsl_rng_uniform(rng);
    one->d = d;
    for (size_t j = 0; j < p; j++) one->q[j] = gsl_ran_gaussian(rng, 1) * gsl_ran_gaussian(rng, 1);
    for (size_t j = 0; j < p; j++) one->q[j] = j == 3 || d <= (double)k ? 0 : fabs(one->q[j]);
    describe(one);
}

static void check(const mean_field_case *one, const wick_context *context, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", one->description, wick_context_message(context));
}

static void set_number(const mean_field_case *one, wick_context *context, wick_problem *problem, const char *key,
                       double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    check(one, context, wick_problem_set(context, problem, key, text));
}

static wick_problem *make_problem(const mean_field_case *one, wick_context *context)
{
    const wick_reference_problem *plain = &one->input.plain;
    const size_t p = plain->p, k = plain->k;
    wick_problem *problem = NULL;
    check(one, context, wick_problem_alloc(context, &problem));
    check(one, context, wick_problem_set(context, problem, "activation", one->input.student.text));
    check(one, context, wick_problem_set(context, problem, "target_activation", one->input.target.text));
    check(one, context, wick_problem_set(context, problem, "regime", isinf(one->d) ? "mean-field-high-d" : "mean-field"));
    if (isfinite(one->d)) set_number(one, context, problem, "d", one->d);
    set_number(one, context, problem, "learning_rate", plain->gamma);
    set_number(one, context, problem, "noise", plain->Delta);
    check(one, context, wick_problem_set_matrix(context, problem, "M", plain->M, p, k));
    check(one, context, wick_problem_set_matrix(context, problem, "P", plain->P, k, k));
    check(one, context, wick_problem_set_matrix(context, problem, "q", one->q, 1, p));
    check(one, context, wick_problem_set_matrix(context, problem, "a", plain->a, 1, p));
    check(one, context, wick_problem_set_matrix(context, problem, "a_star", plain->a_star, 1, k));
    return problem;
}

/* dM, then dq; the risk and the excess risk. */
static void evaluate(const mean_field_case *one, double *drift, double risk[2])
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(one, context);
    wick_system *system = NULL;
    double state[STATE_LIMIT];
    check(one, context, wick_system_compile(context, problem, &system));
    assert_int_equal(wick_system_dimension(system), one->input.plain.p * (one->input.plain.k + 1));
    check(one, context, wick_system_initial_state(context, system, state));
    check(one, context, wick_system_drift(system, state, drift));
    check(one, context, wick_system_risk(system, state, &risk[0], &risk[1]));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void compare(const mean_field_case *one, const double *dM, const double *dq, double risk)
{
    const wick_reference_problem *plain = &one->input.plain;
    const size_t p = plain->p, k = plain->k;
    const double excess = risk - plain->Delta / 2;
    double drift[STATE_LIMIT], found[2];
    evaluate(one, drift, found);
    const double errors[4] = {wick_test_error(drift, dM, p * k), wick_test_error(drift + p * k, dq, p),
                              wick_test_error(&found[0], &risk, 1), wick_test_error(&found[1], &excess, 1)};
    static const char *const names[4] = {"dM", "dq", "risk", "excess risk"};
    for (size_t i = 0; i < 4; i++)
        if (!(errors[i] < TOLERANCE)) fail_msg("%s: %s: relative error %g", one->description, names[i], errors[i]);
}

/* ---- Random polynomials ------------------------------------------------------------------------------------------ */

static void check_random(gsl_rng *rng, size_t p, size_t k, double d, size_t shape)
{
    const size_t degree = 1 + shape / WICK_TEST_KINDS % WICK_TEST_DEGREE_LIMIT;
    const size_t target_degree = 1 + gsl_rng_uniform_int(rng, WICK_TEST_DEGREE_LIMIT);
    wick_test_activation student, target;
    wick_test_activation_draw(rng, (wick_test_kind)(shape % WICK_TEST_KINDS), degree, &student);
    wick_test_activation_draw(rng, (wick_test_kind)gsl_rng_uniform_int(rng, WICK_TEST_KINDS), target_degree, &target);

    mean_field_case one;
    double dM[P_LIMIT * K_LIMIT], dq[P_LIMIT], risk;
    draw_case(rng, p, k, d, &student, &target, &one);
    wick_test_mean_field(&one.input.plain, one.q, d, dM, dq, &risk);
    compare(&one, dM, dq, risk);
    wick_test_case_clear(&one.input);
}

/* Every k meets every kind of d, every degree every kind of d and every k. */
static void test_random_polynomials(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    gsl_rng_set(rng, 230205882);
    size_t shape = 0;
    for (size_t round = 0; round < 20; round++)
        for (size_t k = 1; k <= K_LIMIT; k++) {
            const double more = (double)k, dimensions[] = {more, more + 1, more + 2, more + 5, 1000, INFINITY};
            for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++, shape++)
                check_random(rng, 1 + gsl_rng_uniform_int(rng, 6), k, dimensions[i], shape);
        }
    assert_true(shape >= WICK_TEST_DEGREE_LIMIT * WICK_TEST_KINDS); /* every degree of every kind */
    gsl_rng_free(rng);
}

/* The highest degree on both sides, where the tensors are largest. */
static void test_quintic(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    for (size_t k = 1; k <= K_LIMIT; k++) {
        wick_test_activation student, target;
        wick_test_activation_draw(rng, WICK_TEST_DENSE, WICK_TEST_DEGREE_LIMIT, &student);
        wick_test_activation_draw(rng, WICK_TEST_DENSE, WICK_TEST_DEGREE_LIMIT, &target);
        const double dimensions[] = {(double)k + 1, (double)k + 2, INFINITY};
        for (size_t i = 0; i < 3; i++) {
            mean_field_case one;
            double dM[P_LIMIT * K_LIMIT], dq[P_LIMIT], risk;
            draw_case(rng, 6, k, dimensions[i], &student, &target, &one);
            wick_test_mean_field(&one.input.plain, one.q, one.d, dM, dq, &risk);
            compare(&one, dM, dq, risk);
            wick_test_case_clear(&one.input);
        }
    }
    gsl_rng_free(rng);
}

/* The average over xi that the slow evaluation rests on, against GSL's rule for the same weight. */
static void test_sphere_rule(void **state)
{
    (void)state;
    static const double dimensions[] = {2, 3, 4, 7, 40};
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        double node[WICK_TEST_NODES], weight[WICK_TEST_NODES];
        wick_test_sphere_rule(dimensions[i], node, weight);
        gsl_integration_fixed_workspace *rule = gsl_integration_fixed_alloc(
            gsl_integration_fixed_gegenbauer, WICK_TEST_NODES, -1, 1, (dimensions[i] - 3) / 2, 0);
        assert_non_null(rule);
        const double *x = gsl_integration_fixed_nodes(rule), *w = gsl_integration_fixed_weights(rule);
        for (int power = 0; power < 2 * WICK_TEST_NODES; power++) {
            double total = 0, expected = 0, found = 0;
            for (size_t n = 0; n < WICK_TEST_NODES; n++) {
                total += w[n];
                expected += w[n] * pow(x[n], power);
                found += weight[n] * pow(node[n], power);
            }
            if (!(fabs(found - expected / total) < 1e-14))
                fail_msg("D = %g: moment %d is %.17g, not %.17g", dimensions[i], power, found, expected / total);
        }
        gsl_integration_fixed_free(rule);
    }
}

/* ---- The square activation, as published ------------------------------------------------------------------------- */

typedef struct {
    double Q[P_LIMIT * P_LIMIT]; /* E[Q~] = M P^-1 M^T + diag(q) */
    double trace_P, trace_Q, P_P, M_M, Q_Q;
} square_terms;

/* With k = 2: P^-1 by hand. */
static square_terms find_terms(const wick_reference_problem *plain, const double *q)
{
    const double *P = plain->P, *M = plain->M, determinant = P[0] * P[3] - P[1] * P[2];
    const double inverse[4] = {P[3] / determinant, -P[1] / determinant, -P[2] / determinant, P[0] / determinant};
    const size_t p = plain->p;
    square_terms terms = {.trace_P = P[0] + P[3]};
    for (size_t i = 0; i < p; i++)
        for (size_t l = 0; l < p; l++) {
            double *entry = &terms.Q[i * p + l];
            for (size_t r = 0; r < 2; r++)
                for (size_t s = 0; s < 2; s++) *entry += M[2 * i + r] * inverse[2 * r + s] * M[2 * l + s];
            if (i == l) *entry += q[i];
            if (i == l) terms.trace_Q += *entry;
            terms.Q_Q += *entry * *entry;
        }
    for (size_t i = 0; i < 4; i++) terms.P_P += P[i] * P[i];
    for (size_t i = 0; i < 2 * p; i++) terms.M_M += M[i] * M[i];
    return terms;
}

/* Psi_M = 2 (Tr P/k - Tr Q/p) M + 4 (M P/k - Q M/p) */
static void published_dM(const wick_reference_problem *plain, const square_terms *terms, double *dM)
{
    const size_t p = plain->p;
    const double *P = plain->P, *M = plain->M;
    for (size_t i = 0; i < p; i++)
        for (size_t r = 0; r < 2; r++) {
            const double MP = M[2 * i] * P[r] + M[2 * i + 1] * P[2 + r];
            double QM = 0;
            for (size_t l = 0; l < p; l++) QM += terms->Q[i * p + l] * M[2 * l + r];
            dM[2 * i + r] =
                2 * (terms->trace_P / 2 - terms->trace_Q / (double)p) * M[2 * i + r] + 4 * (MP / 2 - QM / (double)p);
        }
}

/* Psi_GF's part outside the target's space, the label noise, and -(8/p) q_i sum_{j != i} q_j/(d-k) */
static void published_dq(const wick_reference_problem *plain, const square_terms *terms, const double *q, double D,
                         double *dq)
{
    const double width = (double)plain->p;
    for (size_t i = 0; i < plain->p; i++) {
        const double norm = terms->Q[i * plain->p + i];
        double others = 0;
        for (size_t j = 0; j < plain->p; j++) others += j == i ? 0 : q[j];
        dq[i] = 4 * (terms->trace_P / 2 - terms->trace_Q / width) * q[i] - 8 / width * q[i] * norm -
                8 / width * q[i] * others / D + plain->gamma / width * plain->Delta * 4 * norm;
    }
}

/* (Tr P^2 + 2 Tr P.P)/(2k^2) - (Tr P Tr Q + 2 Tr M M^T)/(pk) + (Tr Q^2 + 2 Tr Q.Q)/(2p^2) + Delta/2
 * + (1/p^2) sum_{i != j} q_i q_j/(d-k) */
static double published_risk(const wick_reference_problem *plain, const square_terms *terms, const double *q, double D)
{
    const double width = (double)plain->p;
    double pairs = 0;
    for (size_t i = 0; i < plain->p; i++)
        for (size_t j = 0; j < plain->p; j++) pairs += i == j ? 0 : q[i] * q[j];
    return (terms->trace_P * terms->trace_P + 2 * terms->P_P) / 8 -
           (terms->trace_P * terms->trace_Q + 2 * terms->M_M) / (2 * width) +
           (terms->trace_Q * terms->trace_Q + 2 * terms->Q_Q) / (2 * width * width) + plain->Delta / 2 +
           pairs / D / (width * width);
}

static void test_published_square(void **state)
{
    (void)state;
    static const double dimensions[] = {3, 4, 10, 1000, INFINITY};
    wick_test_activation square;
    wick_test_activation_square(&square);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        mean_field_case one;
        double dM[P_LIMIT * 2], dq[P_LIMIT];
        draw_case(rng, P_LIMIT, 2, dimensions[i], &square, &square, &one);
        for (size_t j = 0; j < P_LIMIT; j++) one.input.a[j] = 1;
        for (size_t r = 0; r < 2; r++) one.input.a_star[r] = 1;
        const wick_reference_problem *plain = &one.input.plain;
        const square_terms terms = find_terms(plain, one.q);
        published_dM(plain, &terms, dM);
        published_dq(plain, &terms, one.q, one.d - 2, dq);
        compare(&one, dM, dq, published_risk(plain, &terms, one.q, one.d - 2));
        wick_test_case_clear(&one.input);
    }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sphere_rule),
        cmocka_unit_test(test_random_polynomials),
        cmocka_unit_test(test_quintic),
        cmocka_unit_test(test_published_square),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

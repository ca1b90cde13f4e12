/* Jacobians of drifts whose expectations are closed forms, erf and relu, against central differences of the drift. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "expectations/evaluator.h"
#include "support.h"
#include "wick/wick.h"

enum { LIMIT = 64, PARAMETERS = 64 };

typedef struct {
    size_t p, k, dimension;
    double parameters[PARAMETERS], state[LIMIT];
    wick_evaluator *evaluator;
} subject;

static void make(subject *of, gsl_rng *rng, const char *student, const char *target, wick_regime regime, bool trained,
                 size_t rank)
{
    const size_t p = of->p, k = of->k;
    double Q[36], M[36], *next = of->parameters;
    wick_context *context = wick_context_alloc();
    wick_graph s, t;
    assert_int_equal(wick_graph_parse(context, "activation", student, &s), WICK_OK);
    assert_int_equal(wick_graph_parse(context, "target_activation", target, &t), WICK_OK);
    const wick_evaluation asked = {
        .student = &s, .target = &t, .parts = wick_regime_at(regime), .trained = trained, .tolerance = 1e-6, .p = p, .k = k};
    assert_int_equal(wick_evaluator_make(context, &asked, &of->evaluator), WICK_OK);
    wick_graph_clear(&s);
    wick_graph_clear(&t);
    wick_context_free(context);

    *next++ = 0.7; /* gamma */
    *next++ = 0.3; /* Delta */
    for (size_t r = 0; r < k; r++) *next++ = gsl_ran_gaussian(rng, 1);
    wick_test_random_overlaps(rng, p, k, rank, Q, M, next);
    next += k * k;
    for (size_t j = 0; j < p; j++) *next++ = gsl_ran_gaussian(rng, 1);
    next = of->state;
    for (size_t i = 0; i < p * k; i++) *next++ = M[i];
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) *next++ = Q[j * p + l];
    for (size_t j = 0; j < p && trained; j++) *next++ = gsl_ran_gaussian(rng, 1);
    of->dimension = (size_t)(next - of->state);
}

/* Column `at` of the Jacobian by central differences of fourth order. */
static void difference(const subject *of, size_t at, double h, double *column)
{
    static const double weight[4] = {1.0 / 12, -2.0 / 3, 2.0 / 3, -1.0 / 12}, place[4] = {-2, -1, 1, 2};
    memset(column, 0, of->dimension * sizeof *column);
    for (size_t n = 0; n < 4; n++) {
        double state[LIMIT], drift[LIMIT];
        memcpy(state, of->state, sizeof state);
        state[at] += place[n] * h;
        wick_evaluator_drift(of->evaluator, of->parameters, state, drift);
        for (size_t i = 0; i < of->dimension; i++) column[i] += weight[n] * drift[i] / h;
    }
}

static void check(const subject *of, double h, double tolerance)
{
    const size_t N = of->dimension;
    double *jacobian = malloc(N * N * sizeof *jacobian), column[LIMIT], scale = 1;
    assert_non_null(jacobian);
    assert_true(wick_evaluator_has_jacobian(of->evaluator));
    for (size_t i = 0; i < N * N; i++) jacobian[i] = NAN;
    wick_evaluator_jacobian(of->evaluator, of->parameters, of->state, jacobian);
    for (size_t i = 0; i < N * N; i++) scale = fmax(scale, fabs(jacobian[i]));
    for (size_t i = 0; i < N; i++) {
        difference(of, i, h, column);
        for (size_t n = 0; n < N; n++)
            if (!(fabs(column[n] - jacobian[n * N + i]) <= tolerance * scale))
                fail_msg("entry (%zu, %zu) of %zu: %.10g, by differences %.10g", n, i, N, jacobian[n * N + i], column[n]);
    }
    free(jacobian);
}

static void test_erf(void **state)
{
    (void)state;
    static const char *const activations[] = {"erf(x/sqrt(2))", "-1.5*erf(0.75*x)", "erf(2*x)"};
    static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < 54; i++) {
        subject of = {.p = 1 + i % 4, .k = 1 + i / 4 % 3};
        const size_t n = of.p + of.k, rank = i % 7 == 0 ? 1 + n / 2 : n;
        make(&of, rng, activations[i % 3], activations[(i + i / 3) % 3], regimes[i / 9 % 3], i % 2 == 0, rank);
        check(&of, 1e-4, 1e-10);
        wick_evaluator_free(of.evaluator);
    }
    gsl_rng_free(rng);
}

static void test_piecewise(void **state)
{
    (void)state;
    static const char *const activations[] = {"relu", "leaky_relu(x, 0.1) - 0.3*x", "2*abs(x)", "3*x - relu(x)"};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < 40; i++) {
        subject of = {.p = 1 + i % 4, .k = 1 + i / 4 % 3};
        make(&of, rng, activations[i % 4], activations[(i + i / 4) % 4], i % 3 ? WICK_CLASSICAL_NOISE : WICK_CLASSICAL,
             i % 2 == 0, of.p + of.k);
        check(&of, 1e-5, 1e-7);
        wick_evaluator_free(of.evaluator);
    }
    gsl_rng_free(rng);
}

/* Two students that are one: derivatives that do not exist are left out, the others are there. */
static void test_aligned(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    subject of = {.p = 2, .k = 1};
    make(&of, rng, "relu", "relu", WICK_CLASSICAL_NOISE, false, 3);
    static const double aligned[] = {0.5, 0.5, 1, 1, 1}; /* M, Q */
    memcpy(of.state, aligned, sizeof aligned);
    double jacobian[25];
    wick_evaluator_jacobian(of.evaluator, of.parameters, of.state, jacobian);
    for (size_t i = 0; i < 25; i++) assert_true(isfinite(jacobian[i]));
    wick_evaluator_free(of.evaluator);
    gsl_rng_free(rng);
}

static void test_unknown(void **state)
{
    (void)state;
    static const char *const others[] = {"relu", "tanh", "relu(x - 1)"};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < 3; i++) {
        subject of = {.p = 1, .k = 1};
        make(&of, rng, others[i], others[i], WICK_HIGH_DIMENSIONAL, false, 2);
        assert_false(wick_evaluator_has_jacobian(of.evaluator));
        wick_evaluator_free(of.evaluator);
    }
    gsl_rng_free(rng);
}

/* Through wick.h, and of a copy. */
static void test_system(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem;
    wick_system *system, *copy;
    double at[LIMIT], above[LIMIT], below[LIMIT], jacobian[LIMIT * LIMIT];
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_read_json(context, problem,
                                            "{\"activation\": \"erf(x)\", \"p\": 3, \"k\": 2, \"d\": 9, \"noise\": 0.1,"
                                            " \"learning_rate\": 0.5, \"second_layer\": \"trained\"}",
                                            "problem"),
                     WICK_OK);
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    assert_int_equal(wick_system_copy(context, system, &copy), WICK_OK);
    wick_system_free(system);
    const size_t N = wick_system_dimension(copy);
    assert_int_equal(wick_system_initial_state(context, copy, at), WICK_OK);
    assert_int_equal(wick_system_jacobian(context, copy, at, jacobian), WICK_OK);
    for (size_t s = 0; s < N; s++) {
        const double h = 1e-5, here = at[s];
        at[s] = here + h;
        assert_int_equal(wick_system_drift(copy, at, above), WICK_OK);
        at[s] = here - h;
        assert_int_equal(wick_system_drift(copy, at, below), WICK_OK);
        at[s] = here;
        for (size_t i = 0; i < N; i++) assert_true(fabs(jacobian[i * N + s] - (above[i] - below[i]) / (2 * h)) < 1e-8);
    }
    wick_system_free(copy);
    assert_int_equal(wick_problem_set(context, problem, "activation", "relu"), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "tol", "1e-4"), WICK_OK);
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    assert_int_equal(wick_system_jacobian(context, system, at, jacobian), WICK_ERROR_UNSUPPORTED);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_erf), cmocka_unit_test(test_piecewise),
                                       cmocka_unit_test(test_aligned), cmocka_unit_test(test_unknown),
                                       cmocka_unit_test(test_system)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Drifts of activations that are no polynomials: closed forms against quadrature, quadrature against polynomials, kinks,
 * alignment, errors. Quadratures by different ways (smooth, kinked, the one-dimensional one of the variance) meet closed
 * forms and each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum { STATE_LIMIT = 64 };

typedef struct {
    size_t p, k;
    double Q[36], M[36], P[36];
} overlaps;

typedef struct {
    size_t dimension;
    double drift[STATE_LIMIT], excess_risk;
    wick_accuracy accuracy;
} outcome;

/* `settings`: pairs of keys and values up to NULL. */
static wick_problem *make_problem(wick_context *context, const overlaps *at, const char *const *settings)
{
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "learning_rate", "0.5"), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "noise", "0.25"), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", at->Q, at->p, at->p), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", at->M, at->p, at->k), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", at->P, at->k, at->k), WICK_OK);
    for (; settings[0]; settings += 2)
        if (wick_problem_set(context, problem, settings[0], settings[1]) != WICK_OK)
            fail_msg("%s = %s: %s", settings[0], settings[1], wick_context_message(context));
    return problem;
}

static outcome evaluate(const overlaps *at, const char *const *settings)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, at, settings);
    wick_system *system;
    if (wick_system_compile(context, problem, &system) != WICK_OK)
        fail_msg("%s: %s", settings[1], wick_context_message(context));
    outcome result = {.dimension = wick_system_dimension(system)};
    double state[STATE_LIMIT];
    assert_true(result.dimension <= STATE_LIMIT);
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, result.drift), WICK_OK);
    assert_int_equal(wick_system_risk(system, state, NULL, &result.excess_risk), WICK_OK);
    result.accuracy = wick_system_accuracy(system);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return result;
}

#define EVALUATE(at, ...) evaluate(at, (const char *const[]){__VA_ARGS__, NULL})

static void check_close(const char *what, const outcome *one, const outcome *other, double tolerance)
{
    assert_int_equal(one->dimension, other->dimension);
    double worst = fabs(one->excess_risk - other->excess_risk) / fmax(1, fabs(other->excess_risk)), scale = 1;
    for (size_t i = 0; i < one->dimension; i++) scale = fmax(scale, fabs(other->drift[i]));
    for (size_t i = 0; i < one->dimension; i++) {
        const double error = fabs(one->drift[i] - other->drift[i]) / scale;
        if (!(error <= worst)) worst = error;
    }
    if (!(worst <= tolerance)) fail_msg("%s: apart by %g, allowed %g", what, worst, tolerance);
}

/* Rank rank of random overlaps; singular ones too. */
static overlaps draw(gsl_rng *rng, size_t p, size_t k, size_t rank)
{
    overlaps at = {.p = p, .k = k};
    wick_test_random_overlaps(rng, p, k, rank, at.Q, at.M, at.P);
    return at;
}

static gsl_rng *make_rng(unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    gsl_rng_set(rng, seed);
    return rng;
}

/* ---- Closed forms against quadrature ----------------------------------------------------------------------------- */

static void test_erf(void **state)
{
    (void)state;
    static const char *const activations[] = {"erf(x/sqrt(2))", "erf(x)", "-1.5*erf(0.75*x)"};
    static const char *const regimes[] = {"high-dimensional", "classical-noise", "classical"};
    gsl_rng *rng = make_rng(1);
    for (size_t i = 0; i < 100; i++) {
        const size_t p = 1 + i % 3, k = 1 + gsl_rng_uniform_int(rng, 6 - p), rank = i % 4 == 3 ? 1 + (p + k) / 2 : p + k;
        const overlaps at = draw(rng, p, k, rank);
        const char *s = activations[i % 3], *t = activations[i / 3 % 3], *regime = regimes[i % 5 < 3 ? 0 : i % 5 - 2];
        const outcome closed = EVALUATE(&at, "activation", s, "target_activation", t, "regime", regime, "second_layer",
                                        "trained", "method", "closed-form");
        const outcome quadrature = EVALUATE(&at, "activation", s, "target_activation", t, "regime", regime, "second_layer",
                                            "trained", "method", "quadrature", "tol", "1e-6");
        assert_true(closed.accuracy.tolerance == 0 && closed.accuracy.error == 0);
        assert_true(quadrature.accuracy.tolerance == 1e-6 && quadrature.accuracy.error <= 1e-6);
        check_close(s, &quadrature, &closed, 2e-6);
    }
    gsl_rng_free(rng);
}

static void test_piecewise(void **state)
{
    (void)state;
    static const char *const activations[] = {"relu", "leaky_relu(x, 0.25)", "abs(x)", "2*x - 3*relu(-x)"};
    gsl_rng *rng = make_rng(2);
    for (size_t i = 0; i < 100; i++) {
        const size_t p = 1 + i % 4, k = 1 + gsl_rng_uniform_int(rng, 6 - p), rank = i % 4 == 3 ? 1 + (p + k) / 2 : p + k;
        const overlaps at = draw(rng, p, k, rank);
        const char *s = activations[i % 4], *t = activations[i / 4 % 4];
        const outcome closed = EVALUATE(&at, "activation", s, "target_activation", t, "regime", "classical-noise",
                                        "second_layer", "trained", "method", "closed-form");
        const outcome quadrature = EVALUATE(&at, "activation", s, "target_activation", t, "regime", "classical-noise",
                                            "second_layer", "trained", "method", "quadrature");
        check_close(s, &quadrature, &closed, 2e-8);
    }
    gsl_rng_free(rng);
}

/* The variance by its one-dimensional quadrature, and over the plane. */
static void test_piecewise_variance(void **state)
{
    (void)state;
    static const char *const activations[] = {"relu", "leaky_relu(x, 0.25)", "abs(x)", "2*x - 3*relu(-x)"};
    gsl_rng *rng = make_rng(3);
    for (size_t i = 0; i < 16; i++) {
        const size_t p = 1 + i % 2, k = 1 + gsl_rng_uniform_int(rng, 3);
        const overlaps at = draw(rng, p, k, p + k);
        const char *s = activations[i % 4], *t = activations[i / 4];
        const outcome line = EVALUATE(&at, "activation", s, "target_activation", t, "tol", "1e-10");
        const outcome plane = EVALUATE(&at, "activation", s, "target_activation", t, "method", "quadrature", "tol", "1e-4");
        assert_true(line.accuracy.error <= 1e-10);
        check_close(s, &plane, &line, 1e-4);
    }
    gsl_rng_free(rng);
}

/* relu(x) - relu(-x) is x: every term of the variance's parity sum, against the polynomial. */
static void test_linear_out_of_kinks(void **state)
{
    (void)state;
    gsl_rng *rng = make_rng(4);
    for (size_t i = 0; i < 5; i++) {
        const overlaps at = draw(rng, 3, 2, 5);
        const outcome exact = EVALUATE(&at, "activation", "x"), out = EVALUATE(&at, "activation", "relu(x) - relu(-x)");
        check_close("x", &out, &exact, 1e-13);
        const outcome mixed = EVALUATE(&at, "activation", "x", "target_activation", "relu(x) - relu(-x)");
        check_close("x, mixed", &mixed, &exact, 1e-13);
    }
    gsl_rng_free(rng);
}

/* ---- Quadrature against polynomials ------------------------------------------------------------------------------ */

static void test_polynomials(void **state)
{
    (void)state;
    static const char *const activations[] = {"x^2", "he3", "x^3 - x/2 + 1", "x"};
    gsl_rng *rng = make_rng(5);
    for (size_t i = 0; i < 12; i++) {
        const size_t p = 1 + i % 3, k = 1 + i % 2;
        const overlaps at = draw(rng, p, k, i % 3 == 2 ? 2 : p + k);
        const char *s = activations[i % 4], *t = activations[i / 4];
        const outcome exact = EVALUATE(&at, "activation", s, "target_activation", t, "second_layer", "trained");
        const outcome quadrature = EVALUATE(&at, "activation", s, "target_activation", t, "second_layer", "trained",
                                            "method", "quadrature", "tol", "1e-9");
        check_close(s, &quadrature, &exact, 1e-10);
    }
    gsl_rng_free(rng);
}

/* Taylor polynomials of rising degree at small pre-activations. */
static void test_taylor_polynomials_converge(void **state)
{
    (void)state;
    static const char *const taylor[] = {"x", "x - x^3/3", "x - x^3/3 + 2/15*x^5", "x - x^3/3 + 2/15*x^5 - 17/315*x^7"};
    gsl_rng *rng = make_rng(6);
    overlaps at = draw(rng, 2, 2, 4);
    gsl_rng_free(rng);
    for (size_t i = 0; i < 36; i++) at.Q[i] *= 0.02, at.M[i] *= 0.02, at.P[i] *= 0.02;
    const outcome exact = EVALUATE(&at, "activation", "tanh", "tol", "1e-11");
    double before = INFINITY;
    for (size_t i = 0; i < 4; i++) {
        const outcome near = EVALUATE(&at, "activation", taylor[i]);
        double worst = fabs(near.excess_risk - exact.excess_risk);
        for (size_t m = 0; m < exact.dimension; m++) worst = fmax(worst, fabs(near.drift[m] - exact.drift[m]));
        if (!(worst < 0.3 * before)) fail_msg("degree %zu: apart by %g, before by %g", 2 * i + 1, worst, before);
        before = worst;
    }
    assert_true(before < 1e-5);
}

/* ---- Kinds that mix ---------------------------------------------------------------------------------------------- */

/* The same function with and without kinks goes two ways. */
static void test_mixed_kinds(void **state)
{
    (void)state;
    gsl_rng *rng = make_rng(7);
    for (size_t i = 0; i < 4; i++) {
        const overlaps at = draw(rng, 2, 1 + i % 2, 4);
        const outcome smooth = EVALUATE(&at, "activation", "erf(x)", "target_activation", "x^2", "tol", "1e-7");
        const outcome kinked = EVALUATE(&at, "activation", "erf(x)", "target_activation", "x*relu(x) - x*relu(-x - 0*x)",
                                        "regime", "classical", "tol", "1e-7");
        const outcome folded = EVALUATE(&at, "activation", "erf(x)", "target_activation", "abs(x)^2", "tol", "1e-4");
        const outcome again = EVALUATE(&at, "activation", "tanh(x)", "target_activation", "relu(x)", "tol", "1e-4");
        const outcome other = EVALUATE(&at, "activation", "tanh(x)", "target_activation", "x/2 + abs(x)/2", "tol", "1e-4");
        assert_true(kinked.accuracy.tolerance == 1e-7);
        check_close("erf, x^2", &folded, &smooth, 1e-4);
        check_close("tanh, relu", &again, &other, 1e-12);
    }
    gsl_rng_free(rng);
}

/* ---- Alignment --------------------------------------------------------------------------------------------------- */

/* Two students and a target whose correlations differ from 1 by `gap`. */
static overlaps aligned(double gap)
{
    const double r = 1 - gap;
    return (overlaps){.p = 2, .k = 1, .Q = {1, r, r, 1}, .M = {r, r}, .P = {1}};
}

/* As the gap closes every drift tends to that of coinciding fields; errors of the size of the gap's root are the kinks' own.
 */
static void test_alignment(void **state)
{
    (void)state;
    static const char *const activations[] = {"tanh", "erf(x)", "relu", "gelu", "abs(x) + sin(x)"};
    static const char *const tolerances[] = {"1e-6", "1e-6", "1e-8", "1e-6", "1e-4"};
    const overlaps together = aligned(0), apart = aligned(1e-14), further = aligned(1e-12);
    for (size_t i = 0; i < 5; i++) {
        const char *tolerance = tolerances[i];
        const outcome limit = EVALUATE(&together, "activation", activations[i], "tol", tolerance);
        const outcome close = EVALUATE(&apart, "activation", activations[i], "tol", tolerance);
        const outcome next = EVALUATE(&further, "activation", activations[i], "tol", tolerance);
        const double allowed = 2 * atof(tolerance);
        check_close(activations[i], &close, &limit, i == 2 ? 1e-7 : allowed);
        check_close(activations[i], &next, &limit, i == 2 ? 1e-6 : allowed + 1e-6);
        assert_true(fabs(close.excess_risk) < 1e-7); /* student and target are one */
    }
    for (double gap = 1e-2; gap > 1e-15; gap /= 10) {
        const overlaps at = aligned(gap);
        const outcome closed = EVALUATE(&at, "activation", "relu", "regime", "classical");
        const outcome plane = EVALUATE(&at, "activation", "relu", "regime", "classical", "method", "quadrature");
        check_close("relu", &plane, &closed, 1e-9);
        const outcome series = EVALUATE(&at, "activation", "erf(x)", "method", "quadrature", "tol", "1e-6");
        const outcome exact = EVALUATE(&at, "activation", "erf(x)");
        check_close("erf", &series, &exact, 1e-6);
    }
}

/* A student that is still zero. */
static void test_zero_student(void **state)
{
    (void)state;
    const overlaps at = {.p = 2, .k = 1, .Q = {0, 0, 0, 1}, .M = {0, 0.5}, .P = {1}};
    static const char *const activations[] = {"tanh", "erf(x)", "x^3 + x"};
    for (size_t i = 0; i < 3; i++) {
        const outcome one = EVALUATE(&at, "activation", activations[i], "tol", "1e-6");
        const outcome other = EVALUATE(&at, "activation", activations[i], "method", "quadrature", "tol", "1e-6");
        check_close(activations[i], &one, &other, 1e-6);
        assert_true(one.drift[0] > 0.01); /* it is drawn to the target */
    }
}

/* ---- Errors, copies ---------------------------------------------------------------------------------------------- */

static void expect_failure(wick_status expected, const char *text, const overlaps *at, const char *const *settings)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, at, settings);
    wick_system *system;
    assert_int_equal(wick_system_compile(context, problem, &system), expected);
    assert_null(system);
    if (!strstr(wick_context_message(context), text)) fail_msg("%s, should hold: %s", wick_context_message(context), text);
    wick_problem_free(problem);
    wick_context_free(context);
}

#define FAILS(status, text, at, ...) expect_failure(status, text, at, (const char *const[]){__VA_ARGS__, NULL})

static void test_errors(void **state)
{
    (void)state;
    const overlaps at = {.p = 1, .k = 1, .Q = {1}, .M = {0.5}, .P = {1}};
    FAILS(WICK_ERROR_PROBLEM, "--tol: cannot be met at the initial state: asked for 1e-15, reached ", &at, "activation",
          "tanh(3*x)", "tol", "1e-15");
    FAILS(WICK_ERROR_PROBLEM, "--method: there is no closed form for these activations; allowed: quadrature", &at,
          "activation", "tanh", "method", "closed-form");
    FAILS(WICK_ERROR_PROBLEM, "there is no closed form for these activations in regime high-dimensional", &at, "activation",
          "relu", "method", "closed-form");
    FAILS(WICK_ERROR_PROBLEM, "--activation: not defined at x = 0", &at, "activation", "log(x)");
    FAILS(WICK_ERROR_PROBLEM, "--target-activation: its derivative, which the drift needs", &at, "activation", "x",
          "target_activation", "sqrt(abs(x))");
    FAILS(WICK_ERROR_PROBLEM, "--activation:1: unknown name \"mishh\"", &at, "activation", "mishh(x)");
}

static void test_emission_is_refused(void **state)
{
    (void)state;
    static const char *const refused[][4] = {{"activation", "tanh", NULL},
                                             {"activation", "erf(x-1)", NULL},
                                             {"activation", "erf(x)", "target_activation", "x"},
                                             {"activation", "x", "target_activation", "relu"}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *settings[5] = {0};
        for (size_t n = 0; n < 4 && refused[i][n]; n++) settings[n] = refused[i][n];
        const overlaps at = {.p = 1, .k = 1, .Q = {1}, .M = {0.5}, .P = {1}};
        wick_context *context = wick_context_alloc();
        wick_problem *problem = make_problem(context, &at, settings);
        wick_files *files;
        assert_int_equal(wick_emit(context, problem, "library", "thing", &files), WICK_ERROR_UNSUPPORTED);
        assert_non_null(strstr(wick_context_message(context), "cannot be emitted; allowed: polynomials"));
        wick_problem_free(problem);
        wick_context_free(context);
    }
}

/* Copies, the second of which outlives the first and the original. */
static void test_copies(void **state)
{
    (void)state;
    static const char *const activations[] = {"tanh", "erf(x)", "relu", "relu(x - 1/4)"};
    const overlaps at = {.p = 2, .k = 1, .Q = {1, 0.5, 0.5, 1}, .M = {0.5, 0.25}, .P = {1}};
    for (size_t i = 0; i < 4; i++) {
        wick_context *context = wick_context_alloc();
        wick_problem *problem =
            make_problem(context, &at, (const char *const[]){"activation", activations[i], "tol", "1e-3", NULL});
        wick_system *system, *copy;
        assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
        assert_int_equal(wick_system_copy(context, system, &copy), WICK_OK);
        double start[STATE_LIMIT], one[STATE_LIMIT], two[STATE_LIMIT];
        const size_t dimension = wick_system_dimension(system);
        wick_system_initial_state(context, system, start);
        wick_system_drift(system, start, one);
        wick_system_free(system);
        wick_system_drift(copy, start, two);
        assert_memory_equal(one, two, dimension * sizeof *one);
        assert_int_equal(wick_system_set_noise(context, copy, 0), WICK_OK);
        wick_system_drift(copy, start, two);
        assert_true(two[2] < one[2]); /* Q[1,1] without the noise */
        wick_system_free(copy);
        wick_problem_free(problem);
        wick_context_free(context);
    }
}

/* A run that leaves what quadrature can do says so. */
static void test_run_that_misses(void **state)
{
    (void)state;
    const overlaps at = {.p = 1, .k = 1, .Q = {0.01}, .M = {0.05}, .P = {1}};
    wick_context *context = wick_context_alloc();
    wick_problem *problem =
        make_problem(context, &at,
                     (const char *const[]){"activation", "tanh", "target_activation", "60*x", "regime", "classical",
                                           "second_layer", "fixed", "tol", "3e-13", "end", "1000", NULL});
    wick_system *system;
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    wick_report report;
    assert_int_equal(wick_integrate(context, problem, system, NULL, NULL, NULL, &report), WICK_ERROR_TOLERANCE);
    assert_non_null(strstr(wick_context_message(context), "quadrature.tol: not met any more at t = "));
    assert_true(report.time > 0 && report.time < 1000);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erf),
        cmocka_unit_test(test_piecewise),
        cmocka_unit_test(test_piecewise_variance),
        cmocka_unit_test(test_linear_out_of_kinks),
        cmocka_unit_test(test_polynomials),
        cmocka_unit_test(test_taylor_polynomials_converge),
        cmocka_unit_test(test_mixed_kinds),
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_zero_student),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_emission_is_refused),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_run_that_misses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

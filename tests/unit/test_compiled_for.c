/* A problem that differs from a system's in what is compiled in is refused, with both named; other spellings are not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "start.h"
#include "support.h"

/* ---- What is compiled in ----------------------------------------------------------------------------------------- */

static const struct {
    size_t kind; /* of the table */
    const char *key, *value, *compiled, *given;
} others[] = {
    {POLYNOMIAL, "activation", "x^3", "activation x^2", "activation x^3"},
    {POLYNOMIAL, "activation", "tanh(x)", "activation x^2", "activation tanh(x)"},
    {POLYNOMIAL, "target_activation", "he3", "target_activation x^2", "target_activation he3"},
    {POLYNOMIAL, "regime", "classical", "regime high-dimensional", "regime classical"},
    {POLYNOMIAL, "regime", "mean-field", "regime high-dimensional", "regime mean-field"},
    {POLYNOMIAL, "second_layer", "trained", "second_layer fixed", "second_layer trained"},
    {TRAINED, "second_layer", "fixed", "second_layer trained", "second_layer fixed"},
    {POLYNOMIAL, "p", "4", "p = 3", "p = 4"},
    {POLYNOMIAL, "k", "1", "k = 2", "k = 1"},
    {POLYNOMIAL, "method", "quadrature", "method closed forms where there are any", "method quadrature"},
    {ERF, "method", "quadrature", "method closed forms where there are any", "method quadrature"},
    {ERF, "activation", "erf(x)", "activation erf(x/sqrt(2))", "activation erf(x)"},
    {SMOOTH, "tol", "1e-6", "quadrature.tol 1e-08", "quadrature.tol 1e-06"},
    {SMOOTH, "activation", "tanh(2*x)", "activation tanh(x)", "activation tanh(2*x)"},
    {FORCED_QUADRATURE, "method", "closed-form", "method quadrature", "method closed forms where there are any"},
    {PIECEWISE, "target_activation", "relu(x)", "target_activation abs(x)", "target_activation relu(x)"},
    {PIECEWISE_VARIANCE, "tol", "1e-6", "quadrature.tol 1e-08", "quadrature.tol 1e-06"},
    {PARTICLES, "regime", "mean-field-high-d", "regime mean-field", "regime mean-field-high-d"},
    {PARTICLES, "p", "2", "p = 3", "p = 2"},
    {ERF_SERIES, "method", "quadrature", "method closed forms where there are any", "method quadrature"},
    {ERF_SERIES, "target_activation", "erf(2*x)", "target_activation erf(x)", "target_activation erf(2*x)"},
    {ERF_SERIES, "tol", "1e-6", "quadrature.tol 1e-08", "quadrature.tol 1e-06"},
};

static void check_message(wick_context *context, size_t i, const char *call)
{
    const char *message = wick_context_message(context);
    char expected[256];
    snprintf(expected, sizeof expected, "the system was compiled for %s, the problem has %s;", others[i].compiled,
             others[i].given);
    if (!strstr(message, expected)) fail_msg("%s, case %zu: %s", call, i, message);
}

static void test_compiled_in(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const kind *one = &kinds[others[i].kind];
        const wick_simulation simulation = {.engine = WICK_OVERLAP, .seed = 1, .runs = 1};
        wick_problem *problem = make_problem(context, one);
        wick_system *system = compile(context, problem);
        const curve before = integrate(context, problem, system);
        wick_problem *other = make_problem(context, one);
        set(context, other, "seed", "2");
        set(context, other, others[i].key, others[i].value);
        curve none = {.count = 0};
        const double any[LARGEST_DIMENSION] = {0};
        assert_int_equal(wick_integrate(context, other, system, keep, NULL, &none, NULL), WICK_ERROR_PROBLEM);
        check_message(context, i, "wick_integrate");
        assert_int_equal(
            wick_integrate_from(context, other, system, any, wick_system_dimension(system), keep, NULL, &none, NULL),
            WICK_ERROR_PROBLEM);
        check_message(context, i, "wick_integrate_from");
        assert_int_equal(wick_system_follow(context, system, other), WICK_ERROR_PROBLEM);
        check_message(context, i, "wick_system_follow");
        assert_int_equal(wick_simulate(context, other, system, &simulation, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
        if (wick_problem_regime(other) < WICK_MEAN_FIELD) check_message(context, i, "wick_simulate");
        assert_int_equal(none.count, 0);
        const curve after = integrate(context, problem, system); /* as it was */
        check_same(one->name, &after, &before);
        wick_problem_free(other);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* Several differences are told together, with the place of the first. */
static void test_several_differences(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &kinds[POLYNOMIAL]);
    wick_system *system = compile(context, problem);
    check_status(context,
                 wick_problem_read_json(context, problem, "{\n\"regime\": \"classical\",\n\"p\": 5}", "other.json"));
    assert_int_equal(wick_integrate(context, problem, system, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    const char *expected = "other.json:2:11: the system was compiled for regime high-dimensional, p = 3, the problem "
                           "has regime classical, p = 5; ";
    if (strncmp(wick_context_message(context), expected, strlen(expected)) != 0)
        fail_msg("%s", wick_context_message(context));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* One function, other texts; and keys that make no difference. */
static void test_other_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *activation, *other, *regime, *key, *value;
    } spellings[] = {
        {"x^2", "square", "high-dimensional", NULL, NULL},
        {"he3", "x^3 - 3*x", "mean-field", NULL, NULL},
        {"(x-1)^2", "x*x + 1 - 2*x", "classical", NULL, NULL},
        {"0.1*x", "x/10", "classical", "tol", "1e-6"},
        {"erf(x/2)", "erf(0.5*x)", "high-dimensional", "tol", "1e-6"},
        {"erf(x/2)", "erf(0.5*x)", "mean-field-high-d", NULL, NULL},
        {"x*tanh(x)", "tanh(x)*x", "classical", "method", "quadrature"},
        {"tanh(x) + x*sin(x) + exp(-x^2)", "sin(x)*x + tanh(x) + exp(-(x^2))", "classical", NULL, NULL},
        {"abs(x)", "2*relu(x) - x", "classical", NULL, NULL},
        {"abs(x)", "2*relu(x) - x", "mean-field", NULL, NULL},
        {"x^2", "x^2", "high-dimensional", "method", "closed-form"},
    };
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const kind one = {"spelling", spellings[i].activation, "x", spellings[i].regime, "fixed", NULL, "0.1", NULL};
        wick_problem *problem = make_problem(context, &one);
        if (strstr(one.activation, "erf") || strstr(one.activation, "abs"))
            set(context, problem, "target_activation", one.activation);
        wick_system *system = compile(context, problem);
        const curve expected = integrate(context, problem, system);
        set(context, problem, "activation", spellings[i].other);
        if (spellings[i].key) set(context, problem, spellings[i].key, spellings[i].value);
        const curve found = integrate(context, problem, system);
        check_same(one.activation, &found, &expected);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* A problem that is not valid, or whose method is not to be had, is told so, and leaves the system as it was. */
static void test_failures(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &kinds[SMOOTH]), *other = make_problem(context, &kinds[SMOOTH]);
    wick_system *system = compile(context, problem);
    const curve before = integrate(context, problem, system);
    set(context, other, "method", "closed-form");
    assert_int_equal(wick_integrate(context, other, system, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "there is no closed form for these activations"));
    set(context, other, "method", "quadrature");
    set(context, other, "activation", "log(x)");
    assert_int_equal(wick_integrate(context, other, system, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "not defined at x = 0"));
    set(context, other, "activation", "tanh(x)");
    set(context, other, "Q", "[[1, 2, 0], [2, 1, 0], [0, 0, 1]]");
    set(context, other, "M", "[[0, 0], [0, 0], [0, 0]]");
    assert_int_equal(wick_integrate(context, other, system, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "not positive semidefinite"));
    const curve after = integrate(context, problem, system);
    check_same("after failures", &after, &before);
    assert_int_equal(wick_integrate(context, problem, NULL, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "system: found NULL"));
    assert_int_equal(wick_integrate_from(context, problem, NULL, before.last, before.dimension, NULL, NULL, NULL, NULL),
                     WICK_ERROR_PROBLEM);
    assert_int_equal(wick_simulate(context, problem, NULL, &(wick_simulation){.runs = 1}, NULL, NULL, NULL, NULL),
                     WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_follow(context, NULL, problem), WICK_ERROR_PROBLEM);
    wick_problem_free(other);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* A tolerance that is missed at one start is not missed at the next. */
static void test_missed_tolerance(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    const kind one = {"log", "log(1 + 400*x^2)", "x", "classical", "fixed", NULL, "0.01", NULL};
    wick_problem *problem = make_problem(context, &one);
    set(context, problem, "tol", "1e-9");
    set(context, problem, "initial", full_state);
    const char *small = "{\"Q\": [[1e-4, 0, 0], [0, 1e-4, 0], [0, 0, 1e-4]], \"M\": [[0, 0], [0, 0], [0, 0]]}";
    wick_system *system = NULL;
    const wick_status large_status = wick_system_compile(context, problem, &system);
    wick_system_free(system);
    set(context, problem, "initial", small);
    system = compile(context, problem);
    const curve expected = integrate(context, problem, system);
    set(context, problem, "initial", full_state);
    assert_int_equal(wick_integrate(context, problem, system, NULL, NULL, NULL, NULL), large_status);
    if (large_status == WICK_ERROR_PROBLEM)
        assert_non_null(strstr(wick_context_message(context), "cannot be met at the initial state"));
    set(context, problem, "initial", small);
    const curve found = integrate(context, problem, system);
    check_same(one.name, &found, &expected);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compiled_in),      cmocka_unit_test(test_several_differences),
        cmocka_unit_test(test_other_spellings),  cmocka_unit_test(test_failures),
        cmocka_unit_test(test_missed_tolerance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The library against tests/data/vectors.json, and vectors-rules.json for learning rules: drift and risk at the initial
 * state, computed there by quadrature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"
#include "wick/wick.h"

#define TOLERANCE 1e-12

static void check_status(const char *name, const wick_context *context, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s: %s", name, wick_status_text(status), wick_context_message(context));
}

static void check_output(const char *name, const char *key, const json_t *expect, const double *actual, size_t count)
{
    size_t found;
    double *expected = wick_test_numbers(json_object_get(expect, key), &found);
    assert_int_equal(found, count);
    const double error = wick_test_error(actual, expected, count);
    if (!(error < TOLERANCE)) fail_msg("%s: %s: relative error %g", name, key, error);
    free(expected);
}

/* The drift in the order of the state vector: M, then q. */
static void check_reduced_drift(const char *name, const json_t *expect, size_t p, size_t k, const double *drift,
                                size_t dimension)
{
    check_output(name, "dM", expect, drift, p * k);
    check_output(name, "dq", expect, drift + p * k, p);
    assert_int_equal(p * k + p, dimension);
}

/* M, the upper triangle of Q, and a if trained. */
static void check_drift(const char *name, const json_t *expect, size_t p, size_t k, const double *drift, size_t dimension)
{
    if (json_object_get(expect, "dq") != NULL) {
        check_reduced_drift(name, expect, p, k, drift, dimension);
        return;
    }
    double *dQ = malloc(p * p * sizeof *dQ);
    assert_non_null(dQ);
    const double *upper = drift + p * k;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) dQ[j * p + l] = dQ[l * p + j] = *upper++;
    check_output(name, "dM", expect, drift, p * k);
    check_output(name, "dQ", expect, dQ, p * p);
    if (json_object_get(expect, "da") != NULL) {
        check_output(name, "da", expect, upper, p);
        upper += p;
    }
    assert_int_equal(upper - drift, dimension);
    free(dQ);
}

static void check_system(const char *name, wick_context *context, wick_problem *problem, const json_t *expect)
{
    wick_system *system = NULL;
    check_status(name, context, wick_system_compile(context, problem, &system));
    const size_t dimension = wick_system_dimension(system);
    double *state = malloc(dimension * sizeof *state), *drift = malloc(dimension * sizeof *drift);
    assert_true(state != NULL && drift != NULL);
    check_status(name, context, wick_system_initial_state(context, system, state));
    check_status(name, context, wick_system_drift(system, state, drift));
    check_drift(name, expect, wick_problem_p(problem), wick_problem_k(problem), drift, dimension);

    double risk, excess_risk, risk_alone;
    check_status(name, context, wick_system_risk(system, state, &risk, &excess_risk));
    check_output(name, "risk", expect, &risk, 1);
    check_output(name, "excess_risk", expect, &excess_risk, 1);
    check_status(name, context, wick_system_risk(system, state, &risk_alone, NULL));
    assert_true(risk_alone == risk);

    free(state);
    free(drift);
    wick_system_free(system);
}

/* Runs one entry {name, problem, expect}. */
static void run_case(const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const json_t *given = json_object_get(entry, "problem");
    char *text = json_dumps(given, JSON_REAL_PRECISION(17));
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    assert_true(text != NULL && context != NULL);
    check_status(name, context, wick_problem_alloc(context, &problem));
    check_status(name, context, wick_problem_read_json(context, problem, text, name));
    check_system(name, context, problem, json_object_get(entry, "expect"));
    wick_problem_free(problem);
    wick_context_free(context);
    free(text);
}

static void test_vectors(void **state)
{
    (void)state;
    json_error_t error;
    json_t *cases = json_load_file(WICK_TEST_DATA "/vectors.json", 0, &error);
    if (cases == NULL) fail_msg("%s: %s", error.source, error.text);
    assert_true(json_array_size(cases) >= 12);
    for (size_t i = 0; i < json_array_size(cases); i++) run_case(json_array_get(cases, i));
    json_decref(cases);
}

/* Keys of learning rules that there are not yet. */
static bool is_beyond(const json_t *problem)
{
    static const char *const keys[] = {"inputs"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(problem, keys[i])) return true;
    return false;
}

static void test_rules(void **state)
{
    (void)state;
    json_error_t error;
    size_t count = 0;
    json_t *cases = json_load_file(WICK_TEST_DATA "/vectors-rules.json", 0, &error);
    if (cases == NULL) fail_msg("%s: %s", error.source, error.text);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *entry = json_array_get(cases, i);
        if (is_beyond(json_object_get(entry, "problem"))) continue;
        run_case(entry);
        count++;
    }
    assert_true(count >= 2);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

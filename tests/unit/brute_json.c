/* See brute_json.h. */
#include "brute_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

/* ---- To JSON ----------------------------------------------------------------------------------------------------- */

static json_t *vector(const double *values, size_t count)
{
    json_t *json = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(json, json_real(values[i]));
    return json;
}

static json_t *numbers(const brute_number *values, size_t count)
{
    json_t *json = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(json, json_pack("[f, f]", values[i].value, values[i].error));
    return json;
}

json_t *brute_json_make(const brute_problem *problem, const brute_result *result)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    json_t *omega = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(omega, vector(problem->omega[i], n));
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:b, s:f, s:f, s:o, s:o, s:o, s:o, s:o}", "activation",
                     problem->student.text, "target_activation", problem->target.text, "p", (int)p, "k", (int)k, "regime",
                     (int)problem->regime, "trained", (int)problem->trained, "learning_rate", problem->gamma, "noise",
                     problem->Delta, "a", vector(problem->a, p), "a_star", vector(problem->a_star, k), "omega", omega,
                     "drift", numbers(result->drift, result->dimension), "excess_risk", numbers(&result->excess_risk, 1));
}

/* ---- From JSON --------------------------------------------------------------------------------------------------- */

/* `count` numbers under the key. */
static void read_numbers(const json_t *json, const char *key, double *to, size_t count)
{
    size_t found;
    double *values = wick_test_numbers(json_object_get(json, key), &found);
    assert_int_equal(found, count);
    memcpy(to, values, count * sizeof *to);
    free(values);
}

static void read_right(const json_t *json, const char *key, brute_number *to, size_t count)
{
    const json_t *values = json_object_get(json, key);
    assert_int_equal(json_array_size(values), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(values, i);
        to[i] = (brute_number){json_number_value(json_array_get(pair, 0)), json_number_value(json_array_get(pair, 1))};
    }
}

static size_t read_count(const json_t *json, const char *key)
{
    const json_int_t value = json_integer_value(json_object_get(json, key));
    assert_true(value >= 0 && value <= BRUTE_FIELD_LIMIT);
    return (size_t)value;
}

static void read_text(const json_t *json, const char *key, brute_function *to)
{
    const char *text = json_string_value(json_object_get(json, key));
    assert_non_null(text);
    *to = (brute_function){.kind = BRUTE_KINDS};
    snprintf(to->text, sizeof to->text, "%s", text);
}

void brute_json_read(const json_t *json, brute_problem *problem, brute_result *result)
{
    const size_t p = read_count(json, "p"), k = read_count(json, "k"), n = p + k;
    double omega[BRUTE_FIELD_LIMIT * BRUTE_FIELD_LIMIT];
    *problem = (brute_problem){.p = p, .k = k, .regime = (wick_regime)read_count(json, "regime")};
    problem->trained = json_is_true(json_object_get(json, "trained"));
    problem->gamma = json_number_value(json_object_get(json, "learning_rate"));
    problem->Delta = json_number_value(json_object_get(json, "noise"));
    read_text(json, "activation", &problem->student);
    read_text(json, "target_activation", &problem->target);
    read_numbers(json, "a", problem->a, p);
    read_numbers(json, "a_star", problem->a_star, k);
    read_numbers(json, "omega", omega, n * n);
    for (size_t i = 0; i < n; i++) memcpy(problem->omega[i], omega + i * n, n * sizeof *omega);
    *result = (brute_result){.dimension = p * k + p * (p + 1) / 2 + (problem->trained ? p : 0)};
    read_right(json, "drift", result->drift, result->dimension);
    read_right(json, "excess_risk", &result->excess_risk, 1);
}

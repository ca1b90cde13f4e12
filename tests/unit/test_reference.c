/* The reference itself, before anything is compared with it: its recursion over exponent vectors against the plain recursion
 * over lists, and its drift and risk against the values of tests/data/vectors.json, which were computed by quadrature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "support.h"

#define TOLERANCE 1e-12

enum { DEGREE_LIMIT = 12, FIELDS = 3 };

/* Every exponent vector up to (3, 3, 3): both recursions give the same moment. */
static void test_moments(void **state)
{
    (void)state;
    const long double C[FIELDS * FIELDS] = {1.25L, -0.5L, 0.75L, -0.5L, 0.875L, 0.25L, 0.75L, 0.25L, 1.5L};
    for (size_t code = 0; code < 64; code++) {
        const size_t exponent[FIELDS] = {code % 4, code / 4 % 4, code / 16};
        size_t field[3 * FIELDS], count = 0;
        for (size_t a = 0; a < FIELDS; a++)
            for (size_t i = 0; i < exponent[a]; i++) field[count++] = a;
        const long double expected = wick_reference_list_moment(C, FIELDS, field, count);
        const long double actual = wick_reference_moment(C, FIELDS, exponent);
        assert_true(fabsl(actual - expected) <= 1e-16L * (1 + fabsl(expected)));
        if (count % 2 == 1) assert_true(actual == 0);
    }
}

/* E z^8 = 105, E x^2 y^2 = C_xx C_yy + 2 C_xy^2. */
static void test_known_moments(void **state)
{
    (void)state;
    const long double one[1] = {1}, C[4] = {2, 0.5L, 0.5L, 3};
    const size_t eight[1] = {8}, two_two[2] = {2, 2};
    assert_true(wick_reference_moment(one, 1, eight) == 105);
    assert_true(wick_reference_moment(C, 2, two_two) == 6.5L);
}

/* "0.5+1*x-0.25*x^2": the sums that vectors.json holds. Returns the degree. */
static size_t read_polynomial(const char *text, double coefficient[DEGREE_LIMIT + 1])
{
    size_t degree = 0;
    for (size_t i = 0; i <= DEGREE_LIMIT; i++) coefficient[i] = 0;
    while (*text != '\0') {
        char *end;
        const double number = strtod(text, &end);
        assert_ptr_not_equal(text, end);
        unsigned long power = 0;
        if (strncmp(end, "*x", 2) == 0) {
            end += 2;
            power = *end == '^' ? strtoul(end + 1, &end, 10) : 1;
        }
        assert_true(power <= DEGREE_LIMIT);
        coefficient[power] += number;
        if (power > degree) degree = power;
        text = end;
    }
    return degree;
}

static double *numbers_or_ones(const json_t *json, size_t count)
{
    size_t found = count;
    double *numbers = json != NULL ? wick_test_numbers(json, &found) : malloc(count * sizeof *numbers);
    assert_non_null(numbers);
    assert_int_equal(found, count);
    for (size_t i = 0; json == NULL && i < count; i++) numbers[i] = 1;
    return numbers;
}

static wick_regime read_regime(const char *name)
{
    if (strcmp(name, "classical") == 0) return WICK_CLASSICAL;
    if (strcmp(name, "classical-noise") == 0) return WICK_CLASSICAL_NOISE;
    if (strcmp(name, "high-dimensional") == 0) return WICK_HIGH_DIMENSIONAL;
    return WICK_MEAN_FIELD;
}

static void check_output(const char *name, const json_t *expect, const char *key, const double *actual, size_t count)
{
    size_t found;
    double *expected = wick_test_numbers(json_object_get(expect, key), &found);
    assert_int_equal(found, count);
    const double error = wick_test_error(actual, expected, count);
    if (!(error < TOLERANCE)) fail_msg("%s: %s: relative error %g", name, key, error);
    free(expected);
}

/* Evaluates the case and compares everything that it expects. */
static void check_case(const char *name, wick_reference_problem *problem, const json_t *initial, const json_t *expect)
{
    const size_t p = problem->p, k = problem->k;
    double *Q = numbers_or_ones(json_object_get(initial, "Q"), p * p);
    double *M = numbers_or_ones(json_object_get(initial, "M"), p * k);
    double *P = numbers_or_ones(json_object_get(initial, "P"), k * k);
    double *a = numbers_or_ones(json_object_get(initial, "a"), p);
    double *a_star = numbers_or_ones(json_object_get(initial, "a_star"), k);
    problem->Q = Q;
    problem->M = M;
    problem->P = P;
    problem->a = a;
    problem->a_star = a_star;

    double *dM = malloc(p * k * sizeof *dM), *dQ = malloc(p * p * sizeof *dQ), *da = malloc(p * sizeof *da), risk;
    assert_true(dM != NULL && dQ != NULL && da != NULL);
    wick_reference_evaluate(problem, dM, dQ, da, &risk);
    check_output(name, expect, "dM", dM, p * k);
    check_output(name, expect, "dQ", dQ, p * p);
    if (problem->trained) check_output(name, expect, "da", da, p);
    check_output(name, expect, "risk", &risk, 1);

    double *const all[] = {Q, M, P, a, a_star, dM, dQ, da};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static void test_vectors(void **state)
{
    (void)state;
    json_error_t error;
    json_t *cases = json_load_file(WICK_TEST_DATA "/vectors.json", 0, &error);
    if (cases == NULL) fail_msg("%s: %s", error.source, error.text);

    size_t ran = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *entry = json_array_get(cases, i), *given = json_object_get(entry, "problem");
        const wick_regime regime = read_regime(json_string_value(json_object_get(given, "regime")));
        if (regime == WICK_MEAN_FIELD) continue;

        double student[DEGREE_LIMIT + 1], target[DEGREE_LIMIT + 1];
        wick_reference_problem problem = {
            .p = (size_t)json_integer_value(json_object_get(given, "p")),
            .k = (size_t)json_integer_value(json_object_get(given, "k")),
            .student = student,
            .student_degree = read_polynomial(json_string_value(json_object_get(given, "activation")), student),
            .target = target,
            .target_degree = read_polynomial(json_string_value(json_object_get(given, "target_activation")), target),
            .gamma = json_number_value(json_object_get(given, "learning_rate")),
            .Delta = json_number_value(json_object_get(given, "noise")),
            .regime = regime,
            .trained = strcmp(json_string_value(json_object_get(given, "second_layer")), "trained") == 0,
        };
        check_case(json_string_value(json_object_get(entry, "name")), &problem, json_object_get(given, "initial"),
                   json_object_get(entry, "expect"));
        ran++;
    }
    json_decref(cases);
    assert_true(ran >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_known_moments),
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The closed form as JSON, read by an interpreter that knows only the format (examples/formulas.md) and sums over all
 * fields diagram by diagram: it must find the drifts and risks of tests/data/vectors.json, and those of the reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "formulas.h"
#include "support.h"

#define TOLERANCE 1e-12

enum { SIZE_LIMIT = 16, VERTEX_LIMIT = 4 };

/* A closed form, and the numbers to put into it. */
typedef struct {
    json_t *form;
    size_t p, k;
    const double *Q, *M, *P, *a, *a_star;
    double gamma, Delta;
} setting;

/* ---- The interpreter --------------------------------------------------------------------------------------------- */

static double omega(const setting *s, size_t a, size_t b)
{
    if (a < s->p && b < s->p) return s->Q[a * s->p + b];
    if (a >= s->p && b >= s->p) return s->P[(a - s->p) * s->k + (b - s->p)];
    return a < s->p ? s->M[a * s->k + (b - s->p)] : s->M[b * s->k + (a - s->p)];
}

static double weight(const setting *s, size_t field)
{
    return field < s->p ? -s->a[field] / (double)s->p : s->a_star[field - s->p] / (double)s->k;
}

/* F_v^{(order)} at a field. */
static double factor(const setting *s, size_t order, size_t field)
{
    const json_t *factors = json_object_get(json_object_get(s->form, "factors"), field < s->p ? "student" : "target");
    const json_t *coefficients = json_array_get(factors, order);
    return wick_test_polynomial(coefficients, omega(s, field, field));
}

static const char *role(const json_t *expansion, size_t v)
{
    return json_string_value(json_object_get(json_array_get(json_object_get(expansion, "vertices"), v), "role"));
}

static double diagram_at(const setting *s, const json_t *expansion, const json_t *diagram, const size_t *field)
{
    double value = wick_test_rational(json_object_get(diagram, "coefficient"));
    const json_t *edges = json_object_get(diagram, "edges"), *orders = json_object_get(diagram, "orders");
    for (size_t e = 0; e < json_array_size(edges); e++) {
        size_t end[3];
        for (size_t i = 0; i < 3; i++) end[i] = (size_t)json_integer_value(json_array_get(json_array_get(edges, e), i));
        assert_true(end[0] < end[1] && end[2] > 0);
        value *= pow(omega(s, field[end[0]], field[end[1]]), (double)end[2]);
    }
    for (size_t v = 0; v < json_array_size(orders); v++) {
        if (strcmp(role(expansion, v), "field") != 0)
            value *= factor(s, (size_t)json_integer_value(json_array_get(orders, v)), field[v]);
        if (strcmp(role(expansion, v), "summed") == 0) value *= weight(s, field[v]);
    }
    return value;
}

/* The sum of the diagrams, and over all fields at the vertices from v on that are summed. */
static double sum_from(const setting *s, const json_t *expansion, size_t *field, size_t v)
{
    double sum = 0;
    if (v == json_array_size(json_object_get(expansion, "vertices"))) {
        const json_t *diagrams = json_object_get(expansion, "diagrams");
        for (size_t i = 0; i < json_array_size(diagrams); i++)
            sum += diagram_at(s, expansion, json_array_get(diagrams, i), field);
        return sum;
    }
    if (strcmp(role(expansion, v), "summed") != 0) return sum_from(s, expansion, field, v + 1);
    for (field[v] = 0; field[v] < s->p + s->k; field[v]++) sum += sum_from(s, expansion, field, v + 1);
    return sum;
}

/* An expansion at its legs; 0 if the problem does not have it. */
static double expansion_at(const setting *s, const char *name, size_t j, size_t l)
{
    const json_t *expansion = json_object_get(json_object_get(s->form, "expansions"), name);
    if (!expansion) return 0;
    size_t field[VERTEX_LIMIT] = {j, l};
    double value = sum_from(s, expansion, field, 0);
    if (!json_is_true(json_object_get(expansion, "halved"))) return value;
    field[0] = l, field[1] = j;
    return value + sum_from(s, expansion, field, 0);
}

static void evaluate(const setting *s, double *dM, double *dQ, double *da, double *risk)
{
    for (size_t j = 0; j < s->p; j++) {
        for (size_t r = 0; r < s->k; r++) dM[j * s->k + r] = s->a[j] * expansion_at(s, "flow", j, s->p + r);
        for (size_t l = 0; l < s->p; l++)
            dQ[j * s->p + l] = s->a[j] * expansion_at(s, "flow", j, l) + s->a[l] * expansion_at(s, "flow", l, j) +
                               s->gamma / (double)s->p * s->a[j] * s->a[l] *
                                   (expansion_at(s, "variance", j, l) + s->Delta * expansion_at(s, "noise", j, l));
        da[j] = expansion_at(s, "second_layer", j, 0);
    }
    *risk = expansion_at(s, "risk", 0, 0) / 2 + s->Delta / 2;
}

/* ---- Comparison -------------------------------------------------------------------------------------------------- */

static json_t *derive(const char *student, const char *target, wick_regime regime, bool trained)
{
    char *text = wick_test_print(student, target, regime, trained, WICK_JSON);
    char *again = wick_test_print(student, target, regime, trained, WICK_JSON);
    assert_string_equal(text, again);
    free(again);
    json_error_t error;
    json_t *form = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!form) fail_msg("line %d: %s", error.line, error.text);
    free(text);
    return form;
}

static void check_error(const char *case_name, const char *what, const double *actual, const double *expected, size_t count)
{
    const double error = wick_test_error(actual, expected, count);
    if (!(error < TOLERANCE)) fail_msg("%s: %s: relative error %g", case_name, what, error);
}

static double *numbers(const json_t *parent, const char *key, size_t size)
{
    size_t count = 0;
    const json_t *array = json_object_get(parent, key);
    double *values = array ? wick_test_numbers(array, &count) : malloc(size * sizeof *values);
    assert_non_null(values);
    assert_true(!array || count == size);
    for (size_t i = 0; !array && i < size; i++) values[i] = 1; /* a and a_star, if not given */
    return values;
}

static void check_case(const char *name, const setting *s, const json_t *expect)
{
    double dM[SIZE_LIMIT], dQ[SIZE_LIMIT], da[SIZE_LIMIT], risk;
    evaluate(s, dM, dQ, da, &risk);
    double *expected_M = numbers(expect, "dM", s->p * s->k), *expected_Q = numbers(expect, "dQ", s->p * s->p);
    check_error(name, "dM", dM, expected_M, s->p * s->k);
    check_error(name, "dQ", dQ, expected_Q, s->p * s->p);
    free(expected_M);
    free(expected_Q);
    if (json_object_get(expect, "da")) {
        double *expected_a = numbers(expect, "da", s->p);
        check_error(name, "da", da, expected_a, s->p);
        free(expected_a);
    }
    const double expected_risk = json_number_value(json_object_get(expect, "risk"));
    check_error(name, "risk", &risk, &expected_risk, 1);
}

static const char *text_of(const json_t *problem, const char *key)
{
    return json_string_value(json_object_get(problem, key));
}

static bool check_vector(const json_t *vector)
{
    const json_t *problem = json_object_get(vector, "problem"), *initial = json_object_get(problem, "initial");
    const char *name = text_of(vector, "name"), *regime = text_of(problem, "regime");
    if (strncmp(regime, "mean-field", 10) == 0) return false;
    const wick_regime which = strcmp(regime, "classical") == 0         ? WICK_CLASSICAL
                              : strcmp(regime, "classical-noise") == 0 ? WICK_CLASSICAL_NOISE
                                                                       : WICK_HIGH_DIMENSIONAL;
    const bool trained = strcmp(text_of(problem, "second_layer"), "trained") == 0;
    const size_t p = (size_t)json_integer_value(json_object_get(problem, "p"));
    const size_t k = (size_t)json_integer_value(json_object_get(problem, "k"));
    assert_true(p * p <= SIZE_LIMIT && p * k <= SIZE_LIMIT);

    double *Q = numbers(initial, "Q", p * p), *M = numbers(initial, "M", p * k), *P = numbers(initial, "P", k * k);
    double *a = numbers(initial, "a", p), *a_star = numbers(initial, "a_star", k);
    json_t *form = derive(text_of(problem, "activation"), text_of(problem, "target_activation"), which, trained);
    const setting s = {form,
                       p,
                       k,
                       Q,
                       M,
                       P,
                       a,
                       a_star,
                       json_number_value(json_object_get(problem, "learning_rate")),
                       json_number_value(json_object_get(problem, "noise"))};
    check_case(name, &s, json_object_get(vector, "expect"));
    json_decref(form);
    double *const all[] = {Q, M, P, a, a_star};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return true;
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void test_vectors(void **state)
{
    (void)state;
    json_error_t error;
    json_t *vectors = json_load_file(WICK_TEST_DATA "/vectors.json", 0, &error);
    if (!vectors) fail_msg("vectors.json:%d: %s", error.line, error.text);
    size_t checked = 0;
    for (size_t i = 0; i < json_array_size(vectors); i++) checked += check_vector(json_array_get(vectors, i));
    assert_int_equal(checked, 8);
    json_decref(vectors);
}

static void test_reference(void **state)
{
    (void)state;
    static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 7);
    for (size_t i = 0; i < 12; i++) {
        wick_test_activation student, target;
        wick_test_activation_draw(rng, (wick_test_kind)(i % WICK_TEST_KINDS), 1 + i % 4, &student);
        wick_test_activation_draw(rng, (wick_test_kind)(i / 3 % WICK_TEST_KINDS), 1 + i / 3, &target);
        wick_test_case one;
        wick_test_case_draw(rng, 2, 2, 4, &student, &target, &one);
        one.plain.regime = regimes[i % 3];
        one.plain.trained = i % 2 == 1;
        one.plain.gamma = 0.5;
        one.plain.Delta = 0.25;

        double dM[SIZE_LIMIT], dQ[SIZE_LIMIT], da[SIZE_LIMIT], risk, actual_M[SIZE_LIMIT], actual_Q[SIZE_LIMIT],
            actual_a[SIZE_LIMIT], actual_risk;
        wick_reference_evaluate(&one.plain, dM, dQ, da, &risk);
        json_t *form = derive(student.text, target.text, one.plain.regime, one.plain.trained);
        const setting s = {form, 2, 2, one.Q, one.M, one.P, one.a, one.a_star, one.plain.gamma, one.plain.Delta};
        evaluate(&s, actual_M, actual_Q, actual_a, &actual_risk);
        check_error(student.text, "dM", actual_M, dM, 4);
        check_error(student.text, "dQ", actual_Q, dQ, 4);
        if (one.plain.trained) check_error(student.text, "da", actual_a, da, 2);
        check_error(student.text, "risk", &actual_risk, &risk, 1);
        json_decref(form);
        wick_test_case_clear(&one);
    }
    gsl_rng_free(rng);
}

static void test_head(void **state)
{
    (void)state;
    json_t *form = derive("x^2/3 - x", "he3", WICK_CLASSICAL_NOISE, true);
    const char *version, *student, *target, *regime, *second_layer, *coefficient;
    json_t *expansions;
    assert_int_equal(json_object_size(form), 7);
    assert_int_equal(json_unpack(form, "{s:s, s:{s:s, s:[s, s, s !] !}, s:{s:s}, s:s, s:s, s:o}", "wick", &version,
                                 "activation", "expression", &student, "coefficients", &coefficient, &coefficient,
                                 &coefficient, "target_activation", "expression", &target, "regime", &regime, "second_layer",
                                 &second_layer, "expansions", &expansions),
                     0);
    assert_string_equal(version, WICK_VERSION);
    assert_string_equal(student, "x^2/3 - x");
    assert_string_equal(coefficient, "1/3");
    assert_string_equal(target, "x^3 - 3*x");
    assert_string_equal(regime, "classical-noise");
    assert_string_equal(second_layer, "trained");
    static const char *const present[] = {"flow", "second_layer", "noise", "risk"};
    assert_int_equal(json_object_size(expansions), 4);
    for (size_t i = 0; i < 4; i++) assert_non_null(json_object_get(expansions, present[i]));
    json_decref(form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_reference),
                                       cmocka_unit_test(test_head)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

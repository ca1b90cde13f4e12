/* The matrix form that is printed as text, evaluated with numbers and compared with the reference, which knows nothing of
 * traces and products: what a reader would compute from it is the drift. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "formulas.h"
#include "support.h"

#define TOLERANCE 1e-12

enum { P_COUNT = 3, K_COUNT = 2, SIZE_LIMIT = 3 };

/* A number is 1 x 1. */
typedef struct {
    size_t rows, columns;
    double x[SIZE_LIMIT][SIZE_LIMIT];
} value;

typedef struct {
    const wick_test_case *one;
    const wick_test_equations *equations;
    const char *at; /* what is left to read */
} reader;

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static value number(double x) { return (value){1, 1, {{x}}}; }

static bool is_number(const value *a) { return a->rows == 1 && a->columns == 1; }

static value filled(size_t rows, size_t columns, const double *entries)
{
    value a = {rows, columns, {{0}}};
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) a.x[i][j] = entries ? entries[i * columns + j] : 1;
    return a;
}

static value diagonal_matrix(size_t size, const double *entries)
{
    value a = {size, size, {{0}}};
    for (size_t i = 0; i < size; i++) a.x[i][i] = entries[i];
    return a;
}

static value transpose(value a)
{
    value t = {a.columns, a.rows, {{0}}};
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.columns; j++) t.x[j][i] = a.x[i][j];
    return t;
}

static value scale(value a, double factor)
{
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.columns; j++) a.x[i][j] *= factor;
    return a;
}

static value add(value a, value b)
{
    assert_true(a.rows == b.rows && a.columns == b.columns);
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.columns; j++) a.x[i][j] += b.x[i][j];
    return a;
}

static value multiply(value a, value b)
{
    if (is_number(&a)) return scale(b, a.x[0][0]);
    if (is_number(&b)) return scale(a, b.x[0][0]);
    assert_int_equal(a.columns, b.rows);
    value c = {a.rows, b.columns, {{0}}};
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < b.columns; j++)
            for (size_t m = 0; m < a.columns; m++) c.x[i][j] += a.x[i][m] * b.x[m][j];
    return c;
}

static value trace(value a)
{
    double sum = 0;
    assert_int_equal(a.rows, a.columns);
    for (size_t i = 0; i < a.rows; i++) sum += a.x[i][i];
    return number(sum);
}

static value diagonal(value a)
{
    value column = {a.rows, 1, {{0}}};
    assert_int_equal(a.rows, a.columns);
    for (size_t i = 0; i < a.rows; i++) column.x[i][0] = a.x[i][i];
    return column;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static value read_sum(reader *r);
static value read_equation(const reader *r, const char *name);

static bool accept(reader *r, const char *token)
{
    const size_t length = strlen(token);
    if (strncmp(r->at, token, length) != 0) return false;
    r->at += length;
    return true;
}

static void expect(reader *r, const char *token)
{
    if (!accept(r, token)) fail_msg("\"%s\" expected before \"%s\"", token, r->at);
}

static value read_enclosed(reader *r, const char *end)
{
    const value inside = read_sum(r);
    expect(r, end);
    return inside;
}

/* A column or row of ones: as long as what stands next to it asks for, as many as students if nothing does. */
static value read_ones(reader *r, const value *before)
{
    if (!accept(r, "^T")) {
        const bool fits = before && !is_number(before) && before->columns > 1;
        return filled(fits ? before->columns : P_COUNT, 1, NULL);
    }
    return filled(1, strncmp(r->at, " P", 2) == 0 || strncmp(r->at, " M^T", 4) == 0 ? K_COUNT : P_COUNT, NULL);
}

static value read_name(reader *r, const value *before)
{
    const wick_test_case *one = r->one;
    const double p = P_COUNT, k = K_COUNT;
    if (accept(r, "Delta")) return number(one->plain.Delta);
    if (accept(r, "gamma")) return number(one->plain.gamma);
    if (accept(r, "D*")) return diagonal_matrix(K_COUNT, one->a_star);
    if (accept(r, "D")) return diagonal_matrix(P_COUNT, one->a);
    if (accept(r, "a*")) return filled(K_COUNT, 1, one->a_star);
    if (accept(r, "a")) return filled(P_COUNT, 1, one->a);
    if (accept(r, "e")) return read_ones(r, before);
    if (accept(r, "Q")) return filled(P_COUNT, P_COUNT, one->Q);
    if (accept(r, "M")) return filled(P_COUNT, K_COUNT, one->M);
    if (accept(r, "P")) return filled(K_COUNT, K_COUNT, one->P);
    if (accept(r, "X")) return read_equation(r, "X");
    if (accept(r, "p")) return number(p);
    if (accept(r, "k")) return number(k);
    fail_msg("what is \"%s\"?", r->at);
    return number(NAN);
}

/* One factor, its powers and transposition included. */
static value read_factor(reader *r, const value *before)
{
    value base;
    if (isdigit((unsigned char)*r->at)) {
        char *end;
        base = number(strtod(r->at, &end));
        r->at = end;
    } else if (accept(r, "Tr(")) {
        return trace(read_enclosed(r, ")"));
    } else if (accept(r, "Tr ")) {
        return trace(read_name(r, NULL));
    } else if (accept(r, "diag(")) {
        return diagonal(read_enclosed(r, ")"));
    } else if (accept(r, "(")) {
        base = read_enclosed(r, ")");
    } else if (accept(r, "[")) {
        return read_enclosed(r, "]");
    } else {
        base = read_name(r, before);
    }
    if (accept(r, "^T")) return transpose(base);
    value power = base;
    if (accept(r, "^"))
        for (long times = strtol(r->at, (char **)&r->at, 10); times > 1; times--) power = multiply(power, base);
    return power;
}

/* Factors side by side, and divisors. A column before a row is an outer product, like every other product here. */
static value read_term(reader *r)
{
    value product = read_factor(r, NULL);
    for (;;) {
        if (accept(r, "/")) {
            const value divisor = read_factor(r, NULL);
            assert_true(is_number(&divisor));
            product = scale(product, 1 / divisor.x[0][0]);
        } else if (r->at[0] == ' ' && !strchr("+-", r->at[1])) {
            r->at++;
            product = multiply(product, read_factor(r, &product));
        } else {
            return product;
        }
    }
}

static value read_sum(reader *r)
{
    value sum = accept(r, "-") ? scale(read_term(r), -1) : read_term(r);
    for (;;) {
        if (accept(r, " + transpose"))
            sum = add(sum, transpose(sum));
        else if (accept(r, " + "))
            sum = add(sum, read_term(r));
        else if (accept(r, " - "))
            sum = add(sum, scale(read_term(r), -1));
        else
            return sum;
    }
}

static value read_equation(const reader *r, const char *name)
{
    reader inner = {r->one, r->equations, wick_test_equations_find(r->equations, name)};
    if (!inner.at) fail_msg("no equation for %s", name);
    const value result = read_sum(&inner);
    if (*inner.at) fail_msg("%s: \"%s\" is left over", name, inner.at);
    return result;
}

/* ---- Comparison -------------------------------------------------------------------------------------------------- */

static void compare(const reader *r, const char *name, const double *expected, size_t rows, size_t columns)
{
    const value actual = read_equation(r, name);
    double entries[SIZE_LIMIT * SIZE_LIMIT];
    if (is_number(&actual) && actual.x[0][0] == 0 && rows * columns > 1) { /* "0" is any zero */
        memset(entries, 0, sizeof entries);
    } else {
        assert_true(actual.rows == rows && actual.columns == columns);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) entries[i * columns + j] = actual.x[i][j];
    }
    const double error = wick_test_error(entries, expected, rows * columns);
    if (!(error < TOLERANCE))
        fail_msg("%s = %s: relative error %g", name, wick_test_equations_find(r->equations, name), error);
}

static void check(const wick_test_case *one)
{
    const wick_reference_problem *plain = &one->plain;
    double dM[P_COUNT * K_COUNT], dQ[P_COUNT * P_COUNT], da[P_COUNT], risk;
    wick_reference_evaluate(plain, dM, dQ, da, &risk);

    char *text = wick_test_print(one->student.text, one->target.text, plain->regime, plain->trained, WICK_TEXT);
    wick_test_equations equations;
    wick_test_equations_read(text, &equations);
    const reader r = {.one = one, .equations = &equations};
    compare(&r, "dM/dt", dM, P_COUNT, K_COUNT);
    compare(&r, "dQ/dt", dQ, P_COUNT, P_COUNT);
    if (plain->trained) compare(&r, "da/dt", da, P_COUNT, 1);
    compare(&r, "R", &risk, 1, 1);
    wick_test_equations_clear(&equations);
    free(text);
}

/* In every regime, for both kinds of second layer. */
static void check_all(gsl_rng *rng, const wick_test_activation *student, const wick_test_activation *target)
{
    for (unsigned variant = 0; variant < 6; variant++) {
        wick_test_case one;
        wick_test_case_draw(rng, P_COUNT, K_COUNT, P_COUNT + K_COUNT, student, target, &one);
        one.plain.regime = (wick_regime)(variant % 3);
        one.plain.trained = variant >= 3;
        one.plain.gamma = 0.75;
        one.plain.Delta = 0.3;
        for (size_t j = 0; j < P_COUNT && !one.plain.trained; j++) one.a[j] = 1;
        for (size_t t = 0; t < K_COUNT && !one.plain.trained; t++) one.a_star[t] = 1;
        check(&one);
        wick_test_case_clear(&one);
    }
}

static void test_degree_two(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 2);
    wick_test_activation student, target;
    for (size_t kinds = 0; kinds < WICK_TEST_KINDS * WICK_TEST_KINDS; kinds++) {
        wick_test_activation_draw(rng, (wick_test_kind)(kinds % WICK_TEST_KINDS), 2, &student);
        wick_test_activation_draw(rng, (wick_test_kind)(kinds / WICK_TEST_KINDS), 2, &target);
        check_all(rng, &student, &target);
    }
    gsl_rng_free(rng);
}

static void test_named(void **state)
{
    (void)state;
    static const wick_test_activation activations[] = {
        {.coefficient = {0, 0, 1}, .degree = 2, .text = "x^2"},  {.coefficient = {0, 1}, .degree = 1, .text = "linear"},
        {.coefficient = {-1, 0, 1}, .degree = 2, .text = "he2"}, {.coefficient = {3}, .degree = 0, .text = "3"},
        {.coefficient = {1, 1}, .degree = 1, .text = "x + 1"},
    };
    enum { COUNT = sizeof activations / sizeof *activations };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 3);
    for (size_t i = 0; i < COUNT * COUNT; i++) check_all(rng, &activations[i / COUNT], &activations[i % COUNT]);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_degree_two), cmocka_unit_test(test_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

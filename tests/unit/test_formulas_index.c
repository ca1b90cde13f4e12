/* The form with indices that is printed as text, evaluated with numbers and compared with the reference: sums over fields,
 * the table of S_m and T_m, and the sum over multiplicities that stands for a long variance. */
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

enum { SIZE_LIMIT = 9, LETTERS = 128, MULTIPLICITIES = 6 };

/* The numbers that letters stand for: indices of fields (students first), and the multiplicities n_jl, n_jf, ... */
typedef struct {
    size_t field[LETTERS];
    size_t multiplicity[MULTIPLICITIES];
    double v;
} scope;

typedef struct {
    const wick_test_case *one;
    const wick_test_equations *equations;
    const char *at; /* what is left to read */
    scope scope;
} reader;

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static double read_sum(reader *r);
static double read_product(reader *r);

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

static size_t read_field(reader *r) { return r->scope.field[*r->at++ & (LETTERS - 1)]; }

static double overlap(const reader *r, size_t a, size_t b)
{
    const size_t p = r->one->plain.p, k = r->one->plain.k;
    if (a < p && b < p) return r->one->Q[a * p + b];
    if (a >= p && b >= p) return r->one->P[(a - p) * k + (b - p)];
    return a < p ? r->one->M[a * k + (b - p)] : r->one->M[b * k + (a - p)];
}

static double read_equation(const reader *r, const char *name, const scope *inside)
{
    reader inner = {r->one, r->equations, wick_test_equations_find(r->equations, name), *inside};
    if (!inner.at) fail_msg("no equation for %s", name);
    const double result = read_sum(&inner);
    if (*inner.at) fail_msg("%s: \"%s\" is left over", name, inner.at);
    return result;
}

/* B[j,l], Y[l,j], ...: the equation of that name, with its own indices set to these. */
static double read_call(reader *r)
{
    const char *const name = *r->at == 'B'   ? "B[j,b]"
                             : *r->at == 'X' ? "X[j,l]"
                             : *r->at == 'Y' ? "Y[j,l]"
                             : *r->at == 'V' ? "V[j,l]"
                                             : "N[j,l]";
    scope inside = r->scope;
    r->at++;
    expect(r, "[");
    inside.field['j'] = read_field(r);
    expect(r, ",");
    inside.field['l'] = inside.field['b'] = read_field(r);
    expect(r, "]");
    return read_equation(r, name, &inside);
}

static size_t *read_multiplicity(reader *r)
{
    static const char *const names[MULTIPLICITIES] = {"n_jl", "n_jf", "n_lf", "n_jg", "n_lg", "n_fg"};
    for (size_t i = 0; i < MULTIPLICITIES; i++)
        if (accept(r, names[i])) return &r->scope.multiplicity[i];
    return NULL;
}

/* "12" or "(1+n_jl+n_jf)" */
static size_t read_order(reader *r)
{
    if (!accept(r, "(")) return strtoul(r->at, (char **)&r->at, 10);
    size_t order = 0;
    do {
        const size_t *multiplicity = read_multiplicity(r);
        order += multiplicity ? *multiplicity : strtoul(r->at, (char **)&r->at, 10);
    } while (accept(r, "+"));
    expect(r, ")");
    return order;
}

/* S_2[j] or F_0[f], by the table: S_m for students, T_m for targets if there are any. */
static double read_symbol(reader *r, bool leg)
{
    char name[16];
    const size_t order = read_order(r);
    expect(r, "[");
    const size_t field = read_field(r);
    expect(r, "]");
    bool differ = false;
    for (size_t i = 0; i < r->equations->count; i++) differ = differ || r->equations->name[i][0] == 'T';
    snprintf(name, sizeof name, "%c_%zu", !leg && differ && field >= r->one->plain.p ? 'T' : 'S', order);
    if (!wick_test_equations_find(r->equations, name)) return 0; /* not listed: does not contribute */
    scope inside = r->scope;
    inside.v = overlap(r, field, field);
    return read_equation(r, name, &inside);
}

static double read_overlap(reader *r)
{
    expect(r, "[");
    const size_t a = read_field(r);
    expect(r, ",");
    const size_t b = read_field(r);
    expect(r, "]");
    return overlap(r, a, b);
}

/* The rest of the product, summed over one or both of f and g. */
static double sum_over_fields(reader *r, bool two)
{
    const size_t n = r->one->plain.p + r->one->plain.k;
    const char *const rest = r->at;
    double sum = 0;
    for (size_t f = 0; f < n; f++)
        for (size_t g = 0; g < (two ? n : 1); g++) {
            r->at = rest;
            r->scope.field['f'] = f;
            r->scope.field['g'] = g;
            sum += read_product(r);
        }
    return sum;
}

/* The rest of the product, summed over every multiplicity that a function of this degree can bear. */
static double sum_over_multiplicities(reader *r)
{
    const size_t s = r->one->student.degree, t = r->one->target.degree, limit = s > t ? s : t;
    const char *const rest = r->at, *end = rest;
    size_t *n = r->scope.multiplicity;
    double sum = 0;
    memset(n, 0, MULTIPLICITIES * sizeof *n);
    for (size_t i = 0; i < MULTIPLICITIES;) {
        r->at = rest;
        if (n[0] + n[1] + n[3] < s && n[0] + n[2] + n[4] < s && n[1] + n[2] + n[5] <= limit && n[3] + n[4] + n[5] <= limit) {
            sum += read_product(r);
            end = r->at;
        }
        for (i = 0; i < MULTIPLICITIES && ++n[i] > limit; i++) n[i] = 0;
    }
    r->at = end;
    return sum;
}

static double read_base(reader *r)
{
    if (isdigit((unsigned char)*r->at)) return strtod(r->at, (char **)&r->at);
    if (accept(r, "sum_{f,g} ")) return sum_over_fields(r, true);
    if (accept(r, "sum_f ")) return sum_over_fields(r, false);
    if (accept(r, "sum_{n >= 0} ")) return sum_over_multiplicities(r);
    if (accept(r, "Delta")) return r->one->plain.Delta;
    if (accept(r, "(gamma/p)")) return r->one->plain.gamma / (double)r->one->plain.p;
    if (accept(r, "Omega") || accept(r, "Q")) return read_overlap(r);
    if (accept(r, "S_")) return read_symbol(r, true);
    if (accept(r, "F_")) return read_symbol(r, false);
    if (accept(r, "v")) return r->scope.v;
    if (accept(r, "a_")) return r->one->a[read_field(r)];
    if (accept(r, "c_")) {
        const size_t f = read_field(r), p = r->one->plain.p;
        return f < p ? -r->one->a[f] / (double)p : r->one->a_star[f - p] / (double)r->one->plain.k;
    }
    if (accept(r, "(")) {
        const double inside = read_sum(r);
        expect(r, ")");
        return inside;
    }
    if (strchr("BXYVN", *r->at)) return read_call(r);
    fail_msg("what is \"%s\"?", r->at);
    return NAN;
}

/* "Omega[j,f]^2", "Omega[j,f]^n_jf/n_jf!", "Delta/2" */
static double read_factor(reader *r)
{
    double factor = read_base(r);
    if (accept(r, "^")) {
        const size_t *multiplicity = read_multiplicity(r);
        factor = pow(factor, (double)(multiplicity ? *multiplicity : strtoul(r->at, (char **)&r->at, 10)));
    }
    if (!accept(r, "/")) return factor;
    const size_t *multiplicity = read_multiplicity(r);
    if (!multiplicity) return factor / (double)strtoul(r->at, (char **)&r->at, 10);
    expect(r, "!");
    return factor / tgamma((double)*multiplicity + 1);
}

static double read_product(reader *r)
{
    double product = read_factor(r);
    while (r->at[0] == ' ' && !strchr("+-", r->at[1])) {
        r->at++;
        product *= read_factor(r);
    }
    return product;
}

static double read_sum(reader *r)
{
    double sum = accept(r, "-") ? -read_product(r) : read_product(r);
    for (;;) {
        if (accept(r, " + "))
            sum += read_product(r);
        else if (accept(r, " - "))
            sum -= read_product(r);
        else
            return sum;
    }
}

/* ---- Comparison -------------------------------------------------------------------------------------------------- */

/* columns are the fields `first`, first + 1, ... */
static void compare(const reader *r, const char *name, const double *expected, size_t rows, size_t columns, size_t first)
{
    double actual[SIZE_LIMIT];
    assert_true(rows * columns <= SIZE_LIMIT);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            scope inside = {.v = NAN};
            inside.field['j'] = i;
            inside.field['r'] = inside.field['l'] = first + j;
            actual[i * columns + j] = read_equation(r, name, &inside);
        }
    const double error = wick_test_error(actual, expected, rows * columns);
    if (!(error < TOLERANCE))
        fail_msg("%s = %s: relative error %g", name, wick_test_equations_find(r->equations, name), error);
}

/* The reader knows B[j,r] and B[j,l] under one name. Returns whether the variance was printed as one long sum. */
static bool check(const wick_test_case *one)
{
    const wick_reference_problem *plain = &one->plain;
    double dM[SIZE_LIMIT], dQ[SIZE_LIMIT], da[SIZE_LIMIT], risk;
    wick_reference_evaluate(plain, dM, dQ, da, &risk);

    char *text = wick_test_print(one->student.text, one->target.text, plain->regime, plain->trained, WICK_TEXT);
    wick_test_equations equations;
    wick_test_equations_read(text, &equations);
    const reader r = {.one = one, .equations = &equations};
    compare(&r, "dM[j,r]/dt", dM, plain->p, plain->k, plain->p);
    compare(&r, "dQ[j,l]/dt", dQ, plain->p, plain->p, 0);
    if (plain->trained) compare(&r, "da[j]/dt", da, plain->p, 1, 0);
    compare(&r, "R", &risk, 1, 1, 0);
    const bool whole = wick_test_equations_find(&equations, "V[j,l]") != NULL;
    wick_test_equations_clear(&equations);
    free(text);
    return whole;
}

static bool draw_and_check(gsl_rng *rng, size_t p, size_t k, const wick_test_activation *student,
                           const wick_test_activation *target, unsigned variant)
{
    wick_test_case one;
    wick_test_case_draw(rng, p, k, p + k, student, target, &one);
    one.plain.regime = (wick_regime)(variant % 3);
    one.plain.trained = variant >= 3;
    one.plain.gamma = 0.75;
    one.plain.Delta = 0.3;
    const bool whole = check(&one);
    wick_test_case_clear(&one);
    return whole;
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void test_named(void **state)
{
    (void)state;
    static const wick_test_activation activations[] = {
        {.coefficient = {0, 0, 0, 1}, .degree = 3, .text = "x^3"},
        {.coefficient = {0, -3, 0, 1}, .degree = 3, .text = "he3"},
        {.coefficient = {3, 0, -6, 0, 1}, .degree = 4, .text = "he4"},
        {.coefficient = {2}, .degree = 0, .text = "2"},
    };
    enum { COUNT = sizeof activations / sizeof *activations };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 4);
    for (size_t i = 0; i < COUNT * COUNT - 1; i++) /* not 2 on 2: it has a matrix form */
        for (unsigned variant = 0; variant < 6; variant++)
            draw_and_check(rng, 2, 2, &activations[i / COUNT], &activations[i % COUNT], variant);
    gsl_rng_free(rng);
}

static void test_random(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 5);
    wick_test_activation student, target;
    for (size_t kinds = 0; kinds < WICK_TEST_KINDS * WICK_TEST_KINDS; kinds++) {
        wick_test_activation_draw(rng, (wick_test_kind)(kinds % WICK_TEST_KINDS), 3, &student);
        wick_test_activation_draw(rng, (wick_test_kind)(kinds / WICK_TEST_KINDS), 4, &target);
        if (student.degree <= 2 && target.degree <= 2) continue;
        draw_and_check(rng, 2, 1, &student, &target, (unsigned)kinds % 2 * 3);
        draw_and_check(rng, 2, 1, &student, &target, (unsigned)kinds % 2 * 3 + 1);
    }
    gsl_rng_free(rng);
}

/* With a generic quartic there are more diagrams than anyone would read, and one sum stands for them. */
static void test_general(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 6);
    wick_test_activation student, target;
    wick_test_activation_draw(rng, WICK_TEST_DENSE, 3, &student);
    wick_test_activation_draw(rng, WICK_TEST_NO_CONSTANT, 4, &target);
    assert_true(draw_and_check(rng, 2, 1, &student, &target, 2));
    assert_true(draw_and_check(rng, 2, 1, &target, &student, 5));
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_named), cmocka_unit_test(test_random),
                                       cmocka_unit_test(test_general)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

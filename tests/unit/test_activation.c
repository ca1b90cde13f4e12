/* Activation expressions that are accepted: what they expand to, the names, and that printed polynomials read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

static wick_polynomial parsed(const char *text)
{
    wick_context *context = wick_context_alloc();
    assert_non_null(context);
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    const wick_status status = wick_activation_parse(context, "activation", text, &a);
    assert_string_equal(wick_context_message(context), "");
    assert_int_equal(status, WICK_OK);
    wick_context_free(context);
    return a;
}

static char *printed(const wick_polynomial *a)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_polynomial_print(&text, a, "x");
    char *bytes = NULL;
    assert_int_equal(wick_text_take(NULL, &text, &bytes), WICK_OK);
    return bytes;
}

/* `text` must expand to what prints as `expected`. */
static void expands(const char *text, const char *expected)
{
    wick_polynomial a = parsed(text);
    char *found = printed(&a);
    assert_string_equal(found, expected);
    free(found);
    wick_polynomial_clear(&a);
}

/* `count` times `piece`, between `before` and `after`; release with free(). */
static char *repeated(const char *before, const char *piece, size_t count, const char *after)
{
    char *text = malloc(strlen(before) + count * strlen(piece) + strlen(after) + 1);
    assert_non_null(text);
    char *end = text + sprintf(text, "%s", before);
    for (size_t i = 0; i < count; i++) end += sprintf(end, "%s", piece);
    strcpy(end, after);
    return text;
}

/* ---- What is accepted -------------------------------------------------------------------------------------------- */

static void test_numbers_are_exact(void **state)
{
    (void)state;
    expands("3", "3");
    expands("0", "0");
    expands("0.1", "1/10");
    expands("2.5e-3", "1/400");
    expands("2.5E+3", "2500");
    expands("12.50e3", "12500");
    expands("100", "100");
    expands("007", "7");
    expands(".5", "1/2");
    expands("5.", "5");
    expands("5.e1", "50");
    expands("10203.0405", "20406081/2000");
    expands("0.3333333333333333333333333333", "3333333333333333333333333333/10000000000000000000000000000");
    expands("0e999999999999999999999999", "0");
    expands("0.000", "0");
    expands("1e30", "1000000000000000000000000000000");
    expands("100000000000000000000e-20", "1");
    expands("1.00000000000000000000", "1");
}

static void test_precedence(void **state)
{
    (void)state;
    expands("1 + 2*3", "7");
    expands("8/2/2", "2");
    expands("8/2*x", "4*x");
    expands("1 - 2 - 3", "-4");
    expands("2^3^2", "512");
    expands("-2^2", "-4");
    expands("(-2)^2", "4");
    expands("-x^2", "-x^2");
    expands("2*-x", "-2*x");
    expands("2--x", "x + 2");
    expands("+x - +1", "x - 1");
    expands("x^+2", "x^2");
    expands("x^(4/2)", "x^2");
    expands("x^2.0", "x^2");
    expands("x**3", "x^3");
    expands("2*x**2**1*3", "6*x^2");
    expands("x^2/2", "x^2/2");
    expands(" \t( x\n+ 1 )\r ", "x + 1");
}

static void test_expansion(void **state)
{
    (void)state;
    expands("x", "x");
    expands("(x-1)^3/2 + x", "x^3/2 - 3/2*x^2 + 5/2*x - 1/2");
    expands("(x+1)*(x-1) - x^2", "-1");
    expands("x - x", "0");
    expands("(x-x)^5", "0");
    expands("x^0", "1");
    expands("(x-x)^0", "1");
    expands("x^(x-x)", "1");
    expands("x/(x - x + 2)", "x/2");
    expands("(1/3*x + 1/2)^2", "x^2/9 + x/3 + 1/4");
    expands("(x^3)^4", "x^12");
    expands("(x+1)^12 - (x-1)^12", "24*x^11 + 440*x^9 + 1584*x^7 + 1584*x^5 + 440*x^3 + 24*x");
    expands("(x^12 + 1)*0", "0");
    expands("0*x^12*1", "0");
}

static void test_names_in_expressions(void **state)
{
    (void)state;
    expands("square", "x^2");
    expands("he3 - cubic", "-3*x");
    expands("he2^2", "x^4 - 2*x^2 + 1");
    expands("2*linear*quartic/3", "2/3*x^5");
    expands("he3(2*x)", "8*x^3 - 6*x");
    expands("He3(x) + HE2(1/2)", "x^3 - 3*x - 3/4");
    expands("square(cubic(x))", "x^6");
    expands("he2 (x + 1)", "x^2 + 2*x");
}

/* As it is printed and written by hand; 2x^2 is 2*(x^2). */
static void test_products_without_a_sign(void **state)
{
    (void)state;
    expands("2x", "2*x");
    expands("2x^2", "2*x^2");
    expands("-3x", "-3*x");
    expands("2(x+1)", "2*x + 2");
    expands("x (x+1)", "x^2 + x");
    expands("(x+1)(x-1)", "x^2 - 1");
    expands("(x+1)x", "x^2 + x");
    expands("2e3x", "2000*x");
    expands("2he3", "2*x^3 - 6*x");
    expands("x he2(x)", "x^3 - x");
    expands("(1/2)x", "x/2");
    expands("2x/3", "2/3*x");
    expands("x/2*3x", "3/2*x^2");
    expands("x^(2)(x+1)", "x^3 + x^2");
    expands("2x \u2212 3x\u00b2 + x\u00b7x\u00d7x\u00f74", "x^3/4 - 3*x^2 + 2*x");
    expands("(x+1)\u00b2(x\u2212\u00a01)", "x^3 + x^2 - x - 1");
    expands("-x\u00b2", "-x^2");
    expands("x\u00b9\u2070", "x^10");
    expands("2\u207b\u00b9x\u2070", "1/2");
    expands("2\u207b\u00b9x", "x/2");
}

static void test_powers_of_constants(void **state)
{
    (void)state;
    expands("2^-1", "1/2");
    expands("(2/3)^-2", "9/4");
    expands("(-2)^-3", "-1/8");
    expands("4^0.5", "2");
    expands("(8/27)^(2/3)", "4/9");
    expands("4^-1.5", "1/8");
    expands("(x-x)^0.5", "0");
}

static void test_huge_exponents_of_units_are_harmless(void **state)
{
    (void)state;
    expands("1^99999999999999999999999999", "1");
    expands("(-1)^99999999999999999999999999", "-1");
    expands("(-1)^99999999999999999999999998", "1");
    expands("0^99999999999999999999999999", "0");
    expands("(x-x)^9999999999", "0");
}

/* The largest and smallest that pass; test_activation_errors.c goes one step further. */
static void test_sizes_at_the_limit(void **state)
{
    (void)state;
    wick_polynomial big = parsed("2^999"), small = parsed("1/2^999");
    assert_true(wick_polynomial_value(&big, 0) == 0x1p999);
    assert_true(wick_polynomial_value(&small, 0) == 0x1p-999);
    wick_polynomial_clear(&big);
    wick_polynomial_clear(&small);
    big = parsed("1e301");
    small = parsed("1e-301");
    assert_true(wick_polynomial_value(&big, 0) == 1e301);
    assert_true(wick_polynomial_value(&small, 0) == 1e-301);
    wick_polynomial_clear(&big);
    wick_polynomial_clear(&small);
    expands("10^301/10^301*x", "x");
}

static void test_nesting_at_the_limit(void **state)
{
    (void)state;
    char *inner = repeated("", "(", 200, "x"), *text = repeated(inner, ")", 200, "");
    expands(text, "x");
    free(inner);
    free(text);
    text = repeated("", "1^", 200, "1");
    expands(text, "1");
    free(text);
    text = repeated("", "-", 100001, "x"); /* signs do not nest */
    expands(text, "-x");
    free(text);
    text = repeated("0", " + (x)", 300, ""); /* nor do parentheses side by side */
    expands(text, "300*x");
    free(text);
    text = repeated("0", " + x^1", 300, "");
    expands(text, "300*x");
    free(text);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static void test_registry(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"linear", "x"},    {"square", "x^2"},    {"cubic", "x^3"},           {"quartic", "x^4"},
        {"he2", "x^2 - 1"}, {"he3", "x^3 - 3*x"}, {"he4", "x^4 - 6*x^2 + 3"}, {"he5", "x^5 - 10*x^3 + 15*x"},
    };
    assert_int_equal(wick_activation_name_count(), sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < wick_activation_name_count(); i++) {
        assert_string_equal(wick_activation_name(i), expected[i][0]);
        assert_string_equal(wick_activation_expression(i), expected[i][1]);
        expands(wick_activation_name(i), wick_activation_expression(i));
    }
}

/* E[He_i(z) He_j(z)] = i! if i = j, else 0. */
static void test_hermite_names_are_orthogonal(void **state)
{
    (void)state;
    static const char *const hermite[] = {"1", "linear", "he2", "he3", "he4", "he5"};
    static const double factorial[] = {1, 1, 2, 6, 24, 120};
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 6; j++) {
            wick_polynomial a = parsed(hermite[i]), b = parsed(hermite[j]);
            assert_true(wick_polynomial_multiply(&a, &a, &b));
            assert_true(wick_polynomial_gaussian_mean(&a, &a, 0));
            assert_true(wick_polynomial_value(&a, 1) == (i == j ? factorial[i] : 0));
            wick_polynomial_clear(&a);
            wick_polynomial_clear(&b);
        }
    }
}

/* ---- Printing reads back ----------------------------------------------------------------------------------------- */

static uint64_t draw(uint64_t *seed, uint64_t count)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % count;
}

/* Degree up to 12, a third of the coefficients zero, some of them one over something, some with many digits. */
static wick_polynomial random_polynomial(uint64_t *seed)
{
    wick_polynomial a = WICK_POLYNOMIAL_ZERO, term = WICK_POLYNOMIAL_ZERO;
    mpq_t c;
    mpq_init(c);
    const size_t degree = draw(seed, WICK_DEGREE_LIMIT + 1);
    for (size_t i = 0; i <= degree; i++) {
        if (draw(seed, 3) == 0) continue;
        mpq_set_ui(c, draw(seed, 2) ? 1 : draw(seed, 1000) + 1, draw(seed, 2) ? 1 : draw(seed, 1000) + 1);
        if (draw(seed, 4) == 0) mpz_ui_pow_ui(mpq_numref(c), draw(seed, 9) + 1, draw(seed, 300));
        if (draw(seed, 4) == 0) mpz_ui_pow_ui(mpq_denref(c), draw(seed, 9) + 1, draw(seed, 300));
        mpq_canonicalize(c);
        if (draw(seed, 2)) mpq_neg(c, c);
        assert_true(wick_polynomial_set_monomial(&term, c, i));
        assert_true(wick_polynomial_add(&a, &a, &term));
    }
    mpq_clear(c);
    wick_polynomial_clear(&term);
    return a;
}

static void test_printed_polynomials_read_back(void **state)
{
    (void)state;
    uint64_t seed = 20230205882;
    for (size_t round = 0; round < 500; round++) {
        wick_polynomial a = random_polynomial(&seed);
        char *text = printed(&a);
        wick_polynomial b = parsed(text);
        assert_true(wick_polynomial_equal(&a, &b));
        free(text);
        wick_polynomial_clear(&a);
        wick_polynomial_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_expansion),
        cmocka_unit_test(test_names_in_expressions),
        cmocka_unit_test(test_products_without_a_sign),
        cmocka_unit_test(test_powers_of_constants),
        cmocka_unit_test(test_huge_exponents_of_units_are_harmless),
        cmocka_unit_test(test_sizes_at_the_limit),
        cmocka_unit_test(test_nesting_at_the_limit),
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_hermite_names_are_orthogonal),
        cmocka_unit_test(test_printed_polynomials_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

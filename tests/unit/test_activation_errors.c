/* Activation expressions that are refused: every error with its text, its column and its caret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "arithmetic.h"

#define KNOWN   "the variable is x, and the known names are linear, square, cubic, quartic, he2, he3, he4, he5"
#define ALLOWED "allowed are numbers, x, names, + - * / ^ and parentheses"
#define LONG    "a coefficient gets too long here: numerators and denominators may have at most 1000 bits (about 301 digits)"
#define RANGE   "allowed are 0 and 1e-301 to 1e301, with at most 301 digits"
#define WANTED  "a number, x, a name or '('"
#define NESTED  "nested too deeply: at most 200 parentheses and exponents inside each other"

/* `text` must fail with exactly this message, whose second and third lines are `line` and a caret after `before` blanks;
 * and the polynomial must stay as it was. */
static void fails_showing(const char *text, size_t column, const char *reason, const char *line, size_t before)
{
    char expected[4096];
    snprintf(expected, sizeof expected, "target_activation: %zu: %s\n%s\n%*s^", column, reason, line, (int)before, "");
    wick_context *context = wick_context_alloc();
    assert_non_null(context);
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    assert_int_equal(wick_activation_parse(context, "activation", "x^2 + 7", &a), WICK_OK);
    const wick_status status = wick_activation_parse(context, "target_activation", text, &a);
    assert_string_equal(wick_context_message(context), expected);
    assert_int_equal(status, WICK_ERROR_PROBLEM);
    assert_int_equal(a.count, 3);
    assert_true(wick_polynomial_value(&a, 2) == 11);
    wick_polynomial_clear(&a);
    wick_context_free(context);
}

static void fails(const char *text, size_t column, const char *reason)
{
    fails_showing(text, column, reason, text, column - 1);
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

static void test_empty(void **state)
{
    (void)state;
    fails("", 1, "the expression is empty: write a polynomial in x, for instance x^2 - 1");
    fails("   ", 1, "the expression is empty: write a polynomial in x, for instance x^2 - 1");
}

static void test_division(void **state)
{
    (void)state;
    static const char reason[] = "division by an expression that contains x; only constants can divide here";
    fails("1/x", 3, reason);
    fails("x / (x + 1)", 5, reason);
    fails("1/he3", 3, reason);
    fails("2*x/-x", 5, reason);
    fails("1/0", 3, "division by zero");
    fails("x/(1 - 1)", 3, "division by zero");
    fails("x/(x-x)", 3, "division by zero");
    fails("x/0.0", 3, "division by zero");
}

static void test_exponents(void **state)
{
    (void)state;
    fails("x^x", 3, "an exponent that contains x: allowed are non-negative integers");
    fails("2^(1 + x)", 3, "an exponent that contains x: allowed are non-negative integers");
    fails("x ** square", 6, "an exponent that contains x: allowed are non-negative integers");
    fails("x^-1", 3, "a negative exponent, found -1: allowed are non-negative integers");
    fails("x^(2 - 4)", 3, "a negative exponent, found -2: allowed are non-negative integers");
    fails("0^-1", 3, "division by zero: a negative power of 0");
    fails("2^0.5", 3, "a fractional exponent, found 1/2: allowed are non-negative integers");
    fails("(-4)^0.5", 6, "a fractional exponent, found 1/2: allowed are non-negative integers");
    fails("x^2^", 5, "the expression ends where " WANTED " is expected");
    fails("x\xc2\xb2^2", 3, "an exponent behind an exponent: put one in parentheses");
    fails("x^0.5", 3, "a fractional exponent, found 1/2: allowed are non-negative integers");
    fails("x^(-1/3)", 3, "a fractional exponent, found -1/3: allowed are non-negative integers");
    fails("x^-1e50", 3,
          "a negative exponent, found -100000000000000000000000000000000000000...: allowed are non-negative integers");
}

static void test_degrees(void **state)
{
    (void)state;
    fails("x^13", 2, "this power has degree 13: at most 12 is allowed");
    fails("1 + (x^2 - 1)^7", 14, "this power has degree 14: at most 12 is allowed");
    fails("x^2^2^2", 2, "this power has degree 16: at most 12 is allowed");
    fails("x^1000000", 2, "this power has degree 1000000: at most 12 is allowed");
    fails("x^1000000000", 2, "this power has degree 1000000000: at most 12 is allowed");
    fails("(x^12)^1000000000", 7, "this power has degree 12000000000: at most 12 is allowed");
    fails("x^1000000001", 2, "this power has a degree over 1000000000: at most 12 is allowed");
    fails("x^99999999999999999999999", 2, "this power has a degree over 1000000000: at most 12 is allowed");
    fails("x^7 * x^6", 5, "this product has degree 13: at most 12 is allowed");
    fails("x^13 - x^13", 2, "this power has degree 13: at most 12 is allowed");
    fails("he5*he5*he5", 8, "this product has degree 15: at most 12 is allowed");
}

static void test_sizes(void **state)
{
    (void)state;
    fails("2^1000", 2, LONG);
    fails("2^999*2", 6, LONG);
    fails("1/2^1000", 4, LONG);
    fails("(1/2)^1000", 6, LONG);
    fails("2^999 + 2^999", 7, LONG);
    fails("1/3^600 + 1/5^400", 9, LONG);
    fails("(x + 10^100)^4", 13, LONG);
    fails("x + 2^1000000", 6, LONG);
    fails("9^9^9", 2, LONG);
    fails("2^99999999999999999999999999", 2, LONG);
    fails("1.08e301", 1, LONG);
    fails("1e1000000", 1, "number out of range, found 1e1000000: " RANGE);
    fails("x - 1e-1000000", 5, "number out of range, found 1e-1000000: " RANGE);
    fails("1e99999999999999999999999999", 1, "number out of range, found 1e99999999999999999999999999: " RANGE);
    fails("1e302", 1, "number out of range, found 1e302: " RANGE);
    fails("1e-303", 1, "number out of range, found 1e-303: " RANGE);
    char *digits = repeated("", "1", 1000, ""), *line = repeated("", "1", 100, "...");
    fails_showing(digits, 1, "number out of range, found 1111111111111111111111111111111111111111...: " RANGE, line, 0);
    free(digits);
    free(line);
}

/* What must be refused before it is computed: each would otherwise take minutes or all memory. The longest coefficient that
 * is allowed has 125 bytes. */
static void test_refusals_compute_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "9^9^9",           "2^1000000000000", "(x+1)^100000000", "1e1000000000", "1e-1000000000", "(1/3)^1000000000",
        "(2^900)^1000000", "x^1e300",         "x^9^9^9",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wick_polynomial a = WICK_POLYNOMIAL_ZERO;
        wick_test_arithmetic_start();
        assert_int_equal(wick_activation_parse(NULL, "activation", bad[i], &a), WICK_ERROR_PROBLEM);
        const wick_test_arithmetic taken = wick_test_arithmetic_stop();
        if (taken.bytes > 4096 || taken.requests > 100)
            fail_msg("%s: %zu bytes in %zu requests before it was refused", bad[i], taken.bytes, taken.requests);
    }
}

static void test_nesting(void **state)
{
    (void)state;
    char *line = repeated("...", "(", 50, "x"), *full = repeated(line, ")", 49, "...");
    char *inner = repeated("", "(", 201, "x"), *text = repeated(inner, ")", 201, "");
    fails_showing(text, 201, NESTED, full, 52);
    free(line);
    free(full);
    free(inner);
    free(text);
    text = repeated("", "(", 1000000, "");
    line = repeated("...", "(", 100, "...");
    fails_showing(text, 201, NESTED, line, 52);
    free(text);
    free(line);
    text = repeated("", "1^", 1000000, "1");
    line = repeated("...", "1^", 50, "...");
    fails_showing(text, 402, NESTED, line, 52);
    free(text);
    free(line);
}

static void test_names(void **state)
{
    (void)state;
    fails("foo", 1, "unknown name \"foo\"; " KNOWN);
    fails("x + 3*he6", 7, "unknown name \"he6\"; " KNOWN);
    fails("He7", 1, "unknown name \"He7\"; " KNOWN);
    fails("Y^2", 1, "unknown name \"Y\"; " KNOWN);
    fails("z", 1, "unknown name \"z\"; " KNOWN);
    fails("xx", 1, "unknown name \"xx\"; " KNOWN);
    fails("x_1", 1, "unknown name \"x_1\"; " KNOWN);
    fails("x2 + 1", 1, "unknown name \"x2\": write x^2 or x*2");
    static const char *const functions[] = {"tanh", "relu", "ReLU", "erf", "sigmoid", "exp", "gelu"};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char text[64], reason[256];
        snprintf(text, sizeof text, "1 + %s(x)", functions[i]);
        snprintf(reason, sizeof reason, "no closed form for \"%s\": only polynomials are allowed here; " KNOWN,
                 functions[i]);
        fails(text, 5, reason);
    }
    char *name = repeated("", "a", 5000, ""), *line = repeated("", "a", 100, "...");
    fails_showing(name, 1, "unknown name \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"; " KNOWN, line, 0);
    free(name);
    free(line);
}

/* Products without a sign are read where they can mean one thing only. */
static void test_missing_operators(void **state)
{
    (void)state;
    fails("x 2", 3, "missing operator: write x*2");
    fails("1 2", 3, "missing operator: write 1*2");
    fails("(x+1)2", 6, "missing operator: write (...)*2");
    fails("1/2x^2", 4, "does this belong to the divisor? Write /(2*x), or the quotient in parentheses");
    fails("x/2(x+1)", 4, "does this belong to the divisor? Write /(2*(...)), or the quotient in parentheses");
    fails("2^2x", 4, "does this belong to the exponent? Write ^2*x, or ^(2*x)");
    fails("x^2(x+1)", 4, "does this belong to the exponent? Write ^2*(...), or ^(2*(...))");
    fails("he3 x", 5, "the argument of he3 must stand in parentheses: write he3(...), or he3(x)*... for a product");
    fails("he3 2", 5, "the argument of he3 must stand in parentheses: write he3(...), or he3(x)*... for a product");
    fails("he3^2(x)", 6, "a power of a function goes behind its argument: write for instance tanh(x)^2");
    fails("he3\xc2\xb2 x", 6, "a power of a function goes behind its argument: write for instance tanh(x)^2");
    fails("he3(x, 2)", 6, "he3 takes one argument");
    fails("he3()", 5, "expected " WANTED ", found ')'");
    fails("he3(x", 6, "missing ')' for the '(' in column 4");
    fails("2 + he3(x^5)", 5, "this power has degree 15: at most 12 is allowed");
}

static void test_parentheses(void **state)
{
    (void)state;
    fails("(x", 3, "missing ')' for the '(' in column 1");
    fails("1 + ((x+1)*2", 13, "missing ')' for the '(' in column 5");
    fails("(x ", 4, "missing ')' for the '(' in column 1");
    fails("x)", 2, "')' without a '(' before it");
    fails("(x+1))*2", 6, "')' without a '(' before it");
    fails("()", 2, "expected " WANTED ", found ')'");
    fails("(", 2, "the expression ends where " WANTED " is expected");
}

static void test_missing_operands(void **state)
{
    (void)state;
    fails("x +", 4, "the expression ends where " WANTED " is expected");
    fails("x^", 3, "the expression ends where " WANTED " is expected");
    fails("-", 2, "the expression ends where " WANTED " is expected");
    fails("*x", 1, "expected " WANTED ", found '*'");
    fails("x*/2", 3, "expected " WANTED ", found '/'");
    fails("x^^2", 3, "expected " WANTED ", found '^'");
    fails("x***2", 4, "expected " WANTED ", found '*'");
    fails("x****2", 4, "expected " WANTED ", found '**'");
    fails("2*)", 3, "expected " WANTED ", found ')'");
}

static void test_numbers(void **state)
{
    (void)state;
    fails("1.2.3", 4, "a second decimal point in a number: at most one is allowed");
    fails("1..2", 3, "a second decimal point in a number: at most one is allowed");
    fails("x + .", 5, "a decimal point without digits: write for instance 0.5");
    fails(".e5", 1, "a decimal point without a digit after it: write for instance 0.5");
    fails("1e", 3, "a number's exponent has no digits: write for instance 2.5e-3");
    fails("1e+", 4, "a number's exponent has no digits: write for instance 2.5e-3");
    fails("3e *x", 3, "a number's exponent has no digits: write for instance 2.5e-3");
    fails("0,5*x", 2, "stray character ',': write '.'");
}

static void test_stray_characters(void **state)
{
    (void)state;
    fails("x $ 2", 3, "stray character '$': " ALLOWED);
    fails("x + 1 = 2", 7, "stray character '=': " ALLOWED);
    fails("#", 1, "stray character '#': " ALLOWED);
    fails("(x;", 3, "stray character ';': " ALLOWED);
    fails("[x]", 1, "stray character '[': write '('");
    fails("\xc2\xb2", 1, "expected " WANTED ", found '\xc2\xb2'");
    fails("x + |x", 7, "missing '|' for the '|' in column 5");
    fails("(|x)|", 4, "')' without a '(' before it");
    fails("|x|", 1, "no closed form for \"abs\": only polynomials are allowed here");
    fails("\xe2\x88\x9ax", 1, "no closed form for \"sqrt\": only polynomials are allowed here");
}

/* Characters, not bytes, are counted; bytes that are no characters count one each and are shown as '?'. */
static void test_columns_count_characters(void **state)
{
    (void)state;
    fails("\xc3\xa9", 1, "stray character '\xc3\xa9': " ALLOWED);
    fails("x + \xce\xbb", 5, "stray character '\xce\xbb': " ALLOWED);
    fails("x\xf0\x9f\x99\x82y", 2, "stray character '\xf0\x9f\x99\x82': " ALLOWED);
    fails("(x + \xce\xbb) + \xce\xbc)", 6, "stray character '\xce\xbb': " ALLOWED);
    fails_showing("x+\xff", 3, "stray byte 0xff: " ALLOWED, "x+?", 2);
    fails_showing("x+\xc3", 3, "stray byte 0xc3: " ALLOWED, "x+?", 2);
    fails_showing("x+\xed\xa0\x80", 3, "stray byte 0xed: " ALLOWED, "x+???", 2);
    fails_showing("x+\xe0\x80\x80", 3, "stray byte 0xe0: " ALLOWED, "x+???", 2);
    fails_showing("x+\x01", 3, "stray byte 0x01: " ALLOWED, "x+?", 2);
    fails_showing("x +\n\ty", 6, "unknown name \"y\"; " KNOWN, "x +  y", 5);
}

/* Of a long expression the part around the column is shown, cut between characters. */
static void test_long_expressions_are_cut(void **state)
{
    (void)state;
    char *text = repeated("", "x+", 500, "y"), *line = repeated("...+", "x+", 49, "y");
    fails_showing(text, 1001, "unknown name \"y\"; " KNOWN, line, 102);
    free(text);
    free(line);
    text = repeated("x + ", "\xce\xbb", 300, "");
    line = repeated("x + ", "\xce\xbb", 96, "...");
    fails_showing(text, 5, "stray character '\xce\xbb': " ALLOWED, line, 4);
    free(text);
    free(line);
}

static void test_context_is_optional(void **state)
{
    (void)state;
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    assert_int_equal(wick_activation_parse(NULL, "activation", "x^", &a), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_activation_parse(NULL, "activation", "he2", &a), WICK_OK);
    assert_int_equal(a.count, 3);
    wick_polynomial_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_division),
        cmocka_unit_test(test_exponents),
        cmocka_unit_test(test_degrees),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_refusals_compute_nothing),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_missing_operators),
        cmocka_unit_test(test_parentheses),
        cmocka_unit_test(test_missing_operands),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_stray_characters),
        cmocka_unit_test(test_columns_count_characters),
        cmocka_unit_test(test_long_expressions_are_cut),
        cmocka_unit_test(test_context_is_optional),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

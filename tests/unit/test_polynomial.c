/* Exact polynomials: ring identities, derivatives, Gaussian means and printing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "activation/polynomial.h"

/* ---- Making polynomials ------------------------------------------------------------------------------------------ */

/* A whole number between -limit and limit, from a generator with a fixed seed (Knuth's MMIX constants). */
static long draw(uint64_t *seed, long limit)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (long)((*seed >> 33) % (uint64_t)(2 * limit + 1)) - limit;
}

/* Adds (numerator/denominator) x^power. */
static void add_term(wick_polynomial *a, long numerator, unsigned long denominator, size_t power)
{
    mpq_t c;
    mpq_init(c);
    mpq_set_si(c, numerator, denominator);
    mpq_canonicalize(c);
    wick_polynomial term = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_set_monomial(&term, c, power));
    assert_true(wick_polynomial_add(a, a, &term));
    wick_polynomial_clear(&term);
    mpq_clear(c);
}

/* With integer coefficients, lowest power first. */
static wick_polynomial integers(size_t count, const long *coefficient)
{
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    for (size_t i = 0; i < count; i++) add_term(&a, coefficient[i], 1, i);
    return a;
}
#define INTEGERS(...) integers(sizeof((long[]){__VA_ARGS__}) / sizeof(long), (long[]){__VA_ARGS__})

static wick_polynomial random_polynomial(uint64_t *seed, size_t degree)
{
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    for (size_t i = 0; i <= degree; i++) add_term(&a, draw(seed, 50), (unsigned long)(draw(seed, 9) + 10), i);
    return a;
}

static void assert_prints(const wick_polynomial *a, const char *variable, const char *expected)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_polynomial_print(&text, a, variable);
    assert_false(text.failed);
    assert_string_equal(text.bytes, expected);
    wick_text_clear(&text);
}

/* Takes both over. */
static void assert_same(wick_polynomial a, wick_polynomial b)
{
    wick_text left = WICK_TEXT_EMPTY, right = WICK_TEXT_EMPTY;
    wick_polynomial_print(&left, &a, "x");
    wick_polynomial_print(&right, &b, "x");
    assert_string_equal(left.bytes, right.bytes); /* says which, if they differ */
    assert_true(wick_polynomial_equal(&a, &b));
    wick_text_clear(&left);
    wick_text_clear(&right);
    wick_polynomial_clear(&a);
    wick_polynomial_clear(&b);
}

/* ---- Values of operations, for formulas in one line -------------------------------------------------------------- */

static wick_polynomial sum(const wick_polynomial *a, const wick_polynomial *b)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_add(&c, a, b));
    return c;
}

static wick_polynomial difference(const wick_polynomial *a, const wick_polynomial *b)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_subtract(&c, a, b));
    return c;
}

static wick_polynomial product(const wick_polynomial *a, const wick_polynomial *b)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_multiply(&c, a, b));
    return c;
}

static wick_polynomial power(const wick_polynomial *a, size_t exponent)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_power(&c, a, exponent));
    return c;
}

static wick_polynomial derivative(const wick_polynomial *a, size_t order)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_derivative(&c, a, order));
    return c;
}

static wick_polynomial mean(const wick_polynomial *a, size_t order)
{
    wick_polynomial c = WICK_POLYNOMIAL_ZERO;
    assert_true(wick_polynomial_gaussian_mean(&c, a, order));
    return c;
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void test_hand_computed(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(-1, 1), b = INTEGERS(2, 0, 3); /* x - 1, 3 x^2 + 2 */
    assert_same(sum(&a, &b), INTEGERS(1, 1, 3));
    assert_same(difference(&a, &b), INTEGERS(-3, 1, -3));
    assert_same(product(&a, &b), INTEGERS(-2, 2, -3, 3));
    assert_same(power(&a, 5), INTEGERS(-1, 5, -10, 10, -5, 1));
    assert_same(power(&b, 0), INTEGERS(1));
    assert_same(derivative(&b, 1), INTEGERS(0, 6));
    wick_polynomial_clear(&a);
    wick_polynomial_clear(&b);
}

static void test_degree_falls_when_terms_cancel(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(1, 2, 3), b = INTEGERS(4, 5, 3);
    wick_polynomial c = difference(&a, &b);
    assert_int_equal(c.count, 2);
    assert_true(wick_polynomial_subtract(&c, &c, &c));
    assert_true(wick_polynomial_is_zero(&c));
    assert_int_equal(c.count, 0);
    assert_null(c.coefficient);
    assert_false(wick_polynomial_is_zero(&a));
    assert_false(wick_polynomial_equal(&a, &b));
    wick_polynomial_clear(&a);
    wick_polynomial_clear(&b);
}

static void test_zero(void **state)
{
    (void)state;
    wick_polynomial zero = WICK_POLYNOMIAL_ZERO, a = INTEGERS(0, 7), cleared = INTEGERS(0, 0);
    assert_true(wick_polynomial_equal(&zero, &cleared));
    assert_same(product(&a, &zero), INTEGERS(0));
    assert_same(sum(&zero, &a), INTEGERS(0, 7));
    assert_same(power(&zero, 3), INTEGERS(0));
    assert_same(power(&zero, 0), INTEGERS(1)); /* x^0 is the constant one, also at x = 0 */
    assert_same(derivative(&zero, 2), INTEGERS(0));
    assert_same(mean(&zero, 0), INTEGERS(0));
    assert_true(wick_polynomial_value(&zero, 3.0) == 0.0);
    mpq_t nothing;
    mpq_init(nothing);
    assert_true(wick_polynomial_scale(&a, &a, nothing));
    assert_true(wick_polynomial_is_zero(&a));
    assert_true(wick_polynomial_set_monomial(&a, nothing, SIZE_MAX - 1));
    assert_true(wick_polynomial_is_zero(&a));
    mpq_clear(nothing);
}

static void test_ring_identities(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t round = 0; round < 40; round++) {
        wick_polynomial a = random_polynomial(&seed, round % 7), b = random_polynomial(&seed, round % 5);
        wick_polynomial c = random_polynomial(&seed, round % 3);
        wick_polynomial plus = sum(&a, &b), minus = difference(&a, &b);
        wick_polynomial ab = product(&a, &b), bc = product(&b, &c), ac = product(&a, &c);
        wick_polynomial aa = power(&a, 2), bb = power(&b, 2), aab = product(&aa, &b), cubed = power(&a, 3);
        assert_same(product(&plus, &minus), difference(&aa, &bb));
        assert_same(product(&plus, &c), sum(&ac, &bc));
        assert_same(product(&ab, &c), product(&a, &bc));
        assert_same(product(&b, &a), product(&a, &b));
        assert_same(product(&a, &ab), product(&aa, &b));
        assert_same(product(&aa, &a), power(&a, 3));
        assert_same(product(&cubed, &cubed), power(&a, 6));
        assert_same(product(&cubed, &aa), power(&a, 5));
        wick_polynomial *all[] = {&a, &b, &c, &plus, &minus, &ab, &bc, &ac, &aa, &bb, &aab, &cubed};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) wick_polynomial_clear(all[i]);
    }
}

static void test_result_may_be_an_operand(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(1, -2, 3), b = INTEGERS(5, 1);
    assert_true(wick_polynomial_multiply(&a, &a, &b));
    assert_same(power(&a, 1), INTEGERS(5, -9, 13, 3));
    assert_true(wick_polynomial_multiply(&b, &b, &b));
    assert_same(power(&b, 1), INTEGERS(25, 10, 1));
    assert_true(wick_polynomial_add(&b, &b, &b));
    assert_true(wick_polynomial_subtract(&a, &b, &a));
    assert_same(power(&a, 1), INTEGERS(45, 29, -11, -3));
    assert_true(wick_polynomial_derivative(&a, &a, 1));
    assert_true(wick_polynomial_copy(&a, &a));
    assert_same(power(&a, 1), INTEGERS(29, -22, -9));
    assert_true(wick_polynomial_gaussian_mean(&a, &a, 0));
    assert_true(wick_polynomial_power(&a, &a, 2));
    assert_true(wick_polynomial_scale(&a, &a, a.coefficient[2])); /* 81 (29 - 9 v)^2 */
    assert_same(power(&a, 1), INTEGERS(81 * 841, -81 * 522, 81 * 81));
    assert_true(wick_polynomial_set_monomial(&a, a.coefficient[2], 1));
    assert_same(power(&a, 1), INTEGERS(0, 6561));
    wick_polynomial_clear(&a);
    wick_polynomial_clear(&b);
}

static void test_leibniz(void **state)
{
    (void)state;
    static const long binomial[] = {1, 3, 3, 1};
    uint64_t seed = 2;
    for (size_t round = 0; round < 20; round++) {
        wick_polynomial a = random_polynomial(&seed, 6), b = random_polynomial(&seed, round % 6);
        wick_polynomial ab = product(&a, &b), total = WICK_POLYNOMIAL_ZERO;
        for (size_t i = 0; i <= 3; i++) {
            wick_polynomial left = derivative(&a, i), right = derivative(&b, 3 - i);
            assert_true(wick_polynomial_multiply(&left, &left, &right));
            for (long times = 0; times < binomial[i]; times++) assert_true(wick_polynomial_add(&total, &total, &left));
            wick_polynomial_clear(&left);
            wick_polynomial_clear(&right);
        }
        assert_same(derivative(&ab, 3), total);
        wick_polynomial_clear(&a);
        wick_polynomial_clear(&b);
        wick_polynomial_clear(&ab);
    }
}

static void test_derivative_orders(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(1, 1, 1, 1, 1);
    assert_same(derivative(&a, 0), INTEGERS(1, 1, 1, 1, 1));
    assert_same(derivative(&a, 2), INTEGERS(2, 6, 12));
    assert_same(derivative(&a, 4), INTEGERS(24));
    assert_same(derivative(&a, 5), INTEGERS(0));
    assert_same(derivative(&a, SIZE_MAX), INTEGERS(0));
    wick_polynomial_clear(&a);
}

static void test_gaussian_mean_by_hand(void **state)
{
    (void)state;
    wick_polynomial quartic = INTEGERS(0, 0, 0, 0, 1);
    assert_same(mean(&quartic, 0), INTEGERS(0, 0, 3)); /* 3 v^2 */
    assert_same(mean(&quartic, 1), INTEGERS(0));       /* 4 x^3: odd */
    assert_same(mean(&quartic, 2), INTEGERS(0, 12));   /* 12 x^2 */
    assert_same(mean(&quartic, 3), INTEGERS(0));
    assert_same(mean(&quartic, 4), INTEGERS(24));
    assert_same(mean(&quartic, 5), INTEGERS(0));
    wick_polynomial mixed = INTEGERS(7, 11, -2, 5, 0, 1, 1); /* x^6 + x^5 + 5 x^3 - 2 x^2 + 11 x + 7 */
    assert_same(mean(&mixed, 0), INTEGERS(7, -2, 0, 15));
    assert_same(mean(&mixed, 1), INTEGERS(11, 15, 15)); /* of 6 x^5 + 5 x^4 + 15 x^2 - 4 x + 11 */
    wick_polynomial_clear(&quartic);
    wick_polynomial_clear(&mixed);
    static const long double_factorial[] = {1, 1, 3, 15, 105, 945, 10395};
    for (size_t g = 0; g <= 6; g++) {
        wick_polynomial even = WICK_POLYNOMIAL_ZERO, expected = WICK_POLYNOMIAL_ZERO;
        add_term(&even, 1, 1, 2 * g);
        add_term(&expected, double_factorial[g], 1, g);
        assert_same(mean(&even, 0), expected);
        wick_polynomial_clear(&even);
    }
}

/* Stein's lemma, E[l f(l)] = v E[f'(l)], and the heat equation, dE[f]/dv = E[f'']/2, hold for every polynomial. */
static void test_gaussian_mean_identities(void **state)
{
    (void)state;
    uint64_t seed = 3;
    wick_polynomial x = INTEGERS(0, 1), two = INTEGERS(2);
    for (size_t round = 0; round < 20; round++) {
        wick_polynomial f = random_polynomial(&seed, round % 9), xf = product(&x, &f);
        wick_polynomial first = mean(&f, 1), zeroth = mean(&f, 0), slope = derivative(&zeroth, 1);
        assert_same(mean(&xf, 0), product(&x, &first));
        assert_same(mean(&f, 2), product(&two, &slope));
        wick_polynomial *all[] = {&f, &xf, &first, &zeroth, &slope};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) wick_polynomial_clear(all[i]);
    }
    wick_polynomial_clear(&x);
    wick_polynomial_clear(&two);
}

static void test_value(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(1, -3, 0, 2);
    assert_true(wick_polynomial_value(&a, 0.0) == 1.0);
    assert_true(wick_polynomial_value(&a, 2.0) == 11.0);
    assert_true(wick_polynomial_value(&a, -1.5) == -1.25);
    assert_true(isnan(wick_polynomial_value(&a, NAN)));
    wick_polynomial_clear(&a);
}

/* q = numerator/denominator as a double. */
static double nearest(const char *text)
{
    mpq_t q;
    mpq_init(q);
    assert_int_equal(mpq_set_str(q, text, 10), 0);
    mpq_canonicalize(q);
    const double value = wick_rational_value(q);
    mpq_clear(q);
    return value;
}

static void test_rationals_round_to_nearest(void **state)
{
    (void)state;
    assert_true(nearest("1/10") == 0.1);
    assert_true(nearest("-1/10") == -0.1);
    assert_true(nearest("1/3") == 1.0 / 3.0);
    assert_true(nearest("0") == 0.0);
    assert_true(nearest("-7") == -7.0);
    assert_true(nearest("9007199254740993") == 9007199254740992.0); /* 2^53 + 1: a tie, to even below */
    assert_true(nearest("9007199254740995") == 9007199254740996.0); /* 2^53 + 3: a tie, to even above */
    assert_true(nearest("-9007199254740995") == -9007199254740996.0);
    uint64_t seed = 4; /* the processor's own division rounds to nearest */
    for (size_t round = 0; round < 1000; round++) {
        const long numerator = draw(&seed, 1000000000), denominator = draw(&seed, 499999999) + 500000000;
        char text[64];
        snprintf(text, sizeof text, "%ld/%ld", numerator, denominator);
        assert_true(nearest(text) == (double)numerator / (double)denominator);
    }
}

static void test_print(void **state)
{
    (void)state;
    wick_polynomial a = WICK_POLYNOMIAL_ZERO;
    assert_prints(&a, "x", "0");
    add_term(&a, -1, 2, 0);
    assert_prints(&a, "x", "-1/2");
    add_term(&a, -3, 1, 1);
    assert_prints(&a, "x", "-3*x - 1/2");
    add_term(&a, 3, 2, 0);
    add_term(&a, 1, 2, 3);
    assert_prints(&a, "x", "x^3/2 - 3*x + 1");
    add_term(&a, -1, 1, 4);
    add_term(&a, 5, 7, 2);
    add_term(&a, 2, 1, 1);
    assert_prints(&a, "lambda", "-lambda^4 + lambda^3/2 + 5/7*lambda^2 - lambda + 1");
    wick_polynomial_clear(&a);
    add_term(&a, -1, 3, 1);
    assert_prints(&a, "x", "-x/3");
    wick_polynomial_clear(&a);
}

static void test_sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    wick_polynomial a = INTEGERS(1, 0, 1);
    assert_false(wick_polynomial_power(&a, &a, SIZE_MAX));
    assert_false(wick_polynomial_set_monomial(&a, a.coefficient[0], SIZE_MAX));
    assert_false(wick_polynomial_set_monomial(&a, a.coefficient[0], SIZE_MAX / 2));
    assert_same(power(&a, 1), INTEGERS(1, 0, 1));
    wick_polynomial_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hand_computed),
        cmocka_unit_test(test_degree_falls_when_terms_cancel),
        cmocka_unit_test(test_zero),
        cmocka_unit_test(test_ring_identities),
        cmocka_unit_test(test_result_may_be_an_operand),
        cmocka_unit_test(test_leibniz),
        cmocka_unit_test(test_derivative_orders),
        cmocka_unit_test(test_gaussian_mean_by_hand),
        cmocka_unit_test(test_gaussian_mean_identities),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_rationals_round_to_nearest),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_sizes_that_overflow_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

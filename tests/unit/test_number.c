/* Numbers as text and back: what is printed reads back as the same bits and has the fewest digits that do, of those the
 * nearest; what is read is the nearest number, with ties to even. The judges are the C library's strtod and printf, which
 * are exact, and GMP.
 *
 *     test_number [ROUNDS]     1 in a test: some millions of numbers; more by hand
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <gmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal_powers.h"
#include "base/number.h"

static size_t rounds = 1;

/* ---- Random numbers -------------------------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15;
    uint64_t x = *seed;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Finite ones of several kinds: any bits, few bits, the neighbours of powers of two, subnormals, overlaps, short decimals.
 */
static double draw(uint64_t *seed, uint64_t kind)
{
    static const double tenths[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e9, 1e12};
    for (;;) {
        uint64_t bits = next(seed);
        switch (kind % 6) {
        case 1: bits &= ~UINT64_C(0) << next(seed) % 52; break;
        case 2: bits = ((bits % 2047) << 52) + next(seed) % 5 - 2; break;
        case 3: bits &= (UINT64_C(1) << (1 + next(seed) % 52)) - 1; break;
        case 4: return (double)(bits >> 11) * 0x1p-53;
        case 5: return (double)(bits % 100000) / tenths[next(seed) % 9];
        default: break;
        }
        if (isfinite(of_bits(bits))) return of_bits(bits);
    }
}

/* ---- Printing ----------------------------------------------------------------------------------------------------------
 */

/* The significant digits of a printed number, without zeros at either end. */
static size_t digits_of(const char *text, char digits[40])
{
    size_t count = 0;
    for (; *text && *text != 'e'; ++text)
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) digits[count++] = *text;
    while (count > 0 && digits[count - 1] == '0') --count;
    digits[count] = '\0';
    return count;
}

/* printf rounds correctly: the first precision that reads back is the least, and no decimal with as many digits is nearer.
 */
static void check_shortest(double value, const char *text)
{
    char rounded[64], found[40], expected[40];
    const size_t count = digits_of(text, found);
    if (count > 1) {
        snprintf(rounded, sizeof rounded, "%.*e", (int)count - 2, value);
        if (strtod(rounded, NULL) == value) fail_msg("%a: %s is longer than %s", value, text, rounded);
    }
    snprintf(rounded, sizeof rounded, "%.*e", (int)count - 1, value);
    digits_of(rounded, expected);
    /* Near a power of two the nearest decimal may read back as the neighbour; then another of that length was right. */
    if (strtod(rounded, NULL) == value && strcmp(found, expected) != 0)
        fail_msg("%a: %s is not the nearest, %s", value, text, rounded);
}

static void check_number(double value)
{
    char text[WICK_NUMBER_SIZE + 8];
    memset(text, '!', sizeof text);
    const size_t length = wick_number_print(text, value);
    if (length >= WICK_NUMBER_SIZE || strlen(text) != length) fail_msg("%a: length %zu of %.40s", value, length, text);
    if (bits_of(strtod(text, NULL)) != bits_of(value)) fail_msg("%a: printed as %s", value, text);
    const char *end;
    if (bits_of(wick_number_read(text, &end)) != bits_of(value) || *end)
        fail_msg("%a: %s reads back as another", value, text);
    check_shortest(value, text);
}

static void test_random_numbers_read_back_and_are_shortest(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t i = 0; i < rounds * 1000000; ++i) check_number(draw(&seed, i));
}

static void test_every_power_of_two(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; ++e) {
        const double power = ldexp(1, e);
        check_number(power);
        check_number(-power);
        check_number(nextafter(power, 0) == 0 ? power : nextafter(power, 0));
        check_number(nextafter(power, 1e308));
    }
}

static void test_every_power_of_ten(void **state)
{
    (void)state;
    for (int e = -323; e <= 308; ++e) {
        char text[16], expected[32];
        snprintf(text, sizeof text, "1e%d", e);
        const double power = strtod(text, NULL);
        check_number(power);
        check_number(nextafter(power, 0));
        check_number(nextafter(power, 1e308));
        if (e < -4 || e >= 17) assert_string_equal(wick_number(power).text, text);
        if (e >= 0 && e < 17) {
            snprintf(expected, sizeof expected, "%.0f", power);
            assert_string_equal(wick_number(power).text, expected);
        }
    }
}

static void test_layout(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {1e-4, "0.0001"},
        {1e-5, "1e-5"},
        {-1.5e-7, "-1.5e-7"},
        {1234.5, "1234.5"},
        {100, "100"},
        {1e16, "10000000000000000"},
        {1e17, "1e17"},
        {1.25e100, "1.25e100"},
        {9007199254740992, "9007199254740992"},
        {9007199254740994, "9007199254740994"},
        {5e-324, "5e-324"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {-DBL_MAX, "-1.7976931348623157e308"},
        {9.5e-323, "9.4e-323"},
        {2e-323, "2e-323"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
        assert_string_equal(wick_number(cases[i].value).text, cases[i].text);
}

/* ---- Reading -----------------------------------------------------------------------------------------------------------
 */

static void check_reading(const char *text)
{
    char *expected_end;
    const char *end;
    const double expected = strtod(text, &expected_end), value = wick_number_read(text, &end);
    if (bits_of(value) != bits_of(expected)) fail_msg("%s: %.17g, should be %.17g", text, value, expected);
    if (end != expected_end) fail_msg("%s: %td characters read, should be %td", text, end - text, expected_end - text);
}

static void test_random_decimals(void **state)
{
    (void)state;
    uint64_t seed = 2;
    char text[1200];
    for (size_t i = 0; i < rounds * 600000; ++i) {
        const size_t most = i % 100 == 0 ? 1000 : 25, count = 1 + next(&seed) % most, point = next(&seed) % (count + 1);
        size_t length = 0;
        if (next(&seed) % 4 == 0) text[length++] = '-';
        for (size_t j = 0; j < count; ++j) {
            if (j == point) text[length++] = '.';
            text[length++] = (char)('0' + (next(&seed) % 3 ? next(&seed) % 10 : 0));
        }
        if (next(&seed) % 2)
            sprintf(text + length, "e%d", (int)(next(&seed) % 700) - 350);
        else
            text[length] = '\0';
        check_reading(text);
    }
}

/* The decimals on both sides of a number, with more digits than it needs and with fewer. */
static void test_rounded_decimals(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (size_t i = 0; i < rounds * 600000; ++i) {
        char text[1200];
        sprintf(text, "%.*e", (int)(next(&seed) % (i % 64 == 0 ? 800 : 40)), draw(&seed, i));
        check_reading(text);
    }
}

/* Half-way between two numbers, in all its digits; and just beside, which only the last digit tells. */
static void check_half_way(double value, mpf_t half)
{
    const double above = nextafter(value, INFINITY);
    char text[1600];
    if (isinf(above)) return;
    mpf_set_d(half, value);
    mpf_t other;
    mpf_init2(other, 2400);
    mpf_set_d(other, above);
    mpf_add(half, half, other);
    mpf_div_2exp(half, half, 1);
    mpf_clear(other);
    mp_exp_t exponent;
    char *digits = mpf_get_str(NULL, &exponent, 10, 0, half);
    sprintf(text, "0.%se%ld", digits, (long)exponent);
    check_reading(text);
    sprintf(text, "0.%s0000000000000000000001e%ld", digits, (long)exponent);
    check_reading(text);
    sprintf(text, "0.%s%0*d1e%ld", digits, 400, 0, (long)exponent);
    check_reading(text);
    --digits[strlen(digits) - 1]; /* it is no 0 */
    sprintf(text, "0.%s99999999999e%ld", digits, (long)exponent);
    check_reading(text);
    free(digits);
}

static void test_half_way(void **state)
{
    (void)state;
    uint64_t seed = 4;
    mpf_t half;
    mpf_init2(half, 2400);
    check_half_way(0, half);
    check_half_way(5e-324, half);
    check_half_way(DBL_MIN, half);
    check_half_way(nextafter(DBL_MIN, 0), half);
    check_half_way(nextafter(DBL_MAX, 0), half);
    for (int e = -1074; e < 1023; ++e) {
        check_half_way(ldexp(1, e), half);
        check_half_way(nextafter(ldexp(1, e), 0), half);
    }
    for (size_t i = 0; i < rounds * 20000; ++i) check_half_way(fabs(draw(&seed, i)), half);
    mpf_clear(half);
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "+0",
        "00",
        "0.0e5",
        "1",
        "+1",
        "-1.",
        ".5",
        "-.5e1",
        "1e",
        "1e+",
        "1e-",
        "1.e3",
        "1e5x",
        "1..2",
        "1.2.3",
        ".",
        "-",
        "+",
        "",
        "e5",
        ".e5",
        "--1",
        "+-1",
        "inf",
        "-inf",
        "INFINITY",
        "infinit",
        "Inf5",
        "nan",
        "NaN",
        "in",
        "na",
        "1,5",
        "1e400",
        "-1e400",
        "1e-400",
        "-1e-400",
        "1e308",
        "1.8e308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "9007199254740993",
        "9007199254740995",
        "9007199254740993.0000000000000000000000000000000000000001",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "123456789012345678901234567890",
        "0.000000000000000000000000000000000000000000000000000001",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999",
        "1e22",
        "1e23",
        "8.5e-1",
        "0.30000000000000004",
        "1E5",
        "1e0005",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) check_reading(texts[i]);
}

/* A million zeros, which an exponent takes back. */
static void test_long_texts(void **state)
{
    (void)state;
    enum { ZEROS = 1000000 };
    char *text = malloc(ZEROS + 64);
    memset(text, '0', ZEROS);
    text[1] = '.';
    strcpy(text + ZEROS, "125e1000000");
    check_reading(text);
    text[0] = '7';
    strcpy(text + ZEROS, "1");
    check_reading(text);
    text[1] = '0';
    strcpy(text + ZEROS, "e-999999");
    check_reading(text);
    free(text);
}

/* What strtod reads and we do not: blanks before a number, and hexadecimals. */
static void test_refused(void **state)
{
    (void)state;
    const char *end, *blank = " 1", *hexadecimal = "0x10";
    wick_number_read(blank, &end);
    assert_ptr_equal(end, blank);
    assert_true(wick_number_read(hexadecimal, &end) == 0);
    assert_ptr_equal(end, hexadecimal + 1);
}

/* ---- The powers of ten -------------------------------------------------------------------------------------------------
 */

/* floor(10^e 2^-s) for the table's s. */
static void scaled_power(int e, mpz_t floor)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)abs(e));
    const int s = wick_decimal_power_log2(e) - 127;
    if (e < 0) {
        mpz_set_ui(floor, 1);
        mpz_mul_2exp(floor, floor, (mp_bitcnt_t)-s);
        mpz_fdiv_q(floor, floor, power);
    } else if (s < 0) {
        mpz_mul_2exp(floor, power, (mp_bitcnt_t)-s);
    } else {
        mpz_fdiv_q_2exp(floor, power, (mp_bitcnt_t)s);
    }
    mpz_clear(power);
}

static void test_table(void **state)
{
    (void)state;
    mpz_t expected, found;
    mpz_inits(expected, found, NULL);
    for (int e = WICK_LEAST_POWER; e <= WICK_GREATEST_POWER; ++e) {
        scaled_power(e, expected);
        assert_int_equal(mpz_sizeinbase(expected, 2), 128);
        mpz_import(found, 2, 1, sizeof(uint64_t), 0, 0, wick_decimal_powers[e - WICK_LEAST_POWER]);
        if (mpz_cmp(found, expected) != 0) fail_msg("10^%d is not what the table says", e);
    }
    mpz_clears(expected, found, NULL);
}

/* Printing scales x to y = x 2^q 10^-k, too large by less than 2^-64, and takes what exceeds an integer by less than 2^-63
 * for that integer. Only even integers matter, the others are odd with what is lost and without. So unless y is an even
 * integer it must be further than 2^-63 from all: for every exponent q and every even x up to 2^55 + 2, and at powers of
 * two, where the interval is narrow, for x = 2^54 - 1. */
static void check_distance(const mpz_t multiple, const mpz_t integer, const mpz_t numerator, const mpz_t denominator)
{
    mpz_t distance;
    mpz_init(distance);
    mpz_mul(distance, multiple, numerator);
    mpz_submul(distance, integer, denominator);
    mpz_abs(distance, distance);
    mpz_mul_2exp(distance, distance, 64);
    if (mpz_sgn(distance) != 0 && mpz_cmp(distance, denominator) < 0) fail_msg("a product comes too near to an integer");
    mpz_clear(distance);
}

/* 2^q 10^-k */
static void make_ratio(int q, int k, mpz_t numerator, mpz_t denominator)
{
    mpz_ui_pow_ui(k < 0 ? numerator : denominator, 10, (unsigned long)abs(k));
    mpz_set_ui(k < 0 ? denominator : numerator, 1);
    mpz_mul_2exp(q < 0 ? denominator : numerator, q < 0 ? denominator : numerator, (mp_bitcnt_t)abs(q));
}

/* Half of an even x up to 2^54 + 1, and half of y: the convergents of the ratio's continued fraction are the multiples that
 * come nearest to integers. */
static void check_even(int q, int k)
{
    mpz_t numerator, denominator, a, b, quotient, most, p[2], n[2];
    mpz_inits(numerator, denominator, a, b, quotient, most, p[0], p[1], n[0], n[1], NULL);
    mpz_ui_pow_ui(most, 2, 54);
    mpz_add_ui(most, most, 1);
    make_ratio(q, k, numerator, denominator);
    mpz_set(a, numerator);
    mpz_set(b, denominator);
    mpz_set_ui(p[0], 1);
    mpz_set_ui(n[1], 1);
    mpz_fdiv_qr(p[1], a, a, b);
    while (mpz_sgn(a) != 0 && mpz_cmp(n[1], most) <= 0) {
        check_distance(n[1], p[1], numerator, denominator);
        mpz_swap(a, b);
        mpz_fdiv_qr(quotient, a, a, b);
        mpz_addmul(n[0], quotient, n[1]);
        mpz_addmul(p[0], quotient, p[1]);
        mpz_swap(n[0], n[1]);
        mpz_swap(p[0], p[1]);
    }
    mpz_clears(numerator, denominator, a, b, quotient, most, p[0], p[1], n[0], n[1], NULL);
}

static void check_narrow(int q, int k)
{
    mpz_t numerator, denominator, x, nearest;
    mpz_inits(numerator, denominator, x, nearest, NULL);
    make_ratio(q - 1, k, numerator, denominator);
    mpz_ui_pow_ui(x, 2, 54);
    mpz_sub_ui(x, x, 1);
    mpz_mul(nearest, x, numerator);
    mpz_fdiv_q(nearest, nearest, denominator);
    check_distance(x, nearest, numerator, denominator);
    mpz_add_ui(nearest, nearest, 1);
    check_distance(x, nearest, numerator, denominator);
    mpz_clears(numerator, denominator, x, nearest, NULL);
}

static int floor_log10(int q, double factor) { return (int)floor(q * 0.30102999566398119521 + log10(factor)); }

static void test_no_product_comes_too_near_to_an_even_integer(void **state)
{
    (void)state;
    for (int q = -1074; q <= 971; ++q) {
        check_even(q, floor_log10(q, 1));
        check_even(q, floor_log10(q, 0.75));
        check_narrow(q, floor_log10(q, 0.75));
    }
}

int main(int count, char **arguments)
{
    if (count > 1) rounds = strtoul(arguments[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_numbers_read_back_and_are_shortest),
        cmocka_unit_test(test_every_power_of_two),
        cmocka_unit_test(test_every_power_of_ten),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_random_decimals),
        cmocka_unit_test(test_rounded_decimals),
        cmocka_unit_test(test_half_way),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_no_product_comes_too_near_to_an_even_integer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

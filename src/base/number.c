/* See number.h. Integers do it all: neither the locale nor the rounding mode has a say.
 *
 * Printing scales the number, and the two ends of the interval that reads back as it, by a power of ten so that the interval
 * is between 1 and 10 wide, and takes the roundest integer inside: one product of 64 and 128 bits for each. (R. Giulietti,
 * The Schubfach way to render doubles, 2020.) Reading multiplies the first 19 digits by a power of ten that is known to 128
 * bits: that gives two bounds, and unless half-way between two numbers lies between them they round to the same one. (D.
 * Lemire, Number parsing at a gigabyte per second, 2021, does so with a single bound.) Otherwise all digits are compared
 * with the half-way point in exact arithmetic.
 */
#include "base/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/decimal_powers.h"

__extension__ typedef unsigned __int128 wide;

/* A finite double is significand 2^exponent; the exponent is at least LEAST_EXPONENT. */
enum { FRACTION_BITS = 52, LEAST_EXPONENT = -1074, INFINITE_FIELD = 0x7ff };

static const uint64_t hidden_bit = (uint64_t)1 << FRACTION_BITS;

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const uint64_t *power_of_ten(int e) { return wick_decimal_powers[e - WICK_LEAST_POWER]; }

/* ---- Printing ------------------------------------------------------------------------------------------------------ */

/* digits 10^exponent */
typedef struct {
    uint64_t digits;
    int exponent;
} decimal;

/* floor(log10(2^q)), and floor(log10(3/4 2^q)), for |q| < 1500. */
static int log10_of_power(int q) { return (int)(((int64_t)q * 1292913986) >> 32); }
static int log10_of_three_quarters(int q) { return (int)(((int64_t)q * 1292913986 - 536607788) >> 32); }

/* x 10^e, scaled by 2^-(s + 128) with the table's s: rounded down, and odd if anything was lost. So it compares with even
 * integers as the exact product does. What the table lacks moves the product by less than 2^-64, and no product but an even
 * integer itself comes nearer than 2^-63 to one (tests/unit/test_number.c proves it for all exponents). */
static uint64_t scale(const uint64_t power[2], uint64_t x)
{
    const wide low = (wide)power[1] * x + x; /* the table's entry + 1: never below the power */
    const wide high = (wide)power[0] * x + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The shortest decimal of significand 2^exponent, zeros at its end included. */
static decimal shortest(uint64_t significand, int exponent)
{
    const bool narrow = significand == hidden_bit && exponent > LEAST_EXPONENT; /* the number below is nearer */
    const int k = narrow ? log10_of_three_quarters(exponent) : log10_of_power(exponent);
    const uint64_t *power = power_of_ten(-k);
    const int shift = exponent + wick_decimal_power_log2(-k) + 1;
    const uint64_t middle = significand << 2, open = significand & 1; /* ends count as inside where ties are read as it */
    const uint64_t value = scale(power, middle << shift);
    const uint64_t least = scale(power, (middle - (narrow ? 1 : 2)) << shift) + open;
    const uint64_t greatest = scale(power, (middle + 2) << shift) - open;

    /* In quarters: the integers on either side of the value, first with one digit less. */
    const uint64_t below = value >> 2, tens = below / 10;
    const bool round_down = least <= 40 * tens, round_up = 40 * tens + 40 <= greatest;
    if (round_down != round_up) return (decimal){tens + round_up, k + 1};
    const bool down = least <= 4 * below, up = 4 * below + 4 <= greatest;
    if (down != up) return (decimal){below + up, k};
    const uint64_t half = 4 * below + 2;
    return (decimal){below + (value > half || (value == half && (below & 1))), k};
}

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

/* Exactly eight digits. */
static void print_eight(char *text, uint32_t n)
{
    const uint32_t high = n / 10000, low = n % 10000;
    memcpy(text, pairs + 2 * (high / 100), 2);
    memcpy(text + 2, pairs + 2 * (high % 100), 2);
    memcpy(text + 4, pairs + 2 * (low / 100), 2);
    memcpy(text + 6, pairs + 2 * (low % 100), 2);
}

/* At least one digit, at most 17; returns how many. */
static size_t print_digits(char *text, uint64_t n)
{
    char all[24];
    const uint64_t high = n / 100000000;
    print_eight(all + 16, (uint32_t)(n % 100000000));
    print_eight(all + 8, (uint32_t)(high % 100000000));
    print_eight(all, (uint32_t)(high / 100000000));
    size_t first = high == 0 ? 16 : high < 100000000 ? 8 : 0;
    while (first < 23 && all[first] == '0') ++first;
    memcpy(text, all + first, 24 - first);
    return 24 - first;
}

/* The first digit stands at 10^point. Returns the length. */
static size_t lay_out(char *text, const char *digits, size_t count, int point)
{
    char *at = text;
    if (point < -4 || point >= 17) {
        *at++ = digits[0];
        if (count > 1) *at++ = '.';
        memcpy(at, digits + 1, count - 1);
        at += count - 1;
        *at++ = 'e';
        if (point < 0) *at++ = '-';
        at += print_digits(at, (uint64_t)(point < 0 ? -point : point));
        return (size_t)(at - text);
    }
    if (point < 0) {
        const size_t zeros = (size_t)-point;
        memcpy(at, "0.0000", zeros + 1);
        memcpy(at + zeros + 1, digits, count);
        return zeros + 1 + count;
    }
    const size_t whole = (size_t)point + 1;
    if (count <= whole) {
        memcpy(at, digits, count);
        memset(at + count, '0', whole - count);
        return whole;
    }
    memcpy(at, digits, whole);
    at[whole] = '.';
    memcpy(at + whole + 1, digits + whole, count - whole);
    return count + 1;
}

/* A number that is neither 0 nor infinite nor NaN. */
static size_t print_positive(char *text, uint64_t bits)
{
    const int field = (int)(bits >> FRACTION_BITS) & INFINITE_FIELD;
    const uint64_t fraction = bits & (hidden_bit - 1);
    const uint64_t significand = field ? fraction | hidden_bit : fraction;
    const int exponent = (field ? field - 1 : 0) + LEAST_EXPONENT;
    const bool whole = exponent <= 0 && exponent >= -FRACTION_BITS && !(significand & (((uint64_t)1 << -exponent) - 1));
    const decimal found = whole ? (decimal){significand >> -exponent, 0} : shortest(significand, exponent);
    char digits[24];
    size_t count = print_digits(digits, found.digits);
    const int point = (int)count - 1 + found.exponent;
    while (count > 1 && digits[count - 1] == '0') --count;
    return lay_out(text, digits, count, point);
}

size_t wick_number_print(char text[WICK_NUMBER_SIZE], double value)
{
    const uint64_t bits = bits_of(value), size = bits & ~((uint64_t)1 << 63);
    size_t length = 0;
    if (bits != size && !isnan(value)) text[length++] = '-';
    if (size == 0)
        text[length++] = '0';
    else if (isfinite(value))
        length += print_positive(text + length, size);
    else {
        memcpy(text + length, isnan(value) ? "nan" : "inf", 3);
        length += 3;
    }
    text[length] = '\0';
    return length;
}

wick_number_text wick_number(double value)
{
    wick_number_text number;
    wick_number_print(number.text, value);
    return number;
}

/* ---- Reading: what stands there ------------------------------------------------------------------------------------ */

/* The significant digits of a number, and what its first 19 are. */
typedef struct {
    const char *first, *end; /* from the first digit that is not 0 to the end of the mantissa; a point may stand between */
    uint64_t digits;         /* up to 19, as a number */
    size_t count;            /* significant digits in all, zeros at the end included */
    int64_t exponent;        /* of the last one of `digits` */
} scanned;

enum { HELD_DIGITS = 19 }; /* fit into 64 bits */

static const int64_t exponent_limit = 1000000000000000; /* beyond any text's length, so that sums with one stay correct */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The digits and the point at `text`; returns their end, or `text` if there is no digit. */
static const char *scan_mantissa(const char *text, scanned *number)
{
    bool any = false, fraction = false;
    const char *at = text;
    *number = (scanned){.first = NULL};
    for (;; ++at) {
        if (*at == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!is_digit(*at)) break;
        any = true;
        if (*at != '0' && !number->first) number->first = at;
        if (number->first) ++number->count;
        if (number->count > HELD_DIGITS) {
            number->exponent += !fraction;
            continue;
        }
        number->digits = 10 * number->digits + (uint64_t)(*at - '0');
        number->exponent -= fraction;
    }
    number->end = at;
    return any ? at : text;
}

/* The exponent at `text` ("e-3"); returns its end, or `text` if there is none. */
static const char *scan_exponent(const char *text, int64_t *exponent)
{
    if (*text != 'e' && *text != 'E') return text;
    const char *at = text + 1;
    const bool negative = *at == '-';
    if (*at == '+' || *at == '-') ++at;
    if (!is_digit(*at)) return text;
    int64_t size = 0;
    for (; is_digit(*at); ++at)
        if (size < exponent_limit) size = 10 * size + (*at - '0');
    *exponent += negative ? -size : size;
    return at;
}

/* The length of `word` if the text starts with it, in any case; otherwise 0. */
static size_t match(const char *text, const char *word)
{
    size_t i = 0;
    while (word[i] && (text[i] | 0x20) == word[i]) ++i;
    return word[i] ? 0 : i;
}

/* ---- Reading: exact comparison ------------------------------------------------------------------------------------- */

/* Half-way points have at most 767 significant digits: with as many a digit that differs has shown itself, and one more,
 * not 0, stands for all that follow. */
enum { COMPARED_DIGITS = 768, LIMBS = 48 };

/* A natural number of up to 3072 bits, the lowest limb first. Nothing here grows beyond 2700: 769 digits, or 5^1112 times a
 * half-way point; and what is shifted is shifted up to about the size of the other. */
typedef struct {
    size_t count;
    uint64_t limb[LIMBS];
} natural;

/* number = number factor + summand */
static void multiply(natural *number, uint64_t factor, uint64_t summand)
{
    wide carry = summand;
    for (size_t i = 0; i < number->count; ++i) {
        carry += (wide)number->limb[i] * factor;
        number->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry && number->count < LIMBS) number->limb[number->count++] = (uint64_t)carry;
}

static void multiply_by_power_of_five(natural *number, unsigned power)
{
    static const uint64_t five_to_27 = 7450580596923828125;
    for (; power >= 27; power -= 27) multiply(number, five_to_27, 0);
    for (; power > 0; --power) multiply(number, 5, 0);
}

static void multiply_by_power_of_two(natural *number, unsigned power)
{
    for (; power >= 63; power -= 63) multiply(number, (uint64_t)1 << 63, 0);
    multiply(number, (uint64_t)1 << power, 0);
}

static int compare_naturals(const natural *a, const natural *b)
{
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (size_t i = a->count; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* All digits that matter as an integer; returns the exponent of the last. */
static int64_t collect(const scanned *number, natural *digits)
{
    size_t count = 0;
    bool more = false;
    *digits = (natural){.count = 0};
    for (const char *at = number->first; at < number->end; ++at) {
        if (*at == '.') continue;
        if (count < COMPARED_DIGITS) {
            multiply(digits, 10, (uint64_t)(*at - '0'));
            ++count;
        } else if (*at != '0') {
            more = true;
        }
    }
    const size_t held = number->count < HELD_DIGITS ? number->count : HELD_DIGITS;
    const int64_t exponent = number->exponent + (int64_t)held - (int64_t)count;
    if (!more) return exponent;
    multiply(digits, 10, 1);
    return exponent - 1;
}

/* The sign of the number scanned minus half 2^exponent; the two are known to be near each other. */
static int compare_with(const scanned *number, uint64_t half, int exponent)
{
    natural left, right = {.count = 1, .limb = {half}};
    const int power = (int)collect(number, &left);
    multiply_by_power_of_five(power < 0 ? &right : &left, (unsigned)(power < 0 ? -power : power));
    if (power > exponent)
        multiply_by_power_of_two(&left, (unsigned)(power - exponent));
    else
        multiply_by_power_of_two(&right, (unsigned)(exponent - power));
    return compare_naturals(&left, &right);
}

/* ---- Reading: rounding --------------------------------------------------------------------------------------------- */

static int highest_bit(uint64_t x)
{
    int bit = 0;
    for (int step = 32; step > 0; step /= 2)
        if (x >> (bit + step)) bit += step;
    return bit;
}

/* significand 2^exponent of 53 bits, or of fewer at the least exponent, or 2^53. */
static uint64_t encode(uint64_t significand, int exponent)
{
    if (significand < hidden_bit) return significand;
    const uint64_t field = (uint64_t)(exponent - LEAST_EXPONENT + 1);
    /* What is carried out of the fraction adds to the field, and of the greatest makes the infinity. */
    const uint64_t bits = (field << FRACTION_BITS) + (significand - hidden_bit);
    return bits >> FRACTION_BITS >= INFINITE_FIELD ? (uint64_t)INFINITE_FIELD << FRACTION_BITS : bits;
}

/* The bits of the double nearest to digits 10^power, of which `least` and `most`, 127 bits times 2^exponent, are bounds. */
static uint64_t round_bounds(const scanned *number, wide least, wide most, int exponent)
{
    const int top = 64 + highest_bit((uint64_t)(least >> 64));
    int dropped = top - FRACTION_BITS;
    if (exponent + dropped < LEAST_EXPONENT) dropped = LEAST_EXPONENT - exponent;
    if (dropped > 127) return 0;
    /* In halves of the last place that is kept. */
    const uint64_t low = (uint64_t)(least >> (dropped - 1)), high = (uint64_t)(most >> (dropped - 1));
    const bool tie = (low & 1) && (least & (((wide)1 << (dropped - 1)) - 1)) == 0;
    uint64_t rounded = (low + 1) >> 1;
    if (tie || rounded != (high + 1) >> 1) {
        const uint64_t half = high; /* odd: else both would round to high / 2 */
        const int sign = compare_with(number, half, exponent + dropped - 1);
        rounded = (half >> 1) + (sign > 0 || (sign == 0 && (half >> 1 & 1)));
    }
    return encode(rounded, exponent + dropped);
}

/* The bits of the double nearest to the number scanned. */
static uint64_t nearest(const scanned *number)
{
    if (number->digits == 0 || number->exponent < WICK_LEAST_POWER) return 0;
    if (number->exponent > WICK_GREATEST_POWER) return (uint64_t)INFINITE_FIELD << FRACTION_BITS;
    const int power = (int)number->exponent, zeros = 63 - highest_bit(number->digits);
    const uint64_t *ten = power_of_ten(power), digits = number->digits << zeros;
    const wide product = (wide)ten[0] * digits + (uint64_t)((wide)ten[1] * digits >> 64);
    /* The digits' product with what the table cut off is below 2^64, and so is what the shift by 64 cuts off; digits that
     * are not held add less than one to the last that is. */
    const wide least = product >> 1, unheld = number->count > HELD_DIGITS ? (wide)1 << (63 + zeros) : 0;
    return round_bounds(number, least, least + 2 + unheld, wick_decimal_power_log2(power) - 127 + 65 - zeros);
}

double wick_number_read(const char *text, const char **end)
{
    const bool negative = *text == '-';
    const char *start = text + (*text == '-' || *text == '+');
    const size_t infinity = match(start, "infinity"), inf = match(start, "inf"), nan = match(start, "nan");
    scanned number;
    const char *at = scan_mantissa(start, &number);
    uint64_t bits = 0;
    if (inf) {
        at = start + (infinity ? infinity : inf);
        bits = bits_of(INFINITY);
    } else if (nan) {
        at = start + nan;
        bits = bits_of(NAN);
    } else if (at != start) {
        at = scan_exponent(at, &number.exponent);
        bits = nearest(&number);
    }
    *end = at == start ? text : at;
    return from_bits(bits | (uint64_t)(negative && at != start) << 63);
}

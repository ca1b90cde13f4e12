/* See polynomial.h. Every operation builds its result in a fresh polynomial and only then replaces `result`, so operands
 * and result may coincide and a failure changes nothing. */
#include "activation/polynomial.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* `count` zero coefficients, not yet trimmed. */
static bool polynomial_alloc(wick_polynomial *a, size_t count)
{
    *a = WICK_POLYNOMIAL_ZERO;
    if (count == 0) return true;
    a->coefficient = wick_allocate(count, sizeof(mpq_t), 1);
    if (!a->coefficient) return false;
    a->count = count;
    for (size_t i = 0; i < count; i++) mpq_init(a->coefficient[i]);
    return true;
}

/* Drops zero coefficients at the top. */
static void polynomial_trim(wick_polynomial *a)
{
    while (a->count > 0 && mpq_sgn(a->coefficient[a->count - 1]) == 0) {
        a->count--;
        mpq_clear(a->coefficient[a->count]);
    }
    if (a->count == 0) wick_polynomial_clear(a);
}

/* result = fresh, which is trimmed and given away. */
static bool polynomial_replace(wick_polynomial *result, wick_polynomial *fresh)
{
    polynomial_trim(fresh);
    wick_polynomial_clear(result);
    *result = *fresh;
    return true;
}

void wick_polynomial_clear(wick_polynomial *a)
{
    for (size_t i = 0; i < a->count; i++) mpq_clear(a->coefficient[i]);
    free(a->coefficient);
    *a = WICK_POLYNOMIAL_ZERO;
}

bool wick_polynomial_set_monomial(wick_polynomial *result, const mpq_t coefficient, size_t power)
{
    if (power == SIZE_MAX) return false;
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, mpq_sgn(coefficient) == 0 ? 0 : power + 1)) return false;
    if (fresh.count > 0) mpq_set(fresh.coefficient[power], coefficient);
    return polynomial_replace(result, &fresh);
}

bool wick_polynomial_copy(wick_polynomial *result, const wick_polynomial *a)
{
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, a->count)) return false;
    for (size_t i = 0; i < a->count; i++) mpq_set(fresh.coefficient[i], a->coefficient[i]);
    return polynomial_replace(result, &fresh);
}

typedef void (*rational_operation)(mpq_ptr result, mpq_srcptr a, mpq_srcptr b);

/* fresh[i] = fresh[i] (operation) b[i]; starting from a copy of a this gives a + b or a - b. */
static bool polynomial_combine(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b,
                               rational_operation operation)
{
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, a->count > b->count ? a->count : b->count)) return false;
    for (size_t i = 0; i < a->count; i++) mpq_set(fresh.coefficient[i], a->coefficient[i]);
    for (size_t i = 0; i < b->count; i++) operation(fresh.coefficient[i], fresh.coefficient[i], b->coefficient[i]);
    return polynomial_replace(result, &fresh);
}

bool wick_polynomial_add(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b)
{
    return polynomial_combine(result, a, b, mpq_add);
}

bool wick_polynomial_subtract(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b)
{
    return polynomial_combine(result, a, b, mpq_sub);
}

bool wick_polynomial_multiply(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b)
{
    const bool zero = a->count == 0 || b->count == 0;
    if (!zero && a->count > SIZE_MAX - b->count) return false;
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, zero ? 0 : a->count + b->count - 1)) return false;
    mpq_t product;
    mpq_init(product);
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            mpq_mul(product, a->coefficient[i], b->coefficient[j]);
            mpq_add(fresh.coefficient[i + j], fresh.coefficient[i + j], product);
        }
    }
    mpq_clear(product);
    return polynomial_replace(result, &fresh);
}

bool wick_polynomial_scale(wick_polynomial *result, const wick_polynomial *a, const mpq_t factor)
{
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, a->count)) return false;
    for (size_t i = 0; i < a->count; i++) mpq_mul(fresh.coefficient[i], a->coefficient[i], factor);
    return polynomial_replace(result, &fresh);
}

static bool set_one(wick_polynomial *result)
{
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    const bool done = wick_polynomial_set_monomial(result, one, 0);
    mpq_clear(one);
    return done;
}

/* Repeated squaring: square runs through a, a^2, a^4, ... */
static bool constant_power(wick_polynomial *result, const wick_polynomial *a, size_t exponent)
{
    mpq_t power;
    mpq_init(power);
    mpz_pow_ui(mpq_numref(power), mpq_numref(a->coefficient[0]), exponent);
    mpz_pow_ui(mpq_denref(power), mpq_denref(a->coefficient[0]), exponent);
    const bool done = wick_polynomial_set_monomial(result, power, 0);
    mpq_clear(power);
    return done;
}

bool wick_polynomial_power(wick_polynomial *result, const wick_polynomial *a, size_t exponent)
{
    size_t degree;
    if (a->count == 1) return constant_power(result, a, exponent);
    if (a->count > 0 && !wick_multiply_sizes(a->count - 1, exponent, &degree)) return false;
    wick_polynomial square = WICK_POLYNOMIAL_ZERO, fresh = WICK_POLYNOMIAL_ZERO;
    bool done = wick_polynomial_copy(&square, a) && set_one(&fresh);
    for (size_t left = exponent; done && left > 0; left /= 2) {
        if (left % 2 == 1) done = wick_polynomial_multiply(&fresh, &fresh, &square);
        if (done && left > 1) done = wick_polynomial_multiply(&square, &square, &square);
    }
    wick_polynomial_clear(&square);
    if (!done) {
        wick_polynomial_clear(&fresh);
        return false;
    }
    return polynomial_replace(result, &fresh);
}

/* q *= factor. */
static void rational_multiply_size(mpq_t q, size_t factor)
{
    mpz_mul_ui(mpq_numref(q), mpq_numref(q), factor);
    mpq_canonicalize(q);
}

bool wick_polynomial_derivative(wick_polynomial *result, const wick_polynomial *a, size_t order)
{
    wick_polynomial fresh;
    if (!polynomial_alloc(&fresh, a->count > order ? a->count - order : 0)) return false;
    for (size_t i = 0; i < fresh.count; i++) {
        mpq_set(fresh.coefficient[i], a->coefficient[i + order]);
        for (size_t factor = i + 1; factor <= i + order; factor++) rational_multiply_size(fresh.coefficient[i], factor);
    }
    return polynomial_replace(result, &fresh);
}

bool wick_polynomial_gaussian_mean(wick_polynomial *result, const wick_polynomial *a, size_t order)
{
    wick_polynomial derivative = WICK_POLYNOMIAL_ZERO, fresh;
    if (!wick_polynomial_derivative(&derivative, a, order)) return false;
    if (!polynomial_alloc(&fresh, derivative.count / 2 + derivative.count % 2)) {
        wick_polynomial_clear(&derivative);
        return false;
    }
    for (size_t g = 0; g < fresh.count; g++) {
        mpq_set(fresh.coefficient[g], derivative.coefficient[2 * g]);
        for (size_t odd = 3; odd < 2 * g; odd += 2) rational_multiply_size(fresh.coefficient[g], odd);
    }
    wick_polynomial_clear(&derivative);
    return polynomial_replace(result, &fresh);
}

bool wick_polynomial_is_zero(const wick_polynomial *a) { return a->count == 0; }

bool wick_polynomial_equal(const wick_polynomial *a, const wick_polynomial *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!mpq_equal(a->coefficient[i], b->coefficient[i])) return false;
    return true;
}

/* How q compares to the middle between the doubles near and far: the sign of 2 |q| - |near + far|. */
static int compare_to_middle(const mpq_t q, double near, double far)
{
    mpq_t twice, sum, term;
    mpq_inits(twice, sum, term, NULL);
    mpq_set_d(sum, near);
    mpq_set_d(term, far);
    mpq_add(sum, sum, term);
    mpq_add(twice, q, q);
    mpq_abs(sum, sum);
    mpq_abs(twice, twice);
    const int order = mpq_cmp(twice, sum);
    mpq_clears(twice, sum, term, NULL);
    return order;
}

static bool mantissa_is_odd(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits % 2 == 1;
}

/* Is it a double as it is? */
static bool fits(const mpz_t n) { return mpz_sizeinbase(n, 2) <= 53; }

double wick_rational_value(const mpq_t q)
{
    if (fits(mpq_numref(q)) && fits(mpq_denref(q))) return mpz_get_d(mpq_numref(q)) / mpz_get_d(mpq_denref(q));
    const double near = mpq_get_d(q); /* cut towards zero */
    const double far = nextafter(near, mpq_sgn(q) < 0 ? -INFINITY : INFINITY);
    if (!isfinite(near) || !isfinite(far)) return near;
    const int order = compare_to_middle(q, near, far);
    return order > 0 || (order == 0 && mantissa_is_odd(near)) ? far : near;
}

double wick_polynomial_value(const wick_polynomial *a, double x)
{
    double value = 0;
    for (size_t i = a->count; i-- > 0;) value = value * x + wick_rational_value(a->coefficient[i]);
    return value;
}

/* |n| in decimal. */
static void print_magnitude(wick_text *text, const mpz_t n)
{
    char *digits = malloc(mpz_sizeinbase(n, 10) + 2);
    if (!digits) {
        text->failed = true;
        return;
    }
    mpz_get_str(digits, 10, n);
    wick_text_append(text, digits[0] == '-' ? digits + 1 : digits);
    free(digits);
}

/* |c| x^power: "5/7*x^2", "x^3/2", "3*x", "1/2". A numerator of one moves behind, where it reads better. */
static void print_term(wick_text *text, const mpq_t c, const char *variable, size_t power)
{
    const bool numerator = power == 0 || mpz_cmpabs_ui(mpq_numref(c), 1) != 0;
    const bool denominator = mpz_cmp_ui(mpq_denref(c), 1) != 0;
    if (numerator) print_magnitude(text, mpq_numref(c));
    if (numerator && denominator) {
        wick_text_append(text, "/");
        print_magnitude(text, mpq_denref(c));
    }
    if (power > 0) wick_text_printf(text, "%s%s", numerator ? "*" : "", variable);
    if (power > 1) wick_text_printf(text, "^%zu", power);
    if (!numerator && denominator) {
        wick_text_append(text, "/");
        print_magnitude(text, mpq_denref(c));
    }
}

void wick_polynomial_print(wick_text *text, const wick_polynomial *a, const char *variable)
{
    if (a->count == 0) wick_text_append(text, "0");
    for (size_t i = a->count; i-- > 0;) {
        const int sign = mpq_sgn(a->coefficient[i]);
        if (sign == 0) continue;
        const bool first = i + 1 == a->count;
        if (first && sign < 0) wick_text_append(text, "-");
        if (!first) wick_text_append(text, sign < 0 ? " - " : " + ");
        print_term(text, a->coefficient[i], variable, i);
    }
}

/* Polynomials in one variable with exact rational coefficients (GMP).
 *
 * A polynomial owns `count` coefficients, coefficient[i] that of x^i; the last one is never zero, so the degree is
 * count - 1 and the zero polynomial has count = 0. A polynomial is a value: start from WICK_POLYNOMIAL_ZERO, release with
 * wick_polynomial_clear(). Results may be the same object as an operand.
 */
#ifndef WICK_ACTIVATION_POLYNOMIAL_H
#define WICK_ACTIVATION_POLYNOMIAL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/context.h"
#include "base/text.h"

typedef struct {
    size_t count;
    mpq_t *coefficient;
} wick_polynomial;

#define WICK_POLYNOMIAL_ZERO ((wick_polynomial){0, NULL})

/* Each returns false if memory is exhausted, and then `result` is as it was. */
bool wick_polynomial_set_monomial(wick_polynomial *result, const mpq_t coefficient, size_t power); /* c x^power */
bool wick_polynomial_copy(wick_polynomial *result, const wick_polynomial *a);
bool wick_polynomial_add(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b);
bool wick_polynomial_subtract(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b);
bool wick_polynomial_multiply(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b);
bool wick_polynomial_scale(wick_polynomial *result, const wick_polynomial *a, const mpq_t factor);
bool wick_polynomial_power(wick_polynomial *result, const wick_polynomial *a, size_t exponent);
bool wick_polynomial_derivative(wick_polynomial *result, const wick_polynomial *a, size_t order);

/* E[a^{(order)}(sqrt(v) z)], z ~ N(0,1), as a polynomial in the variance v: x^{2g} becomes (2g-1)!! v^g. */
bool wick_polynomial_gaussian_mean(wick_polynomial *result, const wick_polynomial *a, size_t order);

bool wick_polynomial_is_zero(const wick_polynomial *a);
bool wick_polynomial_equal(const wick_polynomial *a, const wick_polynomial *b);
void wick_polynomial_clear(wick_polynomial *a);

/* The double nearest to q, ties to even (GMP's own mpq_get_d cuts towards zero: 1/10 would not give 0.1). */
double wick_rational_value(const mpq_t q);

/* a at x, in double arithmetic (Horner). */
double wick_polynomial_value(const wick_polynomial *a, double x);

/* "5/7*x^4 - x^3/2 - 3*x + 1" with `variable` in place of x, highest power first; "0" for zero. With "x" as variable,
 * wick_activation_parse() reads back exactly this polynomial (within the limits it states). */
void wick_polynomial_print(wick_text *text, const wick_polynomial *a, const char *variable);

#endif

/* From the text of an activation to an exact polynomial (what is none is a function: graph.h).
 *
 * Grammar (usual precedence, ^ binds tightest and to the right, unary minus below ^):
 *
 *     sum     = product { ("+" | "-") product }
 *     product = unary { ("*" | "/") unary | power }
 *     unary   = ("+" | "-") unary | power
 *     power   = atom [ "^" unary | raised digits ]
 *     atom    = number | "x" | name [ "(" sum { "," sum } ")" ] | "(" sum ")" | "|" sum "|" | root atom
 *
 * Numbers are integers or decimals with an optional exponent, read exactly: 0.1 is 1/10, 2.5e-3 is 1/400. "**" is accepted
 * for "^"; printed signs (centred dot, cross, raised digits, root, pi, minus) mean what they mean in print. A power without
 * "*" before it is a factor, as in 2x and (x+1)(x-1), but not behind a division, an exponent without parentheses or a
 * function's name without an argument, where it could be read in two ways; and a number is never one.
 *
 * Names, in any case: linear, square, cubic, quartic, he2, he3, he4, he5 (probabilists' Hermite); he3 alone is he3(x), and
 * of an argument it is that polynomial in it. For polynomials, divisors and exponents must be constants, exponents
 * non-negative integers (of constants: any, if the result is rational). wick_graph_parse() also takes the constants pi and
 * e, the functions of registry.c, any divisor, and rational powers of anything; whether these are defined on the whole line
 * is for wick_graph_check_domain() to say. What contains a function is no polynomial.
 *
 * Limits, for every intermediate result too: degree WICK_DEGREE_LIMIT; numerators and denominators of at most
 * WICK_COEFFICIENT_BITS bits, so that every coefficient is a normal double or zero; WICK_NESTING_LIMIT parentheses and
 * exponents inside each other. Degrees, powers and numbers far beyond them are refused before anything is computed.
 */
#ifndef WICK_ACTIVATION_ACTIVATION_H
#define WICK_ACTIVATION_ACTIVATION_H

#include "activation/polynomial.h"
#include "base/context.h"

enum { WICK_DEGREE_LIMIT = 12, WICK_COEFFICIENT_BITS = 1000, WICK_NESTING_LIMIT = 200 };

/* Where in the expression an error is (characters from 1; 0: not in one place) and what it says. */
typedef struct {
    size_t column;
    char reason[WICK_MESSAGE_SIZE];
} wick_activation_error;

/* Parses `text` into `polynomial` (which must be a valid polynomial, e.g. zero).
 *
 * On failure `polynomial` is as it was. The status is WICK_ERROR_PROBLEM (or WICK_ERROR_MEMORY) with the message
 * "activation: COLUMN: what is wrong, what was found, what is allowed", where COLUMN counts characters (not bytes) of the
 * UTF-8 `text` from 1 and "activation" is `key`; a second line repeats the expression (of a long one the part around that
 * character; line breaks and tabs shown as blanks) and a third has a caret under that character. */
wick_status wick_activation_parse(wick_context *context, const char *key, const char *text, wick_polynomial *polynomial);

/* The known names and what they stand for, for help texts: name(0) .. name(count - 1), e.g. "he3" and "x^3 - 3*x". */
size_t wick_activation_name_count(void);
const char *wick_activation_name(size_t index);
const char *wick_activation_expression(size_t index);

#endif

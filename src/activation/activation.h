/* From the text of an activation to an exact polynomial (what is none is a function: graph.h).
 *
 * Grammar (usual precedence, ^ binds tightest and to the right, unary minus below ^):
 *
 *     sum     = product { ("+" | "-") product }
 *     product = unary { ("*" | "/") unary }
 *     unary   = ("+" | "-") unary | power
 *     power   = atom [ "^" unary ]
 *     atom    = number | "x" | name | "(" sum ")"
 *
 * Numbers are integers or decimals with an optional exponent, read exactly: 0.1 is 1/10, 2.5e-3 is 1/400. Divisors and
 * exponents must be constants, exponents non-negative integers; "**" is accepted for "^". Names: linear, square, cubic,
 * quartic, he2, he3, he4, he5 (probabilists' Hermite), usable inside expressions too. Products are written with "*".
 * wick_graph_parse() also takes the constant pi and functions, f(sum) or leaky_relu(sum, constant), as atoms; a
 * function's name alone is f(x). What contains a function is no polynomial: anything may divide that or be divided by it.
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

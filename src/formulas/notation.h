/* Formulas in two notations from one walk: plain ASCII text, and LaTeX for amsmath's align*.
 *
 * Whoever writes a formula puts every token in both notations; this is where the one that was asked for is kept. Long lines
 * are broken here as well, at the places that the writer marks, by the width that the plain text has: within parentheses
 * only if what they enclose does not fit on a line of its own.
 * Private to src/emit.
 */
#ifndef WICK_FORMULAS_NOTATION_H
#define WICK_FORMULAS_NOTATION_H

#include "activation/polynomial.h"
#include "base/text.h"

/* What stands between two places where a line may end. */
typedef struct {
    size_t start, width; /* its bytes; its width as plain text */
    size_t depth;        /* parentheses that were open where it starts */
} wick_piece;

typedef struct {
    wick_text *out;
    bool latex;
    bool first;        /* no equation yet in this block */
    size_t name_width; /* left-hand sides are padded to this */
    size_t width;      /* of a line */
    size_t depth;      /* parentheses open now */
    wick_text line;    /* the equation so far, in pieces */
    wick_piece *piece;
    size_t count, capacity;
} wick_notation;

/* A block of equations, the left-hand sides `name_width` wide in plain text. `latex_width` is how much plain text fills a
 * line of a LaTeX page: more, the more of it is set in small print. */
void wick_notation_begin(wick_notation *notation, wick_text *out, bool latex, size_t name_width, size_t latex_width);
void wick_notation_end(wick_notation *notation);

/* One equation: its left-hand side, then what is put, then its end. */
void wick_equation_begin(wick_notation *notation, const char *text, const char *latex);
void wick_equation_end(wick_notation *notation);

void wick_put(wick_notation *notation, const char *text, const char *latex);
void wick_put_same(wick_notation *notation, const char *token);
/* A space, at which the line may end. */
void wick_put_break(wick_notation *notation);
/* "(" and ")", or any such pair, large enough for fractions. */
void wick_put_open(wick_notation *notation, const char *parenthesis);
void wick_put_close(wick_notation *notation, const char *parenthesis);

/* What stands between two terms: " + " or " - ", with a break; before the first one "" or "-". */
void wick_put_sign(wick_notation *notation, bool negative, bool first);
/* |q|: "1/2" */
void wick_put_magnitude(wick_notation *notation, mpq_srcptr q);
/* "^3"; nothing for 1. */
void wick_put_power(wick_notation *notation, size_t power);
/* "3 v^2 - 1/2" */
void wick_put_polynomial(wick_notation *notation, const wick_polynomial *a, const char *variable);

/* The same within a paragraph, not broken. */
void wick_print_polynomial(wick_text *out, bool latex, const wick_polynomial *a, const char *variable);

#endif

/* The vertex factors of a closed form: F^{(m)}(v) = E[f^{(m)}(sqrt(v) z)], z ~ N(0, 1), as polynomials in the variance v.
 * Private to src/emit. */
#ifndef WICK_FORMULAS_FACTORS_H
#define WICK_FORMULAS_FACTORS_H

#include "symbolic/closed_form.h"

typedef struct {
    size_t count; /* orders 0 .. count - 1: up to the larger degree, so every order that a diagram can have */
    wick_polynomial *student, *target;
} wick_factors;

wick_status wick_factors_make(wick_context *context, const wick_closed_form *form, wick_factors *factors);
void wick_factors_clear(wick_factors *factors);

/* Edges at vertex v. */
size_t wick_diagram_degree(const wick_expansion *expansion, const wick_diagram *diagram, size_t v);

/* "-3/4", to be released with free(); NULL if memory is exhausted. */
char *wick_rational_string(const mpq_t q);

#endif

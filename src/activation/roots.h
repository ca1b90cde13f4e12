/* The real roots of exact polynomials. */
#ifndef WICK_ACTIVATION_ROOTS_H
#define WICK_ACTIVATION_ROOTS_H

#include "activation/polynomial.h"

/* Puts the real roots of `a` (not zero), each as the nearest double and once whatever its multiplicity, into `roots` in
 * increasing order, which must have room for the degree. false: memory is exhausted. */
bool wick_polynomial_roots(const wick_polynomial *a, double *roots, size_t *count);

/* The sign of a at x, exactly. */
int wick_polynomial_sign(const wick_polynomial *a, double x);

#endif

/* Rules for expectations over a standard normal variable: Gauss-Hermite with the orthonormal Hermite polynomials at the
 * nodes, and the trapezoidal rule, which converges geometrically for functions that are analytic in a strip, and there needs
 * fewer nodes than Gauss-Hermite. */
#ifndef WICK_QUADRATURE_RULES_H
#define WICK_QUADRATURE_RULES_H

#include "base/context.h"

/* E[f(z)] = sum_i weight[i] f(node[i]); the coefficients f_m = E[f(z) he_m(z)], he_m = He_m / sqrt(m!), of the expansion
 * f = sum_m f_m he_m are sum_i f(node[i]) table[i * terms + m] for m < terms. */
typedef struct {
    size_t count, terms;
    double *node, *weight, *table;
} wick_rule;

/* Rules of rising size, symmetric about 0. The next smaller one serves as the check of each. */
enum { WICK_HERMITE_COUNT = 13, WICK_TRAPEZOID_COUNT = 14 };

typedef struct wick_rules wick_rules; /* immutable, counted */

wick_status wick_rules_make(wick_context *context, wick_rules **rules);
wick_rules *wick_rules_share(wick_rules *rules);
void wick_rules_free(wick_rules *rules);

const wick_rule *wick_rules_hermite(const wick_rules *rules, size_t index);
/* How far the nodes of a trapezoidal rule are apart. */
double wick_rules_spacing(size_t index);

/* For sums over nodes, and (wider) for coefficients: high Hermite polynomials reach far. */
const wick_rule *wick_rules_trapezoid(const wick_rules *rules, size_t index);
const wick_rule *wick_rules_wide_trapezoid(const wick_rules *rules, size_t index);

#endif

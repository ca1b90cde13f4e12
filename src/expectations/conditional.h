/* All fields given two of them.
 *
 * Fields are inner products with a standard normal vector: l_a = v_a . z, V V^T = Omega (a pivoted Cholesky factor of the
 * correlations, so that V exists and is real also where Omega is singular, or short of it by rounding). In coordinates with
 * l_j = d1 z1 and l_l = c z1 + d2 z2, conditional means are (v_a . e1) z1 + (v_a . e2) z2 and conditional covariances inner
 * products of what is left of the vectors. Means, spreads and correlations are those of one covariance at rounding distance
 * from Omega, however close l_j and l_l are: no slope is a quotient of two rounding errors.
 */
#ifndef WICK_EXPECTATIONS_CONDITIONAL_H
#define WICK_EXPECTATIONS_CONDITIONAL_H

#include <stddef.h>

#include "expectations/expectations.h"

typedef struct {
    size_t n, rank;
    double *vectors; /* n x n; columns from `rank` on are zero */
    double *rest;    /* n x n: what is left of the vectors; also scratch */
    /* Given (j, l): */
    double d1, c, d2;    /* l_j = d1 z1, l_l = c z1 + d2 z2 */
    double *mean;        /* n x 2 */
    double *spread;      /* n: conditional standard deviations; 0 where the pair determines the field */
    double *correlation; /* n x n, conditional; 0 where a spread is */
} wick_conditional;

bool wick_conditional_make(wick_conditional *conditional, size_t n); /* false if memory is exhausted */
void wick_conditional_clear(wick_conditional *conditional);

/* Takes the fields. */
void wick_conditional_set(wick_conditional *conditional, const wick_fields *fields);

/* Conditions on fields j and l; on j alone if l == j (then d2 = 0). */
void wick_conditional_given(wick_conditional *conditional, size_t j, size_t l);

#endif

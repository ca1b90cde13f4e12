/* The variance term of piecewise linear activations, slope x + kink relu(x), by one-dimensional quadrature.
 *
 * With s' = B + D sgn and f = B' x + D' |x|, parity leaves expectations that are closed, and one that is not:
 *
 *     K = E[sgn(1) sgn(2) |3| |4|]
 *
 * Let the covariances between {1, 2} and {3, 4} be multiplied by t. K is closed at t = 0, where the pairs are independent,
 * and so is dK/dt: by Price's theorem dE/dC13 = E[2 delta(1) sgn(2) sgn(3) |4|], fields 2, 3, 4 given l_1 = 0, and by
 * Stein's lemma E[sgn(2) sgn(3) |4|] is a sum of three arcsines. K is the integral over t from 0 to 1, by the
 * double-exponential rule, which the square roots do not disturb that dK/dt has at t = 1 if fields align. Fields that
 * coincide need no special case: sgn(0) = 0. Where fields nearly do, rounding of the overlaps counts for more than that of
 * the sums, and is part of the error.
 */
#ifndef WICK_QUADRATURE_PIECEWISE_VARIANCE_H
#define WICK_QUADRATURE_PIECEWISE_VARIANCE_H

#include "expectations/expectations.h"

/* Fills V only, for n fields. slope[i] x + kink[i] relu(x): i = 0 the students', 1 the targets'. */
wick_status wick_piecewise_variance_make(wick_context *context, const double slope[2], const double kink[2], size_t n,
                                         wick_expectations *expectations);

#endif

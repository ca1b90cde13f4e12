/* V_jl = E[s'(l_j) s'(l_l) E^2] of erf where the arguments are large: the formula of Saad & Solla without its cancellations.
 *
 * With fields rescaled so that all are erf(l / sqrt(2)), covariances C, and independent noise of variance 1 added to l_j and
 * l_l, let Sigma be the covariances of the other fields given that both vanish. Then
 *
 *     E[s'(j) s'(l) s(a) s(b)] = 4 / (pi^2 sqrt(L4)) asin(Sigma_ab / sqrt((1 + Sigma_aa)(1 + Sigma_bb))),
 *     L4 = det(1 + C over j, l)
 *
 * L0, L1 and L2 of THEORY section 5 are L4 Sigma_ab, L4 (1 + Sigma_aa) and L4 (1 + Sigma_bb): differences of products of
 * three covariances, of which nothing is left in double precision once C is large. In the coordinates of conditional.h Sigma
 * is a sum of products: what is left of the vectors, and in the plane of (j, l) a form with inverse 1 + sum of v v^T. */
#ifndef WICK_CLOSED_ERF_VARIANCE_H
#define WICK_CLOSED_ERF_VARIANCE_H

#include "expectations/conditional.h"

/* From this covariance on kernels/erf_variance.h has lost ten digits of what it subtracts. */
bool wick_erf_is_steep(const wick_fields *fields, const double rho[2]);

/* f(x) = scale erf(rho x / sqrt(2)) of students and targets. `omega` and `weight` (n x n, n) are scratch. */
void wick_erf_steep_variance(wick_conditional *given, const wick_fields *fields, const double scale[2], const double rho[2],
                             double *omega, double *weight, double *V);

#endif

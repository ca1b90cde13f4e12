/* Closed forms of THEORY section 5, as expectations. Private constants: with rho = rate * sqrt(2), erf(rate x) is
 * erf(rho x / sqrt(2)), so every field is rescaled by its rho and the formulas for erf(x / sqrt(2)) apply. */
#ifndef WICK_CLOSED_CLOSED_H
#define WICK_CLOSED_CLOSED_H

#include "expectations/expectations.h"

/* scale[i] erf(rate[i] x): i = 0 the students', 1 the targets'. All four kinds of integrals [Saad & Solla]. */
wick_status wick_closed_erf_make(wick_context *context, const double scale[2], const double rate[2], size_t p, size_t k,
                                 wick_expectations *expectations);

/* slope[i] x + kink[i] relu(x): relu, leaky_relu, abs and what is linear. The variance, which has no closed form, is filled
 * by `variance` (taken over; its other tables are not used), and may be left out. */
wick_status wick_closed_piecewise_make(wick_context *context, const double slope[2], const double kink[2],
                                       const wick_expectations *variance, wick_expectations *expectations);

#endif

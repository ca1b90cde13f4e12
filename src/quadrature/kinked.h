/* Expectations of activations with kinks: two fields by plane.h, the variance over the plane of (l_j, l_l) as well.
 *
 * The variance averages s' s' E[E^2 | l_j, l_l] over the plane of l_j and l_l, cut at their kinks and at those of fields
 * that the two determine. Given l_j and l_l, a field is normal with a mean that moves over the plane: its Hermite
 * coefficients are one-dimensional integrals, cut at its kinks, and E[f_a f_b] their Mehler series; E[f_a^2], where the
 * series would be slow, is an integral of its own.
 */
#ifndef WICK_QUADRATURE_KINKED_H
#define WICK_QUADRATURE_KINKED_H

#include "activation/graph.h"
#include "expectations/expectations.h"
#include "quadrature/activation_code.h"

wick_status wick_kinked_make(wick_context *context, const wick_graph *const functions[2],
                             wick_activation_code *const codes[2], double tolerance, size_t p, size_t k, bool variance,
                             wick_expectations *expectations);

#endif

/* An independent, slow evaluation of the mean field: its drift and its risk for polynomial activations.
 *
 * It knows only the definition. With Q~ = M P^-1 M^T + D_sqrt(q) Xi D_sqrt(q), every term of the drift and of the risk holds
 * one pair of fields (i, l) and so one xi_il, whose density on the unit sphere of R^D is (1 - xi^2)^{(D-3)/2} (D = 1: -1
 * or 1; D infinite: 0). For each pair, the expectation over the fields given xi is that of reference.h, and it is averaged
 * over the nodes of a Gauss-Gegenbauer rule, which is exact as it is a polynomial in xi. No tensors, no moments of xi, no
 * sums shared between students.
 */
#ifndef WICK_TESTS_MEAN_FIELD_H
#define WICK_TESTS_MEAN_FIELD_H

#include <stddef.h>

#include "reference.h"

enum { WICK_TEST_NODES = 6 }; /* exact up to degree 11 in xi: activations of degree 5 need 10 */

/* Nodes and weights of the average over xi in D dimensions, 1 <= D <= infinity. */
void wick_test_sphere_rule(double D, double node[WICK_TEST_NODES], double weight[WICK_TEST_NODES]);

/* dM (p x k), dq (p) and the risk, Delta/2 included, of `problem` without its Q, regime and trained, at the given q (p) in
 * R^d; d may be infinite, that is the regime mean-field-high-d, or k if q = 0. Aborts if memory is exhausted. */
void wick_test_mean_field(const wick_reference_problem *problem, const double *q, double d, double *dM, double *dq,
                          double *risk);

#endif

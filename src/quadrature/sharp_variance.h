/* V_jl = E[s'(l_j) s'(l_l) E^2] for functions that may bend sharply, have kinks or (targets) jump.
 *
 * V is the average of s' s' E[E^2 | l_j, l_l] over the plane of l_j and l_l: an outer integral over l_j, whose panels are
 * bisected until their Legendre coefficients have fallen, and an inner one over what is left of l_l. Panels come from the
 * resolutions of all fields, seen along these directions and averaged over what is left of them (resolution.h); the outer
 * ones also from the points where two kinks meet.
 *
 * Given l_j and l_l a field is normal, with a mean mu that moves over the plane and a spread that does not. So the Hermite
 * coefficients u_m(mu) of the conditional function, and E[f^2 | mu], are functions of one number: they are tabulated on
 * panels and interpolated. E[f_a f_b | ..] = sum_m u_am u_bm rho^m, with the same bound on what is cut off as in adapted.h;
 * where it is too large and the pair's own integral is affordable, that takes its place.
 */
#ifndef WICK_QUADRATURE_SHARP_VARIANCE_H
#define WICK_QUADRATURE_SHARP_VARIANCE_H

#include "expectations/expectations.h"
#include "quadrature/activation_code.h"
#include "quadrature/resolution.h"

typedef struct wick_sharp_variance wick_sharp_variance;

/* Codes and resolutions of student and target: shared, not taken over. NULL if memory is exhausted. */
wick_sharp_variance *wick_sharp_variance_make(wick_activation_code *const codes[2], wick_resolution *const resolutions[2],
                                              size_t p, size_t k);
wick_sharp_variance *wick_sharp_variance_copy(const wick_sharp_variance *variance);
void wick_sharp_variance_free(wick_sharp_variance *variance);

/* Fills the entries of V (p x p) whose errors are infinite, and bounds on their absolute errors. */
void wick_sharp_variance_fill(wick_sharp_variance *variance, const wick_fields *fields, double *V, double *errors);

#endif

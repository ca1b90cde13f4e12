/* Expectations of functions that do not bend sharply on the scale of their fields: fast, by few nodes.
 *
 * With f_a(sqrt(v_a) z) = sum_m f_am he_m(z), he_m = He_m / sqrt(m!) orthonormal (coefficients by a one-dimensional
 * Gauss-Hermite rule), two fields with correlation r have
 *
 *     E[f_a f_b] = sum_m f_am f_bm r^m                                                        (Mehler)
 *
 * which is the Wick sum of THEORY section 4 resummed over self-contractions; it converges for every |r| <= 1, the better the
 * smoother the activation, and nothing in it becomes singular as two fields align. X, Y and Z are such sums.
 *
 * The variance term is an average over (l_j, l_l), a product of two trapezoidal rules, of s' s' E[E^2 | l_j, l_l]; the
 * conditional second moment is again a sum of Mehler series, with the conditional means and covariances (conditional.h).
 *
 * Everything is computed by a rule and by the next smaller one; their difference is the error estimate (that of the smaller
 * one, so it errs on the safe side), and rules grow until it is within the tolerance. Two rules can agree on what both miss:
 * so none is used whose nodes are farther apart than `fineness`, which the caller takes from the functions' resolution.
 */
#ifndef WICK_QUADRATURE_SMOOTH_H
#define WICK_QUADRATURE_SMOOTH_H

#include "expectations/expectations.h"
#include "quadrature/activation_code.h"

typedef struct wick_smooth wick_smooth;

/* `codes`: the student's and the target's; shared, not taken over. `halves`: s and s* have parities that make s' s' E^2
 * even; `polynomials`: both are. `variance`: V will be wanted. */
wick_status wick_smooth_make(wick_context *context, wick_activation_code *const codes[2], bool halves, bool polynomials,
                             size_t p, size_t k, bool variance, wick_smooth **smooth);
wick_smooth *wick_smooth_copy(const wick_smooth *smooth); /* NULL if memory is exhausted */
void wick_smooth_free(wick_smooth *smooth);

/* Fill X, Y and Z, or V, with errors of each entry. false: no rule is fine enough, and nothing is filled. `noise`: rounding
 * errors of the functions, relative. Errors of V are within the tolerance, relative to the larger of 1 and the entry, or
 * infinite: that pair asks for more. */
bool wick_smooth_two(wick_smooth *smooth, const wick_fields *fields, double fineness, double noise,
                     const wick_tables *tables, const wick_tables *errors);
bool wick_smooth_variance(wick_smooth *smooth, const wick_fields *fields, double fineness, double noise, double *V,
                          double *errors);

#endif

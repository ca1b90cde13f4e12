/* Expectations of two fields whose functions may bend sharply, have kinks or (targets) jump: over panels that the
 * expressions tell (resolution.h), so that it costs little more to resolve tanh(1000 x) than tanh(x), and nothing hides
 * between nodes.
 *
 * Each field's Hermite coefficients f_m = E[f(sqrt(v) z) he_m(z)] come from a 16-point Gauss-Legendre rule on each panel.
 * Two fields with correlation r have E[f g] = sum_m f_m g_m r^m (Mehler); what is cut off after N terms is at most
 *
 *     |r|^N sqrt(E[f^2] - sum f_m^2) sqrt(E[g^2] - sum g_m^2)                          (Cauchy, Schwarz and Parseval)
 *
 * with squares that the same panels give. Where that is not small, as for sharp functions of fields that nearly coincide,
 * the expectation is an iterated integral: over one field on panels of both, over the other given the first on panels of its
 * own. A derivative that a jump does not have is taken by Stein's lemma: sqrt(v) f'_m = sqrt(m + 1) f_{m + 1}.
 */
#ifndef WICK_QUADRATURE_ADAPTED_H
#define WICK_QUADRATURE_ADAPTED_H

#include "expectations/expectations.h"
#include "quadrature/activation_code.h"
#include "quadrature/resolution.h"

typedef struct wick_adapted wick_adapted;

/* Codes and resolutions of student and target: shared, not taken over. NULL if memory is exhausted. */
wick_adapted *wick_adapted_make(wick_activation_code *const codes[2], wick_resolution *const resolutions[2], size_t p,
                                size_t k);
wick_adapted *wick_adapted_copy(const wick_adapted *adapted);
void wick_adapted_free(wick_adapted *adapted);

/* Fills X, Y and Z, those that are wanted, and bounds on the absolute error of each entry (infinite where there is none). */
void wick_adapted_fill(wick_adapted *adapted, const wick_fields *fields, const wick_tables *tables,
                       const wick_tables *errors);

#endif

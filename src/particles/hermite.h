/* The expansion of an activation in Hermite polynomials, at the variance of each particle.
 *
 * For a pre-activation l = sqrt(v) z, z ~ N(0, 1), he_n = He_n / sqrt(n!), everything follows from the slopes
 * h_n(v) = E[s'(sqrt(v) z) he_n(z)] and the mean E[s], by Stein's lemma:
 *
 *     s' = sum_{n>=0} h_n he_n,   s = E[s] + sum_{n>=1} sqrt(v/n) h_{n-1} he_n,   s'' = sum_{n>=0} sqrt((n+1)/v) h_{n+1}
 * he_n,
 *
 * and two fields of correlation rho have E[f(l_1) g(l_2)] = sum_n f_n g_n rho^n (Mehler).
 *
 * What sums over n lose when they end is bounded by the norms of what is left, r_n^2 = sum_{m>=n} h_m^2. That is the least
 * E[(s' - P)^2] of all polynomials P of degree < n, so that by the ratio of two densities sqrt(v) r_n(v)^2 does not fall
 * with v: known at the end of a narrow bin of variances it is known, nearly as well, throughout the bin.
 */
#ifndef WICK_PARTICLES_HERMITE_H
#define WICK_PARTICLES_HERMITE_H

#include <stdbool.h>

#include "activation/graph.h"
#include "base/context.h"
#include "base/text.h"

/* What is known of the expansions of all fields whose variances lie in one bin of variances.h. */
typedef struct {
    const double *rest;          /* n <= order + 1: at least sqrt(sum_{m >= n} h_m^2) */
    double norm;                 /* at least sqrt(E[s^2]) */
    double slopes, mean, square; /* errors: of the vector of all h_n, of E[s], of E[s'^2] */
} wick_hermite_bounds;

typedef struct {
    void *self;
    int parity;         /* of s: +1, -1, or 0 for neither; slopes that it forbids are exactly 0 */
    size_t order_limit; /* the largest n that can be asked for */

    /* Makes ready for slopes up to n = order, with errors that matter little at the tolerance. false if memory is
     * exhausted. */
    bool (*prepare)(void *self, size_t order, double tolerance);
    /* Bounds for a bin; what fill() gives after that is as good as they say. Makes slopes better if they are not as good as
     * prepare() asked for. false if memory is exhausted. */
    bool (*examine)(void *self, size_t bin, wick_hermite_bounds *bounds);
    /* slopes[n * ld + i] = h_n(variance[i]) for n <= order, mean[i] = E[s], square[i] = E[s'^2]. `work` holds work_size()
     * doubles for `count` <= ld. Threads may share a source. */
    void (*fill)(const void *self, size_t count, size_t ld, const double *variance, size_t order, double *work,
                 double *slopes, double *mean, double *square);
    size_t (*work_size)(const void *self, size_t ld);
    /* One field's f_n for n < count, and rest[n] = sqrt(sum_{m >= n} f_m^2), to rounding; *error: of f as a vector. false if
     * memory is exhausted. */
    bool (*values)(const void *self, double variance, size_t count, double *f, double *rest, double *error);
    void *(*copy)(const void *self); /* NULL if memory is exhausted */
    void (*release)(void *self);
} wick_hermite;

/* scale * erf(rate x), in closed form: h_n falls by v/(1 + v), v that of the rescaled field. */
wick_status wick_hermite_erf(wick_context *context, double scale, double rate, wick_hermite *hermite);

/* Any smooth activation: trapezoidal sums, or for polynomials Gauss-Hermite ones, of the compiled derivative; the source
 * that was compiled is appended to `source`. */
wick_status wick_hermite_quadrature(wick_context *context, const wick_graph *function, wick_text *source,
                                    wick_hermite *hermite);

#endif

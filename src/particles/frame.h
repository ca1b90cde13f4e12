/* The frame in which mean-field particles live: P = L L^T and u = L^-1 m, so that Omega_il = u_i.u_l + sqrt(q_i q_l) xi_il
 * (plan/particles.h), with the second layers and the number of directions that xi averages over. */
#ifndef WICK_PARTICLES_FRAME_H
#define WICK_PARTICLES_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/context.h"

/* What a caller gives; arrays are copied. */
typedef struct {
    size_t p, k;
    double freedom;               /* D = d - k; <= 0: q = 0; infinite: xi is 0 */
    const double *P, *a, *a_star; /* k x k, p (NULL: ones), k */
} wick_frame_sizes;

typedef struct {
    size_t p, k;
    double freedom;
    double *P, *L, *inverse; /* P = L L^T, inverse = L^-1; k x k, lower triangles */
    double condition;        /* how much worse than rounding u may be, where targets are nearly dependent; >= 1 */
    double *a;               /* NULL: all ones */
    double *a_star;
} wick_frame;

/* WICK_ERROR_PROBLEM if P is not positive definite. */
wick_status wick_frame_make(wick_context *context, const wick_frame_sizes *sizes, wick_frame *frame);
void wick_frame_clear(wick_frame *frame);

/* Is it what wick_frame_make() would make of these? */
bool wick_frame_matches(const wick_frame *frame, const wick_frame_sizes *sizes);

/* u (k vectors of stride `stride`) of `count` rows of M. */
void wick_frame_whiten(const wick_frame *frame, size_t count, size_t stride, const double *M, double *u);
/* dm_i = a_i L gradient_i, into rows of dM; a: of these students. */
void wick_frame_unwhiten(const wick_frame *frame, size_t count, size_t stride, const double *a, const double *gradient,
                         double *dM);

/* |u|^2 + q of a student: E[l^2]. */
double wick_frame_variance(const wick_frame *frame, const double *m, double q);

/* c of all fields: -a_j / p for students, a*_r / k for targets; p + k numbers. */
void wick_frame_weights(const wick_frame *frame, double *c);

/* The drift of a state that has none, p (k + 1) numbers: NAN. */
void wick_frame_no_drift(const wick_frame *frame, double *drift);

/* mu_g = E[xi^{2g}] for g = 1 .. count. */
void wick_frame_moments(const wick_frame *frame, size_t count, double *moments);

#endif

/* A drift and a risk over a state vector: what the integrator sees, whoever computes them.
 *
 * Compiled closed forms (src/jit) fill this in; quadrature will do so too. The layout says where an order parameter
 * stands in the state vector: M row by row (p k), then the upper triangle of Q row by row (p (p+1)/2) or q (p), then a (p)
 * if the second layer is trained.
 */
#ifndef WICK_DYNAMICS_DYNAMICS_H
#define WICK_DYNAMICS_DYNAMICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/context.h"

typedef struct {
    size_t p, k;
    bool reduced; /* q (p) in place of Q: the mean-field regimes */
    bool trained; /* a (p) at the end */
} wick_layout;

/* Number of entries of the state; false if it overflows. */
bool wick_layout_dimension(const wick_layout *layout, size_t *dimension);

/* Positions, counted from zero; Q's indices in any order. */
size_t wick_layout_M(const wick_layout *layout, size_t j, size_t r);
size_t wick_layout_Q(const wick_layout *layout, size_t j, size_t l);
size_t wick_layout_q(const wick_layout *layout, size_t j);
size_t wick_layout_a(const wick_layout *layout, size_t j);

/* Full matrices to state (Q's upper triangle is read); a is read only if the second layer is trained. */
void wick_layout_pack(const wick_layout *layout, const double *M, const double *Q_or_q, const double *a, double *state);
/* State to full matrices; a NULL pointer is left out. */
void wick_layout_unpack(const wick_layout *layout, const double *state, double *M, double *Q_or_q, double *a);

/* The name of entry `index`, as in CSV headers: "M[1,1]", "Q[1,2]", "q[3]", "a[1]" (counted from one). */
void wick_layout_name(const wick_layout *layout, size_t index, char name[64]);

typedef struct {
    wick_layout layout;
    size_t dimension;
    double noise; /* Delta: the risk is the excess risk + noise / 2 */
    void *self;
    void (*drift)(void *self, const double *state, double *drift); /* d(state)/dt; autonomous */
    double (*excess_risk)(void *self, const double *state);        /* R - Delta/2, so that a small one keeps its digits */
    /* jacobian[i * dimension + s] = d drift[i] / d state[s]; NULL where there is none. */
    void (*jacobian)(void *self, const double *state, double *jacobian);
} wick_dynamics;

#endif

/* A drift and a risk over a state vector: what the integrator sees, whoever computes them. */
#ifndef WICK_DYNAMICS_DYNAMICS_H
#define WICK_DYNAMICS_DYNAMICS_H

#include <stddef.h>

#include "model/blocks.h"

typedef struct {
    wick_layout layout;
    size_t dimension;
    double noise; /* Delta: the risk is the excess risk + noise / 2 */
    void *self;
    void (*drift)(void *self, double time, const double *state, double *drift); /* d(state)/dt */
    double (*excess_risk)(void *self, const double *state); /* R - Delta/2, so that a small one keeps its digits */
    /* The drift's derivative by the time; NULL where it does not depend on it. */
    void (*time_slope)(void *self, double time, const double *state, double *slope);
    /* jacobian[i * dimension + s] = d drift[i] / d state[s]; NULL where there is none. */
    void (*jacobian)(void *self, double time, const double *state, double *jacobian);
    /* J v and J^T u with that Jacobian J, at the cost of a few drifts; NULL where there is none. */
    void (*tangent)(void *self, double time, const double *state, const double *v, double *out);
    void (*adjoint)(void *self, double time, const double *state, const double *u, double *out);
    /* The derivative of the risk by the state; NULL where there is none. */
    void (*risk_gradient)(void *self, const double *state, double *out);
} wick_dynamics;

#endif

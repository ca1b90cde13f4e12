/* Gradient flow in weight space, the alternative description of the classical regime.
 *
 * The mean of a small step of SGD is, by Stein's lemma, a combination of the weights themselves:
 *
 *     dW_j/dt = sum_alpha G_j,alpha W_alpha   (alpha over students and targets),   G = diag(a) (diag(A) + K),
 *     A_j = sum_alpha c_alpha E[s''(l_j) f_alpha],   K_j,alpha = c_alpha E[s'(l_j) f_alpha'(l_alpha)],   da_j/dt = E[s(l_j)
 * E].
 *
 * So weights stay in the span they started in, and its coordinates, at most p + k a row, are integrated in place of d. The
 * means are those of THEORY section 4, T^{uv} = sum_n Omega^n/n! S^{(u+n)} F^{(v+n)}, summed here term by term: nothing is
 * shared with the compiled drift, whose trajectories must be the same.
 */
#ifndef WICK_SIMULATE_FLOW_H
#define WICK_SIMULATE_FLOW_H

#include "activation/polynomial.h"
#include "dynamics/dynamics.h"
#include "simulate/coordinates.h"

typedef struct wick_flow wick_flow;

/* Of a checked problem with an initial Q. Release with wick_flow_free(). */
wick_status wick_flow_alloc(wick_context *context, const wick_problem *problem, const wick_polynomial *student,
                            const wick_polynomial *target, wick_flow **flow);
void wick_flow_free(wick_flow *flow);

/* The flow for the integrator: its state is W (p x columns), then a if trained. The risk is left to others. */
wick_dynamics wick_flow_dynamics(wick_flow *flow);

/* The weights at the start; `weights` has the dimension of the dynamics. */
void wick_flow_start(const wick_flow *flow, double *weights);

/* M, Q's upper triangle and, if trained, a. */
void wick_flow_state(const wick_flow *flow, const double *weights, double *state);

#endif

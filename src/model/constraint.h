/* Students on spheres: what a constraint makes of the drift of plain SGD [THEORY, section 7].
 *
 * With F the drift of plain SGD and G that of the gradient flow, X left out,
 *
 *     sphere (projected SGD)     y_j = F_jj / (2 Q_jj)
 *     spherical gradient         y_j = G_jj / (2 Q_jj)
 *     dM_jr/dt = F_jr - y_j M_jr,    dQ_jl/dt = F_jl - (y_j + y_l) Q_jl
 *
 * linear in F and G at a state. On the sphere the rate of Q_jj is exactly zero. `flow` below is G for spherical gradients
 * and F for the sphere, a copy: it is read while the drift changes.
 */
#ifndef WICK_MODEL_CONSTRAINT_H
#define WICK_MODEL_CONSTRAINT_H

#include "model/blocks.h"

/* F to what the constraint leaves, in place. Returns how much more an error of F weighs now, at least 1. */
double wick_constraint_apply(const wick_layout *layout, bool sphere, const double *state, const double *flow, double *drift);

/* The same for J v, which `out` is of F and `moved_flow` of what `flow` is. */
void wick_constraint_apply_tangent(const wick_layout *layout, bool sphere, const double *state, const double *v,
                                   const double *flow, const double *moved_flow, double *out);

/* The same for J^T u. `taken` becomes what <u, drift> takes of the flow: its adjoint is to be added to that of u. Then
 * the second is called, with the sum in `out`. */
void wick_constraint_take_flow(const wick_layout *layout, const double *state, const double *u, double *taken);
void wick_constraint_apply_adjoint(const wick_layout *layout, const double *state, const double *flow, const double *u,
                                   double *out);

/* The same for a Jacobian: rows: p rows of that of the flow, of Q_jj. */
void wick_constraint_apply_jacobian(const wick_layout *layout, bool sphere, const double *state, const double *flow,
                                    const double *rows, double *jacobian);

#endif

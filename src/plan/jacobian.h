/* The plan of the Jacobian d(drift)/d(state), row by row.
 *
 * For each row j of the overlaps there are the rows of the Jacobian that belong to dM[j,r]/dt, to dQ[j,l]/dt with l <= j
 * and, with a trained second layer, to da[j]/dt. Each is a gradient with respect to all Omega_xy and a, whose parts are
 * computed in three levels: before the loops, for a row j (inner nodes) and for a pair j, l (paired nodes; l is a target p +
 * r in the rows of M). See derivative.h for the parts.
 */
#ifndef WICK_PLAN_JACOBIAN_H
#define WICK_PLAN_JACOBIAN_H

#include "plan/plan.h"

/* One row, as nodes; WICK_NONE where there is no such part. */
typedef struct {
    /* A map over x and y that is never stored: the row gets G_xy + G_yx at x < y, and G_xx. */
    size_t pair;
    size_t row_j, row_l, diagonal; /* vectors over fields: for Omega_jx, Omega_lx and Omega_xx */
    size_t jj, jl, ll;             /* numbers: for Omega_jj, Omega_jl, Omega_ll */
    size_t weight;                 /* vector: for c_x, that is -p times for a_x */
    size_t layer_j, layer_l;       /* numbers: for a_j and a_l */
} wick_gradient;

typedef struct {
    wick_plan plan; /* nodes and functions alone */
    bool trained;   /* a is part of the state; of_a is empty otherwise */
    wick_gradient of_M, of_Q, of_a;
    /* Nodes before the loops and, inner ones, for each j; for each pair j, l in the rows of M and of Q. They share slots. */
    wick_program outside, pairs_M, pairs_Q;
} wick_jacobian_plan;

/* Plans the Jacobian of `form`, whose regime must have a full state. Release with wick_jacobian_clear(). */
wick_status wick_jacobian_build(wick_context *context, const wick_closed_form *form, wick_jacobian_plan *jacobian);
void wick_jacobian_clear(wick_jacobian_plan *jacobian);

#endif

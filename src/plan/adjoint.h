/* The plan of an adjoint: the derivative of a number that is linear in the outputs of a plan, <u, drift> or the risk, by
 * Omega and by c. Nodes are gone through from the last to the first; what the number takes of a node is handed on to its
 * operands, so that the cost is a few times that of the number itself at any size.
 */
#ifndef WICK_PLAN_ADJOINT_H
#define WICK_PLAN_ADJOINT_H

#include "plan/plan.h"

typedef enum { WICK_ADJOINT_OF_DRIFT, WICK_ADJOINT_OF_RISK } wick_adjoint_seed;

typedef struct {
    wick_plan plan; /* nodes, functions, slots, and the outputs of the drift */
    bool trained;   /* a is part of the state */
    /* WICK_NONE where there is no such part. The number changes by sum_jb omega_jb V_jb + sum_j diagonal_j V_jj + sum_x
     * weight_x dc_x, j over students, b and x over all fields. */
    size_t omega, diagonal, weight;
    wick_program program; /* makes these and, of the drift with a trained second layer, B and Y */
} wick_adjoint_plan;

/* Plans the adjoint of `form`, whose regime must have a full state. Release with wick_adjoint_clear(). */
wick_status wick_adjoint_build(wick_context *context, const wick_closed_form *form, wick_adjoint_seed seed,
                               wick_adjoint_plan *adjoint);
void wick_adjoint_clear(wick_adjoint_plan *adjoint);

#endif

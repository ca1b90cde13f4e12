/* The plan of the tangent J v, J the derivative of the drift by the state: what the outputs of a plan change by when Omega
 * moves along V and c along dc. Nodes are differentiated one by one, each an array out of earlier arrays and their tangents;
 * sums and products are linear in each operand, so that the cost is a few times that of the drift at any size.
 */
#ifndef WICK_PLAN_TANGENT_H
#define WICK_PLAN_TANGENT_H

#include "plan/plan.h"

typedef struct {
    wick_plan plan; /* nodes, functions, slots, and the outputs of the drift */
    bool trained;   /* a is part of the state */
    /* What B, Y and A change by; WICK_NONE where they do not. */
    size_t flow, variance, second_layer;
    wick_program program; /* makes these and, with a trained second layer, B and Y */
} wick_tangent_plan;

/* Plans the tangent of `form`, whose regime must have a full state. Release with wick_tangent_clear(). */
wick_status wick_tangent_build(wick_context *context, const wick_closed_form *form, wick_tangent_plan *tangent);
void wick_tangent_clear(wick_tangent_plan *tangent);

#endif

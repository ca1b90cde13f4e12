/* The outputs of a drift as nodes, before they are ordered: what plans of the drift, of its tangent and of its adjoint begin
 * with. Private to the planner.
 */
#ifndef WICK_PLAN_OUTPUTS_H
#define WICK_PLAN_OUTPUTS_H

#include "plan/nodes.h"

/* Sets the builder's plan->flow, variance and second_layer; and risk. */
void wick_plan_drift(wick_builder *builder, const wick_closed_form *form);
void wick_plan_risk(wick_builder *builder, const wick_closed_form *form);

/* Marks what the outputs of the drift are made of. */
void wick_mark_drift(const wick_plan *plan, bool *live);

#endif

/* How much a plan is to compute, before it is computed. */
#ifndef WICK_PLAN_COST_H
#define WICK_PLAN_COST_H

#include "plan/plan.h"

/* Multiplications of one call of a program at widths p and k. */
double wick_plan_products(const wick_plan *plan, const wick_program *program, size_t p, size_t k);

#endif

/* Which nodes each program computes, in which order, and where they are stored. Private to the planner. */
#ifndef WICK_PLAN_STORAGE_H
#define WICK_PLAN_STORAGE_H

#include "plan/plan.h"

/* Fills in the programs, the widths of matrices and the slots; false if memory is exhausted. */
bool wick_plan_lay_out(wick_plan *plan);

#endif

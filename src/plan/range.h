/* Whether a plan's numbers are numbers of a computer. */
#ifndef WICK_PLAN_RANGE_H
#define WICK_PLAN_RANGE_H

#include "plan/plan.h"

/* False if a coefficient, exact until now, is too large for a double. */
bool wick_plan_is_in_range(const wick_plan *plan);

#endif

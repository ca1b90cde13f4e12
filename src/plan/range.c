/* See range.h. */
#include "plan/range.h"

#include <math.h>

static bool is_in_range(const wick_polynomial *polynomial)
{
    for (size_t i = 0; i < polynomial->count; ++i)
        if (!isfinite(mpq_get_d(polynomial->coefficient[i]))) return false;
    return true;
}

bool wick_plan_is_in_range(const wick_plan *plan)
{
    for (size_t i = 0; i < plan->node_count; ++i)
        for (size_t t = 0; t < plan->node[i].term_count; ++t)
            if (!isfinite(mpq_get_d(plan->node[i].term[t].coefficient))) return false;
    for (size_t i = 0; i < plan->function_count; ++i)
        if (!is_in_range(&plan->function[i].student) || !is_in_range(&plan->function[i].target)) return false;
    return true;
}

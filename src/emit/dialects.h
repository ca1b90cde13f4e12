/* One statement in each dialect. Private to src/emit. */
#ifndef WICK_EMIT_DIALECTS_H
#define WICK_EMIT_DIALECTS_H

#include "base/text.h"
#include "plan/plan.h"

typedef struct {
    const char *lower, *upper;
} wick_range;

/* "P", "N", or "j + 1" inside the loop over pairs. */
const char *wick_rows_of(const wick_node *node);
/* The fields on which something can be non-zero, as C expressions. */
wick_range wick_range_of(wick_support support);

void wick_emit_loops(wick_text *text, const wick_plan *plan, size_t node, const char *indent);
void wick_emit_calls(wick_text *text, const wick_plan *plan, size_t node, const char *indent);

/* A rational as a C constant expression of type double that is exact or correctly rounded once: "3.0", "1.0 / 3.0". */
void wick_emit_rational(wick_text *text, mpq_srcptr value);

#endif

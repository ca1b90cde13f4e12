/* One statement in each dialect. Private to src/emit. */
#ifndef WICK_EMIT_DIALECTS_H
#define WICK_EMIT_DIALECTS_H

#include "base/text.h"
#include "plan/plan.h"

void wick_emit_loops(wick_text *text, const wick_plan *plan, size_t node, const char *indent);
void wick_emit_calls(wick_text *text, const wick_plan *plan, size_t node, const char *indent);

/* A node that only tangents and adjoints have; `rate` is gamma / p in C. */
void wick_emit_derived(wick_text *text, const wick_plan *plan, size_t node, const char *rate, const char *indent);
/* What a loop over pairs collects, before it. */
void wick_emit_empty(wick_text *text, const wick_plan *plan, size_t node);

#endif

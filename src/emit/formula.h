/* The formula of a node, for comments in generated code. Private to src/emit. */
#ifndef WICK_EMIT_FORMULA_H
#define WICK_EMIT_FORMULA_H

#include "base/text.h"
#include "plan/plan.h"

/* Appends a comment such as "m4[j,b] = sum_a m3[j,a] omega[a,b]" on lines of its own. */
void wick_emit_formula(wick_text *text, const wick_plan *plan, size_t node, const char *indent);

#endif

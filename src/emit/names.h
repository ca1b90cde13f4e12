/* How nodes, sizes and numbers of a plan are written in C. Private to src/emit. */
#ifndef WICK_EMIT_NAMES_H
#define WICK_EMIT_NAMES_H

#include "base/text.h"
#include "plan/plan.h"

/* The C name of a node inside its program: "omega", "c", "v3", "m2", "s1". */
void wick_node_name(const wick_plan *plan, size_t node, char name[32]);

typedef struct {
    const char *lower, *upper;
} wick_range;

/* "P", "N", or "j + 1" inside the loop over pairs. */
const char *wick_rows_of(const wick_node *node);
/* The fields on which something can be non-zero, as C expressions. */
wick_range wick_range_of(wick_support support);
/* What a DOT sums over. */
wick_range wick_dot_range(const wick_plan *plan, const wick_node *node);

/* A rational as a C constant expression of type double that is exact or correctly rounded once: "3.0", "1.0 / 3.0". */
void wick_emit_rational(wick_text *text, mpq_srcptr value);

#endif

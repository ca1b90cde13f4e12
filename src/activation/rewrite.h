/* Equal forms that do not overflow, which the constructors of graph.h take in place of what was asked for. */
#ifndef WICK_ACTIVATION_REWRITE_H
#define WICK_ACTIVATION_REWRITE_H

#include "activation/graph.h"

typedef enum { WICK_REWRITE_NONE, WICK_REWRITE_DONE, WICK_REWRITE_FAILED } wick_rewriting;

wick_rewriting wick_rewrite_pair(wick_graph *f, wick_operation operation, size_t left, size_t right, size_t *result);
wick_rewriting wick_rewrite_power(wick_graph *f, size_t base, long numerator, long denominator, size_t *result);
wick_rewriting wick_rewrite_function(wick_graph *f, wick_operation operation, size_t argument, size_t *result);

#endif

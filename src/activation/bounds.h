/* Bounds on the values of a function over an interval: interval arithmetic over its graph.
 *
 * Every bound is outward: the true range over all real x in the interval lies within, rounding included. Ends may be
 * infinite. An operation that may be undefined somewhere in the interval has the whole line (what is made of it may be
 * bounded again: wick_graph_check_domain() sees to it that nothing is undefined).
 */
#ifndef WICK_ACTIVATION_BOUNDS_H
#define WICK_ACTIVATION_BOUNDS_H

#include "activation/graph.h"

typedef struct {
    double lower, upper;
} wick_interval;

/* The bounds [*lo, *hi] of `node` over lower <= x <= upper. */
void wick_graph_bound(const wick_graph *f, size_t node, double lower, double upper, double *lo, double *hi);

/* The same for every node up to `node`: bounds[0 .. node]. Nodes with used[i] false are skipped; used NULL: none is. */
void wick_graph_bounds(const wick_graph *f, size_t node, double lower, double upper, const bool *used,
                       wick_interval *bounds);

#endif

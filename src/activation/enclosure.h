/* Bounds on a function over rectangles of the complex plane: rectangle arithmetic over its graph.
 *
 * How well a rule of quadrature does on an interval follows from how large the function is on an ellipse around it. The
 * functions are real on the real line, so what they do to a rectangle that is symmetric about the line is symmetric, too:
 * three numbers are a rectangle. Bounds are outward up to rounding, which does not matter at the factors they serve.
 *
 * A kink, u > 0 ? u : c u, is continued analytically from the branch that the middle of the interval is on: past the kink
 * this is not the function itself, so intervals have to end at kinks.
 */
#ifndef WICK_ACTIVATION_ENCLOSURE_H
#define WICK_ACTIVATION_ENCLOSURE_H

#include "activation/bounds.h"
#include "activation/graph.h"

/* Real parts in [lower, upper], imaginary parts in [-height, height]. Infinite where there is no bound. */
typedef struct {
    double lower, upper, height;
} wick_rectangle;

/* Bounds of the nodes with used[i] up to `node` over the rectangle x. middle[i] bounds node i where the branch is taken. */
void wick_graph_enclose(const wick_graph *f, size_t node, wick_rectangle x, const bool *used, const wick_interval *middle,
                        wick_rectangle *bounds);

/* The largest modulus in a rectangle. */
double wick_rectangle_modulus(wick_rectangle a);

#endif

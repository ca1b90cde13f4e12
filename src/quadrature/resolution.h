/* Where a function bends: a partition of the line on whose panels it is as good as a polynomial of low degree.
 *
 * On each panel f and f' are analytic in a Bernstein ellipse around it, and bounded there (activation/enclosure.h) so
 * tightly that the 16-point Gauss-Legendre rule is right to rounding, also for f times what varies slowly on the panel. So
 * no feature can hide between nodes: the partition is derived from the expression, not from samples. It is computed once,
 * outward from 0, and holds for every variance of the pre-activation.
 */
#ifndef WICK_QUADRATURE_RESOLUTION_H
#define WICK_QUADRATURE_RESOLUTION_H

#include "activation/graph.h"
#include "base/context.h"

typedef struct {
    size_t count;
    double *edge;     /* count + 1, rising */
    bool *sharp;      /* count + 1: f, f' or a higher derivative may jump at this edge */
    double *size[2];  /* count: bounds on |f| and |f'| over a panel */
    double *noise[2]; /* count: bounds on their rounding errors */
    double beyond[2]; /* |f| and |f'| past the outermost edges; infinite where there is no bound */
    double loose;     /* sum of width times size over panels too small to matter that could not be resolved */
    size_t jump_count;
    double jump[WICK_KINK_LIMIT], height[WICK_KINK_LIMIT]; /* of f */
    /* Used by those who share it. */
    _Atomic size_t references;
} wick_resolution;

/* Fails (WICK_ERROR_PROBLEM) where f cannot be resolved, and names the point. */
wick_status wick_resolution_make(wick_context *context, const wick_graph *f, wick_resolution **resolution);
wick_resolution *wick_resolution_share(wick_resolution *resolution);
void wick_resolution_free(wick_resolution *resolution);

/* The width of the narrowest panel within |x| <= reach. */
double wick_resolution_width(const wick_resolution *resolution, double reach);

/* The number of standard deviations beyond which the expectations of f^2 and f'^2 over a normal variable of this deviation
 * are below epsilon^2; infinite where that is not known. At least `least`. */
double wick_resolution_reach(const wick_resolution *resolution, double deviation, double epsilon, double least);

/* A bound on the rounding error of f and f' within `reach`, relative to the larger of 1 and their values. */
double wick_resolution_noise(const wick_resolution *resolution, double reach);

/* x = offset + slope z + spread * (a normal variable). */
typedef struct {
    double offset, slope, spread;
} wick_line_of_x;

/* A function of x averaged over the normal variable, for lower <= z <= upper: writes the edges of panels, the ends included,
 * on which it is as good as a polynomial, none wider than `widest` in z, and returns their number, at most `capacity`; 0:
 * there is no room. Where the average smooths, panels are `grain` spreads wide. */
size_t wick_resolution_edges(const wick_resolution *resolution, wick_line_of_x x, double grain, double lower, double upper,
                             double widest, double *edges, size_t capacity);

/* Joins rising lists of edges with the same ends; the result is in `edges`, of `capacity`. 0: there is no room. */
size_t wick_edges_join(double *edges, size_t count, const double *other, size_t other_count, size_t capacity);

#endif

/* Expectations of two fields whose functions have kinks, over the plane they span.
 *
 * In whitened coordinates, l_1 = s_1 r cos(phi) and l_2 = s_2 r cos(phi - theta) with the angle theta between the fields, a
 * kink is a straight line. For each radius the circle is cut where it crosses a line, and Gauss-Legendre does the arcs; the
 * radii are cut where a circle first touches a line (with r = r0 + u^2, for arcs open as square roots there) and where two
 * lines meet. So every integrand is smooth, and alignment only makes arcs short: nothing becomes singular.
 */
#ifndef WICK_QUADRATURE_PLANE_H
#define WICK_QUADRATURE_PLANE_H

#include <stddef.h>

#include "quadrature/activation_code.h"

/* A function and where s or s' jumps. */
typedef struct {
    const wick_activation_code *code;
    size_t kink_count;
    const double *kinks;
} wick_kinked;

/* A Gauss-Legendre rule on [0, 1]. */
typedef struct {
    size_t count;
    double *node, *weight;
} wick_legendre;

/* E[f1 f2], E[f1' f2'], E[l1 f1' f2], E[l2 f1 f2']. */
typedef struct {
    double product, slopes, first, second;
} wick_plane_result;

enum { WICK_PLANE_BLOCK = 1024, WICK_PLANE_WORK = 9 * WICK_PLANE_BLOCK, WICK_LINE_LIMIT = 2 * WICK_KINK_LIMIT };

/* The line r cos(phi - angle) = distance. */
typedef struct {
    double angle, distance;
} wick_line;

/* Called with blocks of at most WICK_PLANE_BLOCK points; the weights hold the Gaussian density. */
typedef void (*wick_plane_visitor)(void *user, size_t count, const double *z1, const double *z2, const double *weight);

/* Visits the nodes of a rule for functions that are smooth between the lines (at most WICK_LINE_LIMIT of them). `work` has
 * 3 WICK_PLANE_BLOCK doubles. */
void wick_plane_visit(const wick_line *lines, size_t count, const wick_legendre *rule, double *work,
                      wick_plane_visitor visitor, void *user);

/* For variances c11, c22 and covariance c12. `work` has WICK_PLANE_WORK doubles, `scratch` what the codes need. */
wick_plane_result wick_plane_integrate(const wick_kinked *one, const wick_kinked *two, double c11, double c22, double c12,
                                       const wick_legendre *rule, double *work, double *scratch);

#endif

/* The 16-point Gauss-Legendre rule on panels, and how well it does. */
#ifndef WICK_QUADRATURE_PANELS_H
#define WICK_QUADRATURE_PANELS_H

#include <stdbool.h>
#include <stddef.h>

enum { WICK_PANEL_NODES = 16 };

typedef struct {
    double node[WICK_PANEL_NODES], weight[WICK_PANEL_NODES]; /* on [0, 1] */
    double tail[3][WICK_PANEL_NODES];                        /* of values: the Legendre coefficients of degrees 13 to 15 */
    double barycentric[WICK_PANEL_NODES];
} wick_panel_rule;

/* false if memory is exhausted. */
bool wick_panel_rule_make(wick_panel_rule *rule);

/* Nodes of `count` - 1 panels between edges, and their weights times the standard normal density; their number. */
size_t wick_panel_rule_place(const wick_panel_rule *rule, const double *edges, size_t count, double *z, double *weight);

/* The Lagrange polynomials of the nodes at t in [0, 1]. */
void wick_panel_rule_basis(const wick_panel_rule *rule, double t, double basis[WICK_PANEL_NODES]);

/* The largest of the last three Legendre coefficients of values at the nodes, `stride` apart. */
double wick_panel_rule_tail(const wick_panel_rule *rule, const double *values, size_t stride);

/* An estimate of the rule's error for a function with these values at the nodes of one panel, on a panel of length 1. The
 * error begins with the coefficient of degree 32: where coefficients fall geometrically, as on panels that resolve the
 * function, it is about the square of the last ones; where they are not small, they are the estimate themselves. `caution`
 * says how small that is: 10 on panels that resolve it, 1e4 where that is not certain. */
double wick_panel_rule_error(const wick_panel_rule *rule, const double *values, double caution);

#endif

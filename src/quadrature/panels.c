/* See panels.h. */
#include "quadrature/panels.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <string.h>

enum { NODES = WICK_PANEL_NODES };

/* P_n(x), by its recursion. */
static double legendre(size_t n, double x)
{
    double before = 1, now = x;
    for (size_t m = 1; m < n; m++) {
        const double next = ((double)(2 * m + 1) * x * now - (double)m * before) / (double)(m + 1);
        before = now;
        now = next;
    }
    return now;
}

bool wick_panel_rule_make(wick_panel_rule *rule)
{
    gsl_integration_fixed_workspace *gauss = gsl_integration_fixed_alloc(gsl_integration_fixed_legendre, NODES, 0, 1, 0, 0);
    if (!gauss) return false;
    memcpy(rule->node, gsl_integration_fixed_nodes(gauss), sizeof rule->node);
    memcpy(rule->weight, gsl_integration_fixed_weights(gauss), sizeof rule->weight);
    gsl_integration_fixed_free(gauss);
    for (size_t k = 0; k < NODES; k++) {
        rule->barycentric[k] = 1;
        for (size_t i = 0; i < NODES; i++)
            if (i != k) rule->barycentric[k] /= 4 * (rule->node[k] - rule->node[i]);
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < NODES; k++)
            rule->tail[i][k] = (double)(2 * (13 + i) + 1) * rule->weight[k] * legendre(13 + i, 2 * rule->node[k] - 1);
    return true;
}

void wick_panel_rule_basis(const wick_panel_rule *rule, double t, double basis[WICK_PANEL_NODES])
{
    double sum = 0;
    for (size_t k = 0; k < NODES; k++) {
        const double apart = t - rule->node[k];
        if (!(apart < 0 || apart > 0)) {
            memset(basis, 0, NODES * sizeof *basis);
            basis[k] = 1;
            return;
        }
        basis[k] = rule->barycentric[k] / apart;
        sum += basis[k];
    }
    for (size_t k = 0; k < NODES; k++) basis[k] /= sum;
}

double wick_panel_rule_tail(const wick_panel_rule *rule, const double *values, size_t stride)
{
    double tail = 0;
    for (size_t i = 0; i < 3; i++) {
        double coefficient = 0;
        for (size_t k = 0; k < NODES; k++) coefficient += rule->tail[i][k] * values[k * stride];
        tail = fmax(tail, fabs(coefficient));
    }
    return tail;
}

size_t wick_panel_rule_place(const wick_panel_rule *rule, const double *edges, size_t count, double *z, double *weight)
{
    const double density = 0.39894228040143267794;
    size_t placed = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        const double from = edges[i], width = edges[i + 1] - from;
        for (size_t k = 0; k < NODES; k++, placed++) {
            z[placed] = from + width * rule->node[k];
            weight[placed] = width * density * rule->weight[k];
        }
    }
    for (size_t i = 0; i < placed; i++) weight[i] *= exp(-0.5 * z[i] * z[i]);
    return placed;
}

double wick_panel_rule_error(const wick_panel_rule *rule, const double *values, double caution)
{
    double most = 0;
    for (size_t k = 0; k < NODES; k++) most = fmax(most, fabs(values[k]));
    const double tail = wick_panel_rule_tail(rule, values, 1);
    return most > 0 ? tail * fmin(1, caution * tail / most) : 0;
}

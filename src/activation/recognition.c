/* See graph.h: what an expression is known to be. */
#include <math.h>

#include "activation/graph.h"

const wick_polynomial *wick_graph_as_polynomial(const wick_graph *f)
{
    const wick_graph_node *node = &f->node[f->value];
    return node->operation == WICK_POLYNOMIAL_NODE ? &node->polynomial : NULL;
}

/* ---- Known closed forms -------------------------------------------------------------------------------------------- */

/* A product or a quotient of a constant and another node: which node, and the constant. */
static bool split_scale(const wick_graph *f, size_t node, double *scale, size_t *rest)
{
    const wick_graph_node *of = &f->node[node];
    if (of->operation == WICK_PRODUCT && f->node[of->left].constant) {
        *scale = wick_graph_at(f, of->left, 0);
        *rest = of->right;
        return true;
    }
    if ((of->operation == WICK_PRODUCT || of->operation == WICK_QUOTIENT) && f->node[of->right].constant) {
        const double factor = wick_graph_at(f, of->right, 0);
        *scale = of->operation == WICK_PRODUCT ? factor : 1 / factor;
        *rest = of->left;
        return true;
    }
    return false;
}

/* Is the node rate * x? */
static bool is_linear(const wick_graph *f, size_t node, double *rate)
{
    const wick_graph_node *of = &f->node[node];
    if (of->operation == WICK_POLYNOMIAL_NODE) {
        if (of->polynomial.count != 2 || mpq_sgn(of->polynomial.coefficient[0]) != 0) return false;
        *rate = wick_rational_value(of->polynomial.coefficient[1]);
        return true;
    }
    double scale, inner;
    size_t rest;
    if (!split_scale(f, node, &scale, &rest) || !is_linear(f, rest, &inner)) return false;
    *rate = scale * inner;
    return isfinite(*rate);
}

static bool is_erf(const wick_graph *f, size_t node, double *scale, double *rate)
{
    const wick_graph_node *of = &f->node[node];
    if (of->operation == WICK_ERF) {
        *scale = 1;
        return is_linear(f, of->left, rate);
    }
    double factor;
    size_t rest;
    if (!split_scale(f, node, &factor, &rest) || !is_erf(f, rest, scale, rate)) return false;
    *scale *= factor;
    return isfinite(*scale);
}

bool wick_graph_is_erf(const wick_graph *f, double *scale, double *rate) { return is_erf(f, f->value, scale, rate); }

static bool is_piecewise(const wick_graph *f, size_t node, double *slope, double *kink)
{
    const wick_graph_node *of = &f->node[node];
    double rate, other_slope, other_kink;
    size_t rest;
    if (of->operation == WICK_LEAKY) {
        if (!is_linear(f, of->left, &rate)) return false;
        *slope = rate > 0 ? rate * of->slope : rate;
        *kink = rate > 0 ? rate * (1 - of->slope) : rate * (of->slope - 1);
        return true;
    }
    if (is_linear(f, node, slope)) return *kink = 0, true;
    if (of->operation == WICK_SUM) {
        if (!is_piecewise(f, of->left, slope, kink) || !is_piecewise(f, of->right, &other_slope, &other_kink)) return false;
        *slope += other_slope;
        *kink += other_kink;
        return true;
    }
    if (!split_scale(f, node, &rate, &rest) || !is_piecewise(f, rest, slope, kink)) return false;
    *slope *= rate;
    *kink *= rate;
    return isfinite(*slope) && isfinite(*kink);
}

bool wick_graph_is_piecewise_linear(const wick_graph *f, double *slope, double *kink)
{
    return is_piecewise(f, f->value, slope, kink);
}

int wick_graph_parity(const wick_graph *f)
{
    bool even = true, odd = true;
    for (int i = 0; i <= 100; i++) {
        const double x = 0.0625 * i, plus = wick_graph_at(f, f->value, x), minus = wick_graph_at(f, f->value, -x);
        const double small = 1e-14 * (fabs(plus) + fabs(minus));
        even = even && fabs(plus - minus) <= small;
        odd = odd && fabs(plus + minus) <= small;
    }
    return even ? 1 : odd ? -1 : 0;
}

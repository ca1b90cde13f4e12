/* See graph.h: what an expression is known to be, where it is not smooth, and where it is not defined. */
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

/* ---- Kinks --------------------------------------------------------------------------------------------------------- */

static const double reach = 40; /* of Gaussian fields, nothing is left beyond */

static double bisect(const wick_graph *f, size_t node, double lower, double upper)
{
    const bool rises = wick_graph_at(f, node, lower) < 0;
    for (int i = 0; i < 80; i++) {
        const double middle = 0.5 * (lower + upper);
        const double value = wick_graph_at(f, node, middle);
        if (!(value < 0 || value > 0)) return middle;
        if ((value < 0) == rises)
            lower = middle;
        else
            upper = middle;
    }
    return 0.5 * (lower + upper);
}

static size_t add_kink(double *kinks, size_t count, double kink)
{
    size_t at = count;
    for (size_t i = 0; i < count; i++)
        if (fabs(kinks[i] - kink) < 1e-12) return count;
    if (count == WICK_KINK_LIMIT) return count;
    for (; at > 0 && kinks[at - 1] > kink; at--) kinks[at] = kinks[at - 1];
    kinks[at] = kink;
    return count + 1;
}

/* Where the argument of a kinked operation changes its sign. The grid meets 0 and the simple fractions exactly. */
static size_t add_kinks(const wick_graph *f, size_t argument, double *kinks, size_t count)
{
    double rate;
    if (is_linear(f, argument, &rate)) return add_kink(kinks, count, 0);
    enum { STEPS = 64 * 80 };
    double before = wick_graph_at(f, argument, -reach), at_before = -reach;
    for (size_t i = 1; i <= STEPS; i++) {
        const double x = -reach + (double)i / 64, value = wick_graph_at(f, argument, x);
        if ((before < 0 && value > 0) || (before > 0 && value < 0))
            count = add_kink(kinks, count, bisect(f, argument, at_before, x));
        else if (!(value < 0 || value > 0)) {
            const double after = wick_graph_at(f, argument, x + 1e-9);
            if ((before < 0 && after > 0) || (before > 0 && after < 0)) count = add_kink(kinks, count, x);
            before = after;
            at_before = x + 1e-9;
            continue;
        }
        before = value;
        at_before = x;
    }
    return count;
}

/* Marks what `node` is made of. */
static void mark(const wick_graph *f, size_t node, bool *used)
{
    used[node] = true;
    for (size_t i = node + 1; i-- > 0;) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i] || of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI) continue;
        used[of->left] = used[of->right] = true;
    }
}

size_t wick_graph_kinks(const wick_graph *f, double kinks[WICK_KINK_LIMIT])
{
    bool used[WICK_GRAPH_LIMIT] = {false};
    size_t count = 0;
    mark(f, f->value, used);
    for (size_t i = 0; i <= f->value; i++)
        if (used[i] && f->node[i].operation == WICK_LEAKY && (f->node[i].slope < 1 || f->node[i].slope > 1))
            count = add_kinks(f, f->node[i].left, kinks, count);
    return count;
}

/* ---- Domain -------------------------------------------------------------------------------------------------------- */

/* Symmetric about 0, densest there, 0 included. */
static double grid_point(int index) { return (index % 2 ? -1 : 1) * ((index + 1) / 2) * 0.01; }

enum { GRID = 2001 };

wick_status wick_graph_check_domain(wick_context *context, const char *key, const wick_graph *f)
{
    for (int i = 0; i < GRID; i++) {
        const double x = grid_point(i);
        if (!isfinite(wick_graph_at(f, f->value, x)))
            return wick_fail(context, WICK_ERROR_PROBLEM,
                             "%s: not defined at x = %g: pre-activations are Gaussian and take every real value", key, x);
        if (!isfinite(wick_graph_at(f, f->derivative, x)))
            return wick_fail(context, WICK_ERROR_PROBLEM,
                             "%s: its derivative, which the drift needs, does not exist at x = %g", key, x);
    }
    return WICK_OK;
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

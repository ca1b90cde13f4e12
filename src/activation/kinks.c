/* See graph.h: the points where a function is not smooth, and those where its value jumps. */
#include <math.h>

#include "activation/graph.h"
#include "activation/pieces.h"

size_t wick_graph_kinks(const wick_graph *f, double kinks[WICK_KINK_LIMIT])
{
    wick_pieces pieces;
    wick_pieces_find(&pieces, f);
    for (size_t i = 0; i < pieces.count; i++) kinks[i] = pieces.kink[i];
    wick_pieces_clear(&pieces);
    return pieces.count;
}

/* The limit of the value at x from the side on which `beside` lies, with no kink between: the arguments of kinked operations
 * have there the sign that they have at `beside`. */
static double limit_at(const wick_graph *f, double x, double beside)
{
    double values[WICK_GRAPH_LIMIT], others[WICK_GRAPH_LIMIT];
    for (size_t i = 0; i <= f->value; i++) {
        const wick_graph_node *node = &f->node[i];
        const bool leaf = node->operation == WICK_POLYNOMIAL_NODE || node->operation == WICK_PI;
        others[i] = wick_graph_apply_node(node, leaf ? 0 : others[node->left], leaf ? 0 : others[node->right], beside);
        values[i] = wick_graph_apply_node(node, leaf ? 0 : values[node->left], leaf ? 0 : values[node->right], x);
        if (node->operation != WICK_STEP && node->operation != WICK_LEAKY) continue;
        const double side = others[node->left];
        const double factor = side > 0 ? 1 : side < 0 ? node->slope : (1 + node->slope) / 2;
        values[i] = node->operation == WICK_STEP ? factor : factor * values[node->left];
    }
    return values[f->value];
}

static bool has_step(const wick_graph *f)
{
    bool used[WICK_GRAPH_LIMIT] = {false};
    wick_graph_mark(f, f->value, used);
    for (size_t i = 0; i <= f->value; i++)
        if (used[i] && f->node[i].operation == WICK_STEP && !f->node[i].constant) return true;
    return false;
}

size_t wick_graph_jumps(const wick_graph *f, double points[WICK_KINK_LIMIT], double heights[WICK_KINK_LIMIT])
{
    double kinks[WICK_KINK_LIMIT];
    size_t count = 0;
    if (!has_step(f)) return 0;
    const size_t all = wick_graph_kinks(f, kinks);
    for (size_t i = 0; i < all; i++) {
        const double x = kinks[i], reach = fmax(1, fabs(x));
        const double before = i > 0 ? x - 0.5 * (x - kinks[i - 1]) : x - reach;
        const double after = i + 1 < all ? x + 0.5 * (kinks[i + 1] - x) : x + reach;
        const double left = limit_at(f, x, before), right = limit_at(f, x, after);
        /* x*sign(x) at a rounded kink is not quite 0: less than rounding of nearby values is no jump. */
        const double scale = fmax(fmax(fabs(left), fabs(right)),
                                  fmax(fabs(wick_graph_at(f, f->value, before)), fabs(wick_graph_at(f, f->value, after))));
        if (!(fabs(right - left) > 1e-13 * scale)) continue;
        points[count] = x;
        heights[count++] = right - left;
    }
    return count;
}

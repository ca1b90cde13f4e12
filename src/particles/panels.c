/* See panels.h. */
#include "particles/panels.h"

#include <float.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NODES = 16, TAIL = 4, DEPTH = 60, PANEL_LIMIT = 3000, EDGE_LIMIT = 10000 };

static const double resolved = 1e-14; /* of the largest panel's norm */

typedef struct {
    double x[NODES], weight[NODES];
    double tail[TAIL][NODES]; /* the last coefficients from the values at the nodes */
} legendre;

/* What is known of the panel at hand, and its values. */
typedef struct {
    double lower, upper, before[2]; /* before: the tails of the panel that it is half of */
    int depth;
} panel;

typedef struct {
    const wick_activation_code *code;
    double root, scale[2], reach;
    legendre rule;
    double *work, x[NODES], value[NODES], slope[NODES];
    wick_panels *out;
    size_t panels, sign;
} filling;

static bool set_rule(legendre *rule)
{
    gsl_integration_glfixed_table *table = wick_noted(gsl_integration_glfixed_table_alloc(NODES));
    if (!table) return false;
    for (size_t j = 0; j < NODES; ++j) {
        gsl_integration_glfixed_point(-1, 1, j, &rule->x[j], &rule->weight[j], table);
        double before = 0, now = 1;
        for (size_t k = 0; k < NODES; ++k) {
            const double n = (double)k;
            if (k >= NODES - TAIL) rule->tail[k + TAIL - NODES][j] = (n + 0.5) * rule->weight[j] * now;
            const double next = ((2 * n + 1) * rule->x[j] * now - n * before) / (n + 1);
            before = now;
            now = next;
        }
    }
    gsl_integration_glfixed_table_free(table);
    return true;
}

static double root_of_density(double z) { return exp(-0.25 * z * z) / sqrt(sqrt(2 * acos(-1.0))); }

/* The root of a panel's largest mass. */
static double norm_of(const panel *at)
{
    const double nearest = at->lower > 0 ? at->lower : at->upper < 0 ? at->upper : 0;
    return sqrt(at->upper - at->lower) * root_of_density(nearest);
}

static void evaluate(filling *of, const panel *at)
{
    const double centre = (at->lower + at->upper) / 2, half = (at->upper - at->lower) / 2;
    for (size_t j = 0; j < NODES; ++j) of->x[j] = of->root * (centre + half * of->rule.x[j]);
    wick_activation_evaluate(of->code, NODES, of->x, of->work, of->value, of->slope);
}

static double largest(const double *values)
{
    double most = 0;
    for (size_t j = 0; j < NODES; ++j)
        if (!(fabs(values[j]) <= most)) most = fabs(values[j]);
    return most;
}

/* The largest of the last coefficients beyond what rounding of values up to `largest` makes of them; NAN where values are
 * not finite. */
static double tail_of(const legendre *rule, const double *values, double largest)
{
    double most = 0;
    for (size_t k = 0; k < TAIL; ++k) {
        double sum = 0;
        for (size_t j = 0; j < NODES; ++j) sum += rule->tail[k][j] * values[j];
        if (!(fabs(sum) <= most)) most = fabs(sum);
    }
    return most - fmin(most, 8 * DBL_EPSILON * largest);
}

static bool make_room(wick_panels *out)
{
    if (out->count + NODES <= out->capacity) return true;
    const size_t capacity = out->capacity ? 2 * out->capacity : 64 * NODES;
    double *block = wick_allocate(4, capacity, sizeof *block);
    if (!block) return false;
    double **const arrays[] = {&out->z, &out->root, &out->value, &out->slope};
    for (size_t i = 4; i-- > 0;) /* z is the block itself */
        if (out->count > 0) memcpy(block + i * capacity, *arrays[i], out->count * sizeof *block);
    free(out->z);
    for (size_t i = 0; i < 4; ++i) *arrays[i] = block + i * capacity;
    out->capacity = capacity;
    return true;
}

static bool append(filling *of, const panel *at)
{
    wick_panels *out = of->out;
    if (!make_room(out)) return false;
    const double centre = (at->lower + at->upper) / 2, half = (at->upper - at->lower) / 2;
    for (size_t j = 0; j < NODES; ++j) {
        const double z = centre + half * of->rule.x[j];
        out->z[out->count] = z;
        out->root[out->count] = sqrt((double)of->sign * half * of->rule.weight[j]) * root_of_density(z);
        out->value[out->count] = of->value[j];
        out->slope[out->count++] = of->slope[j];
    }
    ++of->panels;
    return true;
}

/* Does halving still help? Rounding does not fall with the width. */
static bool is_noise(double tail, double before, double most) { return tail > before / 4 && tail <= 1e-10 * most; }

static bool is_fine(double tail, double before, double norm, double scale, double most)
{
    return norm * tail <= resolved * scale || is_noise(tail, before, most);
}

/* Appends the panel or its halves. */
static bool settle(filling *of, const panel *at)
{
    evaluate(of, at);
    const double norm = norm_of(at), most = largest(of->slope), value_most = largest(of->value);
    const double slope = tail_of(&of->rule, of->slope, most), value = tail_of(&of->rule, of->value, value_most);
    const bool finite = isfinite(slope) && isfinite(value);
    const bool fine = is_fine(slope, at->before[0], norm, of->scale[0], most) &&
                      is_fine(value, at->before[1], norm, of->scale[1], value_most);
    if (finite && !fine && at->depth < DEPTH && of->panels < PANEL_LIMIT) {
        const double middle = (at->lower + at->upper) / 2;
        const panel left = {at->lower, middle, {slope, value}, at->depth + 1};
        const panel right = {middle, at->upper, {slope, value}, at->depth + 1};
        return settle(of, &left) && settle(of, &right);
    }
    /* The last panel stands for all that is beyond. */
    const double beyond = at->upper >= of->reach || at->lower <= -of->reach ? 8 : 0;
    const double doubt = finite ? norm * (slope + beyond * most) : INFINITY;
    const double value_doubt = finite ? norm * (value + beyond * value_most) : INFINITY;
    of->out->doubt = hypot(of->out->doubt, doubt);
    of->out->value_doubt = hypot(of->out->value_doubt, value_doubt);
    return append(of, at);
}

/* What is beyond the expression's last panels, if the reach goes so far. */
static void doubt_beyond(const filling *of, const wick_resolution *resolution)
{
    const double ends[2] = {-resolution->edge[0], resolution->edge[resolution->count]};
    for (size_t i = 0; i < 2; ++i) {
        const double z = ends[i] / of->root, norm = z < of->reach ? 2 * root_of_density(z) : 0;
        if (!(norm > 0)) continue;
        of->out->doubt = hypot(of->out->doubt, norm * resolution->beyond[1]);
        of->out->value_doubt = hypot(of->out->value_doubt, norm * resolution->beyond[0]);
    }
}

/* The norms that errors of both functions are compared with. */
static void set_scales(filling *of, const double *edges, size_t count)
{
    for (size_t i = 0; i + 1 < count; ++i) {
        const panel at = {edges[i], edges[i + 1], {INFINITY, INFINITY}, 0};
        const double norm = norm_of(&at);
        evaluate(of, &at);
        of->scale[0] = fmax(of->scale[0], norm * largest(of->slope));
        of->scale[1] = fmax(of->scale[1], norm * largest(of->value));
    }
    of->scale[1] = fmax(of->scale[1], of->root * of->scale[0]);
}

/* Panels are narrow enough for the Hermite polynomials of the order, which reach out to 2 sqrt(order). */
static bool fill_panels(filling *of, const wick_resolution *resolution, int parity, size_t order, double *edges)
{
    const double most = 26, far = 2 * sqrt((double)order + 1) + 6, wide = 8 / sqrt((double)order + 4);
    of->reach = far > most ? far : most;
    of->sign = parity ? 2 : 1;
    const wick_line_of_x line = {0, of->root, 0};
    const double lower = parity ? 0 : -of->reach;
    const size_t count = wick_resolution_edges(resolution, line, 1, lower, of->reach, fmin(wide, 1), edges, EDGE_LIMIT);
    if (count == 0) of->out->doubt = of->out->value_doubt = INFINITY;
    doubt_beyond(of, resolution);
    set_scales(of, edges, count);
    for (size_t i = 0; i + 1 < count; ++i) {
        const panel at = {edges[i], edges[i + 1], {INFINITY, INFINITY}, 0};
        if (!settle(of, &at)) return false;
    }
    return true;
}

bool wick_panels_fill(wick_panels *panels, const wick_activation_code *code, const wick_resolution *resolution, int parity,
                      double variance, size_t order)
{
    panels->count = 0;
    panels->doubt = panels->value_doubt = 0;
    filling of = {.code = code, .root = sqrt(variance), .out = panels};
    of.work = wick_allocate(wick_activation_code_work_for(code, NODES), 1, sizeof *of.work);
    double *edges = wick_allocate(EDGE_LIMIT, 1, sizeof *edges);
    const bool made = of.work && edges && set_rule(&of.rule) && fill_panels(&of, resolution, parity, order, edges);
    free(of.work);
    free(edges);
    return made;
}

void wick_panels_clear(wick_panels *panels)
{
    free(panels->z);
    *panels = (wick_panels){0};
}

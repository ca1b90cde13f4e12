/* See resolution.h. */
#include "quadrature/resolution.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "activation/enclosure.h"
#include "base/memory.h"

enum { PANEL_LIMIT = 4096, ENOUGH_PANELS = 512, DEPTH_LIMIT = 90 };

static const double farthest = 0x1p40; /* panels end here, or where there are ENOUGH_PANELS and |x| is past `near` */
static const double near = 64;

/* One half of the line, walked outward; x = sign * edge. */
typedef struct {
    double sign;
    size_t count, capacity;
    double *edge, *size[2], *noise[2];
    double loose;
    double end; /* where it had to end, or infinity */
} half_line;

/* What a partition is made with. */
typedef struct {
    const wick_graph *f;
    bool *used, kinked;
    wick_interval *middle, *real;
    wick_rectangle *complex;
    double kinks[WICK_KINK_LIMIT];
    size_t kink_count;
} survey;

/* ---- One panel --------------------------------------------------------------------------------------------------- */

static void mark(const wick_graph *f, size_t node, bool *used)
{
    used[node] = true;
    for (size_t i = node + 1; i-- > 0;) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i] || of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI) continue;
        used[of->left] = used[of->right] = true;
    }
}

static size_t last_node(const wick_graph *f) { return f->value > f->derivative ? f->value : f->derivative; }

static double magnitude(wick_interval a) { return fmax(fabs(a.lower), fabs(a.upper)); }

static void bound(const survey *s, double lower, double upper, wick_interval *bounds)
{
    wick_graph_bounds(s->f, last_node(s->f), lower, upper, s->used, bounds);
}

static bool is_kink(const wick_graph_node *node) { return node->operation == WICK_LEAKY || node->operation == WICK_STEP; }

/* Does no kink lie inside? Its own ends may be kinks, known up to rounding. */
static bool is_whole(const survey *s, double from, double to)
{
    const double skin = fmin(1e-12 * (1 + fmax(fabs(from), fabs(to))), 0.25 * (to - from));
    if (!s->kinked) return true;
    bound(s, from + skin, to - skin, s->real);
    for (size_t i = 0; i <= last_node(s->f); i++) {
        const wick_graph_node *node = &s->f->node[i];
        if (!s->used[i] || !is_kink(node)) continue;
        const wick_interval argument = s->real[node->left];
        if (!(argument.lower > 0) && !(argument.upper < 0) && !(argument.lower >= 0 && argument.upper <= 0)) return false;
    }
    return true;
}

/* With n = 16 nodes the error is of the order of M rho^-32, M the largest modulus in the ellipse whose semi-axes add up to
 * rho half widths; 1e6 is for the other factors of an integrand. */
static bool is_resolved(const survey *s, double from, double to, const double scale[2])
{
    static const double rho[2] = {8, 5}, allowed[2] = {8e8, 233};
    const double half = 0.5 * (to - from), centre = from + half;
    const size_t nodes[2] = {s->f->value, s->f->derivative};
    for (size_t i = 0; i < 2; i++) {
        const double real = 0.5 * half * (rho[i] + 1 / rho[i]), imaginary = 0.5 * half * (rho[i] - 1 / rho[i]);
        const wick_rectangle x = {centre - real, centre + real, imaginary};
        wick_graph_enclose(s->f, last_node(s->f), x, s->used, s->middle, s->complex);
        bool fine = true;
        for (size_t k = 0; k < 2; k++) fine = fine && wick_rectangle_modulus(s->complex[nodes[k]]) <= allowed[i] * scale[k];
        if (fine) return true;
    }
    return false;
}

static bool append(half_line *half, double to, const double size[2], const double noise[2])
{
    if (half->count + 1 >= half->capacity) {
        const size_t room = 2 * half->capacity + 64;
        double **const arrays[] = {&half->edge, &half->size[0], &half->size[1], &half->noise[0], &half->noise[1]};
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
            double *grown = realloc(*arrays[i], room * sizeof **arrays[i]);
            if (!grown) return false;
            *arrays[i] = grown;
        }
        half->capacity = room;
        half->edge[0] = 0;
    }
    for (size_t k = 0; k < 2; k++) {
        half->size[k][half->count] = size[k];
        half->noise[k][half->count] = noise[k];
    }
    half->edge[++half->count] = to;
    return true;
}

typedef enum { PANEL_DONE, PANEL_SPLIT, PANEL_FAILED, PANEL_MEMORY } panel_result;

/* Three points, as far as rounding tells them, tell the scale and, by the widths of their bounds, the noise; bounds over the
 * panel tell the size. */
static panel_result try_panel(survey *s, half_line *half, double near_end, double far_end, size_t depth)
{
    const double from = half->sign > 0 ? near_end : -far_end, to = half->sign > 0 ? far_end : -near_end;
    const size_t nodes[2] = {s->f->value, s->f->derivative};
    const double skin = 0.015625 * (to - from), points[3] = {from + skin, to - skin, from + 0.5 * (to - from)};
    double scale[2] = {1, 1}, size[2], noise[2] = {0, 0};
    for (size_t i = 0; i < 3; i++) {
        bound(s, nextafter(points[i], -INFINITY), nextafter(points[i], INFINITY), s->middle);
        for (size_t k = 0; k < 2; k++) {
            const wick_interval value = s->middle[nodes[k]];
            scale[k] = fmax(scale[k], fmin(fabs(value.lower), fabs(value.upper)));
            noise[k] = fmax(noise[k], value.upper - value.lower);
        }
    }
    bound(s, from, to, s->real);
    for (size_t k = 0; k < 2; k++) size[k] = magnitude(s->real[nodes[k]]);
    const bool finite = isfinite(size[0]) && isfinite(size[1]) && isfinite(noise[0]) && isfinite(noise[1]);
    if (finite && is_resolved(s, from, to, scale) && is_whole(s, from, to))
        return append(half, far_end, size, noise) ? PANEL_DONE : PANEL_MEMORY;
    const bool smallest = !(from < points[2] && points[2] < to) || to - from < 1e-17 || depth >= DEPTH_LIMIT;
    if (!smallest) return PANEL_SPLIT;
    if (!finite) return PANEL_FAILED;
    half->loose += (to - from) * fmax(size[0], size[1]);
    return append(half, far_end, size, noise) ? PANEL_DONE : PANEL_MEMORY;
}

/* ---- The line ---------------------------------------------------------------------------------------------------- */

/* Splits [from, to] until all is resolved. */
static panel_result resolve(survey *s, half_line *half, double from, double to)
{
    double ends[DEPTH_LIMIT + 2];
    size_t top = 0;
    ends[top++] = to;
    while (top > 0) {
        if (half->count >= PANEL_LIMIT) return PANEL_FAILED;
        const double end = ends[top - 1];
        const panel_result result = try_panel(s, half, from, end, top);
        if (result == PANEL_SPLIT) {
            ends[top++] = from + 0.5 * (end - from);
        } else if (result == PANEL_DONE) {
            from = end;
            top--;
        } else {
            return result;
        }
    }
    return PANEL_DONE;
}

static double first_kink(const survey *s, double sign, double from, double to)
{
    double first = to;
    for (size_t i = 0; i < s->kink_count; i++)
        if (sign * s->kinks[i] > from && sign * s->kinks[i] < first) first = sign * s->kinks[i];
    return first;
}

/* Outward from 0: octaves, cut at kinks, until nothing more can be resolved or need be. */
static wick_status walk(wick_context *context, survey *s, half_line *half)
{
    double from = 0;
    half->end = INFINITY;
    while (from < farthest && !(half->count > ENOUGH_PANELS && from >= near)) {
        const double octave = from < 1 ? 1 : exp2(floor(log2(from)) + 1);
        const double to = first_kink(s, half->sign, from, octave);
        const panel_result result = resolve(s, half, from, to);
        if (result == PANEL_MEMORY) return wick_fail_memory(context, "resolving an activation");
        if (result == PANEL_FAILED) {
            half->end = half->count > 0 ? half->edge[half->count] : 0;
            return WICK_OK;
        }
        from = to;
    }
    return WICK_OK;
}

static bool is_sharp(const survey *s, double edge)
{
    for (size_t i = 0; i < s->kink_count; i++)
        if (!(s->kinks[i] < edge) && !(s->kinks[i] > edge)) return true;
    return false;
}

static wick_status join(wick_context *context, const survey *s, const half_line half[2], wick_resolution *r)
{
    const size_t left = half[0].count, count = left + half[1].count;
    r->edge = wick_allocate(count + 1, 1, sizeof *r->edge);
    r->sharp = wick_allocate(count + 1, 1, sizeof *r->sharp);
    for (size_t k = 0; k < 2; k++) {
        r->size[k] = wick_allocate(count + 1, 1, sizeof(double));
        r->noise[k] = wick_allocate(count + 1, 1, sizeof(double));
    }
    if (!r->edge || !r->sharp || !r->size[0] || !r->size[1] || !r->noise[0] || !r->noise[1])
        return wick_fail_memory(context, "resolving an activation");
    r->count = count;
    for (size_t i = 0; i <= count; i++) {
        r->edge[i] = i < left ? -half[0].edge[left - i] : i == left ? 0 : half[1].edge[i - left];
        r->sharp[i] = is_sharp(s, r->edge[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const half_line *of = &half[i < left ? 0 : 1];
        const size_t at = i < left ? left - 1 - i : i - left;
        for (size_t k = 0; k < 2; k++) {
            r->size[k][i] = of->size[k][at];
            r->noise[k][i] = of->noise[k][at];
        }
    }
    r->loose = half[0].loose + half[1].loose;
    return WICK_OK;
}

static void bound_beyond(const survey *s, wick_resolution *r)
{
    const size_t nodes[2] = {s->f->value, s->f->derivative};
    r->beyond[0] = r->beyond[1] = 0;
    bound(s, r->edge[r->count], INFINITY, s->real);
    for (size_t k = 0; k < 2; k++) r->beyond[k] = fmax(r->beyond[k], magnitude(s->real[nodes[k]]));
    bound(s, -INFINITY, r->edge[0], s->real);
    for (size_t k = 0; k < 2; k++) r->beyond[k] = fmax(r->beyond[k], magnitude(s->real[nodes[k]]));
}

static wick_status survey_line(wick_context *context, survey *s, wick_resolution *r)
{
    half_line half[2] = {{.sign = -1}, {.sign = 1}};
    mark(s->f, s->f->value, s->used);
    mark(s->f, s->f->derivative, s->used);
    for (size_t i = 0; i <= last_node(s->f); i++) s->kinked = s->kinked || (s->used[i] && is_kink(&s->f->node[i]));
    s->kink_count = wick_graph_kinks(s->f, s->kinks);
    wick_status status = walk(context, s, &half[0]);
    if (status == WICK_OK) status = walk(context, s, &half[1]);
    const double end = fmin(half[0].end, half[1].end);
    if (status == WICK_OK && end < 1)
        status =
            wick_fail(context, WICK_ERROR_PROBLEM,
                      "the activation varies too fast near x = %.6g, or has no bounds there: quadrature cannot resolve it",
                      half[0].end < half[1].end ? -end : end);
    if (status == WICK_OK) status = join(context, s, half, r);
    if (status == WICK_OK) bound_beyond(s, r);
    for (size_t i = 0; i < 2; i++) {
        free(half[i].edge);
        for (size_t k = 0; k < 2; k++) {
            free(half[i].size[k]);
            free(half[i].noise[k]);
        }
    }
    return status;
}

wick_status wick_resolution_make(wick_context *context, const wick_graph *f, wick_resolution **resolution)
{
    *resolution = NULL;
    const size_t nodes = last_node(f) + 1;
    wick_resolution *made = calloc(1, sizeof *made);
    survey s = {.f = f};
    s.used = calloc(nodes, sizeof *s.used);
    s.middle = wick_allocate(nodes, 1, sizeof *s.middle);
    s.real = wick_allocate(nodes, 1, sizeof *s.real);
    s.complex = wick_allocate(nodes, 1, sizeof *s.complex);
    const bool room = made && s.used && s.middle && s.real && s.complex;
    if (made) atomic_init(&made->references, 1);
    wick_status status = room ? survey_line(context, &s, made) : wick_fail_memory(context, "resolving an activation");
    if (status == WICK_OK) made->jump_count = wick_graph_jumps(f, made->jump, made->height);
    free(s.used);
    free(s.middle);
    free(s.real);
    free(s.complex);
    if (status == WICK_OK)
        *resolution = made;
    else
        wick_resolution_free(made);
    return status;
}

wick_resolution *wick_resolution_share(wick_resolution *resolution)
{
    atomic_fetch_add(&resolution->references, 1);
    return resolution;
}

void wick_resolution_free(wick_resolution *resolution)
{
    if (!resolution || atomic_fetch_sub(&resolution->references, 1) != 1) return;
    free(resolution->edge);
    free(resolution->sharp);
    for (size_t k = 0; k < 2; k++) {
        free(resolution->size[k]);
        free(resolution->noise[k]);
    }
    free(resolution);
}

/* ---- Questions ----------------------------------------------------------------------------------------------------- */

/* The panel that holds x: edge[i] <= x < edge[i + 1], within the partition. */
static size_t panel_at(const wick_resolution *r, double x)
{
    size_t from = 0, to = r->count;
    while (to - from > 1) {
        const size_t middle = from + (to - from) / 2;
        if (r->edge[middle] <= x)
            from = middle;
        else
            to = middle;
    }
    return from;
}

double wick_resolution_width(const wick_resolution *resolution, double reach)
{
    double least = INFINITY;
    for (size_t i = panel_at(resolution, -reach); i < resolution->count && resolution->edge[i] < reach; i++)
        least = fmin(least, resolution->edge[i + 1] - resolution->edge[i]);
    return least;
}

double wick_resolution_noise(const wick_resolution *resolution, double reach)
{
    double most = 0;
    for (size_t i = panel_at(resolution, -reach); i < resolution->count && resolution->edge[i] < reach; i++)
        for (size_t k = 0; k < 2; k++) most = fmax(most, resolution->noise[k][i] / fmax(1, resolution->size[k][i]));
    return most;
}

/* The probability of |z| > r, both sides, and of one side. */
static double one_side(double r) { return 0.5 * erfc(r * 0.70710678118654752440); }

/* The part of the second moments that lies past `reach` on one side, bounded. */
static double moments_past(const wick_resolution *r, double deviation, double reach, double sign)
{
    double sum = 0;
    const double end = sign > 0 ? r->edge[r->count] / deviation : -r->edge[0] / deviation;
    for (size_t k = 0; k < 2; k++) {
        const double past = one_side(fmax(end, reach));
        if (past > 0) sum += r->beyond[k] * r->beyond[k] * past;
    }
    for (size_t i = 0; i < r->count; i++) {
        const double one = sign * r->edge[i] / deviation, two = sign * r->edge[i + 1] / deviation;
        const double from = fmax(fmin(one, two), reach), to = fmax(one, two);
        const double probability = to > from ? one_side(from) : 0;
        for (size_t k = 0; k < 2 && probability > 0; k++) sum += r->size[k][i] * r->size[k][i] * probability;
    }
    return sum;
}

double wick_resolution_reach(const wick_resolution *resolution, double deviation, double epsilon, double least)
{
    for (double reach = least; reach <= 37; reach += 1) {
        const double past = moments_past(resolution, deviation, reach, 1) + moments_past(resolution, deviation, reach, -1);
        if (past <= epsilon * epsilon)
            return -reach * deviation < resolution->edge[0] || reach * deviation > resolution->edge[resolution->count]
                       ? INFINITY
                       : reach;
    }
    return INFINITY;
}

/* ---- Edges --------------------------------------------------------------------------------------------------------- */

typedef struct {
    double *edges;
    size_t count, capacity;
    double widest, upper;
    bool full;
} edge_list;

/* Goes on to z, in equal steps that are no wider than allowed. */
static void extend(edge_list *list, double z, double widest)
{
    const double from = list->edges[list->count - 1], to = fmin(z, list->upper);
    if (!(to > from)) return;
    const double pieces = fmax(1, ceil((to - from) / fmin(widest, list->widest) - 1e-9));
    if (!((double)list->count + pieces <= (double)list->capacity)) {
        list->full = true;
        return;
    }
    for (double i = 1; i < pieces; i++) list->edges[list->count++] = from + (to - from) * i / pieces;
    list->edges[list->count++] = to;
}

/* An average over a wide spread is smooth on the scale of the spread within 9 spreads of whatever bends faster, and farther
 * away as smooth as the function itself. z = (x - offset) / size. */
static void extend_averaged(edge_list *list, const wick_resolution *r, size_t i, const wick_line_of_x *x, double size,
                            double grain, double *busy)
{
    const double spread = x->spread, narrow = 6 * spread, edge = r->edge[i];
    const bool left = i > 0 && edge - r->edge[i - 1] < narrow, right = i < r->count && r->edge[i + 1] - edge < narrow;
    const double at = (edge - x->offset) / size, around = 9 * spread / size;
    if (!r->sharp[i] && !left && !right) {
        if (at > *busy) extend(list, at, INFINITY);
        return;
    }
    if (at - around > *busy) extend(list, at - around, INFINITY);
    extend(list, at + around, grain * spread / size);
    *busy = at + around;
}

static void turn(double *edges, size_t count)
{
    for (size_t i = 0; i < count; i++) edges[i] = -edges[i];
    for (size_t i = 0, k = count - 1; i < k; i++, k--) {
        const double swap = edges[i];
        edges[i] = edges[k];
        edges[k] = swap;
    }
}

size_t wick_resolution_edges(const wick_resolution *resolution, wick_line_of_x x, double grain, double lower, double upper,
                             double widest, double *edges, size_t capacity)
{
    const double size = fabs(x.slope), from = x.slope < 0 ? -upper : lower, to = x.slope < 0 ? -lower : upper;
    edge_list list = {.edges = edges, .count = 1, .capacity = capacity, .widest = widest, .upper = to};
    const double margin = 9 * x.spread, first = x.offset + from * size - margin, last = x.offset + to * size + margin;
    double busy = -INFINITY;
    edges[0] = from;
    for (size_t i = panel_at(resolution, first); size > 0 && i <= resolution->count && resolution->edge[i] <= last; i++) {
        if (x.spread > 0)
            extend_averaged(&list, resolution, i, &x, size, grain, &busy);
        else
            extend(&list, (resolution->edge[i] - x.offset) / size, INFINITY);
    }
    extend(&list, to, INFINITY);
    if (list.full) return 0;
    if (x.slope < 0) turn(edges, list.count);
    return list.count;
}

size_t wick_edges_join(double *edges, size_t count, const double *other, size_t other_count, size_t capacity)
{
    if (count == 0 || other_count == 0 || count + other_count > capacity) return 0;
    size_t a = count, b = other_count, at = count + other_count;
    while (b > 0) edges[--at] = a > 0 && edges[a - 1] > other[b - 1] ? edges[--a] : other[--b];
    size_t kept = 1;
    for (size_t i = 1; i < count + other_count; i++)
        if (edges[i] > edges[kept - 1]) edges[kept++] = edges[i];
    return kept;
}

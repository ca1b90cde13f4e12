/* See plane.h. */
#include "quadrature/plane.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { RADIUS_LIMIT = 512 };

static const double pi = 3.14159265358979323846, reach = 10, longest_panel = 2.5;

typedef struct {
    const wick_line *lines;
    size_t line_count;
    const wick_legendre *rule;
    double radii[RADIUS_LIMIT];
    bool touches[RADIUS_LIMIT];
    size_t radius_count;
    double *z1, *z2, *weight; /* a block of points */
    size_t pending;
    wick_plane_visitor visitor;
    void *user;
} plane;

/* ---- Points ------------------------------------------------------------------------------------------------------ */

static void flush(plane *of)
{
    if (of->pending > 0) of->visitor(of->user, of->pending, of->z1, of->z2, of->weight);
    of->pending = 0;
}

static void add_arc(plane *of, double r, double weight, double from, double to)
{
    const size_t pieces = (size_t)ceil((to - from) / (0.5 * pi) - 1e-12);
    const double length = pieces > 0 ? (to - from) / (double)pieces : 0;
    for (size_t i = 0; i < pieces; i++) {
        if (of->pending + of->rule->count > WICK_PLANE_BLOCK) flush(of);
        for (size_t k = 0; k < of->rule->count; k++) {
            const double phi = from + length * ((double)i + of->rule->node[k]);
            const size_t at = of->pending++;
            of->z1[at] = r * cos(phi);
            of->z2[at] = r * sin(phi);
            of->weight[at] = weight * length * of->rule->weight[k];
        }
    }
}

static void insert(double *sorted, size_t count, double value)
{
    for (; count > 0 && sorted[count - 1] > value; count--) sorted[count] = sorted[count - 1];
    sorted[count] = value;
}

static double onto_circle(double phi) { return phi - 2 * pi * floor(phi / (2 * pi)); }

/* The circle of radius r, cut at the lines. */
static void add_circle(plane *of, double r, double weight)
{
    double cuts[2 * WICK_LINE_LIMIT + 1];
    size_t count = 0;
    for (size_t i = 0; i < of->line_count; i++) {
        const double cosine = of->lines[i].distance / r;
        if (!(fabs(cosine) < 1)) continue;
        const double half = acos(cosine);
        insert(cuts, count++, onto_circle(of->lines[i].angle + half));
        insert(cuts, count++, onto_circle(of->lines[i].angle - half));
    }
    if (count == 0) cuts[count++] = 0;
    for (size_t i = 0; i < count; i++) add_arc(of, r, weight, cuts[i], i + 1 < count ? cuts[i + 1] : cuts[0] + 2 * pi);
}

/* Radii from a to b; `opens`: arcs open at a. */
static void add_panel(plane *of, double a, double b, bool opens)
{
    for (size_t k = 0; k < of->rule->count; k++) {
        const double u = of->rule->node[k], r = a + (b - a) * (opens ? u * u : u);
        const double weight = of->rule->weight[k] * (b - a) * (opens ? 2 * u : 1);
        add_circle(of, r, weight * r * exp(-0.5 * r * r) / (2 * pi));
    }
}

/* ---- Geometry ---------------------------------------------------------------------------------------------------- */

static void add_radius(plane *of, double r, bool touch)
{
    if (!(r > 1e-14) || !(r < reach) || of->radius_count == RADIUS_LIMIT) return;
    size_t at = of->radius_count;
    for (size_t i = 0; i < of->radius_count; i++)
        if (fabs(of->radii[i] - r) <= 1e-13 * r) {
            of->touches[i] = of->touches[i] || touch;
            return;
        }
    for (; at > 0 && of->radii[at - 1] > r; at--) {
        of->radii[at] = of->radii[at - 1];
        of->touches[at] = of->touches[at - 1];
    }
    of->radii[at] = r;
    of->touches[at] = touch;
    of->radius_count++;
}

/* The distance from the origin of the point where two lines meet; nothing if they are parallel. */
static void add_corner(plane *of, const wick_line *one, const wick_line *two)
{
    const double apart = two->angle - one->angle, sine = sin(apart);
    if (!(fabs(sine) > 0)) return;
    add_radius(of, hypot(one->distance, (two->distance - cos(apart) * one->distance) / sine), false);
}

void wick_plane_visit(const wick_line *lines, size_t count, const wick_legendre *rule, double *work,
                      wick_plane_visitor visitor, void *user)
{
    plane of = {.lines = lines,
                .line_count = count < WICK_LINE_LIMIT ? count : WICK_LINE_LIMIT,
                .rule = rule,
                .z1 = work,
                .z2 = work + WICK_PLANE_BLOCK,
                .weight = work + 2 * WICK_PLANE_BLOCK,
                .visitor = visitor,
                .user = user};
    for (size_t i = 0; i < of.line_count; i++) {
        add_radius(&of, fabs(lines[i].distance), true);
        for (size_t k = 0; k < i; k++) add_corner(&of, &lines[i], &lines[k]);
    }
    double from = 0;
    bool opens = false;
    for (size_t i = 0; i <= of.radius_count; i++) {
        const double to = i < of.radius_count ? of.radii[i] : reach;
        const size_t panels = (size_t)ceil((to - from) / longest_panel);
        for (size_t k = 0; k < panels; k++)
            add_panel(&of, from + (to - from) * (double)k / (double)panels,
                      from + (to - from) * (double)(k + 1) / (double)panels, opens && k == 0);
        from = to;
        opens = i < of.radius_count && of.touches[i];
    }
    flush(&of);
}

/* ---- Two functions ----------------------------------------------------------------------------------------------- */

/* l_1 = s1 z1, l_2 = s2 (z1 cos(angle) + z2 sin(angle)). */
typedef struct {
    const wick_kinked *one, *two;
    double s1, s2, cosine, sine;
    double *x1, *x2, *f1, *g1, *f2, *g2, *scratch;
    wick_plane_result result;
} two_functions;

static void add_products(void *user, size_t n, const double *z1, const double *z2, const double *weight)
{
    two_functions *of = user;
    for (size_t i = 0; i < n; i++) {
        of->x1[i] = of->s1 * z1[i];
        of->x2[i] = of->s2 * (of->cosine * z1[i] + of->sine * z2[i]);
    }
    wick_activation_evaluate(of->one->code, n, of->x1, of->scratch, of->f1, of->g1);
    wick_activation_evaluate(of->two->code, n, of->x2, of->scratch, of->f2, of->g2);
    wick_plane_result sum = {0, 0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        sum.product += weight[i] * of->f1[i] * of->f2[i];
        sum.slopes += weight[i] * of->g1[i] * of->g2[i];
        sum.first += weight[i] * of->x1[i] * of->g1[i] * of->f2[i];
        sum.second += weight[i] * of->x2[i] * of->f1[i] * of->g2[i];
    }
    of->result.product += sum.product;
    of->result.slopes += sum.slopes;
    of->result.first += sum.first;
    of->result.second += sum.second;
}

static size_t add_lines(const wick_kinked *function, double s, double angle, wick_line *lines, size_t count)
{
    for (size_t i = 0; i < function->kink_count && s > 0; i++) lines[count++] = (wick_line){angle, function->kinks[i] / s};
    return count;
}

wick_plane_result wick_plane_integrate(const wick_kinked *one, const wick_kinked *two, double c11, double c22, double c12,
                                       const wick_legendre *rule, double *work, double *scratch)
{
    const double square = c12 * c12, lost = fma(-c12, c12, square);
    const double angle = atan2(sqrt(fmax(0, fma(c11, c22, -square) + lost)), c12);
    two_functions of = {.one = one, .two = two, .s1 = sqrt(fmax(0, c11)), .s2 = sqrt(fmax(0, c22)), .scratch = scratch};
    of.cosine = cos(angle);
    of.sine = sin(angle);
    double **const arrays[] = {&of.x1, &of.x2, &of.f1, &of.g1, &of.f2, &of.g2};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) *arrays[i] = work + (3 + i) * WICK_PLANE_BLOCK;
    wick_line lines[WICK_LINE_LIMIT];
    const size_t count = add_lines(two, of.s2, angle, lines, add_lines(one, of.s1, 0, lines, 0));
    wick_plane_visit(lines, count, rule, work, add_products, &of);
    return of.result;
}

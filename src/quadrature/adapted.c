/* See adapted.h. */
#include "quadrature/adapted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "quadrature/panels.h"

enum { NODES = WICK_PANEL_NODES, EDGE_LIMIT = 20000, TERM_LIMIT = 640 };

static const size_t term_counts[] = {32, 64, 128, 256, 512, TERM_LIMIT};
static const double largest_series = 0.95; /* the largest correlation that goes by series */
static const double cut = 1e-14;           /* what may be left out at the ends of the line */
static const double rounding = 4e-15;      /* of sums of products, relative to the norms of the factors */

/* One field's function at this state. */
typedef struct {
    const wick_resolution *resolution;
    const wick_activation_code *code;
    double deviation, reach;
    double norm[2], noise[2]; /* roots of E[f^2], E[f'^2], and of the mean squares of their rounding errors */
    double cross;             /* E[z f f'] */
    double *f, *g;            /* coefficients */
    double rest[2];           /* root of what the coefficients leave of norm^2 */
    double offset[2];         /* in a panel's place: f, f' at 0 where the deviation is 0 */
} field;

struct wick_adapted {
    wick_activation_code *code[2];
    wick_resolution *resolution[2];
    wick_panel_rule rule;
    size_t p, n, terms;
    size_t edge_capacity;
    field *fields;
    double *coefficients;        /* 2 n TERM_LIMIT */
    double *edges, *other_edges; /* edge_capacity */
    double *z, *w, *x, *f, *g, *before, *now;
    double *inner_z, *inner_w, *inner_x, *inner_f, *inner_g;
    double *work; /* of compiled activations */
};

/* ---- One field --------------------------------------------------------------------------------------------------- */

static double root(double x) { return x > 0 ? sqrt(x) : 0; }

/* Rounding errors of panels, weighted by the probability that the panel is met. */
static void weigh_noise(field *a, const double *edges, size_t count, const double *weight)
{
    const wick_resolution *r = a->resolution;
    double sum[2] = {0, 0};
    size_t at = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        const double x = a->deviation * 0.5 * (edges[i] + edges[i + 1]);
        while (at + 1 < r->count && r->edge[at + 1] <= x) at++;
        double probability = 0;
        for (size_t k = 0; k < NODES; k++) probability += weight[i * NODES + k];
        for (size_t k = 0; k < 2; k++) sum[k] += probability * r->noise[k][at] * r->noise[k][at];
    }
    for (size_t k = 0; k < 2; k++) a->noise[k] = root(sum[k]);
}

static void measure(field *a, size_t count, const double *z, const double *w, const double *f, const double *g)
{
    double ff = 0, gg = 0, zfg = 0;
    for (size_t i = 0; i < count; i++) {
        ff += w[i] * f[i] * f[i];
        gg += w[i] * g[i] * g[i];
        zfg += w[i] * z[i] * f[i] * g[i];
    }
    a->norm[0] = sqrt(ff);
    a->norm[1] = sqrt(gg);
    a->cross = zfg;
}

/* f and g hold values times weights; he_m at all nodes by its recursion. */
static void project(wick_adapted *adapted, field *a, size_t count)
{
    const double *z = adapted->z, *f = adapted->f, *g = adapted->g;
    double *before = adapted->before, *now = adapted->now, left[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        before[i] = 0;
        now[i] = 1;
    }
    for (size_t m = 0; m < adapted->terms; m++) {
        const double rise = 1 / sqrt((double)m + 1), fall = sqrt((double)m) * rise;
        double sums[2][NODES] = {{0}};
        for (size_t i = 0; i < count; i += NODES)
            for (size_t k = 0; k < NODES; k++) {
                const double he = now[i + k], next = rise * z[i + k] * he - fall * before[i + k];
                sums[0][k] += f[i + k] * he;
                sums[1][k] += g[i + k] * he;
                before[i + k] = he;
                now[i + k] = next;
            }
        double total[2] = {0, 0};
        for (size_t s = 0; s < 2; s++)
            for (size_t k = 0; k < NODES; k++) total[s] += sums[s][k];
        a->f[m] = total[0];
        a->g[m] = total[1];
        for (size_t s = 0; s < 2; s++) left[s] += total[s] * total[s];
    }
    for (size_t s = 0; s < 2; s++)
        a->rest[s] = root(a->norm[s] * a->norm[s] - left[s]) + 3e-8 * a->norm[s]; /* and the rounding of the difference */
}

/* A field that does not vary. */
static void set_constant(wick_adapted *adapted, field *a)
{
    const double zero = 0;
    wick_activation_evaluate(a->code, 1, &zero, adapted->work, &a->f[0], &a->g[0]);
    for (size_t m = 1; m < adapted->terms; m++) a->f[m] = a->g[m] = 0;
    a->norm[0] = fabs(a->f[0]);
    a->norm[1] = fabs(a->g[0]);
    a->cross = a->rest[0] = a->rest[1] = 0;
    a->noise[0] = a->noise[1] = wick_resolution_noise(a->resolution, 1e-9);
    a->reach = 0;
}

/* false if its expectations do not exist, or are not resolved. */
static bool expand(wick_adapted *adapted, field *a)
{
    if (!(a->deviation > 0)) return set_constant(adapted, a), true;
    a->reach = wick_resolution_reach(a->resolution, a->deviation, cut, 12);
    if (!(a->reach < INFINITY)) return false;
    const double widest = fmin(1.5, 10 / sqrt((double)adapted->terms));
    const wick_line_of_x line = {0, a->deviation, 0};
    const size_t count =
        wick_resolution_edges(a->resolution, line, 1, -a->reach, a->reach, widest, adapted->edges, adapted->edge_capacity);
    if (count == 0) return false;
    const size_t points = wick_panel_rule_place(&adapted->rule, adapted->edges, count, adapted->z, adapted->w);
    for (size_t i = 0; i < points; i++) adapted->x[i] = a->deviation * adapted->z[i];
    wick_activation_evaluate(a->code, points, adapted->x, adapted->work, adapted->f, adapted->g);
    weigh_noise(a, adapted->edges, count, adapted->w);
    measure(a, points, adapted->z, adapted->w, adapted->f, adapted->g);
    for (size_t i = 0; i < points; i++) {
        adapted->f[i] *= adapted->w[i];
        adapted->g[i] *= adapted->w[i];
    }
    project(adapted, a, points);
    return isfinite(a->norm[0]) && isfinite(a->norm[1]);
}

/* ---- Two fields ---------------------------------------------------------------------------------------------------- */

/* E[f_a f_b], E[f_a' f_b'], E[z_a f_a' f_b], E[z_b f_a f_b'], f_b' without what a jump adds; their errors. */
typedef struct {
    double product, slopes, first, second;
    double error[4];
} moments;

/* r, and sqrt(1 - r^2) without cancellation. */
typedef struct {
    double r, s;
} correlation;

static correlation correlate(const wick_fields *fields, size_t a, size_t b)
{
    const size_t n = fields->n;
    const double c11 = fields->omega[a * n + a], c22 = fields->omega[b * n + b], c12 = fields->omega[a * n + b];
    if (!(c11 > 0) || !(c22 > 0)) return (correlation){0, 1};
    const double u = c12 / sqrt(c11), v = sqrt(c22), r = u / v;
    const double square = c12 * c12, lost = fma(-c12, c12, square), left = fma(c11, c22, -square) + lost;
    return (correlation){r > 1 ? 1 : r < -1 ? -1 : r, root(fmin(1, left / (c11 * c22)))};
}

/* Rounding and what lies past the ends, for E[(i-th derivative of f_a) (k-th of f_b)]. */
static double floor_of(const field *a, const field *b, size_t i, size_t k)
{
    const double loose = (a->deviation > 0 ? a->resolution->loose / a->deviation * b->norm[k] : 0) +
                         (b->deviation > 0 ? b->resolution->loose / b->deviation * a->norm[i] : 0);
    return rounding * a->norm[i] * b->norm[k] + 2 * cut * (a->norm[i] + b->norm[k]) + a->noise[i] * b->norm[k] +
           b->noise[k] * a->norm[i] + loose;
}

/* sum_m u_m v_m r^m */
static double series(size_t terms, const double *u, const double *v, double r)
{
    double sum = 0;
    for (size_t m = terms; m-- > 0;) sum = sum * r + u[m] * v[m];
    return sum;
}

/* sum_m sqrt(m + 1) u_{m+1} v_m r^m */
static double slope_series(size_t terms, const double *u, const double *v, double r)
{
    double sum = 0;
    for (size_t m = terms - 1; m-- > 0;) sum = sum * r + sqrt((double)m + 1) * u[m + 1] * v[m];
    return sum;
}

/* What slope_series() cuts off, from m = terms - 1 on: the largest sqrt(m + 1) |r|^m there, times the roots of what is left
 * of both squares, of v's with its last coefficient. */
static double slope_rest(size_t terms, double rest_u, double rest_v, const double *v, double r)
{
    const double size = fabs(r), peak = size > 0 ? -0.5 / log(size) - 1 : 0, m = fmax((double)terms - 1, peak);
    return sqrt(m + 1) * pow(size, m) * rest_u * hypot(rest_v, v[terms - 1]);
}

/* sigma_a E[f_a'' f_b], E[f_a' f_b'] and E[f_a f_b], by series. */
typedef struct {
    double X, Y, Z, error[3];
} pair;

static pair by_series(const wick_adapted *adapted, const field *a, const field *b, double r)
{
    const size_t terms = adapted->terms;
    pair q = {slope_series(terms, a->g, b->f, r), series(terms, a->g, b->g, r), series(terms, a->f, b->f, r), {0, 0, 0}};
    const double cut_off = pow(fabs(r), (double)terms);
    q.error[0] = slope_rest(terms, a->rest[1], b->rest[0], b->f, r) + floor_of(a, b, 1, 0);
    q.error[1] = cut_off * a->rest[1] * b->rest[1] + floor_of(a, b, 1, 1);
    q.error[2] = cut_off * a->rest[0] * b->rest[0] + floor_of(a, b, 0, 0);
    if (b->resolution->jump_count > 0 && b->deviation > 0) {
        q.Y = slope_series(terms, b->f, a->g, r) / b->deviation;
        q.error[1] = (slope_rest(terms, b->rest[0], a->rest[1], a->g, r) + floor_of(a, b, 1, 0)) / b->deviation;
    }
    return q;
}

/* E[f | x], E[f' | x] and E[w f' | x] over x = offset + slope w. */
typedef struct {
    double value, derivative, moment;
} average;

static bool average_over(wick_adapted *adapted, const field *b, double offset, double slope, average *result)
{
    const double reach = b->reach > 12 ? b->reach : 8.5;
    const wick_line_of_x line = {offset, slope, 0};
    const size_t count =
        wick_resolution_edges(b->resolution, line, 1, -reach, reach, 2.5, adapted->other_edges, adapted->edge_capacity);
    if (count == 0) return false;
    const size_t points =
        wick_panel_rule_place(&adapted->rule, adapted->other_edges, count, adapted->inner_z, adapted->inner_w);
    for (size_t i = 0; i < points; i++) adapted->inner_x[i] = offset + slope * adapted->inner_z[i];
    wick_activation_evaluate(b->code, points, adapted->inner_x, adapted->work, adapted->inner_f, adapted->inner_g);
    *result = (average){0, 0, 0};
    for (size_t i = 0; i < points; i++) {
        const double slope_here = adapted->inner_w[i] * adapted->inner_g[i];
        result->value += adapted->inner_w[i] * adapted->inner_f[i];
        result->derivative += slope_here;
        result->moment += adapted->inner_z[i] * slope_here;
    }
    return true;
}

/* Cuts every panel into so many; returns the number of edges, 0 if there is no room. */
static size_t cut_panels(double *edges, size_t count, size_t pieces, size_t capacity)
{
    if (count < 2 || (count - 1) * pieces + 1 > capacity) return 0;
    for (size_t i = count - 1; i-- > 0;) {
        const double from = edges[i], width = edges[i + 1] - from;
        for (size_t k = pieces; k > 0; k--)
            edges[i * pieces + k] = k == pieces ? from + width : from + width * (double)k / (double)pieces;
    }
    return (count - 1) * pieces + 1;
}

/* Edges of the outer integral, over z_a: those of f_a, and those of f_b averaged over what z_a leaves of it. */
static size_t outer_edges(wick_adapted *adapted, const field *a, const field *b, correlation c, double reach)
{
    const size_t room = adapted->edge_capacity / 2;
    const size_t own = wick_resolution_edges(a->resolution, (wick_line_of_x){0, a->deviation, 0}, 1, -reach, reach, 1.5,
                                             adapted->edges, room);
    const wick_line_of_x line = {0, b->deviation * c.r, b->deviation * c.s};
    const size_t others = wick_resolution_edges(b->resolution, line, 3, -reach, reach, 1.5, adapted->other_edges, room);
    return wick_edges_join(adapted->edges, own, adapted->other_edges, others, adapted->edge_capacity);
}

/* Adds one panel of the outer integral. */
static bool add_panel(wick_adapted *adapted, const field *b, correlation c, size_t first, double width, moments *sum)
{
    double values[4][NODES];
    for (size_t k = 0; k < NODES; k++) {
        const double z = adapted->z[first + k], w = adapted->w[first + k];
        average inner;
        if (!average_over(adapted, b, b->deviation * c.r * z, b->deviation * c.s, &inner)) return false;
        const double f = adapted->f[first + k], g = adapted->g[first + k];
        const double terms[4] = {f * inner.value, g * inner.derivative, z * g * inner.value,
                                 f * (c.r * z * inner.derivative + c.s * inner.moment)};
        for (size_t i = 0; i < 4; i++) values[i][k] = terms[i] * w / (width * adapted->rule.weight[k]);
        sum->product += w * terms[0];
        sum->slopes += w * terms[1];
        sum->first += w * terms[2];
        sum->second += w * terms[3];
    }
    for (size_t i = 0; i < 4; i++) sum->error[i] += width * wick_panel_rule_error(&adapted->rule, values[i], 10);
    return true;
}

static bool integrate_twice(wick_adapted *adapted, const field *a, const field *b, correlation c, size_t pieces,
                            moments *sum)
{
    *sum = (moments){0, 0, 0, 0, {0, 0, 0, 0}};
    const double reach = fmax(a->reach, b->reach) > 12 ? fmax(a->reach, b->reach) : 8.5;
    const size_t count = cut_panels(adapted->edges, outer_edges(adapted, a, b, c, reach), pieces, adapted->edge_capacity);
    if (count == 0) return false;
    const size_t points = wick_panel_rule_place(&adapted->rule, adapted->edges, count, adapted->z, adapted->w);
    for (size_t i = 0; i < points; i++) adapted->x[i] = a->deviation * adapted->z[i];
    wick_activation_evaluate(a->code, points, adapted->x, adapted->work, adapted->f, adapted->g);
    bool fine = true;
    for (size_t i = 0; i < points && fine; i += NODES)
        fine = add_panel(adapted, b, c, i, adapted->edges[i / NODES + 1] - adapted->edges[i / NODES], sum);
    return fine;
}

/* What the jumps of f_b add to E[f_a' f_b']: height times density times E[f_a' | l_b at the jump]. */
static bool add_jumps(wick_adapted *adapted, const field *a, const field *b, correlation c, double *slopes)
{
    for (size_t i = 0; i < b->resolution->jump_count; i++) {
        const double z = b->resolution->jump[i] / b->deviation;
        const double density = 0.39894228040143267794 * exp(-0.5 * z * z) / b->deviation;
        average conditional;
        if (!(density > 0)) continue;
        if (!average_over(adapted, a, a->deviation * c.r * z, a->deviation * c.s, &conditional)) return false;
        *slopes += b->resolution->height[i] * density * conditional.derivative;
    }
    return true;
}

/* E[z_a f_a' f_b] = sigma_a E[f_a'' f_b] + r sigma_b E[f_a' f_b'] (Stein); *reverse is that of the pair (b, a). */
static bool by_integrals(wick_adapted *adapted, const field *a, const field *b, correlation c, size_t pieces, pair *q,
                         pair *reverse)
{
    moments sum;
    if (!integrate_twice(adapted, a, b, c, pieces, &sum)) return false;
    if (!add_jumps(adapted, a, b, c, &sum.slopes)) return false;
    const double floors[3] = {floor_of(a, b, 1, 0), floor_of(a, b, 1, 1), floor_of(a, b, 0, 0)};
    *q = (pair){sum.first - c.r * b->deviation * sum.slopes, sum.slopes, sum.product, {0, 0, 0}};
    q->error[1] = sum.error[1] + floors[1];
    q->error[2] = sum.error[0] + floors[2];
    q->error[0] = sum.error[2] + floors[0] + fabs(c.r) * b->deviation * q->error[1];
    *reverse = *q;
    reverse->X = sum.second - c.r * a->deviation * sum.slopes;
    reverse->error[0] = sum.error[3] + floor_of(b, a, 1, 0) + fabs(c.r) * a->deviation * q->error[1];
    return true;
}

/* ---- Tables -------------------------------------------------------------------------------------------------------- */

static void store(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, size_t a, size_t b,
                  const field *of_a, const pair *q)
{
    const size_t n = fields->n;
    if (tables->Z) {
        tables->Z[a * n + b] = tables->Z[b * n + a] = q->Z;
        errors->Z[a * n + b] = errors->Z[b * n + a] = q->error[2];
    }
    if (!tables->X || a >= fields->p) return;
    const double inverse = of_a->deviation > 0 ? 1 / of_a->deviation : 0; /* else it meets Omega_jb = 0 */
    tables->X[a * n + b] = q->X * inverse;
    tables->Y[a * n + b] = q->Y;
    errors->X[a * n + b] = q->error[0] * inverse;
    errors->Y[a * n + b] = q->error[1];
}

static void set_diagonal(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, size_t a,
                         const field *f)
{
    const double slopes = f->norm[1] * f->norm[1];
    pair q = {f->cross - f->deviation * slopes, slopes, f->norm[0] * f->norm[0], {0, 0, 0}};
    q.error[1] = floor_of(f, f, 1, 1);
    q.error[2] = floor_of(f, f, 0, 0);
    q.error[0] = floor_of(f, f, 1, 0) + f->deviation * q.error[1];
    store(fields, tables, errors, a, a, f, &q);
}

/* What a pair puts into the tables: errors relative to the larger of 1 and the entry. */
static double worst_of(const pair *q, const pair *reverse, const field *a, const field *b, bool slopes)
{
    const double Z = q->error[2] / fmax(1, fabs(q->Z));
    if (!slopes) return Z;
    const double X = q->error[0] / fmax(a->deviation, fabs(q->X)), Y = q->error[1] / fmax(1, fabs(q->Y));
    return fmax(fmax(X, reverse->error[0] / fmax(b->deviation, fabs(reverse->X))), fmax(Y, Z));
}

/* The second order of a pair: X of b is not the X of a. */
static void set_pair(wick_adapted *adapted, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors,
                     size_t a, size_t b, double tolerance)
{
    const field *one = &adapted->fields[a], *two = &adapted->fields[b];
    const correlation c = correlate(fields, a, b);
    pair q = by_series(adapted, one, two, c.r), reverse = by_series(adapted, two, one, c.r);
    const bool slopes = tables->X && a<fields->p, integrals = one->deviation> 0 && two->deviation > 0;
    double worst = worst_of(&q, &reverse, one, two, slopes);
    for (size_t pieces = 1; pieces <= 4 && integrals && !(worst <= tolerance); pieces *= 2) {
        pair exact, exact_reverse;
        if (!by_integrals(adapted, one, two, c, pieces, &exact, &exact_reverse)) break;
        const double now = worst_of(&exact, &exact_reverse, one, two, slopes);
        if (pieces > 1 && !(now < worst)) break;
        worst = now;
        q = exact;
        reverse = exact_reverse;
    }
    store(fields, tables, errors, a, b, one, &q);
    if (b < fields->p) store(fields, tables, errors, b, a, two, &reverse);
}

static void fill_with(double *table, size_t count, double value)
{
    for (size_t i = 0; table && i < count; i++) table[i] = value;
}

static void refuse(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    const size_t pn = fields->p * fields->n, nn = fields->n * fields->n;
    double *const values[] = {tables->X, tables->Y}, *const bounds[] = {errors->X, errors->Y};
    for (size_t i = 0; i < 2; i++) {
        fill_with(values[i], pn, 0);
        fill_with(bounds[i], pn, INFINITY);
    }
    fill_with(tables->Z, nn, 0);
    fill_with(errors->Z, nn, INFINITY);
}

/* As many terms as the largest correlation that goes by series needs. */
static size_t choose_terms(const wick_fields *fields)
{
    double largest = 0;
    for (size_t a = 0; a < fields->n; a++)
        for (size_t b = a + 1; b < fields->n; b++) {
            const double r = fabs(correlate(fields, a, b).r);
            if (r <= largest_series) largest = fmax(largest, r);
        }
    const double wanted = largest > 0 ? log(fmin(1, fields->tolerance) * 1e-3) / log(largest) : 0;
    size_t i = 0;
    while (i + 1 < sizeof term_counts / sizeof *term_counts && (double)term_counts[i] < wanted) i++;
    return term_counts[i];
}

void wick_adapted_fill(wick_adapted *adapted, const wick_fields *fields, const wick_tables *tables,
                       const wick_tables *errors)
{
    adapted->terms = choose_terms(fields);
    bool fine = true;
    for (size_t a = 0; a < fields->n && fine; a++) {
        field *f = &adapted->fields[a];
        const size_t which = a < fields->p ? 0 : 1;
        *f = (field){.resolution = adapted->resolution[which], .code = adapted->code[which]};
        f->deviation = root(fields->omega[a * fields->n + a]);
        f->f = adapted->coefficients + 2 * a * TERM_LIMIT;
        f->g = f->f + TERM_LIMIT;
        fine = expand(adapted, f);
    }
    if (!fine) {
        refuse(fields, tables, errors);
        return;
    }
    for (size_t a = 0; a < fields->n; a++) {
        if (a < fields->p || tables->Z) set_diagonal(fields, tables, errors, a, &adapted->fields[a]);
        for (size_t b = a + 1; b < fields->n; b++)
            if (a < fields->p || tables->Z) set_pair(adapted, fields, tables, errors, a, b, fields->tolerance);
    }
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

void wick_adapted_free(wick_adapted *adapted)
{
    if (!adapted) return;
    for (size_t i = 0; i < 2; i++) {
        wick_activation_code_free(adapted->code[i]);
        wick_resolution_free(adapted->resolution[i]);
    }
    double *const arrays[] = {adapted->coefficients, adapted->edges, adapted->z, adapted->work};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
    free(adapted->fields);
    free(adapted);
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static bool allocate(wick_adapted *adapted)
{
    const size_t panels = adapted->resolution[0]->count + adapted->resolution[1]->count, wanted = 4 * panels + 1024;
    adapted->edge_capacity = wanted < EDGE_LIMIT ? wanted : EDGE_LIMIT;
    const size_t points = adapted->edge_capacity * NODES;
    double **const arrays[] = {&adapted->z,       &adapted->w,       &adapted->x,       &adapted->f,
                               &adapted->g,       &adapted->before,  &adapted->now,     &adapted->inner_z,
                               &adapted->inner_w, &adapted->inner_x, &adapted->inner_f, &adapted->inner_g};
    const size_t count = sizeof arrays / sizeof *arrays;
    adapted->fields = wick_allocate(adapted->n, 1, sizeof *adapted->fields);
    adapted->coefficients = wick_allocate(2 * adapted->n, TERM_LIMIT, sizeof(double));
    adapted->edges = wick_allocate(adapted->edge_capacity, 2, sizeof(double));
    adapted->z = wick_allocate(points, count, sizeof(double));
    adapted->work = wick_allocate(
        larger(wick_activation_code_work(adapted->code[0]), wick_activation_code_work(adapted->code[1])), 1, sizeof(double));
    if (!adapted->fields || !adapted->coefficients || !adapted->edges || !adapted->z || !adapted->work) return false;
    adapted->other_edges = adapted->edges + adapted->edge_capacity;
    for (size_t i = 0; i < count; i++) *arrays[i] = adapted->z + i * points;
    return wick_panel_rule_make(&adapted->rule);
}

wick_adapted *wick_adapted_make(wick_activation_code *const codes[2], wick_resolution *const resolutions[2], size_t p,
                                size_t k)
{
    wick_adapted *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    for (size_t i = 0; i < 2; i++) {
        made->code[i] = wick_activation_code_share(codes[i]);
        made->resolution[i] = wick_resolution_share(resolutions[i]);
    }
    made->p = p;
    made->n = p + k;
    if (allocate(made)) return made;
    wick_adapted_free(made);
    return NULL;
}

wick_adapted *wick_adapted_copy(const wick_adapted *adapted)
{
    return wick_adapted_make(adapted->code, adapted->resolution, adapted->p, adapted->n - adapted->p);
}

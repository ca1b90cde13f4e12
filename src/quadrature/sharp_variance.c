/* See sharp_variance.h. */
#include "quadrature/sharp_variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "expectations/conditional.h"
#include "quadrature/panels.h"

enum { NODES = WICK_PANEL_NODES, TERMS = 48, ROW = TERMS + 1, PAIR_ROW = 2, TABLE_PANELS = 400, DEPTH_LIMIT = 40 };
enum { PAIR_LIMIT = 16, CORNER_LIMIT = 64 };

static const double cut = 1e-4;           /* of the tolerance: what may be left out at the ends of the line */
static const double most = 8.25;          /* deviations that an average over one or two fields covers at most */
static const double panel = 3.5;          /* deviations: on these the rule is exact to rounding for the normal density */
static const double widths[] = {4, 2, 1}; /* of panels, until the error is within the tolerance */

/* A function averaged over a normal variable of one spread, as a function of its mean: rows of u_0, ..., u_{terms-1},
 * E[f^2]. */
typedef struct {
    size_t field, panels, terms;
    double spread;
    double *edge, *row; /* TABLE_PANELS + 1; TABLE_PANELS x NODES x (terms + 1) */
    double *cut;        /* TABLE_PANELS: the largest root of sum_{m >= terms} u_m^2 on a panel */
    double rest;        /* the largest of them */
    double largest;     /* of E[f^2], its root */
    double wrong;       /* of interpolation */
} table;

struct wick_sharp_variance {
    wick_activation_code *code[2];
    wick_resolution *resolution[2];
    wick_panel_rule rule;
    size_t p, n, edge_capacity;
    wick_conditional given;
    table *tables; /* n */
    table *pairs;  /* PAIR_LIMIT: of the second field of a pair given the first */
    size_t *pair;  /* n x n: which of them; PAIR_LIMIT: none */
    size_t pair_count;
    double *edges[4];     /* edge_capacity each: outer, inner, those of a field, those of averages */
    double *z[3], *w[3];  /* nodes: inner, averages over one field, over another */
    double *x, *f, *g;    /* arguments and values */
    double *he[2];        /* of a recursion */
    double *value, *work; /* n x ROW: the fields at a point; of compiled activations */
    bool *direct;         /* n x n: goes by its own integral */
    double *lost, *rest;  /* n x n: |r|^terms of the conditional correlations; n: what is cut off at a point */
    double tolerance;
    double widest;  /* of panels, in deviations */
    double covered; /* deviations that averages over one or two fields go to */
    size_t terms;   /* of series */
    const double *c;
};

typedef wick_sharp_variance variance; /* shorter, in this file */

static size_t which(const variance *v, size_t field) { return field < v->p ? 0 : 1; }

static double root(double x) { return x > 0 ? sqrt(x) : 0; }

/* Nodes of x = offset + slope z over the panels of one function; 0 if there are too many. */
static size_t place(variance *v, const wick_resolution *r, wick_line_of_x line, double reach, double widest, double *z,
                    double *w)
{
    const size_t count = wick_resolution_edges(r, line, 1.5, -reach, reach, widest, v->edges[2], v->edge_capacity);
    return wick_panel_rule_place(&v->rule, v->edges[2], count, z, w);
}

/* ---- Conditional functions ----------------------------------------------------------------------------------------- */

/* One row of the table: coefficients of f(mean + spread z); raises *rest to what they leave of the norm. f(mean) is taken
 * out before, lest a small spread drown in rounding. */
static bool expand(variance *v, const table *t, double mean, double *row, double *rest)
{
    const size_t of = which(v, t->field), terms = t->terms;
    const double spread = t->spread, widest = fmin(2, 10 / sqrt((double)terms)), *z = v->z[1], *w = v->w[1];
    double centre, squares = 0, left, *before = v->he[0], *now = v->he[1];
    const size_t count =
        place(v, v->resolution[of], (wick_line_of_x){mean, spread, 0}, terms > 1 ? 11 : 8.5, widest, v->z[1], v->w[1]);
    if (count == 0) return false;
    wick_activation_evaluate(v->code[of], 1, &mean, v->work, &centre, NULL);
    for (size_t i = 0; i < count; i++) v->x[i] = mean + spread * z[i];
    wick_activation_evaluate(v->code[of], count, v->x, v->work, v->f, NULL);
    for (size_t i = 0; i < count; i++) {
        v->f[i] -= centre;
        squares += w[i] * v->f[i] * v->f[i];
        v->f[i] *= w[i];
        before[i] = 0;
        now[i] = 1;
    }
    left = squares;
    for (size_t m = 0; m < terms; m++) {
        const double rise = 1 / sqrt((double)m + 1), fall = sqrt((double)m) * rise;
        double sums[NODES] = {0}, total = 0;
        for (size_t i = 0; i < count; i += NODES)
            for (size_t k = 0; k < NODES; k++) {
                const double he = now[i + k];
                sums[k] += v->f[i + k] * he;
                now[i + k] = rise * z[i + k] * he - fall * before[i + k];
                before[i + k] = he;
            }
        for (size_t k = 0; k < NODES; k++) total += sums[k];
        row[m] = total;
        left -= total * total;
    }
    row[terms] = squares + centre * (2 * row[0] + centre);
    row[0] += centre;
    *rest = fmax(*rest, root(left) + 3e-8 * root(squares));
    return true;
}

/* How badly rows between nodes are interpolated. */
static double interpolation_error(const variance *v, const table *t, const double *rows)
{
    const size_t stride = t->terms + 1;
    double largest = 1;
    for (size_t k = 0; k < NODES; k++) largest = fmax(largest, root(rows[k * stride + t->terms]));
    return fmax(wick_panel_rule_tail(&v->rule, rows, stride),
                wick_panel_rule_tail(&v->rule, rows + t->terms, stride) / (2 * largest));
}

/* Fills the panel [from, to], or halves of it, until it can be interpolated. */
static bool fill_panel(variance *v, table *t, double from, double to, size_t depth)
{
    const size_t at = t->panels, stride = t->terms + 1;
    if (at == TABLE_PANELS) return false;
    double *rows = t->row + at * NODES * stride, rest = 0;
    for (size_t k = 0; k < NODES; k++)
        if (!expand(v, t, from + (to - from) * v->rule.node[k], rows + k * stride, &rest)) return false;
    const double error = interpolation_error(v, t, rows);
    if (error > fmax(1e-3 * v->tolerance, 1e-13) && depth < 8 && at < TABLE_PANELS / 2) {
        const double middle = from + 0.5 * (to - from);
        return fill_panel(v, t, from, middle, depth + 1) && fill_panel(v, t, middle, to, depth + 1);
    }
    t->wrong = fmax(t->wrong, error);
    t->cut[at] = rest;
    t->rest = fmax(t->rest, rest);
    for (size_t k = 0; k < NODES; k++) t->largest = fmax(t->largest, root(rows[k * stride + t->terms]));
    t->edge[++t->panels] = to;
    return true;
}

/* Over means up to `far`. */
static bool tabulate(variance *v, table *t, size_t field, double spread, size_t terms, double far)
{
    const wick_resolution *r = v->resolution[which(v, field)];
    const wick_line_of_x line = {0, 1, spread};
    const size_t count = wick_resolution_edges(r, line, 3, -far, far, INFINITY, v->edges[3], v->edge_capacity);
    t->field = field;
    t->spread = spread;
    t->terms = terms;
    t->panels = 0;
    t->edge[0] = -far;
    t->rest = t->largest = t->wrong = 0;
    for (size_t i = 0; i + 1 < count; i++)
        if (!fill_panel(v, t, v->edges[3][i], v->edges[3][i + 1], 0)) return false;
    return count > 0;
}

/* The farthest mean that counts of a field given l_j and l_l. */
static double farthest_mean(const variance *v, size_t a, double reach)
{
    return fmax(1e-12, 1.01 * reach * hypot(v->given.mean[2 * a], v->given.mean[2 * a + 1]));
}

/* Values at mu; returns the largest root of what is cut off near there. */
static double interpolate(const variance *v, const table *t, double mu, double *value)
{
    size_t from = 0, to = t->panels;
    while (to - from > 1) {
        const size_t middle = from + (to - from) / 2;
        if (t->edge[middle] <= mu)
            from = middle;
        else
            to = middle;
    }
    double basis[NODES];
    const size_t stride = t->terms + 1;
    const double width = t->edge[from + 1] - t->edge[from], *rows = t->row + from * NODES * stride;
    wick_panel_rule_basis(&v->rule, fmax(0, fmin(1, (mu - t->edge[from]) / width)), basis);
    for (size_t m = 0; m < t->terms; m++) value[m] = 0;
    value[TERMS] = 0;
    for (size_t k = 0; k < NODES; k++) {
        const double *row = rows + k * stride;
        for (size_t m = 0; m < t->terms; m++) value[m] += basis[k] * row[m];
        value[TERMS] += basis[k] * row[t->terms];
    }
    return t->cut[from];
}

/* ---- Pairs by integrals of their own ------------------------------------------------------------------------------- */

/* E[f_b] over x = offset + slope w. */
static bool average_over(variance *v, size_t b, double offset, double slope, double *result)
{
    const size_t count =
        place(v, v->resolution[which(v, b)], (wick_line_of_x){offset, slope, 0}, v->covered, panel, v->z[2], v->w[2]);
    if (count == 0) return false;
    for (size_t i = 0; i < count; i++) v->x[i] = offset + slope * v->z[2][i];
    wick_activation_evaluate(v->code[which(v, b)], count, v->x, v->work, v->g, NULL);
    *result = 0;
    for (size_t i = 0; i < count; i++) *result += v->w[2][i] * v->g[i];
    return true;
}

/* E[f_a f_b] of two normal fields with means, spreads and a correlation. */
static bool pair_average(variance *v, size_t a, size_t b, double mean_a, double mean_b, double *result)
{
    const double spread_a = v->given.spread[a], spread_b = v->given.spread[b], r = v->given.correlation[a * v->n + b];
    const double left = spread_b * root(1 - r * r);
    const wick_resolution *one = v->resolution[which(v, a)], *two = v->resolution[which(v, b)];
    const size_t room = v->edge_capacity / 2;
    const size_t own = wick_resolution_edges(one, (wick_line_of_x){mean_a, spread_a, 0}, 3, -v->covered, v->covered, panel,
                                             v->edges[3], room);
    const size_t others = wick_resolution_edges(two, (wick_line_of_x){mean_b, spread_b * r, left}, 3, -v->covered,
                                                v->covered, panel, v->edges[2], room);
    const size_t count = wick_edges_join(v->edges[3], own, v->edges[2], others, v->edge_capacity);
    const size_t points = wick_panel_rule_place(&v->rule, v->edges[3], count, v->z[1], v->w[1]);
    if (points == 0) return false;
    for (size_t i = 0; i < points; i++) v->x[i] = mean_a + spread_a * v->z[1][i];
    wick_activation_evaluate(v->code[which(v, a)], points, v->x, v->work, v->f, NULL);
    const table *given = v->pair[a * v->n + b] < PAIR_LIMIT ? &v->pairs[v->pair[a * v->n + b]] : NULL;
    *result = 0;
    for (size_t i = 0; i < points; i++) {
        double inner[ROW];
        const double mean = mean_b + spread_b * r * v->z[1][i];
        if (given)
            interpolate(v, given, mean, inner);
        else if (!average_over(v, b, mean, left, inner))
            return false;
        *result += v->w[1][i] * v->f[i] * inner[0];
    }
    return true;
}

/* ---- One point of the plane ------------------------------------------------------------------------------------------ */

typedef struct {
    double value, error;
} estimate;

static double mean_of(const variance *v, size_t a, double z1, double z2)
{
    return v->given.mean[2 * a] * z1 + v->given.mean[2 * a + 1] * z2;
}

/* sum_m u_m w_m r^m, with what may be cut off. */
static estimate conditional_product(const variance *v, size_t a, size_t b)
{
    const double *u = v->value + a * ROW, *w = v->value + b * ROW, r = v->given.correlation[a * v->n + b];
    if (!(v->given.spread[a] > 0) || !(v->given.spread[b] > 0) || !(r < 0 || r > 0)) return (estimate){u[0] * w[0], 0};
    const size_t terms = v->tables[a].terms;
    double sum = 0;
    for (size_t m = terms; m-- > 0;) sum = sum * r + u[m] * w[m];
    return (estimate){sum, v->lost[a * v->n + b] * v->rest[a] * v->rest[b]};
}

/* E[E^2 | z1, z2] */
static bool squared_error(variance *v, double z1, double z2, estimate *result)
{
    const size_t n = v->n;
    *result = (estimate){0, 0};
    for (size_t a = 0; a < n; a++) {
        const double mu = mean_of(v, a, z1, z2);
        double *value = v->value + a * ROW;
        if (v->given.spread[a] > 0) {
            v->rest[a] = interpolate(v, &v->tables[a], mu, value);
        } else {
            wick_activation_evaluate(v->code[which(v, a)], 1, &mu, v->work, value, NULL);
            value[TERMS] = value[0] * value[0];
        }
    }
    for (size_t a = 0; a < n; a++) {
        result->value += v->c[a] * v->c[a] * v->value[a * ROW + TERMS];
        for (size_t b = a + 1; b < n; b++) {
            estimate product = {0, 0};
            if (!v->direct[a * n + b])
                product = conditional_product(v, a, b);
            else if (!pair_average(v, a, b, mean_of(v, a, z1, z2), mean_of(v, b, z1, z2), &product.value))
                return false;
            result->value += 2 * v->c[a] * v->c[b] * product.value;
            result->error += 2 * fabs(v->c[a] * v->c[b]) * product.error;
        }
    }
    return true;
}

/* ---- The plane ----------------------------------------------------------------------------------------------------- */

/* Joins the edges that a field asks for, as a function of one coordinate. */
static size_t join_edges(variance *v, size_t list, size_t count, const wick_resolution *r, wick_line_of_x line, double reach)
{
    if (!(fabs(line.slope) > 0)) return count;
    const size_t others = wick_resolution_edges(r, line, 3, -reach, reach, v->widest, v->edges[2], v->edge_capacity / 2);
    return wick_edges_join(v->edges[list], count, v->edges[2], others, v->edge_capacity);
}

/* What is integrated for one pair. */
typedef struct {
    size_t j, l;
    double reach;
    double slopes;  /* sum of |s' s'| with weights */
    estimate total; /* the error: of series and of inner panels */
    bool fine;
} integral;

/* The inner integral at z1, s'(l_j) included. */
static double inner_integral(variance *v, integral *q, double z1, double weight)
{
    const wick_conditional *given = &v->given;
    const double x = given->d1 * z1;
    double slope;
    wick_activation_evaluate(v->code[0], 1, &x, v->work, NULL, &slope);
    if (fabs(slope) * weight < 1e-13 * v->tolerance) return 0;
    estimate at;
    if (!(given->d2 > 0)) {
        const double y = given->c * z1;
        double other;
        wick_activation_evaluate(v->code[0], 1, &y, v->work, NULL, &other);
        q->fine = squared_error(v, z1, 0, &at) && q->fine;
        q->slopes += weight * fabs(slope * other);
        q->total.error += weight * fabs(slope * other) * at.error;
        return slope * other * at.value;
    }
    const wick_line_of_x line = {given->c * z1, given->d2, 0};
    size_t count =
        wick_resolution_edges(v->resolution[0], line, 1, -q->reach, q->reach, v->widest, v->edges[1], v->edge_capacity / 2);
    for (size_t a = 0; a < v->n; a++) {
        if (a == q->j || a == q->l) continue;
        const wick_line_of_x seen = {given->mean[2 * a] * z1, given->mean[2 * a + 1], given->spread[a]};
        count = join_edges(v, 1, count, v->resolution[which(v, a)], seen, q->reach);
    }
    const size_t points = wick_panel_rule_place(&v->rule, v->edges[1], count, v->z[0], v->w[0]);
    q->fine = q->fine && points > 0;
    double sum = 0;
    for (size_t i = 0; i < points && q->fine; i += NODES) {
        double values[NODES], others[NODES], arguments[NODES];
        const double width = v->edges[1][i / NODES + 1] - v->edges[1][i / NODES];
        for (size_t k = 0; k < NODES; k++) arguments[k] = given->c * z1 + given->d2 * v->z[0][i + k];
        wick_activation_evaluate(v->code[0], NODES, arguments, v->work, NULL, others);
        for (size_t k = 0; k < NODES; k++) {
            const double w = v->w[0][i + k], product = slope * others[k];
            values[k] = 0;
            if (fabs(product) * w * weight < 1e-15 * v->tolerance) continue;
            q->fine = squared_error(v, z1, v->z[0][i + k], &at) && q->fine;
            values[k] = product * at.value * w / (width * v->rule.weight[k]);
            sum += w * product * at.value;
            q->slopes += weight * w * fabs(product);
            q->total.error += weight * w * fabs(product) * at.error;
        }
        q->total.error += weight * width * wick_panel_rule_error(&v->rule, values, 10);
    }
    return sum;
}

/* One panel of the outer integral; bisects it. */
static void outer_panel(variance *v, integral *q, double from, double to, size_t depth)
{
    const double width = to - from;
    double values[NODES], sum = 0;
    const integral before = *q;
    for (size_t k = 0; k < NODES && q->fine; k++) {
        const double z = from + width * v->rule.node[k];
        const double density = 0.39894228040143267794 * exp(-0.5 * z * z), w = width * v->rule.weight[k] * density;
        const double inner = inner_integral(v, q, z, w);
        values[k] = density * inner;
        sum += w * inner;
    }
    if (!q->fine) return;
    const double error = width * wick_panel_rule_error(&v->rule, values, 1e4);
    if (error > fmax(0.02 * v->tolerance, 1e-14) * fmax(1, fabs(sum)) && depth < DEPTH_LIMIT) {
        *q = before;
        outer_panel(v, q, from, from + 0.5 * width, depth + 1);
        outer_panel(v, q, from + 0.5 * width, to, depth + 1);
        return;
    }
    q->total.value += sum;
    q->total.error += error;
}

/* Where kinks of two fields that (l_j, l_l) determine, wholly or nearly, meet: the integral over z2 has a kink there. */
static size_t corners(const variance *v, const integral *q, double *z1)
{
    size_t count = 0;
    const double *mean = v->given.mean;
    for (size_t a = 0; a < v->n; a++)
        for (size_t b = a + 1; b < v->n; b++) {
            const bool fixed = v->given.spread[a] <= 0.5 * hypot(mean[2 * a], mean[2 * a + 1]) &&
                               v->given.spread[b] <= 0.5 * hypot(mean[2 * b], mean[2 * b + 1]);
            const double determinant = mean[2 * a] * mean[2 * b + 1] - mean[2 * b] * mean[2 * a + 1];
            if (!fixed || a == q->j || b == q->j || !(fabs(determinant) > 0)) continue;
            const wick_resolution *one = v->resolution[which(v, a)], *two = v->resolution[which(v, b)];
            for (size_t i = 0; i <= one->count; i++)
                for (size_t k = 0; one->sharp[i] && k <= two->count; k++) {
                    if (!two->sharp[k] || count == CORNER_LIMIT) continue;
                    z1[count] = (one->edge[i] * mean[2 * b + 1] - two->edge[k] * mean[2 * a + 1]) / determinant;
                    if (fabs(z1[count]) < q->reach) count++;
                }
        }
    return count;
}

static void sort(double *x, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double value = x[i];
        size_t at = i;
        for (; at > 0 && x[at - 1] > value; at--) x[at] = x[at - 1];
        x[at] = value;
    }
}

/* Edges of the outer integral, in edges[0]; their number. */
static size_t outer_edges(variance *v, const integral *q)
{
    const wick_conditional *given = &v->given;
    const wick_line_of_x own = {0, given->d1, 0};
    size_t count =
        wick_resolution_edges(v->resolution[0], own, 1, -q->reach, q->reach, v->widest, v->edges[0], v->edge_capacity / 2);
    for (size_t a = 0; a < v->n; a++) {
        if (a == q->j) continue;
        const wick_line_of_x seen = {0, given->mean[2 * a], hypot(given->mean[2 * a + 1], given->spread[a])};
        count = join_edges(v, 0, count, v->resolution[which(v, a)], seen, q->reach);
    }
    double z1[CORNER_LIMIT + 2] = {-q->reach};
    const size_t found = corners(v, q, z1 + 1);
    sort(z1 + 1, found);
    z1[found + 1] = q->reach;
    return wick_edges_join(v->edges[0], count, z1, found + 2, v->edge_capacity);
}

/* f_b given l_a, for pair_average(); where there is no room, that does without. */
static void tabulate_pair(variance *v, size_t a, size_t b, double reach)
{
    const double spread = v->given.spread[b], r = v->given.correlation[a * v->n + b], left = spread * root(1 - r * r);
    const double far = farthest_mean(v, b, reach) + v->covered * spread * fabs(r);
    if (v->pair_count == PAIR_LIMIT || !(left > 0)) return;
    if (tabulate(v, &v->pairs[v->pair_count], b, left, 1, far)) v->pair[a * v->n + b] = v->pair_count++;
}

/* Chooses how pairs of fields are averaged, and with how many terms. */
static bool prepare(variance *v, const integral *q)
{
    const size_t n = v->n;
    double largest = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            v->direct[a * n + b] = false;
            if (a != b) largest = fmax(largest, fabs(v->given.correlation[a * n + b]));
        }
    v->pair_count = 0;
    v->terms = TERMS;
    if (!(largest > 0)) v->terms = 1;
    if (largest > 0 && largest < 1)
        v->terms = (size_t)fmin(TERMS, 1 + ceil(log(fmin(1, v->tolerance) * 1e-3) / log(largest)));
    for (size_t a = 0; a < n; a++)
        if (v->given.spread[a] > 0 &&
            !tabulate(v, &v->tables[a], a, v->given.spread[a], v->terms, farthest_mean(v, a, q->reach)))
            return false;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            if (!(v->given.spread[a] > 0) || !(v->given.spread[b] > 0)) continue;
            const double r = fabs(v->given.correlation[a * n + b]);
            v->lost[a * n + b] = pow(r, (double)v->terms);
            const double lost = v->lost[a * n + b] * v->tables[a].rest * v->tables[b].rest * fabs(v->c[a] * v->c[b]);
            const bool affordable = q->j == q->l || !(v->given.d2 > 0) || r >= 1;
            v->direct[a * n + b] = r > 0 && affordable && lost > 0.01 * v->tolerance;
            v->pair[a * n + b] = PAIR_LIMIT;
            if (v->direct[a * n + b]) tabulate_pair(v, a, b, q->reach);
        }
    return true;
}

/* Errors of interpolation and rounding, for slopes of size 1. */
static double floor_of(const variance *v)
{
    double sizes = 0, wrong = 0;
    for (size_t a = 0; a < v->n; a++)
        if (v->given.spread[a] > 0) sizes += fabs(v->c[a]) * v->tables[a].largest;
    for (size_t a = 0; a < v->n; a++)
        if (v->given.spread[a] > 0) wrong += fabs(v->c[a]) * v->tables[a].wrong;
    for (size_t i = 0; i < v->pair_count; i++) wrong += fabs(v->c[v->pairs[i].field]) * v->pairs[i].wrong;
    return 2 * sizes * wrong + 1e-14 * sizes * sizes;
}

/* With panels of one width. */
static estimate integrate_on(variance *v, integral q)
{
    const estimate refused = {0, INFINITY};
    const size_t count = outer_edges(v, &q);
    if (count == 0) return refused;
    for (size_t i = 0; i + 1 < count; i++) outer_panel(v, &q, v->edges[0][i], v->edges[0][i + 1], 0);
    q.total.error += q.slopes * floor_of(v);
    return q.fine ? q.total : refused;
}

static estimate integrate(variance *v, size_t j, size_t l, double reach)
{
    const integral q = {.j = j, .l = l, .reach = reach, .fine = true};
    estimate best = {0, INFINITY};
    wick_conditional_given(&v->given, j, l);
    if (!prepare(v, &q)) return best;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        v->widest = widths[i];
        const estimate now = integrate_on(v, q);
        if (now.error < best.error) best = now;
        if (!(best.error > v->tolerance * fmax(1, fabs(best.value))) || !(now.error < INFINITY)) break;
    }
    return best;
}

/* The largest number of deviations that some field's function asks for; infinite if one is not resolved. */
static double reach_of(const variance *v, const wick_fields *fields)
{
    const double start = 5.5, left_out = sqrt(cut * v->tolerance);
    double reach = start;
    for (size_t a = 0; a < v->n; a++) {
        const double deviation = root(fields->omega[a * v->n + a]);
        if (deviation > 0)
            reach = fmax(reach, wick_resolution_reach(v->resolution[which(v, a)], deviation, left_out, start));
    }
    return reach;
}

/* Rounding errors of the functions themselves. */
static double noise_of(const variance *v, const wick_fields *fields, double reach)
{
    double noise = 0;
    for (size_t a = 0; a < v->n; a++)
        noise = fmax(noise, wick_resolution_noise(v->resolution[which(v, a)], reach * root(fields->omega[a * v->n + a])));
    return noise;
}

void wick_sharp_variance_fill(wick_sharp_variance *v, const wick_fields *fields, double *V, double *errors)
{
    const size_t p = v->p;
    bool wanted = false;
    for (size_t i = 0; i < p * p; i++) wanted = wanted || !(errors[i] < INFINITY);
    if (!wanted) return;
    v->tolerance = fields->tolerance;
    v->c = fields->c;
    const double reach = reach_of(v, fields);
    v->covered = fmin(most, reach + 0.75);
    if (reach < INFINITY) wick_conditional_set(&v->given, fields);
    const double noise = reach < INFINITY ? noise_of(v, fields, reach) : 0;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            estimate e = {0, INFINITY};
            if (errors[j * p + l] < INFINITY) continue;
            if (reach < INFINITY) e = integrate(v, j, l, reach);
            V[j * p + l] = V[l * p + j] = e.value;
            errors[j * p + l] = errors[l * p + j] =
                e.error + 4 * noise * fabs(e.value) + 10 * cut * v->tolerance * fmax(1, fabs(e.value));
        }
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

void wick_sharp_variance_free(wick_sharp_variance *v)
{
    if (!v) return;
    for (size_t i = 0; i < 2; i++) {
        wick_activation_code_free(v->code[i]);
        wick_resolution_free(v->resolution[i]);
    }
    wick_conditional_clear(&v->given);
    if (v->tables) free(v->tables[0].edge);
    free(v->tables);
    if (v->pairs) free(v->pairs[0].edge);
    free(v->pairs);
    free(v->pair);
    free(v->edges[0]);
    free(v->z[0]);
    free(v->value);
    free(v->work);
    free(v->direct);
    free(v);
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* With rows of so many numbers. */
static bool allocate_tables(size_t count, size_t row, table **tables)
{
    const size_t size = TABLE_PANELS * (NODES * row + 2) + 1;
    table *made = *tables = calloc(count, sizeof *made);
    if (!made || !(made[0].edge = wick_allocate(count, size, sizeof(double)))) return false;
    for (size_t a = 0; a < count; a++) {
        made[a].edge = made[0].edge + a * size;
        made[a].cut = made[a].edge + TABLE_PANELS + 1;
        made[a].row = made[a].cut + TABLE_PANELS;
    }
    return true;
}

static bool allocate(variance *v)
{
    const size_t panels = v->resolution[0]->count + v->resolution[1]->count, n = v->n;
    const size_t wanted = 4 * panels + 1024, limit = 20000;
    v->edge_capacity = wanted < limit ? wanted : limit;
    const size_t points = v->edge_capacity * NODES;
    double **const arrays[] = {&v->z[0], &v->z[1], &v->z[2], &v->w[0],  &v->w[1], &v->w[2],
                               &v->x,    &v->f,    &v->g,    &v->he[0], &v->he[1]};
    const size_t count = sizeof arrays / sizeof *arrays;
    v->pair = wick_allocate(n, n, sizeof *v->pair);
    v->edges[0] = wick_allocate(v->edge_capacity, 4, sizeof(double));
    v->z[0] = wick_allocate(points, count, sizeof(double));
    v->value = wick_allocate(n, ROW + n + 1, sizeof(double));
    v->direct = wick_allocate(n, n, sizeof(bool));
    v->work = wick_allocate(larger(wick_activation_code_work(v->code[0]), wick_activation_code_work(v->code[1])), 1,
                            sizeof(double));
    if (!v->pair || !v->edges[0] || !v->z[0] || !v->value || !v->direct || !v->work) return false;
    v->lost = v->value + n * ROW;
    v->rest = v->lost + n * n;
    if (!allocate_tables(n, ROW, &v->tables) || !allocate_tables(PAIR_LIMIT, PAIR_ROW, &v->pairs)) return false;
    for (size_t i = 1; i < 4; i++) v->edges[i] = v->edges[0] + i * v->edge_capacity;
    for (size_t i = 0; i < count; i++) *arrays[i] = v->z[0] + i * points;
    return wick_panel_rule_make(&v->rule) && wick_conditional_make(&v->given, n);
}

wick_sharp_variance *wick_sharp_variance_make(wick_activation_code *const codes[2], wick_resolution *const resolutions[2],
                                              size_t p, size_t k)
{
    variance *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    for (size_t i = 0; i < 2; i++) {
        made->code[i] = wick_activation_code_share(codes[i]);
        made->resolution[i] = wick_resolution_share(resolutions[i]);
    }
    made->p = p;
    made->n = p + k;
    if (allocate(made)) return made;
    wick_sharp_variance_free(made);
    return NULL;
}

wick_sharp_variance *wick_sharp_variance_copy(const wick_sharp_variance *v)
{
    return wick_sharp_variance_make(v->code, v->resolution, v->p, v->n - v->p);
}

/* See kinked.h. */
#include "quadrature/kinked.h"

#include <float.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "quadrature/plane.h"
#include "quadrature/refine.h"

enum { RULES = 6 };
static const size_t rule_sizes[RULES] = {6, 9, 13, 18, 26, 38};

typedef struct {
    wick_activation_code *code[2];
    double kinks[2][WICK_KINK_LIMIT];
    size_t kink_count[2];
    double tolerance;
    size_t p, n, level, variance_level;
    wick_legendre rule[RULES];
    bool variance;
    double *check; /* X, Y, Z of the smaller rule, and parts of V, twice */
    double *work, *scratch;
    /* Of the variance, over a block of points: */
    double *slope;       /* n x 2: conditional means */
    double *spread;      /* n: conditional standard deviations */
    double *correlation; /* n x n */
    double *u, *square;  /* coefficients n x TERMS, E[f^2] n: at one point */
    double *x, *f, *z;   /* nodes of one field at one point */
    double *l, *s;       /* l_j, l_l and their slopes, over a block */
} kinked;

/* ---- Two fields -------------------------------------------------------------------------------------------------- */

static void two_fields(const kinked *of, const wick_legendre *rule, const wick_fields *fields, const wick_tables *tables)
{
    const size_t n = fields->n, p = fields->p;
    const double *C = fields->omega;
    wick_kinked function[2];
    for (size_t i = 0; i < 2; i++) function[i] = (wick_kinked){of->code[i], of->kink_count[i], of->kinks[i]};
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++) {
            if (a >= p && !tables->Z) continue;
            const double c11 = C[a * n + a], c22 = C[b * n + b], c12 = C[a * n + b];
            const wick_plane_result r = wick_plane_integrate(&function[a < p ? 0 : 1], &function[b < p ? 0 : 1], c11, c22,
                                                             c12, rule, of->work, of->scratch);
            if (tables->Z) tables->Z[a * n + b] = tables->Z[b * n + a] = r.product;
            if (!tables->X || a >= p) continue;
            /* E[l_1 f1' f2] = X c11 + Y c12, by Gaussian regression */
            tables->Y[a * n + b] = r.slopes;
            tables->X[a * n + b] = c11 > 0 ? (r.first - r.slopes * c12) / c11 : 0;
            if (b >= p) continue;
            tables->Y[b * n + a] = r.slopes;
            tables->X[b * n + a] = c22 > 0 ? (r.second - r.slopes * c12) / c22 : 0;
        }
}

static double fill_two(kinked *of, const wick_fields *fields, const wick_tables *tables)
{
    const size_t pn = fields->p * fields->n, nn = fields->n * fields->n;
    const wick_tables check = {tables->X ? of->check : NULL, tables->X ? of->check + pn : NULL,
                               tables->Z ? of->check + 2 * pn : NULL, NULL};
    for (;; of->level++) {
        two_fields(of, &of->rule[of->level - 1], fields, &check);
        two_fields(of, &of->rule[of->level], fields, tables);
        double error = 0;
        if (tables->X)
            error = fmax(wick_table_difference(tables->X, check.X, pn), wick_table_difference(tables->Y, check.Y, pn));
        if (tables->Z) {
            const double product = wick_table_difference(tables->Z, check.Z, nn);
            error = isnan(product) ? NAN : fmax(error, product);
        }
        if (isnan(error) || error <= of->tolerance || of->level == RULES - 1) return error;
    }
}

/* ---- The variance ------------------------------------------------------------------------------------------------ */

enum { LAST_VARIANCE = 3, INNER_LIMIT = (WICK_KINK_LIMIT + 4) * 18 };
static const size_t variance_terms[LAST_VARIANCE + 1] = {24, 36, 54, 80};
enum { TERMS = 80 };

/* One pair (j, l). */
typedef struct {
    kinked *of;
    const wick_fields *fields;
    size_t j, l, terms;
    const wick_legendre *inner;
    double d1, c, d2; /* l_j = d1 z1, l_l = c z1 + d2 z2 */
    double *parts;    /* n x n: V_jl is their sum */
} pair;

static void condition(pair *q)
{
    kinked *of = q->of;
    const size_t n = of->n;
    const double *C = q->fields->omega;
    q->d1 = sqrt(fmax(0, C[q->j * n + q->j]));
    q->c = q->d1 > 0 ? C[q->j * n + q->l] / q->d1 : 0;
    const double left = C[q->l * n + q->l] - q->c * q->c;
    q->d2 = q->j != q->l && left > 4 * DBL_EPSILON * C[q->l * n + q->l] ? sqrt(left) : 0;
    for (size_t a = 0; a < n; a++) {
        double *slope = of->slope + 2 * a;
        slope[0] = q->d1 > 0 ? C[q->j * n + a] / q->d1 : 0;
        slope[1] = q->d2 > 0 ? (C[q->l * n + a] - q->c * slope[0]) / q->d2 : 0;
        const double rest = C[a * n + a] - slope[0] * slope[0] - slope[1] * slope[1];
        const bool fixed = a == q->j || a == q->l || rest <= 1e-14 * C[a * n + a];
        of->spread[a] = fixed ? 0 : sqrt(rest);
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            const double *s = of->slope + 2 * a, *t = of->slope + 2 * b, product = of->spread[a] * of->spread[b];
            const double r = product > 0 ? (C[a * n + b] - s[0] * t[0] - s[1] * t[1]) / product : 0;
            of->correlation[a * n + b] = r > 1 ? 1 : r < -1 ? -1 : r;
        }
}

/* Nodes in z for f(mean + spread z) cut at the kinks, weights included; their number. */
static size_t place(const pair *q, size_t field, double mean, double spread, double *z, double *weight)
{
    const kinked *of = q->of;
    const size_t which = field < of->p ? 0 : 1;
    const double reach = 8;
    size_t count = 0;
    double from = -reach;
    for (size_t i = 0; i <= of->kink_count[which]; i++) {
        double to = i < of->kink_count[which] ? (of->kinks[which][i] - mean) / spread : reach;
        to = fmin(to, reach);
        if (!(to > from)) continue;
        const size_t panels = (size_t)ceil((to - from) / 4);
        for (size_t m = 0; m < panels; m++)
            for (size_t k = 0; k < q->inner->count && count < INNER_LIMIT; k++, count++) {
                const double length = (to - from) / (double)panels;
                z[count] = from + length * ((double)m + q->inner->node[k]);
                weight[count] = length * q->inner->weight[k] * exp(-0.5 * z[count] * z[count]) / sqrt(2 * acos(-1.0));
            }
        from = to;
    }
    return count;
}

/* The coefficients of a field at a point, and E[f^2]. */
static void expand(const pair *q, size_t a, double mean)
{
    kinked *of = q->of;
    const wick_activation_code *code = of->code[a < of->p ? 0 : 1];
    double *u = of->u + a * TERMS, *weight = of->z + INNER_LIMIT;
    if (!(of->spread[a] > 0)) {
        wick_activation_evaluate(code, 1, &mean, of->scratch, u, NULL);
        of->square[a] = u[0] * u[0];
        return;
    }
    const size_t count = place(q, a, mean, of->spread[a], of->z, weight);
    for (size_t i = 0; i < count; i++) of->x[i] = mean + of->spread[a] * of->z[i];
    wick_activation_evaluate(code, count, of->x, of->scratch, of->f, NULL);
    /* he_m at all nodes at once, by the recursion: x holds he_m, weight f stays in f */
    double *before = of->z + 2 * INNER_LIMIT, *now = of->x, squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += weight[i] * of->f[i] * of->f[i];
        of->f[i] *= weight[i];
        before[i] = 0;
        now[i] = 1;
    }
    of->square[a] = squares;
    for (size_t m = 0; m < q->terms; m++) {
        const double root = sqrt((double)m), scale = 1 / sqrt((double)m + 1);
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += of->f[i] * now[i];
            const double next = scale * (of->z[i] * now[i] - root * before[i]);
            before[i] = now[i];
            now[i] = next;
        }
        u[m] = sum;
    }
}

/* Adds c_a c_b E[f_a f_b | point] times `weight` to the parts of V_jl. */
static void add_parts(const pair *q, double weight)
{
    const kinked *of = q->of;
    const size_t n = of->n;
    const double *c = q->fields->c;
    for (size_t a = 0; a < n; a++) {
        q->parts[a * n + a] += weight * c[a] * c[a] * of->square[a];
        for (size_t b = a + 1; b < n; b++) {
            const bool fixed = !(of->spread[a] > 0) || !(of->spread[b] > 0);
            const double r = of->correlation[a * n + b], *u = of->u + a * TERMS, *v = of->u + b * TERMS;
            double sum = u[0] * v[0];
            if (!fixed) {
                sum = 0;
                for (size_t m = q->terms; m-- > 0;) sum = sum * r + u[m] * v[m];
            }
            q->parts[a * n + b] += weight * 2 * c[a] * c[b] * sum;
        }
    }
}

static void add_points(void *user, size_t count, const double *z1, const double *z2, const double *weight)
{
    pair *q = user;
    kinked *of = q->of;
    for (size_t i = 0; i < count; i++) {
        of->l[i] = q->d1 * z1[i];
        of->l[count + i] = q->j == q->l ? of->l[i] : q->c * z1[i] + q->d2 * z2[i];
    }
    wick_activation_evaluate(of->code[0], 2 * count, of->l, of->scratch, NULL, of->s);
    for (size_t i = 0; i < count; i++) {
        const double slopes = of->s[i] * of->s[count + i] * weight[i];
        if (!(slopes < 0 || slopes > 0)) continue;
        for (size_t a = 0; a < of->n; a++) expand(q, a, of->slope[2 * a] * z1[i] + of->slope[2 * a + 1] * z2[i]);
        add_parts(q, slopes);
    }
}

/* Kinks of the fields that (l_j, l_l) determine, wholly or nearly. */
static size_t cut(const pair *q, wick_line lines[WICK_LINE_LIMIT])
{
    const kinked *of = q->of;
    size_t count = 0;
    for (size_t a = 0; a < of->n; a++) {
        const double *slope = of->slope + 2 * a, size = hypot(slope[0], slope[1]);
        const size_t which = a < of->p ? 0 : 1;
        if (of->spread[a] > 0.5 * size || !(size > 0)) continue;
        for (size_t i = 0; i < of->kink_count[which] && count < WICK_LINE_LIMIT; i++)
            lines[count++] = (wick_line){atan2(slope[1], slope[0]), of->kinks[which][i] / size};
    }
    return count;
}

static void four_fields(void *self, const wick_fields *fields, size_t level, size_t j, size_t l, double *parts)
{
    kinked *of = self;
    wick_line lines[WICK_LINE_LIMIT];
    pair q = {.of = of,
              .fields = fields,
              .j = j,
              .l = l,
              .terms = variance_terms[level],
              .inner = &of->rule[level],
              .parts = parts};
    memset(parts, 0, of->n * of->n * sizeof *parts);
    condition(&q);
    wick_plane_visit(lines, cut(&q, lines), &of->rule[level], of->work, add_points, &q);
}

static double fill_four(kinked *of, const wick_fields *fields, double *V)
{
    double *scratch = of->check + (2 * fields->p + fields->n) * fields->n;
    const wick_refinement refinement = {four_fields, of, fields, of->tolerance, LAST_VARIANCE, scratch};
    return wick_refine_variance(&refinement, &of->variance_level, V);
}

static double fill(void *self, const wick_fields *fields, const wick_tables *tables)
{
    kinked *of = self;
    const double two = tables->X || tables->Z ? fill_two(of, fields, tables) : 0;
    const double four = tables->V ? fill_four(of, fields, tables->V) : 0;
    return wick_worse_error(two, four);
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    kinked *of = self;
    if (!of) return;
    wick_activation_code_free(of->code[0]);
    wick_activation_code_free(of->code[1]);
    for (size_t i = 0; i < RULES; i++) {
        free(of->rule[i].node);
        free(of->rule[i].weight);
    }
    free(of->check);
    free(of->work);
    free(of->scratch);
    free(of->slope);
    free(of);
}

static bool make_rule(size_t count, wick_legendre *rule)
{
    rule->count = count;
    rule->node = wick_allocate(count, 1, sizeof(double));
    rule->weight = wick_allocate(count, 1, sizeof(double));
    gsl_integration_fixed_workspace *gauss = gsl_integration_fixed_alloc(gsl_integration_fixed_legendre, count, 0, 1, 0, 0);
    const bool made = rule->node && rule->weight && gauss;
    if (made) {
        memcpy(rule->node, gsl_integration_fixed_nodes(gauss), count * sizeof(double));
        memcpy(rule->weight, gsl_integration_fixed_weights(gauss), count * sizeof(double));
    }
    if (gauss) gsl_integration_fixed_free(gauss);
    return made;
}

/* One block for all arrays of the variance. */
static bool allocate_variance(kinked *of)
{
    const size_t n = of->n, sizes[] = {2 * n,
                                       n,
                                       n * n,
                                       n * TERMS,
                                       n,
                                       INNER_LIMIT,
                                       INNER_LIMIT,
                                       3 * INNER_LIMIT,
                                       2 * WICK_PLANE_BLOCK,
                                       2 * WICK_PLANE_BLOCK};
    double **const arrays[] = {&of->slope, &of->spread, &of->correlation, &of->u, &of->square,
                               &of->x,     &of->f,      &of->z,           &of->l, &of->s};
    size_t total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) total += sizes[i];
    double *next = wick_allocate(total, 1, sizeof(double));
    if (!next) return false;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        *arrays[i] = next;
        next += sizes[i];
    }
    return true;
}

static bool allocate(kinked *of)
{
    const size_t p = of->p, n = of->n;
    const size_t one = wick_activation_code_work(of->code[0]), two = wick_activation_code_work(of->code[1]);
    of->check = wick_allocate(2 * p + 3 * n, n, sizeof(double));
    if (of->variance && !allocate_variance(of)) return false;
    of->work = wick_allocate(WICK_PLANE_WORK, 1, sizeof(double));
    of->scratch = wick_allocate(one > two ? one : two, 1, sizeof(double));
    bool made = of->check && of->work && of->scratch;
    for (size_t i = 0; i < RULES && made; i++) made = make_rule(rule_sizes[i], &of->rule[i]);
    return made;
}

static void *copy(const void *self)
{
    const kinked *from = self;
    kinked *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    of->check = of->work = of->scratch = of->slope = NULL;
    memset(of->rule, 0, sizeof of->rule);
    for (size_t i = 0; i < 2; i++) of->code[i] = wick_activation_code_share(from->code[i]);
    if (allocate(of)) return of;
    release(of);
    return NULL;
}

wick_status wick_kinked_make(wick_context *context, const wick_graph *const functions[2],
                             wick_activation_code *const codes[2], double tolerance, size_t p, size_t k, bool variance,
                             wick_expectations *expectations)
{
    kinked *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "making a quadrature");
    for (size_t i = 0; i < 2; i++) {
        of->code[i] = wick_activation_code_share(codes[i]);
        of->kink_count[i] = wick_graph_kinks(functions[i], of->kinks[i]);
    }
    of->tolerance = tolerance;
    of->p = p;
    of->n = p + k;
    of->level = of->variance_level = 1;
    of->variance = variance;
    const wick_status status = allocate(of) ? WICK_OK : wick_fail_memory(context, "making a quadrature");
    *expectations = (wick_expectations){.self = of, .fill = fill, .copy = copy, .release = release};
    if (status != WICK_OK) {
        release(of);
        *expectations = (wick_expectations){0};
    }
    return status;
}

/* See smooth.h. */
#include "quadrature/smooth.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "expectations/conditional.h"
#include "quadrature/rules.h"

/* The largest rules: of one dimension, and of each of the variance's two. */
enum { LAST_RULE = 10, LAST_VARIANCE_RULE = 10, LAST_OUTER_RULE = 12 };

struct wick_smooth {
    wick_activation_code *code[2];
    wick_rules *rules;
    bool halves, polynomials, variance;
    size_t p, n;
    size_t level, variance_level; /* the rules that met the tolerance last */
    double *check;                /* tables of the smaller rule: X, Y, Z; parts of V, twice */
    double *f, *g;                /* coefficients of f_a and of f'_a, n x terms */
    double *points, *values;      /* fields at nodes, and functions there */
    double *work;                 /* of compiled activations */
    wick_conditional given;       /* of the variance: means, spreads and correlations given two fields */
    double *square;               /* E[f_a^2 | node] over a row, n x nodes */
    double *row;                  /* s' s' and weights over a row of nodes */
    double *size;                 /* n x 2: roots of the sums of squares of the coefficients */
};

/* ---- Two fields ------------------------------------------------------------------------------------------------------ */

static const wick_activation_code *code_of(const wick_smooth *of, size_t field) { return of->code[field < of->p ? 0 : 1]; }

static double variance_of(const wick_fields *fields, size_t a) { return fmax(0, fields->omega[a * fields->n + a]); }

/* coefficients[m] = sum_i values[i] table[i][m] */
static void project(const wick_rule *rule, const double *values, double *coefficients)
{
    memset(coefficients, 0, rule->terms * sizeof *coefficients);
    for (size_t i = 0; i < rule->count; i++) {
        const double value = values[i], *row = rule->table + i * rule->terms;
        for (size_t m = 0; m < rule->terms; m++) coefficients[m] += value * row[m];
    }
}

static void expand_field(wick_smooth *of, const wick_rule *rule, const wick_fields *fields, size_t a)
{
    const double deviation = sqrt(variance_of(fields, a));
    for (size_t i = 0; i < rule->count; i++) of->points[i] = deviation * rule->node[i];
    wick_activation_evaluate(code_of(of, a), rule->count, of->points, of->work, of->values, of->values + rule->count);
    project(rule, of->values, of->f + a * rule->terms);
    project(rule, of->values + rule->count, of->g + a * rule->terms);
}

static double correlation_of(const wick_fields *fields, size_t a, size_t b)
{
    if (a == b) return 1;
    const double product = sqrt(variance_of(fields, a)) * sqrt(variance_of(fields, b));
    const double r = product > 0 ? fields->omega[a * fields->n + b] / product : 0;
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* sum_m a_m b_m r^m */
static double series(size_t terms, const double *a, const double *b, double r)
{
    double sum = 0;
    for (size_t m = terms; m-- > 0;) sum = sum * r + a[m] * b[m];
    return sum;
}

/* E[g'(z_j) f(z_a)] by the derivative of the series of g: he_m' = sqrt(m) he_{m-1}. */
static double slope_series(size_t terms, const double *g, const double *f, double r)
{
    double sum = 0;
    for (size_t m = terms - 1; m-- > 0;) sum = sum * r + sqrt((double)m + 1) * g[m + 1] * f[m];
    return sum;
}

static void two_fields(wick_smooth *of, const wick_rule *rule, const wick_fields *fields, const wick_tables *tables)
{
    const size_t n = fields->n, terms = rule->terms;
    for (size_t a = 0; a < n; a++) expand_field(of, rule, fields, a);
    for (size_t j = 0; j < fields->p && tables->X; j++) {
        const double deviation = sqrt(variance_of(fields, j)), *g = of->g + j * terms;
        for (size_t a = 0; a < n; a++) {
            const double r = correlation_of(fields, j, a);
            const double slope = slope_series(terms, g, of->f + a * terms, r);
            tables->X[j * n + a] = deviation > 0 ? slope / deviation : 0; /* it meets Omega_jb = 0 */
            tables->Y[j * n + a] = series(terms, g, of->g + a * terms, r);
        }
    }
    for (size_t a = 0; a < n && tables->Z; a++)
        for (size_t b = a; b < n; b++)
            tables->Z[a * n + b] = tables->Z[b * n + a] =
                series(terms, of->f + a * terms, of->f + b * terms, correlation_of(fields, a, b));
}

/* ---- The variance ------------------------------------------------------------------------------------------------ */

static double mean_square(const wick_rule *rule, const double *values)
{
    double sum = 0;
    for (size_t k = 0; k < rule->count; k++) sum += rule->weight[k] * values[k] * values[k];
    return sum;
}

/* Coefficients of the conditional f_a at the `count` outer nodes of a row (z1 fixed), into of->f at [field][term][node].
 * Where nothing is left to average over, the first coefficient is f_a itself, and the others are not set. E[f_a^2] comes
 * without the series, which would be at its slowest there. */
static void expand_row(wick_smooth *of, const wick_rule *inner, size_t a, double z1, size_t count, const double *z2)
{
    double *x = of->points, *out = of->f + a * inner->terms * count;
    const bool fixed = !(of->given.spread[a] > 0);
    for (size_t i = 0; i < count; i++) {
        const double mean = of->given.mean[2 * a] * z1 + of->given.mean[2 * a + 1] * z2[i];
        if (fixed) *x++ = mean;
        for (size_t k = 0; k < inner->count && !fixed; k++) *x++ = mean + of->given.spread[a] * inner->node[k];
    }
    const size_t points = (size_t)(x - of->points);
    wick_activation_evaluate(code_of(of, a), points, of->points, of->work, fixed ? out : of->values, NULL);
    double *square = of->square + a * count;
    for (size_t i = 0; i < count; i++)
        square[i] = fixed ? out[i] * out[i] : mean_square(inner, of->values + i * inner->count);
    if (fixed) return;
    const int nodes = (int)count, width = (int)inner->count, terms = (int)inner->terms;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasTrans, terms, nodes, width, 1.0, inner->table, terms, of->values, width, 0.0,
                out, nodes);
}

/* sum over the nodes of weight[node] sum_m u_m v_m r^m */
static double weighted_series(size_t terms, size_t count, const double *restrict weight, double r, const double *restrict u,
                              const double *restrict v, double *restrict sum)
{
    for (size_t i = 0; i < count; i++) sum[i] = 0;
    for (size_t m = terms; m-- > 0;)
        for (size_t i = 0; i < count; i++) sum[i] = sum[i] * r + u[m * count + i] * v[m * count + i];
    double total = 0;
    for (size_t i = 0; i < count; i++) total += weight[i] * sum[i];
    return total;
}

/* Adds a row to the parts c_a c_b E[s' s' f_a f_b] of V_jl. */
static void add_parts(wick_smooth *of, const double *c, size_t terms, size_t count, const double *weight, double *parts)
{
    const size_t n = of->n;
    for (size_t a = 0; a < n; a++) {
        for (size_t i = 0; i < count; i++) parts[a * n + a] += c[a] * c[a] * weight[i] * of->square[a * count + i];
        for (size_t b = a + 1; b < n; b++) {
            const bool fixed = !(of->given.spread[a] > 0) || !(of->given.spread[b] > 0);
            const double *u = of->f + a * terms * count, *v = of->f + b * terms * count;
            parts[a * n + b] +=
                2 * c[a] * c[b] *
                weighted_series(fixed ? 1 : terms, count, weight, of->given.correlation[a * n + b], u, v, of->values);
        }
    }
}

/* s'(l_j) s'(l_l) at the nodes of a row, into `slopes`. */
static void slopes_of_row(wick_smooth *of, double z1, size_t count, const double *z2, double *slopes)
{
    of->points[0] = of->given.d1 * z1;
    for (size_t i = 0; i < count; i++) of->points[1 + i] = of->given.c * z1 + of->given.d2 * z2[i];
    wick_activation_evaluate(of->code[0], count + 1, of->points, of->work, NULL, of->values);
    for (size_t i = 0; i < count; i++) slopes[i] = of->values[0] * of->values[1 + i];
}

/* Gauss-Hermite is exact for polynomials, and second to the trapezoidal rule for all else. */
static const wick_rule *outer_rule(const wick_smooth *of, size_t level)
{
    return of->polynomials ? wick_rules_hermite(of->rules, level) : wick_rules_trapezoid(of->rules, level);
}

static const wick_rule *inner_rule(const wick_smooth *of, size_t level)
{
    return of->polynomials ? wick_rules_hermite(of->rules, level) : wick_rules_wide_trapezoid(of->rules, level);
}

static void four_fields(wick_smooth *of, const wick_fields *fields, size_t level, size_t j, size_t l, double *parts)
{
    static const double zero = 0, one = 1;
    wick_conditional_given(&of->given, j, l);
    const bool flat = !(of->given.d2 > 0);
    /* One dimension costs little, and where j = l the integrand is at its sharpest. */
    const size_t finer = flat ? level + 3 : level;
    const wick_rule *outer = outer_rule(of, finer < LAST_OUTER_RULE ? finer : LAST_OUTER_RULE),
                    *inner = inner_rule(of, level);
    const size_t count = flat ? 1 : outer->count;
    const double *z2 = flat ? &zero : outer->node, *w2 = flat ? &one : outer->weight;
    memset(parts, 0, fields->n * fields->n * sizeof *parts);
    for (size_t i = 0; i < outer->count; i++) {
        const double z1 = outer->node[i];
        if (of->halves && z1 < 0) continue;
        slopes_of_row(of, z1, count, z2, of->row);
        for (size_t k = 0; k < count; k++) of->row[k] *= w2[k] * outer->weight[i] * (of->halves && z1 > 0 ? 2 : 1);
        for (size_t a = 0; a < fields->n; a++) expand_row(of, inner, a, z1, count, z2);
        add_parts(of, fields->c, inner->terms, count, of->row, parts);
    }
}

/* ---- With error estimates ---------------------------------------------------------------------------------------- */

/* Sums of products of the coefficients are right to this, relative to the norms. */
static const double rounding = 4e-15;

static void measure(wick_smooth *of, const wick_rule *rule)
{
    for (size_t a = 0; a < of->n; a++)
        for (size_t k = 0; k < 2; k++) {
            const double *u = (k ? of->g : of->f) + a * rule->terms;
            double sum = 0;
            for (size_t m = 0; m < rule->terms; m++) sum += u[m] * u[m];
            of->size[2 * a + k] = sqrt(sum);
        }
}

/* |fine - coarse|, and rounding. */
static void set_errors(const wick_smooth *of, const wick_fields *fields, double noise, const wick_tables *tables,
                       const wick_tables *check, const wick_tables *errors)
{
    const size_t n = fields->n;
    const double *size = of->size, floor = rounding + 2 * noise;
    for (size_t j = 0; j < fields->p && tables->X; j++) {
        const double deviation = sqrt(variance_of(fields, j)), inverse = deviation > 0 ? 1 / deviation : 0;
        for (size_t a = 0; a < n; a++) {
            const size_t i = j * n + a;
            errors->X[i] = fabs(tables->X[i] - check->X[i]) + floor * size[2 * j + 1] * size[2 * a] * inverse;
            errors->Y[i] = fabs(tables->Y[i] - check->Y[i]) + floor * size[2 * j + 1] * size[2 * a + 1];
        }
    }
    for (size_t a = 0; a < n && tables->Z; a++)
        for (size_t b = 0; b < n; b++)
            errors->Z[a * n + b] = fabs(tables->Z[a * n + b] - check->Z[a * n + b]) + floor * size[2 * a] * size[2 * b];
}

static double worst_difference(const wick_fields *fields, const wick_tables *tables, const wick_tables *check)
{
    const size_t pn = fields->p * fields->n, nn = fields->n * fields->n;
    double error = 0;
    if (tables->X)
        error =
            wick_worse_error(wick_table_difference(tables->X, check->X, pn), wick_table_difference(tables->Y, check->Y, pn));
    if (tables->Z) error = wick_worse_error(error, wick_table_difference(tables->Z, check->Z, nn));
    return error;
}

static void copy_tables(const wick_fields *fields, const wick_tables *from, const wick_tables *to)
{
    const size_t pn = fields->p * fields->n * sizeof(double), nn = fields->n * fields->n * sizeof(double);
    if (from->X) {
        memcpy(to->X, from->X, pn);
        memcpy(to->Y, from->Y, pn);
    }
    if (from->Z) memcpy(to->Z, from->Z, nn);
}

/* The spacing of Gauss-Hermite nodes about 0 is pi / sqrt(count). */
static bool choose_level(wick_smooth *of, double fineness)
{
    while (acos(-1.0) / sqrt((double)wick_rules_hermite(of->rules, of->level)->count) > fineness)
        if (++of->level > LAST_RULE) return of->level = LAST_RULE, false;
    return true;
}

bool wick_smooth_two(wick_smooth *of, const wick_fields *fields, double fineness, double noise, const wick_tables *tables,
                     const wick_tables *errors)
{
    const size_t pn = fields->p * fields->n;
    const wick_tables check = {tables->X ? of->check : NULL, tables->X ? of->check + pn : NULL,
                               tables->Z ? of->check + 2 * pn : NULL, NULL};
    if (!choose_level(of, fineness)) return false;
    bool known = false;
    for (;; of->level++) {
        if (!known) two_fields(of, wick_rules_hermite(of->rules, of->level - 1), fields, &check);
        two_fields(of, wick_rules_hermite(of->rules, of->level), fields, tables);
        const double error = worst_difference(fields, tables, &check);
        if (isnan(error) || error <= fields->tolerance || of->level == LAST_RULE) break;
        copy_tables(fields, tables, &check);
        known = true;
    }
    measure(of, wick_rules_hermite(of->rules, of->level));
    set_errors(of, fields, noise, tables, &check, errors);
    return true;
}

/* V is the sum of its parts; its error is estimated as the sum of theirs, lest a lucky cancellation pass for accuracy. */
static void add_up(const wick_smooth *of, const double *fine, const double *coarse, double noise, double *value,
                   double *error)
{
    const size_t nn = of->n * of->n;
    double sum = 0, apart = 0, sizes = 0;
    for (size_t i = 0; i < nn; i++) {
        sum += fine[i];
        apart += fabs(fine[i] - coarse[i]);
        sizes += fabs(fine[i]);
    }
    *value = sum;
    *error = apart + (4 * rounding + 4 * noise) * sizes;
}

static double fill_four(wick_smooth *of, const wick_fields *fields, double noise, double *V, double *errors)
{
    const size_t p = fields->p, n = fields->n;
    double *fine = of->check + (2 * p + n) * n, *coarse = fine + n * n;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            four_fields(of, fields, of->variance_level - 1, j, l, coarse);
            four_fields(of, fields, of->variance_level, j, l, fine);
            add_up(of, fine, coarse, noise, &V[j * p + l], &errors[j * p + l]);
            V[l * p + j] = V[j * p + l];
            errors[l * p + j] = errors[j * p + l];
        }
    return wick_table_error(V, errors, p * p);
}

bool wick_smooth_variance(wick_smooth *of, const wick_fields *fields, double fineness, double noise, double *V,
                          double *errors)
{
    while (wick_rules_spacing(of->variance_level) > fineness)
        if (++of->variance_level > LAST_VARIANCE_RULE) return of->variance_level = LAST_VARIANCE_RULE, false;
    wick_conditional_set(&of->given, fields);
    for (;; of->variance_level++) {
        const double error = fill_four(of, fields, noise, V, errors);
        if (isnan(error) || error <= fields->tolerance || of->variance_level == LAST_VARIANCE_RULE) return true;
    }
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

void wick_smooth_free(wick_smooth *of)
{
    if (!of) return;
    wick_activation_code_free(of->code[0]);
    wick_activation_code_free(of->code[1]);
    wick_rules_free(of->rules);
    free(of->check);
    free(of->f);
    free(of->g);
    free(of->points);
    free(of->values);
    free(of->work);
    wick_conditional_clear(&of->given);
    free(of->size);
    free(of->row);
    free(of->square);
    free(of);
}

static bool allocate(wick_smooth *of)
{
    const size_t n = of->n, p = of->p;
    const wick_rule *one = wick_rules_hermite(of->rules, LAST_RULE);
    const wick_rule *outer = outer_rule(of, LAST_OUTER_RULE), *inner = inner_rule(of, LAST_VARIANCE_RULE);
    const size_t points = larger(one->count, of->variance ? outer->count * inner->count + 1 : 0); /* of a row */
    of->check = wick_allocate(2 * p + 3 * n, n, sizeof(double));
    of->f = wick_allocate(n, larger(one->terms, of->variance ? inner->terms * outer->count : 0), sizeof(double));
    of->g = wick_allocate(n, one->terms, sizeof(double));
    of->points = wick_allocate(points, 1, sizeof(double));
    of->values = wick_allocate(larger(2 * one->count, points), 1, sizeof(double));
    of->work = wick_allocate(larger(wick_activation_code_work(of->code[0]), wick_activation_code_work(of->code[1])), 1,
                             sizeof(double));
    of->size = wick_allocate(n, 2, sizeof(double));
    of->square = wick_allocate(n, outer->count, sizeof(double));
    of->row = wick_allocate(outer->count, 1, sizeof(double));
    return wick_conditional_make(&of->given, n) && of->check && of->f && of->g && of->points && of->values && of->work &&
           of->size && of->row && of->square;
}

wick_smooth *wick_smooth_copy(const wick_smooth *from)
{
    wick_smooth *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = (wick_smooth){.rules = wick_rules_share(from->rules),
                        .halves = from->halves,
                        .polynomials = from->polynomials,
                        .variance = from->variance,
                        .p = from->p,
                        .n = from->n,
                        .level = from->level,
                        .variance_level = from->variance_level};
    for (size_t i = 0; i < 2; i++) of->code[i] = wick_activation_code_share(from->code[i]);
    if (allocate(of)) return of;
    wick_smooth_free(of);
    return NULL;
}

wick_status wick_smooth_make(wick_context *context, wick_activation_code *const codes[2], bool halves, bool polynomials,
                             size_t p, size_t k, bool variance, wick_smooth **smooth)
{
    *smooth = NULL;
    wick_smooth *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a quadrature");
    for (size_t i = 0; i < 2; i++) made->code[i] = wick_activation_code_share(codes[i]);
    made->halves = halves;
    made->polynomials = polynomials;
    made->variance = variance;
    made->p = p;
    made->n = p + k;
    made->level = 3;
    made->variance_level = 2;
    wick_status status = wick_rules_make(context, &made->rules);
    if (status == WICK_OK && !allocate(made)) status = wick_fail_memory(context, "making a quadrature");
    if (status == WICK_OK)
        *smooth = made;
    else
        wick_smooth_free(made);
    return status;
}

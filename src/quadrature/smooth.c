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
enum { LAST_RULE = 10, LAST_VARIANCE_RULE = 10, FINER = 3, LAST_OUTER_RULE = LAST_VARIANCE_RULE + FINER };

struct wick_smooth {
    wick_activation_code *code[2];
    wick_rules *rules;
    bool halves, polynomials, variance;
    size_t p, n;
    size_t level;            /* the rule that met the tolerance last */
    size_t *variance_level;  /* p x p: the same for each pair; beyond the last rule: none did */
    double *check;           /* tables of the smaller rule: X, Y, Z; parts of V, twice */
    double *f, *g;           /* coefficients of f_a and of f'_a, n x terms */
    double *rough[2];        /* the same by the smaller rule, and then how far they are off */
    double *doubt;           /* n x 2: how much of that is left, see measure() */
    double *points, *values; /* fields at nodes, and functions there */
    double *work;            /* of compiled activations */
    wick_conditional given;  /* of the variance: means, spreads and correlations given two fields */
    double *square;          /* E[f_a^2 | node] over a row, n x nodes */
    double *row;             /* s' s' and weights over a row of nodes */
    double *size;            /* n x 2: roots of the sums of squares of the coefficients */
};

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

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

/* Into the row of field a. */
static void expand_field(wick_smooth *of, const wick_rule *rule, const wick_fields *fields, size_t a, double *f, double *g)
{
    const double deviation = sqrt(variance_of(fields, a));
    for (size_t i = 0; i < rule->count; i++) of->points[i] = deviation * rule->node[i];
    wick_activation_evaluate(code_of(of, a), rule->count, of->points, of->work, of->values, of->values + rule->count);
    project(rule, of->values, f + a * rule->terms);
    project(rule, of->values + rule->count, g + a * rule->terms);
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

static void two_fields(const wick_smooth *of, size_t terms, const wick_fields *fields, const wick_tables *tables)
{
    const size_t n = fields->n;
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
    if (!of->polynomials) return wick_rules_trapezoid(of->rules, level);
    return wick_rules_hermite(of->rules, level < WICK_HERMITE_COUNT ? level : WICK_HERMITE_COUNT - 1);
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
    const wick_rule *outer = outer_rule(of, flat ? level + FINER : level), *inner = inner_rule(of, level);
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

/* The largest of the last coefficients. */
static double tail_of(size_t terms, const double *u)
{
    double most = 0;
    for (size_t m = terms > 4 ? terms - 4 : 0; m < terms; m++) most = fmax(most, fabs(u[m]));
    return most;
}

/* The norms of the coefficients, and how far the smaller rule's are off. Those of the larger rule are off by less: as much
 * less as its last coefficients are smaller; twice that is doubted. Differences of the expectations themselves would not do:
 * they pass through zero. */
static void measure(wick_smooth *of, size_t terms, size_t rough_terms)
{
    for (size_t a = of->n; a-- > 0;) /* from the last on, as rows get longer */
        for (size_t k = 0; k < 2; k++) {
            const double *u = (k ? of->g : of->f) + a * terms, *v = of->rough[k] + a * rough_terms;
            const double tail = tail_of(terms, u), rough_tail = tail_of(rough_terms, v);
            double sum = 0, *off = of->rough[k] + a * terms;
            for (size_t m = terms; m-- > 0;) {
                sum += u[m] * u[m];
                off[m] = fabs(u[m] - (m < rough_terms ? v[m] : 0));
            }
            of->size[2 * a + k] = sqrt(sum);
            of->doubt[2 * a + k] = rough_tail > 0 ? fmin(1, 2 * tail / rough_tail) : 1;
        }
}

/* sum_m (off_u |v| + |u| off_v) |r|^m, of u with a factor sqrt(m) and from its second term on if `slope`. */
static double series_error(size_t terms, bool slope, const double *u, const double *off_u, const double *v,
                           const double *off_v, double r)
{
    const size_t ahead = slope ? 1 : 0;
    double sum = 0;
    for (size_t m = terms - ahead; m-- > 0;) {
        const double factor = slope ? sqrt((double)m + 1) : 1;
        sum = sum * fabs(r) + factor * (off_u[m + ahead] * fabs(v[m]) + fabs(u[m + ahead]) * off_v[m]);
    }
    return sum;
}

/* The error of E of the k-th derivative of f_a and the i-th of f_b. */
static double pair_error(const wick_smooth *of, size_t terms, bool slope, size_t a, size_t k, size_t b, size_t i, double r,
                         double floor)
{
    const double *u = (k ? of->g : of->f) + a * terms, *v = (i ? of->g : of->f) + b * terms;
    const double doubt = fmax(of->doubt[2 * a + k], of->doubt[2 * b + i]);
    return doubt * series_error(terms, slope, u, of->rough[k] + a * terms, v, of->rough[i] + b * terms, r) +
           floor * of->size[2 * a + k] * of->size[2 * b + i];
}

static void set_errors(const wick_smooth *of, size_t terms, const wick_fields *fields, double noise,
                       const wick_tables *tables, const wick_tables *errors)
{
    const size_t n = fields->n;
    const double floor = rounding + 2 * noise;
    for (size_t j = 0; j < fields->p && tables->X; j++) {
        const double deviation = sqrt(variance_of(fields, j)), inverse = deviation > 0 ? 1 / deviation : 0;
        for (size_t a = 0; a < n; a++) {
            const double r = correlation_of(fields, j, a);
            errors->X[j * n + a] = pair_error(of, terms, true, j, 1, a, 0, r, floor) * inverse;
            errors->Y[j * n + a] = pair_error(of, terms, false, j, 1, a, 1, r, floor);
        }
    }
    for (size_t a = 0; a < n && tables->Z; a++)
        for (size_t b = a; b < n; b++)
            errors->Z[a * n + b] = errors->Z[b * n + a] =
                pair_error(of, terms, false, a, 0, b, 0, correlation_of(fields, a, b), floor);
}

/* The spacing of Gauss-Hermite nodes about 0 is pi / sqrt(count). */
static bool choose_level(wick_smooth *of, double fineness)
{
    while (acos(-1.0) / sqrt((double)wick_rules_hermite(of->rules, of->level)->count) > fineness)
        if (++of->level > LAST_RULE) return of->level = LAST_RULE, false;
    return true;
}

static const wick_rule *expand(wick_smooth *of, size_t level, const wick_fields *fields, double *f, double *g)
{
    const wick_rule *rule = wick_rules_hermite(of->rules, level);
    for (size_t a = 0; a < fields->n; a++) expand_field(of, rule, fields, a, f, g);
    return rule;
}

bool wick_smooth_two(wick_smooth *of, const wick_fields *fields, double fineness, double noise, const wick_tables *tables,
                     const wick_tables *errors)
{
    if (!choose_level(of, fineness)) return false;
    for (;; of->level++) {
        const size_t rough_terms = expand(of, of->level - 1, fields, of->rough[0], of->rough[1])->terms;
        const size_t terms = expand(of, of->level, fields, of->f, of->g)->terms;
        two_fields(of, terms, fields, tables);
        measure(of, terms, rough_terms);
        set_errors(of, terms, fields, noise, tables, errors);
        const double error = wick_tables_error(fields, tables, errors);
        if (isnan(error) || error <= fields->tolerance || of->level == LAST_RULE) return true;
    }
}

/* The root of E[s' s' (c_a f_a)^2], where a part has it. */
static double size_of(const wick_smooth *of, const double *parts, size_t a)
{
    const double square = fabs(parts[a * of->n + a]);
    return square > 0 ? sqrt(square) : 0;
}

/* V is the sum of its parts. Its error is estimated as the sum of theirs, lest a lucky cancellation pass for accuracy; and
 * as a quarter of what the worst part's is, relative to its natural size, for the largest part: two rules may agree by
 * chance on the one that counts. */
static void add_up(const wick_smooth *of, const double *fine, const double *coarse, double noise, double *value,
                   double *error)
{
    const size_t n = of->n;
    double sum = 0, apart = 0, sizes = 0, worst = 0, largest = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++) {
            const size_t i = a * n + b;
            const double size = (a == b ? 1 : 2) * size_of(of, fine, a) * size_of(of, fine, b);
            const double difference = fabs(fine[i] - coarse[i]);
            if (size > 0) worst = fmax(worst, difference / size);
            largest = fmax(largest, size);
            sum += fine[i];
            apart += difference;
            sizes += fabs(fine[i]);
        }
    *value = sum;
    *error = fmax(apart, 0.25 * worst * largest) + (4 * rounding + 4 * noise) * sizes;
}

/* Whether rules up to the last one may still meet the tolerance, if errors go on to fall as from the last rule to this. */
static bool has_prospects(size_t level, double before, double error, double tolerance)
{
    if (level >= LAST_VARIANCE_RULE || !(error < INFINITY)) return false;
    if (!(before < INFINITY)) return true;
    return error * pow(fmin(1, error / before), (double)(LAST_VARIANCE_RULE - level)) <= tolerance;
}

/* One pair, by rules that grow until its error is within the tolerance; an infinite error if none is good enough. */
static void fill_pair(wick_smooth *of, const wick_fields *fields, double noise, size_t j, size_t l, double *value,
                      double *error)
{
    const size_t p = fields->p, n = fields->n;
    size_t *level = &of->variance_level[j * p + l];
    double *fine = of->check, *coarse = fine + n * n, before = INFINITY;
    *error = INFINITY;
    if (*level > LAST_VARIANCE_RULE) return;
    four_fields(of, fields, *level - 1, j, l, coarse);
    for (;; before = *error) {
        four_fields(of, fields, *level, j, l, fine);
        add_up(of, fine, coarse, noise, value, error);
        if (*error <= fields->tolerance * fmax(1, fabs(*value))) return;
        if (!has_prospects(*level, before, *error, fields->tolerance * fmax(1, fabs(*value)))) break;
        memcpy(coarse, fine, n * n * sizeof *coarse);
        ++*level;
    }
    *level = LAST_VARIANCE_RULE + 1;
    *error = INFINITY;
}

bool wick_smooth_variance(wick_smooth *of, const wick_fields *fields, double fineness, double noise, double *V,
                          double *errors)
{
    const size_t p = fields->p;
    size_t least = 2;
    while (wick_rules_spacing(least) > fineness)
        if (++least > LAST_VARIANCE_RULE) return false;
    wick_conditional_set(&of->given, fields);
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            const size_t i = j * p + l, mirrored = l * p + j;
            of->variance_level[i] = larger(of->variance_level[i], least);
            fill_pair(of, fields, noise, j, l, &V[i], &errors[i]);
            V[mirrored] = V[i];
            errors[mirrored] = errors[i];
        }
    return true;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

void wick_smooth_free(wick_smooth *of)
{
    if (!of) return;
    wick_activation_code_free(of->code[0]);
    wick_activation_code_free(of->code[1]);
    wick_rules_free(of->rules);
    free(of->check);
    free(of->rough[0]);
    free(of->doubt);
    free(of->f);
    free(of->g);
    free(of->points);
    free(of->values);
    free(of->work);
    wick_conditional_clear(&of->given);
    free(of->size);
    free(of->row);
    free(of->square);
    free(of->variance_level);
    free(of);
}

static bool allocate(wick_smooth *of)
{
    const size_t n = of->n, p = of->p;
    const wick_rule *one = wick_rules_hermite(of->rules, LAST_RULE);
    const wick_rule *outer = outer_rule(of, LAST_OUTER_RULE), *inner = inner_rule(of, LAST_VARIANCE_RULE);
    const size_t points = larger(one->count, of->variance ? outer->count * inner->count + 1 : 0); /* of a row */
    of->check = wick_allocate(2 * n, n, sizeof(double));
    of->rough[0] = wick_allocate(2 * n, one->terms, sizeof(double));
    if (of->rough[0]) of->rough[1] = of->rough[0] + n * one->terms;
    of->doubt = wick_allocate(n, 2, sizeof(double));
    of->f = wick_allocate(n, larger(one->terms, of->variance ? inner->terms * outer->count : 0), sizeof(double));
    of->g = wick_allocate(n, one->terms, sizeof(double));
    of->points = wick_allocate(points, 1, sizeof(double));
    of->values = wick_allocate(larger(2 * one->count, points), 1, sizeof(double));
    of->work = wick_allocate(larger(wick_activation_code_work(of->code[0]), wick_activation_code_work(of->code[1])), 1,
                             sizeof(double));
    of->size = wick_allocate(n, 2, sizeof(double));
    of->square = wick_allocate(n, outer->count, sizeof(double));
    of->row = wick_allocate(outer->count, 1, sizeof(double));
    of->variance_level = wick_allocate(p, p, sizeof *of->variance_level);
    return wick_conditional_make(&of->given, n) && of->check && of->rough[0] && of->doubt && of->f && of->g && of->points &&
           of->values && of->work && of->size && of->row && of->square && of->variance_level;
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
                        .level = from->level};
    for (size_t i = 0; i < 2; i++) of->code[i] = wick_activation_code_share(from->code[i]);
    if (allocate(of)) {
        memcpy(of->variance_level, from->variance_level, of->p * of->p * sizeof *of->variance_level);
        return of;
    }
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
    wick_status status = wick_rules_make(context, &made->rules);
    if (status == WICK_OK && !allocate(made)) status = wick_fail_memory(context, "making a quadrature");
    if (status == WICK_OK)
        *smooth = made;
    else
        wick_smooth_free(made);
    return status;
}

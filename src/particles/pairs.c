/* See sums.h: sums over fields, one pair after the other. What a field brings is stored for all orders n, times its c; a
 * student then walks through the fields in blocks, one order after the other. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/sums.h"
#include "particles/threads.h"

enum { LD = WICK_SERIES_BLOCK };

typedef struct {
    const wick_series *series;
    const wick_kernel_table *kernels;
    wick_series_survey survey;
    size_t p, k, n; /* students, coordinates, all fields: p + k, targets in blocks of their own at the end */
    int thread_count;
    double tolerance;
    double allowed_force, allowed_risk; /* of each block summed over, and of each pair of blocks */
    wick_series_targets beyond_order;   /* the targets' part of the risk beyond N, added where `with_targets` says so */
    bool with_targets;
    double *unit, *u;             /* k vectors of n */
    double *share, *q, *root, *c; /* n each */
    double *a, *square;           /* second layer; E[s'^2] */
    double *slope, *value;        /* h_n and f_n, N + 2 and N + 1 vectors of n */
    double *ratio;                /* of the averages, N + 1 */
    double *block, *scratch;      /* scratch: of each thread */
} pairs;

double wick_series_pairs_cost(const wick_series *series, size_t order)
{
    const double p = (double)series->frame->p, k = (double)series->frame->k;
    return p * (p + k) * (k + 4 + (series->parity ? 5 : 8) * (double)order);
}

/* ---- All fields -------------------------------------------------------------------------------------------------- */

/* A block of the fields summed over. */
typedef struct {
    size_t first, count, row; /* row: in the tables of the survey */
} range;

static range range_at(const pairs *of, size_t row)
{
    const bool student = row < of->survey.blocks;
    const size_t first = student ? row * LD : of->p + (row - of->survey.blocks) * LD, end = student ? of->p : of->n;
    return (range){first, end - first < LD ? end - first : LD, row};
}

static size_t range_count(const pairs *of) { return of->survey.blocks + of->survey.target_blocks; }

static void keep(pairs *of, const wick_series_block *block, size_t at, double weight)
{
    const size_t n = of->n, count = block->count, size = count * sizeof(double);
    for (size_t c = 0; c < of->k; ++c) {
        memcpy(of->unit + c * n + at, block->unit + c * LD, size);
        memcpy(of->u + c * n + at, block->u + c * LD, size);
    }
    memcpy(of->share + at, block->share, size);
    memcpy(of->q + at, block->q, size);
    memcpy(of->root + at, block->root, size);
    memcpy(of->a + at, block->a, size);
    memcpy(of->square + at, block->square, size);
    for (size_t i = 0; i < count; ++i) of->c[at + i] = weight * block->a[i];
    for (size_t order = 0; order <= of->series->order + 1; ++order)
        memcpy(of->slope + order * n + at, block->slope + order * LD, size);
    for (size_t order = 0; order <= of->series->order; ++order) wick_series_value(block, order, of->value + order * n + at);
}

/* What an order n takes from forces on fields of row i by those of row l, and from E[E^2]. */
static double force_lost(const pairs *of, size_t i, size_t l, size_t n)
{
    const size_t terms = of->survey.terms;
    const double *largest = of->survey.largest + i * terms, weighted = of->survey.weighted[l * terms + n];
    const double alone = of->survey.longest[i * terms + n], own = i == l ? 5 * of->survey.row[i].own * alone * alone : 0;
    return own + (weighted > 0 ? (largest[n] + largest[n + 2]) * weighted : 0);
}

static double risk_lost(const pairs *of, size_t i, size_t l, size_t n)
{
    const size_t terms = of->survey.terms;
    const double weighted = of->survey.weighted[l * terms + n], other = of->survey.weighted[i * terms + n];
    const double alone = of->survey.longest[i * terms + n];
    const double own = i == l ? of->survey.row[i].own_squares * alone * alone / ((double)n + 1) : 0;
    return own + (weighted > 0 && other > 0 ? weighted * other / ((double)n + 2) : 0);
}

/* As far as fields of row i need those of row l. Targets among themselves go as far as they can. */
static size_t order_for(const pairs *of, size_t i, size_t l)
{
    const size_t N = of->series->order;
    const double lever = of->survey.row[i].lever;
    if (i >= of->survey.blocks && l >= of->survey.blocks) return N;
    size_t n = 0;
    while (n < N && !(lever * force_lost(of, i, l, n) <= of->allowed_force && risk_lost(of, i, l, n) <= of->allowed_risk))
        ++n;
    return n;
}

/* What orders take from forces on fields of a row. */
static double forces_lost(const pairs *of, size_t i)
{
    double error = 0;
    for (size_t l = 0; l < range_count(of); ++l) error += force_lost(of, i, l, order_for(of, i, l));
    return error;
}

/* Of E[E^2]. The targets' part beyond N is added where it matters. */
static double risk_error(pairs *of)
{
    const size_t rows = range_count(of), N = of->series->order;
    const double targets = of->survey.targets[N], without = targets * targets / ((double)N + 2);
    double error = wick_series_risk_noise(&of->survey);
    for (size_t i = 0; i < rows; ++i)
        for (size_t l = 0; l < rows; ++l)
            if (i < of->survey.blocks || l < of->survey.blocks) error += risk_lost(of, i, l, order_for(of, i, l));
    of->with_targets = !(without <= of->tolerance / 2);
    if (!of->with_targets) return error + without;
    wick_series_targets_look(of->series, &of->beyond_order);
    return error + of->beyond_order.error;
}

static void keep_all(pairs *of, const double *state)
{
    for (size_t row = 0; row < range_count(of); ++row) {
        const range r = range_at(of, row);
        wick_series_block block = wick_series_block_at(of->series, of->block);
        if (row < of->survey.blocks)
            wick_series_block_students(of->series, state, of->survey.student + r.first, r.count, of->series->order, &block);
        else
            wick_series_block_targets(of->series, r.first - of->p, r.count, of->series->order, &block);
        keep(of, &block, r.first, row < of->survey.blocks ? -1 / (double)of->p : 1 / (double)of->k);
    }
}

static wick_series_errors look(void *self, const double *state, double tolerance)
{
    pairs *of = self;
    const double rows = (double)range_count(of);
    of->tolerance = tolerance;
    of->allowed_force = tolerance / (2 * rows);
    of->allowed_risk = tolerance / (rows * rows);
    if (!wick_series_survey_fill(of->series, state, of->block, &of->survey))
        return (wick_series_errors){INFINITY, INFINITY, 0};
    if (isnan(of->survey.lever)) return (wick_series_errors){NAN, NAN, 0};
    keep_all(of, state);
    double worst = 0;
    for (size_t i = 0; i < of->survey.blocks; ++i) {
        const double error = of->survey.row[i].lever * forces_lost(of, i);
        if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
    }
    const double noise = wick_series_drift_noise(&of->survey);
    return wick_series_known(worst + noise, risk_error(of) / 2, noise);
}

/* ---- One field against others ---------------------------------------------------------------------------------------- */

/* A row: the inner products and w^2 with fields from `first` on, sums over the orders, and what the one field brings to each
 * order. */
typedef struct {
    double *g, *square, *X, *Y, *outside, *x, *y;
} row;

enum { ROW_VECTORS = 5 };

static size_t row_size(const wick_series *series) { return (size_t)ROW_VECTORS * LD + 2 * (series->order + 1); }

static row row_at(const wick_series *series, double *memory)
{
    double *x = memory + (size_t)ROW_VECTORS * LD;
    return (row){memory, memory + LD, memory + 2 * LD, memory + 3 * LD, memory + 4 * LD, x, x + series->order + 1};
}

static void start_row(const pairs *of, size_t i, const range *over, const row *r)
{
    const size_t first = over->first, count = over->count;
    for (size_t l = 0; l < count; ++l) {
        r->g[l] = of->unit[i] * of->unit[first + l];
        r->square[l] = of->share[i] * of->share[first + l];
        r->X[l] = r->Y[l] = r->outside[l] = 0;
    }
    for (size_t c = 1; c < of->k; ++c)
        for (size_t l = 0; l < count; ++l) r->g[l] += of->unit[c * of->n + i] * of->unit[c * of->n + first + l];
    if (i >= first && i < first + count) { /* with itself rho is 1 */
        r->g[i - first] = 1;
        r->square[i - first] = 0;
    }
}

/* What field i brings to X and Y at each order. */
static void set_orders(const pairs *of, size_t i, size_t last, const row *r)
{
    const double *slope = of->slope + i, inverse = of->root[i] > 0 ? 1 / of->root[i] : 0;
    for (size_t order = 0; order <= last; ++order) {
        r->x[order] = sqrt((double)order + 1) * inverse * slope[(order + 1) * of->n];
        r->y[order] = order < last ? slope[order * of->n] : 0;
    }
}

static void sum_row(const pairs *of, const range *over, size_t last, const row *r)
{
    of->kernels->pair_series(over->count, last + 1, of->ratio, r->x, of->value + over->first, r->y, of->slope + over->first,
                             of->n, r->g, r->square, r->X, r->Y, r->outside);
}

static void add_row(const pairs *of, size_t i, const range *over, const row *r, double *X, double *gradient, double *outside)
{
    const size_t first = over->first;
    for (size_t l = 0; l < over->count; ++l) {
        const double c = of->c[first + l];
        *X += c * r->X[l];
        *outside += c * of->root[i] * of->root[first + l] * r->outside[l];
        for (size_t e = 0; e < of->k; ++e) gradient[e * LD] += c * of->u[e * of->n + first + l] * r->Y[l];
    }
    if (i >= first && i < first + over->count) *outside += of->c[i] * of->q[i] * r->Y[i - first];
}

static size_t scratch_size(const wick_series *series) { return row_size(series) + (2 + 2 * series->frame->k) * LD; }

static double move_block(const pairs *of, size_t at, double rate, double *drift, int thread)
{
    double *next = of->scratch + (size_t)thread * scratch_size(of->series);
    const row r = row_at(of->series, next);
    double *X = next + row_size(of->series), *outside = X + LD, *gradient = outside + LD, *u = gradient + of->k * LD;
    const range own = range_at(of, at);
    const wick_series_block block = {.count = own.count,
                                     .student = of->survey.student + own.first,
                                     .u = u,
                                     .q = of->q + own.first,
                                     .root = of->root + own.first,
                                     .a = of->a + own.first,
                                     .square = of->square + own.first};
    memset(X, 0, (2 + of->k) * LD * sizeof *X);
    for (size_t e = 0; e < of->k; ++e) memcpy(u + e * LD, of->u + e * of->n + own.first, own.count * sizeof *u);
    for (size_t other = 0; other < range_count(of); ++other) {
        const range over = range_at(of, other);
        const size_t last = order_for(of, at, other);
        for (size_t i = 0; i < own.count; ++i) {
            start_row(of, own.first + i, &over, &r);
            set_orders(of, own.first + i, last, &r);
            sum_row(of, &over, last, &r);
            add_row(of, own.first + i, &over, &r, &X[i], gradient + i, &outside[i]);
        }
    }
    wick_series_block_errors errors = wick_series_noise(&of->survey, at);
    errors.force += forces_lost(of, at);
    return wick_series_store(of->series, &block, X, gradient, outside, rate, errors, of->tolerance, drift);
}

static double move(void *self, const double *state, double rate, double *drift)
{
    const pairs *of = self;
    (void)state;
    double worst = 0;
    const int threads = wick_threads_now(of->thread_count);
    if (threads == 1) {
        for (size_t block = 0; block < of->survey.blocks; ++block)
            worst = wick_series_worse(worst, move_block(of, block, rate, drift, 0));
        return worst;
    }
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(max : worst)
    for (size_t block = 0; block < of->survey.blocks; ++block)
        worst = wick_series_worse(worst, move_block(of, block, rate, drift, omp_get_thread_num()));
    return worst;
}

/* sum over two blocks of c c E[f f] */
static double block_risk(const pairs *of, const range *own, const range *over, const row *r)
{
    const size_t last = order_for(of, own->row, over->row);
    double sum = 0;
    for (size_t i = own->first; i < own->first + own->count; ++i) {
        start_row(of, i, over, r);
        for (size_t order = 0; order <= last; ++order) {
            r->x[order] = of->value[order * of->n + i];
            r->y[order] = 0;
        }
        sum_row(of, over, last, r);
        for (size_t l = 0; l < over->count; ++l) sum += of->c[i] * of->c[over->first + l] * r->X[l];
    }
    return sum;
}

static double excess_risk(void *self, const double *state)
{
    const pairs *of = self;
    (void)state;
    const row r = row_at(of->series, of->scratch);
    double sum = 0;
    for (size_t i = 0; i < range_count(of); ++i)
        for (size_t l = 0; l < range_count(of); ++l) {
            const range own = range_at(of, i), over = range_at(of, l);
            sum += block_risk(of, &own, &over, &r);
        }
    if (of->with_targets) sum += of->beyond_order.beyond;
    return 0.5 * sum;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    pairs *of = self;
    if (!of) return;
    wick_series_survey_clear(&of->survey);
    free(of->unit);
    free(of->slope);
    free(of->value);
    free(of->ratio);
    free(of->block);
    free(of->scratch);
    free(of);
}

bool wick_series_pairs(const wick_series *series, wick_series_sums *sums)
{
    pairs *of = wick_allocate(1, 1, sizeof *of);
    if (!of) return false;
    const size_t p = series->frame->p, k = series->frame->k, n = p + k;
    *of = (pairs){.series = series, .kernels = wick_kernels(), .p = p, .k = k, .n = n};
    of->thread_count = wick_series_threads(wick_series_pairs_cost(series, series->order));
    of->unit = wick_allocate(2 * k + 6, n, sizeof(double));
    of->slope = wick_allocate(series->order + 2, n, sizeof(double));
    of->value = wick_allocate(series->order + 1, n, sizeof(double));
    of->ratio = wick_allocate(series->order + 1, 1, sizeof(double));
    of->block = wick_allocate(wick_series_block_size(series) + (size_t)5 * LD, 1, sizeof(double));
    of->scratch = wick_allocate((size_t)of->thread_count, scratch_size(series), sizeof(double));
    if (!wick_series_survey_make(series, &of->survey) || !of->unit || !of->ratio || !of->slope || !of->value || !of->block ||
        !of->scratch) {
        release(of);
        return false;
    }
    of->u = of->unit + k * n;
    of->share = of->u + k * n;
    of->q = of->share + n;
    of->root = of->q + n;
    of->c = of->root + n;
    of->a = of->c + n;
    of->square = of->a + n;
    for (size_t order = 0; order <= series->order; ++order) of->ratio[order] = wick_series_ratio(series, order);
    *sums = (wick_series_sums){of, look, move, excess_risk, release};
    return true;
}

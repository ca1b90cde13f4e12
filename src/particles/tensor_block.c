/* See tensors.h: one block of students. */
#include <math.h>
#include <string.h>

#include "particles/tensors.h"

enum { LD = WICK_SERIES_BLOCK };

size_t wick_tensor_scratch_size(const wick_series *series, const wick_monomials *monomials)
{
    return wick_series_block_size(series) + (3 * monomials->largest + 2 * series->frame->k + 12) * LD;
}

wick_tensor_scratch wick_tensor_scratch_of(const wick_tensors *of, int thread)
{
    const size_t k = of->series->frame->k;
    double *next = of->scratch + (size_t)thread * of->scratch_size;
    wick_tensor_scratch s = {.block = wick_series_block_at(of->series, next)};
    next += wick_series_block_size(of->series);
    for (size_t i = 0; i < 3; ++i) s.level[i] = next, next += of->monomials.largest * LD;
    s.sums = next, next += (k + 2) * LD;
    s.gradient = next, next += k * LD;
    double **const vectors[] = {&s.X, &s.along, &s.outside, &s.A, &s.W, &s.x, &s.square, &s.value, &s.one, &s.inverse};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) *vectors[i] = next, next += LD;
    return s;
}

static const double *factor_of(const wick_tensors *of, const wick_tensor_scratch *s, size_t m)
{
    const size_t factor = of->monomials.factor[m];
    return factor < of->monomials.k ? s->block.unit + factor * LD : s->block.share;
}

/* Where the parent stands: one degree below, or two where the factor is q. */
static const double *parent_of(const wick_tensors *of, const wick_tensor_scratch *s, size_t n, size_t m)
{
    const size_t below = n - (of->monomials.factor[m] < of->monomials.k ? 1 : 2);
    return s->level[below % 3] + (of->monomials.parent[m] - of->monomials.start[below]) * LD;
}

static void start_monomials(const wick_tensor_scratch *s)
{
    for (size_t i = 0; i < s->block.count; ++i) s->level[0][i] = 1;
}

/* ---- Sums over fields ---- */

/* Adds a block's part of T. */
void wick_tensor_sum_block(const wick_tensors *of, const wick_tensor_scratch *s, double *sums)
{
    const wick_monomials *m = &of->monomials;
    const size_t count = s->block.count;
    start_monomials(s);
    for (size_t n = 0; n <= s->block.order; ++n) {
        const bool alive = !wick_series_value_vanishes(of->series, n);
        if (alive) {
            wick_series_value(&s->block, n, s->value);
            for (size_t i = 0; i < count; ++i) s->value[i] *= s->block.a[i];
        }
        if (n == 0 && alive) sums[0] += of->kernels->sum(0, count, s->value);
        for (size_t at = m->start[n]; n > 0 && at < m->start[n + 1]; ++at)
            sums[at] += of->kernels->multiply_sum(count, parent_of(of, s, n, at), factor_of(of, s, at),
                                                  s->level[n % 3] + (at - m->start[n]) * LD, alive ? s->value : NULL);
    }
}

/* Starts the averages for l = i: g = |u^|^2, w = q^. */

/* Starts the averages for l = i: g = |u^|^2, w = q^. */
static void start_own(const wick_tensor_scratch *s, size_t k)
{
    for (size_t i = 0; i < s->block.count; ++i) {
        double x = 0;
        for (size_t c = 0; c < k; ++c) x += s->block.unit[c * LD + i] * s->block.unit[c * LD + i];
        s->x[i] = x;
        s->square[i] = s->block.share[i] * s->block.share[i];
        s->A[i] = 1;
        s->W[i] = 0;
    }
}

/* sum_i a_i^2 sum_n f_n^2 (1 - A_n): what the students' own terms lack in E[E^2], times p^2. */
double wick_tensor_own_risk(const wick_tensors *of, const wick_tensor_scratch *s)
{
    double sum = 0;
    start_own(s, of->monomials.k);
    for (size_t n = 0; n <= s->block.order; ++n) {
        const double *a = s->block.a;
        wick_series_value(&s->block, n, s->value);
        for (size_t i = 0; i < s->block.count && !wick_series_value_vanishes(of->series, n); ++i)
            sum += a[i] * a[i] * s->value[i] * s->value[i] * (1 - s->A[i]);
        of->kernels->series_next(s->block.count, wick_series_ratio(of->series, n), s->x, s->square, s->A, s->W);
    }
    return sum;
}

/* ---- The students' drift ---- */

/* out += scale x y, and out += scale x y z */
static void add_product(const wick_tensors *of, size_t count, double scale, const double *x, const double *y, double *out)
{
    of->kernels->map2(1, count, LD, out, 1, scale, NULL, NULL, x, y);
}

static void add_triple(const wick_tensors *of, size_t count, double scale, const double *x, const double *y, const double *z,
                       double *out)
{
    of->kernels->map3(1, count, LD, out, 1, scale, NULL, NULL, x, y, z);
}

/* H_n and the others into what they belong to. The derivatives are those of H_{n+1}. */
static void add_degree(const wick_tensors *of, const wick_tensor_scratch *s, size_t n)
{
    const wick_series *series = of->series;
    const size_t k = of->monomials.k, count = s->block.count;
    const double *slope = s->block.slope + n * LD, *above = slope + LD, root = sqrt((double)n + 1);
    if (!wick_series_slope_vanishes(series, n + 1)) add_triple(of, count, root, s->inverse, above, s->sums, s->X);
    if (n > 0 && !wick_series_value_vanishes(series, n))
        add_triple(of, count, 1 / sqrt((double)n), s->block.root, slope - LD, s->sums + LD, s->outside);
    if (n < s->block.order && !wick_series_slope_vanishes(series, n))
        for (size_t c = 0; c < k; ++c) add_product(of, count, 1 / root, slope, s->sums + (2 + c) * LD, s->gradient + c * LD);
}

static void add_monomials(const wick_tensors *of, const wick_tensor_scratch *s)
{
    const wick_monomials *m = &of->monomials;
    const size_t k = m->k, count = s->block.count;
    start_monomials(s);
    for (size_t n = 0; n <= s->block.order; ++n) {
        memset(s->sums, 0, (k + 2) * LD * sizeof *s->sums);
        for (size_t at = m->start[n]; at < m->start[n + 1]; ++at) {
            const double *c = of->coefficients + at * (k + 2);
            if (n > 0)
                of->kernels->multiply_add(count, parent_of(of, s, n, at), factor_of(of, s, at),
                                          s->level[n % 3] + (at - m->start[n]) * LD, k + 2, LD, c, s->sums);
            for (size_t r = 0; n == 0 && r < k + 2; ++r)
                for (size_t i = 0; i < count; ++i) s->sums[r * LD + i] = c[r];
        }
        add_degree(of, s, n);
    }
}

/* Adds to own, along and s->value the students' own sum_n h f_n (1 - A_n), h_n^2 (1 - A_n), h_n^2 (q - v W_n). */
static void sum_own(const wick_tensors *of, const wick_tensor_scratch *s, double *own, double *lacks)
{
    const wick_series *series = of->series;
    const wick_series_block *block = &s->block;
    const size_t count = block->count;
    start_own(s, of->monomials.k);
    for (size_t n = 0; n <= block->order; ++n) {
        const double *slope = block->slope + n * LD;
        of->kernels->terms2(count, lacks, 1, s->one, NULL, -1, s->A, NULL);
        if (n > 0 && !wick_series_slope_vanishes(series, n + 1)) /* f_n by h_{n-1} */
            add_triple(of, count, sqrt(1 + 1 / (double)n), slope + LD, slope - LD, lacks, own);
        if (n < block->order && !wick_series_slope_vanishes(series, n)) {
            add_triple(of, count, 1, slope, slope, lacks, s->along);
            of->kernels->terms2(count, lacks, 1, block->q, NULL, -1, block->v, s->W);
            add_triple(of, count, 1, slope, slope, lacks, s->value);
        }
        of->kernels->series_next(count, wick_series_ratio(series, n), s->x, s->square, s->A, s->W);
    }
}

/* Replaces the averages for l = i by what rho = 1 gives. */
static void correct_own(const wick_tensors *of, const wick_tensor_scratch *s)
{
    const size_t count = s->block.count;
    const double student = -1 / (double)of->series->frame->p;
    double *own = s->sums, *lacks = s->sums + LD; /* not in use any more */
    memset(own, 0, LD * sizeof *own);
    memset(s->along, 0, LD * sizeof *s->along);
    memset(s->value, 0, LD * sizeof *s->value);
    sum_own(of, s, own, lacks);
    add_product(of, count, student, s->block.a, own, s->X);
    add_product(of, count, student, s->block.a, s->value, s->outside);
    for (size_t c = 0; c < of->monomials.k; ++c)
        add_triple(of, count, student, s->block.a, s->along, s->block.u + c * LD, s->gradient + c * LD);
}

void wick_tensor_forces(const wick_tensors *of, wick_tensor_scratch *s)
{
    for (size_t i = 0; i < s->block.count; ++i) {
        s->one[i] = 1;
        s->inverse[i] = s->block.v[i] > 0 ? 1 / s->block.root[i] : 0;
    }
    memset(s->X, 0, LD * sizeof *s->X);
    memset(s->outside, 0, LD * sizeof *s->outside);
    memset(s->gradient, 0, of->monomials.k * LD * sizeof *s->gradient);
    add_monomials(of, s);
    correct_own(of, s);
}

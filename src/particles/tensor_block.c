/* See tensors.h: one block of students. */
#include <math.h>
#include <string.h>

#include "particles/tensors.h"

enum { LD = WICK_SERIES_BLOCK };

size_t wick_tensor_scratch_size(const wick_series *series, const wick_monomials *roots)
{
    return wick_series_block_size(series) + (3 * roots->largest + series->frame->k + 12) * LD;
}

wick_tensor_scratch wick_tensor_scratch_of(const wick_tensors *of, int thread)
{
    const size_t k = of->series->frame->k;
    double *next = of->scratch + (size_t)thread * of->scratch_size;
    wick_tensor_scratch s = {.block = wick_series_block_at(of->series, next)};
    next += wick_series_block_size(of->series);
    for (size_t i = 0; i < 3; ++i) s.level[i] = next, next += of->roots.largest * LD;
    s.gradient = next, next += k * LD;
    double **const vectors[] = {&s.start, &s.step, &s.X,      &s.along, &s.outside, &s.A,
                                &s.W,     &s.x,    &s.square, &s.own,   &s.value,   &s.inverse};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) *vectors[i] = next, next += LD;
    return s;
}

/* ---- Chains ------------------------------------------------------------------------------------------------------ */

/* Where a root stands: one degree above its parent, or two where the factor is q. Fills it, but the first, s->start. */
static const double *fill_root(const wick_tensors *of, const wick_tensor_scratch *s, size_t root)
{
    const wick_monomials *m = &of->roots;
    const size_t n = m->degree[root];
    if (n == 0) return s->start;
    double *place = s->level[n % 3] + (root - m->start[n]) * LD;
    const bool coordinate = m->factor[root] < m->k; /* of the frame: one more */
    const size_t below = n - (coordinate ? 1 : 2), parent = m->parent[root];
    const double *factor = coordinate ? s->block.unit + (m->factor[root] + 1) * LD : s->block.share;
    const double *from = below == 0 ? s->start : s->level[below % 3] + (parent - m->start[below]) * LD;
    of->kernels->multiply(s->block.count, from, factor, place);
    return place;
}

/* The links of a chain that do not vanish: e = first, first + step, ..., of degrees up to `last`. */
typedef struct {
    size_t first, step, count;
} links;

/* `odd`: of odd degrees, where there is a parity. */
static links links_of(const wick_series *series, size_t degree, bool odd, size_t lowest, size_t last)
{
    const size_t from = degree > lowest ? degree : lowest;
    links of = {from - degree, series->parity ? 2 : 1, 0};
    if (series->parity && (from % 2 == 1) != odd) ++of.first;
    if (degree + of.first <= last) of.count = (last - degree - of.first) / of.step + 1;
    return of;
}

/* Of values and s'', and of s'. */
static links value_links(const wick_series *series, size_t degree, size_t lowest, size_t last)
{
    return links_of(series, degree, series->parity < 0, lowest, last);
}

static links slope_links(const wick_series *series, size_t degree, size_t last)
{
    return links_of(series, degree, series->parity > 0, 0, last);
}

static void start_chains(const wick_tensors *of, const wick_tensor_scratch *s)
{
    const double *u = s->block.unit;
    for (size_t i = 0; i < s->block.count; ++i) s->step[i] = of->series->parity ? u[i] * u[i] : u[i];
}

/* u_0 to the power of the first link, NULL where that is 0; it is 2 only where there is a parity. */
static const double *first_factor(const wick_tensor_scratch *s, const links *of)
{
    return of->first == 0 ? NULL : of->first == 1 ? s->block.unit : s->step;
}

/* ---- Sums over fields -------------------------------------------------------------------------------------------- */

void wick_tensor_sum_block(const wick_tensors *of, const wick_tensor_scratch *s, double *sums)
{
    const wick_monomials *roots = &of->roots;
    const wick_series_block *block = &s->block;
    const size_t last = block->order;
    start_chains(of, s);
    of->kernels->multiply(block->count, block->root, block->a, s->start); /* f_n sqrt(n) = sqrt(v) h_{n-1} */
    if (!wick_series_value_vanishes(of->series, 0)) sums[0] += of->kernels->dot(0, block->count, block->a, block->mean);
    for (size_t root = 0; root < roots->start[last + 1]; ++root) {
        const size_t degree = roots->degree[root];
        const double *from = fill_root(of, s, root);
        const links chain = value_links(of->series, degree, 1, last);
        if (chain.count > 0)
            of->kernels->chain_sum(block->count, from, first_factor(s, &chain), s->step, chain.count, chain.step * LD,
                                   block->slope + (degree + chain.first - 1) * LD, chain.step,
                                   sums + of->start[root] + chain.first);
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
    start_own(s, of->series->frame->k);
    for (size_t n = 0; n <= s->block.order; ++n) {
        const double *a = s->block.a;
        wick_series_value(&s->block, n, s->value);
        for (size_t i = 0; i < s->block.count && !wick_series_value_vanishes(of->series, n); ++i)
            sum += a[i] * a[i] * s->value[i] * s->value[i] * (1 - s->A[i]);
        of->kernels->series_next(s->block.count, wick_series_ratio(of->series, n), s->x, s->square, s->A, s->W);
    }
    return sum;
}

/* ---- The students' drift ----------------------------------------------------------------------------------------- */

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

/* A root's part of X, outside and the gradient; X and outside lack a factor of 1 / sqrt(v) and sqrt(v). */
static void add_chain(const wick_tensors *of, const wick_tensor_scratch *s, size_t root)
{
    const wick_series_block *block = &s->block;
    const size_t degree = of->roots.degree[root], k = of->series->frame->k, at = of->start[root];
    const double *from = fill_root(of, s, root), *slope = block->slope + degree * LD;
    const links value = value_links(of->series, degree, 0, block->order);
    const double *first = first_factor(s, &value), *coefficient = of->coefficients + at + value.first;
    if (value.count > 0)
        of->kernels->chain_add(block->count, from, first, s->step, value.count, value.step * LD,
                               slope + (value.first + 1) * LD, value.step, coefficient, s->X);
    if (value.count > 0 && of->roots.g[root] > 0)
        of->kernels->chain_add(block->count, from, first, s->step, value.count, value.step * LD,
                               slope + value.first * LD - LD, value.step, coefficient + of->count, s->outside);
    if (block->order == 0 || degree > block->order - 1) return;
    const links along = slope_links(of->series, degree, block->order - 1);
    for (size_t c = 0; c < k && along.count > 0; ++c)
        of->kernels->chain_add(
            block->count, from, first_factor(s, &along), s->step, along.count, along.step * LD, slope + along.first * LD,
            along.step, of->coefficients + (WICK_TENSOR_GRADIENT + c) * of->count + at + along.first, s->gradient + c * LD);
}

/* The students' own sum_n h_{n+1} f_n sqrt(n+1) (1 - A_n) / sqrt(v), h_n^2 (1 - A_n) and h_n^2 (q - v W_n). */
static void sum_own(const wick_tensors *of, const wick_tensor_scratch *s)
{
    const wick_series *series = of->series;
    const wick_series_block *block = &s->block;
    start_own(s, series->frame->k);
    for (size_t n = 0; n <= block->order; ++n) {
        const double *h = block->slope + n * LD;
        const bool above = n > 0 && !wick_series_slope_vanishes(series, n + 1); /* f_n goes by h_{n-1} */
        const bool here = n < block->order && !wick_series_slope_vanishes(series, n);
        of->kernels->own_add(block->count, n > 0 ? sqrt(1 + 1 / (double)n) : 0, above ? h - LD : NULL, here ? h : NULL,
                             above ? h + LD : NULL, s->A, s->W, block->q, block->v, s->own, s->along, s->value);
        of->kernels->series_next(block->count, wick_series_ratio(series, n), s->x, s->square, s->A, s->W);
    }
}

/* Replaces the averages for l = i by what rho = 1 gives. */
static void correct_own(const wick_tensors *of, const wick_tensor_scratch *s)
{
    const size_t count = s->block.count;
    const double student = -1 / (double)of->series->frame->p;
    memset(s->own, 0, LD * sizeof *s->own);
    memset(s->along, 0, LD * sizeof *s->along);
    memset(s->value, 0, LD * sizeof *s->value);
    sum_own(of, s);
    add_product(of, count, student, s->block.a, s->own, s->X);
    add_product(of, count, student, s->block.a, s->value, s->outside);
    for (size_t c = 0; c < of->series->frame->k; ++c)
        add_triple(of, count, student, s->block.a, s->along, s->block.u + c * LD, s->gradient + c * LD);
}

void wick_tensor_forces(const wick_tensors *of, wick_tensor_scratch *s)
{
    const size_t count = s->block.count;
    for (size_t i = 0; i < count; ++i) {
        s->start[i] = 1;
        s->inverse[i] = s->block.v[i] > 0 ? 1 / s->block.root[i] : 0;
    }
    memset(s->X, 0, LD * sizeof *s->X);
    memset(s->outside, 0, LD * sizeof *s->outside);
    memset(s->gradient, 0, of->series->frame->k * LD * sizeof *s->gradient);
    start_chains(of, s);
    for (size_t root = 0; root < of->roots.start[s->block.order + 1]; ++root) add_chain(of, s, root);
    for (size_t i = 0; i < count; ++i) {
        s->X[i] *= s->inverse[i];
        s->outside[i] *= s->block.root[i];
    }
    correct_own(of, s);
}

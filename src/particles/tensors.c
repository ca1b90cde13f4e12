/* See sums.h: sums over fields through symmetric tensors.
 *
 * T_m = sum_l c_l f_n(l) q^_l^g u^_l^e for every monomial m = q^g u^e of degree n <= N is summed once; a student then needs
 *
 *     H_n = sum_m number_m T_m q^^g u^^e = sum_l c_l f_n(l) A_n,   its derivatives by u^_c, and 2 q^ dH_n/dq^,
 *
 * whose coefficients are those of H_n times powers, so that one walk through the monomials serves all. In them l = i is
 * averaged like the others, and corrected.
 */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/monomials.h"
#include "particles/sums.h"

enum { LD = WICK_SERIES_BLOCK, CHUNKS = 16, MONOMIAL_LIMIT = 1000000 };

typedef struct {
    const wick_series *series;
    const wick_kernel_table *kernels;
    wick_monomials monomials;
    wick_series_survey survey;
    size_t *order;             /* of each block, in the sum and in the drift */
    size_t chunk_count;        /* chunk c sums blocks c, c + chunk_count, ... */
    int threads, thread_limit; /* of the sum or drift at hand, and how many have scratch */
    size_t scratch_size;
    double *targets;      /* the targets' part of T */
    double *tensors;      /* T */
    double *chunk_sums;   /* each chunk's part of T, times -p */
    double *coefficients; /* of each monomial: in H, in 2 q dH/dq, in the k derivatives */
    double *beyond;       /* n <= N: sqrt(sum_{m>n} (m+1) |T_m|^2), T_m all of degree m */
    double *scratch;      /* of each thread */
} tensors;

static double cost_of(const wick_series *series, double monomials, size_t order)
{
    return (double)series->frame->p * (monomials * ((double)series->frame->k + 4) + 20 * (double)order);
}

double wick_series_tensors_cost(const wick_series *series, size_t order)
{
    const double monomials = wick_monomials_count(series->frame, order);
    return monomials < MONOMIAL_LIMIT ? cost_of(series, monomials, order) : INFINITY;
}

/* ---- A thread's scratch ------------------------------------------------------------------------------------------------
 */

typedef struct {
    wick_series_block block;
    double *level[3];            /* monomials of three degrees in turn */
    double *sums;                /* H_n, 2 q dH_n/dq, k derivatives */
    double *X, *along, *outside; /* along: the students' own part of sum_l c_l u_l Y */
    double *gradient;            /* k */
    double *A, *W, *x, *square;  /* the averages for l = i, and g and w^2 of them */
    double *value;               /* f_n, or weights */
    double *one, *inverse;       /* 1; 1 / sqrt(v), 0 where v is 0 */
} scratch;

static size_t scratch_size(const wick_series *series, const wick_monomials *monomials)
{
    return wick_series_block_size(series) + (3 * monomials->largest + 2 * series->frame->k + 12) * LD;
}

static scratch scratch_of(const tensors *of, int thread)
{
    const size_t k = of->series->frame->k;
    double *next = of->scratch + (size_t)thread * of->scratch_size;
    scratch s = {.block = wick_series_block_at(of->series, next)};
    next += wick_series_block_size(of->series);
    for (size_t i = 0; i < 3; ++i) s.level[i] = next, next += of->monomials.largest * LD;
    s.sums = next, next += (k + 2) * LD;
    s.gradient = next, next += k * LD;
    double **const vectors[] = {&s.X, &s.along, &s.outside, &s.A, &s.W, &s.x, &s.square, &s.value, &s.one, &s.inverse};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) *vectors[i] = next, next += LD;
    return s;
}

static const double *factor_of(const tensors *of, const scratch *s, size_t m)
{
    const size_t factor = of->monomials.factor[m];
    return factor < of->monomials.k ? s->block.unit + factor * LD : s->block.share;
}

/* Where the parent stands: one degree below, or two where the factor is q. */
static const double *parent_of(const tensors *of, const scratch *s, size_t n, size_t m)
{
    const size_t below = n - (of->monomials.factor[m] < of->monomials.k ? 1 : 2);
    return s->level[below % 3] + (of->monomials.parent[m] - of->monomials.start[below]) * LD;
}

static void start_monomials(const scratch *s)
{
    for (size_t i = 0; i < s->block.count; ++i) s->level[0][i] = 1;
}

/* ---- Sums over fields ----------------------------------------------------------------------------------------------------
 */

/* Adds a block's part of T. */
static void sum_block(const tensors *of, const scratch *s, double *sums)
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
static void start_own(const scratch *s, size_t k)
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

static void fill_block(const tensors *of, const double *state, size_t block, scratch *s)
{
    const size_t first = block * LD, left = of->series->frame->p - first;
    wick_series_block_students(of->series, state, of->survey.student + first, left < LD ? left : LD, of->order[block],
                               &s->block);
}

static void sum_chunk(tensors *of, const double *state, size_t chunk)
{
    scratch s = scratch_of(of, omp_get_thread_num());
    double *sums = of->chunk_sums + chunk * of->monomials.count;
    memset(sums, 0, of->monomials.count * sizeof *sums);
    for (size_t block = chunk; block < of->survey.blocks; block += of->chunk_count) {
        fill_block(of, state, block, &s);
        sum_block(of, &s, sums);
    }
}

/* As many threads as the orders at hand are worth. */
static void choose_threads(tensors *of)
{
    const size_t *start = of->monomials.start;
    double cost = 0;
    for (size_t block = 0; block < of->survey.blocks; ++block)
        cost += LD * (double)start[of->order[block] + 1] * ((double)of->monomials.k + 4);
    of->threads = wick_series_threads(cost);
    if (of->threads > of->thread_limit) of->threads = of->thread_limit;
}

static void sum_fields(tensors *of, const double *state)
{
    choose_threads(of);
#pragma omp parallel for num_threads(of->threads) schedule(static, 1)
    for (size_t chunk = 0; chunk < of->chunk_count; ++chunk) sum_chunk(of, state, chunk);
    const double student = -1 / (double)of->series->frame->p;
    memcpy(of->tensors, of->targets, of->monomials.count * sizeof *of->tensors);
    for (size_t chunk = 0; chunk < of->chunk_count; ++chunk) {
        const double *sums = of->chunk_sums + chunk * of->monomials.count;
        for (size_t m = 0; m < of->monomials.count; ++m) of->tensors[m] += student * sums[m];
    }
}

/* sum_i a_i^2 sum_n f_n^2 (1 - A_n): what the students' own terms lack in E[E^2], times p^2. */
static double own_risk(const tensors *of, const scratch *s)
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

static double excess_risk(void *self, const double *state)
{
    const tensors *of = self;
    const double p = (double)of->series->frame->p;
    double sum = 0;
    scratch s = scratch_of(of, 0);
    for (size_t block = 0; block < of->survey.blocks; ++block) {
        fill_block(of, state, block, &s);
        sum += own_risk(of, &s);
    }
    sum /= p * p;
    for (size_t m = 0; m < of->monomials.count; ++m) sum += of->monomials.number[m] * of->tensors[m] * of->tensors[m];
    return 0.5 * sum;
}

/* ---- Orders --------------------------------------------------------------------------------------------------------------
 */

/* For the sum over fields. What blocks have from their orders on changes nobody's expectations by more than this returns. */
static double choose_sum_orders(tensors *of, double allowed)
{
    const wick_series_survey *survey = &of->survey;
    const size_t N = of->series->order, terms = N + 1;
    double lost = 0;
    for (size_t block = 0; block < survey->blocks; ++block) {
        const double *weighted = survey->weighted + block * terms;
        size_t n = 0;
        while (n < N && !(weighted[n] * survey->most[n] <= allowed / (double)survey->blocks)) ++n;
        of->order[block] = n;
        if (n < N) lost += weighted[n] * survey->most[n];
    }
    return lost;
}

/* The norms of T from each degree on. What lies beyond N goes on as the last two pairs of degrees do, within what the fields
 * allow; doubled for safety. */
static void measure_tensors(tensors *of)
{
    const wick_monomials *m = &of->monomials;
    const size_t N = m->order;
    double part[4] = {0}; /* of degrees N, N - 1, N - 2, N - 3 */
    for (size_t n = N + 1; n-- > 0;) {
        double sum = 0;
        for (size_t at = m->start[n]; at < m->start[n + 1]; ++at) sum += m->number[at] * of->tensors[at] * of->tensors[at];
        of->beyond[n] = ((double)n + 1) * sum;
        if (N - n < 4) part[N - n] = of->beyond[n];
    }
    const double last = part[0] + part[1], before = part[2] + part[3], bound = of->survey.total[N] * of->survey.total[N];
    double rest = last < before ? fmin(4 * last * last / (before - last), bound) : last > 0 || before > 0 ? bound : 0;
    for (size_t n = N + 1; n-- > 0;) {
        const double own = of->beyond[n];
        of->beyond[n] = sqrt(rest);
        rest += own;
    }
}

/* For the drift; returns what is lost. */
static double choose_drift_orders(tensors *of, double allowed)
{
    const wick_series_survey *survey = &of->survey;
    const size_t N = of->series->order, terms = N + 1;
    double lost = 0;
    for (size_t block = 0; block < survey->blocks; ++block) {
        const double *largest = survey->largest + block * terms;
        size_t n = 0;
        while (n < N && !(largest[n] * of->beyond[n] <= allowed)) ++n;
        of->order[block] = n;
        const double here = largest[n] * of->beyond[n];
        lost = here > lost || isnan(here) ? here : lost;
    }
    return lost;
}

static double look(void *self, const double *state, double tolerance)
{
    tensors *of = self;
    wick_series_survey_fill(of->series, state, of->scratch, &of->survey);
    const double allowed = tolerance * of->survey.scale / 3;
    const double summed = choose_sum_orders(of, allowed);
    sum_fields(of, state);
    measure_tensors(of);
    return (summed + choose_drift_orders(of, allowed)) / of->survey.scale;
}

/* ---- The students' drift -------------------------------------------------------------------------------------------------
 */

static void set_coefficients(tensors *of)
{
    const wick_monomials *m = &of->monomials;
    const size_t k = m->k;
    for (size_t n = 0; n <= m->order; ++n)
        for (size_t at = m->start[n]; at < m->start[n + 1]; ++at) {
            double *c = of->coefficients + at * (k + 2);
            c[0] = m->number[at] * of->tensors[at];
            c[1] = 2 * (double)m->g[at] * c[0];
            for (size_t r = 0; r < k; ++r) {
                const size_t child = n < m->order ? m->child[at * k + r] : at;
                c[2 + r] = n < m->order ? (m->exponent[at * k + r] + 1.0) * m->number[child] * of->tensors[child] : 0;
            }
        }
}

/* out += scale x y, and out += scale x y z */
static void add_product(const tensors *of, size_t count, double scale, const double *x, const double *y, double *out)
{
    of->kernels->map2(1, count, LD, out, 1, scale, NULL, NULL, x, y);
}

static void add_triple(const tensors *of, size_t count, double scale, const double *x, const double *y, const double *z,
                       double *out)
{
    of->kernels->map3(1, count, LD, out, 1, scale, NULL, NULL, x, y, z);
}

/* H_n and the others into what they belong to. The derivatives are those of H_{n+1}. */
static void add_degree(const tensors *of, const scratch *s, size_t n)
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

static void add_monomials(const tensors *of, const scratch *s)
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
static void sum_own(const tensors *of, const scratch *s, double *own, double *lacks)
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
static void correct_own(const tensors *of, const scratch *s)
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

static void move_block(const tensors *of, const double *state, size_t block, double rate, double *drift)
{
    scratch s = scratch_of(of, omp_get_thread_num());
    fill_block(of, state, block, &s);
    for (size_t i = 0; i < s.block.count; ++i) {
        s.one[i] = 1;
        s.inverse[i] = s.block.v[i] > 0 ? 1 / s.block.root[i] : 0;
    }
    memset(s.X, 0, LD * sizeof *s.X);
    memset(s.outside, 0, LD * sizeof *s.outside);
    memset(s.gradient, 0, of->monomials.k * LD * sizeof *s.gradient);
    add_monomials(of, &s);
    correct_own(of, &s);
    wick_series_store(of->series, &s.block, s.X, s.gradient, s.outside, rate, drift);
}

static void move(void *self, const double *state, double rate, double *drift)
{
    tensors *of = self;
    set_coefficients(of);
    choose_threads(of);
#pragma omp parallel for num_threads(of->threads) schedule(static, 1)
    for (size_t block = 0; block < of->survey.blocks; ++block) move_block(of, state, block, rate, drift);
}

/* ---- Making one
 * ------------------------------------------------------------------------------------------------------------ */

static void release(void *self)
{
    tensors *of = self;
    if (!of) return;
    wick_monomials_clear(&of->monomials);
    wick_series_survey_clear(&of->survey);
    double *const all[] = {of->targets, of->tensors, of->chunk_sums, of->coefficients, of->beyond, of->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) free(all[i]);
    free(of->order);
    free(of);
}

/* The targets do not move: their part once for all. */
static void sum_targets(tensors *of)
{
    const wick_frame *frame = of->series->frame;
    scratch s = scratch_of(of, 0);
    for (size_t first = 0; first < frame->k; first += LD) {
        const size_t left = frame->k - first;
        wick_series_block_targets(of->series, first, left < LD ? left : LD, of->series->order, &s.block);
        sum_block(of, &s, of->targets);
    }
    for (size_t m = 0; m < of->monomials.count; ++m) of->targets[m] /= (double)frame->k;
}

static bool allocate(tensors *of)
{
    const size_t count = of->monomials.count, size = sizeof(double);
    of->scratch_size = scratch_size(of->series, &of->monomials);
    of->order = wick_allocate(of->survey.blocks, 1, sizeof *of->order);
    of->targets = wick_allocate(count, 1, size);
    of->tensors = wick_allocate(count, 1, size);
    of->chunk_sums = wick_allocate(of->chunk_count, count, size);
    of->coefficients = wick_allocate(count, of->monomials.k + 2, size);
    of->beyond = wick_allocate(of->series->order + 1, 1, size);
    of->scratch = wick_allocate((size_t)of->thread_limit, of->scratch_size, size);
    return of->order && of->targets && of->tensors && of->chunk_sums && of->coefficients && of->beyond && of->scratch;
}

bool wick_series_tensors(const wick_series *series, wick_series_sums *sums)
{
    tensors *of = calloc(1, sizeof *of);
    if (!of) return false;
    *of = (tensors){.series = series, .kernels = wick_kernels()};
    of->thread_limit = wick_series_threads(wick_series_tensors_cost(series, series->order));
    bool made =
        wick_series_survey_make(series, &of->survey) && wick_monomials_make(series->frame, series->order, &of->monomials);
    of->chunk_count = of->survey.blocks < CHUNKS ? of->survey.blocks : CHUNKS;
    made = made && allocate(of);
    if (!made) {
        release(of);
        return false;
    }
    sum_targets(of);
    *sums = (wick_series_sums){of, look, move, excess_risk, release};
    return true;
}

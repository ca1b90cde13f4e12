/* See sums.h and tensors.h: sums over fields through symmetric tensors. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "particles/tensors.h"
#include "particles/threads.h"

enum { LD = WICK_SERIES_BLOCK, CHUNKS = 16, MONOMIAL_LIMIT = 1000000 };

static double cost_of(const wick_series *series, double monomials, size_t order)
{
    return (double)series->frame->p * (monomials * ((double)series->frame->k + 4) + 20 * (double)order);
}

double wick_series_tensors_cost(const wick_series *series, size_t order)
{
    const double monomials = wick_monomials_count(series->frame, series->frame->k, order);
    return monomials < MONOMIAL_LIMIT ? cost_of(series, monomials, order) : INFINITY;
}

/* ---- Sums over fields -------------------------------------------------------------------------------------------- */

/* Fills a block up to its order, from what is kept if that goes so far. */
static void fill_block(const wick_tensors *of, const double *state, size_t block, wick_tensor_scratch *s)
{
    const size_t first = block * LD, left = of->series->frame->p - first, order = of->order[block];
    double *kept = wick_series_survey_kept(of->series, &of->survey, block);
    wick_series_block_place_students(of->series, state, of->survey.student + first, left < LD ? left : LD, &s->block);
    if (kept) wick_series_block_keep(of->series, kept, &s->block);
    if (!kept || order + 1 > of->kept[block]) {
        wick_series_block_expand(of->series, order, &s->block);
        of->kept[block] = order + 1;
    }
    s->block.order = order;
}

static void sum_chunk(wick_tensors *of, const double *state, size_t chunk, int thread)
{
    wick_tensor_scratch s = wick_tensor_scratch_of(of, thread);
    double *sums = of->chunk_sums + chunk * of->count;
    memset(sums, 0, of->count * sizeof *sums);
    for (size_t block = chunk; block < of->survey.blocks; block += of->chunk_count) {
        fill_block(of, state, block, &s);
        wick_tensor_sum_block(of, &s, sums);
    }
}

/* As many threads as the orders at hand are worth. */
static void choose_threads(wick_tensors *of)
{
    double links = 0;
    for (size_t block = 0; block < of->survey.blocks; ++block) links += of->within[of->order[block]];
    const double cost = cost_of(of->series, links / (double)of->survey.blocks, 0);
    of->threads = wick_series_threads(cost);
    if (of->threads > of->thread_limit) of->threads = of->thread_limit;
    of->threads = wick_threads_now(of->threads);
}

static void sum_chunks(wick_tensors *of, const double *state)
{
    if (of->threads == 1) {
        for (size_t chunk = 0; chunk < of->chunk_count; ++chunk) sum_chunk(of, state, chunk, 0);
        return;
    }
#pragma omp parallel for num_threads(of->threads) schedule(static, 1)
    for (size_t chunk = 0; chunk < of->chunk_count; ++chunk) sum_chunk(of, state, chunk, omp_get_thread_num());
}

static void sum_fields(wick_tensors *of, const double *state)
{
    choose_threads(of);
    sum_chunks(of, state);
    const double student = -1 / (double)of->series->frame->p;
    memcpy(of->tensors, of->targets, of->count * sizeof *of->tensors);
    for (size_t chunk = 0; chunk < of->chunk_count; ++chunk) {
        const double *sums = of->chunk_sums + chunk * of->count;
        for (size_t m = 0; m < of->count; ++m) of->tensors[m] += student * sums[m];
    }
    for (size_t root = 0; root < of->roots.count; ++root) /* of degrees n: what was summed is sqrt(n) times too much */
        for (size_t n = of->roots.degree[root], at = of->start[root]; n <= of->series->order; ++n, ++at)
            if (n > 1) of->tensors[at] /= sqrt((double)n);
}

static double excess_risk(void *self, const double *state)
{
    const wick_tensors *of = self;
    const double p = (double)of->series->frame->p;
    double sum = 0;
    wick_tensor_scratch s = wick_tensor_scratch_of(of, 0);
    for (size_t block = 0; block < of->survey.blocks; ++block) {
        fill_block(of, state, block, &s);
        sum += wick_tensor_own_risk(of, &s);
    }
    sum /= p * p;
    for (size_t m = 0; m < of->count; ++m) sum += of->number[m] * of->tensors[m] * of->tensors[m];
    if (of->with_targets) sum += of->beyond_order.beyond;
    return 0.5 * sum;
}

/* ---- Orders ------------------------------------------------------------------------------------------------------ */

/* What a block that ends at n takes from forces on students, and at most from E[E^2]. */
static double force_lost(const wick_series_survey *survey, const double *weighted, size_t n)
{
    return weighted[n] * (survey->most[n] + survey->most[n + 2]);
}

static double risk_lost(const wick_series_survey *survey, const double *weighted, size_t n)
{
    return 2 * weighted[n] * (survey->students[n] + survey->targets[n]) / ((double)n + 2);
}

/* The larger of both, relative to what is allowed of each. */
static double sum_lost(const wick_series_survey *survey, size_t block, size_t n)
{
    const double *weighted = survey->weighted + block * survey->terms;
    const double force = survey->lever * force_lost(survey, weighted, n), risk = risk_lost(survey, weighted, n);
    return force > risk || isnan(force) ? force : risk;
}

/* Orders where no block loses more than `share`; returns what all do. What is beyond all orders counts with the tensors. */
static double use_share(wick_tensors *of, double share)
{
    double sum = 0;
    for (size_t block = 0; block < of->survey.blocks; ++block) {
        size_t n = 0;
        while (n < of->series->order && !(sum_lost(&of->survey, block, n) <= share)) ++n;
        of->order[block] = n;
        if (n < of->series->order) sum += sum_lost(&of->survey, block, n);
    }
    return sum;
}

/* For the sum over fields, by what blocks may be at most. Returns what is lost in E[E^2]. */
static double choose_sum_orders(wick_tensors *of, double allowed)
{
    enum { ROUNDS = 2 };
    const wick_series_survey *survey = &of->survey;
    double share = allowed / (double)survey->blocks, risk = 0;
    for (size_t round = 0; round < ROUNDS; ++round) { /* most blocks lose less than their share */
        const double lost = use_share(of, share), more = share * allowed / lost;
        if (!(lost <= allowed) || !isfinite(more)) break;
        share = more;
    }
    while (use_share(of, share) > allowed && share > allowed / (double)survey->blocks) share /= 2;
    of->summed = 0;
    for (size_t block = 0; block < survey->blocks; ++block) {
        const double *weighted = survey->weighted + block * survey->terms;
        if (of->order[block] == of->series->order) continue;
        of->summed += force_lost(survey, weighted, of->order[block]);
        risk += risk_lost(survey, weighted, of->order[block]);
    }
    return risk;
}

/* The norms of T from each degree on; beyond N, what fields have at most. */
static void measure_tensors(wick_tensors *of)
{
    const size_t N = of->series->order;
    memset(of->beyond, 0, (N + 1) * sizeof *of->beyond);
    for (size_t root = 0; root < of->roots.count; ++root)
        for (size_t n = of->roots.degree[root], at = of->start[root]; n <= N; ++n, ++at)
            of->beyond[n] += ((double)n + 1) * of->number[at] * of->tensors[at] * of->tensors[at];
    const double bound = of->survey.students[N] + of->survey.targets[N];
    double rest = bound * bound;
    for (size_t n = N + 1; n-- > 0;) {
        const double own = of->beyond[n];
        of->beyond[n] = sqrt(rest);
        rest += own;
    }
}

/* What an order n of a block takes from forces on its students. */
static double drift_lost(const wick_tensors *of, size_t block, size_t n)
{
    const double *largest = of->survey.largest + block * of->survey.terms;
    const double others = of->beyond[n] > 0 ? (largest[n] + largest[n + 2]) * of->beyond[n] : 0;
    const double alone = of->survey.longest[block * of->survey.terms + n];
    return others + 5 * of->survey.row[block].own * alone * alone;
}

/* For the drift; returns the largest error. */
static double choose_drift_orders(wick_tensors *of, double allowed)
{
    const wick_series_survey *survey = &of->survey;
    double worst = 0;
    for (size_t block = 0; block < survey->blocks; ++block) {
        const double lever = survey->row[block].lever;
        size_t n = 0;
        while (n < of->series->order && !(lever * drift_lost(of, block, n) <= allowed)) ++n;
        of->order[block] = n;
        of->force[block] = drift_lost(of, block, n) + of->summed;
        const double error = lever * of->force[block];
        if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
    }
    return worst;
}

/* What is beyond N in E[E^2], and what students' own terms lack. The targets' part is added where it matters: where students
 * go as far as targets do, leaving out both keeps the digits of a small risk. */
static double risk_beyond(wick_tensors *of, double allowed)
{
    const wick_series_survey *survey = &of->survey;
    const size_t N = of->series->order;
    const double students = survey->students[N], targets = survey->targets[N], part = 1 / ((double)N + 2);
    double own = 0, error = part * (students + targets) * (students + targets);
    for (size_t block = 0; block < survey->blocks; ++block) {
        const size_t n = of->order[block];
        const double alone = survey->longest[block * survey->terms + n];
        own += 2 * survey->row[block].own_squares * alone * alone / ((double)n + 1);
    }
    of->with_targets = !(error <= allowed);
    if (of->with_targets) {
        wick_series_targets_look(of->series, &of->beyond_order);
        error = part * (2 * students * targets + students * students) + of->beyond_order.error;
    }
    return error + own;
}

static wick_series_errors look(void *self, const double *state, double tolerance)
{
    wick_tensors *of = self;
    of->tolerance = tolerance;
    if (!wick_series_survey_fill(of->series, state, of->scratch, &of->survey))
        return (wick_series_errors){INFINITY, INFINITY, 0};
    if (isnan(of->survey.lever)) return (wick_series_errors){NAN, NAN, 0};
    memset(of->kept, 0, of->survey.blocks * sizeof *of->kept);
    const double risk = choose_sum_orders(of, 0.55 * tolerance);
    sum_fields(of, state);
    measure_tensors(of);
    const double noise = wick_series_drift_noise(&of->survey);
    const double drift = choose_drift_orders(of, 0.4 * tolerance);
    const double all = risk + risk_beyond(of, tolerance / 2) + wick_series_risk_noise(&of->survey);
    return wick_series_known(drift + noise, all / 2, noise);
}

/* ---- The students' drift ----------------------------------------------------------------------------------------- */

/* X takes sqrt(n+1) h_{n+1} / sqrt(v) of H_n, outside sqrt(v) h_{n-1} / sqrt(n) of 2 q dH_n/dq, the gradient
 * h_n / sqrt(n+1) of dH_{n+1}/du_c. */
static void set_coefficients(wick_tensors *of)
{
    const wick_monomials *roots = &of->roots;
    const size_t count = of->count, N = of->series->order;
    double *c = of->coefficients;
    for (size_t root = 0; root < roots->count; ++root)
        for (size_t n = roots->degree[root], e = 0, at = of->start[root]; n <= N; ++n, ++e, ++at) {
            const double H = of->number[at] * of->tensors[at], above = sqrt((double)n + 1);
            c[at] = above * H;
            c[WICK_TENSOR_OUTSIDE * count + at] = roots->g[root] > 0 ? 2 * (double)roots->g[root] / sqrt((double)n) * H : 0;
            for (size_t r = 0; r <= roots->k && n < N; ++r) {
                const size_t child = r == 0 ? at + 1 : of->start[roots->child[root * roots->k + r - 1]] + e;
                const double power = r == 0 ? (double)e + 1 : roots->exponent[root * roots->k + r - 1] + 1.0;
                c[(WICK_TENSOR_GRADIENT + r) * count + at] = power * of->number[child] * of->tensors[child] / above;
            }
        }
}

static double move_block(const wick_tensors *of, const double *state, size_t block, double rate, double *drift, int thread)
{
    wick_series_block_errors errors = wick_series_noise(&of->survey, block);
    errors.force += of->force[block];
    wick_tensor_scratch s = wick_tensor_scratch_of(of, thread);
    fill_block(of, state, block, &s);
    wick_tensor_forces(of, &s);
    return wick_series_store(of->series, &s.block, s.X, s.gradient, s.outside, rate, errors, of->tolerance, drift);
}

static double move(void *self, const double *state, double rate, double *drift)
{
    wick_tensors *of = self;
    set_coefficients(of);
    choose_threads(of);
    double worst = 0;
    if (of->threads == 1) {
        for (size_t block = 0; block < of->survey.blocks; ++block)
            worst = wick_series_worse(worst, move_block(of, state, block, rate, drift, 0));
        return worst;
    }
#pragma omp parallel for num_threads(of->threads) schedule(static, 1) reduction(max : worst)
    for (size_t block = 0; block < of->survey.blocks; ++block)
        worst = wick_series_worse(worst, move_block(of, state, block, rate, drift, omp_get_thread_num()));
    return worst;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    wick_tensors *of = self;
    if (!of) return;
    wick_monomials_clear(&of->roots);
    wick_series_survey_clear(&of->survey);
    double *const all[] = {of->number,     of->within,       of->targets, of->tensors, of->force,
                           of->chunk_sums, of->coefficients, of->beyond,  of->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) free(all[i]);
    free(of->start);
    free(of->order);
    free(of->kept);
    free(of);
}

/* The targets do not move: their part once for all. */
static void sum_targets(wick_tensors *of)
{
    const wick_frame *frame = of->series->frame;
    wick_tensor_scratch s = wick_tensor_scratch_of(of, 0);
    for (size_t first = 0; first < frame->k; first += LD) {
        const size_t left = frame->k - first;
        wick_series_block_targets(of->series, first, left < LD ? left : LD, of->series->order, &s.block);
        wick_tensor_sum_block(of, &s, of->targets);
    }
    for (size_t m = 0; m < of->count; ++m) of->targets[m] /= (double)frame->k;
}

/* The chains of all roots, and the numbers of their monomials. */
static bool lay_chains(wick_tensors *of)
{
    const wick_monomials *roots = &of->roots;
    const size_t N = of->series->order;
    of->start = wick_allocate(roots->count, 1, sizeof *of->start);
    for (size_t root = 0; root < roots->count && of->start; ++root) {
        of->start[root] = of->count;
        of->count += N + 1 - roots->degree[root];
    }
    of->number = wick_allocate(of->count, 1, sizeof *of->number);
    of->within = wick_allocate(N + 1, 1, sizeof *of->within);
    if (!of->start || !of->number || !of->within) return false;
    for (size_t n = 0; n <= N; ++n) of->within[n] = wick_monomials_count(of->series->frame, of->series->frame->k, n);
    for (size_t root = 0; root < roots->count; ++root) {
        double *number = of->number + of->start[root];
        const size_t degree = roots->degree[root];
        number[0] = roots->number[root];
        for (size_t e = 1; degree + e <= N; ++e) number[e] = number[e - 1] * (double)(degree + e) / (double)e;
    }
    return true;
}

static bool allocate(wick_tensors *of)
{
    const size_t count = of->count, size = sizeof(double);
    of->scratch_size = wick_tensor_scratch_size(of->series, &of->roots);
    of->order = wick_allocate(of->survey.blocks, 1, sizeof *of->order);
    of->kept = wick_allocate(of->survey.blocks, 1, sizeof *of->kept);
    of->force = wick_allocate(of->survey.blocks, 1, size);
    of->targets = wick_allocate(count, 1, size);
    of->tensors = wick_allocate(count, 1, size);
    of->chunk_sums = wick_allocate(of->chunk_count, count, size);
    of->coefficients = wick_allocate(count, of->series->frame->k + WICK_TENSOR_GRADIENT, size);
    of->beyond = wick_allocate(of->series->order + 1, 1, size);
    of->scratch = wick_allocate((size_t)of->thread_limit, of->scratch_size, size);
    return of->order && of->kept && of->force && of->targets && of->tensors && of->chunk_sums && of->coefficients &&
           of->beyond && of->scratch;
}

bool wick_series_tensors(const wick_series *series, wick_series_sums *sums)
{
    wick_tensors *of = wick_allocate(1, 1, sizeof *of);
    if (!of) return false;
    *of = (wick_tensors){.series = series, .kernels = wick_kernels()};
    of->thread_limit = wick_series_threads(wick_series_tensors_cost(series, series->order));
    const bool chains = wick_series_survey_make(series, &of->survey) &&
                        wick_monomials_make(series->frame, series->frame->k - 1, series->order, &of->roots) &&
                        lay_chains(of);
    of->chunk_count = of->survey.blocks < CHUNKS ? of->survey.blocks : CHUNKS;
    if (!chains || !allocate(of)) {
        release(of);
        return false;
    }
    sum_targets(of);
    *sums = (wick_series_sums){of, look, move, excess_risk, release};
    return true;
}

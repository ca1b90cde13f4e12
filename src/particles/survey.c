/* See series.h: fields sorted by their variance, and what orders cut off of them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/sums.h"
#include "particles/variances.h"

enum { LD = WICK_SERIES_BLOCK, KEPT_LIMIT = 16000000 };

/* Doubles of a block's expansion. */
static size_t kept_size(const wick_series *series) { return (series->order + 4) * LD; }

bool wick_series_survey_make(const wick_series *series, wick_series_survey *survey)
{
    const size_t p = series->frame->p, k = series->frame->k, terms = series->order + 3;
    *survey = (wick_series_survey){.blocks = (p + LD - 1) / LD, .target_blocks = (k + LD - 1) / LD, .terms = terms};
    const size_t rows = survey->blocks + survey->target_blocks;
    survey->student = wick_allocate(p, 1, sizeof *survey->student);
    survey->row = wick_allocate(rows, 1, sizeof *survey->row);
    survey->longest = wick_allocate(3 * rows + 4, terms, sizeof *survey->longest);
    const bool keep = (double)survey->blocks * (double)kept_size(series) <= KEPT_LIMIT;
    survey->kept = keep ? wick_allocate(survey->blocks, kept_size(series), sizeof *survey->kept) : NULL;
    if (!survey->student || !survey->row || !survey->longest || (keep && !survey->kept)) {
        wick_series_survey_clear(survey);
        return false;
    }
    survey->largest = survey->longest + rows * terms;
    survey->weighted = survey->largest + rows * terms;
    survey->most = survey->weighted + rows * terms;
    survey->students = survey->most + terms;
    survey->targets = survey->students + terms;
    survey->squares = survey->targets + terms;
    return true;
}

void wick_series_survey_clear(wick_series_survey *survey)
{
    free(survey->student);
    free(survey->row);
    free(survey->longest);
    free(survey->kept);
    *survey = (wick_series_survey){0};
}

double *wick_series_survey_kept(const wick_series *series, const wick_series_survey *survey, size_t block)
{
    return survey->kept ? survey->kept + block * kept_size(series) : NULL;
}

/* ---- Sorting ----------------------------------------------------------------------------------------------------- */

static size_t bin_of_student(const wick_frame *frame, const double *state, size_t i)
{
    return wick_variance_bin(wick_frame_variance(frame, state + i * frame->k, state[frame->p * frame->k + i]));
}

static void sort_students(const wick_frame *frame, const double *state, size_t *student)
{
    size_t start[WICK_VARIANCE_BINS + 1] = {0};
    for (size_t i = 0; i < frame->p; ++i) ++start[bin_of_student(frame, state, i) + 1];
    for (size_t bin = 0; bin < WICK_VARIANCE_BINS; ++bin) start[bin + 1] += start[bin];
    for (size_t i = 0; i < frame->p; ++i) student[start[bin_of_student(frame, state, i)]++] = i;
}

/* ---- One block --------------------------------------------------------------------------------------------------- */

/* NAN stays. */
static double maximum(double a, double b) { return a > b || isnan(a) ? a : b; }

static double largest_target(const wick_frame *frame)
{
    double largest = 0;
    for (size_t r = 0; r < frame->k; ++r) largest = maximum(frame->P[r * frame->k + r], largest);
    return largest;
}

/* Fields first .. end - 1 of a block, which are of one bin. */
static void add_run(const wick_series_block *block, size_t first, size_t end, double weight,
                    const wick_hermite_bounds *bounds, wick_series_row *row, double *share)
{
    double total = 0;
    *share = 0;
    for (size_t i = first; i < end; ++i) {
        const double c = weight * fabs(block->a[i]), root = block->root[i];
        total += c;
        *share += c * root;
        row->own = row->own > c * root ? row->own : c * root;
        row->own_squares += c * c * block->v[i];
    }
    row->slopes = maximum(row->slopes, bounds->slopes);
    row->square = maximum(row->square, bounds->square);
    row->lost += sqrt(2.0) * *share * bounds->slopes + total * bounds->mean;
    row->size += *share * bounds->rest[0] + total * bounds->norm;
    row->norm += total * bounds->norm;
}

/* Fields of one bin: their part of a row. What is infinite of nothing is nothing. */
static void add_rests(size_t terms, double share, const double *rest, double *restrict longest, double *restrict weighted,
                      double *restrict squares)
{
    for (size_t n = 0; n < terms; ++n) longest[n] = longest[n] > rest[n] ? longest[n] : rest[n];
    for (size_t n = 0; n < terms && share > 0; ++n) {
        weighted[n] += share * rest[n];
        squares[n] += share * rest[n] * rest[n];
    }
}

/* What a placed block has left at each order, were all its fields aligned, and its row. Slopes get as good as they are said
 * to be. */
static bool survey_runs(const wick_series *series, const wick_series_block *block, size_t at, wick_series_survey *survey)
{
    const wick_hermite *hermite = block->student ? series->student : series->target;
    const double weight = 1 / (double)(block->student ? series->frame->p : series->frame->k);
    const size_t terms = survey->terms;
    double *longest = survey->longest + at * terms, *weighted = survey->weighted + at * terms;
    survey->row[at] = (wick_series_row){0};
    memset(longest, 0, terms * sizeof *longest);
    memset(weighted, 0, terms * sizeof *weighted);
    memset(survey->squares, 0, terms * sizeof *survey->squares);
    for (size_t first = 0, end; first < block->count; first = end) {
        const size_t bin = wick_variance_bin(block->v[first]);
        for (end = first + 1; end < block->count && wick_variance_bin(block->v[end]) == bin;) ++end;
        wick_hermite_bounds bounds;
        double share;
        if (!hermite->examine(hermite->self, bin, &bounds)) return false;
        add_run(block, first, end, weight, &bounds, &survey->row[at], &share);
        add_rests(terms, share, bounds.rest, longest, weighted, survey->squares);
    }
    return true;
}

/* Of students, at high orders: what is left less what the average over xi takes. A_n of even n does not rise with n, and
 * bounds that of n + 1, too. By Cauchy and Schwarz (sum |c| sqrt(v) r sqrt(A))^2 <= sum |c| sqrt(v) r^2 sum |c| sqrt(v) A.
 */
static void survey_angles(const wick_series *series, const wick_series_block *block, size_t at, double *vectors,
                          wick_series_survey *survey)
{
    const wick_kernel_table *kernels = wick_kernels();
    const size_t count = block->count, terms = survey->terms;
    double *longest = survey->longest + at * terms, *largest = survey->largest + at * terms;
    double *weighted = survey->weighted + at * terms;
    double *x = vectors, *square = x + LD, *A = square + LD, *W = A + LD, *share = W + LD, most = 1, sum = 0;
    for (size_t i = 0; i < count; ++i) {
        x[i] = 0;
        for (size_t c = 0; c < series->frame->k; ++c) x[i] += block->unit[c * LD + i] * block->unit[c * LD + i];
        square[i] = block->share[i] * block->share[i];
        A[i] = 1;
        W[i] = 0;
        share[i] = fabs(block->a[i]) * block->root[i] / (double)series->frame->p;
    }
    for (size_t n = 0; n + 1 < terms; ++n) {
        const bool matters = longest[n] > 1e-8 * longest[0]; /* else what there was is good enough */
        if (matters && n % 2 == 0) {
            most = fmin(most, kernels->largest(count, A));
            sum = kernels->dot(0, count, share, A);
        }
        if (n > 0) weighted[n - 1] = fmin(weighted[n - 1], sqrt(survey->squares[n - 1] * sum));
        largest[n + 1] = longest[n + 1] * sqrt(most);
        if (matters) kernels->series_next(count, wick_series_ratio(series, n), x, square, A, W);
    }
}

/* What a placed block loses at each order. */
static bool survey_block(const wick_series *series, const wick_series_block *block, size_t at, double *vectors,
                         wick_series_survey *survey)
{
    enum { HIGH = 30 };
    double *weighted = survey->weighted + at * survey->terms;
    if (!survey_runs(series, block, at, survey)) return false;
    memcpy(survey->largest + at * survey->terms, survey->longest + at * survey->terms, survey->terms * sizeof *weighted);
    if (block->student && series->order >= HIGH) survey_angles(series, block, at, vectors, survey);
    for (size_t n = 0; n < survey->terms; ++n) weighted[n] *= 1 + 0.5 / ((double)n + 1); /* at least the root */
    return true;
}

static double lever_of(const wick_series_block *block, double target)
{
    double lever = 0;
    for (size_t i = 0; i < block->count; ++i)
        lever = maximum(fabs(block->a[i]) * maximum(2 * block->root[i], sqrt(target)), lever);
    return lever;
}

/* ---- All blocks -------------------------------------------------------------------------------------------------- */

static void add_row(wick_series_survey *survey, size_t at)
{
    const wick_series_row *row = &survey->row[at];
    const double *largest = survey->largest + at * survey->terms, *weighted = survey->weighted + at * survey->terms;
    const bool student = at < survey->blocks;
    double *sum = student ? survey->students : survey->targets;
    for (size_t n = 0; n < survey->terms; ++n) {
        sum[n] += weighted[n];
        if (student) survey->most[n] = survey->most[n] > largest[n] ? survey->most[n] : largest[n];
    }
    survey->size += row->size;
    survey->norm += row->norm;
    survey->lost += row->lost;
    if (student) survey->lever = maximum(row->lever, survey->lever);
}

static bool survey_students(const wick_series *series, const double *state, size_t at, double *memory,
                            wick_series_survey *survey)
{
    const size_t first = at * LD, left = series->frame->p - first;
    wick_series_block block = wick_series_block_at(series, memory);
    wick_series_block_place_students(series, state, survey->student + first, left < LD ? left : LD, &block);
    if (!survey_block(series, &block, at, memory + wick_series_block_size(series), survey)) return false;
    survey->row[at].lever = lever_of(&block, largest_target(series->frame));
    return true;
}

static bool survey_targets(const wick_series *series, size_t at, double *memory, wick_series_survey *survey)
{
    const size_t first = (at - survey->blocks) * LD, left = series->frame->k - first;
    wick_series_block block = wick_series_block_at(series, memory);
    wick_series_block_place_targets(series, first, left < LD ? left : LD, &block);
    return survey_block(series, &block, at, memory + wick_series_block_size(series), survey);
}

bool wick_series_survey_fill(const wick_series *series, const double *state, double *memory, wick_series_survey *survey)
{
    const size_t rows = survey->blocks + survey->target_blocks;
    memset(survey->most, 0, 3 * survey->terms * sizeof *survey->most);
    survey->size = survey->norm = survey->lost = survey->lever = 0;
    survey->rounding = DBL_EPSILON * (2 + series->frame->condition / 2);
    sort_students(series->frame, state, survey->student);
    for (size_t at = 0; at < rows; ++at) {
        if (!(at < survey->blocks ? survey_students(series, state, at, memory, survey)
                                  : survey_targets(series, at, memory, survey)))
            return false;
        add_row(survey, at);
    }
    return true;
}

/* ---- Errors of coefficients, and rounding ------------------------------------------------------------------------ */

/* Forces are slopes times T, twice; then what a student does to itself. */
wick_series_block_errors wick_series_noise(const wick_series_survey *survey, size_t at)
{
    const wick_series_row *row = &survey->row[at];
    const double slopes = survey->largest[at * survey->terms], own = 8 * row->own * slopes;
    return (wick_series_block_errors){.force = row->slopes * (2 * survey->size + 2 * survey->lost + own),
                                      .relative = survey->rounding * (2 * survey->size + own) + 2 * survey->lost,
                                      .square = row->square};
}

double wick_series_drift_noise(const wick_series_survey *survey)
{
    double most = 0;
    for (size_t at = 0; at < survey->blocks; ++at) {
        const wick_series_block_errors errors = wick_series_noise(survey, at);
        const double slopes = survey->largest[at * survey->terms];
        most = fmax(most, survey->row[at].lever * (errors.force + errors.relative * slopes));
    }
    return most;
}

double wick_series_risk_noise(const wick_series_survey *survey)
{
    return 6 * (survey->lost + survey->rounding * survey->norm) * (survey->norm + survey->lost);
}

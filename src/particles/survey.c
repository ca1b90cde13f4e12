/* See series.h: fields sorted by their variance, and what orders cut off of them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/series.h"

enum { LD = WICK_SERIES_BLOCK, BINS = 1024, KEPT_LIMIT = 16000000 };

/* Doubles of a block's expansion. */
static size_t kept_size(const wick_series *series) { return (series->order + 4) * LD; }

bool wick_series_survey_make(const wick_series *series, wick_series_survey *survey)
{
    const size_t p = series->frame->p, k = series->frame->k, terms = series->order + 1;
    *survey = (wick_series_survey){.blocks = (p + LD - 1) / LD, .target_blocks = (k + LD - 1) / LD};
    const size_t rows = survey->blocks + survey->target_blocks;
    survey->student = wick_allocate(p, 1, sizeof *survey->student);
    survey->largest = wick_allocate(2 * rows + 2, terms, sizeof *survey->largest);
    const bool keep = (double)survey->blocks * (double)kept_size(series) <= KEPT_LIMIT;
    survey->kept = keep ? wick_allocate(survey->blocks, kept_size(series), sizeof *survey->kept) : NULL;
    if (!survey->student || !survey->largest || (keep && !survey->kept)) {
        wick_series_survey_clear(survey);
        return false;
    }
    survey->weighted = survey->largest + rows * terms;
    survey->most = survey->weighted + rows * terms;
    survey->total = survey->most + terms;
    return true;
}

void wick_series_survey_clear(wick_series_survey *survey)
{
    free(survey->student);
    free(survey->largest);
    free(survey->kept);
    *survey = (wick_series_survey){0};
}

static double variance_of(const wick_frame *frame, const double *state, size_t i)
{
    return wick_frame_variance(frame, state + i * frame->k, state[frame->p * frame->k + i]);
}

/* NAN stays. */
static double maximum(double a, double b) { return a > b || isnan(a) ? a : b; }

double wick_series_largest_variance(const wick_frame *frame, const double *state)
{
    double largest = 0;
    for (size_t i = 0; i < frame->p; ++i) largest = maximum(variance_of(frame, state, i), largest);
    return largest;
}

double wick_series_largest_target(const wick_frame *frame)
{
    double largest = 0;
    for (size_t r = 0; r < frame->k; ++r) largest = maximum(frame->P[r * frame->k + r], largest);
    return largest;
}

/* ---- Sorting ----------------------------------------------------------------------------------------------------- */

/* Of v in [0, infinity); what is no number goes last. */
static size_t bin_of(double v)
{
    const double place = v / (1 + v) * BINS;
    return place >= 0 && place < BINS ? (size_t)place : place < 0 ? 0 : BINS - 1;
}

static void sort_students(const wick_frame *frame, const double *state, size_t *student)
{
    size_t start[BINS + 1] = {0};
    for (size_t i = 0; i < frame->p; ++i) ++start[bin_of(variance_of(frame, state, i)) + 1];
    for (size_t bin = 0; bin < BINS; ++bin) start[bin + 1] += start[bin];
    for (size_t i = 0; i < frame->p; ++i) student[start[bin_of(variance_of(frame, state, i))]++] = i;
}

/* ---- What is cut off --------------------------------------------------------------------------------------------- */

/* A row of the tables, of a filled block whose fields have |c| = weight * |a|; rest and share are room for a vector each.
 * Adds to the norms as well. By Cauchy and Schwarz (sum share r)^2 <= sum share * sum share r^2. */
static void survey_block(const wick_series *series, const wick_series_block *block, double weight, double *rest,
                         double *share, double *largest, double *weighted, double norms[2])
{
    const wick_kernel_table *kernels = wick_kernels();
    const size_t N = block->order, count = block->count;
    for (size_t i = 0; i < count; ++i) {
        rest[i] = block->square[i];
        share[i] = weight * fabs(block->a[i]) * fmax(1, block->root[i]);
    }
    for (size_t n = 0; n <= N; ++n)
        if (!wick_series_slope_vanishes(series, n))
            kernels->map2(1, count, LD, rest, 1, -1, NULL, NULL, block->slope + n * LD, block->slope + n * LD);
    for (size_t i = 0; i < count; ++i) rest[i] = maximum(rest[i], 4 * DBL_EPSILON * block->square[i]);
    const double shares = kernels->sum(0, count, share);
    for (size_t n = N + 1; n-- > 0;) {
        if (wick_series_slope_vanishes(series, n) && n < N) {
            largest[n] = largest[n + 1];
            weighted[n] = weighted[n + 1];
            continue;
        }
        double most;
        const double sum = kernels->rest_add(count, block->slope + n * LD, share, rest, &most);
        largest[n] = sqrt(most);
        weighted[n] = sqrt(shares * sum);
    }
    const double norm = sqrt(kernels->largest(count, block->square));
    norms[0] = maximum(norm, norms[0]);
    norms[1] += sqrt(shares * kernels->dot(0, count, share, block->square));
}

static void total(const wick_series *series, wick_series_survey *survey)
{
    const size_t terms = series->order + 1, rows = survey->blocks + survey->target_blocks;
    memset(survey->most, 0, 2 * terms * sizeof *survey->most);
    for (size_t row = 0; row < rows; ++row)
        for (size_t n = 0; n < terms; ++n) {
            survey->most[n] = maximum(survey->largest[row * terms + n], survey->most[n]);
            survey->total[n] += survey->weighted[row * terms + n];
        }
}

double *wick_series_survey_kept(const wick_series *series, const wick_series_survey *survey, size_t block)
{
    return survey->kept ? survey->kept + block * kept_size(series) : NULL;
}

/* Fills a block of sorted students, with its expansion where that is kept. */
static void fill_students(const wick_series *series, const double *state, size_t at, const wick_series_survey *survey,
                          double *memory, wick_series_block *block)
{
    const size_t first = at * LD, left = series->frame->p - first;
    double *kept = wick_series_survey_kept(series, survey, at);
    *block = wick_series_block_at(series, memory);
    if (kept) wick_series_block_keep(series, kept, block);
    wick_series_block_students(series, state, survey->student + first, left < LD ? left : LD, series->order, NULL, block);
}

void wick_series_survey_fill(const wick_series *series, const double *state, double *memory, wick_series_survey *survey)
{
    const wick_frame *frame = series->frame;
    const size_t p = frame->p, k = frame->k, N = series->order, terms = N + 1;
    wick_series_block block;
    double *rest = memory + wick_series_block_size(series), *share = rest + LD;
    double norms[2] = {0, 0}, *largest = survey->largest, *weighted = survey->weighted;
    sort_students(frame, state, survey->student);
    for (size_t at = 0; at < survey->blocks; ++at, largest += terms, weighted += terms) {
        fill_students(series, state, at, survey, memory, &block);
        survey_block(series, &block, 1 / (double)p, rest, share, largest, weighted, norms);
    }
    block = wick_series_block_at(series, memory);
    for (size_t first = 0; first < k; first += LD, largest += terms, weighted += terms) {
        wick_series_block_targets(series, first, k - first < LD ? k - first : LD, N, &block);
        survey_block(series, &block, 1 / (double)k, rest, share, largest, weighted, norms);
    }
    survey->scale = fmax(1, norms[0] * norms[1]);
    total(series, survey);
}

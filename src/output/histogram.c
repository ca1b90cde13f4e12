/* See histogram.h. */
#include "output/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "output/csv.h"

/* ---- Counting -------------------------------------------------------------------------------------------------------- */

/* P = L L^T, by rows, and then the inverse of L in its place. A small matrix; GSL's own would call its error handler. */
static bool invert_factor(const double *P, size_t k, double *L)
{
    for (size_t r = 0; r < k; ++r) {
        for (size_t s = 0; s <= r; ++s) {
            double sum = P[r * k + s];
            for (size_t i = 0; i < s; ++i) sum -= L[r * k + i] * L[s * k + i];
            if (s == r && !(sum > 0)) return false;
            L[r * k + s] = s == r ? sqrt(sum) : sum / L[s * k + s];
        }
    }
    for (size_t s = 0; s < k; ++s) {
        L[s * k + s] = 1 / L[s * k + s];
        for (size_t r = s + 1; r < k; ++r) {
            double sum = 0;
            for (size_t i = s; i < r; ++i) sum -= L[r * k + i] * L[i * k + s];
            L[r * k + s] = sum / L[r * k + r];
        }
    }
    return true;
}

wick_status wick_histogram_start(wick_context *context, const wick_layout *layout, const double *P, size_t bins,
                                 wick_histogram *histogram)
{
    const size_t k = layout->k;
    *histogram = (wick_histogram){.layout = *layout, .bins = bins};
    histogram->scale = wick_allocate(k, 1, sizeof *histogram->scale);
    histogram->factor = wick_allocate(wick_layout_has(layout, WICK_BLOCK_NORMS) ? k : 1, k, sizeof *histogram->factor);
    if (!histogram->scale || !histogram->factor) return wick_fail_memory(context, "starting a histogram");
    for (size_t r = 0; r < k; ++r) {
        if (!(P[r * k + r] > 0))
            return wick_fail(context, WICK_ERROR_PROBLEM,
                             "no histogram of M_jr / sqrt(P_rr Q_jj): target %zu has P_rr = %g, it must be positive", r + 1,
                             P[r * k + r]);
        histogram->scale[r] = 1 / sqrt(P[r * k + r]);
    }
    if (wick_layout_has(layout, WICK_BLOCK_NORMS) && !invert_factor(P, k, histogram->factor))
        return wick_fail(context, WICK_ERROR_PROBLEM, "no histogram: P must be positive definite");
    return WICK_OK;
}

void wick_histogram_clear(wick_histogram *histogram)
{
    free(histogram->scale);
    free(histogram->factor);
    free(histogram->times);
    free(histogram->students);
    free(histogram->unsized);
    *histogram = (wick_histogram){0};
}

/* Q_jj. */
static double squared_norm(const wick_histogram *histogram, const double *state, size_t j)
{
    const wick_layout *layout = &histogram->layout;
    if (wick_layout_has(layout, WICK_BLOCK_Q)) return state[wick_layout_at(layout, WICK_BLOCK_Q, j, j)];
    const size_t k = layout->k;
    const double *m = state + wick_layout_at(layout, WICK_BLOCK_M, j, 0);
    double norm = state[wick_layout_at(layout, WICK_BLOCK_NORMS, j, 0)];
    for (size_t r = 0; r < k; ++r) {
        double u = 0;
        for (size_t s = 0; s <= r; ++s) u += histogram->factor[r * k + s] * m[s];
        norm += u * u;
    }
    return norm;
}

static size_t bin_of(double cosine, size_t bins)
{
    const double position = (cosine + 1) * (0.5 * (double)bins);
    if (!(position > 0)) return 0;
    return position < (double)bins ? (size_t)position : bins - 1;
}

static bool reserve_row(wick_histogram *histogram, size_t rows)
{
    size_t counts, all;
    return wick_multiply_sizes(histogram->layout.k, histogram->bins, &counts) && wick_multiply_sizes(counts, rows, &all) &&
           wick_reserve(&histogram->times, &histogram->capacity[0], rows, sizeof *histogram->times) &&
           wick_reserve(&histogram->students, &histogram->capacity[1], all, sizeof *histogram->students) &&
           wick_reserve(&histogram->unsized, &histogram->capacity[2], rows, sizeof *histogram->unsized);
}

bool wick_histogram_add(wick_histogram *histogram, const wick_point *point)
{
    const size_t row = histogram->count, k = histogram->layout.k, bins = histogram->bins;
    if (!reserve_row(histogram, row + 1)) return false;
    size_t *const students = histogram->students + row * k * bins;
    memset(students, 0, k * bins * sizeof *students);
    histogram->times[row] = point->time;
    histogram->unsized[row] = 0;
    for (size_t j = 0; j < histogram->layout.p; ++j) {
        const double norm = squared_norm(histogram, point->state, j);
        if (!(norm > 0)) {
            ++histogram->unsized[row];
            continue;
        }
        const double *m = point->state + wick_layout_at(&histogram->layout, WICK_BLOCK_M, j, 0), length = sqrt(norm);
        for (size_t r = 0; r < k; ++r) ++students[r * bins + bin_of(m[r] * histogram->scale[r] / length, bins)];
    }
    histogram->count = row + 1;
    return true;
}

/* ---- Reading --------------------------------------------------------------------------------------------------------- */

double wick_histogram_edge(const wick_histogram *histogram, size_t bin)
{
    const double bins = (double)histogram->bins;
    return (2 * (double)bin - bins) / bins;
}

const size_t *wick_histogram_counts(const wick_histogram *histogram, size_t row, size_t target)
{
    return histogram->students + (row * histogram->layout.k + target) * histogram->bins;
}

double wick_histogram_normalisation(const wick_histogram *histogram, size_t row)
{
    const size_t counted = histogram->layout.p - histogram->unsized[row];
    return counted ? (double)histogram->bins / (2 * (double)counted) : 0;
}

bool wick_histogram_most_unsized(const wick_histogram *histogram, size_t *row)
{
    *row = 0;
    for (size_t i = 1; i < histogram->count; ++i)
        if (histogram->unsized[i] > histogram->unsized[*row]) *row = i;
    return histogram->count > 0 && histogram->unsized[*row] > 0;
}

/* ---- Writing --------------------------------------------------------------------------------------------------------- */

static void write_one(FILE *stream, const wick_histogram *histogram, size_t row, size_t target)
{
    const size_t *counts = wick_histogram_counts(histogram, row, target);
    const double normalisation = wick_histogram_normalisation(histogram, row);
    for (size_t bin = 0; bin < histogram->bins; ++bin)
        fprintf(stream, "%s,%zu,%s,%s,%s,%zu\n", wick_number(histogram->times[row]).text, target + 1,
                wick_number(wick_histogram_edge(histogram, bin)).text,
                wick_number(wick_histogram_edge(histogram, bin + 1)).text,
                wick_number(normalisation * (double)counts[bin]).text, counts[bin]);
}

void wick_histogram_write(FILE *stream, const char *problem_json, const wick_histogram *histogram, const char *stopped)
{
    wick_csv_write_problem(stream, problem_json);
    size_t most;
    if (wick_histogram_most_unsized(histogram, &most))
        fprintf(stream, "# students with Q_jj = 0 are counted in no bin: %zu at %s = %s, the most at any time\n",
                histogram->unsized[most], wick_layout_clock(&histogram->layout), wick_number(histogram->times[most]).text);
    fprintf(stream, "%s,target,lower,upper,density,count\n", wick_layout_clock(&histogram->layout));
    for (size_t row = 0; row < histogram->count && !ferror(stream); ++row)
        for (size_t target = 0; target < histogram->layout.k; ++target) write_one(stream, histogram, row, target);
    if (stopped) wick_csv_write_stopped(stream, stopped);
}

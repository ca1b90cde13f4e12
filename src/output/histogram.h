/* How the students are oriented: for each output time and each target r, the histogram over the students j of
 *
 *     M_jr / sqrt(P_rr Q_jj),    Q_jj = M_j P^-1 M_j^T + q_j in the mean-field regimes,
 *
 * the cosine between student and target, in equal bins over [-1, 1]. Counted while the integration runs; states are not
 * kept.
 *
 *     # wick: 0.1.0                           the version and the problem, as in the CSV of a run
 *     ...
 *     # students with Q_jj = 0 are counted in no bin: 3 at t = 0, the most at any time      if there are any
 *     t,target,lower,upper,density,count
 *     0,1,-1,-0.98,0.25,40                    the bin [lower, upper); the last one has its upper end, too
 *     ...
 *
 * The densities of a time and target integrate to one (they are 0 where no student is counted). A cosine that rounding took
 * beyond an end counts in the bin there.
 */
#ifndef WICK_OUTPUT_HISTOGRAM_H
#define WICK_OUTPUT_HISTOGRAM_H

#include <stdio.h>

#include "dynamics/dynamics.h"

enum { WICK_DEFAULT_BINS = 100, WICK_MOST_BINS = 1000000 };

typedef struct {
    wick_layout layout;
    size_t bins;
    double *scale;  /* 1 / sqrt(P_rr) */
    double *factor; /* k x k, the inverse of L where P = L L^T; only in the mean-field regimes */

    /* The rows so far. */
    size_t count;
    double *times;
    size_t *students; /* count x k x bins */
    size_t *unsized;  /* students with Q_jj = 0 at each time */
    size_t capacity[3];
} wick_histogram;

/* P is k x k. WICK_ERROR_PROBLEM if some P_rr is not positive, or P not positive definite in a mean-field regime. Release
 * with wick_histogram_clear(), also after a failure. */
wick_status wick_histogram_start(wick_context *context, const wick_layout *layout, const double *P, size_t bins,
                                 wick_histogram *histogram);
void wick_histogram_clear(wick_histogram *histogram);

/* Adds a time; false if memory is exhausted, and then the rows are as they were. */
bool wick_histogram_add(wick_histogram *histogram, const wick_point *point);

/* Ends of a bin. */
double wick_histogram_edge(const wick_histogram *histogram, size_t bin);
/* The counts of one row and target (from 0). */
const size_t *wick_histogram_counts(const wick_histogram *histogram, size_t row, size_t target);
/* Counts times this are densities. */
double wick_histogram_normalisation(const wick_histogram *histogram, size_t row);
/* The row with the most students with Q_jj = 0; false if there is no such student. */
bool wick_histogram_most_unsized(const wick_histogram *histogram, size_t *row);

/* The file; errors of the stream are left to wick_output_close(). `stopped` is NULL for a run that reached its end. */
void wick_histogram_write(FILE *stream, const char *problem_json, const wick_histogram *histogram, const char *stopped);

/* A few of the times one below the other, targets side by side, drawn as wick_plot_write() draws. */
wick_status wick_histogram_plot(wick_context *context, const char *path, const char *problem_json,
                                const wick_histogram *histogram, bool partial);

/* Its gnuplot script. */
wick_status wick_histogram_script(wick_context *context, const char *path, const char *problem_json,
                                  const wick_histogram *histogram, bool partial, char **script);

#endif

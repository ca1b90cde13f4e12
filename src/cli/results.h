/* Where a run's results go: the curve as CSV (with --compare, its distance to a simulation) or HDF5, its plot, the histogram
 * and its plot. All names are checked before the run; HDF5 and the histogram take each row as it comes, the others are
 * written at the end.
 */
#ifndef WICK_CLI_RESULTS_H
#define WICK_CLI_RESULTS_H

#include "base/text.h"
#include "cli/cli.h"
#include "cli/watch.h"
#include "output/hdf5.h"
#include "output/histogram.h"
#include "output/table.h"

typedef struct {
    const wick_options *options;
    char *json;            /* the problem; in what is written at the end, with how well quadrature did */
    wick_table simulation; /* of --compare */
    wick_layout layout;
    size_t bins;
    char *picture;   /* the plot of the histogram; NULL if there is none */
    wick_hdf5 *hdf5; /* NULL if the curve is CSV */
    wick_histogram histogram;
} wick_results;

/* What the flags ask for, and whether it can be written; the problem need not have been checked. Release with
 * wick_results_clear(), also after a failure. */
wick_status wick_results_check(const wick_options *options, wick_results *results);

/* For a checked problem, before the integration: starts what takes rows, and connects it with the watch. */
wick_status wick_results_start(wick_results *results, const wick_system *system, wick_watch *watch);

/* Writes all. `stopped` is NULL if the run reached its end. The curve stays even if a later file fails. */
wick_status wick_results_write(wick_results *results, const wick_watch *watch, const char *stopped);

/* "curve.csv, curve.svg": the files, for the summary. */
void wick_results_say_names(const wick_results *results, wick_text *text);

/* How many students were left out of the histogram, if any were. */
void wick_results_say_unsized(const wick_results *results);

/* Discards what was not completed. */
void wick_results_clear(wick_results *results);

#endif

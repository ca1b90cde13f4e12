/* Pictures of finished results, several in one: what `wick plot` draws.
 *
 * Results of wick run are lines, those of wick simulate are markers (with bars from the 5 % to the 95 % quantile where there
 * are several runs), so that theory and process can be laid over each other.
 */
#ifndef WICK_OUTPUT_CHART_H
#define WICK_OUTPUT_CHART_H

#include "output/table.h"

typedef enum {
    WICK_CHART_RISK,      /* excess risk against time */
    WICK_CHART_OVERLAPS,  /* order parameters against time */
    WICK_CHART_NEURONS,   /* paths of the students in the plane of the cosines with the first two targets */
    WICK_CHART_HISTOGRAM, /* the cosines with the first target at the last time */
    WICK_CHART_KINDS
} wick_chart_kind;

/* "risk", "overlaps", "neurons", "histogram". */
const char *wick_chart_name(wick_chart_kind kind);

/* One result. */
typedef struct {
    wick_table table;
    const char *file; /* for messages */
    char *label;      /* for the legend */
} wick_chart_series;

/* Fills in the labels, which must be NULL or have been set: what kind of result it is, and the values of those keys in which
 * the results differ. */
wick_status wick_chart_label(wick_context *context, wick_chart_series *series, size_t count);

/* Whether a result is a simulation. */
bool wick_chart_is_simulation(const wick_chart_series *series);

/* The gnuplot script of the picture `path`; a title may be NULL. WICK_ERROR_PROBLEM if a result lacks the columns. */
wick_status wick_chart_script(wick_context *context, const char *path, wick_chart_kind kind, const char *title,
                              const wick_chart_series *series, size_t count, char **script);

/* Draws it, and keeps the script beside it: fig.gp for fig.svg. */
wick_status wick_chart_write(wick_context *context, const char *path, wick_chart_kind kind, const char *title,
                             const wick_chart_series *series, size_t count);

#endif

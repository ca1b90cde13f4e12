/* What the kinds of charts share. Private to src/output. */
#ifndef WICK_OUTPUT_CHART_PARTS_H
#define WICK_OUTPUT_CHART_PARTS_H

#include "base/text.h"
#include "output/chart.h"

/* Colour number `index`, told apart with any colour vision; they repeat after seven. */
const char *wick_chart_color(size_t index);

/* The colour of a result: black for the one line among simulations, otherwise the n-th line and the n-th simulation share
 * one. */
const char *wick_chart_series_color(const wick_chart_series *series, size_t count, size_t index);

/* Every how many rows a simulation has a marker. */
size_t wick_chart_marker_step(const wick_table *table);

double wick_chart_value(const wick_table *table, size_t row, size_t column);

/* Column of an order parameter such as "M[1,2]" (counted from one; second = 0 for "q[1]"); table->columns if there is none.
 */
size_t wick_chart_column(const wick_table *table, char letter, size_t first, size_t second);

/* Students in the table, counted by their columns, those who lack one of them too; 0 if it holds no order parameters. */
size_t wick_chart_students(const wick_table *table);

/* Cosines M_jr / sqrt(Q_jj P_rr), the overlaps P that they need, and the kinds of charts. */
typedef struct {
    const wick_table *table;
    size_t p, k;
    double *P;      /* k x k */
    double *factor; /* its Cholesky factor */
    double *work;   /* k */
} wick_cosines;

wick_status wick_cosines_make(wick_context *context, const wick_chart_series *series, wick_cosines *cosines);
double wick_cosine(const wick_cosines *cosines, size_t row, size_t j, size_t r); /* j and r from zero */
void wick_cosines_clear(wick_cosines *cosines);

wick_status wick_chart_risk(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count);
wick_status wick_chart_overlaps(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count);
wick_status wick_chart_neurons(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count);
wick_status wick_chart_histogram(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count);

#endif

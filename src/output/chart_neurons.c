/* Charts of the students' directions: their paths in the plane of two targets, and a histogram. See chart.h. */
#include <gsl/gsl_cblas.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "output/chart_parts.h"
#include "output/plot_parts.h"
#include "problem/linear.h"

/* ---- Cosines ------------------------------------------------------------------------------------------------------- */

/* P as the problem gave it: the identity unless it is there, or unless it was drawn. */
static wick_status read_P(wick_context *context, const wick_chart_series *series, size_t k, double *P)
{
    const char *comment = wick_table_comment_value(&series->table, "initial");
    json_error_t error = {.text = "-"};
    json_t *initial = comment ? wick_json_read(comment, strlen(comment), 0, &error) : NULL;
    if (!initial && !error.text[0]) return wick_fail_memory(context, "finding cosines");
    const json_t *given = json_object_get(initial, "P");
    const bool drawn = json_is_false(json_object_get(json_object_get(initial, "random"), "orthonormal_target"));
    for (size_t r = 0; r < k; ++r)
        for (size_t s = 0; s < k; ++s)
            P[r * k + s] = given ? json_number_value(json_array_get(json_array_get(given, r), s)) : r == s;
    json_decref(initial);
    if (!drawn) return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM,
                     "%s: its P was drawn at random and is not in the file; give the overlaps (--save-initial and "
                     "--initial), or an orthonormal target",
                     series->file);
}

/* The number of row `row` of M[j,r], counted from zero. */
static double overlap_value(const wick_cosines *cosines, size_t row, size_t j, size_t r)
{
    return wick_chart_value(cosines->table, row, wick_chart_column(cosines->table, 'M', j + 1, r + 1));
}

/* Q[j,j] or q[j], whichever student j, counted from zero, has; table->columns if neither. */
static size_t norm_column(const wick_table *table, size_t j, bool *is_outside)
{
    const size_t whole = wick_chart_column(table, 'Q', j + 1, j + 1);
    *is_outside = whole == table->columns;
    return *is_outside ? wick_chart_column(table, 'q', j + 1, 0) : whole;
}

/* The most targets that any of the p students has an overlap with. */
static size_t count_targets(const wick_table *table, size_t p)
{
    size_t k = 0;
    for (size_t j = 0; j < p;)
        if (wick_chart_column(table, 'M', j + 1, k + 1) < table->columns)
            ++k;
        else
            ++j;
    return k;
}

/* All that a cosine reads is there. A file may have been cut or renamed by hand. */
static wick_status check_columns(wick_context *context, const wick_chart_series *series, size_t p, size_t k)
{
    const wick_table *table = &series->table;
    for (size_t j = 0; j < p; ++j) {
        for (size_t r = 0; r == 0 || r < k; ++r)
            if (wick_chart_column(table, 'M', j + 1, r + 1) == table->columns)
                return wick_fail(context, WICK_ERROR_PROBLEM,
                                 "%s: has no column M[%zu,%zu], but others of the order parameters", series->file, j + 1,
                                 r + 1);
        bool is_outside;
        if (norm_column(table, j, &is_outside) == table->columns)
            return wick_fail(context, WICK_ERROR_PROBLEM, "%s: has a column M[%zu,1], but neither Q[%zu,%zu] nor q[%zu]",
                             series->file, j + 1, j + 1, j + 1, j + 1);
    }
    return WICK_OK;
}

wick_status wick_cosines_make(wick_context *context, const wick_chart_series *series, wick_cosines *cosines)
{
    const wick_table *table = &series->table;
    const size_t p = wick_chart_students(table), k = count_targets(table, p);
    *cosines = (wick_cosines){.table = table, .p = p, .k = k};
    if (p == 0)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: holds no order parameters; make it with --state", series->file);
    WICK_TRY(check_columns(context, series, p, k));
    cosines->P = wick_allocate(k, k, sizeof *cosines->P);
    cosines->factor = wick_allocate(k, k, sizeof *cosines->factor);
    cosines->work = wick_allocate(k, 1, sizeof *cosines->work);
    wick_status status = WICK_OK;
    if (!cosines->P || !cosines->factor || !cosines->work) {
        status = wick_fail_memory(context, "finding cosines");
    } else if ((status = read_P(context, series, k, cosines->P)) == WICK_OK) {
        memcpy(cosines->factor, cosines->P, k * k * sizeof *cosines->P);
        if (!wick_cholesky(cosines->factor, k))
            status = wick_fail(context, WICK_ERROR_PROBLEM, "%s: P is not positive definite", series->file);
    }
    if (status != WICK_OK) wick_cosines_clear(cosines);
    return status;
}

void wick_cosines_clear(wick_cosines *cosines)
{
    free(cosines->P);
    free(cosines->factor);
    free(cosines->work);
    *cosines = (wick_cosines){0};
}

/* Q_jj, or q_j + M_j P^-1 M_j^T where only q is kept. */
static double square_norm(const wick_cosines *cosines, size_t row, size_t j)
{
    bool is_outside;
    const double value = wick_chart_value(cosines->table, row, norm_column(cosines->table, j, &is_outside));
    if (!is_outside) return value;
    const int k = (int)cosines->k;
    for (size_t r = 0; r < cosines->k; ++r) cosines->work[r] = overlap_value(cosines, row, j, r);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, k, cosines->factor, k, cosines->work, 1);
    return cblas_ddot(k, cosines->work, 1, cosines->work, 1) + value;
}

double wick_cosine(const wick_cosines *cosines, size_t row, size_t j, size_t r)
{
    return overlap_value(cosines, row, j, r) / sqrt(square_norm(cosines, row, j) * cosines->P[r * cosines->k + r]);
}

/* ---- Paths --------------------------------------------------------------------------------------------------------- */

/* A block for each student, two empty lines between them: gnuplot's `index`. */
static wick_status append_paths(wick_context *context, wick_text *script, const wick_chart_series *series, size_t index)
{
    wick_cosines cosines;
    WICK_TRY(wick_cosines_make(context, series, &cosines));
    if (cosines.k < 2) {
        wick_cosines_clear(&cosines);
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: has one target; the plane of two needs k >= 2", series->file);
    }
    wick_text_printf(script, "$s%zu << END\n", index);
    for (size_t j = 0; j < cosines.p; ++j) {
        for (size_t row = 0; row < series->table.rows; ++row)
            wick_text_printf(script, "%.7g %.7g\n", wick_cosine(&cosines, row, j, 0), wick_cosine(&cosines, row, j, 1));
        wick_text_append(script, "\n\n");
    }
    wick_text_append(script, "END\n");
    if (index == 0) {
        const double angle = cosines.P[1] / sqrt(cosines.P[0] * cosines.P[cosines.k + 1]);
        wick_text_printf(script, "$targets << END\n1 %.7g\n%.7g 1\nEND\n", angle, angle);
    }
    wick_cosines_clear(&cosines);
    return WICK_OK;
}

static void append_path_curves(wick_text *script, const wick_chart_series *series, size_t index)
{
    const wick_table *table = &series[index].table;
    const size_t last = table->rows - 1;
    for (size_t j = 0; j < wick_chart_students(table); ++j) {
        const char *color = wick_chart_color(j);
        wick_text_printf(script, "%s$s%zu index %zu ", index || j ? ", \\\n     " : "plot ", index, j);
        if (wick_chart_is_simulation(&series[index])) {
            wick_text_printf(script, "every %zu with points pointtype %zu pointsize 0.9 linecolor '%s' ",
                             wick_chart_marker_step(table), 4 + 2 * (index % 5), color);
        } else {
            wick_text_printf(script, "with lines linewidth 1.5 dashtype %zu linecolor '%s' ", index % 5 + 1, color);
        }
        wick_text_append(script, j == 0 ? "title " : "notitle");
        if (j == 0) wick_plot_quote(script, series[index].label);
        if (j == 0) wick_text_append(script, " noenhanced");
        if (wick_chart_is_simulation(&series[index])) continue;
        wick_text_printf(script,
                         ", \\\n     $s%zu index %zu every ::0::0 with points pointtype 6 pointsize 1 linecolor '%s' notitle"
                         ", \\\n     $s%zu index %zu every ::%zu::%zu with points pointtype 7 pointsize 1 linecolor '%s' "
                         "notitle",
                         index, j, color, index, j, last, last, color);
    }
}

wick_status wick_chart_neurons(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count)
{
    wick_text_append(script, "set xlabel 'M_{j1} / (Q_{jj} P_{11})^{1/2}'\nset ylabel 'M_{j2} / (Q_{jj} P_{22})^{1/2}'\n"
                             "set size ratio -1\nset xrange [-1.1:1.1]\nset yrange [-1.1:1.1]\nset key outside right top\n"
                             "set object 1 circle at 0,0 size 1 fillstyle empty border linecolor '#7F7F7F' behind\n");
    for (size_t i = 0; i < count; ++i) WICK_TRY(append_paths(context, script, &series[i], i));
    for (size_t i = 0; i < count; ++i) append_path_curves(script, series, i);
    wick_text_append(script,
                     ", \\\n     $targets with points pointtype 3 pointsize 2 linewidth 2 linecolor '#000000' title "
                     "'targets', \\\n     NaN with points pointtype 6 linecolor '#000000' title 'start', \\\n     NaN "
                     "with points pointtype 7 linecolor '#000000' title 'end'\n");
    return WICK_OK;
}

/* ---- Histogram ----------------------------------------------------------------------------------------------------- */

enum { BINS_LIMIT = 80 };

/* As a density over [-1, 1]. */
static wick_status append_bins(wick_context *context, wick_text *script, const wick_chart_series *series, size_t index)
{
    wick_cosines cosines;
    WICK_TRY(wick_cosines_make(context, series, &cosines));
    const double wanted = ceil(2 * sqrt((double)cosines.p));
    const size_t bins = wanted < BINS_LIMIT ? (size_t)wanted : BINS_LIMIT;
    double density[BINS_LIMIT] = {0};
    const double width = 2 / (double)bins;
    for (size_t j = 0; j < cosines.p; ++j) {
        const double at = floor((wick_cosine(&cosines, series->table.rows - 1, j, 0) + 1) / width);
        if (!isfinite(at)) continue; /* a student of length zero has no direction */
        density[at < 0 ? 0 : at < (double)bins ? (size_t)at : bins - 1] += 1 / ((double)cosines.p * width);
    }
    wick_text_printf(script, "$s%zu << END\n", index);
    for (size_t bin = 0; bin < bins; ++bin)
        wick_text_printf(script, "%.7g %.7g %.7g\n", -1 + ((double)bin + 0.5) * width, density[bin], width);
    wick_text_append(script, "END\n");
    wick_cosines_clear(&cosines);
    return WICK_OK;
}

wick_status wick_chart_histogram(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count)
{
    wick_text_append(script, "set xlabel 'M_{j1} / (P_{11} Q_{jj})^{1/2}'\nset ylabel 'density of students'\n"
                             "set xrange [-1:1]\nset yrange [0:*]\nset key above\nset style fill solid 0.35\n");
    for (size_t i = 0; i < count; ++i) WICK_TRY(append_bins(context, script, &series[i], i));
    for (size_t i = 0; i < count; ++i) {
        wick_text_printf(script,
                         i ? ", \\\n     $s%zu using 1:2 with histeps linewidth 2" : "plot $s%zu using 1:2:3 with boxes", i);
        wick_text_printf(script, " linecolor '%s' title ", wick_chart_color(i));
        wick_plot_quote(script, series[i].label);
        wick_text_append(script, " noenhanced");
    }
    wick_text_append(script, "\n");
    return WICK_OK;
}

/* Charts against time: the excess risk, and the order parameters. See chart.h. */
#include <stdio.h>
#include <string.h>

#include "output/chart_parts.h"
#include "output/plot_parts.h"

static wick_status find_column(wick_context *context, const wick_chart_series *series, const char *name, size_t *column)
{
    *column = wick_table_find(&series->table, name);
    if (*column < series->table.columns) return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: has no column %s", series->file, name);
}

/* The time of a series, whichever clock it is read on. */
static wick_status find_time(wick_context *context, const wick_chart_series *series, size_t *column)
{
    *column = wick_table_time(&series->table);
    return *column < series->table.columns ? WICK_OK : find_column(context, series, "t", column);
}

/* All series on one clock, whose symbol is *clock. */
static wick_status check_clocks(wick_context *context, const wick_chart_series *series, size_t count, const char **clock)
{
    for (size_t i = 0; i < count; ++i) {
        size_t column;
        WICK_TRY(find_time(context, &series[i], &column));
        const char *found = series[i].table.names[column];
        if (i == 0) *clock = found;
        if (strcmp(*clock, found) != 0)
            return wick_fail(context, WICK_ERROR_PROBLEM, "%s: its time is %s, that of %s is %s; one chart has one clock",
                             series[i].file, found, series[0].file, *clock);
    }
    return WICK_OK;
}

static void extend(wick_plot_range *range, const wick_table *table, size_t column)
{
    for (size_t row = 0; row < table->rows; ++row) {
        const double value = wick_chart_value(table, row, column);
        wick_plot_extend(range, &value, 1);
    }
}

/* ---- Risk ---------------------------------------------------------------------------------------------------------- */

/* t, the excess risk and, with several runs, its quantiles. */
static wick_status risk_columns(wick_context *context, const wick_chart_series *series, size_t columns[4])
{
    WICK_TRY(find_time(context, series, &columns[0]));
    WICK_TRY(find_column(context, series, "excess_risk", &columns[1]));
    columns[2] = wick_table_find(&series->table, "q05(excess_risk)");
    columns[3] = wick_table_find(&series->table, "q95(excess_risk)");
    return WICK_OK;
}

static void append_risk_data(wick_text *script, const wick_table *table, size_t index, const size_t columns[4])
{
    wick_text_printf(script, "$s%zu << END\n", index);
    for (size_t row = 0; row < table->rows; ++row) {
        for (size_t i = 0; i < 4 && columns[i] < table->columns; ++i)
            wick_text_printf(script, "%.10g ", wick_chart_value(table, row, columns[i]));
        wick_text_append(script, "\n");
    }
    wick_text_append(script, "END\n");
}

/* The first row with a marker: simulations take turns, so that those on one curve do not hide each other. */
static size_t first_marker(const wick_chart_series *series, size_t count, size_t index)
{
    size_t simulations = 0, before = 0;
    for (size_t i = 0; i < count; ++i) {
        simulations += wick_chart_is_simulation(&series[i]);
        before += i < index && wick_chart_is_simulation(&series[i]);
    }
    return before * wick_chart_marker_step(&series[index].table) / simulations;
}

static void append_risk_curve(wick_text *script, const wick_chart_series *series, size_t count, size_t index)
{
    const wick_table *table = &series[index].table;
    const char *color = wick_chart_series_color(series, count, index);
    const bool bars = wick_table_find(table, "q95(excess_risk)") < table->columns;
    wick_text_printf(script, "%s$s%zu ", index ? ", \\\n     " : "plot ", index);
    if (wick_chart_is_simulation(&series[index]))
        wick_text_printf(script, "every %zu::%zu using %s pointtype %zu pointsize 1", wick_chart_marker_step(table),
                         first_marker(series, count, index), bars ? "1:2:3:4 with yerrorbars" : "1:2 with points",
                         4 + 2 * (index % 5));
    else
        wick_text_append(script, table->rows > 1 ? "using 1:2 with lines linewidth 2" : "using 1:2 with points pointtype 7");
    wick_text_printf(script, " linecolor '%s' title ", color);
    wick_plot_quote(script, series[index].label);
    wick_text_append(script, " noenhanced");
}

wick_status wick_chart_risk(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count)
{
    wick_plot_range times = {0}, risks = {0};
    size_t columns[4];
    const char *clock = "t";
    WICK_TRY(check_clocks(context, series, count, &clock));
    for (size_t i = 0; i < count; ++i) {
        WICK_TRY(risk_columns(context, &series[i], columns));
        extend(&times, &series[i].table, columns[0]);
        extend(&risks, &series[i].table, columns[1]);
    }
    wick_plot_time_label(script, clock);
    wick_text_append(script, "set ylabel 'excess risk R \u2212 \u0394/2'\nset key bottom left\n");
    wick_plot_axis(script, 'x', &times);
    wick_plot_axis(script, 'y', &risks);
    for (size_t i = 0; i < count; ++i) {
        WICK_TRY(risk_columns(context, &series[i], columns));
        append_risk_data(script, &series[i].table, i, columns);
    }
    for (size_t i = 0; i < count; ++i) append_risk_curve(script, series, count, i);
    wick_text_append(script, "\n");
    return WICK_OK;
}

/* ---- Order parameters ------------------------------------------------------------------------------------------------ */

/* Columns of one kind share a colour and a line of the legend. */
typedef enum { FAMILY_M, FAMILY_DIAGONAL, FAMILY_Q, FAMILY_OUTSIDE, FAMILY_A, FAMILIES } family;

static const struct {
    const char *title, *color;
} families[FAMILIES] = {{"M_{jr}", WICK_PLOT_BLUE},
                        {"Q_{jj}", WICK_PLOT_VERMILLION},
                        {"Q_{jl}", "#E69F00"},
                        {"q_j", "#009E73"},
                        {"a_j", "#CC79A7"}};

/* The family of a column, FAMILIES if it is no order parameter. */
static family family_of(const char *name)
{
    size_t j, l;
    int end = 0;
    if (sscanf(name, "M[%zu,%zu]%n", &j, &l, &end) == 2 && end > 0) return FAMILY_M;
    end = 0;
    if (sscanf(name, "Q[%zu,%zu]%n", &j, &l, &end) == 2 && end > 0) return j == l ? FAMILY_DIAGONAL : FAMILY_Q;
    if (sscanf(name, "q[%zu]%n", &j, &end) == 1 && end > 0) return FAMILY_OUTSIDE;
    if (sscanf(name, "a[%zu]%n", &j, &end) == 1 && end > 0) return FAMILY_A;
    return FAMILIES;
}

static void append_all_data(wick_text *script, const wick_table *table, size_t index)
{
    wick_text_printf(script, "$s%zu << END\n", index);
    for (size_t row = 0; row < table->rows; ++row) {
        for (size_t i = 0; i < table->columns; ++i)
            if (i == 0 || family_of(table->names[i]) < FAMILIES)
                wick_text_printf(script, "%.7g ", wick_chart_value(table, row, i));
        wick_text_append(script, "\n");
    }
    wick_text_append(script, "END\n");
}

static void append_overlap_curves(wick_text *script, const wick_chart_series *series, size_t count, size_t index)
{
    const wick_table *table = &series[index].table;
    bool titled[FAMILIES] = {false};
    size_t column = 1;
    for (size_t i = 1; i < table->columns; ++i) {
        const family of = family_of(table->names[i]);
        if (of == FAMILIES) continue;
        wick_text_printf(script, "%s$s%zu ", index || column > 1 ? ", \\\n     " : "plot ", index);
        if (wick_chart_is_simulation(&series[index]))
            wick_text_printf(script, "every %zu using 1:%zu with points pointtype %zu pointsize 0.8",
                             wick_chart_marker_step(table), ++column, 4 + 2 * (index % 5));
        else
            wick_text_printf(script, "using 1:%zu with lines linewidth 1.5 dashtype %zu", ++column, index % 5 + 1);
        wick_text_printf(script, " linecolor '%s' ", families[of].color);
        if (titled[of])
            wick_text_append(script, "notitle");
        else if (count > 1)
            wick_text_printf(script, "title '%s, %s'", families[of].title, series[index].label);
        else
            wick_text_printf(script, "title '%s'", families[of].title);
        titled[of] = true;
    }
}

wick_status wick_chart_overlaps(wick_context *context, wick_text *script, const wick_chart_series *series, size_t count)
{
    wick_plot_range times = {0};
    const char *clock = "t";
    WICK_TRY(check_clocks(context, series, count, &clock));
    for (size_t i = 0; i < count; ++i) {
        size_t column;
        WICK_TRY(find_time(context, &series[i], &column));
        if (wick_chart_students(&series[i].table) == 0)
            return wick_fail(context, WICK_ERROR_PROBLEM, "%s: holds no order parameters; make it with --state",
                             series[i].file);
        extend(&times, &series[i].table, column);
    }
    wick_plot_time_label(script, clock);
    wick_text_append(script, "set ylabel 'order parameters'\nset key outside right top\n");
    wick_plot_axis(script, 'x', &times);
    for (size_t i = 0; i < count; ++i) append_all_data(script, &series[i].table, i);
    for (size_t i = 0; i < count; ++i) append_overlap_curves(script, series, count, i);
    wick_text_append(script, "\n");
    return WICK_OK;
}

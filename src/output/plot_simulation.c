/* The plot of a simulation: means over the runs, and a band for how far they spread. See plot.h. */
#include <stdlib.h>

#include "base/number.h"
#include "base/text.h"
#include "output/plot.h"
#include "output/plot_parts.h"

/* Where the columns stand; `low` and `high` at the end of the table for a single run. */
typedef struct {
    size_t time, risk, excess_risk, low, high;
    bool band, noise; /* noise: the two risks differ */
} columns;

static double value(const wick_table *table, size_t row, size_t column)
{
    return table->values[row * table->columns + column];
}

static columns find_columns(const wick_table *table)
{
    columns found = {.time = wick_table_time(table),
                     .risk = wick_table_find(table, "risk"),
                     .excess_risk = wick_table_find(table, "excess_risk"),
                     .low = wick_table_find(table, "q05(excess_risk)"),
                     .high = wick_table_find(table, "q95(excess_risk)")};
    found.band = found.low < table->columns && found.high < table->columns;
    for (size_t row = 0; row < table->rows; ++row)
        found.noise = found.noise || value(table, row, found.risk) != value(table, row, found.excess_risk);
    return found;
}

static void extend(wick_plot_range *range, const wick_table *table, size_t column)
{
    for (size_t row = 0; row < table->rows; ++row) {
        const double at = value(table, row, column);
        wick_plot_extend(range, &at, 1);
    }
}

static void append_axes(wick_text *script, const wick_table *table, const columns *at)
{
    wick_plot_range times = {0}, risks = {0};
    extend(&times, table, at->time);
    extend(&risks, table, at->risk);
    extend(&risks, table, at->excess_risk);
    if (at->band) extend(&risks, table, at->low);
    if (at->band) extend(&risks, table, at->high);
    wick_plot_risk_axes(script, table->names[at->time], &times, &risks);
    wick_text_append(script, "set key bottom left\n"); /* risks start high, and with a band the labels are long */
}

static void append_data(wick_text *script, const wick_table *table, const columns *at)
{
    wick_text_append(script, "$data << END\n");
    for (size_t row = 0; row < table->rows; ++row) {
        wick_text_printf(script, "%s %s %s", wick_number(value(table, row, at->time)).text,
                         wick_number(value(table, row, at->risk)).text,
                         wick_number(value(table, row, at->excess_risk)).text);
        if (at->band)
            wick_text_printf(script, " %s %s", wick_number(value(table, row, at->low)).text,
                             wick_number(value(table, row, at->high)).text);
        wick_text_append(script, "\n");
    }
    wick_text_append(script, "END\n");
}

/* A band needs two times; at one it is a bar. */
static void append_curves(wick_text *script, const wick_table *table, const columns *at)
{
    const bool lines = table->rows > 1;
    const char *style = lines ? "lines" : "points pointtype 7", *mean = at->band ? "mean " : "";
    wick_text_append(script, "plot ");
    if (at->band)
        wick_text_printf(script, "$data using 1:%s linecolor '" WICK_PLOT_BLUE "' title '5 to 95 %% of the runs', \\\n     ",
                         lines ? "4:5 with filledcurves fillstyle transparent solid 0.25 noborder"
                               : "3:4:5 with yerrorbars");
    if (at->noise)
        wick_text_printf(script,
                         "$data using 1:2 with %s linewidth 2 dashtype 2 linecolor '" WICK_PLOT_VERMILLION
                         "' title '%srisk R', \\\n     ",
                         style, mean);
    wick_text_printf(script, "$data using 1:3 with %s linewidth 2 linecolor '" WICK_PLOT_BLUE "' title '%s%s'\n", style,
                     mean, at->noise ? "excess risk R \u2212 \u0394/2" : "risk R (excess risk: the same)");
}

wick_status wick_plot_simulation(wick_context *context, const char *path, const char *problem_json, const char *process,
                                 const wick_table *table, bool partial)
{
    if (table->rows == 0)
        return wick_fail(context, WICK_ERROR_FILE, "cannot draw %s: the simulation ended before its first output time",
                         path);
    const columns at = find_columns(table);
    wick_text text = WICK_TEXT_EMPTY;
    WICK_TRY(wick_plot_begin(context, path, problem_json, process, partial, "set title ", &text));
    append_axes(&text, table, &at);
    append_data(&text, table, &at);
    append_curves(&text, table, &at);
    char *script;
    WICK_TRY(wick_text_take(context, &text, &script));
    const wick_status status = wick_plot_draw(context, path, script);
    free(script);
    return status;
}

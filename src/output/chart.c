/* The parts of a chart that all kinds have; see chart.h. */
#include "output/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "output/chart_parts.h"
#include "output/file.h"
#include "output/plot.h"
#include "output/plot_parts.h"

static const char *const names[WICK_CHART_KINDS] = {"risk", "overlaps", "neurons", "histogram"};

const char *wick_chart_name(wick_chart_kind kind) { return names[kind]; }

/* Wong's palette. */
static const char *const colors[] = {WICK_PLOT_BLUE, WICK_PLOT_VERMILLION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
                                     "#7F7F7F"};

enum { COLORS = sizeof colors / sizeof *colors, MARKERS = 30 };

const char *wick_chart_color(size_t index) { return colors[index % COLORS]; }

bool wick_chart_is_simulation(const wick_chart_series *series)
{
    return wick_table_comment_value(&series->table, "simulation") != NULL;
}

const char *wick_chart_series_color(const wick_chart_series *series, size_t count, size_t index)
{
    const bool simulation = wick_chart_is_simulation(&series[index]);
    size_t lines = 0, before = 0;
    for (size_t i = 0; i < count; ++i) {
        lines += !wick_chart_is_simulation(&series[i]);
        before += i < index && wick_chart_is_simulation(&series[i]) == simulation;
    }
    if (!simulation && lines == 1 && count > 1) return "#000000";
    return wick_chart_color(before);
}

size_t wick_chart_marker_step(const wick_table *table) { return table->rows / MARKERS + 1; }

double wick_chart_value(const wick_table *table, size_t row, size_t column)
{
    return table->values[row * table->columns + column];
}

size_t wick_chart_column(const wick_table *table, char letter, size_t first, size_t second)
{
    char name[64];
    if (second > 0)
        snprintf(name, sizeof name, "%c[%zu,%zu]", letter, first, second);
    else
        snprintf(name, sizeof name, "%c[%zu]", letter, first);
    return wick_table_find(table, name);
}

size_t wick_chart_students(const wick_table *table)
{
    size_t p = 0;
    while (wick_chart_column(table, 'M', p + 1, 1) < table->columns ||
           wick_chart_column(table, 'Q', p + 1, p + 1) < table->columns ||
           wick_chart_column(table, 'q', p + 1, 0) < table->columns)
        ++p;
    return p;
}

/* fig.gp for fig.svg: all pictures' endings have three letters. */
static wick_status keep_script(wick_context *context, const char *path, const char *script)
{
    char *name = wick_copy_string(path);
    if (!name) return wick_fail_memory(context, "naming a script");
    strcpy(name + strlen(name) - 3, "gp");
    const wick_status status = wick_output_write_text(context, name, script);
    free(name);
    return status;
}

wick_status wick_chart_script(wick_context *context, const char *path, wick_chart_kind kind, const char *title,
                              const wick_chart_series *series, size_t count, char **script)
{
    static wick_status (*const bodies[WICK_CHART_KINDS])(wick_context *, wick_text *, const wick_chart_series *, size_t) = {
        wick_chart_risk, wick_chart_overlaps, wick_chart_neurons, wick_chart_histogram};
    WICK_TRY(wick_plot_check_name(context, path));
    for (size_t i = 0; i < count; ++i)
        if (series[i].table.rows == 0) return wick_fail(context, WICK_ERROR_PROBLEM, "%s: holds no rows", series[i].file);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_printf(&text, "# gnuplot %.*sgp > %s\nset encoding utf8\nset terminal %s\n", (int)strlen(name) - 3, name, name,
                     wick_plot_terminal(path));
    if (title) {
        wick_text_append(&text, "set title ");
        wick_plot_quote(&text, title);
        wick_text_append(&text, " noenhanced\n");
    }
    wick_text_append(&text, "set grid linetype 1 linewidth 0.5 linecolor '#C8C8C8'\n");
    const wick_status status = bodies[kind](context, &text, series, count);
    if (status == WICK_OK) return wick_text_take(context, &text, script);
    wick_text_clear(&text);
    return status;
}

wick_status wick_chart_write(wick_context *context, const char *path, wick_chart_kind kind, const char *title,
                             const wick_chart_series *series, size_t count)
{
    char *script;
    WICK_TRY(wick_chart_script(context, path, kind, title, series, count, &script));
    wick_status status = keep_script(context, path, script);
    if (status == WICK_OK) status = wick_plot_draw(context, path, script);
    free(script);
    return status;
}

/* The gnuplot script of a plot; see plot.h. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "output/plot.h"
#include "output/plot_parts.h"

static const struct {
    const char *extension, *terminal;
} terminals[] = {
    {".svg", "svg size 840,560 dynamic enhanced font 'Helvetica,15' background 'white'"},
    {".png", "pngcairo size 1680,1120 enhanced font 'Helvetica,15' fontscale 2 linewidth 2 background 'white'"},
    {".pdf", "pdfcairo size 15cm,10cm enhanced font 'Helvetica,11' background 'white'"},
};

#define BLUE       WICK_PLOT_BLUE
#define VERMILLION WICK_PLOT_VERMILLION

const char *wick_plot_terminal(const char *path)
{
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; ++i) {
        const size_t ending = strlen(terminals[i].extension);
        if (length > ending && wick_same_word(path + length - ending, terminals[i].extension, ending))
            return terminals[i].terminal;
    }
    return NULL;
}

wick_status wick_plot_check_name(wick_context *context, const char *path)
{
    if (wick_plot_terminal(path)) return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM, "cannot plot into \"%s\": the name must end in .svg, .png or .pdf", path);
}

/* ---- Axes -------------------------------------------------------------------------------------------------------- */

void wick_plot_extend(wick_plot_range *of, const double *values, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        ++of->count;
        if (!(values[i] > 0)) continue;
        of->least = of->positive ? fmin(of->least, values[i]) : values[i];
        of->most = of->positive ? fmax(of->most, values[i]) : values[i];
        ++of->positive;
    }
}

/* Every digit has a tic; within one decade all are labelled, otherwise 1, 2 and 5. */
static void append_tics(wick_text *script, char axis, const wick_plot_range *of)
{
    const bool crowded = of->most > 10 * of->least;
    const int first = (int)floor(log10(of->least)), last = (int)ceil(log10(of->most));
    wick_text_printf(script, "set format %c '%%g'\nset %crange [%g:%g]\nset %ctics (", axis, axis, of->least / 1.2,
                     of->most * 1.2, axis);
    const char *separator = "";
    for (int decade = first; decade <= last; ++decade) {
        for (int digit = 1; digit < 10; ++digit) {
            const bool labelled = !crowded || digit == 1 || digit == 2 || digit == 5;
            wick_text_printf(script, "%s%s%de%d%s", separator, labelled ? "" : "'' ", digit, decade, labelled ? "" : " 1");
            separator = ", ";
        }
    }
    wick_text_append(script, ")\n");
}

/* Not logarithmic where most of the data would be missing (a converged risk may round to a few values below zero, and t = 0
 * is an ordinary output time), or where it would look like a linear axis. */
void wick_plot_axis(wick_text *script, char axis, const wick_plot_range *of)
{
    if (2 * of->positive < of->count || of->positive == 0 || of->most < 2 * of->least) {
        wick_text_printf(script, "set format %c '%%g'\n", axis);
        return;
    }
    wick_text_printf(script, "set logscale %c\n", axis);
    if (axis == 'x') wick_text_append(script, "set autoscale xfix\n"); /* a decade that is not full is not made so */
    /* Under two decades powers of ten are too few to read values from. */
    if (of->most < 100 * of->least)
        append_tics(script, axis, of);
    else
        wick_text_printf(script, "set format %c '10^{%%T}'\n", axis);
}

void wick_plot_time_label(wick_text *script, const char *clock)
{
    wick_text_append(script, strcmp(clock, "t") == 0 ? "set xlabel 'time t = \u03bd\u03b3/(pd)'\n"
                                                     : "set xlabel 'time \u03c4 = \u03bd/d'\n");
}

void wick_plot_risk_axes(wick_text *script, const char *clock, const wick_plot_range *times, const wick_plot_range *risks)
{
    wick_plot_time_label(script, clock);
    wick_text_append(script, "set ylabel 'population risk'\n"
                             "set grid linetype 1 linewidth 0.5 linecolor '#C8C8C8'\nset key top right\n");
    wick_plot_axis(script, 'x', times);
    wick_plot_axis(script, 'y', risks);
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

void wick_plot_quote(wick_text *script, const char *string)
{
    wick_text_append(script, "'");
    for (; *string; ++string) {
        const char character = (unsigned char)*string < ' ' ? ' ' : *string;
        if (character == '\'')
            wick_text_append(script, "''");
        else
            wick_text_append_bytes(script, &character, 1);
    }
    wick_text_append(script, "'");
}

static const char *member(const json_t *problem, const char *key)
{
    const char *text = json_string_value(json_object_get(problem, key));
    return text ? text : "?";
}

wick_status wick_plot_title(wick_context *context, const char *problem_json, const char *process, bool partial, char **title)
{
    json_error_t ignored;
    json_t *problem = wick_json_read(problem_json, strlen(problem_json), 0, &ignored);
    if (!problem) return wick_fail_memory(context, "reading the problem for a plot");
    const char *student = member(problem, "activation"), *target = member(problem, "target_activation");
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_printf(&text, "\u03c3 = %s", student);
    if (strcmp(target, "?") != 0 && strcmp(student, target) != 0) wick_text_printf(&text, ", \u03c3* = %s", target);
    wick_text_printf(&text, ", %s, p = %lld, k = %lld", process ? process : member(problem, "regime"),
                     (long long)json_integer_value(json_object_get(problem, "p")),
                     (long long)json_integer_value(json_object_get(problem, "k")));
    if (partial) wick_text_append(&text, " (stopped early)");
    json_decref(problem);
    return wick_text_take(context, &text, title);
}

static void append_curves(wick_text *script, const wick_trajectory *trajectory)
{
    bool same = true;
    for (size_t i = 0; i < trajectory->count; ++i) same = same && trajectory->risks[i] == trajectory->excess_risks[i];
    const char *style = trajectory->count > 1 ? "lines" : "points pointtype 7";
    if (same) {
        wick_text_printf(
            script, "plot $data using 1:2 with %s linewidth 2 linecolor '" BLUE "' title 'risk R (excess risk: the same)'\n",
            style);
    } else {
        wick_text_printf(
            script,
            "plot $data using 1:2 with %s linewidth 2 dashtype 2 linecolor '" VERMILLION "' title 'risk R', \\\n"
            "     $data using 1:3 with %s linewidth 2 linecolor '" BLUE "' title 'excess risk R \u2212 \u0394/2'\n",
            style, style);
    }
}

wick_status wick_plot_begin(wick_context *context, const char *path, const char *problem_json, const char *process,
                            bool partial, const char *command, wick_text *script)
{
    WICK_TRY(wick_plot_check_name(context, path));
    char *title;
    WICK_TRY(wick_plot_title(context, problem_json, process, partial, &title));
    wick_text_printf(script, "set encoding utf8\nset terminal %s\n%s", wick_plot_terminal(path), command);
    wick_plot_quote(script, title);
    wick_text_append(script, " noenhanced\n");
    free(title);
    return WICK_OK;
}

static bool counts_steps(const char *problem_json)
{
    json_error_t ignored;
    json_t *problem = wick_json_read(problem_json, strlen(problem_json), 0, &ignored);
    const json_t *clock = json_object_get(json_object_get(problem, "time"), "clock");
    const bool steps = json_is_string(clock) && strcmp(json_string_value(clock), "steps") == 0;
    json_decref(problem);
    return steps;
}

wick_status wick_plot_script(wick_context *context, const char *path, const char *problem_json,
                             const wick_trajectory *trajectory, bool partial, char **script)
{
    wick_text text = WICK_TEXT_EMPTY;
    WICK_TRY(wick_plot_begin(context, path, problem_json, NULL, partial, "set title ", &text));
    wick_plot_range times = {0}, risks = {0};
    wick_plot_extend(&times, trajectory->times, trajectory->count);
    wick_plot_extend(&risks, trajectory->risks, trajectory->count);
    wick_plot_extend(&risks, trajectory->excess_risks, trajectory->count);

    wick_plot_risk_axes(&text, counts_steps(problem_json) ? "tau" : "t", &times, &risks);
    wick_text_append(&text, "$data << END\n");
    for (size_t i = 0; i < trajectory->count; ++i)
        wick_text_printf(&text, "%s %s %s\n", wick_number(trajectory->times[i]).text, wick_number(trajectory->risks[i]).text,
                         wick_number(trajectory->excess_risks[i]).text);
    wick_text_append(&text, "END\n");
    append_curves(&text, trajectory);
    return wick_text_take(context, &text, script);
}

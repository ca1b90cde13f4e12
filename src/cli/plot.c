/* wick plot: pictures of finished results. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "output/chart.h"
#include "output/file.h"
#include "output/plot.h"
#include "problem/nearest.h"

static wick_status read_kind(const wick_options *options, wick_chart_kind *kind)
{
    const char *names[WICK_CHART_KINDS];
    *kind = WICK_CHART_RISK;
    if (!options->kind) return WICK_OK;
    for (int i = 0; i < WICK_CHART_KINDS; ++i) {
        names[i] = wick_chart_name((wick_chart_kind)i);
        *kind = (wick_chart_kind)i;
        if (strcmp(options->kind, names[i]) == 0) return WICK_OK;
    }
    const char *nearest = wick_nearest(options->kind, strlen(options->kind), names, WICK_CHART_KINDS);
    return wick_fail(options->context, WICK_ERROR_PROBLEM,
                     "--kind: unknown kind \"%s\"%s%s%s allowed: risk, overlaps, neurons, histogram", options->kind,
                     nearest ? "; did you mean " : ";", nearest ? nearest : "", nearest ? "?" : "");
}

/* "one|two|three": a legend for as many results as it has parts. */
static wick_status read_labels(const wick_options *options, wick_chart_series *series)
{
    const char *text = options->labels;
    for (size_t i = 0; text && i < options->file_count; ++i) {
        const size_t length = strcspn(text, "|");
        if (length > 0) {
            series[i].label = wick_copy_string_of_length(text, length);
            if (!series[i].label) return wick_fail_memory(options->context, "reading labels");
        }
        text = text[length] ? text + length + 1 : NULL;
    }
    if (!text) return WICK_OK;
    return wick_fail(options->context, WICK_ERROR_PROBLEM, "--labels: more labels than files, %zu", options->file_count);
}

static wick_status draw(wick_options *options, wick_chart_series *series)
{
    wick_context *context = options->context;
    wick_chart_kind kind;
    WICK_TRY(read_kind(options, &kind));
    if (options->file_count == 0)
        return wick_fail(context, WICK_ERROR_PROBLEM,
                         "no file to plot; give CSV or HDF5 files by wick run, or CSV by wick simulate");
    if (!options->output)
        return wick_fail(context, WICK_ERROR_PROBLEM, "no picture; give its name with -o, ending in .svg, .png or .pdf");
    WICK_TRY(wick_plot_check_name(context, options->output));
    WICK_TRY(wick_output_check(context, options->output));
    wick_stop_doing(options->stop, "reading the results");
    for (size_t i = 0; i < options->file_count; ++i) {
        series[i].file = options->files[i];
        WICK_TRY(wick_options_read_table(options, options->files[i], kind != WICK_CHART_RISK, &series[i].table));
    }
    WICK_TRY(read_labels(options, series));
    wick_stop_doing(options->stop, "drawing");
    WICK_TRY(wick_chart_label(context, series, options->file_count));
    return wick_chart_write(context, options->output, kind, options->title, series, options->file_count);
}

static int run(wick_options *options)
{
    wick_chart_series *series = wick_allocate(options->file_count, 1, sizeof *series);
    const wick_status status = series ? draw(options, series) : wick_fail_memory(options->context, "plotting");
    for (size_t i = 0; series && i < options->file_count; ++i) {
        wick_table_clear(&series[i].table);
        free(series[i].label);
    }
    free(series);
    return status == WICK_OK ? WICK_EXIT_OK : wick_report_error(options, status);
}

static const wick_flag flags[] = {
    {"output", "FILE", "the picture; the name ends in .svg, .png or .pdf; its gnuplot script is kept beside it, in .gp",
     offsetof(wick_options, output)},
    {"kind", "NAME", "risk, overlaps, neurons or histogram (default risk)", offsetof(wick_options, kind)},
    {"title", "TEXT", "a title", offsetof(wick_options, title)},
    {"labels", "TEXT", "the legend, a label for each file, with | between them (default: what differs)",
     offsetof(wick_options, labels)},
    {"quiet", NULL, "no word on what takes long", offsetof(wick_options, quiet)},
};

const wick_command wick_command_plot = {
    .name = "plot",
    .summary = "draws results of run and simulate, several in one picture",
    .explanation =
        "Reads CSV and HDF5. Results of wick run are lines, those of wick simulate are markers, with bars from the 5% to "
        "the 95% quantile where "
        "there are several runs. Kind risk shows the excess risk against time; overlaps the order parameters M, Q or q, and "
        "a; neurons the paths of the students in the plane of their cosines with the first two targets; histogram the "
        "cosines with the first target at the last time. All but risk need results made with --state. Needs gnuplot.",
    .examples = "  wick plot ode.csv runs.csv -o curves.svg\n"
                "      simulation on theory\n"
                "  wick plot ode.csv sgd.csv --kind neurons --title 'k = 2, p = 10' -o plane.pdf\n"
                "      how the students find the targets\n",
    .read_on = "README.md explains the results; run gnuplot on the script to change the picture by hand.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .takes_files = true,
    .run = run,
};

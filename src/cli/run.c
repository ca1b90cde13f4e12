/* wick run: compiles, integrates, writes the curve. A run that ends early keeps what it has, and says so everywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/watch.h"
#include "output/chart.h"
#include "output/csv.h"
#include "output/plot.h"

/* Everything that is known before the integration starts. */
static wick_status prepare(wick_options *options, wick_table *simulation, wick_system **system)
{
    wick_context *context = options->context;
    if (options->plot) WICK_TRY(wick_plot_check_name(context, options->plot));
    WICK_TRY(wick_problem_check(context, options->problem, WICK_FOR_RUN));
    if (options->compare) {
        WICK_TRY(wick_table_read(context, options->compare, simulation));
        WICK_TRY(wick_compare_check(context, options->problem, options->compare, simulation));
    }
    WICK_TRY(wick_output_check(context, options->output));
    if (options->plot) WICK_TRY(wick_output_check(context, options->plot));
    return wick_system_compile(context, options->problem, system);
}

/* The same two steps the integration starts with, each timed alone. */
static wick_status report_timings(wick_options *options, wick_system *system)
{
    const size_t dimension = wick_system_dimension(system);
    double *work = wick_allocate(2, dimension, sizeof *work);
    if (!work) return wick_fail_memory(options->context, "timing the drift");
    const double start = wick_seconds_now();
    wick_status status = wick_system_initial_state(options->context, system, work);
    const double middle = wick_seconds_now();
    if (status == WICK_OK) status = wick_system_drift(system, work, work + dimension);
    if (status == WICK_OK) wick_report_timings(options, system, middle - start, wick_seconds_now() - middle);
    free(work);
    return status;
}

/* ---- Results ----------------------------------------------------------------------------------------------------- */

static wick_status write_csv(wick_options *options, const char *json, const wick_layout *layout, const wick_watch *watch,
                             const char *stopped)
{
    wick_output output;
    WICK_TRY(wick_output_open(options->context, options->output, &output));
    wick_csv_write(output.stream, json, layout, &watch->trajectory, stopped);
    return wick_output_close(options->context, &output);
}

/* The problem as JSON, for the CSV; where there is quadrature, with how well it did. */
static wick_status describe(wick_options *options, const wick_system *system, const char *problem, char **json)
{
    const wick_accuracy accuracy = wick_system_accuracy(system);
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, problem);
    if (accuracy.tolerance > 0 && text.length > 0 && text.bytes[text.length - 1] == '}') {
        text.bytes[--text.length] = '\0';
        wick_text_printf(&text, ",\"quadrature_error\":%.3g}", accuracy.error);
    }
    const wick_status status = wick_text_take(options->context, &text, json);
    wick_text_clear(&text);
    return status;
}

/* The run with its distance to the simulation, and both in one picture. */
static wick_status write_comparison(wick_options *options, const char *json, const wick_layout *layout,
                                    const wick_watch *watch, const wick_table *simulation, const char *stopped)
{
    wick_context *context = options->context;
    /* The picture tells a simulation by its comments; a run, which has none yet, goes by its regime. */
    wick_chart_series series[] = {{.file = wick_regime_name(wick_problem_regime(options->problem))},
                                  {.file = options->compare, .table = *simulation}};
    WICK_TRY(wick_compare_table(context, layout, &watch->trajectory, simulation, &series[0].table));
    wick_output output;
    wick_status status = wick_output_open(context, options->output, &output);
    if (status == WICK_OK) {
        wick_csv_write_problem(output.stream, json);
        fprintf(output.stream, "# compared: \"%s\"\n", options->compare);
        wick_table_write(output.stream, &series[0].table);
        if (stopped) wick_csv_write_stopped(output.stream, stopped);
        status = wick_output_close(context, &output);
    }
    if (status == WICK_OK && options->plot) status = wick_chart_label(context, series, 2);
    if (status == WICK_OK && options->plot)
        status = wick_chart_write(context, options->plot, WICK_CHART_RISK, NULL, series, 2);
    wick_table_clear(&series[0].table);
    free(series[0].label);
    free(series[1].label);
    return status;
}

/* `stopped` is NULL if the run reached its end. The CSV stays even if the plot fails. */
static wick_status write_results(wick_options *options, wick_system *system, const wick_watch *watch,
                                 const wick_table *simulation, const char *stopped)
{
    const wick_layout layout = wick_options_layout(options, system);
    char *json;
    WICK_TRY(wick_problem_json(options->context, options->problem, &json));
    char *described = NULL;
    wick_status status = describe(options, system, json, &described);
    if (status == WICK_OK)
        status = options->compare ? write_comparison(options, described, &layout, watch, simulation, stopped)
                                  : write_csv(options, described, &layout, watch, stopped);
    wick_string_free(described);
    if (status == WICK_OK && options->plot && !options->compare)
        status = wick_plot_write(options->context, options->plot, json, &watch->trajectory, stopped != NULL);
    wick_string_free(json);
    return status;
}

static void say_summary(const wick_options *options, const wick_watch *watch, const wick_report *report)
{
    if (options->quiet || !options->output || strcmp(options->output, "-") == 0) return;
    wick_say("%s%s%s: %zu outputs to t = %g; %zu steps, %zu drift evaluations, %.3g s", options->output,
             options->plot ? ", " : "", options->plot ? options->plot : "", watch->trajectory.count, report->time,
             report->steps, report->drift_evaluations, report->seconds);
}

static int finish(wick_options *options, wick_system *system, const wick_watch *watch, const wick_table *simulation,
                  const wick_report *report)
{
    const wick_status status = write_results(options, system, watch, simulation, NULL);
    if (status != WICK_OK) return wick_report_error(options, status);
    say_summary(options, watch, report);
    return WICK_EXIT_OK;
}

/* Why the run ended early, in one line of its own memory (the context's text will not last). */
static char *reason(const wick_options *options, const wick_watch *watch, const wick_report *report, wick_status status)
{
    wick_text text = WICK_TEXT_EMPTY;
    char *line = NULL;
    if (watch->out_of_memory)
        wick_text_printf(&text, "out of memory at t = %g", report->time);
    else if (status == WICK_STOPPED)
        wick_text_printf(&text, "interrupted at t = %g", report->time);
    else
        wick_text_append(&text, wick_context_message(options->context));
    return wick_text_take(NULL, &text, &line) == WICK_OK ? line : NULL;
}

static int finish_early(wick_options *options, wick_system *system, const wick_watch *watch, const wick_table *simulation,
                        const wick_report *report, wick_status status)
{
    char *stopped = reason(options, watch, report, status);
    wick_say("%s", stopped ? stopped : "out of memory");
    const wick_status written = write_results(options, system, watch, simulation, stopped ? stopped : "out of memory");
    free(stopped);
    if (written != WICK_OK) {
        wick_report_error(options, written);
        return WICK_EXIT_FAILED;
    }
    wick_say("kept a partial result: %zu outputs%s%s", watch->trajectory.count, options->output ? " in " : "",
             options->output ? options->output : "");
    return WICK_EXIT_FAILED;
}

/* ---- The run ----------------------------------------------------------------------------------------------------- */

static bool leaves_rows(wick_status status)
{
    return status == WICK_ERROR_DIVERGED || status == WICK_ERROR_STEP || status == WICK_ERROR_TOLERANCE ||
           status == WICK_STOPPED;
}

static int integrate(wick_options *options, wick_system *system, const wick_table *simulation)
{
    wick_watch watch;
    wick_report report = {0};
    wick_watch_start(&watch, options->state, options->quiet);
    const wick_status status =
        wick_integrate(options->context, options->problem, system, wick_watch_observe, wick_watch_progress, &watch, &report);
    wick_watch_finish(&watch);
    int code;
    if (status == WICK_OK)
        code = finish(options, system, &watch, simulation, &report);
    else if (leaves_rows(status))
        code = finish_early(options, system, &watch, simulation, &report, status);
    else
        code = wick_report_error(options, status);
    wick_trajectory_clear(&watch.trajectory);
    return code;
}

static int run(wick_options *options)
{
    wick_system *system = NULL;
    wick_table simulation = WICK_TABLE_EMPTY;
    wick_status status = prepare(options, &simulation, &system);
    if (status == WICK_OK && options->timings) status = report_timings(options, system);
    const int code = status == WICK_OK ? integrate(options, system, &simulation) : wick_report_error(options, status);
    wick_table_clear(&simulation);
    wick_system_free(system);
    return code;
}

static const wick_flag flags[] = {
    {"output", "FILE", "where to write the CSV (default: standard output)", offsetof(wick_options, output)},
    {"state", NULL, "add the order parameters M, Q (or q) and a to each row", offsetof(wick_options, state)},
    {"plot", "FILE", "also draw the risk; the name ends in .svg, .png or .pdf; needs gnuplot", offsetof(wick_options, plot)},
    {"compare", "FILE",
     "add the distance to a CSV by wick simulate, risk_distance and, with --state, state_distance; --plot draws both",
     offsetof(wick_options, compare)},
    {"quiet", NULL, "no progress line and no summary", offsetof(wick_options, quiet)},
    {"timings", NULL, "say on stderr how long each stage before the integration took, in ms",
     offsetof(wick_options, timings)},
};

const wick_command wick_command_run = {
    .name = "run",
    .summary = "compiles a problem, integrates it and writes the learning curve",
    .explanation =
        "Derives and compiles the drift of the overlaps, integrates it from the initial state at t = 0 through the output "
        "times and writes a CSV: comment lines that hold the whole problem, then t, risk, excess_risk. Time is t = nu "
        "gamma / (p d) after nu samples of one-pass SGD. Ctrl-C ends a run early and keeps what was computed; so does "
        "a run that diverges.",
    .examples = "  wick run --activation x^2 --p 8 --k 4 --d 1000 --learning-rate 0.1 --noise 0.001 --end 1000 \\\n"
                "           -o curve.csv --plot curve.svg\n"
                "      phase retrieval from random weights, in the high-dimensional regime\n"
                "  wick run --problem study.json --learning-rate 0.2 --state > curve.csv\n"
                "      a problem file, one key changed, with the order parameters\n",
    .read_on = "README.md explains the problem file; wick derive prints the equations that are integrated.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .purpose = WICK_FOR_RUN,
    .run = run,
};

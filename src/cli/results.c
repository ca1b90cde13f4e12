/* See results.h. */
#include "cli/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/compare.h"
#include "cli/ending.h"
#include "output/chart.h"
#include "output/csv.h"
#include "output/plot.h"
#include "output/plot_parts.h"
#include "problem/problem.h"

static bool is_standard_output(const char *path) { return !path || strcmp(path, "-") == 0; }

static wick_status fail_usage(const wick_options *options, const char *text)
{
    return wick_fail(options->context, WICK_ERROR_PROBLEM, "%s", text);
}

/* ---- What the flags ask for ------------------------------------------------------------------------------------------ */

static wick_status read_bins(const wick_options *options, size_t *bins)
{
    *bins = WICK_DEFAULT_BINS;
    const char *text = options->bins;
    if (!text) return WICK_OK;
    if (!options->histogram) return fail_usage(options, "--bins is for --histogram FILE, which was not given");
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || number < 1 || number > WICK_MOST_BINS)
        return wick_fail(options->context, WICK_ERROR_PROBLEM, "--bins: must be a whole number from 1 to %d, found \"%s\"",
                         WICK_MOST_BINS, text);
    *bins = (size_t)number;
    return WICK_OK;
}

/* hist.csv and curve.svg: hist.svg. */
static wick_status name_picture(const wick_options *options, char **picture)
{
    *picture = NULL;
    if (!options->histogram || !options->plot) return WICK_OK;
    if (is_standard_output(options->histogram))
        return fail_usage(options, "--plot draws the histogram next to its file, but --histogram is standard output here");
    const char *histogram = options->histogram;
    wick_text name = WICK_TEXT_EMPTY;
    wick_text_append_bytes(&name, histogram, (size_t)(wick_ending_of(histogram) - histogram));
    wick_text_append(&name, wick_ending_of(options->plot));
    return wick_text_take(options->context, &name, picture);
}

static wick_status check_different(const wick_results *results)
{
    const wick_options *options = results->options;
    const char *const names[] = {options->output ? options->output : "-", options->plot, options->histogram,
                                 results->picture};
    static const char *const flags[] = {"-o", "--plot", "--histogram", "the plot of the histogram"};
    for (size_t i = 0; i < 4; ++i)
        for (size_t j = 0; j < i; ++j)
            if (names[i] && names[j] && strcmp(names[i], names[j]) == 0)
                return wick_fail(options->context, WICK_ERROR_PROBLEM, "%s and %s would both go to %s", flags[j], flags[i],
                                 is_standard_output(names[i]) ? "standard output" : names[i]);
    return WICK_OK;
}

static wick_status check_places(const wick_results *results)
{
    const wick_options *options = results->options;
    wick_context *context = options->context;
    WICK_TRY(wick_hdf5_named(options->output) ? wick_hdf5_check(context, options->output)
                                              : wick_output_check(context, options->output));
    if (options->plot) WICK_TRY(wick_output_check(context, options->plot));
    if (options->histogram) WICK_TRY(wick_output_check(context, options->histogram));
    return results->picture ? wick_output_check(context, results->picture) : WICK_OK;
}

static wick_status check_comparison(const wick_options *options, wick_table *simulation)
{
    if (!options->compare) return WICK_OK;
    WICK_TRY(wick_options_read_table(options, options->compare, options->state, simulation));
    return wick_compare_check(options->context, options->problem, options->compare, simulation);
}

wick_status wick_results_check(const wick_options *options, wick_results *results)
{
    *results = (wick_results){.options = options, .simulation = WICK_TABLE_EMPTY};
    if (options->state && options->no_state) return fail_usage(options, "--state and --no-state exclude each other");
    if (options->compare && wick_hdf5_named(options->output))
        return fail_usage(options, "--compare adds columns to a CSV, but -o asks for HDF5");
    WICK_TRY(wick_ending_check(options->context, "-o", options->output, WICK_ENDING_CURVE));
    WICK_TRY(wick_ending_check(options->context, "--histogram", options->histogram, WICK_ENDING_TABLE));
    if (options->plot) WICK_TRY(wick_plot_check_name(options->context, options->plot));
    WICK_TRY(read_bins(options, &results->bins));
    WICK_TRY(name_picture(options, &results->picture));
    WICK_TRY(check_different(results));
    WICK_TRY(wick_problem_check(options->context, options->problem, WICK_FOR_RUN));
    WICK_TRY(check_comparison(options, &results->simulation));
    return check_places(results);
}

/* ---- Before and after ------------------------------------------------------------------------------------------------ */

wick_status wick_results_start(wick_results *results, const wick_system *system, wick_watch *watch)
{
    const wick_options *options = results->options;
    wick_context *context = options->context;
    const bool hdf5 = wick_hdf5_named(options->output);
    results->layout = wick_options_layout(options, system);
    watch->system = system;
    WICK_TRY(wick_problem_json(context, options->problem, &results->json));
    if (options->histogram) {
        WICK_TRY(wick_histogram_start(context, &results->layout, options->problem->P, results->bins, &results->histogram));
        watch->histogram = &results->histogram;
    }
    watch->context = context;
    watch->trajectory.keeps_states = options->state && !hdf5;
    if (!hdf5) return WICK_OK;
    const wick_hdf5_contents contents = {.problem_json = results->json,
                                         .layout = results->layout,
                                         .keeps_states = !options->no_state,
                                         .rows = options->problem->time_count};
    WICK_TRY(wick_hdf5_open(context, options->output, &contents, &results->hdf5));
    watch->hdf5 = results->hdf5;
    return WICK_OK;
}

/* How well quadrature did, in the header of a CSV and the attributes of HDF5. */
static const char *const tolerance_key = "quadrature_tolerance", *const error_key = "quadrature_error";

static wick_status write_csv(const wick_results *results, const wick_watch *watch, const char *stopped)
{
    wick_output output;
    WICK_TRY(wick_output_open(results->options->context, results->options->output, &output));
    wick_csv_write(output.stream, results->json, &results->layout, &watch->trajectory, stopped);
    return wick_output_close(results->options->context, &output);
}

/* The run with its distance to the simulation. */
static wick_status write_comparison(const wick_results *results, const wick_watch *watch, const char *stopped)
{
    const wick_options *options = results->options;
    wick_context *context = options->context;
    wick_table table = WICK_TABLE_EMPTY;
    WICK_TRY(wick_compare_table(context, &results->layout, &watch->trajectory, &results->simulation, &table));
    wick_output output;
    wick_status status = wick_output_open(context, options->output, &output);
    if (status == WICK_OK) {
        wick_csv_write_problem(output.stream, results->json);
        fprintf(output.stream, "# compared: \"%s\"\n", options->compare);
        wick_table_write(output.stream, &table);
        if (stopped) wick_csv_write_stopped(output.stream, stopped);
        status = wick_output_close(context, &output);
    }
    wick_table_clear(&table);
    return status;
}

/* HDF5 has had its rows; what is missing is how well quadrature did. */
static wick_status complete_hdf5(wick_results *results, wick_accuracy accuracy, const char *stopped)
{
    wick_context *context = results->options->context;
    if (accuracy.tolerance > 0) {
        WICK_TRY(wick_hdf5_put_number(context, results->hdf5, tolerance_key, accuracy.tolerance));
        WICK_TRY(wick_hdf5_put_number(context, results->hdf5, error_key, accuracy.error));
    }
    wick_hdf5 *hdf5 = results->hdf5;
    results->hdf5 = NULL;
    return wick_hdf5_close(context, hdf5, stopped);
}

static wick_status write_curve(wick_results *results, const wick_watch *watch, const char *stopped)
{
    if (results->options->compare) return write_comparison(results, watch, stopped);
    return results->hdf5 ? complete_hdf5(results, watch->accuracy, stopped) : write_csv(results, watch, stopped);
}

static wick_status write_histogram(const wick_results *results, const char *stopped)
{
    wick_output output;
    WICK_TRY(wick_output_open(results->options->context, results->options->histogram, &output));
    wick_histogram_write(output.stream, results->json, &results->histogram, stopped);
    return wick_output_close(results->options->context, &output);
}

/* The error of quadrature, which is known only now, and its tolerance as two more keys. */
static wick_status add_accuracy(wick_results *results, wick_accuracy accuracy)
{
    const size_t length = strlen(results->json);
    if (!(accuracy.tolerance > 0) || length == 0 || results->json[length - 1] != '}') return WICK_OK;
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append_bytes(&text, results->json, length - 1);
    wick_text_printf(&text, ",\"%s\":%g,\"%s\":%.3g}", tolerance_key, accuracy.tolerance, error_key, accuracy.error);
    char *json;
    const wick_status status = wick_text_take(results->options->context, &text, &json);
    wick_text_clear(&text);
    if (status != WICK_OK) return status;
    wick_string_free(results->json);
    results->json = json;
    return WICK_OK;
}

/* The run and the simulation in one picture. */
static wick_status draw_comparison(const wick_results *results, const wick_watch *watch, const char *stopped)
{
    const wick_options *options = results->options;
    wick_context *context = options->context;
    wick_chart_series series[] = {{.file = options->output ? options->output : "the run"},
                                  {.file = options->compare, .table = results->simulation}};
    char *title = NULL;
    WICK_TRY(wick_compare_table(context, &results->layout, &watch->trajectory, &results->simulation, &series[0].table));
    wick_status status = wick_table_add_problem(context, &series[0].table, results->json);
    if (status == WICK_OK) status = wick_chart_label(context, series, 2);
    if (status == WICK_OK) status = wick_plot_title(context, results->json, NULL, stopped != NULL, &title);
    if (status == WICK_OK) status = wick_chart_write(context, options->plot, WICK_CHART_RISK, title, series, 2);
    free(title);
    wick_table_clear(&series[0].table);
    free(series[0].label);
    free(series[1].label);
    return status;
}

/* All pictures; there is none of what ended before its first row. */
static wick_status draw(const wick_results *results, const wick_watch *watch, const char *stopped)
{
    const wick_options *options = results->options;
    if (!options->plot || (stopped && watch->trajectory.count == 0)) return WICK_OK;
    wick_stop_set_expendable(options->stop);
    WICK_TRY(options->compare
                 ? draw_comparison(results, watch, stopped)
                 : wick_plot_write(options->context, options->plot, results->json, &watch->trajectory, stopped != NULL));
    if (!results->picture) return WICK_OK;
    return wick_histogram_plot(options->context, results->picture, results->json, &results->histogram, stopped != NULL);
}

wick_status wick_results_write(wick_results *results, const wick_watch *watch, const char *stopped)
{
    WICK_TRY(add_accuracy(results, watch->accuracy));
    const wick_status curve = write_curve(results, watch, stopped);
    const wick_status histogram = results->options->histogram ? write_histogram(results, stopped) : WICK_OK;
    if (curve != WICK_OK || histogram != WICK_OK) return curve != WICK_OK ? curve : histogram;
    return draw(results, watch, stopped);
}

void wick_results_say_names(const wick_results *results, wick_text *text)
{
    const wick_options *options = results->options;
    const char *const names[] = {options->output, options->histogram, options->plot, results->picture};
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
        if (names[i] && !is_standard_output(names[i])) wick_text_printf(text, "%s%s", text->length ? ", " : "", names[i]);
}

void wick_results_say_unsized(const wick_results *results)
{
    size_t row;
    if (results->options->histogram && wick_histogram_most_unsized(&results->histogram, &row))
        wick_say("histogram: students with Q_jj = 0 are counted in no bin; %zu of %zu at %s = %g, the most at any time",
                 results->histogram.unsized[row], results->layout.p, wick_layout_clock(&results->layout),
                 results->histogram.times[row]);
}

void wick_results_clear(wick_results *results)
{
    wick_hdf5_discard(results->hdf5);
    wick_histogram_clear(&results->histogram);
    wick_table_clear(&results->simulation);
    wick_string_free(results->json);
    free(results->picture);
    *results = (wick_results){0};
}

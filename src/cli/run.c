/* wick run: compiles, integrates, writes the curve. A run that ends early keeps what it has, and says so everywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/blame.h"
#include "cli/cli.h"
#include "cli/cost.h"
#include "cli/results.h"
#include "cli/watch.h"

/* The same two steps the integration starts with, each timed alone. */
static wick_status report_timings(wick_options *options, wick_system *system)
{
    const size_t dimension = wick_system_dimension(system);
    double *work = wick_allocate(2, dimension, sizeof *work);
    if (!work) return wick_fail_memory(options->context, "timing the drift");
    const double start = wick_seconds();
    wick_status status = wick_system_initial_state(options->context, system, work);
    const double middle = wick_seconds();
    if (status == WICK_OK) status = wick_system_drift(system, work, work + dimension);
    if (status == WICK_OK) wick_report_timings(options, system, middle - start, wick_seconds() - middle);
    free(work);
    return status;
}

/* ---- Its end ------------------------------------------------------------------------------------------------------- */

static void say_summary(const wick_options *options, const wick_results *results, const wick_watch *watch,
                        const wick_report *report)
{
    if (options->quiet || !options->output || strcmp(options->output, "-") == 0) return;
    wick_text names = WICK_TEXT_EMPTY;
    wick_results_say_names(results, &names);
    char jacobians[64] = "";
    if (report->jacobian_evaluations > 0)
        snprintf(jacobians, sizeof jacobians, ", %zu of the Jacobian", report->jacobian_evaluations);
    wick_say("%s: %zu outputs to %s = %g; %zu steps, %zu drift evaluations%s, %.3g s", names.failed ? "done" : names.bytes,
             watch->trajectory.count, wick_layout_clock(&results->layout), report->time, report->steps,
             report->drift_evaluations, jacobians, report->seconds);
    wick_text_clear(&names);
}

/* Each of the two that follow ends with the results held. */
static int finish(const wick_options *options, wick_results *results, const wick_watch *watch, const wick_report *report)
{
    const wick_status status = wick_results_write(results, watch, NULL);
    if (status != WICK_OK) return wick_report_error(options, status);
    say_summary(options, results, watch, report);
    if (!options->quiet) wick_results_say_unsized(results);
    return WICK_EXIT_OK;
}

/* Why the run ended early, in one line of its own memory (the context's text will not last). */
static char *reason(const wick_options *options, const wick_results *results, const wick_watch *watch,
                    const wick_report *report, wick_status status)
{
    wick_text text = WICK_TEXT_EMPTY;
    char *line = NULL;
    if (watch->out_of_memory)
        wick_text_printf(&text, "out of memory at %s = %g", wick_layout_clock(&results->layout), report->time);
    else if (status == WICK_STOPPED)
        wick_text_printf(&text, "interrupted at %s = %g", wick_layout_clock(&results->layout), report->time);
    else
        wick_text_append(&text, wick_context_message(options->context));
    return wick_text_take(NULL, &text, &line) == WICK_OK ? line : NULL;
}

static int finish_early(const wick_options *options, wick_results *results, const wick_watch *watch,
                        const wick_report *report, wick_status status)
{
    char *stopped = reason(options, results, watch, report, status);
    wick_say("%s", stopped ? stopped : "out of memory");
    const wick_status written = wick_results_write(results, watch, stopped ? stopped : "out of memory");
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

/* What is kept of a run whose drift does not end. */
typedef struct {
    wick_options options; /* with a context of its own, since the run still has the other */
    wick_results *results;
    wick_watch *watch;
} remains;

static int keep(void *user)
{
    remains *of = user;
    of->results->options = &of->options;
    wick_watch_finish(of->watch);
    if (of->watch->hdf5_status != WICK_OK) return wick_report_error(&of->options, of->watch->hdf5_status);
    const wick_report report = {.time = of->watch->time};
    return finish_early(&of->options, of->results, of->watch, &report, WICK_STOPPED);
}

/* A run that got nowhere, because of some key. */
static void blame(const wick_options *options, wick_system *system)
{
    const wick_status status = wick_blame_start(options, system);
    wick_fail_prefix(options->context, status, "diverged at t = 0: ");
}

static int integrate(wick_options *options, wick_system *system, wick_results *results, wick_watch *watch)
{
    wick_report report = {0};
    const wick_status status =
        wick_integrate(options->context, options->problem, system, wick_watch_observe, wick_watch_progress, watch, &report);
    if (leaves_rows(status) && status != WICK_STOPPED && report.steps == 0 && !wick_start_is_finite(options, system))
        blame(options, system);
    wick_stop_hold(options->stop);
    wick_stop_doing(options->stop, NULL);
    wick_watch_finish(watch);
    watch->accuracy = wick_system_accuracy(system);
    if (watch->hdf5_status != WICK_OK) return wick_report_error(options, watch->hdf5_status);
    if (status == WICK_OK) return finish(options, results, watch, &report);
    if (leaves_rows(status)) return finish_early(options, results, watch, &report, status);
    return wick_report_error(options, status);
}

static int start(wick_options *options, wick_system *system, wick_results *results, wick_watch *watch, remains *kept)
{
    const wick_status status = wick_results_start(results, system, watch);
    if (status != WICK_OK) return wick_report_error(options, status);
    wick_stop_set_keep(options->stop, keep, kept);
    wick_cost_say(options, system);
    return integrate(options, system, results, watch);
}

static int integrate_and_write(wick_options *options, wick_system *system, wick_results *results)
{
    wick_watch watch;
    remains kept = {*options, results, &watch};
    kept.options.context = wick_context_alloc();
    wick_watch_start(&watch, options->stop, wick_layout_clock(&results->layout), options->state, options->quiet);
    const int code = kept.options.context ? start(options, system, results, &watch, &kept)
                                          : wick_report_error(options, wick_fail_memory(options->context, "starting a run"));
    wick_context_free(kept.options.context);
    wick_trajectory_clear(&watch.trajectory);
    return code;
}

static int run(wick_options *options)
{
    wick_system *system = NULL;
    wick_results results;
    wick_status status = wick_results_check(options, &results);
    if (status == WICK_OK) status = wick_cost_compile(options, &system);
    if (status == WICK_OK && options->timings) status = report_timings(options, system);
    const int code = status == WICK_OK ? integrate_and_write(options, system, &results) : wick_report_error(options, status);
    wick_results_clear(&results);
    wick_system_free(system);
    return code;
}

static const wick_flag flags[] = {
    {"output", "FILE",
     "where to write the curve (default: standard output): HDF5 if the name ends in .h5 or .hdf5, else CSV",
     offsetof(wick_options, output)},
    {"state", NULL, "add the order parameters M, Q (or q) and a to each row; HDF5 has them anyway",
     offsetof(wick_options, state)},
    {"no-state", NULL, "leave them out of HDF5", offsetof(wick_options, no_state)},
    {"histogram", "FILE",
     "also write, as CSV, histograms over the students of M_jr / sqrt(P_rr Q_jj); with --plot, also draw them, into "
     "FILE with the ending of the plot",
     offsetof(wick_options, histogram)},
    {"bins", "NUMBER", "bins of the histograms, over [-1, 1] (default 100)", offsetof(wick_options, bins)},
    {"plot", "FILE", "also draw the risk; the name ends in .svg, .png or .pdf; needs gnuplot", offsetof(wick_options, plot)},
    {"compare", "FILE",
     "add the distance to a CSV by wick simulate (or a CSV or HDF5 by wick run), risk_distance and, with --state, "
     "state_distance; --plot draws both",
     offsetof(wick_options, compare)},
    {"quiet", NULL, "no progress line, no word on what takes long and no summary", offsetof(wick_options, quiet)},
    {"timings", NULL, "say on stderr how long each stage before the integration took, in ms",
     offsetof(wick_options, timings)},
};

const wick_command wick_command_run = {
    .name = "run",
    .summary = "compiles a problem, integrates it and writes the learning curve",
    .explanation =
        "Derives and compiles the drift of the overlaps, integrates it from the initial state at t = 0 through the output "
        "times and writes a CSV: comment lines that hold the whole problem, then t, risk, excess_risk. Time is t = nu "
        "gamma / (p d) after nu samples of one-pass SGD. Ctrl-C, SIGTERM and SIGHUP end a run within a second, also within "
        "a "
        "drift, and keep what was computed; so does a run that diverges. A name that ends in .h5 or .hdf5 gets HDF5 with "
        "the same content and the order parameters, "
        "written "
        "row by row: for wide networks.",
    .examples = "  wick run --activation x^2 --p 8 --k 4 --d 1000 --learning-rate 0.1 --noise 0.001 --end 1000 \\\n"
                "           -o curve.csv --plot curve.svg\n"
                "      phase retrieval from random weights, in the high-dimensional regime\n"
                "  wick run --problem study.json --learning-rate 0.2 --state > curve.csv\n"
                "      a problem file, one key changed, with the order parameters\n"
                "  wick run --activation x^2 --regime mean-field --p 100000 --k 1 --d 3 --learning-rate 0.1 \\\n"
                "           -o wide.h5 --histogram wide.csv --plot risk.svg\n"
                "      a wide network: every state as HDF5, and how students turn to the target, in wide.svg, too\n",
    .read_on = "README.md explains the problem file; wick derive prints the equations that are integrated.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .purpose = WICK_FOR_RUN,
    .run = run,
};

/* wick simulate: SGD, the overlap process or the flow of the weights, on the output times of `wick run`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/locale.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/cost.h"
#include "cli/ending.h"
#include "cli/watch.h"
#include "output/csv.h"
#include "output/hdf5.h"
#include "output/plot.h"
#include "output/table.h"
#include "problem/nearest.h"
#include "problem/problem.h"

/* ---- Flags --------------------------------------------------------------------------------------------------------- */

static const char *const engines[] = {[WICK_SGD] = "sgd", [WICK_OVERLAP] = "overlap", [WICK_WEIGHTS_FLOW] = "weights-flow"};

enum { ENGINES = sizeof engines / sizeof *engines };

/* The limits of what is whole and of what GSL's generator takes as a seed. */
static const double largest_count = 1e15, largest_seed = 4294967295.0;

static wick_status read_engine(const wick_options *options, wick_engine *engine)
{
    if (!options->engine) return WICK_OK;
    for (size_t i = 0; i < ENGINES; ++i)
        if (strcmp(options->engine, engines[i]) == 0) {
            *engine = (wick_engine)i;
            return WICK_OK;
        }
    const char *nearest = wick_nearest(options->engine, strlen(options->engine), engines, ENGINES);
    return wick_fail(options->context, WICK_ERROR_PROBLEM,
                     "--engine: unknown engine \"%s\"%s%s%s allowed: sgd, overlap, weights-flow", options->engine,
                     nearest ? "; did you mean " : ";", nearest ? nearest : "", nearest ? "?" : "");
}

/* A whole number; *count stays as it is if the flag was not given. */
static wick_status read_count(const wick_options *options, const char *flag, const char *text, double least, double most,
                              double *count)
{
    if (!text) return WICK_OK;
    const char *end;
    const double value = wick_number_read(text, &end);
    if (end == text || *end || !(value >= least && value <= most) || value != floor(value))
        return wick_fail(options->context, WICK_ERROR_PROBLEM,
                         "--%s: must be a whole number from %.0f to %.0f, found \"%s\"", flag, least, most, text);
    *count = value;
    return WICK_OK;
}

/* --seed is that of the initial state, where it is random as everywhere, and of the samples. */
static wick_status read_seeds(wick_options *options, wick_simulation *simulation)
{
    WICK_TRY(wick_problem_check(options->context, options->problem, WICK_FOR_EQUATIONS));
    double seed = (double)wick_problem_seed(options->problem);
    WICK_TRY(read_count(options, "seed", options->seed, 0, largest_seed, &seed));
    if (options->seed && wick_problem_is_random(options->problem))
        WICK_TRY(wick_problem_set(options->context, options->problem, "initial.random.seed", options->seed));
    WICK_TRY(read_count(options, "sample-seed", options->sample_seed, 0, largest_seed, &seed));
    simulation->seed = (unsigned long)seed;
    return WICK_OK;
}

static wick_status read_simulation(wick_options *options, wick_simulation *simulation)
{
    double runs = 1, threads = 0, samples = 0;
    *simulation = (wick_simulation){.engine = WICK_SGD};
    WICK_TRY(read_engine(options, &simulation->engine));
    WICK_TRY(read_count(options, "runs", options->runs, 1, 1e9, &runs));
    WICK_TRY(read_count(options, "threads", options->threads, 1, 4096, &threads));
    WICK_TRY(read_count(options, "samples", options->samples, 1, largest_count, &samples));
    WICK_TRY(read_seeds(options, simulation));
    if (samples > 0) WICK_TRY(wick_problem_set_samples(options->context, options->problem, samples));
    simulation->runs = (size_t)runs;
    simulation->threads = (size_t)threads;
    simulation->state_statistics = options->state;
    return WICK_OK;
}

/* ---- The table ----------------------------------------------------------------------------------------------------- */

/* What is kept and shown while a simulation runs. */
typedef struct {
    wick_watch watch;
    wick_table table;
    const wick_simulation *simulation;
    double *row;
    size_t outputs;              /* how many there should be */
    double samples_in_unit_time; /* of all runs together */
} recorder;

static bool add_statistics_columns(wick_table *table, const char *name)
{
    char column[96];
    snprintf(column, sizeof column, "sd(%s)", name);
    if (!wick_table_add_column(table, column)) return false;
    for (size_t i = 0; i < WICK_QUANTILES; ++i) {
        wick_snprintf(column, sizeof column, "q%02.0f(%s)", 100 * wick_quantile_probability(i), name);
        if (!wick_table_add_column(table, column)) return false;
    }
    return true;
}

/* The columns of wick run, which hold means over the runs; then, for more than one run, how they spread. */
static bool add_columns(wick_table *table, const wick_layout *layout, bool states, bool spread)
{
    size_t dimension = 0;
    if (states && !wick_layout_dimension(layout, &dimension)) return false;
    bool added = wick_table_add_column(table, wick_layout_clock(layout)) && wick_table_add_column(table, "risk") &&
                 wick_table_add_column(table, "excess_risk");
    char name[64];
    for (size_t i = 0; i < dimension && added; ++i) {
        wick_layout_name(layout, i, name);
        added = wick_table_add_column(table, name);
    }
    const size_t quantities = table->columns;
    for (size_t i = 1; i < quantities && spread && added; ++i) added = add_statistics_columns(table, table->names[i]);
    return added;
}

static double *put_spread(double *to, const wick_statistic *of)
{
    *to++ = of->deviation;
    for (size_t i = 0; i < WICK_QUANTILES; ++i) *to++ = of->quantile[i];
    return to;
}

static int record(void *user, const wick_sample *sample)
{
    recorder *to = user;
    wick_stop_hold(to->watch.stop);
    double *at = to->row;
    const size_t dimension = sample->state ? sample->dimension : 0;
    *at++ = sample->time;
    *at++ = sample->risk.mean;
    *at++ = sample->excess_risk.mean;
    for (size_t i = 0; i < dimension; ++i) *at++ = sample->state[i].mean;
    if (sample->runs > 1) {
        at = put_spread(put_spread(at, &sample->risk), &sample->excess_risk);
        for (size_t i = 0; i < dimension; ++i) at = put_spread(at, &sample->state[i]);
    }
    to->outputs = sample->count;
    to->watch.out_of_memory = !wick_table_add_row(&to->table, to->row);
    to->watch.time = sample->time;
    wick_stop_release(to->watch.stop);
    return to->watch.out_of_memory || wick_stop_asked(to->watch.stop);
}

static int show_progress(void *user, double time, double end)
{
    recorder *of = user;
    wick_watch *watch = &of->watch;
    wick_stop_hold(watch->stop);
    wick_watch_step(watch, time);
    if (wick_watch_begin_line(watch)) {
        const double seconds = wick_seconds() - watch->start;
        wick_fprintf(stderr, "%s = %.4g of %.4g, %zu of %zu outputs", of->table.names[0], time, end, of->table.rows,
                     of->outputs);
        if (of->samples_in_unit_time > 0)
            wick_fprintf(stderr, ", %.3g samples/s", time * of->samples_in_unit_time / seconds);
        if (time > 0) wick_fprintf(stderr, ", %.0f s left", seconds * (end - time) / time);
        wick_watch_end_line(watch);
    }
    wick_stop_release(watch->stop);
    return wick_stop_asked(watch->stop);
}

/* ---- Results ------------------------------------------------------------------------------------------------------- */

static wick_status write_csv(const wick_options *options, const recorder *from, const char *json, const char *stopped)
{
    wick_output output;
    WICK_TRY(wick_output_open(options->context, options->output, &output));
    wick_csv_write_problem(output.stream, json);
    fprintf(output.stream, "# simulation: {\"engine\":\"%s\",\"seed\":%lu,\"runs\":%zu}\n",
            engines[from->simulation->engine], from->simulation->seed, from->simulation->runs);
    wick_table_write(output.stream, &from->table);
    if (stopped) wick_csv_write_stopped(output.stream, stopped);
    return wick_output_close(options->context, &output);
}

/* Its title: "SGD, d = 1000, 20 runs". */
static wick_status draw(const wick_options *options, const recorder *from, const char *json, const char *stopped)
{
    static const char *const processes[] = {
        [WICK_SGD] = "SGD", [WICK_OVERLAP] = "SGD (overlaps)", [WICK_WEIGHTS_FLOW] = "flow of the weights"};
    const size_t runs = from->simulation->runs;
    char process[128];
    const int length =
        wick_snprintf(process, sizeof process, "%s, d = %g", processes[from->simulation->engine], options->problem->d);
    if (runs > 1) snprintf(process + length, sizeof process - (size_t)length, ", %zu runs", runs);
    return wick_plot_simulation(options->context, options->plot, json, process, &from->table, stopped != NULL);
}

/* The CSV stays even if the plot fails. */
static wick_status write_results(const wick_options *options, const recorder *from, const char *stopped)
{
    char *json;
    WICK_TRY(wick_problem_json(options->context, options->problem, &json));
    wick_status status = write_csv(options, from, json, stopped);
    wick_stop_set_expendable(options->stop);
    const bool drawn = options->plot && !(stopped && from->table.rows == 0);
    if (status == WICK_OK && drawn) status = draw(options, from, json, stopped);
    wick_string_free(json);
    return status;
}

static void say_summary(const wick_options *options, const recorder *of, const wick_report *report)
{
    const bool file = options->output && strcmp(options->output, "-") != 0;
    if (options->quiet || (!file && !options->plot)) return;
    wick_say("%s%s%s: %zu outputs to %s = %g; %zu run%s, %zu %s, %.3g s", file ? options->output : "",
             file && options->plot ? ", " : "", options->plot ? options->plot : "", of->table.rows, of->table.names[0],
             report->time, of->simulation->runs, of->simulation->runs == 1 ? "" : "s", report->steps,
             of->simulation->engine == WICK_WEIGHTS_FLOW ? "steps" : "samples", report->seconds);
}

static int finish(wick_options *options, const recorder *from, const wick_report *report)
{
    const wick_status status = write_results(options, from, NULL);
    if (status != WICK_OK) return wick_report_error(options, status);
    say_summary(options, from, report);
    return WICK_EXIT_OK;
}

static int finish_early(wick_options *options, const recorder *from, const wick_report *report, wick_status status)
{
    char reason[512];
    if (status == WICK_STOPPED)
        wick_snprintf(reason, sizeof reason, "%s at %s = %g", from->watch.out_of_memory ? "out of memory" : "interrupted",
                      from->table.names[0], report->time);
    else
        snprintf(reason, sizeof reason, "%s", wick_context_message(options->context));
    wick_say("%s", reason);
    const wick_status written = write_results(options, from, reason);
    if (written != WICK_OK) {
        wick_report_error(options, written);
        return WICK_EXIT_FAILED;
    }
    wick_say("kept a partial result: %zu outputs%s%s", from->table.rows, options->output ? " in " : "",
             options->output ? options->output : "");
    return WICK_EXIT_FAILED;
}

/* ---- The simulation ------------------------------------------------------------------------------------------------ */

static wick_status save_initial(wick_options *options)
{
    char *json;
    WICK_TRY(wick_problem_initial_json(options->context, options->problem, &json));
    const wick_status status = wick_output_write_text(options->context, options->save_initial, json);
    wick_string_free(json);
    return status;
}

/* Whether the results can be written where they are to go. */
static wick_status check_places(const wick_options *options)
{
    wick_context *context = options->context;
    if (wick_hdf5_named(options->output))
        return wick_fail(context, WICK_ERROR_PROBLEM, "-o %s: HDF5 is for wick run; wick simulate writes CSV",
                         options->output);
    if (options->plot) WICK_TRY(wick_plot_check_name(context, options->plot));
    if (options->plot && options->output && strcmp(options->plot, options->output) == 0)
        return wick_fail(context, WICK_ERROR_PROBLEM, "-o and --plot would both go to %s", options->plot);
    WICK_TRY(wick_ending_check(context, "-o", options->output, WICK_ENDING_TABLE));
    WICK_TRY(wick_ending_check(context, "--save-initial", options->save_initial, WICK_ENDING_JSON));
    WICK_TRY(wick_output_check(context, options->output));
    if (options->save_initial) WICK_TRY(wick_output_check(context, options->save_initial));
    return options->plot ? wick_output_check(context, options->plot) : WICK_OK;
}

static wick_status prepare(wick_options *options, wick_simulation *simulation, wick_system **system)
{
    wick_context *context = options->context;
    WICK_TRY(read_simulation(options, simulation));
    WICK_TRY(wick_problem_check(context, options->problem, WICK_FOR_RUN));
    WICK_TRY(check_places(options));
    WICK_TRY(wick_cost_compile(options, system));
    return options->save_initial ? save_initial(options) : WICK_OK;
}

static wick_status start_recorder(wick_options *options, const wick_system *system, const wick_simulation *simulation,
                                  recorder *made)
{
    const wick_layout layout = wick_options_layout(options, system);
    const wick_problem *problem = options->problem;
    *made = (recorder){.simulation = simulation, .outputs = problem->time_count};
    const double step = wick_rules_of(problem->rules, problem->p, problem->parameter).step;
    if (simulation->engine != WICK_WEIGHTS_FLOW && step > 0 &&
        (problem->schedule.count == 0 || problem->rules & WICK_CLOCK_OF_STEPS))
        made->samples_in_unit_time = problem->d / step * (double)simulation->runs;
    if (add_columns(&made->table, &layout, options->state, simulation->runs > 1))
        made->row = wick_allocate(made->table.columns, 1, sizeof *made->row);
    if (!made->row) return wick_fail_memory(options->context, "preparing the columns");
    wick_watch_start(&made->watch, options->stop, wick_layout_clock(&layout), false, options->quiet);
    return WICK_OK;
}

/* What is kept of a simulation that does not look at signals. */
typedef struct {
    wick_options options; /* with a context of its own, since the simulation still has the other */
    recorder *from;
} remains;

static int keep(void *user)
{
    remains *of = user;
    const wick_report report = {.time = of->from->watch.time};
    wick_watch_finish(&of->from->watch);
    return finish_early(&of->options, of->from, &report, WICK_STOPPED);
}

static int simulate(wick_options *options, const wick_simulation *simulation, wick_system *system, recorder *to)
{
    wick_report report = {0};
    remains kept = {*options, to};
    kept.options.context = wick_context_alloc();
    if (!kept.options.context)
        return wick_report_error(options, wick_fail_memory(options->context, "starting a simulation"));
    wick_stop_set_keep(options->stop, keep, &kept);
    wick_stop_doing(options->stop, "simulating the first samples, of p = %zu and d = %g", options->problem->p,
                    options->problem->d);
    const wick_status status =
        wick_simulate(options->context, options->problem, system, simulation, record, show_progress, to, &report);
    wick_stop_hold(options->stop);
    wick_stop_doing(options->stop, NULL);
    wick_watch_finish(&to->watch);
    wick_context_free(kept.options.context);
    if (status == WICK_OK) return finish(options, to, &report);
    if (status == WICK_ERROR_DIVERGED || status == WICK_ERROR_STEP || status == WICK_STOPPED ||
        status == WICK_ERROR_TOLERANCE)
        return finish_early(options, to, &report, status);
    return wick_report_error(options, status);
}

static int run(wick_options *options)
{
    wick_system *system = NULL;
    wick_simulation simulation;
    recorder to = {0};
    wick_status status = prepare(options, &simulation, &system);
    if (status == WICK_OK) status = start_recorder(options, system, &simulation, &to);
    const int code = status == WICK_OK ? simulate(options, &simulation, system, &to) : wick_report_error(options, status);
    wick_table_clear(&to.table);
    free(to.row);
    wick_system_free(system);
    return code;
}

static const wick_flag flags[] = {
    {"engine", "NAME", "sgd, overlap or weights-flow (default sgd)", offsetof(wick_options, engine)},
    {"samples", "COUNT",
     "how many samples to take: sets the last output time to COUNT gamma / (p d), or COUNT / d in the clock of steps",
     offsetof(wick_options, samples)},
    {"runs", "COUNT",
     "independent runs from one initial state; the CSV then holds means, and how the runs spread (default 1)",
     offsetof(wick_options, runs)},
    {"seed", "COUNT", "seed of the samples, and of the initial state if that is random (default: that of the problem, 1)",
     offsetof(wick_options, seed)},
    {"sample-seed", "COUNT", "seed of the samples alone (default: that above)", offsetof(wick_options, sample_seed)},
    {"threads", "COUNT", "threads; their number changes no digit (default: as many as there are processors)",
     offsetof(wick_options, threads)},
    {"output", "FILE", "where to write the CSV (default: standard output)", offsetof(wick_options, output)},
    {"state", NULL, "add the order parameters M, Q and a to each row", offsetof(wick_options, state)},
    {"plot", "FILE", "also draw the risk, with a band for the runs; the name ends in .svg, .png or .pdf (needs gnuplot)",
     offsetof(wick_options, plot)},
    {"save-initial", "FILE", "also write the initial overlaps as JSON, for --initial of wick run",
     offsetof(wick_options, save_initial)},
    {"quiet", NULL, "no progress line, no word on what takes long and no summary", offsetof(wick_options, quiet)},
};

const wick_command wick_command_simulate = {
    .name = "simulate",
    .summary = "runs SGD itself, or the exact process of its overlaps, on the times of run",
    .explanation =
        "Engine sgd takes one fresh sample a step and moves p x d weights. Engine overlap takes the same steps exactly in "
        "law in the few coordinates that matter, at a cost that does not depend on d (1e12 is fine). Engine weights-flow "
        "integrates the gradient flow of the weights: regime classical by another way. The CSV has the times and columns of "
        "wick run; at time t stands the state after the whole number of samples nearest to t p d / gamma, and its risk is "
        "the "
        "exact one of that state. With --runs the columns are means, followed by standard deviations, sd(risk), and "
        "quantiles, q05(risk) to q95(risk). Any activation of wick run will do for sgd and overlap, polynomials for "
        "weights-flow. Regimes other than the mean-field ones change nothing here.",
    .examples = "  wick simulate --activation x^2 --p 8 --k 4 --d 1000 --learning-rate 0.1 --end 100 -o sgd.csv\n"
                "      one run of SGD, from the initial state of wick run with the same flags\n"
                "  wick simulate --problem study.json --engine overlap --runs 100 --save-initial start.json -o runs.csv\n"
                "  wick run --problem study.json --initial start.json -o ode.csv\n"
                "      a hundred runs of the process and the ODE from the same overlaps\n",
    .read_on = "README.md explains engines and columns; wick run --help lists the same problem keys.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .purpose = WICK_FOR_RUN,
    .run = run,
};

/* wick eval: the drift and the risk at the initial state, once, as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/locale.h"
#include "base/memory.h"
#include "base/number.h"
#include "cli/blame.h"
#include "cli/cli.h"
#include "cli/cost.h"
#include "cli/ending.h"
#include "dynamics/dynamics.h"
#include "output/file.h"

/* The drift at the initial state, taken to pieces. */
typedef struct {
    wick_layout layout;
    wick_arrays drift; /* d/dt of the blocks of the state, whole */
    wick_arrays mean;  /* the mean of a step likewise, if it is wanted */
    bool finite_d;
    double risk, excess_risk;
    wick_accuracy accuracy, mean_accuracy;
} evaluation;

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

static void print_vector(FILE *stream, const double *values, size_t count)
{
    fputc('[', stream);
    for (size_t i = 0; i < count; ++i) {
        char number[WICK_NUMBER_SIZE];
        if (i > 0) fputs(", ", stream);
        fwrite(number, 1, wick_number_print(number, values[i]), stream);
    }
    fputc(']', stream);
}

static void print_matrix(FILE *stream, const double *values, size_t rows, size_t columns)
{
    fputc('[', stream);
    for (size_t i = 0; i < rows; ++i) {
        fputs(i ? ",\n    " : "\n    ", stream);
        print_vector(stream, values + i * columns, columns);
    }
    fputs("\n  ]", stream);
}

/* "dM": ... and so on, for each block of the state. */
static void print_blocks(FILE *stream, const wick_layout *layout, const wick_arrays *rates)
{
    for (size_t i = 0; i < layout->count; ++i) {
        const wick_block_id id = layout->block[i];
        const wick_block *block = wick_block_at(id);
        const double *values = rates->array[id];
        const size_t rows = wick_layout_rows(layout, id);
        fprintf(stream, "%s  \"d%s\": ", i > 0 ? ",\n" : "", block->name);
        if (block->rank == 1)
            print_vector(stream, values, rows);
        else
            print_matrix(stream, values, rows, wick_layout_columns(layout, id));
    }
}

static void print_quadrature(FILE *stream, const wick_accuracy *accuracy)
{
    if (accuracy->tolerance > 0)
        wick_fprintf(stream, ",\n  \"quadrature\": { \"tol\": %.3g, \"error\": %.3g }", accuracy->tolerance,
                     accuracy->error);
}

static void print(FILE *stream, const evaluation *result)
{
    fputs("{\n", stream);
    print_blocks(stream, &result->layout, &result->drift);
    fprintf(stream, ",\n  \"risk\": %s,\n  \"excess_risk\": %s", wick_number(result->risk).text,
            wick_number(result->excess_risk).text);
    print_quadrature(stream, &result->accuracy);
    if (result->finite_d) {
        fputs(",\n  \"finite_d\": {\n", stream);
        print_blocks(stream, &result->layout, &result->mean);
        print_quadrature(stream, &result->mean_accuracy);
        fputs("\n  }", stream);
    }
    fputs("\n}\n", stream);
}

/* ---- Evaluation -------------------------------------------------------------------------------------------------- */

static bool is_finite(const double *drift, size_t dimension, double risk)
{
    bool finite = isfinite(risk);
    for (size_t i = 0; i < dimension; ++i) finite = finite && isfinite(drift[i]);
    return finite;
}

/* `work` holds two states. */
static wick_status evaluate(wick_options *options, wick_system *system, double *work, evaluation *result)
{
    const size_t dimension = wick_system_dimension(system);
    double *state = work, *drift = work + dimension;
    wick_cost_say(options, system);
    const double start = wick_seconds();
    WICK_TRY(wick_system_initial_state(options->context, system, state));
    const double middle = wick_seconds();
    WICK_TRY(wick_system_drift(system, state, drift));
    if (options->timings) wick_report_timings(options, system, middle - start, wick_seconds() - middle);
    WICK_TRY(wick_system_risk(system, state, &result->risk, &result->excess_risk));
    result->accuracy = wick_system_accuracy(system);
    if (!is_finite(drift, dimension, result->risk)) {
        wick_blame_start(options, system);
        return WICK_ERROR_DIVERGED;
    }
    wick_layout_unpack(&result->layout, drift, &result->drift);
    if (!options->finite_d) return WICK_OK;
    WICK_TRY(wick_step_mean(options->context, options->problem, state, drift, &result->mean_accuracy));
    wick_layout_unpack(&result->layout, drift, &result->mean);
    return WICK_OK;
}

static bool allocate(const wick_layout *layout, wick_arrays *arrays)
{
    bool made = true;
    for (size_t i = 0; i < layout->count; ++i) {
        const wick_block_id block = layout->block[i];
        double *array = wick_allocate(wick_layout_rows(layout, block), wick_layout_columns(layout, block), sizeof *array);
        arrays->array[block] = array;
        made = made && array;
    }
    return made;
}

static wick_status evaluate_and_print(wick_options *options, wick_system *system)
{
    evaluation result = {.layout = wick_options_layout(options, system), .finite_d = options->finite_d};
    double *work = wick_allocate(2, wick_system_dimension(system), sizeof *work);
    wick_output output;
    const bool made = work && allocate(&result.layout, &result.drift) && allocate(&result.layout, &result.mean);
    wick_status status =
        made ? evaluate(options, system, work, &result) : wick_fail_memory(options->context, "evaluating the drift");
    wick_stop_hold(options->stop);
    if (status == WICK_OK) status = wick_output_open(options->context, options->output, &output);
    if (status == WICK_OK) {
        print(output.stream, &result);
        status = wick_output_close(options->context, &output);
    }
    free(work);
    for (size_t i = 0; i < WICK_BLOCK_COUNT; ++i) {
        free(result.drift.array[i]);
        free(result.mean.array[i]);
    }
    return status;
}

static int run(wick_options *options)
{
    wick_system *system = NULL;
    wick_status status = wick_ending_check(options->context, "-o", options->output, WICK_ENDING_JSON);
    if (status == WICK_OK) status = wick_problem_check(options->context, options->problem, WICK_FOR_DRIFT);
    if (status == WICK_OK) status = wick_output_check(options->context, options->output);
    if (status == WICK_OK) status = wick_cost_compile(options, &system);
    if (status == WICK_OK) status = evaluate_and_print(options, system);
    wick_system_free(system);
    return status == WICK_OK ? WICK_EXIT_OK : wick_report_error(options, status);
}

static const wick_flag flags[] = {
    {"output", "FILE", "where to write the JSON (default: standard output)", offsetof(wick_options, output)},
    {"finite-d", NULL, "also the exact mean of one step at d, per unit of time: what the drift leaves out",
     offsetof(wick_options, finite_d)},
    {"timings", NULL, "say on stderr how long each stage took, in ms", offsetof(wick_options, timings)},
    {"quiet", NULL, "no word on what takes long", offsetof(wick_options, quiet)},
};

const wick_command wick_command_eval = {
    .name = "eval",
    .summary = "the drift and the risk at the initial state, once, as JSON",
    .explanation =
        "Compiles the drift and evaluates it at the initial state. Prints a JSON object: dM (p x k), dQ (p x p) or, in the "
        "mean-field regimes, dq (p), da (p) if the second layer is trained, risk and excess_risk (without the noise's "
        "Delta/2), all with the fewest digits that read back exactly; and, where expectations are computed by quadrature, "
        "the tolerance asked for and the "
        "largest error estimated. With --finite-d an object finite_d has the same rates as the exact mean of one step of "
        "SGD "
        "at the problem's d, divided by the time of a step: all orders in gamma and 1/d that the drift leaves out are in "
        "it, "
        "whatever the regime.",
    .examples = "  wick eval --activation x^2 --Q '[[1]]' --M '[[0.2]]' --learning-rate 0.1\n"
                "      one student, one target of unit norm\n"
                "  wick eval --activation he3 --p 8 --k 4 --d 100 --seed 7 --learning-rate 0.1 --timings\n"
                "      random weights; and where the time from start to first drift goes\n"
                "  wick eval --activation erf --p 2 --k 2 --d 50 --seed 1 --learning-rate 0.5 --finite-d\n"
                "      how far the limit of large d is from the mean of a step at d = 50\n",
    .read_on = "wick run integrates this drift; wick derive prints it as formulas.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .purpose = WICK_FOR_DRIFT,
    .run = run,
};

/* Files of results: tables read for plot and --compare, initial states, and histograms of any states.
 *
 * The input: a letter for what it is, then the file. A table (t) is read, written, read again and drawn, a simulation (s) is
 * compared with a run, an initial state (i) becomes a problem, a histogram (h) is made of numbers. Others, HDF5 for one, are
 * to get letters of their own.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "fuzz.h"
#include "output/chart.h"
#include "output/histogram.h"

enum { LENGTH_LIMIT = 1 << 16, WIDTH_LIMIT = 24 };

static const char json[] = "{\"activation\":\"x^2\",\"regime\":\"classical\",\"p\":2,\"k\":1}";

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void check_script(wick_context *context, const wick_table *table, wick_chart_kind kind)
{
    wick_chart_series series[2] = {{*table, "first.csv", NULL}, {*table, "second.csv", NULL}};
    char *script = NULL;
    wick_status status = wick_chart_label(context, series, 2);
    if (status == WICK_OK) status = wick_chart_script(context, "fuzz.svg", kind, "it's a title", series, 2, &script);
    fuzz_expect_message(context, status);
    free(series[0].label);
    free(series[1].label);
    free(script);
}

static bool is_same(const wick_table *a, const wick_table *b)
{
    if (a->columns != b->columns || a->rows != b->rows) return false;
    for (size_t i = 0; i < a->columns; i++)
        if (strcmp(a->names[i], b->names[i]) != 0) return false;
    for (size_t i = 0; i < a->rows * a->columns; i++)
        if (isnan(a->values[i]) ? !isnan(b->values[i]) : a->values[i] != b->values[i]) return false;
    return true;
}

static wick_status read_bytes(wick_context *context, const uint8_t *data, size_t size, wick_table *table)
{
    const wick_status status = wick_table_read(context, fuzz_file(data, size, ".csv"), table);
    fuzz_expect_message(context, status);
    return status;
}

static void check_table(wick_context *context, const uint8_t *data, size_t size)
{
    wick_table table, again;
    if (read_bytes(context, data, size, &table) != WICK_OK) return;
    fuzz_expect(table.columns > 0, "a table without columns");
    for (wick_chart_kind kind = 0; kind < WICK_CHART_KINDS; kind++) check_script(context, &table, kind);
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    fuzz_expect(stream != NULL, "no memory for a stream");
    wick_table_write(stream, &table);
    fclose(stream);
    const wick_status status = read_bytes(context, (const uint8_t *)text, length, &again);
    fuzz_expect(status == WICK_OK, "%s\nis refused: %s", text, wick_context_message(context));
    fuzz_expect(is_same(&table, &again), "another table than was written:\n%s", text);
    wick_table_clear(&again);
    wick_table_clear(&table);
    free(text);
}

/* ---- Simulations to compare with --------------------------------------------------------------------------------- */

enum { ROWS = 3, STATE = 5 };

static void check_comparison(wick_context *context, const uint8_t *data, size_t size)
{
    static double times[ROWS] = {0, 0.1, 10}, risks[ROWS] = {1, 0.5, 1e-9}, states[ROWS * STATE] = {0.1, -1, 2};
    const wick_problem problem = {.times = times, .time_count = ROWS};
    const wick_layout layout = wick_layout_of(WICK_CLASSICAL, false, 2, 1);
    wick_table simulation;
    if (read_bytes(context, data, size, &simulation) != WICK_OK) return;
    const wick_status fits = wick_compare_check(context, &problem, "simulation.csv", &simulation);
    fuzz_expect_message(context, fits);
    for (int keeps = 0; fits == WICK_OK && keeps < 2; keeps++) {
        const wick_trajectory trajectory = {.keeps_states = keeps == 1,
                                            .count = ROWS,
                                            .dimension = STATE,
                                            .times = times,
                                            .risks = risks,
                                            .excess_risks = risks,
                                            .states = keeps == 1 ? states : NULL};
        wick_table table = WICK_TABLE_EMPTY;
        fuzz_expect_message(context, wick_compare_table(context, &layout, &trajectory, &simulation, &table));
        fuzz_expect(table.rows == ROWS, "%zu rows in place of %d", table.rows, ROWS);
        wick_table_clear(&table);
    }
    wick_table_clear(&simulation);
}

/* ---- Initial states ---------------------------------------------------------------------------------------------- */

static void check_initial(wick_context *context, const uint8_t *data, size_t size)
{
    wick_problem *problem = NULL;
    fuzz_expect(wick_problem_alloc(context, &problem) == WICK_OK, "no memory for a problem");
    wick_status status = wick_problem_set(context, problem, "activation", "x^2");
    if (status == WICK_OK) status = wick_problem_set(context, problem, "learning_rate", "0.1");
    if (status == WICK_OK) status = wick_problem_set(context, problem, "initial", fuzz_file(data, size, ".json"));
    if (status == WICK_OK) status = wick_problem_check(context, problem, WICK_FOR_CODE);
    if (status == WICK_OK && problem->p <= WIDTH_LIMIT && problem->k <= WIDTH_LIMIT)
        status = wick_problem_check(context, problem, WICK_FOR_DRIFT);
    fuzz_expect_message(context, status);
    wick_problem_free(problem);
}

/* ---- Histograms -------------------------------------------------------------------------------------------------- */

/* The next eight bytes as a number, 0 in place of what no state holds. */
static double next_number(const uint8_t **data, size_t *size)
{
    double number = 0;
    const size_t taken = *size < sizeof number ? *size : sizeof number;
    if (taken > 0) memcpy(&number, *data, taken);
    *data += taken;
    *size -= taken;
    return isfinite(number) ? number : 0;
}

static void write_histogram(wick_context *context, const wick_histogram *histogram, const wick_layout *layout)
{
    char *text = NULL, *script = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    fuzz_expect(stream != NULL, "no memory for a stream");
    wick_histogram_write(stream, json, histogram, "stopped");
    fclose(stream);
    wick_table table;
    const wick_status status = read_bytes(context, (const uint8_t *)text, length, &table);
    fuzz_expect(status == WICK_OK, "%s\nis refused: %s", text, wick_context_message(context));
    fuzz_expect(table.rows == histogram->count * layout->k * histogram->bins, "%zu rows", table.rows);
    for (size_t i = 0; i < table.rows * table.columns; i++) fuzz_expect(isfinite(table.values[i]), "not finite:\n%s", text);
    wick_table_clear(&table);
    fuzz_expect_message(context, wick_histogram_script(context, "fuzz.svg", json, histogram, true, &script));
    free(script);
    free(text);
}

static void check_histogram(wick_context *context, const uint8_t *data, size_t size)
{
    if (size < 4) return;
    const wick_layout layout = wick_layout_of(data[2] % 2 == 1 ? WICK_MEAN_FIELD : WICK_CLASSICAL, data[2] / 2 % 2 == 1,
                                              1 + data[0] % 4, 1 + data[1] % 3);
    const size_t bins = 1 + data[3] % 40;
    data += 4;
    size -= 4;
    double P[9], state[32];
    size_t dimension = 0;
    fuzz_expect(wick_layout_dimension(&layout, &dimension) && dimension <= 32, "a state of %zu", dimension);
    for (size_t i = 0; i < layout.k * layout.k; i++) P[i] = next_number(&data, &size);
    for (size_t i = 0; i < layout.k; i++)
        for (size_t j = 0; j < i; j++) P[i * layout.k + j] = P[j * layout.k + i];
    wick_histogram histogram;
    wick_status status = wick_histogram_start(context, &layout, P, bins, &histogram);
    fuzz_expect_message(context, status);
    for (size_t row = 0; status == WICK_OK && (size > 0 || row == 0) && row < 5; row++) {
        for (size_t i = 0; i < dimension; i++) state[i] = next_number(&data, &size);
        const wick_point point = {.time = (double)row, .state = state, .dimension = dimension, .index = row, .count = 5};
        fuzz_expect(wick_histogram_add(&histogram, &point), "no memory for a row");
    }
    if (status == WICK_OK) write_histogram(context, &histogram, &layout);
    wick_histogram_clear(&histogram);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_time();
    if (size < 1 || size > LENGTH_LIMIT) return 0;
    wick_context *context = wick_context_alloc();
    fuzz_expect(context != NULL, "no memory for a context");
    switch (data[0]) {
    case 't': check_table(context, data + 1, size - 1); break;
    case 's': check_comparison(context, data + 1, size - 1); break;
    case 'i': check_initial(context, data + 1, size - 1); break;
    case 'h': check_histogram(context, data + 1, size - 1); break;
    default: break;
    }
    wick_context_free(context);
    return 0;
}

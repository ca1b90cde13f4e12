/* See numbers.h. */
#include "emit/numbers.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "problem/merge.h"
#include "problem/stages.h"

/* As C and Python write one that is no integer. */
static void print_number(wick_text *text, double value)
{
    char digits[WICK_NUMBER_SIZE];
    wick_text_append_bytes(text, digits, wick_number_print(digits, value));
    if (!strpbrk(digits, ".en")) wick_text_append(text, ".0");
}

/* As initialisers, five on a line. */
static void set_list(wick_values *values, const char *key, const double *numbers, size_t count)
{
    wick_text text = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < count; ++i) {
        if (i > 0) wick_text_append(&text, i % 5 == 0 ? ",\n    " : ", ");
        print_number(&text, numbers[i]);
    }
    if (count == 0) wick_text_append(&text, "0.0");
    wick_values_take(values, key, &text);
}

static void set_rounded_list(wick_values *values, const char *key, const double *numbers, size_t count)
{
    wick_text text = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < count; ++i)
        wick_text_printf(&text, "%s%.12e", i == 0 ? "" : i % 5 == 0 ? ",\n    " : ", ", numbers[i]);
    wick_values_take(values, key, &text);
}

/* As rows of a text file. */
static void set_matrix(wick_values *values, const char *key, const double *numbers, size_t rows, size_t columns)
{
    wick_text text = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < rows; ++i) {
        for (size_t j = 0; j < columns; ++j) {
            if (j > 0) wick_text_append(&text, " ");
            print_number(&text, numbers[i * columns + j]);
        }
        if (i + 1 < rows) wick_text_append(&text, "\n");
    }
    wick_values_take(values, key, &text);
}

/* ---- The initial state ---------------------------------------------------------------------------------------------- */

static void set_file_values(const wick_problem *problem, wick_values *values)
{
    const size_t p = problem->p, k = problem->k;
    set_matrix(values, "INITIAL_M", problem->M, p, k);
    if (problem->q) set_matrix(values, "INITIAL_PERP", problem->q, 1, p);
    if (problem->Q) set_matrix(values, "INITIAL_Q", problem->Q, p, p);
    set_matrix(values, "INITIAL_P", problem->P, k, k);
    set_matrix(values, "INITIAL_A", problem->a, 1, p);
    set_matrix(values, "INITIAL_A_STAR", problem->a_star, 1, k);
}

wick_status wick_initial_values(wick_context *context, const wick_problem *problem, wick_values *values)
{
    const bool built_in = problem->p <= WICK_BUILT_IN_LIMIT;
    const wick_layout layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k);
    const wick_arrays arrays = wick_problem_arrays(problem);
    size_t dimension;
    double *state = wick_layout_dimension(&layout, &dimension) ? wick_allocate(dimension, 1, sizeof *state) : NULL;
    if (!state) return wick_fail_memory(context, "emitting code");
    wick_layout_pack(&layout, &arrays, state);
    wick_values_set(values, "INITIAL_BUILT_IN", built_in ? "1" : "0");
    wick_values_printf(values, "STATE_DIMENSION", "%zu", dimension);
    set_list(values, "INITIAL_STATE", state, built_in ? dimension : 0);
    set_list(values, "INITIAL_LAYER", problem->a, built_in ? problem->p : 0);
    if (built_in)
        wick_values_printf(values, "PYTHON_NUMBERS", "    \"state\": [%s],\n    \"a\": [%s],",
                           wick_values_get(values, "INITIAL_STATE"), wick_values_get(values, "INITIAL_LAYER"));
    else
        wick_values_set(values, "PYTHON_NUMBERS", "");
    set_file_values(problem, values);
    free(state);
    return wick_values_check(context, values);
}

/* ---- Run and test ---------------------------------------------------------------------------------------------------- */

static void set_number(wick_values *values, const char *key, double number)
{
    wick_text text = WICK_TEXT_EMPTY;
    print_number(&text, number);
    wick_values_take(values, key, &text);
}

wick_status wick_run_values(wick_context *context, const wick_problem *problem, wick_values *values)
{
    const json_t *complete = problem->complete;
    const bool listed = wick_json_at(complete, "time.at") != NULL;
    const double end = problem->times[problem->time_count - 1];
    set_list(values, "TIMES", problem->times, listed ? problem->time_count : 0);
    wick_values_printf(values, "TIME_COUNT", "%zu", listed ? problem->time_count : 0);
    set_number(values, "TIME_END", end);
    set_number(values, "TIME_START",
               !listed && wick_json_at(complete, "time.start") ? wick_complete_number(complete, "time.start") : -1);
    set_number(values, "TIME_POINTS", listed ? 200 : (double)problem->time_count);
    wick_values_set(values, "TIME_SPACING", listed ? "log" : wick_complete_text(complete, "time.spacing"));
    /* Of GSL's, for the program on GSL; euler is none. */
    wick_values_set(values, "INTEGRATOR", strcmp(problem->method, "euler") == 0 ? "rk8pd" : problem->method);
    set_number(values, "RTOL", problem->rtol);
    set_number(values, "ATOL", problem->atol);
    return wick_values_check(context, values);
}

wick_status wick_vector_values(wick_context *context, const wick_problem *problem, const double *state, const double *drift,
                               size_t dimension, double excess_risk, wick_values *values)
{
    set_list(values, "VECTOR_STATE", state, dimension);
    set_list(values, "VECTOR_LAYER", problem->a, problem->p);
    /* Rounded: the last digits belong to the machine that computed them. */
    set_rounded_list(values, "VECTOR_DRIFT", drift, dimension);
    wick_values_printf(values, "VECTOR_EXCESS_RISK", "%.12e", excess_risk);
    wick_values_printf(values, "VECTOR_RISK", "%.12e", excess_risk + problem->parameter[WICK_NOISE] / 2);
    return wick_values_check(context, values);
}

/* The initial state written out as overlaps, whatever it came from; its numbers read back to the same bits. */
#include "base/number.h"
#include "base/text.h"
#include "problem/problem.h"

static void append_vector(wick_text *text, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char number[WICK_NUMBER_SIZE];
        wick_text_append(text, i ? ", " : "[");
        wick_text_append_bytes(text, number, wick_number_print(number, values[i]));
    }
    wick_text_append(text, "]");
}

static void append_matrix(wick_text *text, const char *name, const double *values, size_t rows, size_t columns)
{
    wick_text_printf(text, "    \"%s\": [", name);
    for (size_t i = 0; i < rows; i++) {
        wick_text_append(text, i ? ",\n        " : "\n        ");
        append_vector(text, values + i * columns, columns);
    }
    wick_text_append(text, "\n    ],\n");
}

wick_status wick_problem_initial_json(wick_context *context, wick_problem *problem, char **json)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    const size_t p = problem->p, k = problem->k;
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, "{\n");
    append_matrix(&text, "M", problem->M, p, k);
    if (problem->Q) append_matrix(&text, "Q", problem->Q, p, p);
    append_matrix(&text, "P", problem->P, k, k);
    if (problem->q) {
        wick_text_append(&text, "    \"q\": ");
        append_vector(&text, problem->q, p);
        wick_text_append(&text, ",\n");
    }
    wick_text_append(&text, "    \"a\": ");
    append_vector(&text, problem->a, p);
    wick_text_append(&text, ",\n    \"a_star\": ");
    append_vector(&text, problem->a_star, k);
    wick_text_append(&text, "\n}\n");
    return wick_text_take(context, &text, json);
}

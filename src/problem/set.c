/* The ways into a problem: a file, a JSON text, a flag, an array of numbers. Each makes a small problem of what it was
 * given, with the places of its keys, and merges that into the one there is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "problem/loose.h"
#include "problem/merge.h"
#include "problem/read.h"

/* Of a problem or of a part of one: `value` is that of `path`. Both references are taken over, and may be NULL for lack of
 * memory. */
static wick_status merge_value(wick_context *context, wick_problem *problem, const char *path, json_t *value, json_t *places)
{
    json_t *over = *path ? json_object() : json_incref(value);
    const bool complete = over && places && value && (!*path || wick_json_put(over, path, json_incref(value)));
    const wick_status status =
        complete ? wick_merge(context, problem, over, places) : wick_fail_memory(context, "reading a problem");
    json_decref(over);
    json_decref(value);
    json_decref(places);
    return status;
}

static wick_status read_text(wick_context *context, wick_problem *problem, const char *text, size_t length, const char *name)
{
    json_t *value = NULL, *places = json_object();
    if (!places) return wick_fail_memory(context, "reading a problem");
    const wick_status status = wick_read_value(context, text, length, (wick_origin){name, NULL}, "", &value, places);
    if (status == WICK_OK) return merge_value(context, problem, "", value, places);
    json_decref(places);
    return status;
}

wick_status wick_problem_read_json(wick_context *context, wick_problem *problem, const char *text, const char *name)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* some editors begin a file with it */
    if (strncmp(text, mark, strlen(mark)) == 0) text += strlen(mark);
    return read_text(context, problem, text, strlen(text), name ? name : "JSON");
}

wick_status wick_problem_read_file(wick_context *context, wick_problem *problem, const char *path)
{
    wick_text bytes;
    WICK_TRY(wick_read_bytes(context, path, &bytes));
    const wick_status status = read_text(context, problem, bytes.bytes, bytes.length, wick_read_name(path));
    wick_text_clear(&bytes);
    return status;
}

static wick_status fail_unknown(wick_context *context, const char *key)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_printf(&text, "--%.40s: unknown key", key);
    wick_key_explain_unknown(&text, NULL, key, strlen(key));
    char *message;
    WICK_TRY(wick_text_take(context, &text, &message));
    const wick_status status = wick_fail(context, WICK_ERROR_PROBLEM, "%s", message);
    wick_string_free(message);
    return status;
}

static bool starts_object(const char *text) { return text[strspn(text, " \t\r\n")] == '{'; }

/* How many brackets the values of a key have; -1: none, nor numbers. */
static int depth_of(const wick_key_row *row)
{
    switch (row->kind) {
    case WICK_KIND_MATRIX: return 2;
    case WICK_KIND_VECTOR: return 1;
    case WICK_KIND_OF_TIME:
    case WICK_KIND_NUMBER:
    case WICK_KIND_WHOLE:
    case WICK_KIND_GROUP: return 0;
    default: return -1;
    }
}

/* As JSON; if it is not, as people type numbers and lists. What is neither is told as the JSON that it is not. */
static wick_status read_json_flag(wick_context *context, const wick_key_row *row, const char *text, json_t **value,
                                  json_t *places)
{
    const wick_origin origin = {NULL, row->key.flag};
    const int depth = depth_of(row);
    wick_text loose = WICK_TEXT_EMPTY;
    if (depth >= 0) wick_loose_write(text, depth, &loose);
    if (loose.failed) return wick_fail_memory(context, "reading a flag");
    /* A number alone in place of a list is JSON, too. */
    const bool differs = depth >= 0 && loose.bytes && strcmp(loose.bytes, text) != 0;
    wick_status status = WICK_ERROR_PROBLEM;
    if (differs) status = wick_read_value(context, loose.bytes, loose.length, origin, row->key.path, value, places);
    if (!differs || status == WICK_ERROR_PROBLEM) {
        json_object_clear(places);
        status = wick_read_value(context, text, strlen(text), origin, row->key.path, value, places);
    }
    wick_text_clear(&loose);
    return status;
}

/* The value of a flag, with its places. */
static wick_status read_flag(wick_context *context, const wick_key_row *row, const char *text, json_t **value,
                             json_t *places)
{
    if (strcmp(row->key.path, "initial") == 0 && !starts_object(text)) {
        const wick_status status = wick_read_initial(context, text, value, places);
        return status == WICK_ERROR_FILE ? wick_fail_prefix(context, status, "--%s: ", row->key.flag) : status;
    }
    const char *end = NULL;
    if (row->kind == WICK_KIND_OF_TIME) wick_number_read(text, &end);
    const bool number = row->kind != WICK_KIND_OF_TIME || *end == '\0';
    if (!wick_key_row_is_text(row) && number) return read_json_flag(context, row, text, value, places);
    char place[WICK_PATH_SIZE + 2] = "--";
    strncat(place, row->key.flag, WICK_PATH_SIZE);
    if (json_object_set_new(places, row->key.path, json_string(place)) != 0)
        return wick_fail_memory(context, "reading a flag");
    bool valid;
    *value = wick_json_string(text, &valid);
    if (*value) return WICK_OK;
    if (valid) return wick_fail_memory(context, "reading a flag");
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: the text is not valid UTF-8", place);
}

/* "method" alone is two keys, whose names differ: the way expectations are computed and, for every other name, the
 * integrator's method. */
static const wick_key_row *find_row(const char *key, const char *value)
{
    const wick_key_row *row = wick_key_row_find(key);
    if (!row || strcmp(row->key.path, "method") != 0) return row;
    for (size_t i = 0; row->choices[i]; i++)
        if (strcmp(row->choices[i], value) == 0) return row;
    return wick_key_row_find("integrator.method");
}

wick_status wick_problem_set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    const wick_key_row *row = find_row(key, value);
    if (!row) return fail_unknown(context, key);
    json_t *parsed = NULL, *places = json_object();
    if (!places) return wick_fail_memory(context, "reading a flag");
    const wick_status status = read_flag(context, row, value, &parsed, places);
    if (status == WICK_OK) return merge_value(context, problem, row->key.path, parsed, places);
    json_decref(places);
    return status;
}

static json_t *make_vector(const double *values, size_t count)
{
    json_t *vector = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(vector, json_real(values[i])) == 0) continue;
        json_decref(vector);
        return NULL;
    }
    return vector;
}

static json_t *make_matrix(const double *values, size_t rows, size_t columns)
{
    json_t *matrix = json_array();
    for (size_t i = 0; i < rows; i++) {
        if (json_array_append_new(matrix, make_vector(values + i * columns, columns)) == 0) continue;
        json_decref(matrix);
        return NULL;
    }
    return matrix;
}

static wick_status check_array(wick_context *context, const wick_key_row *row, const double *values, size_t rows,
                               size_t columns)
{
    const char *name = row->key.path;
    size_t count, bytes;
    if (rows == 0 || columns == 0)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: expected a matrix with entries, found %zu x %zu", name, rows,
                         columns);
    if (!wick_multiply_sizes(rows, columns, &count) || !wick_multiply_sizes(count, sizeof *values, &bytes))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: %zu x %zu entries do not fit in memory", name, rows, columns);
    if (row->kind == WICK_KIND_VECTOR && rows != 1)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: expected a vector (rows = 1), found %zu rows", name, rows);
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) continue;
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: entry [%zu,%zu]: expected a finite number, found %g", name,
                         i / columns + 1, i % columns + 1, values[i]);
    }
    return WICK_OK;
}

wick_status wick_problem_set_matrix(wick_context *context, wick_problem *problem, const char *key, const double *values,
                                    size_t rows, size_t columns)
{
    const wick_key_row *row = wick_key_row_find(key);
    if (!row || (row->kind != WICK_KIND_MATRIX && row->kind != WICK_KIND_VECTOR))
        return wick_fail(context, WICK_ERROR_PROBLEM, "%.40s: not a matrix or vector; allowed: Q, M, P, a, a_star, q, at",
                         key);
    WICK_TRY(check_array(context, row, values, rows, columns));
    json_t *value = row->kind == WICK_KIND_VECTOR ? make_vector(values, columns) : make_matrix(values, rows, columns);
    return merge_value(context, problem, row->key.path, value, json_object());
}

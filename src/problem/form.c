/* See form.h. */
#include "problem/form.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/locale.h"
#include "problem/methods.h"

void wick_form_describe(const json_t *value, char text[64])
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: snprintf(text, 64, "an object"); break;
    case JSON_ARRAY: snprintf(text, 64, json_array_size(value) ? "an array" : "an empty array"); break;
    case JSON_STRING: snprintf(text, 64, "the string \"%.40s\"", json_string_value(value)); break;
    case JSON_INTEGER: snprintf(text, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
    case JSON_REAL: wick_snprintf(text, 64, "%.12g", json_real_value(value)); break;
    case JSON_TRUE: snprintf(text, 64, "true"); break;
    case JSON_FALSE: snprintf(text, 64, "false"); break;
    case JSON_NULL: snprintf(text, 64, "null"); break;
    }
}

static wick_status fail_expected(wick_context *context, const json_t *places, const wick_key_row *row, const char *expected,
                                 const json_t *found)
{
    char text[64];
    wick_form_describe(found, text);
    return wick_places_fail(context, places, row->key.path, "expected %s, found %s", expected, text);
}

static wick_status check_number(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value)
{
    const bool whole = row->kind == WICK_KIND_WHOLE;
    if (!json_is_number(value)) return fail_expected(context, places, row, whole ? "a whole number" : "a number", value);
    const double number = json_number_value(value);
    if (whole && number != floor(number)) return fail_expected(context, places, row, "a whole number", value);
    if (number >= row->minimum && number <= row->maximum) return WICK_OK;
    char found[64], expected[64];
    wick_form_describe(value, found);
    if (number > row->maximum)
        wick_snprintf(expected, sizeof expected, "at most %.10g", row->maximum);
    else if (row->minimum > 0 && row->minimum < 1e-300) /* any positive number */
        snprintf(expected, sizeof expected, "greater than 0");
    else
        wick_snprintf(expected, sizeof expected, "at least %g", row->minimum);
    return wick_places_fail(context, places, row->key.path, "must be %s, found %s", expected, found);
}

static wick_status check_name(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value)
{
    if (!json_is_string(value)) return fail_expected(context, places, row, "a string", value);
    const char *name = json_string_value(value);
    if (row->kind == WICK_KIND_METHOD) {
        if (wick_method_row_find(name)) return WICK_OK;
    } else {
        for (size_t i = 0; row->choices[i]; i++)
            if (strcmp(row->choices[i], name) == 0) return WICK_OK;
    }
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_printf(&text, "unknown name \"%.40s\"", name);
    wick_key_explain_choice(&text, row, name);
    char *message;
    WICK_TRY(wick_text_take(context, &text, &message));
    const wick_status status = wick_places_fail(context, places, row->key.path, "%s", message);
    wick_string_free(message);
    return status;
}

/* The first entry of an array that is no number, or its length. */
static size_t count_numbers(const json_t *array)
{
    const size_t size = json_array_size(array);
    size_t i = 0;
    while (i < size && json_is_number(json_array_get(array, i))) i++;
    return i;
}

static wick_status check_vector(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value)
{
    if (json_array_size(value) == 0) return fail_expected(context, places, row, "an array of numbers", value);
    const size_t i = count_numbers(value);
    if (i == json_array_size(value)) return WICK_OK;
    char found[64];
    wick_form_describe(json_array_get(value, i), found);
    return wick_places_fail(context, places, row->key.path, "entry %zu: expected a number, found %s", i + 1, found);
}

static wick_status check_matrix(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value)
{
    if (json_array_size(value) == 0) return fail_expected(context, places, row, "an array of rows of numbers", value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *entries = json_array_get(value, i);
        const size_t j = count_numbers(entries);
        if (j > 0 && j == json_array_size(entries)) continue;
        char found[64];
        if (json_array_size(entries) == 0) {
            wick_form_describe(entries, found);
            return wick_places_fail(context, places, row->key.path, "row %zu: expected an array of numbers, found %s", i + 1,
                                    found);
        }
        wick_form_describe(json_array_get(entries, j), found);
        return wick_places_fail(context, places, row->key.path, "entry [%zu,%zu]: expected a number, found %s", i + 1, j + 1,
                                found);
    }
    return WICK_OK;
}

wick_status wick_form_check(wick_context *context, const json_t *places, const wick_key_row *row, const json_t *value)
{
    switch (row->kind) {
    case WICK_KIND_GROUP: return json_is_object(value) ? WICK_OK : fail_expected(context, places, row, "an object", value);
    case WICK_KIND_TEXT: return json_is_string(value) ? WICK_OK : fail_expected(context, places, row, "a string", value);
    case WICK_KIND_BOOLEAN:
        return json_is_boolean(value) ? WICK_OK : fail_expected(context, places, row, "true or false", value);
    case WICK_KIND_CHOICE:
    case WICK_KIND_METHOD: return check_name(context, places, row, value);
    case WICK_KIND_OF_TIME:
        return json_is_string(value)   ? WICK_OK
               : json_is_number(value) ? check_number(context, places, row, value)
                                       : fail_expected(context, places, row, "a number, or an expression in t", value);
    case WICK_KIND_WHOLE:
    case WICK_KIND_NUMBER: return check_number(context, places, row, value);
    case WICK_KIND_VECTOR: return check_vector(context, places, row, value);
    case WICK_KIND_MATRIX: return check_matrix(context, places, row, value);
    }
    return WICK_OK;
}

/* See read.h. */
#include "problem/read.h"

#include <stdio.h>
#include <string.h>

#include "base/input.h"
#include "base/json.h"
#include "problem/form.h"
#include "problem/merge.h"

/* A problem of this size has a Q of 5000 x 5000. */
enum { MOST_BYTES = 1 << 30 };

wick_status wick_read_bytes(wick_context *context, const char *file, wick_text *bytes)
{
    return wick_input_read_all(context, file, "expected JSON, { \"activation\": ... }", MOST_BYTES, '{', bytes);
}

const char *wick_read_name(const char *file) { return strcmp(file, "-") == 0 ? "standard input" : file; }

/* jansson counts columns to the end of the token it stumbles over, and quotes that token; a reader looks for its start. */
static int error_column(const json_error_t *error)
{
    const char *token = strstr(error->text, " near '");
    const int length = token ? (int)strlen(token + strlen(" near '")) - 1 : 1;
    const int column = error->column - length + 1;
    return column > 1 ? column : 1;
}

static wick_status fail_syntax(wick_context *context, wick_origin origin, const json_error_t *error)
{
    if (!error->text[0]) return wick_fail_memory(context, "parsing JSON");
    const int column = error_column(error);
    if (origin.file)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s:%d:%d: not valid JSON: %s", origin.file,
                         error->line > 0 ? error->line : 1, column, error->text);
    return wick_fail(context, WICK_ERROR_PROBLEM, "--%s: not valid JSON: column %d: %s", origin.flag, column, error->text);
}

wick_status wick_read_value(wick_context *context, const char *text, size_t length, wick_origin origin, const char *path,
                            json_t **value, json_t *places)
{
    json_error_t error;
    json_t *json = wick_json_read(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) return fail_syntax(context, origin, &error);
    wick_status status = wick_places_find(context, text, length, origin, path, places);
    if (status == WICK_OK && !*path && !json_is_object(json)) {
        char found[64];
        wick_form_describe(json, found);
        status = wick_places_fail(context, places, "", "expected an object, { \"activation\": ... }, found %s", found);
    }
    if (status != WICK_OK) {
        json_decref(json);
        return status;
    }
    *value = json;
    return WICK_OK;
}

/* Leaves in `places` what concerns "initial". */
static void keep_initial(json_t *places)
{
    const char *path;
    json_t *place;
    void *next;
    json_object_foreach_safe(places, next, path, place)
    {
        if (strncmp(path, "initial", strlen("initial")) != 0) json_object_del(places, path);
    }
}

static wick_status parse_initial(wick_context *context, const wick_text *bytes, wick_origin origin, json_t **value,
                                 json_t *places)
{
    json_error_t error;
    json_t *json = wick_json_read(bytes->bytes, bytes->length, JSON_REJECT_DUPLICATES, &error);
    if (!json) return fail_syntax(context, origin, &error);
    const bool whole = json_object_get(json, "initial") != NULL;
    json_decref(json);
    WICK_TRY(wick_read_value(context, bytes->bytes, bytes->length, origin, whole ? "" : "initial", value, places));
    if (!whole) return WICK_OK;
    json_t *initial = json_incref(json_object_get(*value, "initial"));
    json_decref(*value);
    *value = initial;
    keep_initial(places);
    return WICK_OK;
}

wick_status wick_read_initial(wick_context *context, const char *file, json_t **value, json_t *places)
{
    wick_text bytes;
    WICK_TRY(wick_read_bytes(context, file, &bytes));
    const wick_status status = parse_initial(context, &bytes, (wick_origin){wick_read_name(file), NULL}, value, places);
    wick_text_clear(&bytes);
    return status;
}

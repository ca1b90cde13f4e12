/* See json.h. */
#include "base/json.h"

#include <errno.h>

#include "base/locale.h"
#include "base/number.h"

/* ---- Reading ------------------------------------------------------------------------------------------------------- */

json_t *wick_json_string(const char *text, bool *valid)
{
    errno = 0; /* jansson fails for one reason more, and does not say for which */
    json_t *value = json_string(text);
    *valid = value || errno == ENOMEM;
    return value;
}

/* Once; an error without a text where an allocation failed. */
static json_t *read_once(const char *text, size_t length, size_t flags, json_error_t *error)
{
    const wick_c_locale locale = wick_c_locale_enter();
    errno = 0;
    json_t *value = json_loadb(text, length, flags, error);
    const bool starved = errno == ENOMEM;
    wick_c_locale_leave(locale);
    if (!starved) return value;
    json_decref(value);
    error->text[0] = '\0';
    return NULL;
}

/* From here on reading twice takes longer than 10 ms. */
enum { TWICE = 1 << 20 };

/* jansson resets errno for each number. */
json_t *wick_json_read(const char *text, size_t length, size_t flags, json_error_t *error)
{
    json_t *value = read_once(text, length, flags, error);
    if (length > TWICE) return value;
    json_t *again = value ? read_once(text, length, flags, error) : NULL;
    const bool same = value && again && json_equal(value, again);
    json_decref(again);
    if (same) return value;
    if (value) error->text[0] = '\0';
    json_decref(value);
    return NULL;
}

/* ---- Printing ------------------------------------------------------------------------------------------------------ */

typedef struct {
    wick_text *text;
    size_t indent; /* 0: all on one line */
    bool compact;
} printer;

static void print(const printer *to, const json_t *value, size_t depth);

/* Before a member or the end of a list: its own line, or nothing but a blank after a comma. */
static void begin_line(const printer *to, size_t depth, const char *otherwise)
{
    if (to->indent == 0) {
        wick_text_append(to->text, otherwise);
        return;
    }
    wick_text_append(to->text, "\n");
    for (size_t i = 0; i < depth * to->indent; ++i) wick_text_append(to->text, " ");
}

static int append(const char *bytes, size_t length, void *text)
{
    wick_text_append_bytes(text, bytes, length);
    return 0;
}

/* A string, an integer, or a name of JSON's own. */
static void print_plain(const printer *to, const json_t *value)
{
    if (!value || json_dump_callback(value, append, to->text, JSON_ENCODE_ANY) != 0) to->text->failed = true;
}

static void print_real(const printer *to, double value)
{
    char number[WICK_NUMBER_SIZE];
    wick_text_append_bytes(to->text, number, wick_number_print(number, value));
}

static void print_array(const printer *to, const json_t *array, size_t depth)
{
    const size_t count = json_array_size(array);
    wick_text_append(to->text, "[");
    for (size_t i = 0; i < count; ++i) {
        if (i > 0) wick_text_append(to->text, ",");
        begin_line(to, depth + 1, i > 0 && !to->compact ? " " : "");
        print(to, json_array_get(array, i), depth + 1);
    }
    if (count > 0) begin_line(to, depth, "");
    wick_text_append(to->text, "]");
}

static void print_object(const printer *to, json_t *object, size_t depth)
{
    const char *key;
    json_t *value;
    bool first = true;
    wick_text_append(to->text, "{");
    json_object_foreach(object, key, value)
    {
        if (!first) wick_text_append(to->text, ",");
        begin_line(to, depth + 1, !first && !to->compact ? " " : "");
        json_t *name = json_string(key);
        print_plain(to, name);
        json_decref(name);
        wick_text_append(to->text, to->compact ? ":" : ": ");
        print(to, value, depth + 1);
        first = false;
    }
    if (!first) begin_line(to, depth, "");
    wick_text_append(to->text, "}");
}

static void print(const printer *to, const json_t *value, size_t depth)
{
    if (json_is_object(value))
        print_object(to, (json_t *)value, depth);
    else if (json_is_array(value))
        print_array(to, value, depth);
    else if (json_is_real(value))
        print_real(to, json_real_value(value));
    else
        print_plain(to, value);
}

void wick_json_print(wick_text *text, const json_t *value, size_t flags)
{
    const printer to = {text, flags & JSON_MAX_INDENT, (flags & JSON_COMPACT) != 0};
    print(&to, value, 0);
}

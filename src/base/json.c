/* See json.h. */
#include "base/json.h"

#include <errno.h>

static int append(const char *bytes, size_t length, void *text)
{
    wick_text_append_bytes(text, bytes, length);
    return 0;
}

void wick_json_print(wick_text *text, const json_t *value, size_t flags)
{
    if (!value || json_dump_callback(value, append, text, flags) != 0) text->failed = true;
}

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
    errno = 0;
    json_t *value = json_loadb(text, length, flags, error);
    if (errno != ENOMEM) return value;
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

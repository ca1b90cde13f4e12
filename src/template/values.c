/* See values.h. */
#include "template/values.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/locale.h"
#include "base/memory.h"

/* The entry of a key, made if it is not there; NULL if memory is exhausted. */
static wick_placeholder *entry_of(wick_values *values, const char *key)
{
    for (size_t i = 0; i < values->count; ++i)
        if (strcmp(values->entry[i].key, key) == 0) return &values->entry[i];
    if (!wick_reserve(&values->entry, &values->capacity, values->count + 1, sizeof *values->entry)) return NULL;
    wick_placeholder *made = &values->entry[values->count++];
    *made = (wick_placeholder){key, NULL};
    return made;
}

/* Takes `text` over. */
static void put(wick_values *values, const char *key, char *text)
{
    wick_placeholder *entry = text ? entry_of(values, key) : NULL;
    if (!entry) {
        values->failed = true;
        free(text);
        return;
    }
    free((char *)entry->text);
    entry->text = text;
}

void wick_values_set(wick_values *values, const char *key, const char *text) { put(values, key, wick_copy_string(text)); }

void wick_values_set_all(wick_values *values, const wick_placeholder *entries, size_t count)
{
    for (size_t i = 0; i < count; ++i) wick_values_set(values, entries[i].key, entries[i].text);
}

void wick_values_printf(wick_values *values, const char *key, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = wick_vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text) wick_vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    put(values, key, text);
}

void wick_values_take(wick_values *values, const char *key, wick_text *text)
{
    wick_text_append(text, "");
    if (text->failed) {
        wick_text_clear(text);
        values->failed = true;
        return;
    }
    put(values, key, text->bytes);
    *text = WICK_TEXT_EMPTY;
}

const char *wick_values_get(const wick_values *values, const char *key)
{
    for (size_t i = 0; i < values->count; ++i)
        if (strcmp(values->entry[i].key, key) == 0) return values->entry[i].text;
    return NULL;
}

wick_status wick_values_expand(wick_context *context, wick_values *values, const char *key, const char *name)
{
    WICK_TRY(wick_values_check(context, values));
    wick_text text = WICK_TEXT_EMPTY;
    const wick_status status = wick_template_expand(context, name, values->entry, values->count, &text);
    if (status == WICK_OK && text.length > 0 && text.bytes[text.length - 1] == '\n') text.bytes[--text.length] = '\0';
    if (status == WICK_OK) wick_values_take(values, key, &text);
    wick_text_clear(&text);
    return status == WICK_OK ? wick_values_check(context, values) : status;
}

wick_status wick_values_check(wick_context *context, const wick_values *values)
{
    return values->failed ? wick_fail_memory(context, "emitting code") : WICK_OK;
}

void wick_values_clear(wick_values *values)
{
    for (size_t i = 0; i < values->count; ++i) free((char *)values->entry[i].text);
    free(values->entry);
    *values = (wick_values){0};
}

/* See text.h. */
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/locale.h"
#include "base/memory.h"

void wick_text_append_bytes(wick_text *text, const char *bytes, size_t length)
{
    if (text->failed) return;
    if (!wick_reserve(&text->bytes, &text->capacity, text->length + length + 1, 1)) {
        text->failed = true;
        return;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void wick_text_append(wick_text *text, const char *string) { wick_text_append_bytes(text, string, strlen(string)); }

void wick_text_printf(wick_text *text, const char *format, ...)
{
    if (text->failed) return;
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = wick_vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !wick_reserve(&text->bytes, &text->capacity, text->length + (size_t)length + 1, 1)) {
        text->failed = true;
    } else {
        wick_vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void wick_text_clear(wick_text *text)
{
    free(text->bytes);
    *text = WICK_TEXT_EMPTY;
}

wick_status wick_text_take(wick_context *context, wick_text *text, char **bytes)
{
    wick_text_append(text, "");
    if (text->failed) {
        wick_text_clear(text);
        return wick_fail_memory(context, "building a text");
    }
    *bytes = text->bytes;
    *text = WICK_TEXT_EMPTY;
    return WICK_OK;
}

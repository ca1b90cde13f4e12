/* A growing text. Every append may fail for lack of memory; the text remembers that, and wick_text_take() tells. */
#ifndef WICK_BASE_TEXT_H
#define WICK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/context.h"

typedef struct {
    char *bytes; /* NUL-terminated, or NULL while empty */
    size_t length, capacity;
    bool failed;
} wick_text;

#define WICK_TEXT_EMPTY ((wick_text){NULL, 0, 0, false})

void wick_text_append(wick_text *text, const char *string);
void wick_text_append_bytes(wick_text *text, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) void wick_text_printf(wick_text *text, const char *format, ...);
void wick_text_clear(wick_text *text); /* releases it */

/* Hands the bytes over (never NULL on success) and empties the text; WICK_ERROR_MEMORY if any append had failed. */
wick_status wick_text_take(wick_context *context, wick_text *text, char **bytes);

#endif

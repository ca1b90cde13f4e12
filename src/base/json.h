/* JSON by jansson where memory may end. jansson 2.14 forgets some of its own failed allocations: a text that it was writing
 * then lacks a piece, a token that it was reading lacks a character, or fails an assertion. So it writes into our text,
 * which remembers, and is left as soon as an allocation fails while it reads. That takes an allocation function of ours: one
 * that calls the one that was set before, and differs from it only within wick_json_read().
 *
 * It also asks the locale for the decimal mark; not so here: numbers are printed by base/number.h, and read in the C locale.
 */
#ifndef WICK_BASE_JSON_H
#define WICK_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"

/* Appends the value; text->failed if memory is exhausted, also where value is NULL. `flags` may hold JSON_COMPACT and
 * JSON_INDENT(n). */
void wick_json_print(wick_text *text, const json_t *value, size_t flags);

/* A value made of text, or NULL: memory is exhausted, or (*valid is false) the text is not valid UTF-8. */
json_t *wick_json_string(const char *text, bool *valid);

/* As jansson reads it; error may be NULL. NULL with an empty error->text: memory is exhausted; what had been read is then
 * not released. */
json_t *wick_json_read(const char *text, size_t length, size_t flags, json_error_t *error);

#endif

/* JSON read and printed without the locale: jansson reads numbers with strtod and prints them with printf. */
#ifndef WICK_BASE_JSON_H
#define WICK_BASE_JSON_H

#include <jansson.h>

#include "base/text.h"

/* json_loadb. `error` may be NULL. */
json_t *wick_json_read(const char *text, size_t length, size_t flags, json_error_t *error);

/* Appends the value as json_dumps would print it, but numbers as base/number.h does. `flags`: 0, JSON_COMPACT or
 * JSON_INDENT(n). NULL counts as memory exhausted. */
void wick_json_print(wick_text *text, const json_t *value, size_t flags);

#endif

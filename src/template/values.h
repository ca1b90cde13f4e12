/* The placeholders of a generated file: keys and texts, collected stage by stage. Private to src/emit and to wick_emit().
 *
 * A later value of a key replaces an earlier one. Every call may fail for lack of memory; wick_values_check() tells.
 */
#ifndef WICK_TEMPLATE_VALUES_H
#define WICK_TEMPLATE_VALUES_H

#include "template/template.h"

typedef struct {
    wick_placeholder *entry; /* the texts are owned, the keys are literals */
    size_t count, capacity;
    bool failed;
} wick_values;

void wick_values_set(wick_values *values, const char *key, const char *text);
void wick_values_set_all(wick_values *values, const wick_placeholder *entries, size_t count);
__attribute__((format(printf, 3, 4))) void wick_values_printf(wick_values *values, const char *key, const char *format, ...);

/* Takes the text's bytes over. */
void wick_values_take(wick_values *values, const char *key, wick_text *text);

/* The text of a key, NULL if it has none. */
const char *wick_values_get(const wick_values *values, const char *key);

/* key becomes the template `name`, filled in with the values so far. */
wick_status wick_values_expand(wick_context *context, wick_values *values, const char *key, const char *name);

wick_status wick_values_check(wick_context *context, const wick_values *values);
void wick_values_clear(wick_values *values);

#endif

/* Filling in templates: @KEY@ becomes a text.
 *
 * A line that holds nothing but a placeholder takes the text whole, or vanishes if the text is empty. "@@" is a plain @.
 */
#ifndef WICK_TEMPLATE_TEMPLATE_H
#define WICK_TEMPLATE_TEMPLATE_H

#include "base/text.h"

typedef struct {
    const char *key;
    const char *text;
} wick_placeholder;

/* Appends the template `name` (a file of templates/ or src/kernels/) with its placeholders filled in. An unknown
 * placeholder or template is WICK_ERROR_COMPILE: a bug of the template. */
wick_status wick_template_expand(wick_context *context, const char *name, const wick_placeholder *placeholders, size_t count,
                                 wick_text *text);

/* The same for a template's text itself; `label` stands for the file in messages, `unknown` is the status of a placeholder
 * that there is not. */
wick_status wick_template_expand_text(wick_context *context, const char *label, const char *source,
                                      const wick_placeholder *placeholders, size_t count, wick_status unknown,
                                      wick_text *text);

#endif

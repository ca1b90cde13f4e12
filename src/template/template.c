/* See template.h. */
#include "template/template.h"

#include <string.h>

#include "base/ascii.h"
#include "template/templates.h"

static const char *find(const wick_placeholder *placeholders, size_t count, const char *key, size_t length)
{
    for (size_t i = 0; i < count; ++i)
        if (strlen(placeholders[i].key) == length && memcmp(placeholders[i].key, key, length) == 0)
            return placeholders[i].text;
    return NULL;
}

/* Length of the key in "@KEY@" at `at`; 0 if there is none. */
static size_t key_length(const char *at)
{
    size_t length = 0;
    while (wick_is_upper(at[1 + length]) || at[1 + length] == '_') ++length;
    return length > 0 && at[1 + length] == '@' ? length : 0;
}

/* LINE:COLUMN of a place, for messages. */
static wick_status fail_unknown(wick_context *context, const char *label, const char *source, const char *mark,
                                size_t length, wick_status unknown)
{
    size_t line = 1, column = 1;
    for (const char *at = source; at < mark; ++at) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    return wick_fail(context, unknown, "%s:%zu:%zu: unknown placeholder %.*s; templates/README.md lists them", label, line,
                     column, (int)length + 2, mark);
}

wick_status wick_template_expand_text(wick_context *context, const char *label, const char *source,
                                      const wick_placeholder *placeholders, size_t count, wick_status unknown,
                                      wick_text *text)
{
    const char *at = source;
    for (bool line_start = true; *at;) {
        const char *mark = strchr(at, '@');
        if (!mark) {
            wick_text_append(text, at);
            break;
        }
        wick_text_append_bytes(text, at, (size_t)(mark - at));
        line_start = mark == at ? line_start : mark[-1] == '\n';
        const size_t length = key_length(mark);
        if (length == 0) {
            wick_text_append(text, "@");
            at = mark + (mark[1] == '@' ? 2 : 1);
            line_start = false;
            continue;
        }
        const char *value = find(placeholders, count, mark + 1, length);
        if (!value) return fail_unknown(context, label, source, mark, length, unknown);
        wick_text_append(text, value);
        at = mark + length + 2;
        const bool ends_line = !*value || value[strlen(value) - 1] == '\n';
        const bool alone = line_start && *at == '\n';
        if (alone && ends_line) ++at;
        line_start = alone;
    }
    return WICK_OK;
}

wick_status wick_template_expand(wick_context *context, const char *name, const wick_placeholder *placeholders, size_t count,
                                 wick_text *text)
{
    const char *source = wick_template(name);
    if (!source) return wick_fail(context, WICK_ERROR_COMPILE, "there is no template \"%s\"", name);
    return wick_template_expand_text(context, name, source, placeholders, count, WICK_ERROR_COMPILE, text);
}

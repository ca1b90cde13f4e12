/* See template.h. */
#include "emit/template.h"

#include <ctype.h>
#include <string.h>

#include "emit/templates.h"

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
    while (isupper((unsigned char)at[1 + length]) || at[1 + length] == '_') ++length;
    return length > 0 && at[1 + length] == '@' ? length : 0;
}

wick_status wick_template_expand(wick_context *context, const char *name, const wick_placeholder *placeholders, size_t count,
                                 wick_text *text)
{
    const char *at = wick_template(name);
    if (!at) return wick_fail(context, WICK_ERROR_COMPILE, "there is no template \"%s\"", name);
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
        if (!value)
            return wick_fail(context, WICK_ERROR_COMPILE, "template %s: unknown placeholder %.*s", name, (int)length + 2,
                             mark);
        wick_text_append(text, value);
        at = mark + length + 2;
        const bool ends_line = !*value || value[strlen(value) - 1] == '\n';
        const bool alone = line_start && *at == '\n';
        if (alone && ends_line) ++at;
        line_start = alone;
    }
    return WICK_OK;
}

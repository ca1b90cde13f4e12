/* See members.h. */
#include "output/members.h"

#include <string.h>

/* The end of the JSON string that starts at `text`. */
static const char *string_end(const char *text)
{
    for (++text; *text && *text != '"'; ++text)
        if (*text == '\\' && text[1]) ++text;
    return *text ? text + 1 : text;
}

/* The end of the JSON value that starts at `text`: the comma or bracket that follows it. */
static const char *value_end(const char *text)
{
    size_t depth = 0;
    while (*text) {
        if (*text == '"') {
            text = string_end(text);
            continue;
        }
        if (depth == 0 && (*text == ',' || *text == '}')) break;
        if (*text == '{' || *text == '[') ++depth;
        if (*text == '}' || *text == ']') --depth;
        ++text;
    }
    return text;
}

static bool is_blank(char character) { return strchr(" \t\r\n", character) != NULL; }

static const char *skip(const char *text, const char *characters) { return text + strspn(text, characters); }

bool wick_member_next(const char **text, wick_member *member)
{
    const char *quote = skip(*text, " \t\r\n{,");
    if (*quote != '"') return false;
    const char *key_end = string_end(quote) - 1, *value = skip(key_end + 1, " \t\r\n:"), *end = value_end(value);
    *text = end;
    while (end > value && is_blank(end[-1])) --end;
    *member = (wick_member){quote + 1, value, (size_t)(key_end - quote - 1), (size_t)(end - value)};
    return true;
}

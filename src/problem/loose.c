/* See loose.h. Digits are copied, not read: no rounding, and no locale. */
#include "problem/loose.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The number that starts at `text`, as JSON; where it ends, or NULL if there is none. */
static const char *write_number(const char *text, wick_text *json)
{
    const char *at = text + (*text == '+' || *text == '-');
    const size_t whole = strspn(at, "0123456789");
    const bool point = at[whole] == '.';
    const size_t part = point ? strspn(at + whole + 1, "0123456789") : 0;
    if (whole + part == 0) return NULL;
    const char *rest = at + whole + point + part, *zeros = at;
    while (is_digit(zeros[0]) && is_digit(zeros[1]) && zeros[0] == '0') ++zeros; /* JSON has no 007 */
    if (*text == '-') wick_text_append(json, "-");
    if (whole == 0)
        wick_text_append(json, "0");
    else
        wick_text_append_bytes(json, zeros, whole - (size_t)(zeros - at));
    if (point) wick_text_append(json, ".");
    if (point && part == 0) wick_text_append(json, "0");
    if (part > 0) wick_text_append_bytes(json, at + whole + 1, part);
    return rest;
}

static bool starts_number(char c) { return is_digit(c) || c == '.' || c == '+' || c == '-'; }

/* Numbers in one part of the text; all else as it is. */
static void write_part(const char *text, size_t length, wick_text *json)
{
    const char *const end = text + length;
    while (text < end) {
        const char *next = NULL;
        if (*text == '"') { /* a string, to its end */
            next = text + 1;
            while (next < end && *next != '"') next += *next == '\\' && next + 1 < end ? 2 : 1;
            next += next < end;
        } else if (starts_number(*text)) {
            next = write_number(text, json);
            if (next) {
                const size_t exponent = strspn(next, "eE+-0123456789");
                wick_text_append_bytes(json, next, exponent);
                text = next + exponent;
                continue;
            }
        }
        const size_t taken = next ? (size_t)(next - text) : 1;
        wick_text_append_bytes(json, text, taken);
        text += taken;
    }
}

/* "1,2;3,4": every part between semicolons in brackets of its own. */
static void write_rows(const char *text, size_t length, wick_text *json)
{
    const char *const end = text + length;
    wick_text_append(json, "[");
    while (text <= end) {
        const char *stop = memchr(text, ';', (size_t)(end - text));
        if (!stop) stop = end;
        wick_text_append(json, "[");
        write_part(text, (size_t)(stop - text), json);
        wick_text_append(json, stop < end ? "], " : "]");
        text = stop + 1;
    }
    wick_text_append(json, "]");
}

void wick_loose_write(const char *text, int depth, wick_text *json)
{
    const char *first = text + strspn(text, " \t\r\n"), *last = text + strlen(text);
    while (last > first && strchr(" \t\r\n", last[-1])) --last;
    const size_t length = (size_t)(last - first);
    const bool bare = length > 0 && starts_number(*first);
    const bool rows = depth == 2 && memchr(first, ';', length) != NULL && !memchr(first + 1, '[', length ? length - 1 : 0);
    if (rows && *first == '[' && last[-1] == ']')
        write_rows(first + 1, length - 2, json);
    else if (depth == 2 && bare)
        write_rows(first, length, json);
    else if (depth == 1 && bare) {
        wick_text_append(json, "[");
        write_part(first, length, json);
        wick_text_append(json, "]");
    } else
        write_part(first, length, json);
}

/* See places.h. The parser of jansson tells no positions of values, so that a second walk over the text finds them; it may
 * rely on the text being valid, and looks into no arrays. */
#include "problem/places.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/locale.h"
#include "base/text.h"
#include "problem/keys.h"

typedef struct {
    wick_context *context;
    const char *text;
    size_t length, at;
    wick_origin origin;
    json_t *places;
    /* Line and column of the byte `counted`; they only move forward. */
    size_t counted, line, column;
} scanner;

static char current(const scanner *scan) { return scan->at < scan->length ? scan->text[scan->at] : '\0'; }

static void skip_space(scanner *scan)
{
    while (scan->at < scan->length && strchr(" \t\r\n", scan->text[scan->at])) scan->at++;
}

static void skip_string(scanner *scan)
{
    for (scan->at++; scan->at < scan->length && scan->text[scan->at] != '"'; scan->at++)
        if (scan->text[scan->at] == '\\') scan->at++;
    scan->at++;
}

static void skip_value(scanner *scan)
{
    size_t depth = 0;
    while (scan->at < scan->length) {
        const char c = scan->text[scan->at];
        if (c == '"') {
            skip_string(scan);
            if (depth == 0) return;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) return;
        if (c == '[' || c == '{') depth++;
        if ((c == ']' || c == '}') && --depth == 0) {
            scan->at++;
            return;
        }
        scan->at++;
    }
}

/* The place of a byte at or after the last one asked for; columns count characters, not bytes. */
static void format_place(scanner *scan, size_t offset, char *place, size_t size)
{
    if (!scan->origin.file) {
        snprintf(place, size, "--%s", scan->origin.flag);
        return;
    }
    for (; scan->counted < offset; scan->counted++) {
        const unsigned char c = (unsigned char)scan->text[scan->counted];
        if (c == '\n') {
            scan->line++;
            scan->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            scan->column++;
        }
    }
    snprintf(place, size, "%s:%zu:%zu", scan->origin.file, scan->line, scan->column);
}

static wick_status note_place(scanner *scan, const char *path)
{
    char place[WICK_MESSAGE_SIZE];
    format_place(scan, scan->at, place, sizeof place);
    /* "nocheck": a file may have a name that is not UTF-8. */
    if (json_object_set_new_nocheck(scan->places, path, json_string_nocheck(place)) != 0)
        return wick_fail_memory(scan->context, "reading a problem");
    return WICK_OK;
}

static wick_status fail_unknown(scanner *scan, const char *group, size_t start, size_t length)
{
    char place[WICK_MESSAGE_SIZE];
    format_place(scan, start, place, sizeof place);
    wick_text text = WICK_TEXT_EMPTY;
    const int shown = length > 40 ? 40 : (int)length;
    wick_text_printf(&text, "%s: unknown key \"%.*s\"", place, shown, scan->text + start + 1);
    if (*group) wick_text_printf(&text, " in \"%s\"", group);
    wick_key_explain_unknown(&text, group, scan->text + start + 1, length);
    char *message;
    WICK_TRY(wick_text_take(scan->context, &text, &message));
    const wick_status status = wick_fail(scan->context, WICK_ERROR_PROBLEM, "%s", message);
    wick_string_free(message);
    return status;
}

static wick_status scan_group(scanner *scan, const char *group);

/* One `"key": value` of a group, the scanner standing on the key. */
static wick_status scan_member(scanner *scan, const char *group)
{
    const size_t start = scan->at;
    skip_string(scan);
    const size_t length = scan->at - start - 2;
    const wick_key_row *row = wick_key_row_child(group, scan->text + start + 1, length);
    if (!row) return fail_unknown(scan, group, start, length);
    skip_space(scan);
    scan->at++; /* the colon */
    skip_space(scan);
    WICK_TRY(note_place(scan, row->key.path));
    if (row->kind == WICK_KIND_GROUP && current(scan) == '{') return scan_group(scan, row->key.path);
    skip_value(scan);
    return WICK_OK;
}

static wick_status scan_group(scanner *scan, const char *group)
{
    for (scan->at++; scan->at < scan->length; scan->at++) {
        skip_space(scan);
        if (current(scan) == '"') WICK_TRY(scan_member(scan, group));
        skip_space(scan);
        if (current(scan) != ',') break;
    }
    scan->at++; /* the brace */
    return WICK_OK;
}

wick_status wick_places_find(wick_context *context, const char *text, size_t length, wick_origin origin, const char *path,
                             json_t *places)
{
    scanner scan = {context, text, length, 0, origin, places, 0, 1, 1};
    skip_space(&scan);
    WICK_TRY(note_place(&scan, path));
    return current(&scan) == '{' ? scan_group(&scan, path) : WICK_OK;
}

static const char *exact_place(const json_t *places, const char *path)
{
    return json_string_value(json_object_get(places, path));
}

/* The place of a path or of the nearest group around it; NULL if nothing is known. */
static const char *find_place(const json_t *places, const char *path)
{
    char name[WICK_PATH_SIZE];
    snprintf(name, sizeof name, "%s", path);
    for (;;) {
        const char *place = exact_place(places, name);
        if (place || !*name) return place;
        char *dot = strrchr(name, '.');
        *(dot ? dot : name) = '\0';
    }
}

wick_status wick_places_fail(wick_context *context, const json_t *places, const char *path, const char *format, ...)
{
    char text[WICK_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *place = find_place(places, path);
    const wick_key_row *row = wick_key_row_find(path);
    const bool named = !*path || (place && row && strncmp(place, "--", 2) == 0 && strcmp(place + 2, row->key.flag) == 0);
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s%s%s%s%s", place ? place : "", place ? ": " : "", named ? "" : path,
                     named ? "" : ": ", text);
}

wick_status wick_problem_fail(wick_context *context, const wick_problem *problem, const char *key, const char *format, ...)
{
    char text[WICK_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *place = exact_place(problem->places, key);
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: %s", place ? place : key, text);
}

wick_status wick_problem_fail_inside(wick_context *context, const wick_problem *problem, const char *key, size_t column,
                                     const char *format, ...)
{
    char text[WICK_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *place = exact_place(problem->places, key), *last = place ? strrchr(place, ':') : NULL;
    if (!place) return wick_fail(context, WICK_ERROR_PROBLEM, "%s:%zu: %s", key, column, text);
    if (!last) return wick_fail(context, WICK_ERROR_PROBLEM, "%s:%zu: %s", place, column, text);
    /* The place is that of the opening quote. */
    const size_t quote = strtoul(last + 1, NULL, 10);
    return wick_fail(context, WICK_ERROR_PROBLEM, "%.*s:%zu: %s: %s", (int)(last - place), place, quote + column, key, text);
}

/* See csv.h. */
#include "output/csv.h"

#include <stdbool.h>
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

/* The values are copied as they stand: printing a parsed number again could change its digits. */
void wick_csv_write_problem(FILE *stream, const char *json)
{
    fprintf(stream, "# wick: %s\n", wick_version());
    const char *text = skip(json, " \t\r\n{");
    while (*text == '"') {
        const char *key = text + 1, *key_end = string_end(text) - 1;
        const char *value = skip(key_end + 1, " \t\r\n:"), *end = value_end(value);
        size_t length = (size_t)(end - value);
        while (length > 0 && is_blank(value[length - 1])) --length;
        fprintf(stream, "# %.*s: ", (int)(key_end - key), key);
        fwrite(value, 1, length, stream);
        fputc('\n', stream);
        text = skip(end, " \t\r\n,");
    }
}

static void write_header(FILE *stream, const wick_layout *layout, const wick_trajectory *trajectory)
{
    fputs("t,risk,excess_risk", stream);
    size_t dimension = 0;
    if (trajectory->keeps_states && !wick_layout_dimension(layout, &dimension)) dimension = 0;
    for (size_t i = 0; i < dimension; ++i) {
        char name[64];
        wick_layout_name(layout, i, name);
        fprintf(stream, strchr(name, ',') ? ",\"%s\"" : ",%s", name);
    }
    fputc('\n', stream);
}

static void write_rows(FILE *stream, const wick_trajectory *trajectory)
{
    for (size_t row = 0; row < trajectory->count && !ferror(stream); ++row) {
        fprintf(stream, "%.17g,%.17g,%.17g", trajectory->times[row], trajectory->risks[row], trajectory->excess_risks[row]);
        if (trajectory->keeps_states) {
            const double *state = trajectory->states + row * trajectory->dimension;
            for (size_t i = 0; i < trajectory->dimension; ++i) fprintf(stream, ",%.17g", state[i]);
        }
        fputc('\n', stream);
    }
}

void wick_csv_write_stopped(FILE *stream, const char *stopped)
{
    fprintf(stream, "# stopped: %.*s\n", (int)strcspn(stopped, "\n"), stopped);
}

void wick_csv_write(FILE *stream, const char *problem_json, const wick_layout *layout, const wick_trajectory *trajectory,
                    const char *stopped)
{
    wick_csv_write_problem(stream, problem_json);
    write_header(stream, layout, trajectory);
    write_rows(stream, trajectory);
    if (stopped) wick_csv_write_stopped(stream, stopped);
}

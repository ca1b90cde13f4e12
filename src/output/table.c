/* See table.h. */
#include "output/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "output/csv.h"
#include "output/members.h"

/* ---- Making one ---------------------------------------------------------------------------------------------------- */

static bool add_column(wick_table *table, const char *name, size_t length)
{
    if (!wick_reserve(&table->names, &table->column_capacity, table->columns + 1, sizeof *table->names)) return false;
    table->names[table->columns] = wick_copy_string_of_length(name, length);
    if (!table->names[table->columns]) return false;
    ++table->columns;
    return true;
}

bool wick_table_add_column(wick_table *table, const char *name) { return add_column(table, name, strlen(name)); }

bool wick_table_add_row(wick_table *table, const double *values)
{
    size_t count;
    if (!wick_multiply_sizes(table->rows + 1, table->columns, &count) ||
        !wick_reserve(&table->values, &table->value_capacity, count, sizeof *table->values))
        return false;
    memcpy(table->values + table->rows * table->columns, values, table->columns * sizeof *values);
    ++table->rows;
    return true;
}

static wick_status add_comment(wick_context *context, wick_table *table, const char *key, size_t key_length,
                               const char *value, size_t value_length)
{
    if (!wick_reserve(&table->comment, &table->comment_capacity, table->comments + 1, sizeof *table->comment))
        return wick_fail_memory(context, "keeping a comment");
    wick_table_comment *added = &table->comment[table->comments++];
    added->key = wick_copy_string_of_length(key, key_length);
    added->value = wick_copy_string_of_length(value, value_length);
    return added->key && added->value ? WICK_OK : wick_fail_memory(context, "keeping a comment");
}

wick_status wick_table_add_problem(wick_context *context, wick_table *table, const char *problem_json)
{
    wick_member member;
    while (wick_member_next(&problem_json, &member))
        WICK_TRY(add_comment(context, table, member.key, member.key_length, member.value, member.value_length));
    return WICK_OK;
}

/* Letters, digits and signs that mean nothing in a CSV, as in all names by wick but those with commas. A line that begins
 * with # is a comment. */
static bool is_plain(const char *name)
{
    if (*name == '#') return false;
    for (const char *c = name; *c; ++c)
        if (*c <= ' ' || *c > '~' || *c == ',' || *c == '"') return false;
    return true;
}

/* In quotes where it must be; a quote in it is doubled. */
static void write_name(FILE *stream, const char *name)
{
    if (is_plain(name)) {
        fputs(name, stream);
        return;
    }
    fputc('"', stream);
    for (const char *c = name; *c; ++c) {
        if (*c == '"') fputc('"', stream);
        fputc(*c, stream);
    }
    fputc('"', stream);
}

void wick_table_write(FILE *stream, const wick_table *table)
{
    for (size_t i = 0; i < table->columns; ++i) {
        if (i > 0) fputc(',', stream);
        write_name(stream, table->names[i]);
    }
    fputc('\n', stream);
    for (size_t row = 0; row < table->rows && !ferror(stream); ++row) {
        wick_csv_write_numbers(stream, table->values + row * table->columns, table->columns);
        fputc('\n', stream);
    }
}

void wick_table_clear(wick_table *table)
{
    for (size_t i = 0; i < table->columns; ++i) free(table->names[i]);
    for (size_t i = 0; i < table->comments; ++i) {
        free(table->comment[i].key);
        free(table->comment[i].value);
    }
    free(table->names);
    free(table->values);
    free(table->comment);
    *table = WICK_TABLE_EMPTY;
}

size_t wick_table_find(const wick_table *table, const char *name)
{
    size_t i = 0;
    while (i < table->columns && strcmp(table->names[i], name) != 0) ++i;
    return i;
}

size_t wick_table_time(const wick_table *table)
{
    const size_t distance = wick_table_find(table, "t");
    return distance < table->columns ? distance : wick_table_find(table, "tau");
}

const char *wick_table_comment_value(const wick_table *table, const char *key)
{
    for (size_t i = 0; i < table->comments; ++i)
        if (strcmp(table->comment[i].key, key) == 0) return table->comment[i].value;
    return NULL;
}

/* ---- Reading one --------------------------------------------------------------------------------------------------- */

/* One line of a file; `at` is where in it we are. */
typedef struct {
    wick_context *context;
    const char *file;
    size_t number;
    const char *start, *at, *end;
} line;

static const char expected_table[] = "expected a CSV by wick run or wick simulate";

static wick_status fail_at(const line *of, const char *what)
{
    return wick_fail(of->context, WICK_ERROR_PROBLEM, "%s:%zu:%zu: %s", of->file, of->number,
                     (size_t)(of->at - of->start) + 1, what);
}

/* "# key: value"; other comments are passed over. */
static wick_status read_comment(line *of, wick_table *table)
{
    const char *key = of->start + 1;
    while (key < of->end && *key == ' ') ++key;
    const char *colon = memchr(key, ':', (size_t)(of->end - key));
    if (!colon) return WICK_OK;
    const char *value = colon + 1;
    while (value < of->end && *value == ' ') ++value;
    return add_comment(of->context, table, key, (size_t)(colon - key), value, (size_t)(of->end - value));
}

static bool is_number(const char *text, const char *end) { return (size_t)(end - text) == strspn(text, "+-.0123456789eE"); }

/* Where a name ends: at a comma or with the line, or, in quotes, at a quote that is not doubled, NULL if there is none. */
static const char *find_end(const char *from, const char *end, bool quoted)
{
    for (const char *c = from; c < end; ++c) {
        if (*c != (quoted ? '"' : ',')) continue;
        if (!quoted || c + 1 == end || c[1] != '"') return c;
        ++c;
    }
    return quoted ? NULL : end;
}

/* Takes the second of two quotes out. */
static void undouble(char *name)
{
    char *to = name;
    for (const char *from = name; *from; ++from) {
        *to++ = *from;
        if (from[0] == '"' && from[1] == '"') ++from;
    }
    *to = '\0';
}

static wick_status read_header(line *of, wick_table *table)
{
    for (;;) {
        const bool quoted = of->at < of->end && *of->at == '"';
        const char *name = of->at + quoted;
        const char *stop = find_end(name, of->end, quoted);
        if (!stop) return fail_at(of, "a name in quotes does not end on its line");
        if (stop == name || is_number(name, stop))
            return fail_at(of, "a column without a name; expected the header of a CSV by wick, t,risk,...");
        if (!add_column(table, name, (size_t)(stop - name))) return wick_fail_memory(of->context, "reading a CSV");
        if (quoted) undouble(table->names[table->columns - 1]);
        of->at = stop + quoted;
        if (of->at == of->end) return WICK_OK;
        if (*of->at != ',') return fail_at(of, "expected a comma after a name in quotes");
        ++of->at;
    }
}

static wick_status read_row(line *of, const wick_table *table, double *values)
{
    for (size_t i = 0; i < table->columns; ++i) {
        while (of->at < of->end && (*of->at == ' ' || *of->at == '\t')) ++of->at;
        const char *stop;
        values[i] = wick_number_read(of->at, &stop);
        if (stop == of->at) return fail_at(of, "expected a number");
        of->at = stop;
        if (i + 1 == table->columns) break;
        if (of->at == of->end || *of->at != ',')
            return fail_at(of, "expected a comma, and as many numbers as there are names");
        ++of->at;
    }
    return of->at == of->end ? WICK_OK
                             : fail_at(of, "expected the end of the line, after as many numbers as there are names");
}

static wick_status read_line(line *of, wick_table *table, double **values)
{
    if (of->start == of->end) return WICK_OK;
    const char *zero = memchr(of->start, '\0', (size_t)(of->end - of->start));
    if (zero) {
        of->at = zero; /* names and values would end there */
        return fail_at(of, "a byte that is zero; expected a CSV by wick run or wick simulate");
    }
    if (*of->start == '#') return read_comment(of, table);
    if (table->columns > 0) {
        WICK_TRY(read_row(of, table, *values));
        return wick_table_add_row(table, *values) ? WICK_OK : wick_fail_memory(of->context, "reading a CSV");
    }
    WICK_TRY(read_header(of, table));
    *values = wick_allocate(table->columns, 1, sizeof **values);
    return *values ? WICK_OK : wick_fail_memory(of->context, "reading a CSV");
}

/* What is kept while lines come. */
typedef struct {
    wick_table *table;
    double *values; /* of a row */
    size_t lines;   /* with those that are no rows */
} reading;

/* A table has few lines without numbers, and rows that fit in memory; what goes on for ever is something else. */
enum { MOST_LINE_BYTES = 256 << 20, MOST_EMPTY_LINES = 100000 };

static wick_status check_size(wick_context *context, const char *file, const reading *so_far)
{
    const wick_table *table = so_far->table;
    if (so_far->lines - table->rows > MOST_EMPTY_LINES)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: more than %d lines are no rows; %s", file, MOST_EMPTY_LINES,
                         expected_table);
    if ((double)table->rows * (double)table->columns * sizeof(double) > wick_memory_size() / 4)
        return wick_fail(context, WICK_ERROR_PROBLEM, "%s: %zu rows and more do not fit in memory", file, table->rows);
    return WICK_OK;
}

/* The whole lines in bytes from *start on, of which the first `known` bytes are known to hold no line's end; at the end of
 * the file what is left is a line, too. */
static wick_status read_lines(wick_context *context, const char *file, const wick_text *bytes, size_t *start, size_t known,
                              bool last, reading *so_far)
{
    wick_status status = WICK_OK;
    for (const char *search = bytes->bytes + known; status == WICK_OK && *start < bytes->length;) {
        const char *text = bytes->bytes + *start, *end = bytes->bytes + bytes->length;
        const char *stop = memchr(search, '\n', (size_t)(end - search)), *next = stop ? stop + 1 : end;
        if (!stop && !last) break;
        if (!stop) stop = end;
        if (stop > text && stop[-1] == '\r') --stop;
        line of = {context, file, ++so_far->lines, text, text, stop};
        status = read_line(&of, so_far->table, &so_far->values);
        if (status == WICK_OK) status = check_size(context, file, so_far);
        *start = (size_t)(next - bytes->bytes);
        search = next;
    }
    return status;
}

/* Block by block, of which only the line that is not whole yet is kept. */
static wick_status read_blocks(wick_context *context, wick_input *input, wick_text *bytes, reading *so_far)
{
    for (bool more = true; more;) {
        size_t start = 0;
        const size_t known = bytes->length;
        WICK_TRY(wick_input_read(context, input, bytes, &more));
        WICK_TRY(read_lines(context, input->name, bytes, &start, known, !more, so_far));
        if (start > 0) memmove(bytes->bytes, bytes->bytes + start, bytes->length - start + 1);
        bytes->length -= start;
        if (bytes->length > MOST_LINE_BYTES)
            return wick_fail(context, WICK_ERROR_PROBLEM, "%s:%zu: a line of more than %d MiB; %s", input->name,
                             so_far->lines + 1, MOST_LINE_BYTES >> 20, expected_table);
    }
    if (so_far->table->columns > 0) return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: holds no table; %s", input->name, expected_table);
}

wick_status wick_table_read(wick_context *context, const char *path, wick_table *table)
{
    *table = WICK_TABLE_EMPTY;
    wick_text bytes = WICK_TEXT_EMPTY;
    wick_input input;
    reading so_far = {.table = table};
    WICK_TRY(wick_input_open(context, path, expected_table, &input));
    const wick_status status = read_blocks(context, &input, &bytes, &so_far);
    wick_input_close(&input);
    wick_text_clear(&bytes);
    free(so_far.values);
    if (status != WICK_OK) wick_table_clear(table);
    return status;
}

/* A result as named columns: made row by row and written, or read back from a CSV that wick wrote.
 *
 * A written table reads back to the same bits; what the comment lines say of the problem is kept as text.
 */
#ifndef WICK_OUTPUT_TABLE_H
#define WICK_OUTPUT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/context.h"

/* One comment line `# key: value`. */
typedef struct {
    char *key, *value;
} wick_table_comment;

typedef struct {
    size_t columns, column_capacity;
    char **names; /* "t", "M[1,1]": without quotes */
    size_t rows, value_capacity;
    double *values; /* rows x columns, row-major */
    size_t comments, comment_capacity;
    wick_table_comment *comment;
} wick_table;

#define WICK_TABLE_EMPTY ((wick_table){0})

/* Columns come before the first row. Each returns false if memory is exhausted, and then the table is as it was. */
bool wick_table_add_column(wick_table *table, const char *name);
bool wick_table_add_row(wick_table *table, const double *values);

/* Comments of a problem: its keys, from what wick_problem_json() gave. */
wick_status wick_table_add_problem(wick_context *context, wick_table *table, const char *problem_json);

/* The header and the rows; errors of the stream are left to wick_output_close(). */
void wick_table_write(FILE *stream, const wick_table *table);

/* Reads a whole file, or standard input for "-". WICK_ERROR_FILE if it cannot be read, WICK_ERROR_PROBLEM with
 * "FILE:LINE:COLUMN: ..." if it is no such CSV. */
wick_status wick_table_read(wick_context *context, const char *path, wick_table *table);

/* The position of a column, table->columns if there is none. */
size_t wick_table_find(const wick_table *table, const char *name);

/* That of the time, whichever clock it is read on: "t" or "tau". */
size_t wick_table_time(const wick_table *table);

/* The value of a comment, as it stands (a JSON value); NULL if there is none. */
const char *wick_table_comment_value(const wick_table *table, const char *key);

void wick_table_clear(wick_table *table);

#endif

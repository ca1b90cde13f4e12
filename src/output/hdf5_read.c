/* See hdf5_read.h. The table is filled dataset by dataset: each knows its columns. */
#include "output/hdf5_read.h"

#include <hdf5.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/blocks.h"
#include "output/hdf5.h"
#include "output/hdf5_memory.h"

enum { RANK = 3, MOST_COLUMNS = 100000000 };

/* Where the columns of a dataset are. */
typedef struct {
    const char *name, *column; /* in the file, and in the header: "t" for time */
    hid_t id;
    int rank;
    hsize_t size[RANK];
    size_t first, count; /* columns */
    bool upper;          /* of each matrix the upper triangle alone */
} source;

typedef struct {
    wick_context *context;
    const char *path;
    hid_t id;
    source part[3 + WICK_BLOCK_COUNT];
    size_t parts, rows, columns;
} reader;

static wick_status fail_to_read(const reader *from, const char *what)
{
    return wick_fail(from->context, WICK_ERROR_PROBLEM, "%s: %s; expected HDF5 by wick run", from->path, what);
}

bool wick_hdf5_is(const char *path)
{
    static const char signature[] = "\211HDF\r\n\032\n";
    char bytes[sizeof signature - 1];
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISREG(found.st_mode)) return false;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    const bool is = fread(bytes, 1, sizeof bytes, file) == sizeof bytes && memcmp(bytes, signature, sizeof bytes) == 0;
    fclose(file);
    return is;
}

/* ---- What is in it --------------------------------------------------------------------------------------------------- */

static wick_status open_part(reader *from, const char *name, const char *column, bool upper)
{
    source *part = &from->part[from->parts];
    *part = (source){.name = name, .column = column, .id = H5Dopen2(from->id, name, H5P_DEFAULT), .size = {1, 1, 1}};
    if (part->id < 0) return fail_to_read(from, "a dataset cannot be opened");
    ++from->parts;
    const hid_t space = H5Dget_space(part->id);
    part->rank = H5Sget_simple_extent_ndims(space);
    const bool fits = part->rank >= 1 && part->rank <= RANK && H5Sget_simple_extent_dims(space, part->size, NULL) >= 0;
    if (space >= 0) H5Sclose(space);
    if (!fits) return fail_to_read(from, "a dataset has more than three dimensions, or none");
    if ((double)part->size[1] * (double)part->size[2] > MOST_COLUMNS)
        return fail_to_read(from, "states are too large to plot");
    part->upper = upper;
    const size_t entries = (size_t)part->size[1];
    part->count = part->upper ? entries * (entries + 1) / 2 : entries * (size_t)part->size[2];
    part->first = from->columns;
    from->columns += part->count;
    if (part->upper && part->size[1] != part->size[2]) return fail_to_read(from, "Q is not square");
    if (from->parts > 1 && part->size[0] != from->part[0].size[0])
        return fail_to_read(from, "datasets differ in the number of times");
    return WICK_OK;
}

/* The text of an attribute of variable length; NULL if there is none. Release it with free(). */
static char *read_text(hid_t file, const char *name)
{
    if (H5Aexists(file, name) <= 0) return NULL;
    const hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), type = attribute < 0 ? -1 : H5Aget_type(attribute);
    const hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    const bool one = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    char *text = NULL, *copy = NULL;
    if (one && type >= 0 && H5Tis_variable_str(type) > 0 && H5Aread(attribute, type, &text) >= 0 && text) {
        copy = wick_copy_string(text);
        H5free_memory(text);
    }
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
    return copy;
}

/* The symbol of the time: its units say which clock it is read on. */
static const char *clock_of(hid_t time)
{
    char *units = read_text(time, "units");
    const bool steps = units && strcmp(units, WICK_HDF5_STEPS_UNITS) == 0;
    free(units);
    return steps ? "tau" : "t";
}

static wick_status open_parts(reader *from, bool states)
{
    static const char *const always[][2] = {{"time", "t"}, {"risk", "risk"}, {"excess_risk", "excess_risk"}};
    for (size_t i = 0; i < 3; ++i) {
        if (H5Lexists(from->id, always[i][0], H5P_DEFAULT) <= 0)
            return fail_to_read(from, "lacks time, risk or excess_risk");
        WICK_TRY(open_part(from, always[i][0], always[i][1], false));
        if (from->part[i].rank != 1) return fail_to_read(from, "time, risk or excess_risk is no vector");
    }
    from->part[0].column = clock_of(from->part[0].id);
    for (wick_block_id i = 0; i < WICK_BLOCK_COUNT && states; ++i) {
        const wick_block *block = wick_block_at(i);
        if (H5Lexists(from->id, block->name, H5P_DEFAULT) > 0)
            WICK_TRY(open_part(from, block->name, block->name, block->symmetric));
    }
    from->rows = (size_t)from->part[0].size[0];
    return WICK_OK;
}

/* ---- Columns --------------------------------------------------------------------------------------------------------- */

static bool add_columns(wick_table *table, const source *part)
{
    char name[64];
    if (part->rank == 1) return wick_table_add_column(table, part->column);
    for (size_t j = 1; j <= part->size[1]; ++j)
        for (size_t l = part->upper ? j : 1; l <= part->size[2]; ++l) {
            if (part->rank == 2)
                snprintf(name, sizeof name, "%s[%zu]", part->column, j);
            else
                snprintf(name, sizeof name, "%s[%zu,%zu]", part->column, j, l);
            if (!wick_table_add_column(table, name)) return false;
        }
    return true;
}

/* The entries of one row of a dataset to their columns. */
static void put_row(const source *part, const double *entries, double *row)
{
    double *to = row + part->first;
    for (size_t j = 0; j < part->size[1]; ++j)
        for (size_t l = part->upper ? j : 0; l < part->size[2]; ++l) *to++ = entries[j * part->size[2] + l];
}

static bool read_row(const source *part, size_t row, double *entries)
{
    const hsize_t start[RANK] = {row, 0, 0}, size[RANK] = {1, part->size[1], part->size[2]};
    const hid_t space = H5Dget_space(part->id), memory = H5Screate_simple(part->rank, size, NULL);
    const bool done = space >= 0 && memory >= 0 &&
                      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) >= 0 &&
                      H5Dread(part->id, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, entries) >= 0;
    if (memory >= 0) H5Sclose(memory);
    if (space >= 0) H5Sclose(space);
    return done;
}

/* The vectors are read at once, matrices row by row. */
static wick_status fill(const reader *from, const source *part, wick_table *table)
{
    size_t count;
    const bool vector = part->rank == 1;
    if (!wick_multiply_sizes((size_t)part->size[1], (size_t)part->size[2], &count))
        return wick_fail_memory(from->context, "reading HDF5");
    double *entries = wick_allocate(vector ? from->rows : count, 1, sizeof *entries);
    if (!entries) return wick_fail_memory(from->context, "reading HDF5");
    bool done = !vector || H5Dread(part->id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, entries) >= 0;
    for (size_t row = 0; row < from->rows && done; ++row) {
        double *to = table->values + row * table->columns;
        if (vector) {
            to[part->first] = entries[row];
        } else {
            done = read_row(part, row, entries);
            if (done) put_row(part, entries, to);
        }
    }
    free(entries);
    return done ? WICK_OK : fail_to_read(from, "a dataset cannot be read");
}

static wick_status read_values(const reader *from, wick_table *table)
{
    size_t count;
    for (size_t i = 0; i < from->parts; ++i)
        if (!add_columns(table, &from->part[i])) return wick_fail_memory(from->context, "reading HDF5");
    if (!wick_multiply_sizes(from->rows, table->columns, &count) || (double)count * sizeof(double) > wick_memory_size() / 2)
        return wick_fail(from->context, WICK_ERROR_PROBLEM, "%s: %zu rows of %zu numbers do not fit in memory", from->path,
                         from->rows, table->columns);
    if (!wick_reserve(&table->values, &table->value_capacity, count, sizeof *table->values))
        return wick_fail_memory(from->context, "reading HDF5");
    for (size_t i = 0; i < from->parts; ++i) WICK_TRY(fill(from, &from->part[i], table));
    table->rows = from->rows;
    return WICK_OK;
}

/* ---- Attributes ------------------------------------------------------------------------------------------------------ */

static wick_status read_attributes(const reader *from, wick_table *table)
{
    char *problem = read_text(from->id, "problem");
    if (!problem) return fail_to_read(from, "has no attribute problem");
    json_error_t ignored;
    json_t *json = wick_json_read(problem, strlen(problem), 0, &ignored);
    const wick_status status = json_is_object(json) ? wick_table_add_problem(from->context, table, problem)
                                                    : fail_to_read(from, "its attribute problem is no JSON object");
    json_decref(json);
    free(problem);
    return status;
}

/* ---- Reading -----------------------------------------------------------------------------------------------------------
 */

static wick_status read_file(reader *from, bool states, wick_table *table)
{
    from->id = H5Fopen(from->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (from->id < 0) return fail_to_read(from, "is damaged HDF5, or not complete");
    WICK_TRY(read_attributes(from, table));
    WICK_TRY(open_parts(from, states));
    return read_values(from, table);
}

/* What is to be read, and what became of it. */
typedef struct {
    reader from;
    bool states;
    wick_table *table;
    wick_status status;
} errand;

static void run_errand(void *data)
{
    errand *of = data;
    of->status = read_file(&of->from, of->states, of->table);
    for (size_t i = 0; i < of->from.parts; ++i) H5Dclose(of->from.part[i].id);
    if (of->from.id >= 0) H5Fclose(of->from.id);
}

wick_status wick_hdf5_read_table(wick_context *context, const char *path, bool states, wick_table *table)
{
    errand of = {.from = {.context = context, .path = path, .id = -1}, .states = states, .table = table};
    *table = WICK_TABLE_EMPTY;
    if (!wick_hdf5_guard(run_errand, &of)) of.status = wick_fail_memory(context, "reading HDF5");
    if (of.status != WICK_OK) wick_table_clear(table);
    return of.status;
}

/* See hdf5.h. HDF5 clears its account of an error with the next call, so good() takes the reason down at once. */
#include "output/hdf5.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/json.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/number.h"
#include "output/file.h"
#include "output/hdf5_driver.h"
#include "output/hdf5_memory.h"
#include "output/members.h"

enum { RANK = 3, CHUNK_ENTRIES = 131072 };

/* The numbers of an output time, and after them the blocks of its state. */
enum { TIME, RISK, EXCESS_RISK, BLOCKS, DATASETS = BLOCKS + WICK_BLOCK_COUNT };

typedef struct {
    const char *name, *units, *meaning;
} description;

static const description numbers[BLOCKS] = {
    [TIME] = {"time", "gamma nu / (p d)", "output times, after nu samples of one-pass SGD"},
    [RISK] = {"risk", "1", "population risk, E[(f - f*)^2]/2 + Delta/2"},
    [EXCESS_RISK] = {"excess_risk", "1", "population risk without the noise of the labels, E[(f - f*)^2]/2"},
};

static const description steps_time = {"time", WICK_HDF5_STEPS_UNITS, "output times tau, after nu steps of one-pass SGD"};

typedef struct {
    hid_t id; /* -1 if there is none */
    int rank;
    hsize_t row[RANK], chunk[RANK]; /* [0] counts output times: 1 in `row` */
    hsize_t written, held;          /* output times in the file, and after them in `rows` */
    double *rows;                   /* a chunk of them, written at once; NULL where a chunk holds no more than one */
} dataset;

struct wick_hdf5 {
    wick_output output;
    wick_hdf5_medium medium;
    hid_t id;
    wick_layout layout;
    dataset sets[DATASETS];
    double *block;    /* some rows of Q */
    char reason[256]; /* the first thing HDF5 complained of */
};

/* ---- Guarded -----------------------------------------------------------------------------------------------------------
 */

/* What is to be done with HDF5, and whether it was. */
typedef struct {
    wick_hdf5 *file;
    bool (*work)(wick_hdf5 *file, const void *data);
    const void *data;
    bool done;
} errand;

static void run_errand(void *data)
{
    errand *of = data;
    of->done = of->work(of->file, of->data);
}

static bool with_hdf5(wick_hdf5 *file, bool (*work)(wick_hdf5 *file, const void *data), const void *data)
{
    errand of = {file, work, data, false};
    if (!wick_hdf5_guard(run_errand, &of)) {
        of.done = false;
        if (file->medium.error == 0) file->medium.error = ENOMEM;
    }
    return of.done;
}

/* ---- Errors ---------------------------------------------------------------------------------------------------------- */

/* Called from the innermost complaint outwards. */
static herr_t take_down(unsigned depth, const H5E_error2_t *complaint, void *user)
{
    wick_hdf5 *file = user;
    if (depth == 0 && complaint->desc) snprintf(file->reason, sizeof file->reason, "HDF5 says: %s", complaint->desc);
    return 0;
}

/* Every result of HDF5 goes through here. */
static bool good(wick_hdf5 *file, hid_t result)
{
    if (result < 0 && !file->reason[0]) H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_down, file);
    return result >= 0 && file->medium.error == 0;
}

static wick_status fail(wick_context *context, const wick_hdf5 *file)
{
    const char *reason = file->medium.error ? wick_error_text(file->medium.error)
                         : file->reason[0]  ? file->reason
                                            : "HDF5 failed and did not say why";
    return wick_fail(context, WICK_ERROR_FILE, "cannot write %s: %s", file->output.name, reason);
}

/* ---- Attributes ------------------------------------------------------------------------------------------------------ */

static bool put_attribute(wick_hdf5 *file, hid_t object, const char *name, hid_t stored, hid_t given, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    bool done = good(file, space);
    const hid_t attribute = done ? H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT) : -1;
    done = done && good(file, attribute) && good(file, H5Awrite(attribute, given, value));
    if (attribute >= 0) done = good(file, H5Aclose(attribute)) && done;
    if (space >= 0) H5Sclose(space);
    return done;
}

/* Of variable length: these may be longer than the 64 KiB that an attribute holds itself. */
static bool put_text(wick_hdf5 *file, hid_t object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    const bool done = good(file, type) && good(file, H5Tset_size(type, H5T_VARIABLE)) &&
                      good(file, H5Tset_cset(type, H5T_CSET_UTF8)) && put_attribute(file, object, name, type, type, &text);
    if (type >= 0) H5Tclose(type);
    return done;
}

static bool is_count(const char *key) { return strcmp(key, "p") == 0 || strcmp(key, "k") == 0 || strcmp(key, "d") == 0; }

static bool put_value(wick_hdf5 *file, const char *key, const char *value)
{
    if (is_count(key)) {
        char *end;
        const long long count = strtoll(value, &end, 10);
        if (!*end) return put_attribute(file, file->id, key, H5T_STD_I64LE, H5T_NATIVE_LLONG, &count);
    }
    const char *stop;
    const double number = wick_number_read(value, &stop);
    if (stop > value && !*stop) return put_attribute(file, file->id, key, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &number);
    json_error_t error = {.text = "-"};
    json_t *string = *value == '"' ? wick_json_read(value, strlen(value), JSON_DECODE_ANY, &error) : NULL;
    const bool starved = !string && !error.text[0];
    if (starved) file->medium.error = ENOMEM;
    const bool done = !starved && put_text(file, file->id, key, string ? json_string_value(string) : value);
    json_decref(string);
    return done;
}

static bool put_member(wick_hdf5 *file, const wick_member *member)
{
    char *key = wick_copy_string_of_length(member->key, member->key_length);
    char *value = wick_copy_string_of_length(member->value, member->value_length);
    if (!key || !value) file->medium.error = ENOMEM;
    const bool done = key && value && put_value(file, key, value);
    free(value);
    free(key);
    return done;
}

static bool put_problem(wick_hdf5 *file, const char *json)
{
    bool done = put_text(file, file->id, "wick", wick_version());
    const char *text = json;
    wick_member member;
    while (done && wick_member_next(&text, &member)) done = put_member(file, &member);
    return done && put_text(file, file->id, "problem", json);
}

/* ---- Datasets -------------------------------------------------------------------------------------------------------- */

static hsize_t least(hsize_t a, hsize_t b) { return a < b ? a : b; }

/* Whole rows, several of them if they are small; long ones are cut into equal parts. */
static void choose_chunk(dataset *set, size_t rows)
{
    hsize_t room = CHUNK_ENTRIES;
    for (int i = set->rank - 1; i > 0; --i) {
        const hsize_t parts = (set->row[i] + room - 1) / room;
        set->chunk[i] = (set->row[i] + parts - 1) / parts;
        room /= set->chunk[i];
        if (room == 0) room = 1;
    }
    set->chunk[0] = least(room, rows ? rows : 1);
}

static bool create_with(wick_hdf5 *file, dataset *set, const char *name, hid_t properties, hid_t space)
{
    if (!good(file, H5Pset_chunk(properties, set->rank, set->chunk)) ||
        !good(file, H5Pset_obj_track_times(properties, false)) ||
        !good(file, H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER)))
        return false;
    set->id = H5Dcreate2(file->id, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    return good(file, set->id);
}

static bool create_dataset(wick_hdf5 *file, dataset *set, const description *about, int rank, size_t second, size_t third,
                           size_t rows)
{
    *set = (dataset){.id = -1, .rank = rank, .row = {1, second, third}};
    choose_chunk(set, rows);
    if (set->chunk[0] > 1 && !(set->rows = wick_allocate(set->chunk[0], second * third, sizeof *set->rows))) {
        file->medium.error = ENOMEM;
        return false;
    }
    const hsize_t none[RANK] = {0, second, third}, any[RANK] = {H5S_UNLIMITED, second, third};
    const hid_t space = H5Screate_simple(rank, none, any), properties = H5Pcreate(H5P_DATASET_CREATE);
    const bool done =
        good(file, space) && good(file, properties) && create_with(file, set, about->name, properties, space) &&
        put_text(file, set->id, "units", about->units) && put_text(file, set->id, "description", about->meaning);
    if (properties >= 0) H5Pclose(properties);
    if (space >= 0) H5Sclose(space);
    return done;
}

static bool create_states(wick_hdf5 *file, size_t rows)
{
    const wick_layout *layout = &file->layout;
    bool done = true;
    for (size_t i = 0; i < layout->count && done; ++i) {
        const wick_block *block = wick_block_at(layout->block[i]);
        const description of_block = {block->name, "1", block->meaning};
        done =
            create_dataset(file, &file->sets[BLOCKS + layout->block[i]], &of_block, 1 + (int)block->rank,
                           wick_layout_rows(layout, layout->block[i]), wick_layout_columns(layout, layout->block[i]), rows);
    }
    return done;
}

/* ---- Opening --------------------------------------------------------------------------------------------------------- */

static bool create_file(wick_hdf5 *file)
{
    const hid_t properties = H5Pcreate(H5P_FILE_CREATE);
    bool done = good(file, properties) && good(file, H5Pset_obj_track_times(properties, false));
    if (done) file->id = wick_hdf5_create_on(&file->medium, file->output.name, properties);
    done = done && good(file, file->id);
    if (properties >= 0) H5Pclose(properties);
    return done;
}

static bool fill(wick_hdf5 *file, const void *data)
{
    const wick_hdf5_contents *contents = data;
    bool done = create_file(file) && put_problem(file, contents->problem_json);
    const bool steps = strcmp(wick_layout_clock(&file->layout), "t") != 0;
    for (int i = TIME; i <= EXCESS_RISK && done; ++i)
        done = create_dataset(file, &file->sets[i], i == TIME && steps ? &steps_time : &numbers[i], 1, 1, 1, contents->rows);
    return done && (!contents->keeps_states || create_states(file, contents->rows));
}

bool wick_hdf5_named(const char *path)
{
    static const char *const endings[] = {".h5", ".hdf5"};
    for (size_t i = 0; path && i < sizeof endings / sizeof *endings; ++i) {
        const size_t length = strlen(path), ending = strlen(endings[i]);
        if (length > ending && wick_same_word(path + length - ending, endings[i], ending)) return true;
    }
    return false;
}

wick_status wick_hdf5_check(wick_context *context, const char *path)
{
    struct stat found;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode))
        return wick_fail(context, WICK_ERROR_FILE, "cannot write %s: HDF5 goes to a file only, not to a device or a pipe",
                         path);
    return wick_output_check(context, path);
}

static void release(wick_hdf5 *file)
{
    for (int i = 0; i < DATASETS; ++i) free(file->sets[i].rows);
    free(file->block);
    free(file);
}

wick_status wick_hdf5_open(wick_context *context, const char *path, const wick_hdf5_contents *contents, wick_hdf5 **file)
{
    *file = NULL;
    WICK_TRY(wick_hdf5_check(context, path));
    wick_hdf5 *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "opening an HDF5 file");
    made->id = -1;
    made->layout = contents->layout;
    for (int i = 0; i < DATASETS; ++i) made->sets[i].id = -1;
    const wick_status status = wick_output_open(context, path, &made->output);
    if (status != WICK_OK) {
        release(made);
        return status;
    }
    made->medium.descriptor = fileno(made->output.stream);
    if (!with_hdf5(made, fill, contents)) {
        fail(context, made);
        wick_hdf5_discard(made);
        return WICK_ERROR_FILE;
    }
    *file = made;
    return WICK_OK;
}

/* ---- Rows ------------------------------------------------------------------------------------------------------------ */

static bool write_with(wick_hdf5 *file, const dataset *set, hid_t space, hid_t memory, const hsize_t *start,
                       const hsize_t *size, const double *values)
{
    return good(file, space) && good(file, memory) &&
           good(file, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL)) &&
           good(file, H5Dwrite(set->id, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values));
}

/* `count` lines of each row, from the line `first` on, of so many output times. */
static bool write_lines(wick_hdf5 *file, const dataset *set, hsize_t times, hsize_t first, hsize_t count,
                        const double *values)
{
    const hsize_t start[RANK] = {set->written, first, 0}, size[RANK] = {times, count, set->row[2]};
    const hid_t space = H5Dget_space(set->id), memory = H5Screate_simple(set->rank, size, NULL);
    const bool done = write_with(file, set, space, memory, start, size, values);
    if (memory >= 0) H5Sclose(memory);
    if (space >= 0) H5Sclose(space);
    return done;
}

static bool extend(wick_hdf5 *file, const dataset *set, hsize_t times)
{
    const hsize_t size[RANK] = {set->written + times, set->row[1], set->row[2]};
    return good(file, H5Dset_extent(set->id, size));
}

/* Writes the rows that are held. */
static bool flush(wick_hdf5 *file, dataset *set)
{
    if (set->held == 0) return true;
    if (!extend(file, set, set->held) || !write_lines(file, set, set->held, 0, set->row[1], set->rows)) return false;
    set->written += set->held;
    set->held = 0;
    return true;
}

/* The next row, to be filled: a call of HDF5 takes microseconds, so small rows are gathered up to a chunk. */
static double *next_row(dataset *set) { return set->rows + set->held++ * set->row[1] * set->row[2]; }

static bool flush_if_full(wick_hdf5 *file, dataset *set) { return set->held < set->chunk[0] || flush(file, set); }

static bool write_row(wick_hdf5 *file, int index, const double *values)
{
    dataset *set = &file->sets[index];
    if (set->rows) {
        memcpy(next_row(set), values, set->row[1] * set->row[2] * sizeof *values);
        return flush_if_full(file, set);
    }
    if (!extend(file, set, 1) || !write_lines(file, set, 1, 0, set->row[1], values)) return false;
    ++set->written;
    return true;
}

/* As many lines at a time as a chunk has, so that there is never a second whole Q in memory. */
static bool write_large_triangle(wick_hdf5 *file, dataset *set, wick_block_id block, const double *state)
{
    const size_t rows = (size_t)set->row[1], most = (size_t)set->chunk[1];
    if (!file->block && !(file->block = wick_allocate(most, rows, sizeof *file->block))) {
        file->medium.error = ENOMEM;
        return false;
    }
    bool done = extend(file, set, 1);
    for (size_t first = 0; first < rows && done; first += most) {
        const size_t count = rows - first < most ? rows - first : most;
        wick_layout_unpack_rows(&file->layout, state, block, first, count, file->block);
        done = write_lines(file, set, 1, first, count, file->block);
    }
    ++set->written;
    return done;
}

static bool write_triangle(wick_hdf5 *file, wick_block_id block, const double *state)
{
    dataset *set = &file->sets[BLOCKS + block];
    if (!set->rows) return write_large_triangle(file, set, block, state);
    wick_layout_unpack_rows(&file->layout, state, block, 0, (size_t)set->row[1], next_row(set));
    return flush_if_full(file, set);
}

static bool write_state(wick_hdf5 *file, const double *state)
{
    const wick_layout *layout = &file->layout;
    bool done = true;
    for (size_t i = 0; i < layout->count && done; ++i) {
        const wick_block_id block = layout->block[i];
        if (file->sets[BLOCKS + block].id < 0) continue; /* states are not kept */
        done = wick_block_at(block)->symmetric
                   ? write_triangle(file, block, state)
                   : write_row(file, BLOCKS + (int)block, state + wick_layout_start(layout, block));
    }
    return done;
}

static bool write_point(wick_hdf5 *file, const void *data)
{
    const wick_point *point = data;
    return write_row(file, TIME, &point->time) && write_row(file, RISK, &point->risk) &&
           write_row(file, EXCESS_RISK, &point->excess_risk) && write_state(file, point->state);
}

wick_status wick_hdf5_append(wick_context *context, wick_hdf5 *file, const wick_point *point)
{
    return with_hdf5(file, write_point, point) ? WICK_OK : fail(context, file);
}

typedef struct {
    const char *name;
    double value;
} named_number;

static bool put_number(wick_hdf5 *file, const void *data)
{
    const named_number *number = data;
    return put_attribute(file, file->id, number->name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &number->value);
}

wick_status wick_hdf5_put_number(wick_context *context, wick_hdf5 *file, const char *name, double value)
{
    const named_number number = {name, value};
    return with_hdf5(file, put_number, &number) ? WICK_OK : fail(context, file);
}

/* ---- Closing --------------------------------------------------------------------------------------------------------- */

/* After saying why it stopped, if it did. */
static bool close_all(wick_hdf5 *file, const void *stopped)
{
    bool done = !stopped || put_text(file, file->id, "stopped", stopped);
    for (int i = 0; i < DATASETS && done; ++i) done = flush(file, &file->sets[i]);
    for (int i = 0; i < DATASETS; ++i)
        if (file->sets[i].id >= 0) done = good(file, H5Dclose(file->sets[i].id)) && done;
    if (file->id >= 0) done = good(file, wick_hdf5_close_on(&file->medium, file->id)) && done;
    return done;
}

wick_status wick_hdf5_close(wick_context *context, wick_hdf5 *file, const char *stopped)
{
    const bool done = with_hdf5(file, close_all, stopped);
    wick_status status = done ? WICK_OK : fail(context, file);
    if (done)
        status = wick_output_close(context, &file->output);
    else
        wick_output_discard(&file->output);
    release(file);
    return status;
}

void wick_hdf5_discard(wick_hdf5 *file)
{
    if (!file) return;
    with_hdf5(file, close_all, NULL);
    wick_output_discard(&file->output);
    release(file);
}

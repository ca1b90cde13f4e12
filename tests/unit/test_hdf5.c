/* HDF5 results, read back through libhdf5: every number and attribute, files whole or not at all, no trace in HDF5's own
 * state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <hdf5.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/hdf5.h"
#include "place.h"
#include "support.h"

static const char problem[] =
    "{\"activation\":\"x^2 + "
    "\\\"y\\\"\",\"p\":3,\"k\":2,\"d\":1000000000000,\"learning_rate\":1,\"noise\":0.10000000000000001,"
    "\"initial\":{\"random\":{\"seed\":1,\"orthonormal_target\":true}},\"time\":{\"at\":[0,0.1]}}";

/* With the name of a file in the folder. */
static int make_place(void **state)
{
    wick_test_place_make(state);
    wick_test_place_path(*state, "a.h5");
    return 0;
}

static void assert_says(const wick_test_place *here, const char *part)
{
    const char *message = wick_context_message(here->context);
    if (!strstr(message, part)) fail_msg("\"%s\" does not hold \"%s\"", message, part);
}

/* ---- Writing --------------------------------------------------------------------------------------------------------- */

/* Entry `i` of the state of row `row`: all different. */
static double entry(size_t row, size_t i) { return 1000.0 * (double)(row + 1) + (double)i + 1.0 / 3; }

static wick_status append_row(wick_context *context, wick_hdf5 *file, const wick_layout *layout, size_t row)
{
    size_t dimension;
    assert_true(wick_layout_dimension(layout, &dimension));
    double *state = malloc(dimension * sizeof *state);
    assert_non_null(state);
    for (size_t i = 0; i < dimension; ++i) state[i] = entry(row, i);
    const double time = (double)row;
    const wick_point point = {
        .time = time, .risk = time + 0.5, .excess_risk = time + 0.25, .state = state, .dimension = dimension};
    const wick_status status = wick_hdf5_append(context, file, &point);
    free(state);
    return status;
}

/* `rows` rows into the file, of which `expected` were announced. */
static wick_status write_rows(wick_context *context, const char *path, const wick_hdf5_contents *contents, size_t rows,
                              const char *stopped)
{
    wick_hdf5 *file;
    const wick_status opened = wick_hdf5_open(context, path, contents, &file);
    if (opened != WICK_OK) {
        assert_null(file);
        return opened;
    }
    for (size_t row = 0; row < rows; ++row) {
        const wick_status status = append_row(context, file, &contents->layout, row);
        if (status == WICK_OK) continue;
        wick_hdf5_discard(file);
        return status;
    }
    return wick_hdf5_close(context, file, stopped);
}

/* ---- Reading --------------------------------------------------------------------------------------------------------- */

static hid_t open_file(const char *path)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

/* The text of an attribute; release with free(). */
static char *text_attribute(hid_t object, const char *name)
{
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) fail_msg("no attribute %s", name);
    const hid_t type = H5Aget_type(attribute);
    assert_true(H5Tis_variable_str(type) > 0);
    assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
    char *text = NULL;
    assert_true(H5Aread(attribute, type, &text) >= 0);
    char *copy = strdup(text);
    assert_non_null(copy);
    H5free_memory(text);
    H5Tclose(type);
    H5Aclose(attribute);
    return copy;
}

static void assert_text(hid_t object, const char *name, const char *expected)
{
    char *text = text_attribute(object, name);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_number(hid_t object, const char *name, H5T_class_t class, double expected)
{
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) fail_msg("no attribute %s", name);
    const hid_t type = H5Aget_type(attribute);
    assert_int_equal(H5Tget_class(type), class);
    assert_int_equal(H5Tget_size(type), 8);
    double value;
    assert_true(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0);
    assert_true(value == expected);
    H5Tclose(type);
    H5Aclose(attribute);
}

/* The numbers of a dataset whose shape must be rows x second x third (the last ones as far as `rank` goes). */
static double *numbers(hid_t file, const char *name, int rank, size_t rows, size_t second, size_t third)
{
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    if (set < 0) fail_msg("no dataset %s", name);
    const hid_t space = H5Dget_space(set);
    assert_int_equal(H5Sget_simple_extent_ndims(space), rank);
    hsize_t shape[3] = {0, 1, 1};
    assert_int_equal(H5Sget_simple_extent_dims(space, shape, NULL), rank);
    assert_int_equal(shape[0], rows);
    assert_int_equal(shape[1], second);
    assert_int_equal(shape[2], third);
    char *units = text_attribute(set, "units"), *description = text_attribute(set, "description");
    assert_true(strlen(units) > 0 && strlen(description) > 10);
    free(units);
    free(description);
    double *values = malloc((rows * second * third + 1) * sizeof *values);
    assert_non_null(values);
    if (rows > 0) assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Sclose(space);
    H5Dclose(set);
    return values;
}

static void check_curve(hid_t file, size_t rows)
{
    static const char *const names[] = {"time", "risk", "excess_risk"};
    static const double offsets[] = {0, 0.5, 0.25};
    for (size_t i = 0; i < 3; ++i) {
        double *values = numbers(file, names[i], 1, rows, 1, 1);
        for (size_t row = 0; row < rows; ++row) assert_true(values[row] == (double)row + offsets[i]);
        free(values);
    }
}

static void check_M(hid_t file, const wick_layout *layout, size_t rows)
{
    const size_t p = layout->p, k = layout->k;
    double *M = numbers(file, "M", 3, rows, p, k);
    for (size_t row = 0; row < rows; ++row)
        for (size_t i = 0; i < p * k; ++i) assert_true(M[row * p * k + i] == entry(row, i));
    free(M);
}

static void check_Q(hid_t file, const wick_layout *layout, size_t rows)
{
    const size_t p = layout->p;
    if (wick_layout_has(layout, WICK_BLOCK_NORMS)) {
        double *q = numbers(file, "q", 2, rows, p, 1);
        for (size_t row = 0; row < rows; ++row)
            for (size_t j = 0; j < p; ++j)
                assert_true(q[row * p + j] == entry(row, wick_layout_at(layout, WICK_BLOCK_NORMS, j, 0)));
        free(q);
    } else {
        double *Q = numbers(file, "Q", 3, rows, p, p);
        for (size_t row = 0; row < rows; ++row)
            for (size_t i = 0; i < p * p; ++i)
                assert_true(Q[row * p * p + i] == entry(row, wick_layout_at(layout, WICK_BLOCK_Q, i / p, i % p)));
        free(Q);
    }
    assert_int_equal(H5Lexists(file, wick_layout_has(layout, WICK_BLOCK_NORMS) ? "Q" : "q", H5P_DEFAULT), 0);
}

static void check_a(hid_t file, const wick_layout *layout, size_t rows)
{
    assert_int_equal(H5Lexists(file, "a", H5P_DEFAULT), wick_layout_has(layout, WICK_BLOCK_LAYER));
    if (!wick_layout_has(layout, WICK_BLOCK_LAYER)) return;
    double *a = numbers(file, "a", 2, rows, layout->p, 1);
    for (size_t row = 0; row < rows; ++row)
        for (size_t j = 0; j < layout->p; ++j)
            assert_true(a[row * layout->p + j] == entry(row, wick_layout_at(layout, WICK_BLOCK_LAYER, j, 0)));
    free(a);
}

/* ---- What is in it ----------------------------------------------------------------------------------------------- */

static void check_written(wick_test_place *here, wick_layout layout, size_t rows, size_t expected)
{
    const wick_hdf5_contents contents = {problem, layout, true, expected};
    if (write_rows(here->context, here->path, &contents, rows, NULL) != WICK_OK)
        fail_msg("%s", wick_context_message(here->context));
    const hid_t file = open_file(here->path);
    check_curve(file, rows);
    check_M(file, &layout, rows);
    check_Q(file, &layout, rows);
    check_a(file, &layout, rows);
    assert_int_equal(H5Aexists(file, "stopped"), 0);
    assert_int_equal(H5Fclose(file), 0);
}

static void test_every_layout(void **state)
{
    for (int reduced = 0; reduced < 2; ++reduced)
        for (int trained = 0; trained < 2; ++trained) {
            check_written(*state, wick_layout_of(reduced ? WICK_MEAN_FIELD : WICK_CLASSICAL, trained, 3, 2), 5, 5);
            check_written(*state, wick_layout_of(reduced ? WICK_MEAN_FIELD : WICK_CLASSICAL, trained, 1, 1), 1, 1);
        }
}

static void test_more_and_fewer_rows_than_announced(void **state)
{
    check_written(*state, wick_layout_of(WICK_CLASSICAL, false, 3, 2), 0, 7);
    check_written(*state, wick_layout_of(WICK_CLASSICAL, true, 3, 2), 4, 1000);
    check_written(*state, wick_layout_of(WICK_MEAN_FIELD, false, 3, 2), 50, 4);
    check_written(*state, wick_layout_of(WICK_MEAN_FIELD, true, 3, 2), 3, 0);
}

/* Rows longer than a chunk: 600 x 600 and 200000 x 2 entries, neither a multiple of what a chunk holds. */
static void test_long_rows(void **state)
{
    check_written(*state, wick_layout_of(WICK_CLASSICAL, false, 600, 3), 3, 3);
    check_written(*state, wick_layout_of(WICK_MEAN_FIELD, false, 200001, 2), 2, 2);
    check_written(*state, wick_layout_of(WICK_MEAN_FIELD, false, 1, 200001), 2, 2);
}

static void test_problem_is_in_attributes(void **state)
{
    wick_test_place *here = *state;
    check_written(here, wick_layout_of(WICK_CLASSICAL, false, 3, 2), 2, 2);
    const hid_t file = open_file(here->path);
    assert_text(file, "wick", wick_version());
    assert_text(file, "problem", problem);
    assert_text(file, "activation", "x^2 + \"y\"");
    assert_number(file, "p", H5T_INTEGER, 3);
    assert_number(file, "k", H5T_INTEGER, 2);
    assert_number(file, "d", H5T_INTEGER, 1e12);
    assert_number(file, "learning_rate", H5T_FLOAT, 1);
    assert_number(file, "noise", H5T_FLOAT, 0.1);
    assert_text(file, "initial", "{\"random\":{\"seed\":1,\"orthonormal_target\":true}}");
    assert_text(file, "time", "{\"at\":[0,0.1]}");
    H5Fclose(file);
}

/* An attribute holds 64 KiB itself; a given initial state may be longer. */
static void test_long_problem(void **state)
{
    wick_test_place *here = *state;
    enum { COUNT = 200000 };
    char *json = malloc(COUNT + 100), *end = json;
    assert_non_null(json);
    end += sprintf(end, "{\"p\":1,\"initial\":[");
    for (size_t i = 0; i < COUNT / 2; ++i) end += sprintf(end, "%zu,", i % 10);
    sprintf(end, "0]}");
    const wick_hdf5_contents contents = {json, wick_layout_of(WICK_CLASSICAL, false, 1, 1), true, 1};
    assert_int_equal(write_rows(here->context, here->path, &contents, 1, NULL), WICK_OK);
    const hid_t file = open_file(here->path);
    assert_text(file, "problem", json);
    char *initial = text_attribute(file, "initial");
    assert_int_equal(strlen(initial), COUNT + 3);
    free(initial);
    H5Fclose(file);
    free(json);
}

static void test_without_states(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, true, 3, 2), false, 4};
    assert_int_equal(write_rows(here->context, here->path, &contents, 4, NULL), WICK_OK);
    const hid_t file = open_file(here->path);
    check_curve(file, 4);
    static const char *const names[] = {"M", "Q", "q", "a"};
    for (size_t i = 0; i < 4; ++i) assert_int_equal(H5Lexists(file, names[i], H5P_DEFAULT), 0);
    H5Fclose(file);
}

static void test_stopped(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 3, 2), true, 10};
    assert_int_equal(write_rows(here->context, here->path, &contents, 2, "diverged at t = 2"), WICK_OK);
    const hid_t file = open_file(here->path);
    check_curve(file, 2);
    check_M(file, &contents.layout, 2);
    assert_text(file, "stopped", "diverged at t = 2");
    H5Fclose(file);
}

static void test_numbers_known_at_the_end(void **state)
{
    const wick_test_place *here = *state;
    wick_hdf5 *file;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 3, 2), true, 2};
    assert_int_equal(wick_hdf5_open(here->context, here->path, &contents, &file), WICK_OK);
    assert_int_equal(append_row(here->context, file, &contents.layout, 0), WICK_OK);
    assert_int_equal(wick_hdf5_put_number(here->context, file, "quadrature_error", 1.25e-9), WICK_OK);
    assert_int_equal(wick_hdf5_close(here->context, file, "interrupted"), WICK_OK);
    const hid_t read = open_file(here->path);
    assert_number(read, "quadrature_error", H5T_FLOAT, 1.25e-9);
    H5Fclose(read);

    assert_int_equal(wick_hdf5_open(here->context, here->path, &contents, &file), WICK_OK);
    assert_int_equal(wick_hdf5_put_number(here->context, file, "p", 1), WICK_ERROR_FILE); /* it is there already */
    assert_says(here, "HDF5 says: ");
    wick_hdf5_discard(file);
}

static void test_same_bytes(void **state)
{
    wick_test_place *here = *state;
    char *text[2];
    size_t length[2];
    for (size_t i = 0; i < 2; ++i) {
        if (i > 0) sleep(1); /* HDF5's time stamps count seconds */
        check_written(here, wick_layout_of(WICK_CLASSICAL, true, 20, 3), 30, 30);
        FILE *file = fopen(here->path, "rb");
        assert_non_null(file);
        assert_non_null(text[i] = malloc(1 << 20));
        length[i] = fread(text[i], 1, 1 << 20, file);
        fclose(file);
    }
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(text[0], text[1], length[0]);
    free(text[0]);
    free(text[1]);
}

/* ---- Whole or not at all ------------------------------------------------------------------------------------------- */

static void test_appears_when_closed(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 3, 2), true, 2};
    wick_hdf5 *file;
    assert_int_equal(wick_hdf5_open(here->context, here->path, &contents, &file), WICK_OK);
    assert_int_equal(append_row(here->context, file, &contents.layout, 0), WICK_OK);
    assert_int_not_equal(access(here->path, F_OK), 0);
    assert_int_equal(wick_test_place_files(here), 1);
    assert_int_equal(wick_hdf5_close(here->context, file, NULL), WICK_OK);
    assert_int_equal(access(here->path, F_OK), 0);
    assert_int_equal(wick_test_place_files(here), 1);

    assert_int_equal(wick_hdf5_open(here->context, here->path, &contents, &file), WICK_OK);
    assert_int_equal(append_row(here->context, file, &contents.layout, 0), WICK_OK);
    wick_hdf5_discard(file);
    wick_hdf5_discard(NULL);
    assert_int_equal(wick_test_place_files(here), 1);
    const hid_t kept = open_file(here->path);
    check_curve(kept, 1);
    H5Fclose(kept);
}

/* What a host has closed of its standard streams stays closed: others may print there. */
static void test_standard_streams(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 3, 2), true, 2};
    wick_hdf5 *file;
    const int kept = dup(STDIN_FILENO);
    assert_true(kept > STDERR_FILENO);
    close(STDIN_FILENO);
    const wick_status status = wick_hdf5_open(here->context, here->path, &contents, &file);
    const int found = fcntl(STDIN_FILENO, F_GETFD);
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(status, WICK_OK);
    assert_int_equal(found, -1);
    assert_int_equal(append_row(here->context, file, &contents.layout, 0), WICK_OK);
    assert_int_equal(wick_hdf5_close(here->context, file, NULL), WICK_OK);
}

static void test_unwritable(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 3, 2), true, 2};
    char path[5000];
    snprintf(path, sizeof path, "/proc/no/a.h5");
    assert_int_equal(wick_hdf5_check(here->context, path), WICK_ERROR_FILE);
    assert_int_equal(write_rows(here->context, path, &contents, 1, NULL), WICK_ERROR_FILE);
    assert_says(here, "no/a.h5: No such file or directory");
    assert_int_equal(write_rows(here->context, here->folder, &contents, 1, NULL), WICK_ERROR_FILE);
    assert_says(here, "Is a directory");
    assert_int_equal(mkfifo(here->path, 0600), 0);
    assert_int_equal(write_rows(here->context, here->path, &contents, 1, NULL), WICK_ERROR_FILE);
    assert_says(here, "a.h5: HDF5 goes to a file only, not to a device or a pipe");
    assert_int_equal(wick_test_place_files(here), 1);
}

/* The disk may be full at any point, in the header, a row, or only when closing: always an ordinary error, and HDF5 works
 * on as if nothing had been. */
static void test_file_too_large(void **state)
{
    wick_test_place *here = *state;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, false, 40, 2), true, 20};
    assert_int_equal(write_rows(here->context, here->path, &contents, 20, NULL), WICK_OK);
    struct stat whole;
    assert_int_equal(stat(here->path, &whole), 0);
    assert_int_equal(unlink(here->path), 0);
    void (*const before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, normal;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &normal), 0);
    for (off_t size = 0; size < whole.st_size; size += size < 20000 ? 499 : 7919) {
        limit = (struct rlimit){(rlim_t)size, normal.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        const wick_status status = write_rows(here->context, here->path, &contents, 20, NULL);
        setrlimit(RLIMIT_FSIZE, &normal);
        assert_int_equal(status, WICK_ERROR_FILE);
        assert_says(here, "a.h5: File too large");
        assert_int_equal(wick_test_place_files(here), 0);
        assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    }
    signal(SIGXFSZ, before);
    check_written(here, contents.layout, 20, 20);
}

/* ---- HDF5's own state ------------------------------------------------------------------------------------------------ */

static herr_t count_call(hid_t stack, void *count)
{
    (void)stack;
    ++*(int *)count;
    return 0;
}

static void test_printing_of_errors_is_left_alone(void **state)
{
    wick_test_place *here = *state;
    int printed = 0;
    H5E_auto2_t print, found;
    void *data, *found_data;
    assert_true(H5Eget_auto2(H5E_DEFAULT, &print, &data) >= 0);
    assert_true(H5Eset_auto2(H5E_DEFAULT, count_call, &printed) >= 0);
    /* HDF5 itself refuses the same name twice. */
    const wick_hdf5_contents contents = {"{\"p\":1,\"p\":1}", wick_layout_of(WICK_CLASSICAL, false, 1, 1), true, 2};
    assert_int_equal(write_rows(here->context, here->path, &contents, 1, NULL), WICK_ERROR_FILE);
    assert_says(here, "a.h5: HDF5 says: ");
    assert_int_equal(wick_test_place_files(here), 0);
    assert_int_equal(printed, 0);
    assert_true(H5Eget_auto2(H5E_DEFAULT, &found, &found_data) >= 0);
    assert_true(found == count_call && found_data == &printed);
    H5Eset_auto2(H5E_DEFAULT, print, data);
}

static void *write_many(void *user)
{
    const char *path = user;
    const wick_hdf5_contents contents = {problem, wick_layout_of(WICK_CLASSICAL, true, 30, 2), true, 40};
    wick_context *context = wick_context_alloc();
    wick_status status = context ? WICK_OK : WICK_ERROR_MEMORY;
    for (size_t i = 0; i < 10 && status == WICK_OK; ++i) status = write_rows(context, path, &contents, 40, NULL);
    wick_context_free(context);
    return status == WICK_OK ? user : NULL;
}

static void test_threads(void **state)
{
    wick_test_place *here = *state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    char paths[THREADS][5000];
    for (size_t i = 0; i < THREADS; ++i) {
        snprintf(paths[i], sizeof paths[i], "%s/%zu.h5", here->folder, i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, paths[i]), 0);
    }
    for (size_t i = 0; i < THREADS; ++i) {
        void *result;
        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    for (size_t i = 0; i < THREADS; ++i) { /* only now: what follows is outside of the mutex */
        const hid_t file = open_file(paths[i]);
        check_curve(file, 40);
        check_Q(file, &(wick_layout[]){wick_layout_of(WICK_CLASSICAL, true, 30, 2)}[0], 40);
        H5Fclose(file);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const char *const yes[] = {"a.h5", "dir.csv/a.H5", "a.hdf5", "a.b.HDF5"}, *const no[] = {"a.csv",    "h5", ".h5",
                                                                                                    "a.h5.csv", "",   "-"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; ++i) assert_true(wick_hdf5_named(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; ++i) assert_false(wick_hdf5_named(no[i]));
    assert_false(wick_hdf5_named(NULL));
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, wick_test_place_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_every_layout),     WITH_PLACE(test_more_and_fewer_rows_than_announced),
        WITH_PLACE(test_long_rows),        WITH_PLACE(test_problem_is_in_attributes),
        WITH_PLACE(test_long_problem),     WITH_PLACE(test_without_states),
        WITH_PLACE(test_stopped),          WITH_PLACE(test_numbers_known_at_the_end),
        WITH_PLACE(test_same_bytes),       WITH_PLACE(test_appears_when_closed),
        WITH_PLACE(test_standard_streams), WITH_PLACE(test_unwritable),
        WITH_PLACE(test_file_too_large),   WITH_PLACE(test_printing_of_errors_is_left_alone),
        WITH_PLACE(test_threads),          cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The command against tests/data/vectors.json: every case goes into a problem file, and what `wick eval` prints for it must
 * be what is expected there (computed by quadrature). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

#define TOLERANCE 1e-12

enum { PATH_SIZE = 1024, COMMAND_SIZE = 4096 };

/* The JSON that the command prints for the problem. */
static json_t *evaluate(const char *name, const json_t *problem, const char *folder)
{
    char path[PATH_SIZE], command[COMMAND_SIZE];
    snprintf(path, sizeof path, "%s/problem.json", folder);
    assert_int_equal(json_dump_file(problem, path, JSON_INDENT(1) | JSON_REAL_PRECISION(17)), 0);
    snprintf(command, sizeof command, "'%s' eval --problem '%s'", WICK_COMMAND, path);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    json_error_t error;
    json_t *result = json_loadf(output, 0, &error);
    if (pclose(output) != 0) fail_msg("%s: failed: %s", name, command);
    if (result == NULL) fail_msg("%s: line %d of the output: %s", name, error.line, error.text);
    return result;
}

static void check_value(const char *name, const char *key, const json_t *found, const json_t *expect)
{
    if (found == NULL) fail_msg("%s: %s is missing", name, key);
    size_t count, expected_count;
    double *numbers = wick_test_numbers(found, &count), *expected = wick_test_numbers(expect, &expected_count);
    assert_int_equal(count, expected_count);
    assert_int_equal(json_array_size(found), json_array_size(expect));
    const double error = wick_test_error(numbers, expected, count);
    if (!(error < TOLERANCE)) fail_msg("%s: %s: relative error %g", name, key, error);
    free(numbers);
    free(expected);
}

/* Runs one entry {name, problem, expect}. */
static void run_case(const json_t *entry, const char *folder)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const json_t *problem = json_object_get(entry, "problem");
    json_t *expect = json_object_get(entry, "expect");
    json_t *found = evaluate(name, problem, folder);
    const char *key;
    json_t *value;
    json_object_foreach(expect, key, value) check_value(name, key, json_object_get(found, key), value);
    if (json_object_size(found) != json_object_size(expect)) fail_msg("%s: more is printed than is expected", name);
    json_decref(found);
}

static void test_vectors(void **state)
{
    (void)state;
    json_error_t error;
    json_t *cases = json_load_file(WICK_TEST_DATA "/vectors.json", 0, &error);
    if (cases == NULL) fail_msg("%s: %s", error.source, error.text);
    char *folder = wick_test_folder_make();
    assert_true(json_array_size(cases) >= 12);
    for (size_t i = 0; i < json_array_size(cases); i++) run_case(json_array_get(cases, i), folder);
    wick_test_folder_remove(folder);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The files that are part of the library, against the files themselves, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/templates.h"

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long length = ftell(file);
    assert_true(length > 0);
    rewind(file);
    char *bytes = calloc((size_t)length + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)length, file), (size_t)length);
    fclose(file);
    return bytes;
}

/* Every file of a folder whose name ends in `ending`; returns their number. */
static size_t compare_folder(const char *folder, const char *ending)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        const size_t length = strlen(entry->d_name), tail = strlen(ending);
        if (entry->d_name[0] == '.' || length < tail || strcmp(entry->d_name + length - tail, ending) != 0) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        char *expected = read_whole(path);
        const char *text = wick_template(entry->d_name);
        if (!text) print_error("%s is not embedded\n", path);
        assert_non_null(text);
        assert_string_equal(text, expected);
        free(expected);
        count++;
    }
    closedir(directory);
    return count;
}

static void test_texts(void **state)
{
    (void)state;
    assert_true(compare_folder(WICK_SOURCE_DIR "/templates", "") >= 4); /* the licence and three templates */
    assert_true(compare_folder(WICK_SOURCE_DIR "/src/kernels", ".h") >= 1);
}

static void test_unknown(void **state)
{
    (void)state;
    assert_null(wick_template(""));
    assert_null(wick_template("library.c"));
    assert_null(wick_template("templates/library.c.in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_unknown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

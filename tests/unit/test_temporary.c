/* Temporary files: those that somebody writes stay, those that nobody has locked go, and nothing else is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/temporary.h"
#include "place.h"

static void make(wick_test_place *here, const char *name)
{
    FILE *file = fopen(wick_test_place_path(here, name), "w");
    assert_non_null(file);
    fclose(file);
}

static bool exists(wick_test_place *here, const char *name) { return access(wick_test_place_path(here, name), F_OK) == 0; }

static void test_own_is_kept(void **state)
{
    wick_test_place *here = *state;
    char *name, *other, target[4096];
    int descriptor, second;
    snprintf(target, sizeof target, "%s", wick_test_place_path(here, "curve.csv"));
    assert_int_equal(wick_temporary_open(target, 0666, &name, &descriptor), 0);
    assert_int_equal(strncmp(name, target, strlen(target)), 0);
    assert_int_equal(wick_temporary_open(target, 0666, &other, &second), 0);
    assert_string_not_equal(name, other);
    assert_int_equal(access(name, F_OK), 0);
    close(second);
    wick_temporary_remove_dead(target);
    assert_int_equal(access(name, F_OK), 0);
    assert_int_equal(access(other, F_OK), -1);
    wick_temporary_remove_own(target);
    assert_int_equal(access(name, F_OK), -1);
    close(descriptor);
    free(name);
    free(other);
}

static void test_the_dead_go(void **state)
{
    wick_test_place *here = *state;
    static const char *const others[] = {"curve.csv.wick-12-0.tmp.csv", "curve.csv.wick-12.tmp", "curve.csv.wick-x-0.tmp",
                                         "curve.csv.wick--0.tmp",       "curve.csv.tmp",         "curve.csv.12-0.tmp"};
    make(here, "curve.csv.wick-12-0.tmp");
    make(here, "other.wick-1.h5.wick-999999999-17.tmp");
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) make(here, others[i]);
    assert_int_equal(symlink("curve.csv.tmp", wick_test_place_path(here, "link.wick-12-0.tmp")), 0);
    wick_temporary_remove_dead(wick_test_place_path(here, "new.csv"));
    assert_false(exists(here, "curve.csv.wick-12-0.tmp"));
    assert_false(exists(here, "other.wick-1.h5.wick-999999999-17.tmp"));
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) assert_true(exists(here, others[i]));
    assert_true(exists(here, "link.wick-12-0.tmp"));
}

/* Whatever its number says: who has locked it lives. */
static void test_the_living_stay(void **state)
{
    wick_test_place *here = *state;
    const char *name = "curve.csv.wick-999999999-0.tmp";
    make(here, name);
    int ready[2], go[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    const pid_t child = fork();
    if (child == 0) {
        close(go[1]); /* so that it ends with its parent, whatever that finds */
        const int descriptor = open(wick_test_place_path(here, name), O_RDWR);
        const bool locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
        const bool told = write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1;
        _exit(locked && told ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    wick_temporary_remove_dead(wick_test_place_path(here, "new.csv"));
    assert_true(exists(here, name));
    int status;
    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    wick_temporary_remove_dead(wick_test_place_path(here, "new.csv"));
    assert_false(exists(here, name));
    for (int i = 0; i < 2; ++i) {
        close(ready[i]);
        close(go[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_is_kept, wick_test_place_make, wick_test_place_leave),
        cmocka_unit_test_setup_teardown(test_the_dead_go, wick_test_place_make, wick_test_place_leave),
        cmocka_unit_test_setup_teardown(test_the_living_stay, wick_test_place_make, wick_test_place_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

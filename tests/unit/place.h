/* A folder of its own and a context for each test of what writes files. */
#ifndef WICK_TESTS_PLACE_H
#define WICK_TESTS_PLACE_H

#include <stddef.h>

#include "wick/wick.h"

typedef struct {
    wick_context *context;
    char *folder;
    char path[4096]; /* of the file named last */
} wick_test_place;

/* For cmocka_unit_test_setup_teardown(). */
int wick_test_place_make(void **state);
int wick_test_place_leave(void **state);

/* Into place->path: folder/name. */
const char *wick_test_place_path(wick_test_place *place, const char *name);

/* How many files there are in the folder, hidden ones too. */
size_t wick_test_place_files(const wick_test_place *place);

#endif

/* See place.h. */
#include "place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

int wick_test_place_make(void **state)
{
    wick_test_place *here = calloc(1, sizeof *here);
    assert_non_null(here);
    here->context = wick_context_alloc();
    assert_non_null(here->context);
    here->folder = wick_test_folder_make();
    *state = here;
    return 0;
}

int wick_test_place_leave(void **state)
{
    wick_test_place *here = *state;
    wick_test_folder_remove(here->folder);
    wick_context_free(here->context);
    free(here);
    return 0;
}

const char *wick_test_place_path(wick_test_place *here, const char *name)
{
    snprintf(here->path, sizeof here->path, "%s/%s", here->folder, name);
    return here->path;
}

size_t wick_test_place_files(const wick_test_place *here)
{
    DIR *folder = opendir(here->folder);
    assert_non_null(folder);
    size_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

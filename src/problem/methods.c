/* See methods.h. */
#include "problem/methods.h"

#include <string.h>

static const wick_method_row rows[] = {
    {"rk8pd", false}, {"rkf45", false}, {"rkck", false},  {"rk4", false},   {"rk2", false},   {"msadams", false},
    {"euler", false}, {"bsimp", true},  {"rk1imp", true}, {"rk2imp", true}, {"rk4imp", true}, {"msbdf", true},
};

size_t wick_method_row_count(void) { return sizeof rows / sizeof *rows; }

const wick_method_row *wick_method_row_at(size_t index) { return &rows[index]; }

const wick_method_row *wick_method_row_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

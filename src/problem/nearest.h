/* The likeliest meaning of a misspelt name. */
#ifndef WICK_PROBLEM_NEAREST_H
#define WICK_PROBLEM_NEAREST_H

#include <stddef.h>

/* The one of `names` that differs least from `name` (length bytes) by edits of one character; NULL if none is near. */
const char *wick_nearest(const char *name, size_t length, const char *const *names, size_t count);

#endif

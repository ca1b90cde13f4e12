/* Endings of the names of output files: one that promises what is not written is refused. */
#ifndef WICK_CLI_ENDING_H
#define WICK_CLI_ENDING_H

#include "base/context.h"

/* What the files hold, and how their names may end; a name without an ending always may. */
typedef enum {
    WICK_ENDING_TABLE,
    WICK_ENDING_CURVE,
    WICK_ENDING_JSON,
    WICK_ENDING_FORMULAS,
    WICK_ENDING_FOLDER
} wick_ending;

/* `flag` is as it is typed, "-o". NULL, "-", devices, pipes and, for folders, those that are there, may be called anything;
 * numbers as in "rate0.05" are no endings. WICK_ERROR_PROBLEM otherwise, with those that are allowed. */
wick_status wick_ending_check(wick_context *context, const char *flag, const char *path, wick_ending content);

/* Where the ending begins; at the end of the path if there is none. */
const char *wick_ending_of(const char *path);

#endif

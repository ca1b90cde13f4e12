/* Where a key's value came from, and errors that say so.
 *
 * Places are a flat JSON object: dotted path -> "FILE:LINE:COLUMN" of the value, or "--flag". A path that is not in it (a
 * key left out, say) has the place of the group around it; "" is the whole.
 */
#ifndef WICK_PROBLEM_PLACES_H
#define WICK_PROBLEM_PLACES_H

#include <jansson.h>

#include "base/context.h"

/* What a JSON text comes from. */
typedef struct {
    const char *file; /* FILE for messages, or NULL: then the text is the value of a flag */
    const char *flag; /* its name without dashes */
} wick_origin;

enum { WICK_PATH_SIZE = 64 }; /* more than any known path has */

/* Notes the place of every key in `text`, which is valid JSON, the value of `path` ("" for a whole problem). An unknown key
 * is an error. */
wick_status wick_places_find(wick_context *context, const char *text, size_t length, wick_origin origin, const char *path,
                             json_t *places);

/* "PLACE: path: text"; the path is left out where the place is a flag that names it already. Returns WICK_ERROR_PROBLEM. */
__attribute__((format(printf, 4, 5))) wick_status wick_places_fail(wick_context *context, const json_t *places,
                                                                   const char *path, const char *format, ...);

#endif

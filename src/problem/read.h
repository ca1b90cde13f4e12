/* From a file or a text to JSON and the places of its keys. */
#ifndef WICK_PROBLEM_READ_H
#define WICK_PROBLEM_READ_H

#include "base/text.h"
#include "problem/places.h"

/* The whole of a file of JSON, or of standard input for "-"; release it with wick_text_clear(). What cannot be an object is
 * not read to its end. */
wick_status wick_read_bytes(wick_context *context, const char *file, wick_text *bytes);

/* What messages call it. */
const char *wick_read_name(const char *file);

/* Parses a value of the key `path` ("" for a whole problem) and notes the places of the keys in it. Errors name line and
 * column. Release *value with json_decref(). */
wick_status wick_read_value(wick_context *context, const char *text, size_t length, wick_origin origin, const char *path,
                            json_t **value, json_t *places);

/* A file that holds the value of "initial", or a whole problem of which that is taken. */
wick_status wick_read_initial(wick_context *context, const char *file, json_t **value, json_t *places);

#endif

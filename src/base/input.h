/* Text that users give as files: read whole and in bounded memory, and refused early where it is no text.
 *
 * "-" is standard input. A byte order mark at the start is skipped, so that places count from the first character.
 */
#ifndef WICK_BASE_INPUT_H
#define WICK_BASE_INPUT_H

#include <stdio.h>

#include "base/text.h"

/* An open file; `name` is what messages call it. */
typedef struct {
    FILE *stream;
    const char *name;
    const char *expected; /* "expected JSON": the end of a message about what it is not */
    size_t count;         /* bytes read so far */
} wick_input;

wick_status wick_input_open(wick_context *context, const char *path, const char *expected, wick_input *input);

/* Appends the next block, none at the end of the file: *more tells. A NUL byte is an error: text has none. */
wick_status wick_input_read(wick_context *context, wick_input *input, wick_text *bytes, bool *more);

void wick_input_close(wick_input *input);

/* All of it, at most `limit` bytes. `opening`, if it is not 0, is the character the text has to begin with, after blanks:
 * reading ends where another one is found. On success *bytes is never without bytes. */
wick_status wick_input_read_all(wick_context *context, const char *path, const char *expected, size_t limit, char opening,
                                wick_text *bytes);

#endif

/* Output files that appear whole or not at all: written under another name in the same folder, renamed when complete.
 *
 * Standard output, devices and pipes cannot be renamed onto; they are written directly. A symbolic link is followed, so
 * that what it points to is replaced and the link stays.
 */
#ifndef WICK_OUTPUT_FILE_H
#define WICK_OUTPUT_FILE_H

#include <stdio.h>

#include "base/context.h"

typedef struct {
    FILE *stream;    /* write here; errors are found by wick_output_close() */
    char *name;      /* as the user wrote it, for messages */
    char *target;    /* what the file will be called; NULL if written directly */
    char *temporary; /* what it is called until then; NULL if written directly */
} wick_output;

/* path NULL or "-": standard output. On failure nothing is open. */
wick_status wick_output_open(wick_context *context, const char *path, wick_output *output);

/* Completes the file. If anything could not be written the file is removed and the reason told. Releases `output`. */
wick_status wick_output_close(wick_context *context, wick_output *output);

/* Removes what was written. Releases `output`. */
void wick_output_discard(wick_output *output);

/* Whether wick_output_open() would succeed, to be known before long work. Leaves nothing behind. */
wick_status wick_output_check(wick_context *context, const char *path);

/* The three together, for a text. */
wick_status wick_output_write_text(wick_context *context, const char *path, const char *text);

#endif

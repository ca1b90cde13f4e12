/* Output files that appear whole or not at all: written under another name in the same folder, and renamed when they are
 * complete and on the disk. Folders that are not there are made, with their parents.
 *
 * Until then a file is called NAME.wick-PID-NUMBER.tmp and is locked. One that nobody has locked was left by a process that
 * was killed; the next file written into the folder takes it away.
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

/* Completes the file. If anything could not be written the file is removed and the reason told; a pipe that is no longer
 * read is no error. Releases `output`. */
wick_status wick_output_close(wick_context *context, wick_output *output);

/* Removes what was written. Releases `output`. */
void wick_output_discard(wick_output *output);

/* Why the stream could not be written, an errno value; 0 if nothing went wrong. */
int wick_output_error(FILE *stream);

/* Removes what this process has not completed beside `path`; for a process that ends at once. */
void wick_output_abandon(const char *path);

/* Whether wick_output_open() would succeed, to be known before long work. Leaves nothing behind. */
wick_status wick_output_check(wick_context *context, const char *path);

/* The three together, for a text. */
wick_status wick_output_write_text(wick_context *context, const char *path, const char *text);

#endif

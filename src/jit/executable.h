/* Memory that machine code may be written to and run in.
 *
 * libtcc makes pages of the heap writable and executable, and calls exit() where the system refuses (SELinux, systemd's
 * MemoryDenyWriteExecute, a seccomp filter). So it gets memory of ours that already is both: what it asks of the system for
 * these pages was granted a moment before, for the same pages.
 */
#ifndef WICK_JIT_EXECUTABLE_H
#define WICK_JIT_EXECUTABLE_H

#include <stddef.h>

#include "base/context.h"

typedef struct {
    void *bytes;
    size_t size; /* whole pages */
} wick_executable;

/* WICK_ERROR_EXECUTABLE where the system refuses, WICK_ERROR_MEMORY where there is none left. */
wick_status wick_executable_reserve(wick_context *context, size_t size, wick_executable *memory);
void wick_executable_release(wick_executable *memory);

/* Whether there is such memory, by one page that is given back: two microseconds. */
wick_status wick_executable_check(wick_context *context);

#endif

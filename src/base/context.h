/* Where errors go: a status to the caller, a text into the context.
 *
 * A stage that cannot go on does `return wick_fail(context, WICK_ERROR_..., "what, found, allowed")`. A stage that passes
 * an error on returns the status it got and leaves the text alone.
 */
#ifndef WICK_BASE_CONTEXT_H
#define WICK_BASE_CONTEXT_H

#include <stdbool.h>

#include "wick/wick.h"

enum { WICK_MESSAGE_SIZE = 2048 };

struct wick_context {
    char message[WICK_MESSAGE_SIZE];
    bool walk; /* nothing is compiled with this context */
};

#define WICK_TRY(call)                                                                                                      \
    do {                                                                                                                    \
        const wick_status try_status = (call);                                                                              \
        if (try_status != WICK_OK) return try_status;                                                                       \
    } while (0)

/* Stores the formatted text (cut to fit) and returns `status`. A NULL context is allowed. */
__attribute__((format(printf, 3, 4))) wick_status wick_fail(wick_context *context, wick_status status, const char *format,
                                                            ...);

/* An error that was not one: another way was found. */
void wick_forget(wick_context *context);

/* "out of memory while WHAT". */
wick_status wick_fail_memory(wick_context *context, const char *what);

/* Puts "PREFIX" (formatted) before the text the context already holds; returns `status`. Used to add a place. */
__attribute__((format(printf, 3, 4))) wick_status wick_fail_prefix(wick_context *context, wick_status status,
                                                                   const char *format, ...);

#endif

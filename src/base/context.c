/* See context.h. */
#include "base/context.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/gsl.h"
#include "base/locale.h"

wick_context *wick_context_alloc(void)
{
    wick_gsl_set_handler();
    return calloc(1, sizeof(wick_context));
}

void wick_context_free(wick_context *context) { free(context); }

void wick_context_walk(wick_context *context, int walk) { context->walk = walk != 0; }

void wick_forget(wick_context *context)
{
    if (context) context->message[0] = '\0';
}

const char *wick_context_message(const wick_context *context) { return context ? context->message : ""; }

const char *wick_version(void) { return WICK_VERSION; }

const char *wick_status_text(wick_status status)
{
    switch (status) {
    case WICK_OK: return "ok";
    case WICK_ERROR_MEMORY: return "out of memory";
    case WICK_ERROR_PROBLEM: return "bad problem";
    case WICK_ERROR_UNSUPPORTED: return "not supported";
    case WICK_ERROR_FILE: return "file error";
    case WICK_ERROR_COMPILE: return "compile error";
    case WICK_ERROR_DIVERGED: return "diverged";
    case WICK_ERROR_STEP: return "step size vanished";
    case WICK_ERROR_TOLERANCE: return "tolerance not met";
    case WICK_STOPPED: return "stopped";
    case WICK_ERROR_EXECUTABLE: return "no executable memory";
    }
    return "unknown status";
}

wick_status wick_fail(wick_context *context, wick_status status, const char *format, ...)
{
    if (!context) return status;
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(context->message, sizeof context->message, format, arguments);
    va_end(arguments);
    return status;
}

wick_status wick_fail_memory(wick_context *context, const char *what)
{
    return wick_fail(context, WICK_ERROR_MEMORY, "out of memory while %s", what);
}

wick_status wick_fail_prefix(wick_context *context, wick_status status, const char *format, ...)
{
    if (!context) return status;
    char message[WICK_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int written = wick_vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const size_t prefix = written < 0 ? 0 : (size_t)written < sizeof message ? (size_t)written : sizeof message - 1;
    snprintf(message + prefix, sizeof message - prefix, "%s", context->message);
    memcpy(context->message, message, sizeof message);
    return status;
}

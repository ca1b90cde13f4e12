/* C to machine code in memory, by libtcc.
 *
 * No file is read or written and no header is needed: the source declares what it calls, and those names are bound to the
 * kernels of this machine. libtcc keeps global state while it compiles, so one mutex lets one thread at a time through;
 * the machine code that comes out is free of it. fork() waits for that thread, so that a child can compile, too.
 *
 * libtcc has no hook for its allocator: where one of its own allocations fails outside of its parser it prints "memory full"
 * and ends the process. Where a system gives no executable memory wick finds out first (executable.h).
 */
#ifndef WICK_JIT_JIT_H
#define WICK_JIT_JIT_H

#include "base/context.h"

typedef struct wick_code wick_code;

typedef void (*wick_drift_function)(const double *parameters, const double *state, double *work, double *drift);
typedef double (*wick_risk_function)(const double *parameters, const double *state, double *work);

/* Compiles source and finds `count` symbols in it. WICK_ERROR_COMPILE carries the compiler's text;
 * WICK_ERROR_EXECUTABLE: the system gives no memory that machine code may stand in. */
wick_status wick_code_compile_symbols(wick_context *context, const char *source, const char *const *names, void **symbols,
                                      size_t count, wick_code **code);

/* Compiles source that defines system_drift() and system_excess_risk(). */
wick_status wick_code_compile(wick_context *context, const char *source, wick_code **code);

/* What source may call besides the kernels, by name. */
typedef struct {
    const char *name;
    const void *address;
} wick_code_symbol;

/* As wick_code_compile_symbols(), with more for the source to call. */
wick_status wick_code_compile_with(wick_context *context, const char *source, const wick_code_symbol *callees,
                                   size_t callee_count, const char *const *names, void **symbols, size_t count,
                                   wick_code **code);

/* A program that is run without machine code, counted in the same way: `release` is called when the last user is gone. NULL
 * if memory is exhausted; the program then remains the caller's. */
wick_code *wick_code_of(void *program, void (*release)(void *program));
const void *wick_code_program(const wick_code *code); /* NULL for machine code */

/* What the source of such a program begins with. */
extern const char wick_walked_note[];

/* Counted references: free the code when the last user is gone. */
wick_code *wick_code_share(wick_code *code);
void wick_code_free(wick_code *code);

wick_drift_function wick_code_drift(const wick_code *code);
wick_risk_function wick_code_excess_risk(const wick_code *code);

#endif

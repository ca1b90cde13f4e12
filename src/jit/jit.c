/* See jit.h. */
#include "jit/jit.h"

#include <libtcc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/locale.h"
#include "base/memory.h"
#include "base/text.h"
#include "jit/executable.h"
#include "jit/product.h"
#include "kernels/kernels.h"

struct wick_code {
    TCCState *state; /* knows the names in the machine code */
    wick_executable memory;
    wick_drift_function drift;
    wick_risk_function excess_risk;
    void *program; /* in place of all that, where there is no machine code */
    void (*release)(void *program);
    atomic_size_t references;
};

/* ---- One thread at a time in libtcc --------------------------------------------------------------------------------- */

static pthread_mutex_t compiler = PTHREAD_MUTEX_INITIALIZER;

static void lock_compiler(void) { pthread_mutex_lock(&compiler); }

static void unlock_compiler(void) { pthread_mutex_unlock(&compiler); }

/* fork() waits until no thread compiles: a child would find the mutex locked by a thread that it does not have, and libtcc's
 * globals half changed. False if memory is exhausted. */
static bool survive_forks(void)
{
    static bool registered; /* under the mutex */
    lock_compiler();
    if (!registered) registered = pthread_atfork(lock_compiler, unlock_compiler, unlock_compiler) == 0;
    const bool fine = registered;
    unlock_compiler();
    return fine;
}

/* ---- Kernels ---------------------------------------------------------------------------------------------------------- */

static wick_status bind(TCCState *state)
{
    const wick_kernel_table *table = wick_kernels();
    for (size_t i = 0; i < wick_kernel_count(); ++i) {
        const char *name = wick_kernel_name(i);
        const void *address = wick_kernel_address(table, i);
        if (strcmp(name, "product") == 0) {
            void (*const function)(size_t, size_t, size_t, size_t, size_t, const double *, const double *, double *) =
                wick_product;
            memcpy(&address, &function, sizeof address);
        } else if (strcmp(name, "outer") == 0) {
            void (*const function)(size_t, size_t, size_t, const double *, const double *, double *) = wick_outer;
            memcpy(&address, &function, sizeof address);
        }
        if (tcc_add_symbol(state, name, address) != 0) return WICK_ERROR_COMPILE;
    }
    return WICK_OK;
}

/* ---- Compiling ------------------------------------------------------------------------------------------------------- */

static void keep_message(void *opaque, const char *message)
{
    wick_text *text = opaque;
    if (text->length > 0) wick_text_append(text, "; ");
    wick_text_append(text, message);
}

static wick_status bind_callees(TCCState *state, const wick_code_symbol *callees, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (tcc_add_symbol(state, callees[i].name, callees[i].address) != 0) return WICK_ERROR_COMPILE;
    return WICK_OK;
}

/* Machine code into memory of our own, which was found executable: libtcc ends the process where its own is not. */
static wick_status relocate(wick_context *context, wick_code *code)
{
    const int size = tcc_relocate(code->state, NULL);
    if (size < 0) return WICK_ERROR_COMPILE;
    WICK_TRY(wick_executable_reserve(context, (size_t)size, &code->memory));
    return tcc_relocate(code->state, code->memory.bytes) == 0 ? WICK_OK : WICK_ERROR_COMPILE;
}

static wick_status find_symbols(const wick_code *code, const char *const *names, void **symbols, size_t count,
                                wick_text *messages)
{
    wick_status status = WICK_OK;
    for (size_t i = 0; i < count; ++i) {
        symbols[i] = tcc_get_symbol(code->state, names[i]);
        if (symbols[i]) continue;
        keep_message(messages, "missing symbol ");
        wick_text_append(messages, names[i]);
        status = WICK_ERROR_COMPILE;
    }
    return status;
}

/* WICK_ERROR_COMPILE: the reason is in `messages`; other errors are in the context. */
static wick_status compile_locked(wick_context *context, wick_code *code, const char *source,
                                  const wick_code_symbol *callees, size_t callee_count, wick_text *messages)
{
    code->state = tcc_new();
    if (!code->state) return wick_fail_memory(context, "starting libtcc");
    tcc_set_error_func(code->state, messages, keep_message);
    tcc_set_options(code->state, "-nostdlib -nostdinc");
    if (tcc_set_output_type(code->state, TCC_OUTPUT_MEMORY) != 0) return WICK_ERROR_COMPILE;
    WICK_TRY(bind(code->state));
    WICK_TRY(bind_callees(code->state, callees, callee_count));
    if (tcc_compile_string(code->state, source) != 0) return WICK_ERROR_COMPILE;
    return relocate(context, code);
}

static void delete_state(TCCState *state)
{
    if (!state) return;
    lock_compiler();
    tcc_delete(state);
    unlock_compiler();
}

/* "memory full" is what libtcc says where one of its allocations failed. */
static wick_status fail_to_compile(wick_context *context, const wick_text *messages)
{
    if (messages->failed || (messages->bytes && strstr(messages->bytes, "memory full")))
        return wick_fail_memory(context, "compiling the drift");
    return wick_fail(context, WICK_ERROR_COMPILE, "libtcc refused the generated code: %s",
                     messages->bytes ? messages->bytes : "no message");
}

wick_status wick_code_compile_with(wick_context *context, const char *source, const wick_code_symbol *callees,
                                   size_t callee_count, const char *const *names, void **symbols, size_t count,
                                   wick_code **code)
{
    *code = NULL;
    WICK_TRY(wick_executable_check(context));
    wick_code *made = survive_forks() ? calloc(1, sizeof *made) : NULL;
    if (!made) return wick_fail_memory(context, "compiling the drift");
    atomic_init(&made->references, 1);
    wick_text messages = WICK_TEXT_EMPTY;
    lock_compiler();
    const wick_c_locale locale = wick_c_locale_enter(); /* libtcc reads numbers with strtod */
    wick_status status = compile_locked(context, made, source, callees, callee_count, &messages);
    wick_c_locale_leave(locale);
    if (status == WICK_OK) status = find_symbols(made, names, symbols, count, &messages);
    unlock_compiler();
    if (status == WICK_ERROR_COMPILE) status = fail_to_compile(context, &messages);
    wick_text_clear(&messages);
    if (status != WICK_OK) {
        wick_code_free(made);
        return status;
    }
    *code = made;
    return WICK_OK;
}

wick_status wick_code_compile_symbols(wick_context *context, const char *source, const char *const *names, void **symbols,
                                      size_t count, wick_code **code)
{
    return wick_code_compile_with(context, source, NULL, 0, names, symbols, count, code);
}

wick_status wick_code_compile(wick_context *context, const char *source, wick_code **code)
{
    static const char *const names[] = {"system_drift", "system_excess_risk"};
    void *symbols[2];
    WICK_TRY(wick_code_compile_symbols(context, source, names, symbols, 2, code));
    memcpy(&(*code)->drift, &symbols[0], sizeof symbols[0]); /* POSIX: pointers to data and functions are alike */
    memcpy(&(*code)->excess_risk, &symbols[1], sizeof symbols[1]);
    return WICK_OK;
}

const char wick_walked_note[] = "/* Not compiled: this system gives no memory that machine code may stand in. The plan is\n"
                                " * walked instead, by calls of the same kernels. What would have been compiled: */\n";

wick_code *wick_code_of(void *program, void (*release)(void *program))
{
    wick_code *made = wick_allocate(1, 1, sizeof *made);
    if (!made) return NULL;
    made->program = program;
    made->release = release;
    atomic_init(&made->references, 1);
    return made;
}

const void *wick_code_program(const wick_code *code) { return code->program; }

wick_code *wick_code_share(wick_code *code)
{
    atomic_fetch_add(&code->references, 1);
    return code;
}

void wick_code_free(wick_code *code)
{
    if (!code || atomic_fetch_sub(&code->references, 1) != 1) return;
    if (code->program) code->release(code->program);
    delete_state(code->state);
    wick_executable_release(&code->memory);
    free(code);
}

wick_drift_function wick_code_drift(const wick_code *code) { return code->drift; }

wick_risk_function wick_code_excess_risk(const wick_code *code) { return code->excess_risk; }

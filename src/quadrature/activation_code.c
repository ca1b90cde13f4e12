/* See activation_code.h. */
#include "quadrature/activation_code.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "quadrature/activation_steps.h"
#include "quadrature/arrays.h"

enum { BLOCK = 256 }; /* points at a time: a few arrays of them stay in the first cache */

typedef void (*block_function)(size_t n, const double *x, double *work, double *y);

struct wick_activation_code {
    wick_code *code;
    char *source;
    block_function value, derivative; /* NULL: walked */
    wick_activation_steps value_steps, derivative_steps;
    size_t slots;
    atomic_size_t references;
};

/* ---- Compiling ------------------------------------------------------------------------------------------------------- */

static wick_status print_source(wick_context *context, const wick_activation_code *code, const char *note, char **source)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, note);
    wick_text_append(&text, wick_array_declarations);
    wick_activation_steps_print(&text, &code->value_steps, "activation_value");
    wick_activation_steps_print(&text, &code->derivative_steps, "activation_derivative");
    const wick_status status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    return status;
}

/* Without memory for machine code the steps are made one by one. */
static wick_status compile(wick_context *context, const wick_graph *f, wick_activation_code *code)
{
    static const char *const names[] = {"activation_value", "activation_derivative"};
    void *symbols[2];
    code->slots = f->count;
    if (!wick_activation_steps_make(f, f->value, &code->value_steps) ||
        !wick_activation_steps_make(f, f->derivative, &code->derivative_steps))
        return wick_fail_memory(context, "compiling an activation");
    WICK_TRY(print_source(context, code, "", &code->source));
    const wick_status status = wick_code_compile_with(context, code->source, wick_array_symbols, wick_array_symbol_count,
                                                      names, symbols, 2, &code->code);
    if (status == WICK_ERROR_EXECUTABLE) {
        wick_forget(context);
        free(code->source);
        code->source = NULL;
        return print_source(context, code, wick_walked_note, &code->source);
    }
    WICK_TRY(status);
    memcpy(&code->value, &symbols[0], sizeof symbols[0]); /* POSIX: pointers to data and functions are alike */
    memcpy(&code->derivative, &symbols[1], sizeof symbols[1]);
    return WICK_OK;
}

wick_status wick_activation_code_make(wick_context *context, const wick_graph *function, wick_activation_code **code)
{
    *code = NULL;
    wick_activation_code *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "compiling an activation");
    atomic_init(&made->references, 1);
    const wick_status status = compile(context, function, made);
    if (status == WICK_OK)
        *code = made;
    else
        wick_activation_code_free(made);
    return status;
}

wick_activation_code *wick_activation_code_share(wick_activation_code *code)
{
    atomic_fetch_add(&code->references, 1);
    return code;
}

void wick_activation_code_free(wick_activation_code *code)
{
    if (!code || atomic_fetch_sub(&code->references, 1) != 1) return;
    wick_code_free(code->code);
    wick_activation_steps_clear(&code->value_steps);
    wick_activation_steps_clear(&code->derivative_steps);
    free(code->source);
    free(code);
}

const char *wick_activation_code_source(const wick_activation_code *code) { return code->source; }

size_t wick_activation_code_work(const wick_activation_code *code) { return code->slots * BLOCK; }

size_t wick_activation_code_work_for(const wick_activation_code *code, size_t n)
{
    return code->slots * (n < BLOCK ? n : BLOCK);
}

static void evaluate(block_function compiled, const wick_activation_steps *steps, size_t n, const double *x, double *work,
                     double *y)
{
    if (compiled)
        compiled(n, x, work, y);
    else
        wick_activation_steps_walk(steps, n, x, work, y);
}

void wick_activation_evaluate(const wick_activation_code *code, size_t n, const double *x, double *work, double *s,
                              double *derivative)
{
    for (size_t done = 0; done < n; done += BLOCK) {
        const size_t count = n - done < BLOCK ? n - done : BLOCK;
        if (s) evaluate(code->value, &code->value_steps, count, x + done, work, s + done);
        if (derivative) evaluate(code->derivative, &code->derivative_steps, count, x + done, work, derivative + done);
    }
}

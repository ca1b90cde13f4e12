/* The source of tangents and adjoints that is compiled in memory. See derived.h. */
#include "emit/derived.h"
#include "emit/emit.h"
#include "emit/statements.h"
#include "template/template.h"

static wick_status expand(wick_context *context, const char *file, const wick_placeholder *values, size_t count,
                          char **source)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_status status = wick_template_expand(context, "jit_head.c.in", values, count, &text);
    if (status == WICK_OK) status = wick_template_expand(context, "derived_head.c.in", values, count, &text);
    if (status == WICK_OK) status = wick_template_expand(context, file, values, count, &text);
    if (status == WICK_OK) status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    return status;
}

/* `statements` and `parts` are the names of the file's own placeholders. */
static wick_status emit(wick_context *context, const wick_derived_program *of, size_t p, size_t k, const char *file,
                        const char *statements, const char *parts, char **source)
{
    wick_text body = WICK_TEXT_EMPTY, names = WICK_TEXT_EMPTY;
    char p_text[32], k_text[32];
    snprintf(p_text, sizeof p_text, "%zu", p);
    snprintf(k_text, sizeof k_text, "%zu", k);
    wick_emit_program(&body, of->plan, of->program, WICK_KERNEL_CALLS);
    wick_print_parts(&names, of);
    const wick_placeholder values[] = {{"P", p_text},
                                       {"K", k_text},
                                       {"TRAINED", of->trained ? "1" : "0"},
                                       {statements, body.bytes ? body.bytes : ""},
                                       {parts, names.bytes ? names.bytes : ""}};
    const wick_status status = body.failed || names.failed
                                   ? wick_fail_memory(context, "emitting code")
                                   : expand(context, file, values, sizeof values / sizeof *values, source);
    wick_text_clear(&body);
    wick_text_clear(&names);
    return status;
}

wick_status wick_emit_tangent_jit(wick_context *context, const wick_tangent_plan *tangent, size_t p, size_t k, char **source)
{
    const wick_derived_program of = wick_tangent_program(tangent);
    return emit(context, &of, p, k, "tangent_jit.c.in", "TANGENT", "TANGENT_PARTS", source);
}

wick_status wick_emit_adjoint_jit(wick_context *context, const wick_adjoint_plan *adjoint, size_t p, size_t k, char **source)
{
    const wick_derived_program of = wick_adjoint_program(adjoint);
    return emit(context, &of, p, k, "adjoint_jit.c.in", "ADJOINT", "ADJOINT_PARTS", source);
}

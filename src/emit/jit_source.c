/* The source that is compiled in memory. See emit.h. */
#include <stdlib.h>

#include "emit/emit.h"
#include "emit/jacobian.h"
#include "emit/statements.h"
#include "template/template.h"

static wick_status expand_both(wick_context *context, const char *name, const wick_placeholder *values, size_t count,
                               wick_text *text)
{
    WICK_TRY(wick_template_expand(context, "jit_head.c.in", values, count, text));
    return wick_template_expand(context, name, values, count, text);
}

wick_status wick_emit_jit(wick_context *context, const wick_plan *plan, const wick_closed_form *form, size_t p, size_t k,
                          char **source)
{
    wick_text text = WICK_TEXT_EMPTY, drift = WICK_TEXT_EMPTY, risk = WICK_TEXT_EMPTY;
    char p_text[32], k_text[32], flow[32], variance[32] = "0", second_layer[32] = "0", squared_error[32];
    snprintf(p_text, sizeof p_text, "%zu", p);
    snprintf(k_text, sizeof k_text, "%zu", k);
    wick_node_name(plan, plan->flow, flow);
    wick_node_name(plan, plan->risk, squared_error);
    if (plan->variance != WICK_NONE) wick_node_name(plan, plan->variance, variance);
    if (plan->second_layer != WICK_NONE) wick_node_name(plan, plan->second_layer, second_layer);
    wick_emit_program(&drift, plan, &plan->drift_program, WICK_KERNEL_CALLS);
    wick_emit_program(&risk, plan, &plan->risk_program, WICK_KERNEL_CALLS);

    const wick_placeholder values[] = {
        {"P", p_text},
        {"K", k_text},
        {"TRAINED", form->trained ? "1" : "0"},
        {"DRIFT", drift.bytes ? drift.bytes : ""},
        {"FLOW", flow},
        {"VARIANCE", variance},
        {"A", second_layer},
        {"RISK", risk.bytes ? risk.bytes : ""},
        {"E", squared_error},
    };
    wick_status status = WICK_OK;
    if (drift.failed || risk.failed) status = wick_fail_memory(context, "emitting code");
    if (status == WICK_OK) status = expand_both(context, "jit.c.in", values, sizeof values / sizeof *values, &text);
    if (status == WICK_OK) status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    wick_text_clear(&drift);
    wick_text_clear(&risk);
    return status;
}

wick_status wick_emit_jacobian_jit(wick_context *context, const wick_jacobian_plan *jacobian, size_t p, size_t k,
                                   char **source)
{
    wick_text text = WICK_TEXT_EMPTY, rows = WICK_TEXT_EMPTY;
    char p_text[32], k_text[32];
    snprintf(p_text, sizeof p_text, "%zu", p);
    snprintf(k_text, sizeof k_text, "%zu", k);
    wick_emit_jacobian(&rows, jacobian, WICK_KERNEL_CALLS);
    const wick_placeholder values[] = {
        {"P", p_text},
        {"K", k_text},
        {"TRAINED", jacobian->trained ? "1" : "0"},
        {"JACOBIAN_ROWS", rows.bytes ? rows.bytes : ""},
    };
    wick_status status = WICK_OK;
    if (rows.failed) status = wick_fail_memory(context, "emitting code");
    if (status == WICK_OK) status = expand_both(context, "jacobian_jit.c.in", values, sizeof values / sizeof *values, &text);
    if (status == WICK_OK) status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    wick_text_clear(&rows);
    return status;
}

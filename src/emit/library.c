/* The values of templates/overlaps.*.in: drift and risk of the overlaps M and Q. See emit.h. */
#include <stdlib.h>
#include <string.h>

#include "activation/polynomial.h"
#include "base/memory.h"
#include "dynamics/dynamics.h"
#include "emit/comments.h"
#include "emit/defaults.h"
#include "emit/emit.h"
#include "emit/jacobian.h"
#include "emit/statements.h"
#include "emit/template.h"
#include "emit/templates.h"

/* What the templates ask for that differs from problem to problem. */
typedef struct {
    wick_head head;
    wick_text defaults, drift, risk;
} parts;

static void clear_parts(parts *p)
{
    wick_head_clear(&p->head);
    wick_text_clear(&p->defaults);
    wick_text_clear(&p->drift);
    wick_text_clear(&p->risk);
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

/* ---- The values ---------------------------------------------------------------------------------------------------- */

static wick_status build_parts(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                               const wick_problem *problem, const char *name, parts *p)
{
    WICK_TRY(wick_head_print(context, form, problem, name, &p->head));
    wick_print_defaults(&p->defaults, problem);
    wick_emit_program(&p->drift, plan, &plan->drift_program, WICK_LOOPS);
    wick_emit_program(&p->risk, plan, &plan->risk_program, WICK_LOOPS);
    return p->defaults.failed || p->drift.failed || p->risk.failed ? wick_fail_memory(context, "emitting code") : WICK_OK;
}

static void print_drift_of_Q(wick_text *text, const wick_plan *plan, const char *flow)
{
    char variance[32];
    if (plan->variance == WICK_NONE) {
        wick_text_printf(
            text,
            "\n    /* dQ[j,l]/dt = a[j] B[j,l] + a[l] B[l,j] */\n"
            "    for (size_t j = 0; j < P; ++j)\n"
            "        for (size_t l = j; l < P; ++l) *drift++ = a[j] * %s[j * LD + l] + a[l] * %s[l * LD + j];\n",
            flow, flow);
        return;
    }
    wick_node_name(plan, plan->variance, variance);
    wick_text_printf(
        text,
        "\n    /* dQ[j,l]/dt = a[j] B[j,l] + a[l] B[l,j] + (gamma/p) a[j] a[l] (Y[j,l] + Y[l,j]) */\n"
        "    for (size_t j = 0; j < P; ++j)\n"
        "        for (size_t l = j; l < P; ++l)\n"
        "            *drift++ = a[j] * %s[j * LD + l] + a[l] * %s[l * LD + j]\n"
        "                + parameters->learning_rate / (double)P * a[j] * a[l] * (%s[j * LD + l] + %s[l * LD + j]);\n",
        flow, flow, variance, variance);
}

static wick_status set_values(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                              const wick_problem *problem, const char *name, const parts *p, wick_values *values)
{
    const bool trained = form->trained;
    char p_text[32], k_text[32], dimension_text[32], work_text[32], flow[32], squared_error[32], second_layer[32] = "";
    size_t work;
    const wick_layout layout = {problem->p, problem->k, false, trained};
    size_t dimension;
    if (!wick_work_size(plan, problem->p, problem->k, &work) || !wick_layout_dimension(&layout, &dimension))
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", problem->p,
                         problem->k);
    snprintf(p_text, sizeof p_text, "%zu", problem->p);
    snprintf(k_text, sizeof k_text, "%zu", problem->k);
    snprintf(dimension_text, sizeof dimension_text, "%zu", dimension);
    snprintf(work_text, sizeof work_text, "%zu", work);
    wick_node_name(plan, plan->flow, flow);
    wick_node_name(plan, plan->risk, squared_error);
    if (trained) wick_node_name(plan, plan->second_layer, second_layer);
    const bool products = wick_program_count(plan, &plan->drift_program, WICK_OP_PRODUCT) > 0 ||
                          wick_program_count(plan, &plan->drift_program, WICK_OP_APPLY) > 0 ||
                          wick_program_count(plan, &plan->risk_program, WICK_OP_APPLY) > 0;
    wick_text drift_q = WICK_TEXT_EMPTY, drift_a = WICK_TEXT_EMPTY;
    print_drift_of_Q(&drift_q, plan, flow);
    if (trained)
        wick_text_printf(&drift_a, "\n    /* da[j]/dt = A[j] */\n    for (size_t j = 0; j < P; ++j) *drift++ = %s[j];\n",
                         second_layer);

    const wick_placeholder all[] = {
        {"NAME", name},
        {"GUARD", text_of(&p->head.guard)},
        {"ABOUT", text_of(&p->head.about)},
        {"ORIGIN", text_of(&p->head.origin)},
        {"FORMULAS", text_of(&p->head.formulas)},
        {"KERNELS", products ? wick_template("product.h") : ""},
        {"P", p_text},
        {"K", k_text},
        {"DIMENSION", dimension_text},
        {"WORK", work_text},
        {"DEFAULTS", text_of(&p->defaults)},
        {"DRIFT", text_of(&p->drift)},
        {"RISK", text_of(&p->risk)},
        {"FLOW", flow},
        {"E", squared_error},
        {"DRIFT_Q", text_of(&drift_q)},
        {"DRIFT_A", text_of(&drift_a)},
        {"SECOND_LAYER", trained ? "state + P * K + P * (P + 1) / 2" : "parameters->a"},
        {"STATE_A", trained ? ",\n *     a (p)" : ""},
        {"A_USE", trained ? ": not used, it is part of the state" : ""},
        {"PACK_A", trained ? ", a (p)" : ""},
        {"PACK_A_IN", trained ? "const double *a, " : ""},
        {"PACK_A_OUT", trained ? ", double *a" : ""},
        {"PACK_A_LOOP", trained ? "    for (size_t j = 0; j < P; ++j) *state++ = a[j];\n" : ""},
        {"UNPACK_A_LOOP", trained ? "    for (size_t j = 0; j < P; ++j) a[j] = *state++;\n" : ""},
    };
    const wick_status status = drift_q.failed || drift_a.failed ? wick_fail_memory(context, "emitting code") : WICK_OK;
    if (status == WICK_OK) wick_values_set_all(values, all, sizeof all / sizeof *all);
    wick_text_clear(&drift_q);
    wick_text_clear(&drift_a);
    return status == WICK_OK ? wick_values_check(context, values) : status;
}

/* ---- The Jacobian -------------------------------------------------------------------------------------------------- */

static wick_status set_jacobian_values(wick_context *context, const wick_jacobian_plan *jacobian,
                                       const wick_problem *problem, wick_values *values)
{
    size_t work;
    if (!wick_work_size(&jacobian->plan, problem->p, problem->k, &work))
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", problem->p,
                         problem->k);
    wick_text rows = WICK_TEXT_EMPTY;
    wick_emit_jacobian(&rows, jacobian, WICK_LOOPS);
    wick_values_take(values, "JACOBIAN_ROWS", &rows);
    wick_values_printf(values, "JACOBIAN_WORK", "%zu", work);
    const bool pairs = jacobian->of_M.pair != WICK_NONE || jacobian->of_Q.pair != WICK_NONE;
    wick_values_set(values, "JACOBIAN_LOCAL", pairs ? "    double line[LD];" : "");
    wick_values_set(values, "JACOBIAN_LINE", pairs ? wick_template("jacobian_line.in") : "");
    wick_values_set(values, "JACOBIAN_LAYER", jacobian->trained ? wick_template("jacobian_layer.in") : "");
    wick_values_set(values, "JACOBIAN_PYTHON", "True");
    wick_values_set(values, "HAS_JACOBIAN", "1");
    WICK_TRY(wick_values_expand(context, values, "JACOBIAN_DECLARATION", "jacobian.h.in"));
    return wick_values_expand(context, values, "JACOBIAN", "jacobian.c.in");
}

static wick_status set_jacobian(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                                wick_values *values)
{
    wick_jacobian_plan jacobian;
    WICK_TRY(wick_jacobian_build(context, form, &jacobian));
    const wick_status status = set_jacobian_values(context, &jacobian, problem, values);
    wick_jacobian_clear(&jacobian);
    return status;
}

wick_status wick_emit_library(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                              wick_problem *problem, const char *name, wick_values *values)
{
    parts p = {0};
    wick_status status = build_parts(context, plan, form, problem, name, &p);
    if (status == WICK_OK) status = set_values(context, plan, form, problem, name, &p, values);
    clear_parts(&p);
    return status == WICK_OK ? set_jacobian(context, form, problem, values) : status;
}

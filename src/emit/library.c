/* The values of templates/overlaps.*.in for polynomials: drift and risk as a plan computes them. See emit.h. */
#include <stdlib.h>
#include <string.h>

#include "activation/polynomial.h"
#include "base/memory.h"
#include "dynamics/dynamics.h"
#include "emit/derived.h"
#include "emit/emit.h"
#include "emit/jacobian.h"
#include "emit/overlaps.h"
#include "emit/statements.h"
#include "template/templates.h"

/* What the templates ask for that differs from problem to problem. */
typedef struct {
    wick_head head;
    wick_text drift, risk;
} parts;

static void clear_parts(parts *p)
{
    wick_head_clear(&p->head);
    wick_text_clear(&p->drift);
    wick_text_clear(&p->risk);
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

/* ---- The values ---------------------------------------------------------------------------------------------------- */

static wick_status build_parts(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                               const wick_problem *problem, const char *name, parts *p)
{
    WICK_TRY(wick_head_print(context, form, problem, name, &p->head));
    wick_emit_program(&p->drift, plan, &plan->drift_program, WICK_LOOPS);
    wick_emit_program(&p->risk, plan, &plan->risk_program, WICK_LOOPS);
    return p->drift.failed || p->risk.failed ? wick_fail_memory(context, "emitting code") : WICK_OK;
}

static wick_status set_values(wick_context *context, const wick_plan *plan, const wick_problem *problem, const char *name,
                              const parts *p, wick_values *values)
{
    char flow[32], variance[32] = "", squared_error[32], second_layer[32] = "";
    size_t work;
    if (!wick_work_size(plan, problem->p, problem->k, &work)) return wick_fail_overlaps_size(context, problem);
    wick_node_name(plan, plan->flow, flow);
    wick_node_name(plan, plan->risk, squared_error);
    if (plan->variance != WICK_NONE) wick_node_name(plan, plan->variance, variance);
    if (plan->second_layer != WICK_NONE) wick_node_name(plan, plan->second_layer, second_layer);
    const bool products = wick_program_count(plan, &plan->drift_program, WICK_OP_PRODUCT) > 0 ||
                          wick_program_count(plan, &plan->drift_program, WICK_OP_APPLY) > 0 ||
                          wick_program_count(plan, &plan->risk_program, WICK_OP_APPLY) > 0;
    const wick_overlaps_code code = {.head = &p->head,
                                     .work = work,
                                     .kernels = products ? wick_template("product.h") : "",
                                     .drift = text_of(&p->drift),
                                     .risk = text_of(&p->risk),
                                     .flow = flow,
                                     .variance = variance,
                                     .second_layer = second_layer,
                                     .squared_error = squared_error};
    return wick_overlaps_values(context, problem, name, &code, values);
}

/* ---- The Jacobian -------------------------------------------------------------------------------------------------- */

static wick_status set_jacobian_values(wick_context *context, const wick_jacobian_plan *jacobian,
                                       const wick_problem *problem, wick_values *values)
{
    size_t work;
    if (!wick_work_size(&jacobian->plan, problem->p, problem->k, &work)) return wick_fail_overlaps_size(context, problem);
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
    if (status == WICK_OK) status = set_values(context, plan, problem, name, &p, values);
    clear_parts(&p);
    if (status == WICK_OK) status = set_jacobian(context, form, problem, values);
    return status == WICK_OK ? wick_set_derived(context, form, problem, values) : status;
}

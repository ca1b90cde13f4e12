/* The target "library": NAME.h and NAME.c. See emit.h and templates/library.*.in. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "activation/polynomial.h"
#include "base/memory.h"
#include "dynamics/dynamics.h"
#include "emit/comments.h"
#include "emit/emit.h"
#include "emit/statements.h"
#include "emit/template.h"
#include "emit/templates.h"

/* Every text that the two templates ask for. */
typedef struct {
    wick_text about, origin, formulas, defaults, drift, risk, guard;
} parts;

static void clear_parts(parts *p)
{
    wick_text *const all[] = {&p->about, &p->origin, &p->formulas, &p->defaults, &p->drift, &p->risk, &p->guard};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) wick_text_clear(all[i]);
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

/* ---- Default values ------------------------------------------------------------------------------------------------ */

static bool all_equal(const double *values, size_t count, double value)
{
    for (size_t i = 0; values && i < count; ++i)
        if (values[i] != value) return false;
    return true;
}

static bool is_identity(const double *values, size_t k)
{
    for (size_t i = 0; values && i < k * k; ++i)
        if (values[i] != (i / k == i % k ? 1.0 : 0.0)) return false;
    return true;
}

static void print_values(wick_text *text, const char *field, const char *count, const double *values, size_t size,
                         double usual)
{
    if (all_equal(values, size, usual)) {
        wick_text_printf(text, "    for (size_t i = 0; i < %s; ++i) parameters->%s[i] = %.1f;\n", count, field, usual);
        return;
    }
    wick_text_printf(text, "    static const double %s[] = {", field);
    for (size_t i = 0; i < size; ++i)
        wick_text_printf(text, "%s%.17g", i == 0 ? "" : i % 4 == 0 ? ",\n        " : ", ", values[i]);
    wick_text_printf(text, "};\n    for (size_t i = 0; i < %s; ++i) parameters->%s[i] = %s[i];\n", count, field, field);
}

static void print_defaults(wick_text *text, const wick_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    wick_text_printf(text, "    parameters->learning_rate = %.17g;\n", problem->learning_rate);
    wick_text_printf(text, "    parameters->noise = %.17g;\n", problem->noise);
    print_values(text, "a_star", "K", problem->a_star, k, 1.0);
    if (is_identity(problem->P, k))
        wick_text_append(
            text, "    for (size_t i = 0; i < K * K; ++i) parameters->target_overlap[i] = i / K == i % K ? 1.0 : 0.0;\n");
    else
        print_values(text, "target_overlap", "K * K", problem->P, k * k, 1.0);
    print_values(text, "a", "P", problem->a, p, 1.0);
}

/* ---- The two files ------------------------------------------------------------------------------------------------- */

static wick_status build_parts(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                               const wick_problem *problem, const char *name, parts *p)
{
    wick_comment_about(&p->about, form);
    wick_comment_origin(&p->origin, problem);
    wick_text formulas = WICK_TEXT_EMPTY;
    WICK_TRY(wick_print_text(context, form, &formulas));
    wick_comment_lines(&p->formulas, text_of(&formulas));
    if (formulas.failed) p->formulas.failed = true;
    wick_text_clear(&formulas);
    print_defaults(&p->defaults, problem);
    wick_emit_program(&p->drift, plan, &plan->drift_program, WICK_LOOPS);
    wick_emit_program(&p->risk, plan, &plan->risk_program, WICK_LOOPS);
    wick_text_printf(&p->guard, "%s_H", name);
    for (size_t i = 0; i < p->guard.length; ++i) p->guard.bytes[i] = (char)toupper((unsigned char)p->guard.bytes[i]);
    const wick_text *const all[] = {&p->about, &p->origin, &p->formulas, &p->defaults, &p->drift, &p->risk, &p->guard};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
        if (all[i]->failed) return wick_fail_memory(context, "emitting code");
    return WICK_OK;
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
    wick_text_printf(text,
                     "\n    /* dQ[j,l]/dt = a[j] B[j,l] + a[l] B[l,j] + (gamma/p) a[j] a[l] (Y[j,l] + Y[l,j]) */\n"
                     "    for (size_t j = 0; j < P; ++j)\n"
                     "        for (size_t l = j; l < P; ++l)\n"
                     "            *drift++ = a[j] * %s[j * LD + l] + a[l] * %s[l * LD + j]\n"
                     "                + parameters->learning_rate / P * a[j] * a[l] * (%s[j * LD + l] + %s[l * LD + j]);\n",
                     flow, flow, variance, variance);
}

static wick_status expand_both(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                               const wick_problem *problem, const char *name, const parts *p, wick_files *files)
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

    const wick_placeholder values[] = {
        {"NAME", name},
        {"GUARD", text_of(&p->guard)},
        {"ABOUT", text_of(&p->about)},
        {"ORIGIN", text_of(&p->origin)},
        {"FORMULAS", text_of(&p->formulas)},
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
    const size_t count = sizeof values / sizeof *values;
    static const char *const templates[] = {"library.h.in", "library.c.in"}, *const endings[] = {".h", ".c"};
    wick_status status = drift_q.failed || drift_a.failed ? wick_fail_memory(context, "emitting code") : WICK_OK;
    for (size_t i = 0; i < 2 && status == WICK_OK; ++i) {
        wick_text file = WICK_TEXT_EMPTY, file_name = WICK_TEXT_EMPTY;
        wick_text_printf(&file_name, "%s%s", name, endings[i]);
        status = wick_template_expand(context, templates[i], values, count, &file);
        if (status == WICK_OK && file_name.failed) status = wick_fail_memory(context, "emitting code");
        if (status == WICK_OK) status = wick_files_add(context, files, file_name.bytes, &file);
        wick_text_clear(&file);
        wick_text_clear(&file_name);
    }
    wick_text_clear(&drift_q);
    wick_text_clear(&drift_a);
    return status;
}

wick_status wick_emit_library(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                              wick_problem *problem, const char *name, wick_files *files)
{
    parts p = {0};
    wick_status status = build_parts(context, plan, form, problem, name, &p);
    if (status == WICK_OK) status = expand_both(context, plan, form, problem, name, &p, files);
    clear_parts(&p);
    return status;
}

/* Source code out of plans.
 *
 * Whatever is text of a generated file stands in templates/; this room prints the parts that differ from problem to problem
 * and fills them in.
 */
#ifndef WICK_EMIT_EMIT_H
#define WICK_EMIT_EMIT_H

#include "base/text.h"
#include "plan/jacobian.h"
#include "plan/plan.h"
#include "problem/problem.h"
#include "template/template.h"
#include "template/values.h"

/* Names and texts of generated files. */
struct wick_files {
    size_t count, capacity;
    struct wick_file {
        char *name, *text;
    } * file;
};

/* The source for compilation in memory: system_drift() and system_excess_risk(), as templates/jit.c.in declares them. */
wick_status wick_emit_jit(wick_context *context, const wick_plan *plan, const wick_closed_form *form, size_t p, size_t k,
                          char **source);

/* The same for system_jacobian(), as templates/jacobian_jit.c.in declares it. */
wick_status wick_emit_jacobian_jit(wick_context *context, const wick_jacobian_plan *jacobian, size_t p, size_t k,
                                   char **source);

/* Doubles that a program needs as scratch, for sizes p and k; false if that overflows. */
bool wick_work_size(const wick_plan *plan, size_t p, size_t k, size_t *doubles);

/* The placeholders of templates/overlaps.*.in. The problem must have been checked for WICK_FOR_DRIFT or, without an initial
 * state, WICK_FOR_CODE. */
wick_status wick_emit_library(wick_context *context, const wick_plan *plan, const wick_closed_form *form,
                              wick_problem *problem, const char *name, wick_values *values);

/* Expands a template into the file NAME + ending. */
wick_status wick_expand_file(wick_context *context, const char *template_name, const wick_placeholder *values, size_t count,
                             const char *name, const char *ending, wick_files *files);

/* Takes the text over under that name. */
wick_status wick_files_add(wick_context *context, wick_files *files, const char *name, wick_text *text);

#endif

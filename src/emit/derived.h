/* Tangents and adjoints as source. */
#ifndef WICK_EMIT_DERIVED_H
#define WICK_EMIT_DERIVED_H

#include "plan/adjoint.h"
#include "plan/tangent.h"
#include "problem/problem.h"
#include "template/values.h"

/* What both are made of; part: the nodes that put_tangent() or put_adjoint() of kernels/derived.h is handed, in its order,
 * WICK_NONE where there is none. */
enum { WICK_DERIVED_PARTS = 5 };

typedef struct {
    const wick_plan *plan;
    const wick_program *program;
    bool trained;
    size_t part[WICK_DERIVED_PARTS];
} wick_derived_program;

wick_derived_program wick_tangent_program(const wick_tangent_plan *tangent);
wick_derived_program wick_adjoint_program(const wick_adjoint_plan *adjoint);

/* Their names, with commas between. */
void wick_print_parts(wick_text *text, const wick_derived_program *of);

/* For compilation in memory: system_derived(), as templates/tangent_jit.c.in and adjoint_jit.c.in define it. For the
 * gradient of the risk `direction` is NULL. */
wick_status wick_emit_tangent_jit(wick_context *context, const wick_tangent_plan *tangent, size_t p, size_t k,
                                  char **source);
wick_status wick_emit_adjoint_jit(wick_context *context, const wick_adjoint_plan *adjoint, size_t p, size_t k,
                                  char **source);

/* For emitted libraries: sets DERIVED, DERIVED_DECLARATION and DERIVED_WORK. After the drift's values. */
wick_status wick_set_derived(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                             wick_values *values);

#endif

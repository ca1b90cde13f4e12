/* Tangents and adjoints as source for compilation in memory: system_derived(), as templates/tangent_jit.c.in and
 * adjoint_jit.c.in define it. For the gradient of the risk `direction` is NULL.
 */
#ifndef WICK_EMIT_DERIVED_H
#define WICK_EMIT_DERIVED_H

#include "plan/adjoint.h"
#include "plan/tangent.h"

wick_status wick_emit_tangent_jit(wick_context *context, const wick_tangent_plan *tangent, size_t p, size_t k,
                                  char **source);
wick_status wick_emit_adjoint_jit(wick_context *context, const wick_adjoint_plan *adjoint, size_t p, size_t k,
                                  char **source);

#endif

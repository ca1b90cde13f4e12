/* Tangents and adjoints, walked. */
#ifndef WICK_WALK_DERIVED_WALK_H
#define WICK_WALK_DERIVED_WALK_H

#include "base/context.h"
#include "plan/adjoint.h"
#include "plan/tangent.h"

typedef struct wick_derived_walk wick_derived_walk;

/* Takes the plan over, also on failure. Release with wick_derived_walk_free(). */
wick_status wick_tangent_walk_make(wick_context *context, wick_tangent_plan *tangent, size_t p, size_t k,
                                   wick_derived_walk **walk);
wick_status wick_adjoint_walk_make(wick_context *context, wick_adjoint_plan *adjoint, size_t p, size_t k,
                                   wick_derived_walk **walk);
void wick_derived_walk_free(void *walk);

/* Doubles of scratch. */
size_t wick_derived_walk_work(const wick_derived_walk *walk);

/* As system_derived() of compiled code. */
void wick_derived_walk_fill(const wick_derived_walk *walk, const double *parameters, const double *state,
                            const double *direction, double *work, double *out);

#endif

/* What templates/overlaps.*.in ask for, whatever computes the drift of the overlaps M and Q. Private to what emits. */
#ifndef WICK_EMIT_OVERLAPS_H
#define WICK_EMIT_OVERLAPS_H

#include "emit/comments.h"
#include "template/values.h"

typedef struct {
    const wick_head *head;
    size_t work;              /* doubles of scratch */
    const char *kernels;      /* what stands before the functions */
    const char *drift, *risk; /* statements */
    /* C names of what they leave: B (row stride LD), half of what moves Q at second order ("": nothing), A ("" unless
     * trained), and an expression for E[E^2]. */
    const char *flow, *variance, *second_layer, *squared_error;
} wick_overlaps_code;

wick_status wick_overlaps_values(wick_context *context, const wick_problem *problem, const char *name,
                                 const wick_overlaps_code *code, wick_values *values);

/* DERIVED, DERIVED_DECLARATION and DERIVED_WORK, out of the placeholders of templates/derived.c.in that differ; `work` is
 * what a tangent or an adjoint needs of scratch. */
wick_status wick_set_derived_values(wick_context *context, const wick_problem *problem, size_t work, wick_values *values);

/* The scratch or the state of such a problem has more bytes than a size_t counts. */
wick_status wick_fail_overlaps_size(wick_context *context, const wick_problem *problem);

#endif

/* Generated code for activations whose drift is made of closed integrals that are no polynomials: erf, relu and their kin.
 *
 * The integrals and the drift out of them are the very kernels (kernels/erf.h, piecewise.h, tables.h) that the library runs.
 */
#ifndef WICK_EXPECTATIONS_EMISSION_H
#define WICK_EXPECTATIONS_EMISSION_H

#include "expectations/print.h"
#include "problem/problem.h"
#include "template/values.h"

/* Is every integral of the regime a closed form? */
bool wick_description_is_closed(const wick_description *of);

/* The placeholders of templates/overlaps.*.in, for a description that is closed. The problem must have been checked for
 * WICK_FOR_DRIFT or, without an initial state, WICK_FOR_CODE. */
wick_status wick_emit_expectations(wick_context *context, const wick_description *of, const wick_problem *problem,
                                   const char *name, wick_values *values);

#endif

/* The problem's numbers as placeholders: its initial state, its output times, test vectors. Private to src/emit and to
 * wick_emit(). */
#ifndef WICK_EMIT_NUMBERS_H
#define WICK_EMIT_NUMBERS_H

#include "problem/problem.h"
#include "template/values.h"

/* Up to so many students numbers of the initial state stand in the source; beyond, in a file of their own, so that what is
 * compiled does not grow. */
enum { WICK_BUILT_IN_LIMIT = 16 };

/* INITIAL_...; the problem must have been checked for WICK_FOR_DRIFT. */
wick_status wick_initial_values(wick_context *context, const wick_problem *problem, wick_values *values);

/* TIME_..., RTOL and ATOL; checked for WICK_FOR_RUN. */
wick_status wick_run_values(wick_context *context, const wick_problem *problem, wick_values *values);

/* VECTOR_...: the initial state and what the drift and the risk are there. */
wick_status wick_vector_values(wick_context *context, const wick_problem *problem, const double *state, const double *drift,
                               size_t dimension, double excess_risk, wick_values *values);

#endif

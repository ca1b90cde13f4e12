/* A plan's programs as C statements.
 *
 * Two dialects of the same statements: plain loops, for people and optimising compilers, and kernel calls, for code that
 * TinyCC compiles in memory. Both use the constants P, K, N = P + K and LD (row stride), the pointer `work`, and what the
 * templates define around them.
 */
#ifndef WICK_EMIT_STATEMENTS_H
#define WICK_EMIT_STATEMENTS_H

#include "base/text.h"
#include "emit/names.h"
#include "plan/plan.h"

typedef enum { WICK_LOOPS, WICK_KERNEL_CALLS } wick_dialect;

/* Appends the statements of a program, each indented by four spaces and, in loops, introduced by its formula. */
void wick_emit_program(wick_text *text, const wick_plan *plan, const wick_program *program, wick_dialect dialect);

/* The parts of it: the array of a node, if it has one, and the node. */
void wick_emit_declaration(wick_text *text, const wick_plan *plan, const wick_program *program, size_t id,
                           const char *indent);
void wick_emit_statement(wick_text *text, const wick_plan *plan, size_t id, wick_dialect dialect, const char *indent);

/* What a loop over pairs collects, before it. */
void wick_emit_empty(wick_text *text, const wick_plan *plan, size_t node);

#endif

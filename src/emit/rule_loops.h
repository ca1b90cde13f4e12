/* Learning rules in generated code: loops at the end of the drift and of the Jacobian. Private to src/emit. */
#ifndef WICK_EMIT_RULE_LOOPS_H
#define WICK_EMIT_RULE_LOOPS_H

#include "problem/problem.h"
#include "template/values.h"

/* BATCHED, RULES, JACOBIAN_RULES, TANGENT_RULES, ADJOINT_SCALE and ADJOINT_RULES; nothing happens there for plain SGD. */
void wick_rule_values(const wick_problem *problem, const char *name, wick_values *values);

#endif

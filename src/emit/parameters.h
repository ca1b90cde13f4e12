/* The numbers among the run-time parameters, as generated code declares and reads them: one line for each. */
#ifndef WICK_EMIT_PARAMETERS_H
#define WICK_EMIT_PARAMETERS_H

#include <stdbool.h>

#include "problem/problem.h"
#include "template/values.h"

/* Is the parameter in what is generated for the problem? */
bool wick_has_parameter(const wick_problem *problem, wick_parameter_id parameter);

/* Sets PARAMETER_FIELDS, PARAMETERS_PYTHON and PARAMETER_FLAGS. */
void wick_parameter_values(const wick_problem *problem, wick_values *values);

#endif

/* The numbers among the run-time parameters, as generated code declares and reads them: one line for each. */
#ifndef WICK_EMIT_PARAMETERS_H
#define WICK_EMIT_PARAMETERS_H

#include "template/values.h"

/* Sets PARAMETER_FIELDS, PARAMETERS_PYTHON and PARAMETER_FLAGS. */
void wick_parameter_values(wick_values *values);

#endif

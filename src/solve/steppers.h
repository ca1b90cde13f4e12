/* GSL's steppers by name. */
#ifndef WICK_SOLVE_STEPPERS_H
#define WICK_SOLVE_STEPPERS_H

#include <gsl/gsl_odeiv2.h>

/* NULL if `name` is not that of an adaptive stepper. */
const gsl_odeiv2_step_type *wick_stepper(const char *name);

#endif

/* The Jacobian for implicit steppers: that of the dynamics, or else central differences of its drift. */
#ifndef WICK_SOLVE_JACOBIAN_H
#define WICK_SOLVE_JACOBIAN_H

#include "solve/walk.h"

/* Implicit steppers hold matrices of dimension^2 entries and factorise them: states larger than this are refused. */
enum { WICK_JACOBIAN_LIMIT = 4096 };

/* jacobian[i * dimension + s] = d drift[i] / d state[s], counted; scratch holds 3 * dimension doubles. False if the result
 * holds anything that is not finite. */
bool wick_walk_jacobian(wick_walk *walk, double time, const double *state, double *scratch, double *jacobian);

#endif

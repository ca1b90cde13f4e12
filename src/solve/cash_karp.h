/* Cash and Karp's method of order 5(4), GSL's "rkck", for states that fill the memory.
 *
 * GSL's stepper keeps six slopes, the state before the step and a point: eight arrays, besides the four of the evolution.
 * But the evolution hands over the first slope, keeps the state before the step itself, and has no use for the arrays of the
 * error and of the last slope until the step is done: the points and the sixth slope live there, and four arrays are enough.
 */
#ifndef WICK_SOLVE_CASH_KARP_H
#define WICK_SOLVE_CASH_KARP_H

#include <gsl/gsl_odeiv2.h>

/* To be used by gsl_odeiv2_evolve_apply() with step-size control, which undoes a step that failed. */
extern const gsl_odeiv2_step_type *const wick_step_cash_karp;

#endif

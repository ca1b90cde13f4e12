/* From a drift to a trajectory: GSL's odeiv2 steppers, and the Euler polygon.
 *
 * The integrator knows nothing of problems or of how a drift is computed: it takes a wick_dynamics, an initial state at
 * t = 0 and increasing output times, and hits each output time exactly. "euler" walks the grid t = n dt; at an output time
 * inside a step it reports the polygon there and leaves the grid alone, so outputs never change the trajectory.
 */
#ifndef WICK_SOLVE_INTEGRATE_H
#define WICK_SOLVE_INTEGRATE_H

#include "dynamics/dynamics.h"

typedef struct {
    const char *method; /* a name of wick_method_name(), or "euler" */
    double rtol, atol;  /* per component: |error| <= atol + rtol |y|; adaptive methods */
    double dt;          /* euler */
    const double *times;
    size_t time_count;
} wick_integration;

/* Integrates; `state` (dynamics->dimension entries) is the initial state and on return that of report->time.
 * observer, progress, report: see wick.h. */
wick_status wick_solve(wick_context *context, const wick_dynamics *dynamics, const wick_integration *integration,
                       double *state, wick_observer observer, wick_progress progress, void *user, wick_report *report);

/* The methods: euler and GSL's steppers, for validation and help. Implicit ones use the Jacobian of the dynamics, or, where
 * it has none, differences of the drift. */
size_t wick_method_count(void);
const char *wick_method_name(size_t index);
bool wick_method_known(const char *name);
bool wick_method_is_implicit(const char *name);

#endif

/* What every way of integrating shares: counting drifts, reporting outputs, polling, and saying why a run ended.
 *
 * A walk is one call of wick_solve(). The report inside it is kept up to date, so that it is right whenever the walk ends.
 */
#ifndef WICK_SOLVE_WALK_H
#define WICK_SOLVE_WALK_H

#include "solve/integrate.h"

typedef struct {
    wick_context *context;
    const wick_dynamics *dynamics;
    const wick_integration *integration;
    wick_observer observer;
    wick_progress progress;
    void *user;
    size_t polled;   /* drift evaluations when progress was last called */
    bool met_pole;   /* a drift was not finite; cleared before each step */
    double *scratch; /* 3 * dimension, for implicit methods */
    wick_report report;
} wick_walk;

/* Counted; false if the result holds anything that is not finite. */
bool wick_walk_drift(wick_walk *walk, double time, const double *state, double *drift);

bool wick_walk_is_finite(const wick_walk *walk, const double *state);

/* Reports output number `index`, with `state` that of its time. */
wick_status wick_walk_observe(wick_walk *walk, size_t index, const double *state);

/* Calls progress if enough work was done since the last call. */
wick_status wick_walk_poll(wick_walk *walk);

/* Why a walk ended: `what` stopped being finite. The time and the step are those of the report. */
wick_status wick_walk_diverged(wick_walk *walk, const char *what);

/* The two kinds of walk. On return `state` is that of walk->report.time. */
wick_status wick_walk_adaptive(wick_walk *walk, double *state);
wick_status wick_walk_euler(wick_walk *walk, double *state);

#endif

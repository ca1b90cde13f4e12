/* See walk.h. */
#include "solve/walk.h"

#include <math.h>
#include <string.h>

/* progress is called once so many drifts, or so many entries of drifts, have been computed: often enough for Ctrl-C at any
 * size, seldom enough that a caller may read a clock each time. */
enum { DRIFTS_BETWEEN_POLLS = 32, ENTRIES_BETWEEN_POLLS = 4096 };

bool wick_walk_is_finite(const wick_walk *walk, const double *state)
{
    for (size_t i = 0; i < walk->dynamics->dimension; ++i)
        if (!isfinite(state[i])) return false;
    return true;
}

bool wick_walk_drift(wick_walk *walk, double time, const double *state, double *drift)
{
    ++walk->report.drift_evaluations;
    walk->dynamics->drift(walk->dynamics->self, time, state, drift);
    if (wick_walk_is_finite(walk, drift)) return true;
    walk->met_pole = true;
    return false;
}

wick_status wick_walk_observe(wick_walk *walk, size_t index, const double *state)
{
    const double excess_risk = walk->dynamics->excess_risk(walk->dynamics->self, state);
    if (!isfinite(excess_risk)) return wick_walk_diverged(walk, "the risk");
    if (!walk->observer) return WICK_OK;
    const wick_point point = {.time = walk->integration->times[index],
                              .risk = excess_risk + walk->dynamics->noise / 2,
                              .excess_risk = excess_risk,
                              .state = state,
                              .dimension = walk->dynamics->dimension,
                              .index = index,
                              .count = walk->integration->time_count};
    return walk->observer(walk->user, &point) ? WICK_STOPPED : WICK_OK;
}

wick_status wick_walk_poll(wick_walk *walk)
{
    if (!walk->progress) return WICK_OK;
    const size_t drifts = walk->report.drift_evaluations - walk->polled;
    if (drifts < DRIFTS_BETWEEN_POLLS && drifts < ENTRIES_BETWEEN_POLLS / walk->dynamics->dimension + 1) return WICK_OK;
    walk->polled = walk->report.drift_evaluations;
    const double end = walk->integration->times[walk->integration->time_count - 1];
    return walk->progress(walk->user, walk->report.time, end) ? WICK_STOPPED : WICK_OK;
}

wick_status wick_walk_diverged(wick_walk *walk, const char *what)
{
    return wick_fail(walk->context, WICK_ERROR_DIVERGED,
                     "diverged at %s = %.10g: %s stopped being finite (last step %.3g, %zu steps); "
                     "try %sa smaller learning rate, %ssmaller initial overlaps or another regime",
                     wick_layout_clock(&walk->dynamics->layout), walk->report.time, what, walk->report.step,
                     walk->report.steps, strcmp(walk->integration->method, "euler") == 0 ? "a smaller dt, " : "",
                     walk->dynamics->noise > 1 ? "less noise, " : "");
}

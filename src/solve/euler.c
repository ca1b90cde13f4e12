/* The Euler polygon: y <- y + dt f(y) on the grid t = n dt, the mean of one-pass SGD if dt = gamma / (p d).
 *
 * Grid times are products n dt, never sums, so that no rounding piles up over many steps.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "solve/walk.h"

/* Whole numbers up to here are doubles. */
static const double largest_step_count = 9007199254740992.0;

typedef struct {
    double dt;
    double steps; /* n, a whole number */
    double *state, *drift, *point;
    bool drift_known; /* drift is that of state */
} polygon;

static wick_status know_drift(wick_walk *walk, polygon *line)
{
    if (line->drift_known) return WICK_OK;
    if (!wick_walk_drift(walk, line->steps * line->dt, line->state, line->drift))
        return wick_walk_diverged(walk, "the drift");
    line->drift_known = true;
    return WICK_OK;
}

/* From n dt to (n + 1) dt. */
static wick_status step(wick_walk *walk, polygon *line)
{
    WICK_TRY(know_drift(walk, line));
    const size_t dimension = walk->dynamics->dimension;
    for (size_t i = 0; i < dimension; ++i) line->point[i] = line->state[i] + line->dt * line->drift[i];
    if (!wick_walk_is_finite(walk, line->point)) return wick_walk_diverged(walk, "the state");
    memcpy(line->state, line->point, dimension * sizeof *line->state);
    line->drift_known = false;
    line->steps += 1;
    ++walk->report.steps;
    walk->report.time = line->steps * line->dt;
    return WICK_OK;
}

/* The polygon at `time`, which lies in the step that starts at n dt. */
static wick_status observe(wick_walk *walk, polygon *line, size_t index)
{
    const double time = walk->integration->times[index], along = time - line->steps * line->dt;
    const double *state = line->state;
    if (along > 0) {
        WICK_TRY(know_drift(walk, line));
        for (size_t i = 0; i < walk->dynamics->dimension; ++i) line->point[i] = line->state[i] + along * line->drift[i];
        state = line->point;
        if (!wick_walk_is_finite(walk, state)) return wick_walk_diverged(walk, "the state");
    }
    return wick_walk_observe(walk, index, state);
}

static wick_status walk_line(wick_walk *walk, polygon *line)
{
    const wick_integration *integration = walk->integration;
    for (size_t index = 0; index < integration->time_count; ++index) {
        while ((line->steps + 1) * line->dt <= integration->times[index]) {
            WICK_TRY(step(walk, line));
            WICK_TRY(wick_walk_poll(walk));
        }
        WICK_TRY(observe(walk, line, index));
    }
    return WICK_OK;
}

/* The caller wants the state of the last output, not that of the last grid point before it. */
static void finish_at_output(wick_walk *walk, polygon *line)
{
    const double end = walk->integration->times[walk->integration->time_count - 1];
    if (end > line->steps * line->dt) memcpy(line->state, line->point, walk->dynamics->dimension * sizeof *line->state);
    walk->report.time = end;
}

wick_status wick_walk_euler(wick_walk *walk, double *state)
{
    const wick_integration *integration = walk->integration;
    const double dt = integration->dt, end = integration->times[integration->time_count - 1];
    if (!(dt > 0) || !isfinite(dt)) return wick_fail(walk->context, WICK_ERROR_PROBLEM, "euler needs dt > 0, found %g", dt);
    if (end / dt >= largest_step_count)
        return wick_fail(walk->context, WICK_ERROR_PROBLEM,
                         "dt = %g needs %.3g steps to reach %s = %g; at most %.3g can be counted", dt, end / dt,
                         wick_layout_clock(&walk->dynamics->layout), end, largest_step_count);
    const size_t dimension = walk->dynamics->dimension;
    double *work = wick_allocate(2, dimension, sizeof *work);
    if (!work) return wick_fail_memory(walk->context, "starting the integrator");
    polygon line = {.dt = dt, .state = state, .drift = work, .point = work + dimension};
    walk->report.step = dt;
    const wick_status status = walk_line(walk, &line);
    if (status == WICK_OK) finish_at_output(walk, &line);
    free(work);
    return status;
}

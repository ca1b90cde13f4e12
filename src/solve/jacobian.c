/* See jacobian.h. */
#include "solve/jacobian.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A Newton iteration converges with a Jacobian of few digits, and drifts by quadrature may have few: so the step is wider
 * than what rounding errors alone would ask for. Entries near zero are moved as much as small ones. */
static double difference_step(const double *state, size_t dimension, size_t s)
{
    double largest = 0;
    for (size_t i = 0; i < dimension; ++i) largest = fmax(largest, fabs(state[i]));
    const double size = fmax(fabs(state[s]), 1e-3 * (largest > 0 ? largest : 1));
    return sqrt(sqrt(DBL_EPSILON)) * size;
}

/* The drift where entry s is `value`; which is restored. */
static bool drift_at(wick_walk *walk, double time, double *state, size_t s, double value, double *drift)
{
    const double kept = state[s];
    state[s] = value;
    const bool finite = wick_walk_drift(walk, time, state, drift);
    state[s] = kept;
    return finite;
}

/* Central differences or, where the drift cannot be computed on one side (beyond the edge of what overlaps can be), those of
 * the other. */
static bool difference(wick_walk *walk, double time, const double *state, double *scratch, double *jacobian)
{
    const size_t n = walk->dynamics->dimension;
    double *const moved = scratch, *upper = scratch + n, *lower = scratch + 2 * n;
    memcpy(moved, state, n * sizeof *moved);
    for (size_t s = 0; s < n; ++s) {
        const double step = difference_step(state, n, s);
        double above = state[s] + step, below = state[s] - step;
        const bool has_upper = drift_at(walk, time, moved, s, above, upper),
                   has_lower = drift_at(walk, time, moved, s, below, lower);
        if (!has_upper && !drift_at(walk, time, moved, s, above = state[s], upper)) return false;
        if (!has_lower && !drift_at(walk, time, moved, s, below = state[s], lower)) return false;
        if (!(above > below)) return false;
        for (size_t i = 0; i < n; ++i) jacobian[i * n + s] = (upper[i] - lower[i]) / (above - below);
    }
    return true;
}

bool wick_walk_jacobian(wick_walk *walk, double time, const double *state, double *scratch, double *jacobian)
{
    const size_t n = walk->dynamics->dimension;
    const bool met_pole = walk->met_pole;
    ++walk->report.jacobian_evaluations;
    if (!walk->dynamics->jacobian) {
        const bool fine = difference(walk, time, state, scratch, jacobian);
        walk->met_pole = met_pole || !fine; /* a side that was not needed is no pole */
        return fine;
    }
    walk->dynamics->jacobian(walk->dynamics->self, time, state, jacobian);
    for (size_t i = 0; i < n * n; ++i)
        if (!isfinite(jacobian[i])) return false;
    return true;
}

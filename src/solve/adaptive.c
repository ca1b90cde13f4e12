/* GSL's steppers with step-size control: one gsl_odeiv2_evolve_apply() at a time, so that outputs, progress and failures
 * stay in our hands. The driver object only holds stepper, control and evolution together (msadams asks for one).
 *
 * States may be as large as memory allows, so nothing is kept twice: the state before a step is the evolution's y0, which
 * gsl_odeiv2_evolve_apply() sets first of all, and its other arrays serve for a drift between steps.
 *
 * A drift that is not finite makes GSL halve the step, so a trial step that leaps too far costs nothing; only a state from
 * which no step succeeds ends the run. Whether that state was blowing up or the tolerances could not be held is then
 * decided from the drift there.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/gsl.h"
#include "base/memory.h"
#include "solve/jacobian.h"
#include "solve/steppers.h"
#include "solve/walk.h"

/* Steps below this part of the time reached make no headway. */
static const double smallest_relative_step = 1e-14;

/* A state that would grow by its own size within this part of the time reached is blowing up: near a pole at T, solutions
 * of dy/dt = y^n grow on the time scale (n - 1) (T - t). */
static const double smallest_relative_growth_time = 1e-6;

static int right_hand_side(double t, const double y[], double dydt[], void *walk)
{
    const wick_gsl_pause pause = wick_gsl_suspend();
    const bool finite = wick_walk_drift(walk, t, y, dydt);
    wick_gsl_resume(pause);
    return finite ? GSL_SUCCESS : GSL_FAILURE;
}

static int jacobian(double t, const double y[], double *dfdy, double dfdt[], void *walk)
{
    wick_walk *of = walk;
    const wick_dynamics *dynamics = of->dynamics;
    memset(dfdt, 0, dynamics->dimension * sizeof *dfdt);
    const wick_gsl_pause pause = wick_gsl_suspend();
    if (dynamics->time_slope) dynamics->time_slope(dynamics->self, t, y, dfdt);
    const bool finite = wick_walk_jacobian(of, t, y, of->scratch, dfdy);
    wick_gsl_resume(pause);
    return finite ? GSL_SUCCESS : GSL_FAILURE;
}

static double largest(const double *values, size_t count)
{
    double result = 0;
    for (size_t i = 0; i < count; ++i) result = fmax(result, fabs(values[i]));
    return result;
}

static bool is_blowing_up(wick_walk *walk, const double *state, double *drift)
{
    if (walk->met_pole || !wick_walk_drift(walk, walk->report.time, state, drift)) return true;
    const double scale = largest(state, walk->dynamics->dimension);
    double square = 0, growth = 0;
    for (size_t i = 0; i < walk->dynamics->dimension && scale > 0; ++i) {
        square += state[i] / scale * (state[i] / scale);
        growth += state[i] / scale * (drift[i] / scale);
    }
    return growth > 0 && square / growth < smallest_relative_growth_time * walk->report.time;
}

/* No step can be taken from `state`, that of report.time. */
static wick_status fail_to_step(wick_walk *walk, const double *state, double *drift)
{
    if (is_blowing_up(walk, state, drift)) return wick_walk_diverged(walk, "the state");
    const wick_integration *integration = walk->integration;
    return wick_fail(
        walk->context, WICK_ERROR_STEP,
        "the step size vanished at %s = %.10g (last step %.3g, %zu steps): %s cannot hold rtol = %g, atol = %g; "
        "try a larger atol or rtol, or another method",
        wick_layout_clock(&walk->dynamics->layout), walk->report.time, walk->report.step, walk->report.steps,
        integration->method, integration->rtol, integration->atol);
}

/* A step small against the time in which the state changes by as much as it is allowed to weigh (Hairer, Norsett & Wanner,
 * II.4); GSL lengthens it by up to a factor of five a step, and never beyond the next output. */
static double first_step(const wick_walk *walk, const double *state, const double *drift)
{
    const wick_integration *integration = walk->integration;
    double size = 0, rate = 0;
    for (size_t i = 0; i < walk->dynamics->dimension; ++i) {
        const double weight = integration->atol + integration->rtol * fabs(state[i]);
        if (!(weight > 0)) continue;
        size = fmax(size, fabs(state[i]) / weight);
        rate = fmax(rate, fabs(drift[i]) / weight);
    }
    const double end = integration->times[integration->time_count - 1];
    const double step = 0.01 * size / rate;
    return isfinite(step) && step > 0 ? fmin(step, end) : 1e-6 * end;
}

/* A call of gsl_odeiv2_evolve_apply(), guarded: what GSL's stepper cannot allocate it uses all the same. */
typedef struct {
    gsl_odeiv2_driver *driver;
    double time, target, *state;
    int status;
} one_step;

static void apply(void *data)
{
    one_step *of = data;
    gsl_odeiv2_driver *driver = of->driver;
    of->status =
        gsl_odeiv2_evolve_apply(driver->e, driver->c, driver->s, driver->sys, &of->time, of->target, &driver->h, of->state);
}

/* One accepted step towards `target`. */
static wick_status step(wick_walk *walk, gsl_odeiv2_driver *driver, double target, double *state)
{
    one_step tried = {driver, walk->report.time, target, state, GSL_FAILURE};
    walk->met_pole = false;
    if (!wick_gsl_guard(apply, &tried)) return wick_fail_memory(walk->context, "taking a step");
    const int status = tried.status;
    const double time = tried.time;
    if (status != GSL_SUCCESS || !wick_walk_is_finite(walk, state)) {
        memcpy(state, driver->e->y0, walk->dynamics->dimension * sizeof *state);
        walk->report.step = status != GSL_SUCCESS ? driver->h : driver->e->last_step;
        if (status == GSL_SUCCESS) return wick_walk_diverged(walk, "the state");
        return fail_to_step(walk, state, driver->e->yerr);
    }
    walk->report.time = fmin(time, target); /* t + (target - t) may round to the number after target */
    walk->report.step = driver->e->last_step;
    ++walk->report.steps;
    if (time < target && !(driver->h > smallest_relative_step * time)) return fail_to_step(walk, state, driver->e->yerr);
    return WICK_OK;
}

static wick_status walk_outputs(wick_walk *walk, gsl_odeiv2_driver *driver, double *state)
{
    const wick_integration *integration = walk->integration;
    for (size_t index = 0; index < integration->time_count; ++index) {
        const double target = integration->times[index];
        while (walk->report.time < target) {
            WICK_TRY(step(walk, driver, target, state));
            WICK_TRY(wick_walk_poll(walk));
        }
        WICK_TRY(wick_walk_observe(walk, index, state));
    }
    return WICK_OK;
}

/* Chooses the first step, and walks. */
static wick_status start(wick_walk *walk, gsl_odeiv2_driver *driver, double *state)
{
    const wick_integration *integration = walk->integration;
    double *drift = driver->e->dydt_in; /* which the first step sets again */
    if (!wick_walk_drift(walk, walk->report.time, state, drift)) return wick_walk_diverged(walk, "the drift");
    if (integration->times[integration->time_count - 1] > 0) driver->h = walk->report.step = first_step(walk, state, drift);
    return walk_outputs(walk, driver, state);
}

static wick_status prepare_implicit(wick_walk *walk)
{
    const size_t dimension = walk->dynamics->dimension;
    if (dimension > WICK_JACOBIAN_LIMIT)
        return wick_fail(walk->context, WICK_ERROR_UNSUPPORTED,
                         "method \"%s\" is implicit and holds matrices as large as the square of the state; that of this "
                         "problem has %zu entries, at most %d are allowed; try msadams or rk8pd",
                         walk->integration->method, dimension, WICK_JACOBIAN_LIMIT);
    walk->scratch = wick_allocate(3, dimension, sizeof *walk->scratch);
    return walk->scratch ? WICK_OK : wick_fail_memory(walk->context, "starting the integrator");
}

/* Making a driver, guarded: GSL releases a stepper that is half made twice. */
typedef struct {
    const gsl_odeiv2_system *system;
    const wick_integration *integration;
    gsl_odeiv2_driver *made;
} making;

static void make_driver(void *data)
{
    making *of = data;
    const wick_integration *integration = of->integration;
    of->made = gsl_odeiv2_driver_alloc_y_new(of->system, wick_stepper(integration->method), 1, integration->atol,
                                             integration->rtol);
}

wick_status wick_walk_adaptive(wick_walk *walk, double *state)
{
    gsl_odeiv2_system system = {right_hand_side, jacobian, walk->dynamics->dimension, walk};
    if (wick_method_is_implicit(walk->integration->method)) WICK_TRY(prepare_implicit(walk));
    making driver = {&system, walk->integration, NULL};
    const bool made = wick_gsl_guard(make_driver, &driver) && driver.made;
    const wick_status status =
        made ? start(walk, driver.made, state) : wick_fail_memory(walk->context, "starting the integrator");
    if (made) gsl_odeiv2_driver_free(driver.made);
    free(walk->scratch);
    return status;
}

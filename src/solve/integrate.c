/* See integrate.h. What is asked is checked here once; adaptive.c and euler.c then walk. */
#include "solve/integrate.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "solve/walk.h"

static wick_status check_method(wick_context *context, const wick_integration *integration)
{
    if (!wick_method_known(integration->method)) {
        wick_text names = WICK_TEXT_EMPTY;
        for (size_t i = 0; i < wick_method_count(); ++i)
            wick_text_printf(&names, "%s%s", i ? ", " : "", wick_method_name(i));
        const wick_status status = wick_fail(context, WICK_ERROR_PROBLEM, "unknown integration method \"%s\"; there are %s",
                                             integration->method, names.failed ? "others" : names.bytes);
        wick_text_clear(&names);
        return status;
    }
    if (strcmp(integration->method, "euler") == 0) return WICK_OK;
    const double rtol = integration->rtol, atol = integration->atol;
    if (!(rtol >= 0 && atol >= 0 && rtol + atol > 0) || !isfinite(rtol) || !isfinite(atol))
        return wick_fail(context, WICK_ERROR_PROBLEM, "rtol = %g and atol = %g: neither may be negative, nor both zero",
                         rtol, atol);
    return WICK_OK;
}

static wick_status check_times(wick_context *context, const wick_integration *integration)
{
    for (size_t i = 0; i < integration->time_count; ++i) {
        const double time = integration->times[i];
        if (!(time >= 0) || !isfinite(time))
            return wick_fail(context, WICK_ERROR_PROBLEM, "output time number %zu is %g; times are at least 0", i + 1, time);
        if (i > 0 && !(time > integration->times[i - 1]))
            return wick_fail(context, WICK_ERROR_PROBLEM, "output time number %zu, %g, does not come after %g", i + 1, time,
                             integration->times[i - 1]);
    }
    return WICK_OK;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

wick_status wick_solve(wick_context *context, const wick_dynamics *dynamics, const wick_integration *integration,
                       double *state, wick_observer observer, wick_progress progress, void *user, wick_report *report)
{
    wick_walk walk = {.context = context,
                      .dynamics = dynamics,
                      .integration = integration,
                      .observer = observer,
                      .progress = progress,
                      .user = user};
    if (report) *report = walk.report;
    WICK_TRY(check_method(context, integration));
    WICK_TRY(check_times(context, integration));
    if (integration->time_count == 0) return WICK_OK;

    const double start = seconds_now();
    wick_status status;
    if (!wick_walk_is_finite(&walk, state))
        status = wick_walk_diverged(&walk, "the initial state");
    else if (strcmp(integration->method, "euler") == 0)
        status = wick_walk_euler(&walk, state);
    else
        status = wick_walk_adaptive(&walk, state);
    walk.report.seconds = seconds_now() - start;
    if (report) *report = walk.report;
    return status;
}

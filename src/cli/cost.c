/* See cost.h. */
#include "cli/cost.h"

#include <stdio.h>

#include "api/cost.h"
#include "base/locale.h"

static const double worth_a_word = 1;

wick_status wick_cost_compile(const wick_options *options, wick_system **system)
{
    char reason[WICK_COST_SIZE];
    wick_status status = wick_problem_check(options->context, options->problem, WICK_FOR_DRIFT);
    if (status != WICK_OK) return status;
    wick_cost_reason(options->problem, reason);
    wick_stop_doing(options->stop, "compiling the drift%s%s", reason[0] ? ": " : "", reason);
    status = wick_system_compile(options->context, options->problem, system);
    wick_stop_doing(options->stop, NULL);
    if (status == WICK_OK && wick_system_is_walked(*system) && !options->quiet)
        wick_say(
            "this system gives no memory for machine code: the plan is walked instead, with the same digits, but slower");
    return status;
}

static void write_duration(double seconds, char text[32])
{
    if (seconds < 120)
        wick_snprintf(text, 32, "%.2g s", seconds);
    else if (seconds < 7200)
        wick_snprintf(text, 32, "%.2g min", seconds / 60);
    else
        wick_snprintf(text, 32, "%.2g h", seconds / 3600);
}

void wick_cost_say(const wick_options *options, const wick_system *system)
{
    char reason[WICK_COST_SIZE], duration[32];
    const double seconds = wick_cost_seconds(system);
    wick_cost_reason(options->problem, reason);
    const char *separator = reason[0] ? ": " : "";
    if (options->quiet || seconds < worth_a_word) {
        wick_stop_doing(options->stop, "computing the first drifts%s%s", separator, reason);
        return;
    }
    write_duration(seconds, duration);
    wick_say("a drift takes about %s%s%s", duration, separator, reason);
    wick_stop_doing(options->stop, "computing the first drifts");
}

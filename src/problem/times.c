/* Output times: a list as given, or a grid, linear or logarithmic, that hits both its ends exactly. See stages.h. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "problem/merge.h"
#include "problem/places.h"
#include "problem/stages.h"

static bool is_log(const json_t *complete) { return strcmp(wick_complete_text(complete, "time.spacing"), "log") == 0; }

double wick_complete_start(const json_t *complete)
{
    if (wick_json_at(complete, "time.start")) return wick_complete_number(complete, "time.start");
    return is_log(complete) ? wick_complete_number(complete, "time.end") / 1e6 : 0;
}

static wick_status allocate_times(wick_context *context, wick_problem *problem, size_t count)
{
    problem->times = wick_allocate(count, 1, sizeof *problem->times);
    if (!problem->times) return wick_fail_memory(context, "making the output times");
    problem->time_count = count;
    return WICK_OK;
}

static wick_status read_list(wick_context *context, wick_problem *problem, const json_t *list)
{
    WICK_TRY(allocate_times(context, problem, json_array_size(list)));
    double *times = problem->times;
    for (size_t i = 0; i < problem->time_count; i++) {
        times[i] = json_number_value(json_array_get(list, i));
        if (times[i] < 0)
            return wick_places_fail(context, problem->places, "time.at", "entry %zu: must be at least 0, found %.10g", i + 1,
                                    times[i]);
        if (i > 0 && times[i] <= times[i - 1])
            return wick_places_fail(context, problem->places, "time.at", "must increase; entry %zu is %.10g after %.10g",
                                    i + 1, times[i], times[i - 1]);
    }
    return WICK_OK;
}

static void fill_grid(double *times, size_t count, double start, double end, bool logarithmic)
{
    for (size_t i = 0; i < count; i++) {
        const double part = (double)i / (double)(count - 1);
        times[i] = logarithmic ? exp((1 - part) * log(start) + part * log(end)) : (1 - part) * start + part * end;
    }
    times[0] = start;
    times[count - 1] = end;
}

static wick_status make_grid(wick_context *context, wick_problem *problem)
{
    const json_t *complete = problem->complete, *places = problem->places;
    const double start = wick_complete_start(complete), end = wick_complete_number(complete, "time.end");
    const size_t count = (size_t)wick_complete_number(complete, "time.points");
    if (count > 1 && is_log(complete) && !(end > 0))
        return wick_places_fail(context, places, "time.end", "log spacing needs an end greater than 0, found %g", end);
    if (count > 1 && is_log(complete) && !(start > 0))
        return wick_places_fail(context, places, "time.start", "log spacing needs a start greater than 0, found %g", start);
    if (count > 1 && !(start < end))
        return wick_places_fail(context, places, "time.end", "must be later than the start, %.10g, found %.10g", start, end);
    WICK_TRY(allocate_times(context, problem, count));
    double *times = problem->times;
    if (count == 1) {
        times[0] = end;
        return WICK_OK;
    }
    fill_grid(times, count, start, end, is_log(complete));
    for (size_t i = 1; i < count; i++)
        if (!(times[i] > times[i - 1]))
            return wick_places_fail(context, places, "time.points", "%zu different times do not fit between %s and %s",
                                    count, wick_number(start).text, wick_number(end).text);
    return WICK_OK;
}

wick_status wick_check_times(wick_context *context, wick_problem *problem)
{
    const json_t *list = wick_json_at(problem->complete, "time.at");
    return list ? read_list(context, problem, list) : make_grid(context, problem);
}

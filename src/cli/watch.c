/* See watch.h. */
#include "cli/watch.h"

#include <stdio.h>
#include <unistd.h>

#include "base/locale.h"
#include "cli/cli.h"

/* On a terminal; elsewhere lines come after so long, twice as long, and so on up to once a minute. */
static const double seconds_before_first_line = 1, seconds_between_lines = 0.2;
static const double first_plain_line = 10, most_between_plain_lines = 60;

/* So many calls of progress are many drifts: if they took no time, nor will the others. */
enum { CALLS_UNTIL_SILENCE = 20 };

void wick_watch_start(wick_watch *watch, wick_stop *stop, const char *clock, bool keeps_states, bool quiet)
{
    const bool terminal = isatty(STDERR_FILENO);
    *watch = (wick_watch){.trajectory = {.keeps_states = keeps_states},
                          .stop = stop,
                          .clock = clock,
                          .shows = !quiet,
                          .terminal = terminal,
                          .start = wick_seconds()};
    watch->next = watch->start + (terminal ? seconds_before_first_line : first_plain_line);
}

void wick_watch_step(wick_watch *watch, double time)
{
    watch->time = time;
    if (++watch->calls == CALLS_UNTIL_SILENCE) wick_stop_doing(watch->stop, NULL);
}

static void take_row(wick_watch *watch, const wick_point *point)
{
    watch->output_count = point->count;
    watch->time = point->time;
    if (watch->system) watch->accuracy = wick_system_accuracy(watch->system);
    if (watch->hdf5) watch->hdf5_status = wick_hdf5_append(watch->context, watch->hdf5, point);
    if (watch->hdf5_status != WICK_OK) return;
    if (!wick_trajectory_append(&watch->trajectory, point) ||
        (watch->histogram && !wick_histogram_add(watch->histogram, point)))
        watch->out_of_memory = true;
}

int wick_watch_observe(void *user, const wick_point *point)
{
    wick_watch *watch = user;
    wick_stop_hold(watch->stop);
    take_row(watch, point);
    wick_stop_release(watch->stop);
    return watch->hdf5_status != WICK_OK || watch->out_of_memory || wick_stop_asked(watch->stop);
}

bool wick_watch_begin_line(wick_watch *watch)
{
    if (!watch->shows || wick_seconds() < watch->next) return false;
    fputs(watch->terminal ? "\r\033[Kwick: " : "wick: ", stderr);
    return true;
}

void wick_watch_end_line(wick_watch *watch)
{
    const double now = wick_seconds(), since = now - watch->start;
    if (!watch->terminal) fputc('\n', stderr);
    fflush(stderr);
    watch->visible = watch->terminal;
    watch->next = now + (watch->terminal                    ? seconds_between_lines
                         : since < most_between_plain_lines ? since
                                                            : most_between_plain_lines);
}

/* On a logarithmic time axis most of the work may lie in the last tenth of the time, or not: so both are shown, the time and
 * the outputs. */
int wick_watch_progress(void *user, double time, double end)
{
    wick_watch *watch = user;
    wick_stop_hold(watch->stop);
    wick_watch_step(watch, time);
    if (wick_watch_begin_line(watch)) {
        const size_t done = watch->trajectory.count, all = watch->output_count;
        wick_fprintf(stderr, "%s = %.4g of %.4g", watch->clock, time, end);
        if (all > 0) fprintf(stderr, ", %zu of %zu outputs (%zu%%)", done, all, 100 * done / all);
        wick_fprintf(stderr, ", %.0f s", wick_seconds() - watch->start);
        wick_watch_end_line(watch);
    }
    wick_stop_release(watch->stop);
    return wick_stop_asked(watch->stop);
}

void wick_watch_finish(wick_watch *watch)
{
    if (watch->visible) fputs("\r\033[K", stderr);
    watch->visible = false;
}

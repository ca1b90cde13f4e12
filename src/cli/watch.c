/* See watch.h. */
#include "cli/watch.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

static const double seconds_before_first_line = 1, seconds_between_lines = 0.2;

/* The one thing a signal handler may write. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

bool wick_watch_interrupted(void) { return interrupted != 0; }

void wick_watch_start(wick_watch *watch, bool keeps_states, bool quiet)
{
    *watch = (wick_watch){
        .trajectory = {.keeps_states = keeps_states}, .shows = !quiet && isatty(STDERR_FILENO), .start = wick_seconds()};
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int wick_watch_observe(void *user, const wick_point *point)
{
    wick_watch *watch = user;
    watch->output_count = point->count;
    if (watch->hdf5) watch->hdf5_status = wick_hdf5_append(watch->context, watch->hdf5, point);
    if (watch->hdf5_status != WICK_OK) return 1;
    if (!wick_trajectory_append(&watch->trajectory, point) ||
        (watch->histogram && !wick_histogram_add(watch->histogram, point)))
        watch->out_of_memory = true;
    return watch->out_of_memory || wick_watch_interrupted();
}

/* On a logarithmic time axis most of the work may lie in the last tenth of the time, or not: so both are shown, the time and
 * the outputs. */
static void draw(wick_watch *watch, double time, double end, double now)
{
    const size_t done = watch->trajectory.count, all = watch->output_count;
    fprintf(stderr, "\r\033[Kwick: t = %.4g of %.4g", time, end);
    if (all > 0) fprintf(stderr, ", %zu of %zu outputs (%zu%%)", done, all, 100 * done / all);
    fprintf(stderr, ", %.0f s", now - watch->start);
    fflush(stderr);
    watch->visible = true;
    watch->drawn = now;
}

int wick_watch_progress(void *user, double time, double end)
{
    wick_watch *watch = user;
    if (watch->shows) {
        const double now = wick_seconds();
        if (now - watch->start > seconds_before_first_line && now - watch->drawn > seconds_between_lines)
            draw(watch, time, end, now);
    }
    return wick_watch_interrupted();
}

void wick_watch_finish(wick_watch *watch)
{
    if (watch->visible) fputs("\r\033[K", stderr);
    watch->visible = false;
}

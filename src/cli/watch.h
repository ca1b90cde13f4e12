/* What happens while an integration runs: rows are kept or handed on, a line on the terminal tells how far it is, and
 * signals are heeded. The results (stop.h) are held during each call.
 */
#ifndef WICK_CLI_WATCH_H
#define WICK_CLI_WATCH_H

#include <stdbool.h>

#include "cli/stop.h"
#include "output/hdf5.h"
#include "output/histogram.h"
#include "output/trajectory.h"

typedef struct {
    wick_trajectory trajectory;
    wick_hdf5 *hdf5;           /* takes rows, too; NULL if there is none */
    wick_histogram *histogram; /* the same */
    wick_context *context;     /* gets the text if hdf5_status is an error */
    wick_stop *stop;
    const wick_system *system; /* whose accuracy is noted with each row; NULL: none */
    wick_accuracy accuracy;
    const char *clock;   /* the symbol of time */
    double time;         /* reached, as far as is known */
    size_t calls;        /* of wick_watch_progress() */
    size_t output_count; /* how many rows there should be; known from the first on */
    bool out_of_memory;
    wick_status hdf5_status;
    bool shows;    /* the user did not ask for quiet */
    bool terminal; /* stderr is one: there is one line, drawn anew; elsewhere lines follow each other, seldom */
    bool visible;  /* a line stands there now */
    double start, next;
} wick_watch;

void wick_watch_start(wick_watch *watch, wick_stop *stop, const char *clock, bool keeps_states, bool quiet);

/* wick_observer and wick_progress; user is the wick_watch. */
int wick_watch_observe(void *user, const wick_point *point);
int wick_watch_progress(void *user, double time, double end);

/* Is it time to tell how far it is? If so, and "wick: " is then printed, the caller prints the rest, and ends the line. */
bool wick_watch_begin_line(wick_watch *watch);
void wick_watch_end_line(wick_watch *watch);

/* To be called with the results held, where time goes on: after some steps nothing more is said of slow drifts. */
void wick_watch_step(wick_watch *watch, double time);

/* Takes the line away. */
void wick_watch_finish(wick_watch *watch);

#endif

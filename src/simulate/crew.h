/* Independent runs, walked by several threads from one output time to the next.
 *
 * Every run has its own stream of random numbers and its own memory, so which thread walks it, and how many there are,
 * changes nothing. The caller's thread waits, reports progress, and can stop them.
 */
#ifndef WICK_SIMULATE_CREW_H
#define WICK_SIMULATE_CREW_H

#include "simulate/process.h"

typedef struct wick_crew wick_crew;

/* Runs number 0 .. runs - 1 of a seed; threads >= 1. Release with wick_crew_free(). */
wick_status wick_crew_alloc(wick_context *context, const wick_process *process, unsigned long seed, size_t runs,
                            size_t threads, wick_crew **crew);
void wick_crew_free(wick_crew *crew);

/* A number of steps from the start, and their time. */
typedef struct {
    double steps, time;
} wick_stretch;

/* Walks every run, from where all are, on to a number of steps from the start, and writes the state of run r to
 * states + r * dimension. WICK_STOPPED if progress (may be NULL; it is given the time of the mean steps) asked for it,
 * WICK_ERROR_DIVERGED if a state stopped being finite; the runs are then of no more use. */
wick_status wick_crew_walk(wick_context *context, wick_crew *crew, wick_stretch from, wick_stretch to, size_t dimension,
                           double *states, wick_progress progress, void *user, double end);

/* Steps taken by all runs together. */
double wick_crew_steps(const wick_crew *crew);

#endif

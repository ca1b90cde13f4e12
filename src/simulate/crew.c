/* See crew.h. */
#include "simulate/crew.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/locale.h"
#include "base/memory.h"

/* Steps between two looks at whether to stop, as many as take about a hundred microseconds for small networks. */
enum { STEPS_BETWEEN_LOOKS = 256 };

static const long nanoseconds_between_reports = 50 * 1000 * 1000;

struct wick_crew {
    const wick_process *process;
    size_t runs, threads; /* threads that were started */
    wick_chain **chains;
    double *diverged; /* for each run the step at which it did, or a negative number */
    pthread_t *workers;

    pthread_mutex_t mutex; /* protects what follows */
    pthread_cond_t work, rest;
    size_t next, busy; /* the next run to be walked, and how many have not ended */
    bool quit;
    double target; /* steps */
    size_t dimension;
    double *states;

    atomic_bool stop;
    atomic_ullong steps; /* of all runs together */
};

/* ---- Workers ------------------------------------------------------------------------------------------------------- */

static bool is_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (!isfinite(values[i])) return false;
    return true;
}

/* One run, up to the target. */
static void walk(wick_crew *crew, size_t run, double target, size_t dimension, double *state)
{
    wick_chain *chain = crew->chains[run];
    for (double left; (left = target - wick_chain_steps(chain)) > 0 && !atomic_load(&crew->stop);) {
        const size_t steps = left < STEPS_BETWEEN_LOOKS ? (size_t)left : STEPS_BETWEEN_LOOKS;
        const bool finite = wick_chain_walk(chain, steps);
        atomic_fetch_add(&crew->steps, steps);
        if (!finite) {
            crew->diverged[run] = wick_chain_steps(chain);
            return;
        }
    }
    wick_chain_state(chain, state);
    if (!is_finite(state, dimension)) crew->diverged[run] = wick_chain_steps(chain);
}

static void *work(void *argument)
{
    wick_crew *crew = argument;
    pthread_mutex_lock(&crew->mutex);
    while (!crew->quit) {
        if (crew->next == crew->runs) {
            pthread_cond_wait(&crew->work, &crew->mutex);
            continue;
        }
        const size_t run = crew->next++, dimension = crew->dimension;
        double *state = crew->states + run * dimension;
        const double target = crew->target;
        pthread_mutex_unlock(&crew->mutex);
        walk(crew, run, target, dimension, state);
        pthread_mutex_lock(&crew->mutex);
        if (--crew->busy == 0) pthread_cond_signal(&crew->rest);
    }
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

/* ---- The caller's side --------------------------------------------------------------------------------------------- */

static wick_status start_locks(wick_context *context, wick_crew *crew)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    const int error = pthread_mutex_init(&crew->mutex, NULL) || pthread_cond_init(&crew->work, NULL) ||
                      pthread_cond_init(&crew->rest, &clock);
    pthread_condattr_destroy(&clock);
    return error ? wick_fail_memory(context, "preparing threads") : WICK_OK;
}

static wick_status start_chains(wick_context *context, wick_crew *crew, unsigned long seed)
{
    for (size_t run = 0; run < crew->runs; ++run) {
        crew->diverged[run] = -1;
        crew->chains[run] = wick_chain_alloc(crew->process, wick_chain_seed(seed, run));
        if (!crew->chains[run]) return wick_fail_memory(context, "making room for the weights of every run");
    }
    return WICK_OK;
}

/* Fewer threads than wanted are enough, as long as there is one. */
static wick_status start_workers(wick_context *context, wick_crew *crew, size_t threads)
{
    int error = 0;
    while (crew->threads < threads && !error) {
        error = pthread_create(&crew->workers[crew->threads], NULL, work, crew);
        if (!error) ++crew->threads;
    }
    if (crew->threads > 0) return WICK_OK;
    return wick_fail(context, WICK_ERROR_MEMORY, "no thread could be started: %s", wick_error_text(error));
}

wick_status wick_crew_alloc(wick_context *context, const wick_process *process, unsigned long seed, size_t runs,
                            size_t threads, wick_crew **crew)
{
    wick_crew *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "preparing runs");
    wick_status status = start_locks(context, made);
    if (status != WICK_OK) {
        free(made);
        return status;
    }
    if (threads > runs) threads = runs;
    made->process = process;
    made->next = made->runs = runs;
    made->chains = wick_allocate(runs, 1, sizeof(wick_chain *));
    made->diverged = wick_allocate(runs, 1, sizeof *made->diverged);
    made->workers = wick_allocate(threads, 1, sizeof *made->workers);
    if (!made->chains || !made->diverged || !made->workers) status = wick_fail_memory(context, "preparing runs");
    if (status == WICK_OK) status = start_chains(context, made, seed);
    if (status == WICK_OK) status = start_workers(context, made, threads);
    if (status == WICK_OK)
        *crew = made;
    else
        wick_crew_free(made);
    return status;
}

void wick_crew_free(wick_crew *crew)
{
    if (!crew) return;
    pthread_mutex_lock(&crew->mutex);
    crew->quit = true;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->mutex);
    for (size_t i = 0; i < crew->threads; ++i) pthread_join(crew->workers[i], NULL);
    for (size_t run = 0; run < crew->runs && crew->chains; ++run) wick_chain_free(crew->chains[run]);
    pthread_cond_destroy(&crew->rest);
    pthread_cond_destroy(&crew->work);
    pthread_mutex_destroy(&crew->mutex);
    free(crew->chains);
    free(crew->diverged);
    free(crew->workers);
    free(crew);
}

double wick_crew_steps(const wick_crew *crew) { return (double)atomic_load(&crew->steps); }

static double time_of(double steps, wick_stretch from, wick_stretch to)
{
    return to.steps > from.steps ? from.time + (to.time - from.time) * (steps - from.steps) / (to.steps - from.steps)
                                 : to.time;
}

/* Waits until all runs have ended, reporting meanwhile; the mutex is held except while waiting and reporting. */
static void wait_for_all(wick_crew *crew, wick_stretch from, wick_stretch to, wick_progress progress, void *user, double end)
{
    while (crew->busy > 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += nanoseconds_between_reports;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&crew->rest, &crew->mutex, &until) != ETIMEDOUT || !progress) continue;
        pthread_mutex_unlock(&crew->mutex);
        const double time = time_of(wick_crew_steps(crew) / (double)crew->runs, from, to);
        if (progress(user, time < end ? time : end, end)) atomic_store(&crew->stop, true);
        pthread_mutex_lock(&crew->mutex);
    }
}

wick_status wick_crew_walk(wick_context *context, wick_crew *crew, wick_stretch from, wick_stretch to, size_t dimension,
                           double *states, wick_progress progress, void *user, double end)
{
    pthread_mutex_lock(&crew->mutex);
    crew->target = to.steps;
    crew->dimension = dimension;
    crew->states = states;
    crew->next = 0;
    crew->busy = crew->runs;
    pthread_cond_broadcast(&crew->work);
    wait_for_all(crew, from, to, progress, user, end);
    pthread_mutex_unlock(&crew->mutex);
    for (size_t run = 0; run < crew->runs; ++run)
        if (crew->diverged[run] >= 0)
            return wick_fail(context, WICK_ERROR_DIVERGED, "run %zu diverged at %s = %.10g, after %.0f samples", run + 1,
                             wick_layout_clock(&crew->process->layout), time_of(crew->diverged[run], from, to),
                             crew->diverged[run]);
    return atomic_load(&crew->stop) ? WICK_STOPPED : WICK_OK;
}

/* See stop.h. */
#include "cli/stop.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/locale.h"
#include "cli/cli.h"

/* In seconds: how long a signal waits for the job to end by itself; how long stdout may be stuck after one; from when on one
 * more ends even writing; how long pictures may take after one; and how long something is done before it is told. */
static const double patience = 0.3, stuck_patience = 0.5, writing_patience = 3, picture_patience = 5, silence = 2;

static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};

enum { ASKING = sizeof asking / sizeof *asking };

/* How many bytes there are of a thread's stack at least. */
enum { STACK = 8 << 20 };

/* A job in its thread. */
typedef struct {
    wick_job run;
    void *user;
    int code;
    pthread_t main_thread, thread;
    atomic_bool ended;
} task;

struct wick_stop {
    atomic_bool asked, expendable;
    pthread_mutex_t results; /* held while they change */
    wick_job keep;
    void *keep_user;

    pthread_mutex_t telling; /* for the four below */
    char doing[256];
    double since;
    bool said, quiet;

    task job, keeper; /* here, because they outlive the wait for them */
};

/* What the main thread knows. */
typedef struct {
    int signals;
    double first;       /* when the first came */
    double stuck_since; /* 0: stdout takes more */
} patience_so_far;

/* ---- For the job --------------------------------------------------------------------------------------------------- */

wick_stop *wick_stop_alloc(void)
{
    wick_stop *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    pthread_mutex_init(&made->results, NULL);
    pthread_mutex_init(&made->telling, NULL);
    return made;
}

void wick_stop_free(wick_stop *stop) { free(stop); }

bool wick_stop_asked(const wick_stop *stop) { return stop && atomic_load(&stop->asked); }

void wick_stop_hold(wick_stop *stop)
{
    if (stop) pthread_mutex_lock(&stop->results);
}

void wick_stop_release(wick_stop *stop)
{
    if (stop) pthread_mutex_unlock(&stop->results);
}

void wick_stop_set_keep(wick_stop *stop, wick_job keep, void *user)
{
    if (!stop) return;
    wick_stop_hold(stop);
    stop->keep = keep;
    stop->keep_user = user;
    wick_stop_release(stop);
}

void wick_stop_set_expendable(wick_stop *stop)
{
    if (stop) atomic_store(&stop->expendable, true);
}

void wick_stop_doing(wick_stop *stop, const char *format, ...)
{
    if (!stop) return;
    va_list arguments;
    va_start(arguments, format);
    pthread_mutex_lock(&stop->telling);
    stop->doing[0] = '\0';
    if (format) wick_vsnprintf(stop->doing, sizeof stop->doing, format, arguments);
    stop->since = wick_seconds();
    stop->said = false;
    pthread_mutex_unlock(&stop->telling);
    va_end(arguments);
}

void wick_stop_set_quiet(wick_stop *stop)
{
    if (!stop) return;
    pthread_mutex_lock(&stop->telling);
    stop->quiet = true;
    pthread_mutex_unlock(&stop->telling);
}

/* ---- Threads ------------------------------------------------------------------------------------------------------- */

static void *start_task(void *user)
{
    task *of = user;
    of->code = of->run(of->user);
    atomic_store(&of->ended, true);
    pthread_kill(of->main_thread, SIGRTMIN); /* wakes it */
    return NULL;
}

static bool launch(task *of)
{
    pthread_attr_t attributes;
    size_t stack = 0;
    of->main_thread = pthread_self();
    atomic_init(&of->ended, false);
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_getstacksize(&attributes, &stack);
    if (stack < STACK) pthread_attr_setstacksize(&attributes, STACK);
    const bool launched = pthread_create(&of->thread, &attributes, start_task, of) == 0;
    pthread_attr_destroy(&attributes);
    return launched;
}

/* ---- Waiting ------------------------------------------------------------------------------------------------------- */

static void do_nothing(int signal_number) { (void)signal_number; }

/* Blocks the signals, so that they can be waited for. One that is ignored stays so (nohup), but SIGINT and SIGTERM, which
 * shells have their background jobs ignore. */
static void block_signals(sigset_t *waited, sigset_t *before)
{
    sigemptyset(waited);
    sigaddset(waited, SIGRTMIN);
    struct sigaction action = {.sa_handler = do_nothing}, old;
    sigemptyset(&action.sa_mask);
    sigaction(SIGRTMIN, &action, NULL);
    for (size_t i = 0; i < ASKING; ++i) {
        const bool always = asking[i] == SIGINT || asking[i] == SIGTERM;
        if (!always && sigaction(asking[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        sigaction(asking[i], &action, NULL);
        sigaddset(waited, asking[i]);
    }
    pthread_sigmask(SIG_BLOCK, waited, before);
}

static void wait_for_signal(const sigset_t *waited, patience_so_far *so_far)
{
    const struct timespec interval = {.tv_nsec = so_far->signals ? 20000000 : 200000000};
    const int signal_number = sigtimedwait(waited, NULL, &interval);
    if (signal_number <= 0 || signal_number == SIGRTMIN) return;
    if (so_far->signals++ == 0) so_far->first = wick_seconds();
}

static void tell(wick_stop *stop)
{
    pthread_mutex_lock(&stop->telling);
    if (stop->doing[0] && !stop->said && !stop->quiet && wick_seconds() - stop->since > silence) {
        wick_say("still %s", stop->doing);
        stop->said = true;
    }
    pthread_mutex_unlock(&stop->telling);
}

/* A pipe that nobody reads takes no more. */
static bool is_stuck(patience_so_far *so_far)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&output, 1, 0) != 0) {
        so_far->stuck_since = 0;
        return false;
    }
    const double now = wick_seconds();
    if (so_far->stuck_since == 0) so_far->stuck_since = now;
    return now - so_far->stuck_since > stuck_patience;
}

/* Whether to leave even what is being written. */
static bool is_out_of_patience(const wick_stop *stop, patience_so_far *so_far, int signals_before)
{
    const double waited = wick_seconds() - so_far->first;
    if (atomic_load(&stop->expendable) && (so_far->signals > 1 || waited > picture_patience)) return true;
    return is_stuck(so_far) || (so_far->signals > signals_before && waited > writing_patience);
}

static bool is_time_to_abandon(const patience_so_far *so_far)
{
    return so_far->signals > 1 || (so_far->signals == 1 && wick_seconds() - so_far->first > patience);
}

static void say_nothing_kept(wick_stop *stop)
{
    pthread_mutex_lock(&stop->telling);
    wick_say("interrupted%s%s; nothing was written", stop->doing[0] ? " while " : "", stop->doing);
    pthread_mutex_unlock(&stop->telling);
}

/* ---- Running ------------------------------------------------------------------------------------------------------- */

/* Waits for the job and, if that was abandoned, for what keeps its results. */
static int watch_over(wick_stop *stop, const sigset_t *waited, bool *abandoned)
{
    patience_so_far so_far = {0};
    task *current = &stop->job;
    while (!atomic_load(&current->ended)) {
        const int signals = so_far.signals;
        wait_for_signal(waited, &so_far);
        if (so_far.signals == 0) {
            tell(stop);
            continue;
        }
        atomic_store(&stop->asked, true);
        if (current == &stop->job && is_time_to_abandon(&so_far) && pthread_mutex_trylock(&stop->results) == 0) {
            *abandoned = true;
            if (!stop->keep) {
                say_nothing_kept(stop);
                return WICK_EXIT_FAILED;
            }
            stop->keeper = (task){.run = stop->keep, .user = stop->keep_user};
            if (!launch(&stop->keeper)) return stop->keep(stop->keep_user);
            current = &stop->keeper;
        } else if (is_out_of_patience(stop, &so_far, signals)) {
            *abandoned = true;
            wick_say("interrupted while writing");
            return WICK_EXIT_FAILED;
        }
    }
    pthread_join(current->thread, NULL);
    return current->code;
}

int wick_stop_run(wick_stop *stop, wick_job run, void *user, bool *abandoned)
{
    sigset_t waited, before;
    stop->job = (task){.run = run, .user = user};
    *abandoned = false;
    block_signals(&waited, &before);
    if (launch(&stop->job)) return watch_over(stop, &waited, abandoned);
    /* Without a thread to spare, signals end the process as they do any. */
    for (size_t i = 0; i < ASKING; ++i)
        if (sigismember(&waited, asking[i])) signal(asking[i], SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return run(user);
}

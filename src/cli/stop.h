/* How the command heeds the signals that ask it to end: SIGINT (Ctrl-C), SIGTERM, SIGHUP and SIGXCPU.
 *
 * The work is done in a thread of its own while the main thread waits for signals. A signal asks the work to stop; work that
 * looks, between drifts, ends by itself and keeps what it has. Work that does not look soon, because one drift takes
 * minutes, is abandoned: another thread writes what there is while the work goes on, and then the process ends.
 *
 * So that the two do not meet, the work holds the results whenever it changes or writes them. While they are held nothing
 * is abandoned, however many signals come; only writing that is stuck, or signals that go on for seconds, ends that.
 */
#ifndef WICK_CLI_STOP_H
#define WICK_CLI_STOP_H

#include <stdbool.h>

typedef struct wick_stop wick_stop;

/* Both return the exit code. */
typedef int (*wick_job)(void *user);

/* NULL if memory is exhausted. */
wick_stop *wick_stop_alloc(void);
void wick_stop_free(wick_stop *stop);

/* Does the job, and returns its exit code. What was abandoned goes on in its thread: *abandoned then tells that the process
 * has to end without touching anything that belongs to the job, not even stdout. */
int wick_stop_run(wick_stop *stop, wick_job job, void *user, bool *abandoned);

/* ---- For the job. A NULL stop is allowed: nothing stops, nothing is said. ---- */

/* Has a signal come? */
bool wick_stop_asked(const wick_stop *stop);

/* Around every change of the results. Who writes them for good takes hold and never releases. */
void wick_stop_hold(wick_stop *stop);
void wick_stop_release(wick_stop *stop);

/* What writes the results of an abandoned job, held, in a thread of its own; NULL: there is nothing to keep. */
void wick_stop_set_keep(wick_stop *stop, wick_job keep, void *user);

/* From here on nothing is written but pictures, which a second signal may end. */
void wick_stop_set_expendable(wick_stop *stop);

/* What the job does from here on, said on stderr once it takes long, "wick: still computing the
 * first drifts". NULL: nothing
 * worth a word. The text is copied. */
__attribute__((format(printf, 2, 3))) void wick_stop_doing(wick_stop *stop, const char *format, ...);

/* Never say it. */
void wick_stop_set_quiet(wick_stop *stop);

#endif

/* GSL's errors. Its handler belongs to the process and aborts by default; ours lets GSL return its status, with one
 * exception:
 *
 * some calls do not look whether GSL's own allocations succeeded (gsl_linalg_LU_decomp(), which the implicit steppers use;
 * the ends of steppers that were half made). The handler is called first, and where such a call is guarded it leaves.
 */
#ifndef WICK_BASE_GSL_H
#define WICK_BASE_GSL_H

#include <stdbool.h>

/* Sets the handler, once for the process. */
void wick_gsl_set_handler(void);

/* Does work(data). False if GSL ran out of memory in it: the work was left there, with what GSL held then. Not more than one
 * deep. */
bool wick_gsl_guard(void (*work)(void *data), void *data);

/* Where guarded work calls back: until wick_gsl_resume() nothing is left. */
typedef struct {
    void *place;
} wick_gsl_pause;

wick_gsl_pause wick_gsl_suspend(void);
void wick_gsl_resume(wick_gsl_pause pause);

#endif

/* See gsl.h. */
#include "base/gsl.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

static _Thread_local jmp_buf *way_out; /* NULL: nothing is guarded */

static void handle(const char *reason, const char *file, int line, int error)
{
    (void)reason, (void)file, (void)line;
    if (way_out && error == GSL_ENOMEM) longjmp(*way_out, 1);
}

static void set_handler(void) { gsl_set_error_handler(handle); }

void wick_gsl_set_handler(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_handler);
}

bool wick_gsl_guard(void (*work)(void *data), void *data)
{
    jmp_buf place;
    if (setjmp(place) != 0) {
        way_out = NULL;
        return false;
    }
    way_out = &place;
    work(data);
    way_out = NULL;
    return true;
}

wick_gsl_pause wick_gsl_suspend(void)
{
    const wick_gsl_pause pause = {way_out};
    way_out = NULL;
    return pause;
}

void wick_gsl_resume(wick_gsl_pause pause) { way_out = pause.place; }

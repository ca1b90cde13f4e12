/* See hdf5_memory.h. */
#include "output/hdf5_memory.h"

#include <hdf5.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

static _Thread_local jmp_buf *way_out; /* NULL outside of HDF5 */

/* HDF5 prints nothing meanwhile, and keeps no complaints, which it could not tidy up at exit. */
static void run_silently(void (*work)(void *data), void *data)
{
    H5E_auto2_t print;
    void *print_data;
    const bool known = H5Eget_auto2(H5E_DEFAULT, &print, &print_data) >= 0;
    if (known) H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    work(data);
    H5Eclear2(H5E_DEFAULT);
    if (known) H5Eset_auto2(H5E_DEFAULT, print, print_data);
}

/* For one thread at a time. */
static bool guard(void (*work)(void *data), void *data)
{
    static bool begun, broken;
    jmp_buf place;
    if (broken) return false;
    if (setjmp(place) != 0) {
        way_out = NULL;
        broken = true;
        return false;
    }
    way_out = &place;
    if (!begun) H5dont_atexit(); /* it would tidy up what was left half way, as it leaves a damaged file itself */
    begun = true;
    run_silently(work, data);
    way_out = NULL;
    return true;
}

bool wick_hdf5_guard(void (*work)(void *data), void *data)
{
    static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&library);
    const bool done = guard(work, data);
    pthread_mutex_unlock(&library);
    return done;
}

/* ---- In the place of the C library's, for all that is linked statically --------------------------------------------------
 */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);

static void *leave_without(void *made)
{
    if (!made && way_out) longjmp(*way_out, 1);
    return made;
}

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) { return leave_without(__real_malloc(size > 0 ? size : 1)); }

void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) { return leave_without(__real_calloc(count, size)); }

/* realloc() to nothing gives NULL. */
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
    void *made = __real_realloc(old, size);
    return size > 0 ? leave_without(made) : made;
}

char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text) { return leave_without(__real_strdup(text)); }

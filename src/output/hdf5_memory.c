/* See hdf5_memory.h. */
#include "output/hdf5_memory.h"

#include <hdf5.h>
#include <setjmp.h>
#include <stddef.h>

static _Thread_local jmp_buf *way_out; /* NULL outside of HDF5 */

bool wick_hdf5_guard(void (*work)(void *data), void *data)
{
    static bool begun, broken; /* one thread at a time */
    jmp_buf place;
    if (broken) return false;
    if (setjmp(place) != 0) {
        way_out = NULL;
        broken = true;
        return false;
    }
    way_out = &place;
    if (!begun) H5dont_atexit(); /* it would tidy up what was left half way */
    begun = true;
    work(data);
    way_out = NULL;
    return true;
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

/* See json.h. */
#include "base/json.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>

static int append(const char *bytes, size_t length, void *text)
{
    wick_text_append_bytes(text, bytes, length);
    return 0;
}

void wick_json_print(wick_text *text, const json_t *value, size_t flags)
{
    if (!value || json_dump_callback(value, append, text, flags) != 0) text->failed = true;
}

json_t *wick_json_string(const char *text, bool *valid)
{
    errno = 0; /* jansson fails for one reason more, and does not say for which */
    json_t *value = json_string(text);
    *valid = value || errno == ENOMEM;
    return value;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------- */

static json_malloc_t usual; /* what was set before; never changes once it is set */
static _Thread_local jmp_buf *way_out;

static void *allocate(size_t size)
{
    void *made = usual(size);
    if (!made && way_out) longjmp(*way_out, 1);
    return made;
}

static void set_allocator(void)
{
    json_free_t release;
    json_get_alloc_funcs(&usual, &release);
    json_set_alloc_funcs(allocate, release);
}

/* A host may unload this library and keep jansson. */
__attribute__((destructor)) static void reset_allocator(void)
{
    json_malloc_t current;
    json_free_t release;
    json_get_alloc_funcs(&current, &release);
    if (current == allocate) json_set_alloc_funcs(usual, release);
}

json_t *wick_json_read(const char *text, size_t length, size_t flags, json_error_t *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_allocator);
    jmp_buf place;
    if (setjmp(place) != 0) {
        way_out = NULL;
        error->text[0] = '\0';
        return NULL;
    }
    way_out = &place;
    json_t *value = json_loadb(text, length, flags, error);
    way_out = NULL;
    return value;
}

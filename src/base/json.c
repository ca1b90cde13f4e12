/* See json.h. */
#include "base/json.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>

#include "base/locale.h"
#include "base/number.h"

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
    const wick_c_locale locale = wick_c_locale_enter();
    jmp_buf place;
    if (setjmp(place) != 0) {
        way_out = NULL;
        wick_c_locale_leave(locale);
        if (error) error->text[0] = '\0';
        return NULL;
    }
    way_out = &place;
    json_t *value = json_loadb(text, length, flags, error);
    way_out = NULL;
    wick_c_locale_leave(locale);
    return value;
}

/* ---- Printing ------------------------------------------------------------------------------------------------------ */

typedef struct {
    wick_text *text;
    size_t indent; /* 0: all on one line */
    bool compact;
} printer;

static void print(const printer *to, const json_t *value, size_t depth);

/* Before a member or the end of a list: its own line, or nothing but a blank after a comma. */
static void begin_line(const printer *to, size_t depth, const char *otherwise)
{
    if (to->indent == 0) {
        wick_text_append(to->text, otherwise);
        return;
    }
    wick_text_append(to->text, "\n");
    for (size_t i = 0; i < depth * to->indent; ++i) wick_text_append(to->text, " ");
}

static int append(const char *bytes, size_t length, void *text)
{
    wick_text_append_bytes(text, bytes, length);
    return 0;
}

/* A string, an integer, or a name of JSON's own. */
static void print_plain(const printer *to, const json_t *value)
{
    if (!value || json_dump_callback(value, append, to->text, JSON_ENCODE_ANY) != 0) to->text->failed = true;
}

static void print_real(const printer *to, double value)
{
    char number[WICK_NUMBER_SIZE];
    wick_text_append_bytes(to->text, number, wick_number_print(number, value));
}

static void print_array(const printer *to, const json_t *array, size_t depth)
{
    const size_t count = json_array_size(array);
    wick_text_append(to->text, "[");
    for (size_t i = 0; i < count; ++i) {
        if (i > 0) wick_text_append(to->text, ",");
        begin_line(to, depth + 1, i > 0 && !to->compact ? " " : "");
        print(to, json_array_get(array, i), depth + 1);
    }
    if (count > 0) begin_line(to, depth, "");
    wick_text_append(to->text, "]");
}

static void print_object(const printer *to, json_t *object, size_t depth)
{
    const char *key;
    json_t *value;
    bool first = true;
    wick_text_append(to->text, "{");
    json_object_foreach(object, key, value)
    {
        if (!first) wick_text_append(to->text, ",");
        begin_line(to, depth + 1, !first && !to->compact ? " " : "");
        json_t *name = json_string(key);
        print_plain(to, name);
        json_decref(name);
        wick_text_append(to->text, to->compact ? ":" : ": ");
        print(to, value, depth + 1);
        first = false;
    }
    if (!first) begin_line(to, depth, "");
    wick_text_append(to->text, "}");
}

static void print(const printer *to, const json_t *value, size_t depth)
{
    if (json_is_object(value))
        print_object(to, (json_t *)value, depth);
    else if (json_is_array(value))
        print_array(to, value, depth);
    else if (json_is_real(value))
        print_real(to, json_real_value(value));
    else
        print_plain(to, value);
}

void wick_json_print(wick_text *text, const json_t *value, size_t flags)
{
    const printer to = {text, flags & JSON_MAX_INDENT, (flags & JSON_COMPACT) != 0};
    print(&to, value, 0);
}

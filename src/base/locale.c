/* See locale.h. */
#include "base/locale.h"

#include <string.h>

/* glibc has the C locale at hand and neither makes nor frees anything here. Where it has to be made and cannot be, the
 * thread's own locale stays. */
wick_c_locale wick_c_locale_enter(void)
{
    wick_c_locale locale = {.entered = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    if (locale.entered) locale.before = uselocale(locale.entered);
    return locale;
}

void wick_c_locale_leave(wick_c_locale locale)
{
    if (!locale.entered) return;
    uselocale(locale.before);
    freelocale(locale.entered);
}

int wick_vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    const wick_c_locale locale = wick_c_locale_enter();
    const int length = vsnprintf(text, size, format, arguments);
    wick_c_locale_leave(locale);
    return length;
}

int wick_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = wick_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int wick_vfprintf(FILE *stream, const char *format, va_list arguments)
{
    const wick_c_locale locale = wick_c_locale_enter();
    const int length = vfprintf(stream, format, arguments);
    wick_c_locale_leave(locale);
    return length;
}

int wick_fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = wick_vfprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

const char *wick_error_text(int error)
{
    const wick_c_locale locale = wick_c_locale_enter();
    const char *text = strerror(error);
    wick_c_locale_leave(locale);
    return text;
}

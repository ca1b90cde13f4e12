/* Text as in the C locale, whatever locale the program that runs this has set: for texts with numbers of fewer digits than
 * base/number.h prints, for other libraries that print or read numbers, and for errors of the system. */
#ifndef WICK_BASE_LOCALE_H
#define WICK_BASE_LOCALE_H

#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
    locale_t before, entered;
} wick_c_locale;

/* From one to the other this thread, and no other, is in the C locale. */
wick_c_locale wick_c_locale_enter(void);
void wick_c_locale_leave(wick_c_locale locale);

/* snprintf, vsnprintf, fprintf and vfprintf of the C locale. */
__attribute__((format(printf, 3, 4))) int wick_snprintf(char *text, size_t size, const char *format, ...);
__attribute__((format(printf, 3, 0))) int wick_vsnprintf(char *text, size_t size, const char *format, va_list arguments);
__attribute__((format(printf, 2, 3))) int wick_fprintf(FILE *stream, const char *format, ...);
__attribute__((format(printf, 2, 0))) int wick_vfprintf(FILE *stream, const char *format, va_list arguments);

/* strerror of the C locale. */
const char *wick_error_text(int error);

#endif

/* What the fuzz targets share. A target is a program fuzz_*.c with the function below: linked with libFuzzer, which invents
 * inputs, or with main.c, which runs those of files. It aborts where a promise is broken; sanitizers see the rest.
 */
#ifndef WICK_TESTS_FUZZ_H
#define WICK_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wick/wick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* First in that function: aborts if the input takes ten seconds of the processor's time. (libFuzzer's own limit is one of
 * the clock on the wall, which goes on while others compute.) */
void fuzz_limit_time(void);

/* Aborts with the text if `holds` is false. */
__attribute__((format(printf, 2, 3))) void fuzz_expect(bool holds, const char *format, ...);

/* A copy with a NUL at its end; release with free(). */
char *fuzz_text(const uint8_t *data, size_t size);

/* Cuts a line off the front of *text: NULL at its end. */
char *fuzz_line(char **text);

/* Writes the bytes into a file that only this process uses, and that is gone when it ends; `ending` is that of its name. */
const char *fuzz_file(const uint8_t *data, size_t size, const char *ending);

/* An error must say something; and inputs this small leave memory, and code that wick generates compiles. */
void fuzz_expect_message(const wick_context *context, wick_status status);

#endif

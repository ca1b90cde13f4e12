/* See fuzz.h. */
#include "fuzz.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SECONDS = 10 };

static void out_of_time(int number)
{
    static const char text[] = "broken: ten seconds for one input\n";
    (void)number;
    const ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    abort();
}

void fuzz_limit_time(void)
{
    const struct itimerval limit = {.it_value = {.tv_sec = SECONDS}};
    signal(SIGVTALRM, out_of_time);
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

void fuzz_expect(bool holds, const char *format, ...)
{
    if (holds) return;
    va_list arguments;
    va_start(arguments, format);
    fputs("broken: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_expect(text != NULL, "no memory for the input");
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

char *fuzz_line(char **text)
{
    char *line = *text;
    if (line == NULL || *line == '\0') return NULL;
    char *end = strchr(line, '\n');
    *text = end ? end + 1 : line + strlen(line);
    if (end) *end = '\0';
    return line;
}

static char file_name[4096];

static void remove_file(void) { unlink(file_name); }

const char *fuzz_file(const uint8_t *data, size_t size, const char *ending)
{
    static bool registered = false;
    const char *folder = getenv("TMPDIR");
    if (registered) remove_file();
    snprintf(file_name, sizeof file_name, "%s/wick-fuzz-%ld%s", folder && *folder ? folder : "/tmp", (long)getpid(), ending);
    FILE *file = fopen(file_name, "wb");
    fuzz_expect(file && fwrite(data, 1, size, file) == size && fclose(file) == 0, "%s cannot be written", file_name);
    if (!registered) atexit(remove_file);
    registered = true;
    return file_name;
}

void fuzz_expect_message(const wick_context *context, wick_status status)
{
    if (status == WICK_OK) return;
    fuzz_expect(status <= WICK_STOPPED, "status %d is none", (int)status);
    const char *message = wick_context_message(context);
    fuzz_expect(*message != '\0', "%s, without a message", wick_status_text(status));
    fuzz_expect(status != WICK_ERROR_MEMORY, "an input too small for that: %s", message);
    fuzz_expect(status != WICK_ERROR_COMPILE, "%s", message);
}

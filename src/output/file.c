/* See file.h. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locale.h"
#include "base/memory.h"
#include "base/text.h"

enum { ATTEMPTS = 100 };

static bool is_standard_output(const char *path) { return !path || strcmp(path, "-") == 0; }

static wick_status fail_to_write(wick_context *context, const char *name, int error)
{
    return wick_fail(context, WICK_ERROR_FILE, "cannot write %s: %s", name, wick_error_text(error));
}

static void release(wick_output *output)
{
    free(output->name);
    free(output->target);
    free(output->temporary);
    *output = (wick_output){0};
}

/* Descriptors up to 2 belong to the standard streams, also in a host that closed them. */
static int above_standard(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}

/* A new file beside the target; an errno value, or 0. */
static int open_beside(wick_output *output, mode_t mode)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS; ++attempt) {
        wick_text name = WICK_TEXT_EMPTY;
        wick_text_printf(&name, "%s.%ld-%u.tmp", output->target, (long)getpid(), attempt);
        if (wick_text_take(NULL, &name, &output->temporary) != WICK_OK) return ENOMEM;
        const int descriptor = above_standard(open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (descriptor >= 0) {
            output->stream = fdopen(descriptor, "w");
            if (output->stream) return 0;
            const int error = errno;
            close(descriptor);
            unlink(output->temporary);
            return error;
        }
        if (errno != EEXIST) return errno;
        free(output->temporary);
        output->temporary = NULL;
    }
    return EEXIST;
}

/* An errno value, or 0. */
static int open_path(const char *path, wick_output *output)
{
    struct stat found;
    const bool exists = stat(path, &found) == 0;
    if (!exists && errno != ENOENT) return errno;
    if (exists && !S_ISREG(found.st_mode)) {
        output->stream = fopen(path, "w");
        return output->stream ? 0 : errno;
    }
    if (exists && access(path, W_OK) != 0) return errno;
    output->target = exists ? realpath(path, NULL) : wick_copy_string(path);
    return output->target ? open_beside(output, exists ? found.st_mode & 0777 : 0666) : errno;
}

wick_status wick_output_open(wick_context *context, const char *path, wick_output *output)
{
    *output = (wick_output){0};
    output->name = wick_copy_string(is_standard_output(path) ? "standard output" : path);
    if (!output->name) return wick_fail_memory(context, "opening an output file");
    if (is_standard_output(path)) {
        output->stream = stdout;
        return WICK_OK;
    }
    const int error = open_path(path, output);
    if (error == 0) return WICK_OK;
    const wick_status status = fail_to_write(context, path, error);
    release(output);
    return status;
}

/* Flushes and closes; an errno value, or 0. A full disk may show only here. */
static int finish_stream(FILE *stream)
{
    int error = 0;
    errno = 0;
    if (fflush(stream) != 0 || ferror(stream)) error = errno ? errno : EIO;
    if (stream == stdout) return error;
    if (fclose(stream) != 0 && error == 0) error = errno ? errno : EIO;
    return error;
}

wick_status wick_output_close(wick_context *context, wick_output *output)
{
    int error = finish_stream(output->stream);
    if (output->temporary) {
        if (error == 0 && rename(output->temporary, output->target) != 0) error = errno;
        if (error != 0) unlink(output->temporary);
    }
    const wick_status status = error ? fail_to_write(context, output->name, error) : WICK_OK;
    release(output);
    return status;
}

void wick_output_discard(wick_output *output)
{
    if (output->stream && output->stream != stdout) fclose(output->stream);
    if (output->temporary) unlink(output->temporary);
    release(output);
}

wick_status wick_output_check(wick_context *context, const char *path)
{
    if (is_standard_output(path)) return WICK_OK;
    struct stat found;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
        /* Opening a pipe would wait for its reader, or end its input. */
        return access(path, W_OK) == 0 ? WICK_OK : fail_to_write(context, path, errno);
    }
    wick_output output;
    WICK_TRY(wick_output_open(context, path, &output));
    wick_output_discard(&output);
    return WICK_OK;
}

wick_status wick_output_write_text(wick_context *context, const char *path, const char *text)
{
    wick_output output;
    WICK_TRY(wick_output_open(context, path, &output));
    fputs(text, output.stream);
    return wick_output_close(context, &output);
}

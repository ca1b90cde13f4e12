/* See file.h. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "output/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locale.h"
#include "base/memory.h"
#include "output/folder.h"
#include "output/temporary.h"

static bool is_standard_output(const char *path) { return !path || strcmp(path, "-") == 0; }

static bool names_folder(const char *path) { return *path && path[strlen(path) - 1] == '/'; }

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

/* A new file beside the target; an errno value, or 0. */
static int open_beside(wick_output *output, mode_t mode)
{
    int descriptor;
    const int error = wick_temporary_open(output->target, mode, &output->temporary, &descriptor);
    if (error) return error;
    output->stream = fdopen(descriptor, "w");
    if (output->stream) return 0;
    const int no_stream = errno;
    unlink(output->temporary);
    close(descriptor);
    return no_stream;
}

/* An errno value, or 0. */
static int open_path(const char *path, wick_output *output)
{
    struct stat found;
    const bool exists = stat(path, &found) == 0;
    if (!exists && errno != ENOENT) return errno;
    if (!exists && names_folder(path)) return EISDIR;
    if (!exists && lstat(path, &found) == 0) return ENOENT; /* a link to nothing, which a rename would replace */
    if (exists && !S_ISREG(found.st_mode)) {
        output->stream = fopen(path, "w");
        return output->stream ? 0 : errno;
    }
    if (exists && access(path, W_OK) != 0) return errno;
    output->target = exists ? realpath(path, NULL) : wick_copy_string(path);
    if (!output->target) return errno;
    const int error = exists ? 0 : wick_folder_make_for(path);
    return error ? error : open_beside(output, exists ? found.st_mode & 0777 : 0666);
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

/* A stream remembers that it failed, not why; one more byte, which has to be written at once, fails for the same reason. */
int wick_output_error(FILE *stream)
{
    errno = 0;
    if (fflush(stream) != 0 && errno) return errno;
    if (!ferror(stream)) return 0;
    clearerr(stream);
    errno = 0;
    if (fputc('\n', stream) == EOF || fflush(stream) != 0) return errno ? errno : EIO;
    return EIO;
}

/* An errno value, or 0. What a system cannot write to the disk by itself (EINVAL) is as safe as it gets. */
static int sync_file(FILE *stream) { return fsync(fileno(stream)) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno; }

/* The file is renamed while it is open, since its lock ends with that. */
wick_status wick_output_close(wick_context *context, wick_output *output)
{
    int error = wick_output_error(output->stream);
    if (output->temporary) {
        if (error == 0) error = sync_file(output->stream);
        if (error == 0 && rename(output->temporary, output->target) != 0) error = errno;
        if (error != 0) unlink(output->temporary);
        if (error == 0) wick_folder_sync_for(output->target);
    }
    if (output->stream != stdout && fclose(output->stream) != 0 && error == 0) error = errno ? errno : EIO;
    /* Who reads a pipe and went away has had what it wanted. */
    if (error == EPIPE && !output->temporary) error = 0;
    const wick_status status = error ? fail_to_write(context, output->name, error) : WICK_OK;
    release(output);
    return status;
}

void wick_output_discard(wick_output *output)
{
    if (output->temporary) unlink(output->temporary);
    if (output->stream && output->stream != stdout) fclose(output->stream);
    release(output);
}

void wick_output_abandon(const char *path)
{
    struct stat found;
    if (is_standard_output(path)) return;
    char *target = stat(path, &found) == 0 ? realpath(path, NULL) : NULL;
    wick_temporary_remove_own(target ? target : path);
    free(target);
}

/* Is the folder of the file there? */
static bool is_in_folder(const char *path)
{
    char *folder = wick_folder_of(path);
    const bool there = folder && access(folder, F_OK) == 0;
    free(folder);
    return there;
}

wick_status wick_output_check(wick_context *context, const char *path)
{
    if (is_standard_output(path)) return WICK_OK;
    struct stat found;
    const bool exists = stat(path, &found) == 0;
    if (exists && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
        /* Opening a pipe would wait for its reader, or end its input. */
        return access(path, W_OK) == 0 ? WICK_OK : fail_to_write(context, path, errno);
    }
    if (!exists && errno == ENOENT && !names_folder(path) && !is_in_folder(path)) {
        const int error = wick_folder_check_for(path);
        return error ? fail_to_write(context, path, error) : WICK_OK;
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

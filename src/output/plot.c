/* See plot.h. gnuplot reads the script from a nameless temporary file and writes the picture to its standard output, a pipe
 * from which we write it: no name has to be quoted, nothing half-drawn is left, a full disk is found by us, and gnuplot ends
 * when we do. */
#include "output/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/locale.h"
#include "output/plot_parts.h"

extern char **environ;

static wick_status fail_to_draw(wick_context *context, const char *path, const char *reason)
{
    return wick_fail(context, WICK_ERROR_FILE, "cannot draw %s: %s", path, reason);
}

/* Signals that we block or ignore are gnuplot's as usual. An errno value, or 0. */
static int set_signals(posix_spawnattr_t *attributes)
{
    static const int usual[] = {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM};
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; ++i) sigaddset(&defaults, usual[i]);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &defaults);
    return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Starts gnuplot; `output` is where it writes. An errno value, or 0. */
static int start_gnuplot(FILE *script, int output, FILE *messages, pid_t *child)
{
    static char program[] = "gnuplot", defaults[] = "-d", input[] = "-";
    char *const arguments[] = {program, defaults, input, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_signals(&attributes);
        if (!error) error = posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
        if (!error) error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (!error) error = posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
        if (!error) error = posix_spawnp(child, program, &actions, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Until the other end is closed; errors of `picture` are left to its closing. */
static void copy_picture(int from, FILE *picture)
{
    char block[16384];
    ssize_t count;
    while ((count = read(from, block, sizeof block)) != 0) {
        if (count > 0)
            fwrite(block, 1, (size_t)count, picture);
        else if (errno != EINTR)
            return;
    }
}

/* Two ends that a child does not get but for what it is given. */
static int open_pipe(int ends[2])
{
    if (pipe(ends) != 0) return errno;
    for (int i = 0; i < 2; ++i) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return 0;
}

/* Has gnuplot draw; an errno value, or 0 and its exit status. */
static int run_gnuplot(FILE *script, FILE *picture, FILE *messages, int *exit_status)
{
    int ends[2];
    pid_t child = 0;
    int error = open_pipe(ends);
    if (error) return error;
    error = start_gnuplot(script, ends[1], messages, &child);
    close(ends[1]);
    if (!error) copy_picture(ends[0], picture);
    close(ends[0]);
    if (error) return error;
    while (waitpid(child, exit_status, 0) < 0)
        if (errno != EINTR) return errno;
    return 0;
}

/* gnuplot shows the script line, a caret, and then says what is wrong: take the line that says it. */
static void first_complaint(FILE *messages, char *line, size_t size)
{
    char next[512];
    snprintf(line, size, "gnuplot failed and did not say why");
    rewind(messages);
    while (fgets(next, sizeof next, messages)) {
        next[strcspn(next, "\n")] = '\0';
        const char *text = next + strspn(next, " \t^");
        if (*text) snprintf(line, size, "gnuplot says: %s", text);
    }
}

static wick_status draw(wick_context *context, const char *path, FILE *script, FILE *picture)
{
    FILE *messages = tmpfile();
    if (!messages) return fail_to_draw(context, path, wick_error_text(errno));
    int exit_status = 0;
    const int error = run_gnuplot(script, picture, messages, &exit_status);
    wick_status status = WICK_OK;
    if (error == ENOENT) {
        status = fail_to_draw(context, path, "gnuplot was not found; install gnuplot-nox");
    } else if (error) {
        status = fail_to_draw(context, path, wick_error_text(error));
    } else if (exit_status != 0) {
        char complaint[600];
        first_complaint(messages, complaint, sizeof complaint);
        status = fail_to_draw(context, path, complaint);
    }
    fclose(messages);
    return status;
}

wick_status wick_plot_draw(wick_context *context, const char *path, const char *text)
{
    FILE *script = tmpfile();
    if (!script) return fail_to_draw(context, path, wick_error_text(errno));
    wick_output output;
    wick_status status = WICK_OK;
    if (fputs(text, script) < 0 || fflush(script) != 0) status = fail_to_draw(context, path, wick_error_text(errno));
    rewind(script);
    if (status == WICK_OK) status = wick_output_open(context, path, &output);
    if (status == WICK_OK) {
        status = draw(context, path, script, output.stream);
        if (status == WICK_OK)
            status = wick_output_close(context, &output);
        else
            wick_output_discard(&output);
    }
    fclose(script);
    return status;
}

wick_status wick_plot_write(wick_context *context, const char *path, const char *problem_json,
                            const wick_trajectory *trajectory, bool partial)
{
    if (trajectory->count == 0) return fail_to_draw(context, path, "the run ended before its first output time");
    char *script;
    WICK_TRY(wick_plot_script(context, path, problem_json, trajectory, partial, &script));
    const wick_status status = wick_plot_draw(context, path, script);
    free(script);
    return status;
}

/* See plot.h. gnuplot reads the script from a nameless temporary file and writes the picture to its standard output, which
 * is our temporary file beside the target: no name has to be quoted, and nothing half-drawn is left. */
#include "output/plot.h"

#include <errno.h>
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

/* Starts gnuplot and waits for its end; an errno value, or 0 and its exit status. */
static int run_gnuplot(FILE *script, FILE *picture, FILE *messages, int *exit_status)
{
    static char program[] = "gnuplot", defaults[] = "-d", input[] = "-";
    char *const arguments[] = {program, defaults, input, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, fileno(picture), STDOUT_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
    pid_t child = 0;
    if (!error) error = posix_spawnp(&child, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
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

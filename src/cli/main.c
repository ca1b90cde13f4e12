/* The command line: which subcommand, and how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/locale.h"
#include "cli/cli.h"
#include "cli/stop.h"
#include "cli/suggest.h"
#include "output/file.h"

static const wick_command *const commands[] = {&wick_command_derive,   &wick_command_eval, &wick_command_run,
                                               &wick_command_simulate, &wick_command_plot, &wick_command_emit};

const wick_command *wick_command_at(size_t index)
{
    return index < sizeof commands / sizeof *commands ? commands[index] : NULL;
}

static const wick_command *find(const char *name)
{
    for (size_t i = 0; wick_command_at(i); ++i)
        if (strcmp(wick_command_at(i)->name, name) == 0) return wick_command_at(i);
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[sizeof commands / sizeof *commands + 2];
    size_t count = 0;
    for (; wick_command_at(count); ++count) names[count] = wick_command_at(count)->name;
    names[count++] = "version";
    names[count++] = "help";
    const char *nearest = wick_suggest_command(name, names, count);
    wick_say("unknown subcommand \"%s\"%s%s%s; wick --help lists them", name, nearest ? "; did you mean " : "",
             nearest ? nearest : "", nearest ? "?" : "");
    return WICK_EXIT_USAGE;
}

/* What was printed on stdout may only now turn out not to fit. A reader that went away has had what it wanted. */
static int finish_output(int code)
{
    const int error = wick_output_error(stdout);
    if (error == 0 || error == EPIPE || code != WICK_EXIT_OK) return code;
    wick_say("cannot write standard output: %s", wick_error_text(error));
    return WICK_EXIT_FAILED;
}

static int help(const wick_command *command)
{
    if (command)
        wick_help_command(command);
    else
        wick_help_overview();
    return finish_output(WICK_EXIT_OK);
}

/* ---- Doing it ------------------------------------------------------------------------------------------------------ */

/* What the thread that works is given. */
typedef struct {
    const wick_command *command;
    wick_options *options;
    int count;
    char **arguments;
} invocation;

static int invoke(void *user)
{
    const invocation *of = user;
    wick_options *options = of->options;
    const int code = wick_options_parse(options, of->command, of->count, of->arguments);
    if (code != WICK_EXIT_OK) return code;
    if (options->quiet) wick_stop_set_quiet(options->stop);
    return options->help ? help(of->command) : finish_output(of->command->run(options));
}

/* What was abandoned still runs, so that nothing is released and nothing of stdio is touched. */
static void leave(const wick_options *options, const wick_command *command, int code)
{
    const char *const files[] = {options->output, options->plot, options->histogram, options->save_initial};
    for (size_t i = 0; i < sizeof files / sizeof *files; ++i)
        if (files[i] && !command->writes_folder) wick_output_abandon(files[i]);
    _exit(code);
}

static int run(const wick_command *command, wick_options *options, int count, char **arguments)
{
    invocation given = {command, options, count, arguments};
    bool abandoned = false;
    options->context = wick_context_alloc();
    options->stop = wick_stop_alloc();
    if (!options->context || !options->stop) {
        wick_say("out of memory");
        return WICK_EXIT_FAILED;
    }
    const wick_status status = wick_problem_alloc(options->context, &options->problem);
    const int code =
        status == WICK_OK ? wick_stop_run(options->stop, invoke, &given, &abandoned) : wick_report_error(options, status);
    if (abandoned) leave(options, command, code);
    free(options->files);
    wick_problem_free(options->problem);
    wick_stop_free(options->stop);
    wick_context_free(options->context);
    return code;
}

/* A file must not get the number of a standard stream that is closed. What is opened there instead can be used as little:
 * it does not write where stdout and stderr stood, and does not read for stdin. */
static void fill_standard_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
}

static int print_version(void)
{
    printf("wick %s\n", wick_version());
    return finish_output(WICK_EXIT_OK);
}

static bool is_any(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0) ++words;
    return *words != NULL;
}

int main(int count, char **arguments)
{
    static const char *const versions[] = {"--version", "-V", "version", NULL}, *const helps[] = {"--help", "-h", "help",
                                                                                                  NULL};
    wick_options options = {.start = wick_seconds()};
    fill_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe and a file that may not grow are write errors like any other */
    signal(SIGXFSZ, SIG_IGN);
    if (count < 2) {
        wick_say("no subcommand; wick --help lists them");
        return WICK_EXIT_USAGE;
    }
    const char *first = arguments[1];
    if (is_any(first, versions)) return print_version();
    if (is_any(first, helps)) {
        if (count == 2) return help(NULL);
        return find(arguments[2]) ? help(find(arguments[2])) : unknown_command(arguments[2]);
    }
    const wick_command *command = find(first);
    return command ? run(command, &options, count - 2, arguments + 2) : unknown_command(first);
}

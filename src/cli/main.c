/* The command line: which subcommand, and how it ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "problem/nearest.h"

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
    const char *names[sizeof commands / sizeof *commands];
    size_t count = 0;
    for (; wick_command_at(count); ++count) names[count] = wick_command_at(count)->name;
    const char *nearest = wick_nearest(name, strlen(name), names, count);
    wick_say("unknown subcommand \"%s\"%s%s%s; wick --help lists them", name, nearest ? "; did you mean " : "",
             nearest ? nearest : "", nearest ? "?" : "");
    return WICK_EXIT_USAGE;
}

/* What was printed on stdout may only now turn out not to fit. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    if (code == WICK_EXIT_OK) {
        perror("wick: cannot write standard output");
        return WICK_EXIT_FAILED;
    }
    return code;
}

static int help(const wick_command *command)
{
    if (command)
        wick_help_command(command);
    else
        wick_help_overview();
    return finish_output(WICK_EXIT_OK);
}

static int run(const wick_command *command, wick_options *options, int count, char **arguments)
{
    options->context = wick_context_alloc();
    if (!options->context) {
        wick_say("out of memory");
        return WICK_EXIT_FAILED;
    }
    const wick_status status = wick_problem_alloc(options->context, &options->problem);
    int code =
        status == WICK_OK ? wick_options_parse(options, command, count, arguments) : wick_report_error(options, status);
    if (code == WICK_EXIT_OK) code = options->help ? help(command) : finish_output(command->run(options));
    free(options->files);
    wick_problem_free(options->problem);
    wick_context_free(options->context);
    return code;
}

/* A file that is opened where stderr was closed would get its number, and what others write there. What stands in for a
 * closed one is open the wrong way round, so that using it stays the error that it was. */
static void occupy_standard_descriptors(void)
{
    for (int descriptor = 0; descriptor <= STDERR_FILENO; ++descriptor)
        if (fcntl(descriptor, F_GETFD) < 0) (void)!open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int count, char **arguments)
{
    occupy_standard_descriptors();
    wick_options options = {.start = wick_seconds()};
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
    if (count < 2) {
        wick_say("no subcommand; wick --help lists them");
        return WICK_EXIT_USAGE;
    }
    const char *first = arguments[1];
    if (strcmp(first, "--version") == 0) {
        printf("wick %s\n", wick_version());
        return finish_output(WICK_EXIT_OK);
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        if (count == 2) return help(NULL);
        return find(arguments[2]) ? help(find(arguments[2])) : unknown_command(arguments[2]);
    }
    const wick_command *command = find(first);
    return command ? run(command, &options, count - 2, arguments + 2) : unknown_command(first);
}

/* What the command says on stderr. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/locale.h"
#include "cli/cli.h"

void wick_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("wick: ", stderr);
    wick_vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int wick_report_error(const wick_options *options, wick_status status)
{
    const char *message = wick_context_message(options->context);
    /* One line; the lines after it, an expression with a caret under its fault, are for people. */
    const size_t shown = isatty(STDERR_FILENO) ? strlen(message) : strcspn(message, "\n");
    wick_say("%.*s", shown > 0 ? (int)shown : 64, shown > 0 ? message : wick_status_text(status));
    return status == WICK_ERROR_PROBLEM || status == WICK_ERROR_UNSUPPORTED ? WICK_EXIT_USAGE : WICK_EXIT_FAILED;
}

static void say_timing(const char *what, double seconds) { wick_say("%-14s %9.3f ms", what, 1e3 * seconds); }

void wick_report_timings(const wick_options *options, const wick_system *system, double initial_state, double first_drift)
{
    const double total = wick_seconds() - options->start;
    const wick_timings stages = wick_system_timings(system);
    say_timing("derive", stages.derive);
    say_timing("plan", stages.plan);
    say_timing("emit", stages.emit);
    say_timing("compile", stages.compile);
    say_timing("initial state", initial_state);
    say_timing("ready", total - first_drift);
    say_timing("first drift", first_drift);
    say_timing("total", total);
}

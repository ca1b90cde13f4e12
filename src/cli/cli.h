/* The command: `wick SUBCOMMAND [--problem FILE.json] [flags]`.
 *
 * main.c picks the subcommand, options.c turns flags into a problem and into the fields below, help.c explains, and each
 * subcommand is a file of its own with a wick_command at its end. No mathematics here: everything goes through wick.h.
 */
#ifndef WICK_CLI_CLI_H
#define WICK_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "cli/stop.h"
#include "dynamics/dynamics.h"
#include "output/table.h"
#include "wick/wick.h"

/* Exit codes. */
enum { WICK_EXIT_OK = 0, WICK_EXIT_FAILED = 1, WICK_EXIT_USAGE = 2 };

/* What the flags said. */
typedef struct {
    double start; /* wick_seconds() at the start of main() */
    wick_context *context;
    wick_stop *stop;
    wick_problem *problem; /* the file, and the flags over it */
    const char *output;    /* -o; NULL if not given */
    const char *format, *plot, *target, *template_file, *name;
    const char *engine, *samples, *seed, *sample_seed, *runs, *threads, *save_initial;
    const char *compare, *kind, *title, *labels;
    const char *histogram, *bins;
    const char **files; /* arguments that are no flags; commands with takes_files only */
    size_t file_count;
    bool document, state, no_state, quiet, timings, finite_d, help;
    bool flags_ended; /* by `--`, while arguments are read */
} wick_options;

/* A flag that belongs to the command and not to the problem. */
typedef struct {
    const char *name;    /* "plot" for --plot; "output" is also -o */
    const char *value;   /* placeholder in the help, NULL for a switch */
    const char *meaning; /* one line, with the default */
    size_t field;        /* offset in wick_options of a const char *, or of a bool for a switch */
} wick_flag;

typedef struct {
    const char *name, *summary;
    const char *explanation; /* a few sentences for the help */
    const char *examples;    /* two worked examples, indented lines */
    const char *read_on;
    const wick_flag *flags;
    size_t flag_count;
    bool takes_files;     /* it reads results in place of a problem */
    bool writes_folder;   /* -o is one */
    wick_purpose purpose; /* how much of a problem it uses, for the help */
    int (*run)(wick_options *options);
} wick_command;

extern const wick_command wick_command_derive, wick_command_eval, wick_command_run, wick_command_simulate, wick_command_plot,
    wick_command_emit;

/* The subcommands, in the order of the help; NULL after the last. */
const wick_command *wick_command_at(size_t index);

/* Reads the arguments after the subcommand. WICK_EXIT_OK, or WICK_EXIT_USAGE after having said what is wrong. If --help is
 * among them, only options->help is set. */
int wick_options_parse(wick_options *options, const wick_command *command, int count, char **arguments);

/* Reads the results in a file that was given, CSV or HDF5, of which order parameters are read only if `states` asks for
 * them; a file that cannot be read is an error of the command line. */
wick_status wick_options_read_table(const wick_options *options, const char *file, bool states, wick_table *table);

/* How the state of the system is laid out. */
wick_layout wick_options_layout(const wick_options *options, const wick_system *system);

void wick_help_overview(void);
void wick_help_command(const wick_command *command);

/* "wick: ..." and a line end, on stderr. */
__attribute__((format(printf, 1, 2))) void wick_say(const char *format, ...);

/* Says the context's message and returns the exit code that belongs to the status. */
int wick_report_error(const wick_options *options, wick_status status);

/* One line each on stderr: the stages of the compilation, the initial state, then "ready", the time from the start of main()
 * until the drift can be called (reading the problem included, loading the program not); the first drift, and the total. */
void wick_report_timings(const wick_options *options, const wick_system *system, double initial_state, double first_drift);

#endif

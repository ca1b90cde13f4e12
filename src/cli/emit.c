/* wick emit: the compiled problem as source code. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/ending.h"

static void print_names(const wick_files *files, const char *folder)
{
    const size_t length = strlen(folder);
    const char *separator = length > 0 && folder[length - 1] == '/' ? "" : "/";
    const bool here = strcmp(folder, ".") == 0;
    for (size_t i = 0; i < wick_files_count(files); ++i)
        printf("%s%s%s\n", here ? "" : folder, here ? "" : separator, wick_files_name(files, i));
}

static int run(wick_options *options)
{
    const char *target = options->target ? options->target : "library",
               *name = options->name ? options->name : "wick_system";
    const char *folder = options->output ? options->output : ".";
    wick_files *files = NULL;
    if (options->target && options->template_file) {
        wick_say("--target and --template: give one of them");
        return WICK_EXIT_USAGE;
    }
    wick_status status = wick_ending_check(options->context, "-o", options->output, WICK_ENDING_FOLDER);
    if (status != WICK_OK) return wick_report_error(options, status);
    wick_stop_doing(options->stop,
                    "deriving and planning the drift and its Jacobian, whose terms are many where degrees are high");
    status = options->template_file
                 ? wick_emit_template(options->context, options->problem, options->template_file, name, &files)
                 : wick_emit(options->context, options->problem, target, name, &files);
    wick_stop_hold(options->stop);
    if (status == WICK_OK) status = wick_files_write(options->context, files, folder);
    if (status == WICK_OK) print_names(files, folder);
    wick_files_free(files);
    return status == WICK_OK ? WICK_EXIT_OK : wick_report_error(options, status);
}

static const wick_flag flags[] = {
    {"target", "NAME",
     "what to write: library (NAME.h and NAME.c), header (one NAME.h), solver, gsl or cvode (NAME.c, a program), cmake (a "
     "folder for add_subdirectory) or python (NAME.py and the library) (default library)",
     offsetof(wick_options, target)},
    {"template", "FILE", "a template of your own in place of a target; templates/README.md lists the placeholders",
     offsetof(wick_options, template_file)},
    {"name", "NAME", "a C identifier that names the files and begins every symbol (default wick_system)",
     offsetof(wick_options, name)},
    {"output", "FOLDER", "where to write the files; made, with its parents, if it is not there (default: this folder)",
     offsetof(wick_options, output)},
    {"quiet", NULL, "no word on what takes long", offsetof(wick_options, quiet)},
};

const wick_command wick_command_emit = {
    .name = "emit",
    .summary = "the drift and the risk as C source, for use elsewhere",
    .explanation =
        "Writes the drift, its Jacobian and the risk as readable C99: reentrant, without malloc, depending on nothing but "
        "the C "
        "library. The widths p and k are fixed in it; learning rate, noise, P, a and a* are parameters. Targets: "
        "library; header, the same in one file; solver, a whole program that integrates and writes what wick run writes; "
        "gsl and cvode, the same on GSL's and SUNDIALS' integrators, which are implicit with the Jacobian; "
        "cmake, the library with a CMakeLists.txt and a test of its own; python, a module that compiles and calls the "
        "library. Programs and python need a whole problem, as wick run does, cmake an initial state. Prints the names of "
        "the files. Activations are those with closed forms: polynomials; a*erf(c*x), but in the mean field; relu and its "
        "kin "
        "in classical and classical-noise.",
    .examples = "  wick emit --activation x^2 --p 8 --k 4 --name square -o generated\n"
                "      generated/square.h and generated/square.c\n"
                "  cc -std=c99 -O3 -march=native -c generated/square.c\n"
                "      compile them; link with -lm\n"
                "  wick emit --problem study.json --target solver --name study\n"
                "  cc -std=c99 -O3 -march=native -o study study.c -lm && ./study --noise 0.1 -o curve.csv\n"
                "      a program of its own, with flags for what may change\n",
    .read_on = "The generated header explains the calls. wick derive prints the same equations as formulas.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .writes_folder = true,
    .purpose = WICK_FOR_RUN,
    .run = run,
};

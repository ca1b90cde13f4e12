/* wick derive: the closed form, readable. */
#include <string.h>

#include "base/context.h"
#include "cli/cli.h"
#include "cli/ending.h"
#include "output/file.h"

static const struct {
    const char *name;
    wick_format format;
} formats[] = {{"text", WICK_TEXT}, {"latex", WICK_LATEX}, {"json", WICK_JSON}};

static bool find_format(const char *name, wick_format *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i) {
        if (name && strcmp(formats[i].name, name) != 0) continue;
        *format = formats[i].format;
        return true;
    }
    return false;
}

static wick_status print(wick_options *options, wick_format format)
{
    wick_equations *equations = NULL;
    char *text = NULL;
    WICK_TRY(wick_ending_check(options->context, "-o", options->output, WICK_ENDING_FORMULAS));
    WICK_TRY(wick_output_check(options->context, options->output));
    wick_stop_doing(options->stop, "deriving the equations, whose terms are many where degrees are high");
    wick_status status = wick_equations_derive(options->context, options->problem, &equations);
    if (status == WICK_OK) status = wick_equations_print(options->context, equations, format, &text);
    wick_stop_hold(options->stop);
    if (status == WICK_OK) status = wick_output_write_text(options->context, options->output, text);
    wick_string_free(text);
    wick_equations_free(equations);
    return status;
}

static int run(wick_options *options)
{
    wick_format format;
    if (!find_format(options->format, &format)) {
        wick_say("unknown format \"%s\"; there are text, latex and json", options->format);
        return WICK_EXIT_USAGE;
    }
    if (options->document && options->format && format != WICK_LATEX) {
        wick_say("--document goes with --format latex, not with %s", options->format);
        return WICK_EXIT_USAGE;
    }
    const wick_status status = print(options, options->document ? WICK_LATEX_DOCUMENT : format);
    return status == WICK_OK ? WICK_EXIT_OK : wick_report_error(options, status);
}

static const wick_flag flags[] = {
    {"format", "NAME", "text, latex or json (default text)", offsetof(wick_options, format)},
    {"document", NULL, "a whole LaTeX document, with the setting and the sources, that pdflatex compiles",
     offsetof(wick_options, document)},
    {"output", "FILE", "where to write it (default: standard output)", offsetof(wick_options, output)},
    {"quiet", NULL, "no word on what takes long", offsetof(wick_options, quiet)},
};

const wick_command wick_command_derive = {
    .name = "derive",
    .summary = "the closed form of the drift, readable",
    .explanation =
        "Derives the ordinary differential equations of the overlaps M and Q (and of the second layer a, if it is "
        "trained) by Wick's theorem and prints them: exact rational coefficients, and traces and matrix products where "
        "the terms allow it. For activations that are no polynomials it says which integrals are closed forms, and writes "
        "those out, and which are computed by quadrature. In the mean-field regimes the equations are those of M and q, "
        "from a potential that all "
        "students share. A word such as silu is written out, so that one sees what it was read as. Neither widths nor an "
        "initial state are needed.",
    .examples = "  wick derive --activation x^2 --regime classical\n"
                "      the gradient flow of phase retrieval, as the literature writes it\n"
                "  wick derive --activation he3 --second-layer trained --format latex -o equations.tex\n"
                "      third Hermite polynomial, Saad & Solla's equations, ready to be pasted\n"
                "  wick derive --activation 'erf(x/sqrt(2))' --document -o erf.tex && pdflatex erf.tex\n"
                "      a short paper\n",
    .read_on = "wick eval puts numbers in; wick emit writes the same equations as C.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .purpose = WICK_FOR_EQUATIONS,
    .run = run,
};

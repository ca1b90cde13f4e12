/* See document.h; the text is templates/document.tex.in. */
#include "formulas/document.h"

#include <string.h>

#include "template/template.h"

static const char *regime_sentence(wick_regime regime)
{
    switch (regime) {
    case WICK_CLASSICAL:
        return "The regime is the classical one~[3]: small learning rates, $\\gamma \\to 0$, at any dimension $d$, in which "
               "SGD\nbecomes the gradient flow of the risk. The state enters through the overlaps of the weights alone.";
    case WICK_CLASSICAL_NOISE:
        return "The regime is the classical one with label noise at first order~[3]: small $\\gamma/p$ at any dimension "
               "$d$; "
               "to the\ngradient flow of the risk comes what the noise of the labels adds to $Q$.";
    case WICK_HIGH_DIMENSIONAL:
        return "The regime is the high-dimensional one~[1, 2]: $d \\to \\infty$ with $\\gamma$ and $p$ of order one, in "
               "which "
               "the overlaps\nof the weights concentrate; to the gradient flow of the risk comes the variance of the "
               "gradient.";
    case WICK_MEAN_FIELD:
        return "The regime is the mean field~[3]: $p \\to \\infty$ and $\\gamma/p \\to 0$ at finite dimension $d$. What of "
               "the "
               "students'\nweights lies outside the space of the targets' is uniformly distributed in direction.";
    default:
        return "The regime is the mean field in high dimensions~[3]: $p \\to \\infty$, $\\gamma/p \\to 0$ and $d \\to "
               "\\infty$, in which what\nof two students' weights lies outside the space of the targets' is orthogonal.";
    }
}

static const char *source_sentence(wick_regime regime)
{
    if (wick_regime_is_reduced(regime))
        return "These are the mean-field equations of Arnaboldi, Stephan, Krzakala and Loureiro~[3].";
    if (regime == WICK_HIGH_DIMENSIONAL) return "These are the equations of Saad and Solla~[1] and of Goldt et al.~[2].";
    return "These are the equations of Saad and Solla~[1] and of Goldt et al.~[2] for small learning rates.";
}

static const char *method_sentence(const wick_document *of)
{
    return of->polynomials ? "The expectations over the inputs are sums over Wick's pairings, with exact coefficients."
                           : "The expectations over the inputs are those of up to four jointly Gaussian pre-activations.";
}

wick_status wick_print_document(wick_context *context, const wick_document *of, const char *equations, wick_text *text)
{
    wick_text target = WICK_TEXT_EMPTY;
    const bool same = strcmp(of->student, of->target) == 0;
    if (!same) wick_text_printf(&target, "$, $s^{*}(x) = %s", of->target);
    if (target.failed) return wick_fail_memory(context, "printing a document");
    const wick_placeholder values[] = {
        {"VERSION", WICK_VERSION},
        {"EQUAL", same ? "s(x) = s^{*}(x)" : "s(x)"},
        {"ACTIVATION", of->student},
        {"TARGET", same ? "" : target.bytes},
        {"REGIME", wick_regime_name(of->regime)},
        {"STEP", of->trained ? ", \\quad\n    a_j \\leftarrow a_j + \\frac{\\gamma}{p d}\\, s(\\lambda_j)\\, E" : ""},
        {"SECOND_LAYER", of->trained ? "The second layers are $a$, which is trained, and $a^{*}$."
                                     : "The second layers $a$ and $a^{*}$ are fixed."},
        {"REGIME_SENTENCE", regime_sentence(of->regime)},
        {"EQUATIONS", equations},
        {"SOURCE", source_sentence(of->regime)},
        {"METHOD", method_sentence(of)},
    };
    const wick_status status =
        wick_template_expand(context, "document.tex.in", values, sizeof values / sizeof *values, text);
    wick_text_clear(&target);
    return status == WICK_OK && text->failed ? wick_fail_memory(context, "printing a document") : status;
}

/* See document.h; the text is templates/document.tex.in. */
#include "formulas/document.h"

#include <string.h>

#include "model/regime.h"
#include "template/template.h"

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
        {"REGIME", of->parts->name},
        {"STEP", of->trained ? ", \\quad\n    a_j \\leftarrow a_j + \\frac{\\gamma}{p d}\\, s(\\lambda_j)\\, E" : ""},
        {"SECOND_LAYER", of->trained ? "The second layers are $a$, which is trained, and $a^{*}$."
                                     : "The second layers $a$ and $a^{*}$ are fixed."},
        {"REGIME_SENTENCE", of->parts->limit},
        {"EQUATIONS", equations},
        {"SOURCE", of->parts->source},
        {"METHOD", method_sentence(of)},
    };
    const wick_status status =
        wick_template_expand(context, "document.tex.in", values, sizeof values / sizeof *values, text);
    wick_text_clear(&target);
    return status == WICK_OK && text->failed ? wick_fail_memory(context, "printing a document") : status;
}

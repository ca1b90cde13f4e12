/* The closed form as LaTeX: paragraphs and align* environments that stand as they are in any document with amsmath. */
#include "formulas/formulas.h"
#include "formulas/index_form.h"
#include "formulas/mean_field_form.h"
#include "formulas/print.h"
#include "model/rules_print.h"

static void print_head(wick_text *text, const wick_closed_form *form, bool matrices)
{
    wick_text_append(text, "Activation $s(x) = ");
    wick_print_polynomial(text, true, &form->student, "x");
    wick_text_append(text, "$, target activation $s^{*}(x) = ");
    wick_print_polynomial(text, true, &form->target, "x");
    wick_text_printf(text, "$, %s regime, second layer %s.\n", form->parts->name,
                     form->trained ? "trained"
                     : matrices    ? "fixed, shown for $a = a^{*} = 1$ (for others: the equations of a trained\n"
                                     "one, without $da/dt$)"
                                   : "fixed");
}

static void print_overlaps(wick_text *text, bool matrices)
{
    wick_text_append(
        text, "Here $Q = W W^{\\top}/d$ ($p \\times p$), $M = W {W^{*}}^{\\top}/d$ ($p \\times k$) and\n"
              "$P = W^{*} {W^{*}}^{\\top}/d$ ($k \\times k$) are the overlaps of the weights $W$ of the $p$ students and\n"
              "$W^{*}$ of the $k$ targets,\n");
    if (!matrices)
        wick_text_append(
            text, "$\\Omega = \\bigl(\\begin{smallmatrix} Q & M \\\\ M^{\\top} & P \\end{smallmatrix}\\bigr)$ those of "
                  "all fields, students and targets together,\n");
}

static void print_common(wick_text *text, const wick_closed_form *form)
{
    wick_text_append(text,
                     "$R$ is the population risk, half the mean squared error, $\\Delta$ the variance of the label noise,\n"
                     "and $t = \\nu \\gamma / (p d)$ the time after $\\nu$ samples of one-pass SGD with learning rate "
                     "$\\gamma$.\n");
    wick_rule_print_legend(text, form->rules, true);
}

static wick_status print_matrices(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                  wick_text *text)
{
    wick_matrix_symbols symbols;
    WICK_TRY(wick_print_matrix_equations(context, form, factors, true, text, &symbols));
    print_overlaps(text, true);
    if (form->trained)
        wick_text_append(text,
                         "$D = \\operatorname{diag}(a)$ and $D^{*} = \\operatorname{diag}(a^{*})$ hold the second layers of "
                         "student and target,\n");
    if (symbols.diagonal)
        wick_text_append(text, "$\\operatorname{diag}(Q)$ is the column of the diagonal entries of $Q$,\n");
    if (symbols.ones) wick_text_append(text, "$\\mathbf{1}$ is the column of ones,\n");
    print_common(text, form);
    return WICK_OK;
}

static void print_indices_legend(wick_text *text)
{
    wick_text_append(
        text, "$j, l$ are students, $r$ is a target, $\\beta$ any field, $\\alpha$ and $\\alpha'$ run over all fields,\n"
              "$c_{\\alpha} = -a_{\\alpha}/p$ for a student and $a^{*}_{\\alpha}/k$ for a target ($a$, $a^{*}$: the "
              "second layers),\n");
}

static void print_symbols_legend(wick_text *text, bool differ)
{
    wick_text_printf(text,
                     "$S^{(m)}_{j}$ is $S^{(m)}(Q_{jj})$, $F^{(m)}_{\\alpha}$ is $S^{(m)}(\\Omega_{\\alpha\\alpha})$%s,\n",
                     differ ? " for a student and $T^{(m)}(\\Omega_{\\alpha\\alpha})$ for a target" : "");
    wick_text_append(text, "with $S^{(m)}(v) = \\operatorname{E}[s^{(m)}(\\sqrt{v} z)]$");
    if (differ) wick_text_append(text, ", $T^{(m)}(v) = \\operatorname{E}[{s^{*}}^{(m)}(\\sqrt{v} z)]$");
    wick_text_append(text, " and $z \\sim \\mathcal{N}(0, 1)$ as listed below,\n");
}

static wick_status print_indices(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                 wick_text *text)
{
    wick_index_symbols symbols;
    WICK_TRY(wick_print_index_equations(context, form, factors, true, text, &symbols));
    print_overlaps(text, false);
    print_indices_legend(text);
    if (wick_index_sum_is_long(&form->variance))
        wick_text_append(text,
                         "the sum over $n$ is one over the six numbers $n_{jl}, \\dots, n_{\\alpha\\alpha'}$ ($S^{(m)}$ and "
                         "$F^{(m)}$ that are\nnot listed do not contribute),\n");
    wick_text table = WICK_TEXT_EMPTY;
    const bool any = wick_print_index_symbols(form, factors, &symbols, true, &table);
    if (any) print_symbols_legend(text, !wick_polynomial_equal(&form->student, &form->target));
    print_common(text, form);
    if (table.failed) text->failed = true;
    if (any && table.bytes) wick_text_append(text, table.bytes);
    wick_text_clear(&table);
    return WICK_OK;
}

wick_status wick_print_latex(wick_context *context, const wick_closed_form *form, wick_text *text)
{
    static const wick_form_printer printer = {true, print_head, print_matrices, print_indices};
    return wick_print_form(context, &printer, form, text);
}

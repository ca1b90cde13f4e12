/* The closed form as plain text: what was asked, the equations, what the symbols mean. */
#include "formulas/formulas.h"
#include "formulas/index_form.h"
#include "formulas/mean_field_form.h"
#include "formulas/print.h"
#include "model/rules_print.h"

static void print_head(wick_text *text, const wick_closed_form *form, bool matrices)
{
    wick_text_append(text, "activation         ");
    wick_polynomial_print(text, &form->student, "x");
    wick_text_append(text, "\ntarget activation  ");
    wick_polynomial_print(text, &form->target, "x");
    wick_text_printf(text, "\nregime             %s\n", form->parts->name);
    wick_text_printf(text, "second layer       %s\n\n",
                     form->trained ? "trained"
                     : matrices    ? "fixed, shown for a = a* = 1"
                                   : "fixed");
}

static void print_overlaps(wick_text *text, bool matrices)
{
    wick_text_append(text,
                     "with\n"
                     "    Q = W W^T/d (p x p), M = W W*^T/d (p x k), P = W* W*^T/d (k x k): overlaps of the weights W\n"
                     "        of the p students and W* of the k targets\n");
    if (!matrices)
        wick_text_append(text, "    Omega = [[Q, M], [M^T, P]]: overlaps of all fields, students and targets together\n");
}

static void print_common(wick_text *text, const wick_closed_form *form)
{
    wick_text_append(text, "    R: population risk, half the mean squared error;  Delta: variance of the label noise\n");
    wick_text_append(text, "    t = nu gamma/(p d): time after nu samples of one-pass SGD with learning rate gamma\n");
    wick_rule_print_legend(text, form->rules, false);
}

static wick_status print_matrices(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                  wick_text *text)
{
    wick_matrix_symbols symbols;
    WICK_TRY(wick_print_matrix_equations(context, form, factors, false, text, &symbols));
    wick_text_append(text, "\n");
    print_overlaps(text, true);
    if (form->trained)
        wick_text_append(text, "    D = diag(a), D* = diag(a*): second layers of student and target, as columns a and a*\n");
    if (form->trained && form->flow.count > 0) wick_text_append(text, "    transpose: that of D [...] before it\n");
    if (!form->trained)
        wick_text_append(text, "    for other a and a*: the equations of a trained second layer, without da/dt\n");
    if (symbols.diagonal) wick_text_append(text, "    diag(Q): the column of the diagonal entries of Q\n");
    if (symbols.ones) wick_text_append(text, "    e: the column of ones, of length p or k as it fits\n");
    print_common(text, form);
    return WICK_OK;
}

static wick_status print_indices(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                 wick_text *text)
{
    wick_index_symbols symbols;
    WICK_TRY(wick_print_index_equations(context, form, factors, false, text, &symbols));
    wick_text_append(text, "\n");
    print_overlaps(text, false);
    wick_text_append(text, "    j, l: students;  r: a target;  b: any field;  f, g: summed over all fields\n"
                           "    c_f = -a_f/p if f is a student, a*_f/k if it is a target (a, a*: the second layers)\n");
    if (wick_index_sum_is_long(&form->variance))
        wick_text_append(text, "    n: the six numbers n_jl ... n_fg; S_m and F_m that are not listed do not contribute\n");
    wick_text table = WICK_TEXT_EMPTY;
    const bool any = wick_print_index_symbols(form, factors, &symbols, false, &table);
    if (any && wick_polynomial_equal(&form->student, &form->target)) {
        wick_text_append(text, "    S_m[j] = S_m at v = Q[j,j],  F_m[f] = S_m at v = Omega[f,f]\n"
                               "    S_m = E[s^(m)(sqrt(v) z)], z ~ N(0, 1), s the activation; see below\n");
    } else if (any) {
        wick_text_append(
            text, "    S_m[j] = S_m at v = Q[j,j],  F_m[f] = S_m (f a student) or T_m (f a target) at v = Omega[f,f]\n"
                  "    S_m = E[s^(m)(sqrt(v) z)], T_m = E[s*^(m)(sqrt(v) z)], z ~ N(0, 1), s and s* the\n"
                  "        activations; see below\n");
    }
    print_common(text, form);
    if (any && table.bytes) {
        wick_text_append(text, "and\n");
        wick_text_append(text, table.bytes);
    }
    if (table.failed) text->failed = true;
    wick_text_clear(&table);
    return WICK_OK;
}

wick_status wick_print_text(wick_context *context, const wick_closed_form *form, wick_text *text)
{
    static const wick_form_printer printer = {false, print_head, print_matrices, print_indices};
    return wick_print_form(context, &printer, form, text);
}

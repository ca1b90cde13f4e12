/* The equations of the mean-field regimes as text and as LaTeX. See mean_field_form.h. */
#include <string.h>

#include "formulas/mean_field_form.h"
#include "formulas/notation.h"
#include "formulas/put_rules.h"

enum { LATEX_WIDTH = 120, LONG = 80 /* terms */ };

typedef struct {
    const wick_factors *factors;
    const wick_mean_field_form *form;
    wick_notation n;
    bool latex;
    wick_rule_set rules;
} printer;

/* ---- Symbols ----------------------------------------------------------------------------------------------------- */

static void put_number(wick_notation *n, unsigned number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    wick_put_same(n, digits);
}

/* "K_2" */
static void put_indexed(wick_notation *n, const char *text, const char *latex, unsigned index)
{
    wick_put(n, text, latex);
    wick_put(n, "_", "_{");
    put_number(n, index);
    wick_put(n, "", "}");
}

/* "T_{2,1}"; where d is infinite "T_2". */
static void put_tensor(printer *p, unsigned order, unsigned g)
{
    wick_notation *n = &p->n;
    if (!p->form->finite) {
        put_indexed(n, "T", "T", order);
        return;
    }
    wick_put_same(n, "T_{");
    put_number(n, order);
    wick_put_same(n, ",");
    put_number(n, g);
    wick_put_same(n, "}");
}

/* "u^3" as a tensor. */
static void put_tensor_power(wick_notation *n, unsigned power)
{
    wick_put_same(n, "u");
    if (power == 1) return;
    wick_put(n, "^", "^{\\otimes ");
    put_number(n, power);
    wick_put(n, "", "}");
}

static void put_contraction(printer *p, const wick_mean_field_term *term)
{
    wick_notation *n = &p->n;
    if (term->contracted > 0) wick_put(n, "<", "\\langle ");
    put_tensor(p, term->n, term->g);
    if (term->contracted == 0) return;
    wick_put_same(n, ", ");
    put_tensor_power(n, term->contracted);
    wick_put(n, ">", " \\rangle");
}

/* |T|^2, of a number T^2. */
static void put_norm(printer *p, const wick_mean_field_term *term)
{
    const bool number = term->n == 2 * term->g;
    if (!number) wick_put(&p->n, "|", "\\lvert ");
    put_tensor(p, term->n, term->g);
    if (!number) wick_put(&p->n, "|", " \\rvert");
    wick_put_power(&p->n, 2);
}

/* ---- Terms ------------------------------------------------------------------------------------------------------- */

/* A space before every factor but the first. */
static void put_gap(printer *p, bool *any)
{
    if (*any) wick_put_same(&p->n, " ");
    *any = true;
}

/* Powers of v and q, and S_n: of no index, or of `index`. */
static void put_variables(printer *p, const wick_mean_field_term *term, const char *factor, const char *factor_latex,
                          const char *index, bool *any)
{
    wick_notation *n = &p->n;
    const struct {
        const char *name;
        unsigned power;
    } variables[] = {{"v", term->v}, {"q", term->q}};
    for (size_t i = 0; i < 2; i++) {
        if (variables[i].power == 0) continue;
        put_gap(p, any);
        wick_put_same(n, variables[i].name);
        wick_put_same(n, index);
        wick_put_power(n, variables[i].power);
    }
    for (unsigned o = 0; o < term->order_count; o++) {
        const bool squared = o + 1 < term->order_count && term->order[o] == term->order[o + 1];
        char text[32], latex[64];
        snprintf(text, sizeof text, "%s_%u", factor, term->order[o]);
        snprintf(latex, sizeof latex, squared ? "{%s^{(%u)}}" : "%s^{(%u)}", factor_latex, term->order[o]);
        put_gap(p, any);
        wick_put(n, text, latex);
        if (*index) {
            wick_put(n, "(v", "(v");
            wick_put_same(n, index);
            wick_put(n, ")", ")");
        }
        if (squared) wick_put_power(n, 2), o++;
    }
}

static bool is_bare(const wick_mean_field_term *term)
{
    return term->moment + term->v + term->q + term->length + term->order_count == 0 && !term->along &&
           term->symbol == WICK_MEAN_FIELD_NOTHING;
}

static bool put_coefficient(printer *p, const wick_mean_field_term *term, bool needed, bool first)
{
    wick_put_sign(&p->n, mpq_sgn(term->coefficient) < 0, first);
    const bool one = mpz_cmpabs(mpq_numref(term->coefficient), mpq_denref(term->coefficient)) == 0;
    if (!one || needed) wick_put_magnitude(&p->n, term->coefficient);
    return !one || needed;
}

static void put_term(printer *p, const wick_mean_field_term *term, bool first)
{
    wick_notation *n = &p->n;
    bool any = put_coefficient(p, term, is_bare(term), first);
    if (term->moment > 0) {
        put_gap(p, &any);
        put_indexed(n, "mu", "\\mu", term->moment);
    }
    put_variables(p, term, "S", "S", "", &any);
    if (term->length > 0) {
        put_gap(p, &any);
        wick_put(n, "|u|", "\\lvert u \\rvert");
        wick_put_power(n, 2 * term->length);
    }
    if (term->symbol != WICK_MEAN_FIELD_NOTHING) put_gap(p, &any);
    if (term->symbol == WICK_MEAN_FIELD_TENSOR) put_contraction(p, term);
    if (term->symbol == WICK_MEAN_FIELD_NORM) put_norm(p, term);
    if (term->symbol == WICK_MEAN_FIELD_K) put_indexed(n, "K", "K", term->n);
    if (term->symbol == WICK_MEAN_FIELD_J) put_indexed(n, "J", "J", term->n);
    if (term->along) put_gap(p, &any), wick_put_same(n, "u");
}

static void put_sum(printer *p, const wick_mean_field_sum *sum)
{
    for (size_t i = 0; i < sum->count; i++) put_term(p, &sum->term[i], i == 0);
    if (sum->count == 0) wick_put_same(&p->n, "0");
}

/* An equation of that right-hand side, if there is one. */
static void put_definition(printer *p, const char *text, const char *latex, const wick_mean_field_sum *sum)
{
    if (sum->count == 0) return;
    wick_equation_begin(&p->n, text, latex);
    put_sum(p, sum);
    wick_equation_end(&p->n);
}

/* ---- The equations ----------------------------------------------------------------------------------------------- */

/* (dU/dx - a_i/(2 p) dG/dx), of what there is. */
static void put_force(printer *p, const char *text_U, const char *latex_U, const char *text_G, const char *latex_G,
                      bool has_U, bool has_G)
{
    wick_notation *n = &p->n;
    const bool both = has_U && has_G;
    if (both) wick_put_same(n, "(");
    if (has_U) wick_put(n, text_U, latex_U);
    if (both) wick_put_same(n, " ");
    if (has_G) wick_put(n, "- a_i/(2 p) ", "- \\tfrac{a_i}{2 p} "), wick_put(n, text_G, latex_G);
    if (both) wick_put_same(n, ")");
}

static void put_m(printer *p)
{
    wick_notation *n = &p->n;
    const bool U = p->form->gradient.count > 0, G = p->form->self_gradient.count > 0;
    wick_equation_begin(n, "dm_i/dt", "\\frac{dm_i}{dt}");
    wick_put_rule_before(n, p->rules, WICK_BLOCK_M);
    if (U || G) {
        wick_put(n, "a_i L ", "a_i L ");
        put_force(p, "dU/du", "\\partial_u U", "dG/du", "\\partial_u G", U, G);
    } else {
        wick_put_same(n, "0");
    }
    wick_put_rule_after(n, p->rules, WICK_BLOCK_M, "m_i", "m_i");
    wick_equation_end(n);
}

static void put_q(printer *p)
{
    wick_notation *n = &p->n;
    const bool U = p->form->perp.count > 0, G = p->form->self_perp.count > 0, noise = p->form->noise.count > 0;
    wick_equation_begin(n, "dq_i/dt", "\\frac{dq_i}{dt}");
    wick_put_rule_before(n, p->rules, WICK_BLOCK_NORMS);
    if (U)
        wick_put(n, "4 a_i q ", "4 a_i q "), put_force(p, "dU/dq", "\\partial_q U", "dG/dq", "\\partial_q G", U, G);
    else if (G)
        wick_put(n, "-2/p a_i^2 q dG/dq", "-\\tfrac{2}{p} a_i^2 q\\, \\partial_q G");
    if ((U || G) && noise) wick_put_break(n), wick_put_same(n, "+ ");
    if (noise) wick_put(n, "(gamma/p) Delta a_i^2 N", "\\frac{\\gamma}{p} \\Delta a_i^2 N");
    if (!U && !G && !noise) wick_put_same(n, "0");
    wick_put_rule_after(n, p->rules, WICK_BLOCK_NORMS, "q_i", "q_i");
    wick_equation_end(n);
}

static void put_risk(printer *p)
{
    wick_notation *n = &p->n;
    wick_equation_begin(n, "R", "R");
    if (p->form->squares.count > 0) put_sum(p, &p->form->squares), wick_put_break(n), wick_put_same(n, "+ ");
    if (p->form->self.count > 0) {
        wick_put(n, "1/(2 p^2) sum_i a_i^2 G(u_i, q_i)", "\\frac{1}{2 p^2} \\sum_i a_i^2 G(u_i, q_i)");
        wick_put_break(n);
        wick_put_same(n, "+ ");
    }
    wick_put(n, "Delta/2", "\\frac{\\Delta}{2}");
    wick_equation_end(n);
}

static void put_equations(printer *p)
{
    const wick_mean_field_form *form = p->form;
    put_m(p);
    put_q(p);
    put_risk(p);
    if (form->gradient.count > 0) put_definition(p, "U", "U", &form->potential);
    put_definition(p, "dU/du", "\\partial_u U", &form->gradient);
    put_definition(p, "dU/dq", "\\partial_q U", &form->perp);
    put_definition(p, "G", "G", &form->self);
    put_definition(p, "dG/du", "\\partial_u G", &form->self_gradient);
    put_definition(p, "dG/dq", "\\partial_q G", &form->self_perp);
    for (unsigned i = 0; i < form->order_count; i++) {
        char name[32], latex[32];
        snprintf(name, sizeof name, "K_%u", i);
        snprintf(latex, sizeof latex, "K_{%u}", i);
        put_definition(p, name, latex, &form->K[i]);
    }
    for (unsigned i = 0; i < form->order_count; i++) {
        char name[32], latex[32];
        snprintf(name, sizeof name, "J_%u", i);
        snprintf(latex, sizeof latex, "J_{%u}", i);
        put_definition(p, name, latex, &form->J[i]);
    }
    if (form->noise.count == 0) return;
    wick_equation_begin(&p->n, "N", "N");
    wick_put_polynomial(&p->n, &form->noise, "v");
    wick_equation_end(&p->n);
}

/* ---- Tensors, moments and functions ------------------------------------------------------------------------------ */

/* "6 sum_j c_j v_j q_j u_j^2", over the fields that `index` stands for. */
static void put_field_sum(printer *p, const wick_mean_field_term *term, unsigned rank, const char *index,
                          const char *index_latex, bool target, bool first)
{
    wick_notation *n = &p->n;
    char subscript[32], text[64], latex[64];
    snprintf(subscript, sizeof subscript, "_%s", p->latex ? index_latex : index);
    bool any = put_coefficient(p, term, false, first);
    put_gap(p, &any);
    snprintf(text, sizeof text, "sum_%s c_%s", index, index);
    snprintf(latex, sizeof latex, "\\sum_{%s} c_{%s}", index_latex, index_latex);
    wick_put(n, text, latex);
    put_variables(p, term, target ? "S*" : "S", target ? "{S^{*}}" : "S", subscript, &any);
    if (rank == 0) return;
    put_gap(p, &any);
    wick_put_same(n, "u");
    wick_put_same(n, subscript);
    if (rank == 1) return;
    wick_put(n, "^", "^{\\otimes ");
    put_number(n, rank);
    wick_put(n, "", "}");
}

static void put_tensor_definition(printer *p, const wick_mean_field_tensor *tensor)
{
    char text[32], latex[32];
    if (p->form->finite)
        snprintf(text, sizeof text, "T_{%u,%u}", tensor->n, tensor->g);
    else
        snprintf(text, sizeof text, "T_%u", tensor->n);
    snprintf(latex, sizeof latex, p->form->finite ? "T_{%u,%u}" : "T_{%u}", tensor->n, tensor->g);
    const unsigned rank = tensor->n - 2 * tensor->g;
    wick_equation_begin(&p->n, text, latex);
    if (tensor->g == 0 && wick_polynomial_equal(&p->factors->student[tensor->n], &p->factors->target[tensor->n])) {
        put_field_sum(p, &tensor->student.term[0], rank, "f", "\\alpha", false, true);
    } else {
        if (tensor->target.count > 0) put_field_sum(p, &tensor->target.term[0], rank, "r", "r", true, true);
        if (tensor->student.count > 0)
            put_field_sum(p, &tensor->student.term[0], rank, "j", "j", false, tensor->target.count == 0);
    }
    wick_equation_end(&p->n);
}

/* mu_2 = 3/((d - k) (d - k + 2)) */
static void put_moment_definition(printer *p, unsigned g)
{
    wick_notation *n = &p->n;
    char text[32], latex[32];
    snprintf(text, sizeof text, "mu_%u", g);
    snprintf(latex, sizeof latex, "\\mu_{%u}", g);
    wick_equation_begin(n, text, latex);
    unsigned long long numerator = 1;
    for (unsigned i = 2; i <= g; i++) numerator *= 2 * i - 1;
    snprintf(text, sizeof text, "%llu", numerator);
    wick_put(n, "", "\\frac{");
    wick_put_same(n, text);
    wick_put(n, g > 1 ? "/(" : "/", "}{");
    for (unsigned i = 0; i < g; i++) {
        if (i > 0) wick_put_same(n, " ");
        snprintf(text, sizeof text, i > 0 ? "(d - k + %u)" : "(d - k)", 2 * i);
        wick_put_same(n, text);
    }
    wick_put(n, g > 1 ? ")" : "", "}");
    wick_equation_end(n);
}

static void put_function(printer *p, const char *text, const char *latex, unsigned order, const wick_polynomial *value)
{
    char text_name[32], latex_name[64];
    snprintf(text_name, sizeof text_name, "%s_%u", text, order);
    snprintf(latex_name, sizeof latex_name, "%s^{(%u)}", latex, order);
    wick_equation_begin(&p->n, text_name, latex_name);
    wick_put_polynomial(&p->n, value, "v");
    wick_equation_end(&p->n);
}

static void put_table(printer *p)
{
    const wick_mean_field_form *form = p->form;
    for (size_t i = 0; i < form->tensor_count; i++) put_tensor_definition(p, &form->tensor[i]);
    for (unsigned g = 1; g <= form->moments; g++) put_moment_definition(p, g);
    for (unsigned m = 0; m < form->order_count; m++)
        if (form->student_used[m]) put_function(p, "S", "S", m, &p->factors->student[m]);
    for (unsigned m = 0; m < form->order_count; m++)
        if (form->target_used[m]) put_function(p, "S*", "{S^{*}}", m, &p->factors->target[m]);
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static bool is_long(const wick_mean_field_form *form)
{
    return form->potential.count + form->gradient.count + form->perp.count + form->self.count + form->self_gradient.count +
               form->self_perp.count + form->tensor_count >
           LONG;
}

static void begin(printer *p, wick_text *text, bool equations)
{
    const bool long_orders = p->form->order_count > 10;
    size_t width = strlen("dm_i/dt");
    if (!equations && p->form->finite) width = strlen(long_orders ? "T_{10,0}" : "T_{1,0}");
    if (!equations && !p->form->finite) width = strlen(long_orders ? "T_10" : "T_1");
    for (size_t m = 0; !equations && !p->form->finite && m < p->form->order_count; m++)
        if (p->form->target_used[m]) width = strlen(long_orders ? "S*_10" : "S*_1");
    wick_notation_begin(&p->n, text, p->latex, width, LATEX_WIDTH);
}

static void print(printer *p, wick_text *text)
{
    if (p->latex && is_long(p->form))
        wick_text_append(text, "% \\allowdisplaybreaks in the preamble lets these formulas run over several pages.\n");
    begin(p, text, true);
    put_equations(p);
    wick_notation_end(&p->n);
    if (!p->latex) wick_text_append(text, "\n");
    wick_mean_field_legend(p->form, p->latex, text);
    wick_rule_print_legend(text, p->rules, p->latex);
    if (p->form->tensor_count == 0) return;
    if (!p->latex) wick_text_append(text, "and\n");
    begin(p, text, false);
    put_table(p);
    wick_notation_end(&p->n);
}

wick_status wick_mean_field_print(wick_context *context, const wick_closed_form *form, bool latex, wick_text *text)
{
    wick_factors factors;
    WICK_TRY(wick_factors_make(context, form, &factors));
    wick_mean_field_form made;
    const wick_status status = wick_mean_field_form_make(context, form, &factors, &made);
    if (status == WICK_OK) {
        printer p = {.factors = &factors, .form = &made, .latex = latex, .rules = form->rules};
        print(&p, text);
        wick_mean_field_form_clear(&made);
    }
    wick_factors_clear(&factors);
    return status;
}

/* The equations of a closed form, written with indices. See print.h; the sums are made in index_form.c. */
#include <string.h>

#include "formulas/index_form.h"
#include "formulas/put_rules.h"

enum { LATEX_WIDTH = 140 };

typedef struct {
    wick_context *context;
    const wick_closed_form *form;
    const wick_factors *factors;
    wick_notation notation;
    wick_index_symbols *symbols;
} printer;

static bool has_extra(const printer *p) { return p->form->variance.count + p->form->noise.count > 0; }

static void put_drifts(printer *p)
{
    wick_notation *n = &p->notation;
    const bool flow = p->form->flow.count > 0, extra = has_extra(p);
    const wick_rule_set rules = p->form->rules;
    wick_equation_begin(n, "dM[j,r]/dt", "\\frac{dM_{jr}}{dt}");
    wick_put_rule_before(n, rules, WICK_BLOCK_M);
    wick_put(n, flow ? "a_j B[j,r]" : "0", flow ? "a_j B_{jr}" : "0");
    wick_put_rule_after(n, rules, WICK_BLOCK_M, "M[j,r]", "M_{jr}");
    wick_equation_end(n);

    wick_equation_begin(n, "dQ[j,l]/dt", "\\frac{dQ_{jl}}{dt}");
    wick_put_rule_before(n, rules, WICK_BLOCK_Q);
    if (flow) wick_put(n, "a_j B[j,l] + a_l B[l,j]", "a_j B_{jl} + a_l B_{lj}");
    if (flow && extra) wick_put_break(n), wick_put_same(n, "+ ");
    if (extra) wick_put(n, "(gamma/p) X[j,l]", "\\frac{\\gamma}{p} X_{jl}");
    if (!flow && !extra) wick_put_same(n, "0");
    wick_put_rule_after(n, rules, WICK_BLOCK_Q, "Q[j,l]", "Q_{jl}");
    wick_equation_end(n);
}

/* numerator/denominator * expansion, as the right-hand side of an equation or a part of one. */
static wick_status put_sum(printer *p, const wick_expansion *expansion, unsigned long numerator, unsigned long denominator)
{
    mpq_t scale;
    mpq_init(scale);
    mpq_set_ui(scale, numerator, denominator);
    const wick_status status = wick_index_sum_put(p->context, &p->notation, expansion, p->factors, scale, p->symbols);
    mpq_clear(scale);
    return status;
}

/* A long variance is printed whole, as V; else its half, as Y. Every diagram of the noise is its own transpose. */
static wick_status put_extra(printer *p)
{
    wick_notation *n = &p->notation;
    const wick_expansion *variance = &p->form->variance, *noise = &p->form->noise;
    const bool whole = wick_index_sum_is_long(variance);
    wick_equation_begin(n, "X[j,l]", "X_{jl}");
    wick_put(n, "a_j a_l ", "a_j a_l ");
    if (variance->count > 0) {
        wick_put_same(n, "(");
        wick_put(n, whole ? "V[j,l]" : "Y[j,l] + Y[l,j]", whole ? "V_{jl}" : "Y_{jl} + Y_{lj}");
        if (noise->count > 0) wick_put_same(n, " + ");
    }
    if (noise->count > 0) wick_put(n, "Delta N[j,l]", "\\Delta N_{jl}");
    if (variance->count > 0) wick_put_same(n, ")");
    wick_equation_end(n);

    if (variance->count > 0) {
        wick_equation_begin(n, whole ? "V[j,l]" : "Y[j,l]", whole ? "V_{jl}" : "Y_{jl}");
        if (whole)
            wick_index_sum_put_general(n, variance, p->symbols);
        else
            WICK_TRY(put_sum(p, variance, 1, 1));
        wick_equation_end(n);
    }
    if (noise->count == 0) return WICK_OK;
    wick_equation_begin(n, "N[j,l]", "N_{jl}");
    WICK_TRY(put_sum(p, noise, 2, 1));
    wick_equation_end(n);
    return WICK_OK;
}

static wick_status put_second_layer(printer *p)
{
    const wick_expansion *expansion = &p->form->second_layer;
    wick_equation_begin(&p->notation, "da[j]/dt", "\\frac{da_j}{dt}");
    wick_put_rule_before(&p->notation, p->form->rules, WICK_BLOCK_LAYER);
    if (expansion->count > 0)
        WICK_TRY(put_sum(p, expansion, 1, 1));
    else
        wick_put_same(&p->notation, "0");
    wick_put_rule_after(&p->notation, p->form->rules, WICK_BLOCK_LAYER, "a_j", "a_j");
    wick_equation_end(&p->notation);
    return WICK_OK;
}

static wick_status put_risk(printer *p)
{
    wick_notation *n = &p->notation;
    wick_equation_begin(n, "R", "R");
    if (p->form->risk.count > 0) {
        wick_put(n, "1/2 ", "\\tfrac{1}{2} ");
        WICK_TRY(put_sum(p, &p->form->risk, 1, 1));
        wick_put_break(n);
        wick_put_same(n, "+ ");
    }
    wick_put(n, "Delta/2", "\\frac{\\Delta}{2}");
    wick_equation_end(n);
    return WICK_OK;
}

static wick_status put_flow(printer *p)
{
    wick_equation_begin(&p->notation, "B[j,b]", "B_{j\\beta}");
    WICK_TRY(put_sum(p, &p->form->flow, 1, 1));
    wick_equation_end(&p->notation);
    return WICK_OK;
}

static wick_status put_all(printer *p)
{
    put_drifts(p);
    if (p->form->trained) WICK_TRY(put_second_layer(p));
    WICK_TRY(put_risk(p));
    if (p->form->flow.count > 0) WICK_TRY(put_flow(p));
    return has_extra(p) ? put_extra(p) : WICK_OK;
}

wick_status wick_print_index_equations(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                       bool latex, wick_text *text, wick_index_symbols *symbols)
{
    printer p = {.context = context, .form = form, .factors = factors, .symbols = symbols};
    *symbols = (wick_index_symbols){0};
    wick_notation_begin(&p.notation, text, latex, strlen("dM[j,r]/dt"), LATEX_WIDTH);
    const wick_status status = put_all(&p);
    wick_notation_end(&p.notation);
    return status;
}

/* ---- The symbols in them ----------------------------------------------------------------------------------------- */

static void put_symbol(wick_notation *n, char symbol, size_t order, const wick_polynomial *value)
{
    char text[32], latex[32];
    snprintf(text, sizeof text, "%c_%zu", symbol, order);
    snprintf(latex, sizeof latex, "%c^{(%zu)}(v)", symbol, order);
    wick_equation_begin(n, text, latex);
    wick_put_polynomial(n, value, "v");
    wick_equation_end(n);
}

bool wick_print_index_symbols(const wick_closed_form *form, const wick_factors *factors, const wick_index_symbols *symbols,
                              bool latex, wick_text *text)
{
    bool any = false;
    for (size_t m = 0; m < factors->count; m++) any = any || symbols->student[m];
    if (!any) return false;

    wick_notation n;
    const bool differ = !wick_polynomial_equal(&form->student, &form->target);
    wick_notation_begin(&n, text, latex, factors->count > 10 ? strlen("S_10") : strlen("S_1"), LATEX_WIDTH);
    for (size_t m = 0; m < factors->count; m++)
        if (symbols->student[m]) put_symbol(&n, 'S', m, &factors->student[m]);
    for (size_t m = 0; differ && m < factors->count; m++)
        if (symbols->target[m]) put_symbol(&n, 'T', m, &factors->target[m]);
    wick_notation_end(&n);
    return true;
}

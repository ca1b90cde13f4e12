/* The equations of a closed form, written with matrices. See print.h; the words are made in matrix_form.c. */
#include <string.h>

#include "formulas/matrix_form.h"
#include "formulas/print.h"
#include "formulas/put_rules.h"

enum { LATEX_WIDTH = 80 };

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static const struct {
    char letter;
    const char *text, *latex;
} names[] = {
    {'Q', "Q", "Q"}, {'M', "M", "M"},           {'m', "M^T", "M^{\\top}"}, {'P', "P", "P"},
    {'D', "D", "D"}, {'d', "D*", "D^{*}"},      {'e', "e", "\\mathbf{1}"}, {'E', "e^T", "\\mathbf{1}^{\\top}"},
    {'a', "a", "a"}, {'A', "a^T", "a^{\\top}"}, {'b', "a*", "a^{*}"},      {'B', "a*^T", "{a^{*}}^{\\top}"},
};

/* The letters, equal neighbours as a power. */
static void put_letters(wick_notation *n, const char *letters)
{
    size_t run;
    for (const char *at = letters; *at; at += run) {
        for (run = 1; at[run] == *at; run++)
            ;
        if (at > letters) wick_put_same(n, " ");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (names[i].letter == *at) wick_put(n, names[i].text, names[i].latex);
        wick_put_power(n, run);
    }
}

static void put_denominator(wick_notation *n, const wick_word *word)
{
    if (word->p + word->k == 0) return;
    const bool both = word->p > 0 && word->k > 0;
    wick_put(n, both ? "/(" : "/", "}{");
    if (word->p > 0) wick_put_same(n, "p"), wick_put_power(n, word->p);
    if (both) wick_put_same(n, " ");
    if (word->k > 0) wick_put_same(n, "k"), wick_put_power(n, word->k);
    wick_put(n, both ? ")" : "", "}");
}

/* |coefficient| word / (p k); `bare` leaves "diag" away. */
static void put_word(wick_notation *n, const wick_word *word, bool bare)
{
    const bool number = mpz_cmpabs(mpq_numref(word->coefficient), mpq_denref(word->coefficient)) != 0 || !word->letter[0];
    if (number) wick_put_magnitude(n, word->coefficient);
    if (number && word->letter[0]) wick_put_same(n, " ");
    if (word->p + word->k > 0) wick_put(n, "", "\\frac{");
    const bool diagonal = word->kind == WICK_WORD_DIAGONAL && !bare, trace = word->kind == WICK_WORD_TRACE;
    const bool enclosed = diagonal || (trace && word->letter[1]);
    if (diagonal) wick_put(n, "diag", "\\operatorname{diag}");
    if (trace) wick_put(n, "Tr", "\\operatorname{Tr}");
    if (trace && !enclosed) wick_put_same(n, " ");
    if (enclosed) wick_put_same(n, "(");
    put_letters(n, word->letter);
    if (enclosed) wick_put_same(n, ")");
    put_denominator(n, word);
}

static void put_words(wick_notation *n, const wick_word_sum *sum, bool flip, bool first, bool bare)
{
    for (size_t i = 0; i < sum->count; i++) {
        wick_put_sign(n, (mpq_sgn(sum->word[i].coefficient) < 0) != flip, first && i == 0);
        put_word(n, &sum->word[i], bare);
    }
}

/* ---- Terms ------------------------------------------------------------------------------------------------------- */

static bool all_diagonal(const wick_word_sum *sum)
{
    for (size_t i = 0; i < sum->count; i++)
        if (sum->word[i].kind != WICK_WORD_DIAGONAL) return false;
    return true;
}

/* A factor and how often it stands there. */
static void put_factor(wick_notation *n, const wick_word_sum *sum, size_t power, bool alone)
{
    const bool diagonal = all_diagonal(sum), sole = alone && power == 1;
    const bool enclose = sum->count > 1 || (!sole && sum->word[0].p + sum->word[0].k > 0) || power > 1;
    if (!enclose) {
        put_word(n, &sum->word[0], false);
        return;
    }
    if (diagonal) wick_put(n, "diag", "\\operatorname{diag}");
    wick_put_open(n, "(");
    put_words(n, sum, false, true, diagonal);
    wick_put_close(n, ")");
    wick_put_power(n, power);
}

/* coefficient * factors, times Delta for the noise's part; a sum that nothing multiplies is written without parentheses. */
static void put_term(wick_notation *n, const wick_matrix_term *term, bool noise, bool first)
{
    const bool negative = mpq_sgn(term->coefficient) < 0;
    const bool one = mpz_cmpabs(mpq_numref(term->coefficient), mpq_denref(term->coefficient)) == 0;
    if (term->factor_count == 1 && one && !noise && !all_diagonal(&term->factor[0])) {
        put_words(n, &term->factor[0], negative, first, false);
        return;
    }
    wick_put_sign(n, negative, first);
    const char *gap = "";
    if (!one || (term->factor_count == 0 && !noise)) wick_put_magnitude(n, term->coefficient), gap = " ";
    if (noise) {
        wick_put_same(n, gap);
        wick_put(n, "Delta", "\\Delta");
        gap = " ";
    }
    for (size_t f = 0, power; f < term->factor_count; f += power) {
        const wick_word_sum *factor = &term->factor[f];
        for (power = 1; f + power < term->factor_count; power++)
            if (factor->place != WICK_PLACE_SCALAR || !wick_word_sum_equal(factor, &term->factor[f + power])) break;
        wick_put_same(n, gap);
        put_factor(n, factor, power, term->factor_count == 1);
        gap = " ";
    }
}

static void put_sum(wick_notation *n, const wick_matrix_sum *sum, bool noise, bool first)
{
    if (sum->count == 0 && first) wick_put_same(n, "0");
    for (size_t i = 0; i < sum->count; i++) put_term(n, &sum->term[i], noise, first && i == 0);
}

/* ---- Equations --------------------------------------------------------------------------------------------------- */

typedef struct {
    const wick_closed_form *form;
    wick_matrix_sum flow_M, flow_Q, second_layer, variance, noise, risk;
} equations;

static wick_status make(wick_context *context, const wick_closed_form *form, const wick_factors *factors, equations *e)
{
    const bool trained = form->trained;
    WICK_TRY(wick_matrix_sum_make(context, &form->flow, factors, trained, true, &e->flow_M));
    WICK_TRY(wick_matrix_sum_make(context, &form->flow, factors, trained, false, &e->flow_Q));
    WICK_TRY(wick_matrix_sum_make(context, &form->second_layer, factors, trained, false, &e->second_layer));
    WICK_TRY(wick_matrix_sum_make(context, &form->variance, factors, trained, false, &e->variance));
    WICK_TRY(wick_matrix_sum_make(context, &form->noise, factors, trained, false, &e->noise));
    WICK_TRY(wick_matrix_sum_make(context, &form->risk, factors, trained, false, &e->risk));
    WICK_TRY(wick_matrix_sum_symmetrize(context, &e->variance));
    WICK_TRY(wick_matrix_sum_symmetrize(context, &e->noise));
    for (size_t i = 0; i < e->risk.count; i++) mpq_div_2exp(e->risk.term[i].coefficient, e->risk.term[i].coefficient, 1);
    /* With a trained second layer the transpose is of D (...), and stays in words. */
    return trained ? WICK_OK : wick_matrix_sum_symmetrize(context, &e->flow_Q);
}

static void clear(equations *e)
{
    wick_matrix_sum *const sums[] = {&e->flow_M, &e->flow_Q, &e->second_layer, &e->variance, &e->noise, &e->risk};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) wick_matrix_sum_clear(sums[i]);
}

/* D [sum], or the sum alone where D is the identity. */
static void put_scaled(wick_notation *n, const equations *e, const wick_matrix_sum *sum)
{
    const bool scaled = e->form->trained && sum->count > 0;
    if (scaled) wick_put_same(n, "D "), wick_put_open(n, "[");
    put_sum(n, sum, false, true);
    if (scaled) wick_put_close(n, "]");
}

static void put_drifts(wick_notation *n, const equations *e)
{
    const bool trained = e->form->trained, extra = e->variance.count + e->noise.count > 0;
    const wick_rule_set rules = e->form->rules;
    wick_equation_begin(n, "dM/dt", "\\frac{dM}{dt}");
    wick_put_rule_before(n, rules, WICK_BLOCK_M);
    put_scaled(n, e, &e->flow_M);
    wick_put_rule_after(n, rules, WICK_BLOCK_M, "M", "M");
    wick_equation_end(n);

    wick_equation_begin(n, "dQ/dt", "\\frac{dQ}{dt}");
    wick_put_rule_before(n, rules, WICK_BLOCK_Q);
    if (e->flow_Q.count > 0 || !extra) put_scaled(n, e, &e->flow_Q);
    if (e->flow_Q.count > 0 && trained) wick_put_break(n), wick_put(n, "+ transpose", "+ \\text{transpose}");
    if (extra) {
        wick_put_sign(n, false, e->flow_Q.count == 0);
        wick_put(n, "(gamma/p) X", "\\frac{\\gamma}{p} X");
    }
    wick_put_rule_after(n, rules, WICK_BLOCK_Q, "Q", "Q");
    wick_equation_end(n);

    if (extra) {
        wick_equation_begin(n, "X", "X");
        if (trained) wick_put_same(n, "D "), wick_put_open(n, "[");
        put_sum(n, &e->variance, false, e->variance.count > 0);
        put_sum(n, &e->noise, true, e->variance.count == 0);
        if (trained) wick_put_close(n, "]"), wick_put_same(n, " D");
        wick_equation_end(n);
    }
    if (!trained) return;
    wick_equation_begin(n, "da/dt", "\\frac{da}{dt}");
    wick_put_rule_before(n, rules, WICK_BLOCK_LAYER);
    put_sum(n, &e->second_layer, false, true);
    wick_put_rule_after(n, rules, WICK_BLOCK_LAYER, "a", "a");
    wick_equation_end(n);
}

static void put_risk(wick_notation *n, const equations *e)
{
    wick_equation_begin(n, "R", "R");
    put_sum(n, &e->risk, false, e->risk.count > 0);
    wick_put_sign(n, false, e->risk.count == 0);
    wick_put(n, "Delta/2", "\\frac{\\Delta}{2}");
    wick_equation_end(n);
}

static void note_symbols(const wick_matrix_sum *sum, wick_matrix_symbols *symbols)
{
    for (size_t i = 0; i < sum->count; i++)
        for (size_t f = 0; f < sum->term[i].factor_count; f++)
            for (size_t w = 0; w < sum->term[i].factor[f].count; w++) {
                const wick_word *word = &sum->term[i].factor[f].word[w];
                if (strpbrk(word->letter, "eE")) symbols->ones = true;
                if (word->kind == WICK_WORD_DIAGONAL) symbols->diagonal = true;
            }
}

bool wick_print_with_matrices(const wick_closed_form *form, const wick_factors *factors)
{
    const wick_expansion *const expansions[] = {&form->flow, &form->second_layer, &form->variance, &form->noise,
                                                &form->risk};
    for (size_t i = 0; i < sizeof expansions / sizeof *expansions; i++)
        if (!wick_matrix_form_exists(expansions[i], factors)) return false;
    return true;
}

wick_status wick_print_matrix_equations(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                        bool latex, wick_text *text, wick_matrix_symbols *symbols)
{
    equations e = {.form = form};
    const wick_status status = make(context, form, factors, &e);
    if (status == WICK_OK) {
        wick_notation n;
        wick_notation_begin(&n, text, latex, strlen("dM/dt"), LATEX_WIDTH);
        put_drifts(&n, &e);
        put_risk(&n, &e);
        wick_notation_end(&n);
        const wick_matrix_sum *const sums[] = {&e.flow_M, &e.flow_Q, &e.second_layer, &e.variance, &e.noise, &e.risk};
        *symbols = (wick_matrix_symbols){0};
        for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) note_symbols(sums[i], symbols);
    }
    clear(&e);
    return status;
}

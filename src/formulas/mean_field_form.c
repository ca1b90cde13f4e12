/* See mean_field_form.h. */
#include "formulas/mean_field_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/regime.h"

typedef struct {
    wick_mean_field_form *form;
    const wick_factors *factors;
    bool failed; /* memory */
} maker;

/* ---- Terms ------------------------------------------------------------------------------------------------------- */

static void start(wick_mean_field_term *term)
{
    *term = (wick_mean_field_term){0};
    mpq_init(term->coefficient);
    mpq_set_ui(term->coefficient, 1, 1);
}

static void times(wick_mean_field_term *term, unsigned long numerator, unsigned long denominator)
{
    mpq_t ratio;
    mpq_init(ratio);
    mpq_set_ui(ratio, numerator, denominator);
    mpq_canonicalize(ratio);
    mpq_mul(term->coefficient, term->coefficient, ratio);
    mpq_clear(ratio);
}

static void times_binomial(wick_mean_field_term *term, unsigned n, unsigned m)
{
    mpz_t binomial;
    mpz_init(binomial);
    mpz_bin_uiui(binomial, n, m);
    mpz_mul(mpq_numref(term->coefficient), mpq_numref(term->coefficient), binomial);
    mpq_canonicalize(term->coefficient);
    mpz_clear(binomial);
}

static void over_factorial(wick_mean_field_term *term, unsigned n)
{
    for (unsigned i = 2; i <= n; i++) times(term, 1, i);
}

static bool same_kind(const wick_mean_field_term *a, const wick_mean_field_term *b)
{
    return a->moment == b->moment && a->v == b->v && a->q == b->q && a->length == b->length &&
           a->order_count == b->order_count && memcmp(a->order, b->order, sizeof a->order) == 0 && a->symbol == b->symbol &&
           a->n == b->n && a->g == b->g && a->contracted == b->contracted && a->along == b->along;
}

/* Adds the term, to one of its kind if there is one, and uses it up. */
static void add(maker *m, wick_mean_field_sum *sum, wick_mean_field_term *term)
{
    for (size_t i = 0; i < sum->count; i++) {
        if (!same_kind(&sum->term[i], term)) continue;
        mpq_add(sum->term[i].coefficient, sum->term[i].coefficient, term->coefficient);
        mpq_clear(term->coefficient);
        return;
    }
    if (wick_reserve(&sum->term, &sum->capacity, sum->count + 1, sizeof *sum->term)) {
        sum->term[sum->count++] = *term;
        return;
    }
    mpq_clear(term->coefficient);
    m->failed = true;
}

static void clear_sum(wick_mean_field_sum *sum)
{
    for (size_t i = 0; i < sum->count; i++) mpq_clear(sum->term[i].coefficient);
    free(sum->term);
    *sum = (wick_mean_field_sum){0};
}

/* ---- Factors of terms -------------------------------------------------------------------------------------------- */

/* Multiplies by S_order, or S*_order. False if that vanishes. */
static bool times_factor(const maker *m, wick_mean_field_term *term, const wick_polynomial *factors, unsigned order)
{
    if (order >= m->factors->count || factors[order].count == 0) return false;
    const wick_polynomial *factor = &factors[order];
    size_t powers = 0;
    for (size_t i = 0; i < factor->count; i++) powers += mpq_sgn(factor->coefficient[i]) != 0;
    if (powers == 1) {
        mpq_mul(term->coefficient, term->coefficient, factor->coefficient[factor->count - 1]);
        term->v += (unsigned)factor->count - 1;
    } else {
        term->order[term->order_count++] = order;
    }
    return true;
}

static bool times_student(const maker *m, wick_mean_field_term *term, unsigned order)
{
    return times_factor(m, term, m->factors->student, order);
}

static void times_K(wick_mean_field_term *term, unsigned n)
{
    if (n == 1) {
        term->q++;
        return;
    }
    term->symbol = WICK_MEAN_FIELD_K;
    term->n = n;
}

static void times_J(const maker *m, wick_mean_field_term *term, unsigned n)
{
    if (n == 0 || !m->form->finite) {
        term->v += n;
        return;
    }
    term->symbol = WICK_MEAN_FIELD_J;
    term->n = n;
}

/* The largest g of T_{n,g}. */
static unsigned last_moment(const maker *m, unsigned n) { return m->form->finite ? n / 2 : 0; }

/* ---- The potential and its derivatives --------------------------------------------------------------------------- */

/* number S_{n + shift} times T_{n,g}'s part of H_n/n!, after `derivatives` of its contractions with u. False, and nothing
 * to clear, if it vanishes. */
static bool make_potential_term(const maker *m, unsigned n, unsigned g, unsigned shift, unsigned derivatives,
                                wick_mean_field_term *term)
{
    start(term);
    const unsigned rank = n - 2 * g;
    if (derivatives > rank || !times_student(m, term, n + shift)) {
        mpq_clear(term->coefficient);
        return false;
    }
    times_binomial(term, n, 2 * g);
    over_factorial(term, n);
    term->moment = term->q = g;
    term->symbol = WICK_MEAN_FIELD_TENSOR;
    term->n = n;
    term->g = g;
    term->contracted = rank - derivatives;
    return true;
}

static void add_potential(maker *m, unsigned n, unsigned g)
{
    wick_mean_field_form *form = m->form;
    wick_mean_field_term term;
    if (make_potential_term(m, n, g, 0, 0, &term)) add(m, &form->potential, &term);
    if (make_potential_term(m, n, g, 2, 0, &term)) { /* dS_n/du = S_{n+2} u */
        term.along = true;
        add(m, &form->gradient, &term);
    }
    if (make_potential_term(m, n, g, 0, 1, &term)) {
        times(&term, n - 2 * g, 1);
        add(m, &form->gradient, &term);
    }
    if (make_potential_term(m, n, g, 2, 0, &term)) { /* dS_n/dq = S_{n+2}/2 */
        times(&term, 1, 2);
        add(m, &form->perp, &term);
    }
    if (g > 0 && make_potential_term(m, n, g, 0, 0, &term)) {
        times(&term, g, 1);
        term.q--;
        add(m, &form->perp, &term);
    }
}

/* ---- A student's own contribution -------------------------------------------------------------------------------- */

/* S_n S_{n + shift} / (n - less)!. False, and nothing to clear, if it vanishes. */
static bool make_self_term(const maker *m, unsigned n, unsigned shift, unsigned less, wick_mean_field_term *term)
{
    start(term);
    if (!times_student(m, term, n) || !times_student(m, term, n + shift)) {
        mpq_clear(term->coefficient);
        return false;
    }
    over_factorial(term, n - less);
    return true;
}

static void add_self(maker *m, unsigned n)
{
    wick_mean_field_form *form = m->form;
    wick_mean_field_term term;
    if (make_self_term(m, n, 0, 0, &term)) {
        times_K(&term, n);
        add(m, &form->self, &term);
    }
    if (make_self_term(m, n, 2, 0, &term)) {
        times(&term, 2, 1);
        times_K(&term, n);
        term.along = true;
        add(m, &form->self_gradient, &term);
    }
    if (n > 1 && make_self_term(m, n, 0, 1, &term)) { /* K_0 = 0 */
        times(&term, 2, 1);
        times_K(&term, n - 1);
        term.along = true;
        add(m, &form->self_gradient, &term);
    }
    if (make_self_term(m, n, 2, 0, &term)) {
        times_K(&term, n);
        add(m, &form->self_perp, &term);
    }
    if (make_self_term(m, n, 0, 1, &term)) {
        times_J(m, &term, n - 1);
        add(m, &form->self_perp, &term);
    }
}

/* v^n - [less = 0] |u|^{2n} - sum_{g>=1} C(n, 2g - less) mu_g q^{2g - less} |u|^{2(n + less - 2g)}: K_n, or J_n for
 * less = 1. */
static void expand(maker *m, unsigned n, unsigned less, wick_mean_field_sum *sum)
{
    wick_mean_field_term term;
    start(&term);
    term.v = n;
    add(m, sum, &term);
    for (unsigned g = less; 2 * g <= n + less && (m->form->finite || g == 0); g++) {
        start(&term);
        mpq_neg(term.coefficient, term.coefficient);
        times_binomial(&term, n, 2 * g - less);
        term.moment = g;
        term.q = 2 * g - less;
        term.length = n + less - 2 * g;
        add(m, sum, &term);
    }
}

/* ---- Tensors ----------------------------------------------------------------------------------------------------- */

static void add_tensor(maker *m, unsigned n, unsigned g)
{
    wick_mean_field_form *form = m->form;
    wick_mean_field_tensor tensor = {.n = n, .g = g};
    wick_mean_field_term student, target;
    start(&student);
    student.q = g;
    start(&target);
    if (times_student(m, &student, n))
        add(m, &tensor.student, &student);
    else
        mpq_clear(student.coefficient);
    if (g == 0 && times_factor(m, &target, m->factors->target, n))
        add(m, &tensor.target, &target);
    else
        mpq_clear(target.coefficient);
    if (tensor.student.count + tensor.target.count == 0) return;
    if (!wick_reserve(&form->tensor, &form->tensor_capacity, form->tensor_count + 1, sizeof *form->tensor)) {
        m->failed = true;
        clear_sum(&tensor.student);
        clear_sum(&tensor.target);
        return;
    }
    form->tensor[form->tensor_count++] = tensor;

    wick_mean_field_term square;
    start(&square);
    times(&square, 1, 2);
    times_binomial(&square, n, 2 * g);
    over_factorial(&square, n);
    square.moment = g;
    square.symbol = WICK_MEAN_FIELD_NORM;
    square.n = n;
    square.g = g;
    add(m, &form->squares, &square);
}

/* ---- What occurs ------------------------------------------------------------------------------------------------- */

/* Notes the symbols of a sum, and expands each K_n and J_n the first time. */
static void note(maker *m, const wick_mean_field_sum *sum, bool *orders)
{
    wick_mean_field_form *form = m->form;
    for (size_t i = 0; i < sum->count; i++) {
        const wick_mean_field_term *term = &sum->term[i];
        for (unsigned o = 0; o < term->order_count; o++) orders[term->order[o]] = true;
        if (term->moment > form->moments) form->moments = term->moment;
        if (term->symbol == WICK_MEAN_FIELD_K && form->K[term->n].count == 0) expand(m, term->n, 0, &form->K[term->n]);
        if (term->symbol == WICK_MEAN_FIELD_J && form->J[term->n].count == 0) expand(m, term->n, 1, &form->J[term->n]);
    }
}

static void note_all(maker *m)
{
    wick_mean_field_form *form = m->form;
    const wick_mean_field_sum *sums[] = {&form->potential,     &form->gradient,  &form->perp,   &form->self,
                                         &form->self_gradient, &form->self_perp, &form->squares};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) note(m, sums[i], form->student_used);
    for (size_t i = 0; i < form->order_count; i++) {
        note(m, &form->K[i], form->student_used);
        note(m, &form->J[i], form->student_used);
    }
    for (size_t i = 0; i < form->tensor_count; i++) {
        note(m, &form->tensor[i].student, form->student_used);
        const unsigned n = form->tensor[i].n; /* one symbol for both where they are the same */
        const bool same = wick_polynomial_equal(&m->factors->student[n], &m->factors->target[n]);
        note(m, &form->tensor[i].target, same ? form->student_used : form->target_used);
    }
}

static void make_noise(maker *m, const wick_polynomial *activation)
{
    wick_polynomial *noise = &m->form->noise;
    if (!wick_polynomial_derivative(noise, activation, 1) || !wick_polynomial_multiply(noise, noise, noise) ||
        !wick_polynomial_gaussian_mean(noise, noise, 0))
        m->failed = true;
}

static void make_all(maker *m, const wick_polynomial *activation)
{
    wick_mean_field_form *form = m->form;
    form->order_count = m->factors->count;
    form->K = wick_allocate(form->order_count, 1, sizeof *form->K);
    form->J = wick_allocate(form->order_count, 1, sizeof *form->J);
    form->student_used = wick_allocate(form->order_count, 1, sizeof *form->student_used);
    form->target_used = wick_allocate(form->order_count, 1, sizeof *form->target_used);
    if (!form->K || !form->J || !form->student_used || !form->target_used) {
        m->failed = true;
        return;
    }
    for (unsigned n = 0; n < form->order_count; n++) {
        for (unsigned g = 0; g <= last_moment(m, n); g++) {
            add_tensor(m, n, g);
            add_potential(m, n, g);
        }
        if (n > 0) add_self(m, n);
    }
    make_noise(m, activation);
    note_all(m);
}

wick_status wick_mean_field_form_make(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                      wick_mean_field_form *made)
{
    *made =
        (wick_mean_field_form){.finite = form->parts->finite_d, .plain = form->rules == 0, .noise = WICK_POLYNOMIAL_ZERO};
    maker m = {.form = made, .factors = factors};
    make_all(&m, &form->student);
    if (!m.failed) return WICK_OK;
    wick_mean_field_form_clear(made);
    return wick_fail_memory(context, "printing the closed form");
}

void wick_mean_field_form_clear(wick_mean_field_form *form)
{
    wick_mean_field_sum *sums[] = {&form->potential,     &form->gradient,  &form->perp,   &form->self,
                                   &form->self_gradient, &form->self_perp, &form->squares};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) clear_sum(sums[i]);
    for (size_t i = 0; i < form->order_count; i++) {
        if (form->K) clear_sum(&form->K[i]);
        if (form->J) clear_sum(&form->J[i]);
    }
    for (size_t i = 0; i < form->tensor_count; i++) {
        clear_sum(&form->tensor[i].student);
        clear_sum(&form->tensor[i].target);
    }
    free(form->K);
    free(form->J);
    free(form->tensor);
    free(form->student_used);
    free(form->target_used);
    wick_polynomial_clear(&form->noise);
    *form = (wick_mean_field_form){0};
}

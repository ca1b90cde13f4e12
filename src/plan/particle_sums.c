/* Sums of products over particles, and their factors. See particle_terms.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/particle_terms.h"

wick_product_term *wick_sum_add(wick_particle_planner *p, wick_sum *s)
{
    if (!wick_reserve(&s->term, &s->capacity, s->count + 1, sizeof *s->term)) {
        p->builder.failed = true;
        return NULL;
    }
    wick_product_term *term = &s->term[s->count++];
    wick_product_term_init(term);
    return term;
}

void wick_sum_clear(wick_sum *s)
{
    for (size_t i = 0; i < s->count; ++i) wick_product_term_clear(&s->term[i]);
    free(s->term);
    *s = (wick_sum){0};
}

void wick_list_put(wick_particle_planner *p, wick_list *list, size_t id, unsigned times)
{
    for (; times > 0 && id != WICK_NONE; --times) wick_list_add(&p->builder, list, id);
}

/* v = x + q multiplied out where it is a single factor: no pass is spent on v, and like terms meet. */
void wick_sum_expand_variance(wick_particle_planner *p, wick_sum *s)
{
    for (size_t i = 0, count = s->count; i < count && p->v != WICK_NONE; ++i) {
        size_t at = WICK_NONE, times = 0;
        for (size_t f = 0; f < s->term[i].factor.count; ++f)
            if (s->term[i].factor.id[f] == p->v) at = f, ++times;
        if (times != 1) continue;
        wick_product_term *with_q = wick_sum_add(p, s);
        if (!with_q) return;
        wick_product_term *with_x = &s->term[i];
        for (size_t f = at; f + 1 < with_x->factor.count; ++f) with_x->factor.id[f] = with_x->factor.id[f + 1];
        --with_x->factor.count;
        mpq_set(with_q->coefficient, with_x->coefficient);
        with_q->scalar = with_x->scalar;
        with_q->factor = with_x->factor;
        wick_list_put(p, &with_q->factor, p->q, 1);
        wick_list_put(p, &with_x->factor, p->x, 1);
    }
}

/* The sum as one vector, or a number where no term has a vector. Uses it up. */
size_t wick_sum_finish(wick_particle_planner *p, wick_sum *s, int rank)
{
    if (rank == 1) wick_sum_expand_variance(p, s);
    const size_t id = wick_make_map(&p->builder, rank, s->term, s->count);
    wick_sum_clear(s);
    return id;
}

/* Sums of up to so many terms are multiplied out where they are used: cheaper than a pass over memory of their own, and
 * like terms meet. */
enum { INLINE_TERMS = 4 };

/* Appends `factor` times the sum to `to`: multiplied out if it is short, as one vector otherwise. Uses `of` up. */
void wick_sum_add_product(wick_particle_planner *p, const wick_product_term *factor, wick_sum *of, wick_sum *to)
{
    if (of->count > INLINE_TERMS) {
        const size_t node = wick_sum_finish(p, of, 1);
        wick_product_term *single = wick_sum_add(p, of);
        if (single) wick_list_put(p, &single->factor, node, 1);
    }
    for (size_t i = 0; i < of->count; ++i) {
        wick_product_term *term = wick_sum_add(p, to);
        if (!term) break;
        mpq_mul(term->coefficient, factor->coefficient, of->term[i].coefficient);
        term->scalar = factor->scalar;
        term->factor = factor->factor;
        for (size_t f = 0; f < of->term[i].scalar.count; ++f) wick_list_put(p, &term->scalar, of->term[i].scalar.id[f], 1);
        for (size_t f = 0; f < of->term[i].factor.count; ++f) wick_list_put(p, &term->factor, of->term[i].factor.id[f], 1);
    }
    wick_sum_clear(of);
}

/* A copy of the sum, appended. */
void wick_sum_add_copy(wick_particle_planner *p, const wick_sum *of, wick_sum *to)
{
    for (size_t i = 0; i < of->count; ++i) {
        wick_product_term *term = wick_sum_add(p, to);
        if (!term) return;
        mpq_set(term->coefficient, of->term[i].coefficient);
        term->scalar = of->term[i].scalar;
        term->factor = of->term[i].factor;
    }
}

/* ---- Rationals --------------------------------------------------------------------------------------------------- */

/* value *= numerator / denominator */
void wick_times_ratio(mpq_t value, unsigned long numerator, unsigned long denominator)
{
    mpq_t ratio;
    mpq_init(ratio);
    mpq_set_ui(ratio, numerator, denominator);
    mpq_canonicalize(ratio);
    mpq_mul(value, value, ratio);
    mpq_clear(ratio);
}

void wick_times_binomial(mpq_t value, unsigned n, unsigned m)
{
    mpz_t binomial;
    mpz_init(binomial);
    mpz_bin_uiui(binomial, n, m);
    mpz_mul(mpq_numref(value), mpq_numref(value), binomial);
    mpz_clear(binomial);
    mpq_canonicalize(value);
}

void wick_over_factorial(mpq_t value, unsigned n)
{
    for (unsigned i = 2; i <= n; ++i) wick_times_ratio(value, 1, i);
}

/* A sum that several outputs multiply: made one vector now if it is too long to multiply out. */
void wick_sum_settle(wick_particle_planner *p, wick_sum *s)
{
    if (s->count <= INLINE_TERMS) return;
    const size_t node = wick_sum_finish(p, s, 1);
    wick_product_term *single = wick_sum_add(p, s);
    if (single) wick_list_put(p, &single->factor, node, 1);
}

/* Number of ways to order the factors of u^exponent. */
void wick_times_multinomial(mpq_t value, const wick_tensor_entry *entry, size_t k)
{
    mpq_t ways;
    mpq_init(ways);
    mpz_fac_ui(mpq_numref(ways), entry->n - 2 * entry->g);
    mpz_set_ui(mpq_denref(ways), 1);
    mpq_mul(value, value, ways);
    mpq_clear(ways);
    for (size_t c = 0; c < k; ++c) wick_over_factorial(value, entry->exponent[c]);
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

size_t wick_particle_coordinate(wick_particle_planner *p, size_t c)
{
    return wick_make_leaf(&p->builder, WICK_OP_COORDINATE, 1, (unsigned)c);
}

size_t wick_particle_parameter(wick_particle_planner *p, unsigned number)
{
    return wick_make_leaf(&p->builder, WICK_OP_PARAMETER, 0, number);
}

/* mu_g as a factor; mu_0 = 1. */
void wick_put_moment(wick_particle_planner *p, wick_list *scalars, unsigned g)
{
    if (g == 0) return;
    if (g > p->plan->moment_count) p->plan->moment_count = g;
    wick_list_put(p, scalars, wick_particle_parameter(p, WICK_MOMENTS + g - 1), 1);
}

/* u^exponent as one vector, built up one factor at a time so that monomials share their parts; WICK_NONE for 1. */
size_t wick_particle_monomial(wick_particle_planner *p, const unsigned char *exponent)
{
    const size_t k = p->plan->k;
    size_t id = WICK_NONE;
    for (size_t c = 0; c < k; ++c)
        for (unsigned i = 0; i < exponent[c]; ++i) {
            wick_list pair = {0};
            wick_list_put(p, &pair, id, 1);
            wick_list_put(p, &pair, wick_particle_coordinate(p, c), 1);
            id = wick_make_vector(&p->builder, &pair);
        }
    return id;
}

/* S^{(order)} as content * vector. False if it vanishes. */
bool wick_particle_derivative(wick_particle_planner *p, const wick_polynomial *activation, unsigned order, size_t variable,
                              size_t *vector, mpq_t content)
{
    wick_polynomial mean = WICK_POLYNOMIAL_ZERO;
    if (!wick_polynomial_gaussian_mean(&mean, activation, order)) p->builder.failed = true;
    if (wick_polynomial_is_zero(&mean)) return false;
    *vector = wick_make_polynomial(&p->builder, &mean, variable, content);
    return true;
}

/* Adds to the term content * S^{(order)}; false if that vanishes. */
bool wick_put_derivative(wick_particle_planner *p, wick_product_term *term, unsigned order)
{
    mpq_t content;
    mpq_init(content);
    size_t vector = WICK_NONE;
    const bool alive = wick_particle_derivative(p, &p->form->student, order, p->v, &vector, content);
    if (alive) {
        mpq_mul(term->coefficient, term->coefficient, content);
        wick_list_put(p, &term->factor, vector, 1);
    }
    mpq_clear(content);
    return alive;
}

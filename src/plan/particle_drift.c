/* What a particle plan computes from the tensors: the potential's derivatives, the correction for l = i, the risk. See
 * particles.h for the formulas and particle_terms.h for the pieces. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/regime.h"
#include "plan/particle_terms.h"

/* ---- The potential's derivatives ------------------------------------------------------------------------------------- */

/* Appends the sum over the entries of T_{n,.} of C(n,2g) mu_g q^g times
 *   which = k:      <T, u^{n-2g}>                      (H_n)
 *   which = k + 1:  2g <T, u^{n-2g}>                   (2 q dH_n/dq)
 *   which = c < k:  its derivative by u_c. */
static void contract(wick_particle_planner *p, unsigned n, size_t which, wick_sum *s)
{
    const size_t k = p->plan->k;
    unsigned char *exponent = wick_allocate(k, 1, 1);
    for (size_t i = 0; i < p->plan->tensor_count && exponent; ++i) {
        const wick_tensor_entry *entry = &p->plan->tensor[i];
        if (entry->n != n || (which == k + 1 && entry->g == 0) || (which < k && entry->exponent[which] == 0)) continue;
        wick_product_term *term = wick_sum_add(p, s);
        if (!term) break;
        memcpy(exponent, entry->exponent, k);
        wick_times_binomial(term->coefficient, n, 2 * entry->g);
        wick_times_multinomial(term->coefficient, entry, k);
        if (which == k + 1) wick_times_ratio(term->coefficient, 2 * entry->g, 1);
        if (which < k) wick_times_ratio(term->coefficient, exponent[which]--, 1);
        wick_put_moment(p, &term->scalar, entry->g);
        wick_list_put(p, &term->scalar, wick_make_leaf(&p->builder, WICK_OP_TENSOR, 0, (unsigned)i), 1);
        wick_list_put(p, &term->factor, p->q, entry->g);
        wick_list_put(p, &term->factor, wick_particle_monomial(p, exponent), 1);
    }
    if (!exponent) p->builder.failed = true;
    free(exponent);
}

/* Appends sum_n S^{(n + shift)}/n! times contract(n, which). */
static void add_potential(wick_particle_planner *p, unsigned shift, size_t which, wick_sum *s)
{
    for (unsigned n = 0; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (wick_put_derivative(p, &factor, n + shift)) {
            wick_sum h = {0};
            wick_over_factorial(factor.coefficient, n);
            contract(p, n, which, &h);
            wick_sum_add_product(p, &factor, &h, s);
        }
        wick_product_term_clear(&factor);
    }
}

/* ---- Corrections for l = i ------------------------------------------------------------------------------------------- */

/* What replaces the average over xi of Omega_ii^n by v^n, every term with a factor q:
 * Delta_n = sum_{i>=1} C(n,i) x^{n-i} q^i - sum_{g>=1} C(n,2g) mu_g q^{2g} x^{n-2g}. */
static void correction(wick_particle_planner *p, unsigned n, wick_sum *s)
{
    const bool finite = p->form->parts->finite_d;
    for (unsigned i = 1; i <= n; ++i) {
        wick_product_term *term = wick_sum_add(p, s);
        if (!term) break;
        wick_times_binomial(term->coefficient, n, i);
        wick_list_put(p, &term->factor, p->q, i);
        wick_list_put(p, &term->factor, p->x, n - i);
    }
    for (unsigned g = 1; finite && 2 * g <= n; ++g) {
        wick_product_term *term = wick_sum_add(p, s);
        if (!term) break;
        wick_times_binomial(term->coefficient, n, 2 * g);
        mpq_neg(term->coefficient, term->coefficient);
        wick_put_moment(p, &term->scalar, g);
        wick_list_put(p, &term->factor, p->q, 2 * g);
        wick_list_put(p, &term->factor, p->x, n - 2 * g);
    }
}

/* The same for Omega_ii^n times the covariance of l_i and its part outside the target's space:
 * v^n q - sum_{g>=1} C(n,2g-1) mu_g q^{2g} x^{n+1-2g}. */
static void perp_correction(wick_particle_planner *p, unsigned n, wick_sum *s)
{
    const bool finite = p->form->parts->finite_d;
    for (unsigned i = 0; i <= n; ++i) {
        wick_product_term *term = wick_sum_add(p, s);
        if (!term) break;
        wick_times_binomial(term->coefficient, n, i);
        wick_list_put(p, &term->factor, p->q, i + 1);
        wick_list_put(p, &term->factor, p->x, n - i);
    }
    for (unsigned g = 1; finite && 2 * g <= n + 1; ++g) {
        wick_product_term *term = wick_sum_add(p, s);
        if (!term) break;
        wick_times_binomial(term->coefficient, n, 2 * g - 1);
        mpq_neg(term->coefficient, term->coefficient);
        wick_put_moment(p, &term->scalar, g);
        wick_list_put(p, &term->factor, p->q, 2 * g);
        wick_list_put(p, &term->factor, p->x, n + 1 - 2 * g);
    }
}

/* Appends -(a/p) sum_n S^{(n + shift)} S^{(n)} / (n - less)! make(n - less). */
static void add_self(wick_particle_planner *p, unsigned shift, unsigned less,
                     void (*make)(wick_particle_planner *, unsigned, wick_sum *), wick_sum *s)
{
    for (unsigned n = less; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (wick_put_derivative(p, &factor, n) && wick_put_derivative(p, &factor, n + shift)) {
            wick_sum delta = {0};
            mpq_neg(factor.coefficient, factor.coefficient);
            wick_over_factorial(factor.coefficient, n - less);
            wick_list_put(p, &factor.scalar, wick_particle_parameter(p, WICK_INVERSE_P), 1);
            wick_list_put(p, &factor.factor, p->a, 1);
            make(p, n - less, &delta);
            wick_sum_add_product(p, &factor, &delta, s);
        }
        wick_product_term_clear(&factor);
    }
}

/* ---- Outputs --------------------------------------------------------------------------------------------------------- */

/* The sum of squares, and of the corrections, in E[E^2]. */
void wick_plan_particle_risk(wick_particle_planner *p)
{
    wick_particle_plan *plan = p->plan;
    wick_sum squares = {0}, self = {0};
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        const wick_tensor_entry *entry = &plan->tensor[i];
        wick_product_term *term = wick_sum_add(p, &squares);
        if (!term) break;
        wick_times_binomial(term->coefficient, entry->n, 2 * entry->g);
        wick_times_multinomial(term->coefficient, entry, plan->k);
        wick_over_factorial(term->coefficient, entry->n);
        wick_put_moment(p, &term->scalar, entry->g);
        wick_list_put(p, &term->scalar, wick_make_leaf(&p->builder, WICK_OP_TENSOR, 0, (unsigned)i), 2);
    }
    plan->risk = wick_sum_finish(p, &squares, 0);
    for (unsigned n = 1; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (wick_put_derivative(p, &factor, n) && wick_put_derivative(p, &factor, n)) {
            wick_sum delta = {0};
            wick_over_factorial(factor.coefficient, n);
            wick_list_put(p, &factor.factor, p->a, 2);
            correction(p, n, &delta);
            wick_sum_add_product(p, &factor, &delta, &self);
        }
        wick_product_term_clear(&factor);
    }
    wick_list only = {0};
    wick_list_put(p, &only, wick_sum_finish(p, &self, 1), 1);
    plan->self_risk = wick_make_dot(&p->builder, &only);
}

/* E[s'(l_i)^2] as a polynomial of v. */
static bool put_noise(wick_particle_planner *p, wick_product_term *term)
{
    wick_polynomial square = WICK_POLYNOMIAL_ZERO;
    mpq_t content;
    mpq_init(content);
    if (!wick_polynomial_derivative(&square, &p->form->student, 1) || !wick_polynomial_multiply(&square, &square, &square) ||
        !wick_polynomial_gaussian_mean(&square, &square, 0))
        p->builder.failed = true;
    const bool alive = !wick_polynomial_is_zero(&square);
    if (alive) {
        wick_list_put(p, &term->factor, wick_make_polynomial(&p->builder, &square, p->v, content), 1);
        mpq_mul(term->coefficient, term->coefficient, content);
    }
    wick_polynomial_clear(&square);
    mpq_clear(content);
    return alive;
}

/* Appends number * vector * ... * of. */
static void add_times(wick_particle_planner *p, unsigned long number, size_t x, size_t y, const wick_sum *of, wick_sum *to)
{
    wick_product_term factor;
    wick_product_term_init(&factor);
    mpq_set_ui(factor.coefficient, number, 1);
    wick_list_put(p, &factor.factor, x, 1);
    wick_list_put(p, &factor.factor, y, 1);
    wick_sum copy = {0};
    wick_sum_add_copy(p, of, &copy);
    wick_sum_add_product(p, &factor, &copy, to);
    wick_product_term_clear(&factor);
}

void wick_plan_particle_update(wick_particle_planner *p)
{
    wick_particle_plan *plan = p->plan;
    const size_t k = plan->k;
    wick_sum direct = {0}, along = {0}, outside = {0}, perp = {0}; /* direct multiplies u in the gradient and q in dq */
    add_potential(p, 2, k, &direct);
    add_self(p, 2, 0, correction, &direct);
    wick_sum_settle(p, &direct);
    add_self(p, 0, 1, correction, &along);
    wick_sum_settle(p, &along);
    for (size_t c = 0; c < k; ++c) {
        wick_sum gradient = {0};
        add_times(p, 1, wick_particle_coordinate(p, c), WICK_NONE, &direct, &gradient);
        add_times(p, 1, wick_particle_coordinate(p, c), WICK_NONE, &along, &gradient);
        add_potential(p, 0, c, &gradient);
        plan->gradient[c] = wick_sum_finish(p, &gradient, 1);
    }
    add_potential(p, 0, k + 1, &outside);
    add_self(p, 0, 1, perp_correction, &outside);
    wick_sum_settle(p, &outside);
    add_times(p, 2, p->a, p->q, &direct, &perp);
    add_times(p, 2, p->a, WICK_NONE, &outside, &perp);
    wick_product_term *noise = wick_sum_add(p, &perp);
    if (noise) {
        wick_list_put(p, &noise->scalar, wick_particle_parameter(p, WICK_NOISE_RATE), 1);
        wick_list_put(p, &noise->factor, p->a, 2);
        if (!put_noise(p, noise)) wick_product_term_clear(&perp.term[--perp.count]);
    }
    plan->perp = wick_sum_finish(p, &perp, 1);
    wick_sum_clear(&direct);
    wick_sum_clear(&along);
    wick_sum_clear(&outside);
}

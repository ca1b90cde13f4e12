/* See particles.h. */
#include "plan/particles.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/nodes.h"
#include "plan/storage.h"

/* ---- Sums of products over particles -----------------------------------------------------------------------------------
 */

typedef struct {
    size_t count, capacity;
    wick_product_term *term;
} sum;

typedef struct {
    wick_builder builder;
    const wick_closed_form *form;
    wick_particle_plan *plan;
    unsigned degree; /* the largest n */
    bool unit_layer;
    size_t q, a, x, v; /* vectors: q, a (WICK_NONE: ones), |u|^2, |u|^2 + q */
} planner;

static wick_product_term *add_term(planner *p, sum *s)
{
    if (!wick_reserve(&s->term, &s->capacity, s->count + 1, sizeof *s->term)) {
        p->builder.failed = true;
        return NULL;
    }
    wick_product_term *term = &s->term[s->count++];
    wick_product_term_init(term);
    return term;
}

static void clear_sum(sum *s)
{
    for (size_t i = 0; i < s->count; ++i) wick_product_term_clear(&s->term[i]);
    free(s->term);
    *s = (sum){0};
}

static void put(planner *p, wick_list *list, size_t id, unsigned times)
{
    for (; times > 0 && id != WICK_NONE; --times) wick_list_add(&p->builder, list, id);
}

/* v = x + q multiplied out where it is a single factor: no pass is spent on v, and like terms meet. */
static void expand_variance(planner *p, sum *s)
{
    for (size_t i = 0, count = s->count; i < count && p->v != WICK_NONE; ++i) {
        size_t at = WICK_NONE, times = 0;
        for (size_t f = 0; f < s->term[i].factor.count; ++f)
            if (s->term[i].factor.id[f] == p->v) at = f, ++times;
        if (times != 1) continue;
        wick_product_term *with_q = add_term(p, s);
        if (!with_q) return;
        wick_product_term *with_x = &s->term[i];
        for (size_t f = at; f + 1 < with_x->factor.count; ++f) with_x->factor.id[f] = with_x->factor.id[f + 1];
        --with_x->factor.count;
        mpq_set(with_q->coefficient, with_x->coefficient);
        with_q->scalar = with_x->scalar;
        with_q->factor = with_x->factor;
        put(p, &with_q->factor, p->q, 1);
        put(p, &with_x->factor, p->x, 1);
    }
}

/* The sum as one vector, or a number where no term has a vector. Uses it up. */
static size_t finish(planner *p, sum *s, int rank)
{
    if (rank == 1) expand_variance(p, s);
    const size_t id = wick_make_map(&p->builder, rank, s->term, s->count);
    clear_sum(s);
    return id;
}

/* Sums of up to so many terms are multiplied out where they are used: cheaper than a pass over memory of their own, and
 * like terms meet. */
enum { INLINE_TERMS = 4 };

/* Appends `factor` times the sum to `to`: multiplied out if it is short, as one vector otherwise. Uses `of` up. */
static void add_product(planner *p, const wick_product_term *factor, sum *of, sum *to)
{
    if (of->count > INLINE_TERMS) {
        const size_t node = finish(p, of, 1);
        wick_product_term *single = add_term(p, of);
        if (single) put(p, &single->factor, node, 1);
    }
    for (size_t i = 0; i < of->count; ++i) {
        wick_product_term *term = add_term(p, to);
        if (!term) break;
        mpq_mul(term->coefficient, factor->coefficient, of->term[i].coefficient);
        term->scalar = factor->scalar;
        term->factor = factor->factor;
        for (size_t f = 0; f < of->term[i].scalar.count; ++f) put(p, &term->scalar, of->term[i].scalar.id[f], 1);
        for (size_t f = 0; f < of->term[i].factor.count; ++f) put(p, &term->factor, of->term[i].factor.id[f], 1);
    }
    clear_sum(of);
}

/* A copy of the sum, appended. */
static void add_copy(planner *p, const sum *of, sum *to)
{
    for (size_t i = 0; i < of->count; ++i) {
        wick_product_term *term = add_term(p, to);
        if (!term) return;
        mpq_set(term->coefficient, of->term[i].coefficient);
        term->scalar = of->term[i].scalar;
        term->factor = of->term[i].factor;
    }
}

/* ---- Rationals ---------------------------------------------------------------------------------------------------------
 */

/* value *= numerator / denominator */
static void times_ratio(mpq_t value, unsigned long numerator, unsigned long denominator)
{
    mpq_t ratio;
    mpq_init(ratio);
    mpq_set_ui(ratio, numerator, denominator);
    mpq_canonicalize(ratio);
    mpq_mul(value, value, ratio);
    mpq_clear(ratio);
}

static void times_binomial(mpq_t value, unsigned n, unsigned m)
{
    mpz_t binomial;
    mpz_init(binomial);
    mpz_bin_uiui(binomial, n, m);
    mpz_mul(mpq_numref(value), mpq_numref(value), binomial);
    mpz_clear(binomial);
    mpq_canonicalize(value);
}

static void over_factorial(mpq_t value, unsigned n)
{
    for (unsigned i = 2; i <= n; ++i) times_ratio(value, 1, i);
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------------
 */

static size_t coordinate(planner *p, size_t c) { return wick_make_leaf(&p->builder, WICK_OP_COORDINATE, 1, (unsigned)c); }

static size_t parameter(planner *p, unsigned number) { return wick_make_leaf(&p->builder, WICK_OP_PARAMETER, 0, number); }

/* mu_g as a factor; mu_0 = 1. */
static void put_moment(planner *p, wick_list *scalars, unsigned g)
{
    if (g == 0) return;
    if (g > p->plan->moment_count) p->plan->moment_count = g;
    put(p, scalars, parameter(p, WICK_MOMENTS + g - 1), 1);
}

/* u^exponent as one vector, built up one factor at a time so that monomials share their parts; WICK_NONE for 1. */
static size_t monomial(planner *p, const unsigned char *exponent)
{
    const size_t k = p->plan->k;
    size_t id = WICK_NONE;
    for (size_t c = 0; c < k; ++c)
        for (unsigned i = 0; i < exponent[c]; ++i) {
            wick_list pair = {0};
            put(p, &pair, id, 1);
            put(p, &pair, coordinate(p, c), 1);
            id = wick_make_vector(&p->builder, &pair);
        }
    return id;
}

/* S^{(order)} as content * vector. False if it vanishes. */
static bool derivative(planner *p, const wick_polynomial *activation, unsigned order, size_t variable, size_t *vector,
                       mpq_t content)
{
    wick_polynomial mean = WICK_POLYNOMIAL_ZERO;
    if (!wick_polynomial_gaussian_mean(&mean, activation, order)) p->builder.failed = true;
    if (wick_polynomial_is_zero(&mean)) return false;
    *vector = wick_make_polynomial(&p->builder, &mean, variable, content);
    return true;
}

/* Adds to the term content * S^{(order)}; false if that vanishes. */
static bool put_derivative(planner *p, wick_product_term *term, unsigned order)
{
    mpq_t content;
    mpq_init(content);
    size_t vector = WICK_NONE;
    const bool alive = derivative(p, &p->form->student, order, p->v, &vector, content);
    if (alive) {
        mpq_mul(term->coefficient, term->coefficient, content);
        put(p, &term->factor, vector, 1);
    }
    mpq_clear(content);
    return alive;
}

/* ---- Tensors ------------------------------------------------------------------------------------------------------------
 */

static bool add_entry(planner *p, unsigned n, unsigned g, const unsigned char *exponent)
{
    wick_particle_plan *plan = p->plan;
    size_t capacity = plan->tensor_count; /* grown one by one: few, and made once */
    if (!wick_reserve(&plan->tensor, &capacity, plan->tensor_count + 1, sizeof *plan->tensor)) return false;
    unsigned char *copy = wick_allocate(plan->k, 1, 1);
    if (!copy) return false;
    memcpy(copy, exponent, plan->k);
    plan->tensor[plan->tensor_count++] = (wick_tensor_entry){n, g, copy};
    return true;
}

/* Every exponent of total degree `left` over components c and up. */
static bool list_exponents(planner *p, unsigned n, unsigned g, unsigned char *exponent, size_t c, unsigned left)
{
    if (c + 1 == p->plan->k) {
        exponent[c] = (unsigned char)left;
        return add_entry(p, n, g, exponent);
    }
    for (unsigned e = left + 1; e-- > 0;) {
        exponent[c] = (unsigned char)e;
        if (!list_exponents(p, n, g, exponent, c + 1, left - e)) return false;
    }
    return true;
}

static void list_tensors(planner *p)
{
    const bool finite = p->form->regime == WICK_MEAN_FIELD;
    unsigned char *exponent = wick_allocate(p->plan->k, 1, 1);
    bool fine = exponent != NULL;
    for (unsigned n = 0; n <= p->degree && fine; ++n)
        for (unsigned g = 0; 2 * g <= n && (finite || g == 0) && fine; ++g) {
            wick_polynomial s = WICK_POLYNOMIAL_ZERO, t = WICK_POLYNOMIAL_ZERO;
            fine = wick_polynomial_gaussian_mean(&s, &p->form->student, n) &&
                   wick_polynomial_gaussian_mean(&t, &p->form->target, n);
            const bool alive = !wick_polynomial_is_zero(&s) || (g == 0 && !wick_polynomial_is_zero(&t));
            wick_polynomial_clear(&s);
            wick_polynomial_clear(&t);
            if (fine && alive) fine = list_exponents(p, n, g, exponent, 0, n - 2 * g);
        }
    free(exponent);
    if (!fine) p->builder.failed = true;
}

/* Number of ways to order the factors of u^exponent. */
static void times_multinomial(mpq_t value, const wick_tensor_entry *entry, size_t k)
{
    mpq_t ways;
    mpq_init(ways);
    mpz_fac_ui(mpq_numref(ways), entry->n - 2 * entry->g);
    mpz_set_ui(mpq_denref(ways), 1);
    mpq_mul(value, value, ways);
    mpq_clear(ways);
    for (size_t c = 0; c < k; ++c) over_factorial(value, entry->exponent[c]);
}

/* sum over a block of a product of vectors. */
static size_t block_sum(planner *p, const wick_list *factors)
{
    wick_list list = *factors;
    if (list.count == 0) put(p, &list, wick_make_leaf(&p->builder, WICK_OP_LAYER, 1, 0), 1); /* ones: counts the block */
    /* |u|^2 of one coordinate, alone, is a dot product of its own. */
    if (list.count == 1 && list.id[0] == p->x && p->plan->k == 1) {
        list = (wick_list){0};
        put(p, &list, coordinate(p, 0), 2);
    }
    return wick_make_dot(&p->builder, &list);
}

/* sum over a block of weight F^{(n)} q^g u^exponent, for students or, with q = 0, targets. */
static size_t entry_sum(planner *p, const wick_tensor_entry *entry, const wick_polynomial *activation, size_t variable)
{
    sum products = {0}, numbers = {0};
    wick_product_term *product = add_term(p, &products);
    mpq_t content;
    mpq_init(content);
    size_t vector = WICK_NONE, id = WICK_NONE;
    if (product && derivative(p, activation, entry->n, variable, &vector, content)) {
        mpq_set(product->coefficient, content);
        wick_list weight = {0};
        put(p, &weight, p->a, 1);
        put(p, &weight, entry->g > 0 || vector != p->v ? vector : WICK_NONE, 1);
        put(p, &weight, p->q, entry->g);
        put(p, &product->factor, wick_make_vector(&p->builder, &weight), 1);
        put(p, &product->factor, entry->g == 0 && vector == p->v ? vector : WICK_NONE, 1);
        put(p, &product->factor, monomial(p, entry->exponent), 1);
        expand_variance(p, &products);
        for (size_t i = 0; i < products.count; ++i) {
            wick_product_term *number = add_term(p, &numbers);
            if (!number) break;
            mpq_set(number->coefficient, products.term[i].coefficient);
            put(p, &number->scalar, block_sum(p, &products.term[i].factor), 1);
        }
        id = finish(p, &numbers, 0);
    }
    mpq_clear(content);
    clear_sum(&products);
    clear_sum(&numbers);
    return id;
}

/* ---- The potential's derivatives ------------------------------------------------------------------------------------- */

/* Appends the sum over the entries of T_{n,.} of C(n,2g) mu_g q^g times
 *   which = k:      <T, u^{n-2g}>                      (H_n)
 *   which = k + 1:  2g <T, u^{n-2g}>                   (2 q dH_n/dq)
 *   which = c < k:  its derivative by u_c. */
static void contract(planner *p, unsigned n, size_t which, sum *s)
{
    const size_t k = p->plan->k;
    unsigned char *exponent = wick_allocate(k, 1, 1);
    for (size_t i = 0; i < p->plan->tensor_count && exponent; ++i) {
        const wick_tensor_entry *entry = &p->plan->tensor[i];
        if (entry->n != n || (which == k + 1 && entry->g == 0) || (which < k && entry->exponent[which] == 0)) continue;
        wick_product_term *term = add_term(p, s);
        if (!term) break;
        memcpy(exponent, entry->exponent, k);
        times_binomial(term->coefficient, n, 2 * entry->g);
        times_multinomial(term->coefficient, entry, k);
        if (which == k + 1) times_ratio(term->coefficient, 2 * entry->g, 1);
        if (which < k) times_ratio(term->coefficient, exponent[which]--, 1);
        put_moment(p, &term->scalar, entry->g);
        put(p, &term->scalar, wick_make_leaf(&p->builder, WICK_OP_TENSOR, 0, (unsigned)i), 1);
        put(p, &term->factor, p->q, entry->g);
        put(p, &term->factor, monomial(p, exponent), 1);
    }
    if (!exponent) p->builder.failed = true;
    free(exponent);
}

/* Appends sum_n S^{(n + shift)}/n! times contract(n, which). */
static void add_potential(planner *p, unsigned shift, size_t which, sum *s)
{
    for (unsigned n = 0; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (put_derivative(p, &factor, n + shift)) {
            sum h = {0};
            over_factorial(factor.coefficient, n);
            contract(p, n, which, &h);
            add_product(p, &factor, &h, s);
        }
        wick_product_term_clear(&factor);
    }
}

/* ---- Corrections for l = i ------------------------------------------------------------------------------------------- */

/* What replaces the average over xi of Omega_ii^n by v^n, every term with a factor q:
 * Delta_n = sum_{i>=1} C(n,i) x^{n-i} q^i - sum_{g>=1} C(n,2g) mu_g q^{2g} x^{n-2g}. */
static void correction(planner *p, unsigned n, sum *s)
{
    const bool finite = p->form->regime == WICK_MEAN_FIELD;
    for (unsigned i = 1; i <= n; ++i) {
        wick_product_term *term = add_term(p, s);
        if (!term) break;
        times_binomial(term->coefficient, n, i);
        put(p, &term->factor, p->q, i);
        put(p, &term->factor, p->x, n - i);
    }
    for (unsigned g = 1; finite && 2 * g <= n; ++g) {
        wick_product_term *term = add_term(p, s);
        if (!term) break;
        times_binomial(term->coefficient, n, 2 * g);
        mpq_neg(term->coefficient, term->coefficient);
        put_moment(p, &term->scalar, g);
        put(p, &term->factor, p->q, 2 * g);
        put(p, &term->factor, p->x, n - 2 * g);
    }
}

/* The same for Omega_ii^n times the covariance of l_i and its part outside the target's space:
 * v^n q - sum_{g>=1} C(n,2g-1) mu_g q^{2g} x^{n+1-2g}. */
static void perp_correction(planner *p, unsigned n, sum *s)
{
    const bool finite = p->form->regime == WICK_MEAN_FIELD;
    for (unsigned i = 0; i <= n; ++i) {
        wick_product_term *term = add_term(p, s);
        if (!term) break;
        times_binomial(term->coefficient, n, i);
        put(p, &term->factor, p->q, i + 1);
        put(p, &term->factor, p->x, n - i);
    }
    for (unsigned g = 1; finite && 2 * g <= n + 1; ++g) {
        wick_product_term *term = add_term(p, s);
        if (!term) break;
        times_binomial(term->coefficient, n, 2 * g - 1);
        mpq_neg(term->coefficient, term->coefficient);
        put_moment(p, &term->scalar, g);
        put(p, &term->factor, p->q, 2 * g);
        put(p, &term->factor, p->x, n + 1 - 2 * g);
    }
}

/* Appends -(a/p) sum_n S^{(n + shift)} S^{(n)} / (n - less)! make(n - less). */
static void add_self(planner *p, unsigned shift, unsigned less, void (*make)(planner *, unsigned, sum *), sum *s)
{
    for (unsigned n = less; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (put_derivative(p, &factor, n) && put_derivative(p, &factor, n + shift)) {
            sum delta = {0};
            mpq_neg(factor.coefficient, factor.coefficient);
            over_factorial(factor.coefficient, n - less);
            put(p, &factor.scalar, parameter(p, WICK_INVERSE_P), 1);
            put(p, &factor.factor, p->a, 1);
            make(p, n - less, &delta);
            add_product(p, &factor, &delta, s);
        }
        wick_product_term_clear(&factor);
    }
}

/* ---- Outputs --------------------------------------------------------------------------------------------------------- */

/* The sum of squares, and of the corrections, in E[E^2]. */
static void plan_risk(planner *p)
{
    wick_particle_plan *plan = p->plan;
    sum squares = {0}, self = {0};
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        const wick_tensor_entry *entry = &plan->tensor[i];
        wick_product_term *term = add_term(p, &squares);
        if (!term) break;
        times_binomial(term->coefficient, entry->n, 2 * entry->g);
        times_multinomial(term->coefficient, entry, plan->k);
        over_factorial(term->coefficient, entry->n);
        put_moment(p, &term->scalar, entry->g);
        put(p, &term->scalar, wick_make_leaf(&p->builder, WICK_OP_TENSOR, 0, (unsigned)i), 2);
    }
    plan->risk = finish(p, &squares, 0);
    for (unsigned n = 1; n <= p->degree; ++n) {
        wick_product_term factor;
        wick_product_term_init(&factor);
        if (put_derivative(p, &factor, n) && put_derivative(p, &factor, n)) {
            sum delta = {0};
            over_factorial(factor.coefficient, n);
            put(p, &factor.factor, p->a, 2);
            correction(p, n, &delta);
            add_product(p, &factor, &delta, &self);
        }
        wick_product_term_clear(&factor);
    }
    wick_list only = {0};
    put(p, &only, finish(p, &self, 1), 1);
    plan->self_risk = wick_make_dot(&p->builder, &only);
}

/* E[s'(l_i)^2] as a polynomial of v. */
static bool put_noise(planner *p, wick_product_term *term)
{
    wick_polynomial square = WICK_POLYNOMIAL_ZERO;
    mpq_t content;
    mpq_init(content);
    if (!wick_polynomial_derivative(&square, &p->form->student, 1) || !wick_polynomial_multiply(&square, &square, &square) ||
        !wick_polynomial_gaussian_mean(&square, &square, 0))
        p->builder.failed = true;
    const bool alive = !wick_polynomial_is_zero(&square);
    if (alive) {
        put(p, &term->factor, wick_make_polynomial(&p->builder, &square, p->v, content), 1);
        mpq_mul(term->coefficient, term->coefficient, content);
    }
    wick_polynomial_clear(&square);
    mpq_clear(content);
    return alive;
}

/* A sum that several outputs multiply: made one vector now if it is too long to multiply out. */
static void settle(planner *p, sum *s)
{
    if (s->count <= INLINE_TERMS) return;
    const size_t node = finish(p, s, 1);
    wick_product_term *single = add_term(p, s);
    if (single) put(p, &single->factor, node, 1);
}

/* Appends number * vector * ... * of. */
static void add_times(planner *p, unsigned long number, size_t x, size_t y, const sum *of, sum *to)
{
    wick_product_term factor;
    wick_product_term_init(&factor);
    mpq_set_ui(factor.coefficient, number, 1);
    put(p, &factor.factor, x, 1);
    put(p, &factor.factor, y, 1);
    sum copy = {0};
    add_copy(p, of, &copy);
    add_product(p, &factor, &copy, to);
    wick_product_term_clear(&factor);
}

static void plan_update(planner *p)
{
    wick_particle_plan *plan = p->plan;
    const size_t k = plan->k;
    sum direct = {0}, along = {0}, outside = {0}, perp = {0}; /* direct multiplies u in the gradient and q in dq */
    add_potential(p, 2, k, &direct);
    add_self(p, 2, 0, correction, &direct);
    settle(p, &direct);
    add_self(p, 0, 1, correction, &along);
    settle(p, &along);
    for (size_t c = 0; c < k; ++c) {
        sum gradient = {0};
        add_times(p, 1, coordinate(p, c), WICK_NONE, &direct, &gradient);
        add_times(p, 1, coordinate(p, c), WICK_NONE, &along, &gradient);
        add_potential(p, 0, c, &gradient);
        plan->gradient[c] = finish(p, &gradient, 1);
    }
    add_potential(p, 0, k + 1, &outside);
    add_self(p, 0, 1, perp_correction, &outside);
    settle(p, &outside);
    add_times(p, 2, p->a, p->q, &direct, &perp);
    add_times(p, 2, p->a, WICK_NONE, &outside, &perp);
    wick_product_term *noise = add_term(p, &perp);
    if (noise) {
        put(p, &noise->scalar, parameter(p, WICK_NOISE_RATE), 1);
        put(p, &noise->factor, p->a, 2);
        if (!put_noise(p, noise)) wick_product_term_clear(&perp.term[--perp.count]);
    }
    plan->perp = finish(p, &perp, 1);
    clear_sum(&direct);
    clear_sum(&along);
    clear_sum(&outside);
}

static void make_variables(planner *p)
{
    wick_builder *builder = &p->builder;
    p->v = WICK_NONE;
    p->q = wick_make_leaf(builder, WICK_OP_PERP, 1, 0);
    p->a = p->unit_layer ? WICK_NONE : wick_make_leaf(builder, WICK_OP_LAYER, 1, 0);
    sum x = {0}, v = {0};
    for (size_t c = 0; c < p->plan->k; ++c) {
        wick_product_term *term = add_term(p, &x);
        if (term) put(p, &term->factor, coordinate(p, c), 2);
    }
    p->x = finish(p, &x, 1);
    wick_product_term *term = add_term(p, &v);
    if (term) put(p, &term->factor, p->x, 1);
    term = add_term(p, &v);
    if (term) put(p, &term->factor, p->q, 1);
    p->v = finish(p, &v, 1);
}

bool wick_particles_in_place(const wick_particle_plan *plan, size_t output)
{
    return plan->nodes.node[output].op == WICK_OP_MAP && plan->update_program.slot[output] == WICK_NONE;
}

/* A map that is one output and only one needs no slot. */
static void place_outputs(wick_particle_plan *plan, const size_t *outputs)
{
    for (size_t i = 0; i <= plan->k; ++i) {
        size_t uses = 0;
        for (size_t j = 0; j <= plan->k; ++j) uses += outputs[j] == outputs[i];
        if (uses == 1 && plan->nodes.node[outputs[i]].op == WICK_OP_MAP) plan->update_program.slot[outputs[i]] = WICK_NONE;
    }
}

static bool lay_out(wick_particle_plan *plan)
{
    size_t slots[WICK_ROOM_COUNT] = {0};
    const wick_plan *nodes = &plan->nodes;
    size_t *update = wick_allocate(plan->k + 1, 1, sizeof *update);
    if (!update) return false;
    memcpy(update, plan->gradient, plan->k * sizeof *update);
    update[plan->k] = plan->perp;
    const bool fine = wick_program_lay_out(nodes, plan->student_sum, plan->tensor_count, &plan->student_program, slots) &&
                      wick_program_lay_out(nodes, plan->target_sum, plan->tensor_count, &plan->target_program, slots) &&
                      wick_program_lay_out(nodes, update, plan->k + 1, &plan->update_program, slots) &&
                      wick_program_lay_out(nodes, &plan->self_risk, 1, &plan->self_program, slots) &&
                      wick_program_lay_out(nodes, &plan->risk, 1, &plan->risk_program, slots);
    if (fine) place_outputs(plan, update);
    free(update);
    plan->vector_slots = slots[WICK_VECTORS];
    return fine;
}

static void plan_all(planner *p)
{
    wick_particle_plan *plan = p->plan;
    make_variables(p);
    list_tensors(p);
    plan->student_sum = wick_allocate(plan->tensor_count, 1, sizeof *plan->student_sum);
    plan->target_sum = wick_allocate(plan->tensor_count, 1, sizeof *plan->target_sum);
    plan->gradient = wick_allocate(plan->k, 1, sizeof *plan->gradient);
    if (!plan->student_sum || !plan->target_sum || !plan->gradient) p->builder.failed = true;
    if (p->builder.failed) return;
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        plan->student_sum[i] = entry_sum(p, &plan->tensor[i], &p->form->student, p->v);
        plan->target_sum[i] = plan->tensor[i].g > 0 ? WICK_NONE : entry_sum(p, &plan->tensor[i], &p->form->target, p->x);
    }
    plan_update(p);
    plan_risk(p);
}

wick_status wick_particles_plan(wick_context *context, const wick_closed_form *form, size_t k, bool unit_layer,
                                wick_particle_plan *plan)
{
    *plan = (wick_particle_plan){.nodes = WICK_PLAN_EMPTY, .k = k};
    const size_t count = form->student.count > form->target.count ? form->student.count : form->target.count;
    planner p = {.builder = {.plan = &plan->nodes},
                 .form = form,
                 .plan = plan,
                 .unit_layer = unit_layer,
                 .degree = count > 0 ? (unsigned)count - 1 : 0};
    plan_all(&p);
    wick_builder_clear(&p.builder);
    if (p.builder.failed || !lay_out(plan)) {
        wick_particles_clear(plan);
        return wick_fail_memory(context, "planning the drift");
    }
    return WICK_OK;
}

void wick_particles_clear(wick_particle_plan *plan)
{
    for (size_t i = 0; i < plan->tensor_count; ++i) free(plan->tensor[i].exponent);
    free(plan->tensor);
    free(plan->student_sum);
    free(plan->target_sum);
    free(plan->gradient);
    wick_program *programs[] = {&plan->student_program, &plan->target_program, &plan->update_program, &plan->self_program,
                                &plan->risk_program};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; ++i) wick_program_clear(programs[i]);
    wick_plan_clear(&plan->nodes);
    *plan = (wick_particle_plan){0};
}

/* The tensors of a particle plan: which entries there are, and their sums over a block. See particle_terms.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/regime.h"
#include "plan/particle_terms.h"

static bool add_entry(wick_particle_planner *p, unsigned n, unsigned g, const unsigned char *exponent)
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
static bool list_exponents(wick_particle_planner *p, unsigned n, unsigned g, unsigned char *exponent, size_t c,
                           unsigned left)
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

void wick_list_tensors(wick_particle_planner *p)
{
    const bool finite = p->form->parts->finite_d;
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

/* sum over a block of a product of vectors. */
static size_t block_sum(wick_particle_planner *p, const wick_list *factors)
{
    wick_list list = *factors;
    if (list.count == 0)
        wick_list_put(p, &list, wick_make_leaf(&p->builder, WICK_OP_LAYER, 1, 0), 1); /* ones: counts the block */
    /* |u|^2 of one coordinate, alone, is a dot product of its own. */
    if (list.count == 1 && list.id[0] == p->x && p->plan->k == 1) {
        list = (wick_list){0};
        wick_list_put(p, &list, wick_particle_coordinate(p, 0), 2);
    }
    return wick_make_dot(&p->builder, &list);
}

/* sum over a block of weight F^{(n)} q^g u^exponent, for students or, with q = 0, targets. */
size_t wick_tensor_sum(wick_particle_planner *p, const wick_tensor_entry *entry, const wick_polynomial *activation,
                       size_t variable)
{
    wick_sum products = {0}, numbers = {0};
    wick_product_term *product = wick_sum_add(p, &products);
    mpq_t content;
    mpq_init(content);
    size_t vector = WICK_NONE, id = WICK_NONE;
    if (product && wick_particle_derivative(p, activation, entry->n, variable, &vector, content)) {
        mpq_set(product->coefficient, content);
        wick_list weight = {0};
        wick_list_put(p, &weight, p->a, 1);
        wick_list_put(p, &weight, entry->g > 0 || vector != p->v ? vector : WICK_NONE, 1);
        wick_list_put(p, &weight, p->q, entry->g);
        wick_list_put(p, &product->factor, wick_make_vector(&p->builder, &weight), 1);
        wick_list_put(p, &product->factor, entry->g == 0 && vector == p->v ? vector : WICK_NONE, 1);
        wick_list_put(p, &product->factor, wick_particle_monomial(p, entry->exponent), 1);
        wick_sum_expand_variance(p, &products);
        for (size_t i = 0; i < products.count; ++i) {
            wick_product_term *number = wick_sum_add(p, &numbers);
            if (!number) break;
            mpq_set(number->coefficient, products.term[i].coefficient);
            wick_list_put(p, &number->scalar, block_sum(p, &products.term[i].factor), 1);
        }
        id = wick_sum_finish(p, &numbers, 0);
    }
    mpq_clear(content);
    wick_sum_clear(&products);
    wick_sum_clear(&numbers);
    return id;
}

/* Building blocks of particle plans: sums of products of vectors over particles, and their usual factors. Private to the
 * planner (particles*.c). */
#ifndef WICK_PLAN_PARTICLE_TERMS_H
#define WICK_PLAN_PARTICLE_TERMS_H

#include "plan/nodes.h"
#include "plan/particles.h"

/* A sum of products, before it is made a node. */
typedef struct {
    size_t count, capacity;
    wick_product_term *term;
} wick_sum;

typedef struct {
    wick_builder builder;
    const wick_closed_form *form;
    wick_particle_plan *plan;
    unsigned degree; /* the largest n */
    bool unit_layer;
    size_t q, a, x, v; /* vectors: q, a (WICK_NONE: ones), |u|^2, |u|^2 + q */
} wick_particle_planner;

/* ---- Sums -------------------------------------------------------------------------------------------------------- */

/* A new term, 1 so far; NULL (and builder.failed) if memory is exhausted. */
wick_product_term *wick_sum_add(wick_particle_planner *p, wick_sum *s);
void wick_sum_clear(wick_sum *s);

/* Adds a node to a list so many times; WICK_NONE stands for 1 and adds nothing. */
void wick_list_put(wick_particle_planner *p, wick_list *list, size_t id, unsigned times);

/* v = x + q multiplied out where it is a single factor: no pass is spent on v, and like terms meet. */
void wick_sum_expand_variance(wick_particle_planner *p, wick_sum *s);

/* The sum as one node, a vector (rank 1) or a number (rank 0). Uses it up. */
size_t wick_sum_finish(wick_particle_planner *p, wick_sum *s, int rank);

/* Appends `factor` times the sum to `to`: multiplied out if it is short, as one vector otherwise. Uses `of` up. */
void wick_sum_add_product(wick_particle_planner *p, const wick_product_term *factor, wick_sum *of, wick_sum *to);

/* Appends a copy of the sum. */
void wick_sum_add_copy(wick_particle_planner *p, const wick_sum *of, wick_sum *to);

/* Makes a sum that several outputs multiply one vector, if it is too long to multiply out. */
void wick_sum_settle(wick_particle_planner *p, wick_sum *s);

/* ---- Rational factors -------------------------------------------------------------------------------------------- */

void wick_times_ratio(mpq_t value, unsigned long numerator, unsigned long denominator);
void wick_times_binomial(mpq_t value, unsigned n, unsigned m); /* n over m */
void wick_over_factorial(mpq_t value, unsigned n);             /* 1/n! */
/* Number of ways to order the factors of u^exponent. */
void wick_times_multinomial(mpq_t value, const wick_tensor_entry *entry, size_t k);

/* ---- Factors ----------------------------------------------------------------------------------------------------- */

size_t wick_particle_coordinate(wick_particle_planner *p, size_t c);
size_t wick_particle_parameter(wick_particle_planner *p, unsigned number);

/* mu_g; mu_0 = 1. */
void wick_put_moment(wick_particle_planner *p, wick_list *scalars, unsigned g);

/* u^exponent as one vector; WICK_NONE for 1. */
size_t wick_particle_monomial(wick_particle_planner *p, const unsigned char *exponent);

/* E[f^{(order)}] as content * vector, a polynomial of `variable`. False if it vanishes. */
bool wick_particle_derivative(wick_particle_planner *p, const wick_polynomial *activation, unsigned order, size_t variable,
                              size_t *vector, mpq_t content);

/* The factor S^{(order)}; false if it vanishes. */
bool wick_put_derivative(wick_particle_planner *p, wick_product_term *term, unsigned order);

/* ---- Parts of the plan ------------------------------------------------------------------------------------------- */

/* The table of tensor entries that can be non-zero. */
void wick_list_tensors(wick_particle_planner *p);

/* The number that sums one entry over a block, for students or, with q = 0, targets; WICK_NONE if it is zero. */
size_t wick_tensor_sum(wick_particle_planner *p, const wick_tensor_entry *entry, const wick_polynomial *activation,
                       size_t variable);

/* The outputs: gradient and perp; risk and self_risk. */
void wick_plan_particle_update(wick_particle_planner *p);
void wick_plan_particle_risk(wick_particle_planner *p);

#endif

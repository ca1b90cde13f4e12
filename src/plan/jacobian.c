/* See jacobian.h. */
#include "plan/jacobian.h"

#include <stdlib.h>

#include "base/memory.h"
#include "plan/derivative.h"
#include "plan/storage.h"

typedef struct {
    wick_builder *builder;
    const wick_closed_form *form;
} planner;

/* ---- The drift as terms -------------------------------------------------------------------------------------------- */

/* An expansion's factors in the drift: numbers, and the second layer at either leg. */
typedef struct {
    const wick_expansion *expansion;
    size_t number[2]; /* or WICK_NONE */
    bool a_j, a_l;
} part;

static void add_part(const planner *p, const part *of, bool exchanged, wick_terms *terms)
{
    wick_builder *builder = p->builder;
    const size_t layer = wick_make_leaf(builder, WICK_OP_LAYER, 1, 0);
    for (size_t i = 0; i < of->expansion->count && !builder->failed; ++i) {
        wick_term term;
        wick_term_init(&term);
        wick_term_from_diagram(builder, p->form, of->expansion, &of->expansion->diagram[i], &term);
        for (size_t n = 0; n < 2; ++n)
            if (of->number[n] != WICK_NONE) wick_list_add(builder, &term.scalar, of->number[n]);
        if (of->a_j) wick_list_add(builder, &term.vector[WICK_J], layer);
        if (of->a_l) wick_list_add(builder, &term.vector[WICK_L], layer);
        if (exchanged) wick_term_exchange(&term, WICK_J, WICK_L);
        wick_terms_push(builder, terms, &term);
        wick_term_clear(&term);
    }
}

/* dM[j,r]/dt = a_j B[j,p+r] */
static void terms_of_M(const planner *p, wick_terms *terms)
{
    add_part(p, &(part){&p->form->flow, {WICK_NONE, WICK_NONE}, true, false}, false, terms);
}

/* dQ[j,l]/dt = a_j B[j,l] + (gamma/p) a_j a_l Y[j,l] and the same with j and l exchanged */
static void terms_of_Q(const planner *p, wick_terms *terms)
{
    for (int exchanged = 0; exchanged < 2; ++exchanged) {
        add_part(p, &(part){&p->form->flow, {WICK_NONE, WICK_NONE}, true, false}, exchanged, terms);
        if (p->form->noise.vertex_count == 0) continue;
        const size_t rate = wick_make_rate(p->builder), noise = wick_make_noise(p->builder);
        add_part(p, &(part){&p->form->noise, {rate, noise}, true, true}, exchanged, terms);
        add_part(p, &(part){&p->form->variance, {rate, WICK_NONE}, true, true}, exchanged, terms);
    }
}

/* da[j]/dt = A[j] */
static void terms_of_a(const planner *p, wick_terms *terms)
{
    add_part(p, &(part){&p->form->second_layer, {WICK_NONE, WICK_NONE}, false, false}, false, terms);
}

/* ---- Their gradient ------------------------------------------------------------------------------------------------ */

/* A finished term as that of a map of the given rank. */
static void set_product(wick_builder *builder, const wick_term *term, int rank, wick_product_term *product)
{
    wick_product_term_init(product);
    mpq_set(product->coefficient, term->coefficient);
    product->scalar = term->scalar;
    if (rank == 1) product->factor = term->vector[WICK_A];
    if (rank < 2) return;
    product->factor = wick_term_between(term, WICK_A, WICK_B);
    /* G_xy + G_yx is what counts, so that either may be the row: one order lets more terms be collected. */
    const bool turned = wick_list_compare(&term->vector[WICK_A], &term->vector[WICK_B]) > 0;
    product->row = term->vector[turned ? WICK_B : WICK_A];
    product->column = term->vector[turned ? WICK_A : WICK_B];
    if (term->matrix_count != product->factor.count) builder->failed = true;
}

static size_t make_part(wick_builder *builder, wick_terms *terms, wick_place place, bool wide)
{
    const int rank = place == WICK_BY_PAIR ? 2 : place < WICK_BY_JJ ? 1 : 0;
    if (terms->count == 0) return WICK_NONE;
    wick_product_term *products = wick_allocate(terms->count, 1, sizeof *products);
    if (!products) {
        builder->failed = true;
        return WICK_NONE;
    }
    for (size_t i = 0; i < terms->count; ++i) {
        wick_finish_derivative(builder, &terms->term[i], place, wide);
        set_product(builder, &terms->term[i], rank, &products[i]);
    }
    const size_t made = builder->failed ? WICK_NONE : wick_make_map(builder, rank, products, terms->count);
    for (size_t i = 0; i < terms->count; ++i) wick_product_term_clear(&products[i]);
    free(products);
    return made;
}

/* `terms` is used up. */
static wick_gradient make_gradient(const planner *p, wick_terms *terms, bool wide)
{
    wick_terms derivative[WICK_PLACE_COUNT] = {0};
    size_t made[WICK_PLACE_COUNT];
    for (size_t i = 0; i < terms->count; ++i) wick_differentiate(p->builder, p->form, &terms->term[i], derivative);
    wick_terms_clear(terms);
    for (int place = 0; place < WICK_PLACE_COUNT; ++place) {
        made[place] = make_part(p->builder, &derivative[place], (wick_place)place, wide);
        wick_terms_clear(&derivative[place]);
    }
    return (wick_gradient){.pair = made[WICK_BY_PAIR],
                           .row_j = made[WICK_BY_ROW_J],
                           .row_l = made[WICK_BY_ROW_L],
                           .diagonal = made[WICK_BY_DIAGONAL],
                           .jj = made[WICK_BY_JJ],
                           .jl = made[WICK_BY_JL],
                           .ll = made[WICK_BY_LL],
                           .weight = made[WICK_BY_WEIGHT],
                           .layer_j = made[WICK_BY_LAYER_J],
                           .layer_l = made[WICK_BY_LAYER_L]};
}

static const wick_gradient no_gradient = {WICK_NONE, WICK_NONE, WICK_NONE, WICK_NONE, WICK_NONE,
                                          WICK_NONE, WICK_NONE, WICK_NONE, WICK_NONE, WICK_NONE};

static void plan_rows(wick_builder *builder, const wick_closed_form *form, wick_jacobian_plan *jacobian)
{
    const planner p = {builder, form};
    wick_terms terms = {0};
    terms_of_M(&p, &terms);
    jacobian->of_M = make_gradient(&p, &terms, true);
    terms_of_Q(&p, &terms);
    jacobian->of_Q = make_gradient(&p, &terms, false);
    jacobian->of_a = no_gradient;
    if (!form->trained) return;
    terms_of_a(&p, &terms);
    jacobian->of_a = make_gradient(&p, &terms, false);
}

/* ---- Programs ------------------------------------------------------------------------------------------------------- */

wick_status wick_jacobian_build(wick_context *context, const wick_closed_form *form, wick_jacobian_plan *jacobian)
{
    *jacobian = (wick_jacobian_plan){.plan = WICK_PLAN_EMPTY, .trained = form->trained};
    wick_builder builder = {.plan = &jacobian->plan};
    plan_rows(&builder, form, jacobian);
    wick_builder_clear(&builder);
    if (builder.failed || !wick_jacobian_lay_out(jacobian)) {
        wick_jacobian_clear(jacobian);
        return wick_fail_memory(context, "planning the Jacobian");
    }
    return WICK_OK;
}

void wick_jacobian_clear(wick_jacobian_plan *jacobian)
{
    wick_program_clear(&jacobian->outside);
    wick_program_clear(&jacobian->pairs_M);
    wick_program_clear(&jacobian->pairs_Q);
    wick_plan_clear(&jacobian->plan);
}

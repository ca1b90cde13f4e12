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

/* number * expansion, perhaps with j and l exchanged. */
typedef struct {
    const wick_expansion *expansion;
    bool exchanged;
    size_t number; /* or WICK_NONE */
} summand;

/* What the drift of an order parameter is a sum of: summands times a factor, which is a product of entries of the second
 * layer and of gamma/p. */
typedef struct {
    size_t factor, by_a_j, by_a_l; /* the factor and its derivatives with respect to a_j and a_l; WICK_NONE: there is none */
    size_t count;
    summand summand[4];
} part;

/* Which rows: of M, where l is a target; of Q, where it is a student; of a, where there is none. */
typedef enum { OF_M, OF_Q, OF_A } rows;

/* What a derivative cannot have more of. */
static const char matrices_left[] = "matrices that no index of its derivative carries";

/* Terms of the maps that the parts of a gradient will be, by place. */
typedef struct {
    size_t count, capacity;
    wick_product_term *term;
} products;

static wick_product_term *push_product(const planner *p, products *list)
{
    if (!wick_reserve(&list->term, &list->capacity, list->count + 1, sizeof *list->term)) {
        p->builder->failed = true;
        return NULL;
    }
    wick_product_term_init(&list->term[list->count]);
    return &list->term[list->count++];
}

/* The map that they add up to; the list is used up. */
static size_t make_sum(const planner *p, int rank, products *list)
{
    const bool some = list->count > 0 && !p->builder->failed;
    const size_t made = some ? wick_make_map(p->builder, rank, list->term, list->count) : WICK_NONE;
    for (size_t i = 0; i < list->count; ++i) wick_product_term_clear(&list->term[i]);
    free(list->term);
    *list = (products){0};
    return made;
}

static void add_scalar(const planner *p, wick_list *list, size_t number)
{
    if (number != WICK_NONE) wick_list_add(p->builder, list, number);
}

/* ---- One part ------------------------------------------------------------------------------------------------------- */

static bool is_vector(wick_place place) { return place > WICK_BY_PAIR && place < WICK_BY_JJ; }

static void differentiate(const planner *p, const summand *of, wick_terms derivative[WICK_PLACE_COUNT])
{
    for (size_t i = 0; i < of->expansion->count && !p->builder->failed; ++i) {
        wick_term term;
        wick_term_init(&term);
        wick_builder_turn_to(p->builder, p->builder->output, i + 1);
        wick_term_from_diagram(p->builder, p->form, of->expansion, &of->expansion->diagram[i], &term);
        add_scalar(p, &term.scalar, of->number);
        if (of->exchanged) wick_term_exchange(&term, WICK_J, WICK_L);
        wick_differentiate(p->builder, p->form, &term, derivative);
        wick_term_clear(&term);
    }
}

/* A freed index takes its vectors into a matrix over students that ties it to a leg, so that they are multiplied once. */
static void absorb(const planner *p, wick_term *term, wick_index index)
{
    static const wick_index legs[] = {WICK_L, WICK_J};
    if (term->vector[index].count == 0) return;
    for (size_t i = 0; i < 2; ++i)
        for (size_t m = 0; m < term->matrix_count; ++m) {
            wick_placed_matrix *tie = &term->matrix[m];
            if (!(tie->row == legs[i] && tie->column == index) && !(tie->row == index && tie->column == legs[i])) continue;
            const wick_list one = {.count = 1, .id = {tie->node}};
            *tie = (wick_placed_matrix){wick_make_left(p->builder, &one, &term->vector[index]), legs[i], index};
            term->vector[index] = (wick_list){0};
            return;
        }
}

/* Derivatives with respect to Omega_xy: numbers of the pair j, l and vectors, that fill the row. */
static void add_pairs(const planner *p, wick_terms *terms, const part *of, products *out)
{
    for (size_t i = 0; i < terms->count && !p->builder->failed; ++i) {
        wick_term *term = &terms->term[i];
        absorb(p, term, WICK_A);
        absorb(p, term, WICK_B);
        wick_term_fix_leg(p->builder, term, WICK_J, false);
        wick_term_fix_leg(p->builder, term, WICK_L, true);
        wick_product_term *product = push_product(p, out);
        if (!product) return;
        mpq_set(product->coefficient, term->coefficient);
        product->scalar = term->scalar;
        add_scalar(p, &product->scalar, of->factor);
        product->factor = wick_term_between(term, WICK_A, WICK_B);
        /* G_xy + G_yx is what counts, so that either may be the row: one order lets more terms be collected. */
        const bool turned = wick_list_compare(&term->vector[WICK_A], &term->vector[WICK_B]) > 0;
        product->row = term->vector[turned ? WICK_B : WICK_A];
        product->column = term->vector[turned ? WICK_A : WICK_B];
        if (term->matrix_count != product->factor.count) wick_builder_exceed(p->builder, matrices_left);
    }
}

/* The sum of the others: an array over l and, where the place is a vector, the fields A. In the rows of M, where l is a
 * target, a vector is made for each l; in those of a there is no l. */
static size_t make_array(const planner *p, wick_terms *terms, wick_place place, rows of, int *rank)
{
    products list = {0};
    *rank = (is_vector(place) ? 1 : 0) + (of == OF_Q || (of == OF_M && !is_vector(place)) ? 1 : 0);
    for (size_t i = 0; i < terms->count && !p->builder->failed; ++i) {
        wick_term *term = &terms->term[i];
        wick_sum_derivative(p->builder, term, place, of == OF_Q);
        wick_term_fix_leg(p->builder, term, WICK_J, false);
        if (of == OF_M && is_vector(place)) wick_term_fix_leg(p->builder, term, WICK_L, true);
        wick_product_term *product = push_product(p, &list);
        if (!product) break;
        mpq_set(product->coefficient, term->coefficient);
        product->scalar = term->scalar;
        if (*rank == 2) {
            product->row = term->vector[WICK_L];
            product->column = term->vector[WICK_A];
            product->factor = wick_term_between(term, WICK_L, WICK_A);
        } else if (*rank == 1) {
            product->factor = term->vector[is_vector(place) ? WICK_A : WICK_L];
        }
        if (term->matrix_count != product->factor.count && *rank == 2) wick_builder_exceed(p->builder, matrices_left);
    }
    return make_sum(p, *rank, &list);
}

/* Adds factor * (row or entry l of an array, or the array itself) to what stands at a place. */
static void add_array(const planner *p, size_t array, int rank, bool vector, size_t factor, products *out)
{
    wick_product_term *product = array == WICK_NONE ? NULL : push_product(p, out);
    if (!product) return;
    add_scalar(p, &product->scalar, factor);
    if (vector)
        wick_list_add(p->builder, &product->factor, rank == 2 ? wick_make_row(p->builder, array, true) : array);
    else
        wick_list_add(p->builder, &product->scalar, rank == 1 ? wick_make_entry(p->builder, array, true) : array);
}

/* ---- All parts ------------------------------------------------------------------------------------------------------ */

static void add_part(const planner *p, const part *of, rows which, products out[WICK_PLACE_COUNT], products by_a[2])
{
    wick_terms derivative[WICK_PLACE_COUNT] = {0};
    for (size_t i = 0; i < of->count; ++i) differentiate(p, &of->summand[i], derivative);
    add_pairs(p, &derivative[WICK_BY_PAIR], of, &out[WICK_BY_PAIR]);
    for (int at = WICK_BY_PAIR + 1; at < WICK_PLACE_COUNT; ++at) {
        const wick_place place = (wick_place)at;
        int rank;
        if (place == WICK_BY_NOTHING && of->factor == WICK_NONE) break;
        const size_t array = make_array(p, &derivative[at], place, which, &rank);
        if (place != WICK_BY_NOTHING) {
            add_array(p, array, rank, is_vector(place), of->factor, &out[at]);
            continue;
        }
        if (of->by_a_j != WICK_NONE) add_array(p, array, rank, false, of->by_a_j, &by_a[0]);
        if (of->by_a_l != WICK_NONE) add_array(p, array, rank, false, of->by_a_l, &by_a[1]);
    }
    for (int at = 0; at < WICK_PLACE_COUNT; ++at) wick_terms_clear(&derivative[at]);
}

static wick_gradient make_gradient(const planner *p, const part *parts, size_t count, rows which)
{
    products out[WICK_PLACE_COUNT] = {0}, by_a[2] = {0};
    size_t made[WICK_PLACE_COUNT];
    for (size_t i = 0; i < count; ++i) add_part(p, &parts[i], which, out, by_a);
    for (int place = 0; place < WICK_PLACE_COUNT; ++place)
        made[place] = make_sum(p, place == WICK_BY_PAIR ? 2 : is_vector((wick_place)place) ? 1 : 0, &out[place]);
    return (wick_gradient){.pair = made[WICK_BY_PAIR],
                           .row_j = made[WICK_BY_ROW_J],
                           .row_l = made[WICK_BY_ROW_L],
                           .diagonal = made[WICK_BY_DIAGONAL],
                           .jj = made[WICK_BY_JJ],
                           .jl = made[WICK_BY_JL],
                           .ll = made[WICK_BY_LL],
                           .weight = made[WICK_BY_WEIGHT],
                           .layer_j = make_sum(p, 0, &by_a[0]),
                           .layer_l = make_sum(p, 0, &by_a[1])};
}

/* Product of numbers as one. */
static size_t make_number(const planner *p, const size_t *numbers, size_t count)
{
    products list = {0};
    wick_product_term *product = push_product(p, &list);
    for (size_t i = 0; product && i < count; ++i) add_scalar(p, &product->scalar, numbers[i]);
    return make_sum(p, 0, &list);
}

static void plan_rows(wick_builder *builder, const wick_closed_form *form, wick_jacobian_plan *jacobian)
{
    const planner p = {builder, form};
    const size_t layer = wick_make_leaf(builder, WICK_OP_LAYER, 1, 0), rate = wick_make_rate(builder);
    const size_t a_j = wick_make_entry(builder, layer, false), a_l = wick_make_entry(builder, layer, true);
    const size_t one = make_number(&p, NULL, 0), noise = wick_make_noise(builder);
    const size_t rate_j = make_number(&p, (size_t[]){rate, a_j}, 2), rate_l = make_number(&p, (size_t[]){rate, a_l}, 2);
    const size_t both = make_number(&p, (size_t[]){rate_j, a_l}, 2);

    /* dM[j,r]/dt = a_j B[j,p+r] */
    const part of_M = {a_j, one, WICK_NONE, 1, {{&form->flow, false, WICK_NONE}}};
    jacobian->of_M = make_gradient(&p, &of_M, 1, OF_M);

    /* dQ[j,l]/dt = a_j B[j,l] + (gamma/p) a_j a_l Y[j,l] and the same with j and l exchanged */
    const part of_Q[] = {
        {a_j, one, WICK_NONE, 1, {{&form->flow, false, WICK_NONE}}},
        {a_l, WICK_NONE, one, 1, {{&form->flow, true, WICK_NONE}}},
        {both,
         rate_l,
         rate_j,
         4,
         {{&form->noise, false, noise},
          {&form->noise, true, noise},
          {&form->variance, false, WICK_NONE},
          {&form->variance, true, WICK_NONE}}},
    };
    jacobian->of_Q = make_gradient(&p, of_Q, form->noise.vertex_count > 0 ? 3 : 2, OF_Q);

    /* da[j]/dt = A[j] */
    const part of_a = {WICK_NONE, WICK_NONE, WICK_NONE, 1, {{&form->second_layer, false, WICK_NONE}}};
    jacobian->of_a = make_gradient(&p, &of_a, form->trained ? 1 : 0, OF_A);
}

/* ---- Programs ------------------------------------------------------------------------------------------------------- */

wick_status wick_jacobian_build(wick_context *context, const wick_closed_form *form, wick_jacobian_plan *jacobian)
{
    *jacobian = (wick_jacobian_plan){.plan = WICK_PLAN_EMPTY, .trained = form->trained};
    wick_builder builder = {.plan = &jacobian->plan, .output = "the Jacobian"};
    plan_rows(&builder, form, jacobian);
    wick_builder_clear(&builder);
    wick_status status = wick_builder_status(context, &builder, "planning the Jacobian");
    if (status == WICK_OK && !wick_jacobian_lay_out(jacobian)) status = wick_fail_memory(context, "planning the Jacobian");
    if (status != WICK_OK) wick_jacobian_clear(jacobian);
    return status;
}

void wick_jacobian_clear(wick_jacobian_plan *jacobian)
{
    wick_program_clear(&jacobian->outside);
    wick_program_clear(&jacobian->pairs_M);
    wick_program_clear(&jacobian->pairs_Q);
    wick_plan_clear(&jacobian->plan);
}

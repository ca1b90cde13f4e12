/* See tangent.h. */
#include "plan/tangent.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/outputs.h"
#include "plan/storage.h"

typedef struct {
    wick_builder *builder;
    bool trained;
    size_t *moved; /* by node: its tangent; WICK_NONE where there is none */
    size_t *rest;  /* by node: what is still to be added to that, WICK_NONE as a rule */
    size_t *users; /* by node: how many maps use it once; more than 1 also where others do */
} walk;

static size_t moved(const walk *w, size_t id) { return id == WICK_NONE ? WICK_NONE : w->moved[id]; }

/* ---- Sums of products ------------------------------------------------------------------------------------------------ */

typedef struct {
    size_t count, capacity;
    wick_product_term *term;
} terms;

static wick_product_term *push(const walk *w, terms *list)
{
    if (!wick_reserve(&list->term, &list->capacity, list->count + 1, sizeof *list->term)) {
        w->builder->failed = true;
        return NULL;
    }
    wick_product_term_init(&list->term[list->count]);
    return &list->term[list->count++];
}

static size_t finish(const walk *w, int rank, terms *list)
{
    const size_t made =
        list->count > 0 && !w->builder->failed ? wick_make_map(w->builder, rank, list->term, list->count) : WICK_NONE;
    for (size_t i = 0; i < list->count; ++i) wick_product_term_clear(&list->term[i]);
    free(list->term);
    return made;
}

static void add(const walk *w, wick_list *list, size_t id)
{
    if (id != WICK_NONE) wick_list_add(w->builder, list, id);
}

/* The parts of a term, as one list: scalar, row, column, factors. */
enum { SCALAR, ROW, COLUMN, FACTORS };

static size_t part(const wick_map_term *t, size_t at)
{
    const size_t others[] = {t->scalar, t->row, t->column};
    return at < FACTORS ? others[at] : t->factor[at - FACTORS];
}

/* The term with its part number `at` replaced by `tangent`. */
static void push_product(const walk *w, int rank, const wick_map_term *t, size_t at, size_t tangent, terms *list)
{
    wick_product_term *to = tangent != WICK_NONE ? push(w, list) : NULL;
    if (!to) return;
    mpq_set(to->coefficient, t->coefficient);
    wick_list *const lists[] = {&to->scalar, &to->row, &to->column, rank == 0 ? &to->scalar : &to->factor};
    for (size_t i = 0; i < FACTORS + t->factor_count; ++i)
        add(w, lists[i < FACTORS ? i : FACTORS], i == at ? tangent : part(t, i));
}

static size_t of_map(const walk *w, const wick_node *node)
{
    terms list = {0};
    for (size_t i = 0; i < node->term_count; ++i)
        for (size_t at = 0; at < FACTORS + node->term[i].factor_count; ++at) {
            const size_t id = part(&node->term[i], at);
            push_product(w, node->rank, &node->term[i], at, moved(w, id), &list);
            if (id != WICK_NONE) push_product(w, node->rank, &node->term[i], at, w->rest[id], &list);
        }
    return finish(w, node->rank, &list);
}

/* x + y, where WICK_NONE is nothing. */
static size_t sum_of(const walk *w, int rank, size_t x, size_t y)
{
    if (x == WICK_NONE || y == WICK_NONE) return x == WICK_NONE ? y : x;
    terms list = {0};
    const size_t both[] = {x, y};
    for (size_t i = 0; i < 2; ++i) {
        wick_product_term *to = push(w, &list);
        if (to) wick_list_add(w->builder, rank == 0 ? &to->scalar : &to->factor, both[i]);
    }
    return finish(w, rank, &list);
}

/* A map that is a multiple of another, z: coefficient and all. */
static bool is_multiple(const wick_node *map, size_t id, const wick_node *z, size_t z_id, mpq_t ratio)
{
    mpq_set_ui(ratio, 1, 1);
    if (id == z_id) return true;
    if (map->op != WICK_OP_MAP || z->op != WICK_OP_MAP || map->term_count != z->term_count || map->term_count == 0)
        return false;
    mpq_div(ratio, map->term[0].coefficient, z->term[0].coefficient);
    mpq_t scaled;
    mpq_init(scaled);
    bool same = true;
    for (size_t i = 0; i < map->term_count && same; ++i) {
        const wick_map_term *one = &map->term[i], *other = &z->term[i];
        mpq_mul(scaled, ratio, other->coefficient);
        same = mpq_equal(scaled, one->coefficient) && one->scalar == other->scalar && one->row == other->row &&
               one->column == other->column && one->factor_count == other->factor_count &&
               memcmp(one->factor, other->factor, one->factor_count * sizeof *one->factor) == 0;
    }
    mpq_clear(scaled);
    return same;
}

/* ---- Other nodes ----------------------------------------------------------------------------------------------------- */

static size_t contract(const walk *w, wick_op op, size_t x, size_t y)
{
    wick_list vectors = {0};
    if (x == WICK_NONE || y == WICK_NONE) return WICK_NONE;
    if (op == WICK_OP_APPLY) return wick_make_apply(w->builder, x, y);
    if (op == WICK_OP_ROW_DOT) return wick_make_row_dot(w->builder, x, y);
    if (op == WICK_OP_PRODUCT) return wick_make_product_with(w->builder, x, y);
    wick_list_add(w->builder, &vectors, x);
    wick_list_add(w->builder, &vectors, y);
    return wick_make_dot(w->builder, &vectors);
}

/* A sum of two that one map alone will read stays two. */
static size_t of_contraction(const walk *w, size_t id, const wick_node *node)
{
    const size_t x = node->operand[0], y = node->operand[1];
    if (y == WICK_NONE) {
        wick_list one = {0};
        if (moved(w, x) == WICK_NONE) return WICK_NONE;
        wick_list_add(w->builder, &one, moved(w, x));
        return wick_make_dot(w->builder, &one);
    }
    const size_t first = contract(w, node->op, moved(w, x), y), second = contract(w, node->op, x, moved(w, y));
    if (w->users[id] != 1 || first == WICK_NONE || second == WICK_NONE) return sum_of(w, node->rank, first, second);
    w->rest[id] = second;
    return first;
}

/* sum_b (Z R)_jb c Z_jb with R symmetric moves by 2 c sum_b (Z R)_jb dZ_jb + sum_b (Z dR)_jb c Z_jb: a product less. */
static size_t of_quadratic(const walk *w, const wick_node *node, size_t z, const mpq_t ratio)
{
    const size_t x = node->operand[0], y = node->operand[1], power = wick_node_at(w->builder, x)->operand[1];
    terms list = {0};
    const size_t by_z = contract(w, WICK_OP_ROW_DOT, x, moved(w, z));
    wick_product_term *to = by_z != WICK_NONE ? push(w, &list) : NULL;
    if (to) {
        mpq_mul_2exp(to->coefficient, ratio, 1);
        wick_list_add(w->builder, &to->factor, by_z);
    }
    const size_t product = contract(w, WICK_OP_PRODUCT, z, moved(w, power)),
                 by_power = contract(w, WICK_OP_ROW_DOT, product, y);
    to = by_power != WICK_NONE ? push(w, &list) : NULL;
    if (to) wick_list_add(w->builder, &to->factor, by_power);
    return finish(w, 1, &list);
}

/* WICK_NONE if the rows are not of that kind. */
static size_t of_row_dot(const walk *w, const wick_node *node)
{
    const wick_node *x = wick_node_at(w->builder, node->operand[0]);
    if (x->op != WICK_OP_PRODUCT) return WICK_NONE;
    const size_t z = x->operand[0], y = node->operand[1];
    size_t made = WICK_NONE;
    mpq_t ratio;
    mpq_init(ratio);
    if (w->rest[z] == WICK_NONE && is_multiple(wick_node_at(w->builder, y), y, wick_node_at(w->builder, z), z, ratio))
        made = of_quadratic(w, node, z, ratio);
    mpq_clear(ratio);
    return made;
}

static size_t of_diagonal(const walk *w)
{
    wick_node node = wick_node_blank(WICK_OP_DIAGONAL, 1);
    node.operand[0] = wick_make_direction(w->builder);
    node.support = WICK_ON_STUDENTS;
    return wick_intern(w->builder, &node);
}

static size_t of_function(const walk *w, size_t id, size_t variable)
{
    const size_t slope = wick_make_function_slope(w->builder, id);
    wick_list both = {0};
    if (slope == WICK_NONE || moved(w, variable) == WICK_NONE) return WICK_NONE;
    wick_list_add(w->builder, &both, slope);
    wick_list_add(w->builder, &both, moved(w, variable));
    return wick_make_vector(w->builder, &both);
}

static size_t of_node(const walk *w, size_t id)
{
    const wick_node node = *wick_node_at(w->builder, id);
    const size_t x = node.operand[0];
    switch (node.op) {
    case WICK_OP_MAP: return of_map(w, &node);
    case WICK_OP_ROW_DOT: {
        const size_t made = of_row_dot(w, &node);
        return made != WICK_NONE ? made : of_contraction(w, id, &node);
    }
    case WICK_OP_DOT:
    case WICK_OP_APPLY:
    case WICK_OP_PRODUCT: return of_contraction(w, id, &node);
    case WICK_OP_DIAGONAL: return of_diagonal(w);
    case WICK_OP_FUNCTION: return of_function(w, id, x);
    case WICK_OP_POWER: return wick_make_slope(w->builder, node.power);
    case WICK_OP_WEIGHT: {
        if (!w->trained || node.power > 0) return WICK_NONE;
        const size_t made = wick_make_leaf(w->builder, WICK_OP_LAYER_DIRECTION, 1, 0);
        if (!w->builder->failed) w->builder->plan->node[made].support = WICK_ON_STUDENTS;
        return made;
    }
    default: break;
    }
    if (x == WICK_NONE || moved(w, x) == WICK_NONE) return WICK_NONE;
    switch (node.op) {
    case WICK_OP_TRANSPOSE: return wick_make_transpose(w->builder, moved(w, x));
    case WICK_OP_ENTRY: return wick_make_entry(w->builder, moved(w, x), false);
    case WICK_OP_ROW: return wick_make_row(w->builder, moved(w, x), false);
    case WICK_OP_PAIRS: return wick_make_pairs(w->builder, moved(w, x));
    default: return WICK_NONE;
    }
}

/* ---- The plan -------------------------------------------------------------------------------------------------------- */

static void count_use(size_t id, void *users) { ++((size_t *)users)[id]; }
static void count_other(size_t id, void *users) { ((size_t *)users)[id] += 2; }

static void count_users(const walk *w, const wick_plan *plan, size_t count, const bool *live)
{
    const size_t outputs[] = {plan->flow, plan->variance, plan->second_layer};
    for (size_t i = 0; i < count; ++i) {
        w->rest[i] = WICK_NONE;
        if (live[i])
            wick_visit_operands(&plan->node[i], plan->node[i].op == WICK_OP_MAP ? count_use : count_other, w->users);
    }
    for (size_t i = 0; i < 3; ++i)
        if (outputs[i] != WICK_NONE) w->users[outputs[i]] += 2;
}

static bool differentiate(wick_builder *builder, wick_tangent_plan *tangent)
{
    const wick_plan *plan = &tangent->plan;
    const size_t count = plan->node_count;
    if (builder->failed) return true;
    walk w = {.builder = builder,
              .trained = tangent->trained,
              .moved = wick_allocate(count, 1, sizeof *w.moved),
              .rest = wick_allocate(count, 1, sizeof *w.rest),
              .users = wick_allocate(count, 1, sizeof *w.users)};
    bool *live = wick_allocate(count, 1, sizeof *live);
    const bool made = w.moved && w.rest && w.users && live;
    if (made) wick_mark_drift(plan, live);
    if (made) count_users(&w, plan, count, live);
    for (size_t i = 0; i < count && made; ++i) w.moved[i] = live[i] && !builder->failed ? of_node(&w, i) : WICK_NONE;
    if (made && !builder->failed) {
        tangent->flow = moved(&w, plan->flow);
        tangent->variance = moved(&w, plan->variance);
        tangent->second_layer = moved(&w, plan->second_layer);
    }
    free(w.moved);
    free(w.rest);
    free(w.users);
    free(live);
    return made;
}

static bool lay_out(wick_tangent_plan *tangent)
{
    const wick_plan *plan = &tangent->plan;
    const size_t outputs[] = {tangent->flow, tangent->variance, tangent->second_layer,
                              tangent->trained ? plan->flow : WICK_NONE, tangent->trained ? plan->variance : WICK_NONE};
    return wick_derived_lay_out(&tangent->plan, outputs, sizeof outputs / sizeof *outputs, tangent->flow, &tangent->program);
}

wick_status wick_tangent_build(wick_context *context, const wick_closed_form *form, wick_tangent_plan *tangent)
{
    *tangent = (wick_tangent_plan){.plan = WICK_PLAN_EMPTY,
                                   .trained = form->trained,
                                   .flow = WICK_NONE,
                                   .variance = WICK_NONE,
                                   .second_layer = WICK_NONE};
    wick_builder builder = {.plan = &tangent->plan};
    wick_plan_drift(&builder, form);
    const bool made = differentiate(&builder, tangent);
    wick_builder_clear(&builder);
    wick_status status = wick_builder_status(context, &builder, "planning a tangent");
    if (status == WICK_OK && (!made || !lay_out(tangent))) status = wick_fail_memory(context, "planning a tangent");
    if (status != WICK_OK) wick_tangent_clear(tangent);
    return status;
}

void wick_tangent_clear(wick_tangent_plan *tangent)
{
    wick_program_clear(&tangent->program);
    wick_plan_clear(&tangent->plan);
    *tangent = (wick_tangent_plan){.plan = WICK_PLAN_EMPTY};
}

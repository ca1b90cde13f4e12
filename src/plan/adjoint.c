/* See adjoint.h. What the number takes of a node is a sum of products, collected until all users of the node were seen. */
#include "plan/adjoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/outputs.h"
#include "plan/storage.h"

/* ---- What is taken of each node -------------------------------------------------------------------------------------- */

typedef struct {
    size_t count, capacity;
    wick_product_term *term;
} terms;

/* What an inner node takes of one that is not, to be collected over j. */
typedef struct {
    wick_op op;
    size_t target, inner, collected;
} gathering;

typedef struct {
    size_t count, capacity;
    gathering *item;
} gatherings;

typedef struct {
    wick_builder *builder;
    bool trained;
    size_t count; /* nodes to go through */
    bool *active; /* by node: does it depend on the state? */
    terms *taken; /* by node */
    /* By node that is not inner, what inner nodes take of it, to be summed over j: over fields, and over rows l <= j. */
    terms *inner, *inner_rows;
    gatherings *gathered;
    terms diagonal;
    wick_product_term *spare; /* for what is written after memory was exhausted */
} walk;

static wick_product_term *push(const walk *w, terms *list)
{
    if (!wick_reserve(&list->term, &list->capacity, list->count + 1, sizeof *list->term)) {
        w->builder->failed = true;
        return w->spare;
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
    *list = (terms){0};
    return made;
}

static void add(const walk *w, wick_list *list, size_t id)
{
    if (id != WICK_NONE) wick_list_add(w->builder, list, id);
}

static const wick_node *at(const walk *w, size_t id) { return wick_node_at(w->builder, id); }

/* Where what `user` takes of `operand` goes. */
static terms *list_of(const walk *w, size_t user, size_t operand)
{
    return at(w, user)->inner && !at(w, operand)->inner ? &w->inner[operand] : &w->taken[operand];
}

/* The same for vectors over the rows of a user that is a matrix. */
static terms *rows_of(const walk *w, size_t user, size_t operand)
{
    return at(w, user)->inner && !at(w, operand)->inner ? &w->inner_rows[operand] : &w->taken[operand];
}

static void gather(const walk *w, wick_op op, size_t target, size_t inner)
{
    gatherings *all = w->gathered;
    if (inner == WICK_NONE || w->builder->failed) return;
    if (!wick_reserve(&all->item, &all->capacity, all->count + 1, sizeof *all->item)) {
        w->builder->failed = true;
        return;
    }
    all->item[all->count++] = (gathering){op, target, inner, WICK_NONE};
}

static bool wants(const walk *w, size_t operand) { return operand != WICK_NONE && w->active[operand]; }

/* The sum of one product. */
static size_t product_of(const walk *w, int rank, const wick_product_term *term)
{
    return w->builder->failed ? WICK_NONE : wick_make_map(w->builder, rank, term, 1);
}

/* ---- Maps ------------------------------------------------------------------------------------------------------------ */

/* coefficient * scalar * b * factors but for number `left_out`, as a term: of a map of that rank. */
static void set_term(const walk *w, const wick_node *node, const wick_map_term *t, size_t b, size_t left_out,
                     wick_product_term *to)
{
    mpq_set(to->coefficient, t->coefficient);
    add(w, &to->scalar, t->scalar);
    add(w, node->rank == 0 ? &to->scalar : &to->factor, b);
    for (size_t f = 0; f < t->factor_count; ++f)
        if (f != left_out) add(w, node->rank == 0 ? &to->scalar : &to->factor, t->factor[f]);
}

static void take_factors(const walk *w, size_t id, const wick_node *node, const wick_map_term *t, size_t b)
{
    for (size_t f = 0; f < t->factor_count; ++f) {
        if (!wants(w, t->factor[f])) continue;
        const bool rows = node->rank == 1 && !at(w, b)->fields;
        wick_product_term *to = push(w, rows ? rows_of(w, id, t->factor[f]) : list_of(w, id, t->factor[f]));
        set_term(w, node, t, b, f, to);
        add(w, &to->row, t->row);
        add(w, &to->column, t->column);
    }
}

/* A vector over rows: coefficient * sum_b b_jb column_b factors_jb, without the row. */
static size_t sum_over_columns(const walk *w, const wick_node *node, const wick_map_term *t, size_t b, bool with_scalar)
{
    wick_product_term term;
    wick_product_term_init(&term);
    set_term(w, node, t, b, WICK_NONE, &term);
    if (!with_scalar) term.scalar = (wick_list){0};
    wick_product_term ones;
    wick_product_term_init(&ones);
    const size_t matrix = product_of(w, 2, &term);
    const size_t column = t->column != WICK_NONE ? t->column : product_of(w, 1, &ones);
    const size_t made = w->builder->failed ? WICK_NONE : wick_make_apply(w->builder, matrix, column);
    wick_product_term_clear(&term);
    wick_product_term_clear(&ones);
    return made;
}

static void take_row(const walk *w, size_t id, const wick_node *node, const wick_map_term *t, size_t b)
{
    if (wants(w, t->row)) add(w, &push(w, rows_of(w, id, t->row))->factor, sum_over_columns(w, node, t, b, true));
}

static void take_column(const walk *w, size_t id, const wick_node *node, const wick_map_term *t, size_t b)
{
    if (!wants(w, t->column)) return;
    wick_product_term term, ones;
    wick_product_term_init(&term);
    wick_product_term_init(&ones);
    set_term(w, node, t, b, WICK_NONE, &term);
    const size_t matrix = product_of(w, 2, &term), row = t->row != WICK_NONE ? t->row : product_of(w, 1, &ones);
    if (!w->builder->failed)
        add(w, &push(w, list_of(w, id, t->column))->factor, wick_make_apply_left(w->builder, matrix, row));
    wick_product_term_clear(&term);
    wick_product_term_clear(&ones);
}

static void take_scalar(const walk *w, size_t id, const wick_node *node, const wick_map_term *t, size_t b)
{
    if (!wants(w, t->scalar)) return;
    wick_list vectors = {0};
    wick_product_term *to = push(w, list_of(w, id, t->scalar));
    if (node->rank == 2) {
        add(w, &vectors, sum_over_columns(w, node, t, b, false));
        add(w, &vectors, t->row);
    } else {
        mpq_set(to->coefficient, t->coefficient);
        add(w, &vectors, b);
        for (size_t f = 0; f < t->factor_count; ++f) add(w, &vectors, t->factor[f]);
    }
    if (!w->builder->failed) add(w, &to->scalar, wick_make_dot(w->builder, &vectors));
}

static void take_map(const walk *w, size_t id, const wick_node *node, size_t b)
{
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        take_factors(w, id, node, t, b);
        if (node->rank == 0) continue;
        take_scalar(w, id, node, t, b);
        if (node->rank == 2) take_row(w, id, node, t, b);
        if (node->rank == 2) take_column(w, id, node, t, b);
    }
}

/* ---- Contractions ---------------------------------------------------------------------------------------------------- */

/* A matrix T n x n takes of Omega^m: W = T + T^T has everything twice but what lies between students and targets. */
static void take_folded(const walk *w, size_t power, size_t folded)
{
    wick_product_term *to = push(w, &w->taken[power]);
    add(w, &to->factor, folded);
    add(w, &to->column, wick_make_halves(w->builder, 1, 2));
}

static void take_dot(const walk *w, size_t id, const wick_node *node, size_t b)
{
    for (size_t o = 0; o < 2; ++o) {
        if (!wants(w, node->operand[o])) continue;
        wick_product_term *to = push(w, list_of(w, id, node->operand[o]));
        add(w, &to->scalar, b);
        add(w, &to->factor, node->operand[1 - o]);
    }
}

/* z = X y */
static void take_apply(const walk *w, size_t id, const wick_node *node, size_t b)
{
    const size_t x = node->operand[0], y = node->operand[1];
    const bool power = at(w, x)->op == WICK_OP_POWER;
    if (wants(w, y))
        add(w, &push(w, list_of(w, id, y))->factor,
            power ? wick_make_apply(w->builder, x, b) : wick_make_apply_left(w->builder, x, b));
    if (!wants(w, x)) return;
    if (!power) {
        wick_product_term *to = push(w, list_of(w, id, x));
        add(w, &to->row, b);
        add(w, &to->column, y);
        return;
    }
    for (size_t o = 0; o < 2; ++o) { /* T = b y^T, folded */
        wick_product_term *to = push(w, &w->taken[x]);
        add(w, &to->row, o ? y : b);
        add(w, &to->column, o ? b : y);
        add(w, &to->column, wick_make_halves(w->builder, 1, 2));
    }
}

static void take_row_dot(const walk *w, size_t id, const wick_node *node, size_t b)
{
    for (size_t o = 0; o < 2; ++o) {
        if (!wants(w, node->operand[o])) continue;
        wick_product_term *to = push(w, list_of(w, id, node->operand[o]));
        add(w, &to->row, b);
        add(w, &to->factor, node->operand[1 - o]);
    }
}

/* Z = X Omega^m */
static void take_product(const walk *w, size_t id, const wick_node *node, size_t b)
{
    const size_t x = node->operand[0], power = node->operand[1];
    if (wants(w, x)) add(w, &push(w, list_of(w, id, x))->factor, wick_make_product_with(w->builder, b, power));
    const size_t outer = wick_make_outer(w->builder, x, b);
    if (!node->inner)
        take_folded(w, power, wick_make_fold(w->builder, outer));
    else
        gather(w, WICK_OP_COLLECT_SUM, power, outer);
}

/* ---- Going through --------------------------------------------------------------------------------------------------- */

static void take_function(const walk *w, size_t id, const wick_node *node, size_t b)
{
    const size_t slope = wick_make_function_slope(w->builder, id);
    if (slope == WICK_NONE || !wants(w, node->operand[0])) return;
    wick_product_term *to = push(w, &w->taken[node->operand[0]]);
    add(w, &to->factor, b);
    add(w, &to->factor, slope);
}

static void take_operands(walk *w, size_t id, size_t b)
{
    const wick_node node = *at(w, id);
    const size_t x = node.operand[0];
    switch (node.op) {
    case WICK_OP_MAP: take_map(w, id, &node, b); break;
    case WICK_OP_DOT: take_dot(w, id, &node, b); break;
    case WICK_OP_APPLY: take_apply(w, id, &node, b); break;
    case WICK_OP_ROW_DOT: take_row_dot(w, id, &node, b); break;
    case WICK_OP_PRODUCT: take_product(w, id, &node, b); break;
    case WICK_OP_FUNCTION: take_function(w, id, &node, b); break;
    case WICK_OP_TRANSPOSE: add(w, &push(w, &w->taken[x])->factor, wick_make_transpose(w->builder, b)); break;
    case WICK_OP_ROW: gather(w, WICK_OP_COLLECT_ROWS, x, b); break;
    case WICK_OP_ENTRY: gather(w, WICK_OP_COLLECT_ENTRIES, x, b); break;
    case WICK_OP_PAIRS:
        add(w, &push(w, &w->taken[x])->factor, wick_make_row(w->builder, wick_make_halved(w->builder, b), false));
        break;
    case WICK_OP_DIAGONAL: add(w, &push(w, &w->diagonal)->factor, b); break;
    default: break;
    }
}

/* The powers of Omega wait for the end: what is taken of them is known as a whole then. */
static bool is_end(const wick_node *node) { return node->op == WICK_OP_POWER || node->op == WICK_OP_WEIGHT; }

/* Vectors over students alone, where the sum is one over fields. */
static void extend(const walk *w, terms *list)
{
    for (size_t i = 0; i < list->count; ++i) {
        const wick_list factors = list->term[i].factor;
        list->term[i].factor = (wick_list){0};
        for (size_t f = 0; f < factors.count; ++f) {
            const bool short_one = !at(w, factors.id[f])->fields;
            add(w, &list->term[i].factor, short_one ? wick_make_extend(w->builder, factors.id[f]) : factors.id[f]);
        }
    }
}

/* Is the term one over rows l <= j of an inner vector that others take over fields? */
static bool is_over_rows(const walk *w, const wick_product_term *term)
{
    for (size_t f = 0; f < term->factor.count; ++f)
        if (!at(w, term->factor.id[f])->fields) return true;
    return false;
}

/* Moves such terms to a list of their own. */
static terms split_rows(const walk *w, terms *list)
{
    terms rows = {0};
    size_t kept = 0;
    for (size_t i = 0; i < list->count; ++i) {
        wick_product_term *term = &list->term[i];
        if (!is_over_rows(w, term)) {
            const wick_product_term moved = list->term[kept];
            list->term[kept++] = *term;
            *term = moved; /* each has a coefficient of its own */
            continue;
        }
        wick_product_term *to = push(w, &rows);
        mpq_set(to->coefficient, term->coefficient);
        to->scalar = term->scalar;
        to->factor = term->factor;
    }
    for (size_t i = kept; i < list->count; ++i) wick_product_term_clear(&list->term[i]);
    list->count = kept;
    return rows;
}

static void take_sum(walk *w, size_t id, terms *list)
{
    const size_t b = finish(w, at(w, id)->rank, list);
    if (b != WICK_NONE && !w->builder->failed) take_operands(w, id, b);
}

static void take_node(walk *w, size_t id)
{
    if (!w->active[id] || is_end(at(w, id))) return;
    const bool over_fields = at(w, id)->rank == 1 && at(w, id)->fields, inner = at(w, id)->inner;
    terms rows = {0};
    if (over_fields && inner) rows = split_rows(w, &w->taken[id]);
    if (over_fields && !inner) extend(w, &w->taken[id]);
    take_sum(w, id, &w->taken[id]);
    take_sum(w, id, &rows);
}

/* What inner nodes took. All that is collected stands together: it is one loop. */
static void collect_inner(walk *w)
{
    gatherings *all = w->gathered;
    for (size_t id = 0; id < w->count; ++id) {
        const int rank = at(w, id)->rank;
        gather(w, WICK_OP_COLLECT_SUM, id, finish(w, rank, &w->inner[id]));
        gather(w, WICK_OP_COLLECT_SUM, id, finish(w, rank, &w->inner_rows[id]));
    }
    for (size_t i = 0; i < all->count && !w->builder->failed; ++i)
        all->item[i].collected = wick_make_collect(w->builder, all->item[i].op, all->item[i].inner);
    for (size_t i = 0; i < all->count && !w->builder->failed; ++i) {
        const gathering *of = &all->item[i];
        if (wick_node_has_field_rows(at(w, of->collected))) {
            take_folded(w, of->target, wick_make_fold(w->builder, of->collected));
            continue;
        }
        wick_product_term *to = push(w, &w->taken[of->target]);
        add(w, at(w, of->target)->rank == 0 ? &to->scalar : &to->factor, of->collected);
    }
}

static void go_through(walk *w)
{
    bool collected = false;
    for (size_t id = w->count; id-- > 0 && !w->builder->failed;) {
        if (at(w, id)->inner) continue;
        take_node(w, id);
        if (at(w, id)->op != WICK_OP_PAIRS || collected) continue;
        for (size_t inner = id; inner-- > 0 && !w->builder->failed;)
            if (at(w, inner)->inner) take_node(w, inner);
        collect_inner(w);
        collected = true;
    }
}

/* sum over the powers m of m Omega^(m-1) times what is taken of Omega^m. */
static size_t end_at_omega(walk *w)
{
    terms all = {0};
    for (size_t id = 0; id < w->count && !w->builder->failed; ++id) {
        const unsigned power = at(w, id)->power;
        if (at(w, id)->op != WICK_OP_POWER || !w->active[id]) continue;
        const size_t taken = finish(w, 2, &w->taken[id]);
        if (taken == WICK_NONE) continue;
        wick_product_term *to = push(w, &all);
        mpq_set_ui(to->coefficient, power, 1);
        add(w, &to->factor, taken);
        if (power > 1) add(w, &to->factor, wick_make_power(w->builder, power - 1));
    }
    return finish(w, 2, &all);
}

/* ---- The plan -------------------------------------------------------------------------------------------------------- */

typedef struct {
    const bool *active;
    bool found;
} search;

static void look(size_t id, void *data)
{
    search *of = data;
    of->found = of->found || of->active[id];
}

static void find_active(walk *w)
{
    for (size_t i = 0; i < w->count; ++i) {
        const wick_node *node = at(w, i);
        search of = {w->active, node->op == WICK_OP_POWER || (node->op == WICK_OP_WEIGHT && w->trained && node->power == 0)};
        wick_visit_operands(node, look, &of);
        w->active[i] = of.found;
    }
}

static void sow(walk *w, size_t node, wick_op seed, int rank, wick_support support)
{
    if (node == WICK_NONE || !w->active[node]) return;
    const size_t leaf = wick_make_leaf(w->builder, seed, rank, 0);
    if (w->builder->failed) return;
    w->builder->plan->node[leaf].support = support;
    add(w, &push(w, &w->taken[node])->factor, leaf);
}

static void sow_all(walk *w, wick_adjoint_seed seed)
{
    const wick_plan outputs = *w->builder->plan;
    if (seed == WICK_ADJOINT_OF_RISK) {
        if (outputs.risk != WICK_NONE && w->active[outputs.risk])
            mpq_set_ui(push(w, &w->taken[outputs.risk])->coefficient, 1, 2);
        return;
    }
    sow(w, outputs.flow, WICK_OP_FLOW_SEED, 2, WICK_ON_FIELDS);
    sow(w, outputs.variance, WICK_OP_VARIANCE_SEED, 2, WICK_ON_STUDENTS);
    sow(w, outputs.second_layer, WICK_OP_LAYER_SEED, 1, WICK_ON_STUDENTS);
}

static void clear_terms(terms *list, size_t count)
{
    for (size_t i = 0; i < count && list; ++i) {
        for (size_t t = 0; t < list[i].count; ++t) wick_product_term_clear(&list[i].term[t]);
        free(list[i].term);
    }
}

static bool differentiate(wick_builder *builder, wick_adjoint_seed seed, wick_adjoint_plan *adjoint)
{
    const size_t count = builder->plan->node_count;
    if (builder->failed) return true;
    wick_product_term spare;
    gatherings gathered = {0};
    walk w = {.builder = builder,
              .trained = adjoint->trained,
              .count = count,
              .active = wick_allocate(count, 1, sizeof *w.active),
              .taken = wick_allocate(count, 1, sizeof *w.taken),
              .inner = wick_allocate(count, 1, sizeof *w.inner),
              .inner_rows = wick_allocate(count, 1, sizeof *w.inner_rows),
              .gathered = &gathered,
              .spare = &spare};
    const bool made = w.active && w.taken && w.inner && w.inner_rows;
    wick_product_term_init(&spare);
    if (made) {
        find_active(&w);
        sow_all(&w, seed);
        go_through(&w);
        adjoint->omega = end_at_omega(&w);
        extend(&w, &w.diagonal);
        adjoint->diagonal = finish(&w, 1, &w.diagonal);
        for (size_t i = 0; i < count && !builder->failed; ++i)
            if (at(&w, i)->op == WICK_OP_WEIGHT && w.active[i]) {
                extend(&w, &w.taken[i]);
                adjoint->weight = finish(&w, 1, &w.taken[i]);
            }
    }
    clear_terms(w.taken, count);
    clear_terms(w.inner, count);
    clear_terms(w.inner_rows, count);
    clear_terms(&w.diagonal, 1);
    wick_product_term_clear(&spare);
    free(gathered.item);
    free(w.inner_rows);
    free(w.active);
    free(w.taken);
    free(w.inner);
    return made;
}

static bool lay_out(wick_adjoint_seed seed, wick_adjoint_plan *adjoint)
{
    const wick_plan *plan = &adjoint->plan;
    const bool values = adjoint->trained && seed == WICK_ADJOINT_OF_DRIFT;
    const size_t outputs[] = {adjoint->omega, adjoint->diagonal, adjoint->weight, values ? plan->flow : WICK_NONE,
                              values ? plan->variance : WICK_NONE};
    return wick_derived_lay_out(&adjoint->plan, outputs, sizeof outputs / sizeof *outputs, adjoint->omega,
                                &adjoint->program);
}

wick_status wick_adjoint_build(wick_context *context, const wick_closed_form *form, wick_adjoint_seed seed,
                               wick_adjoint_plan *adjoint)
{
    *adjoint = (wick_adjoint_plan){
        .plan = WICK_PLAN_EMPTY, .trained = form->trained, .omega = WICK_NONE, .diagonal = WICK_NONE, .weight = WICK_NONE};
    wick_builder builder = {.plan = &adjoint->plan};
    if (seed == WICK_ADJOINT_OF_RISK)
        wick_plan_risk(&builder, form);
    else
        wick_plan_drift(&builder, form);
    const bool made = differentiate(&builder, seed, adjoint);
    wick_builder_clear(&builder);
    wick_status status = wick_builder_status(context, &builder, "planning an adjoint");
    if (status == WICK_OK && (!made || !lay_out(seed, adjoint))) status = wick_fail_memory(context, "planning an adjoint");
    if (status != WICK_OK) wick_adjoint_clear(adjoint);
    return status;
}

void wick_adjoint_clear(wick_adjoint_plan *adjoint)
{
    wick_program_clear(&adjoint->program);
    wick_plan_clear(&adjoint->plan);
    *adjoint = (wick_adjoint_plan){.plan = WICK_PLAN_EMPTY};
}

/* See walker.h. The order of every sum and product is that of the calls in
 * src/emit/op_*.c. */
#include "walk/walker.h"

#include <stdlib.h>

#include "activation/polynomial.h"
#include "base/memory.h"
#include "jit/product.h"

/* ---- Numbers --------------------------------------------------------------------------------------------------------- */

static double *round_polynomial(const wick_polynomial *a)
{
    double *c = wick_allocate(a->count > 0 ? a->count : 1, 1, sizeof *c);
    if (c) c[0] = 0;
    for (size_t m = 0; c && m < a->count; ++m) c[m] = wick_rational_value(a->coefficient[m]);
    return c;
}

static double *round_terms(const wick_node *node)
{
    double *c = wick_allocate(node->term_count > 0 ? node->term_count : 1, 1, sizeof *c);
    for (size_t i = 0; c && i < node->term_count; ++i) c[i] = wick_rational_value(node->term[i].coefficient);
    return c;
}

bool wick_walk_numbers_make(const wick_plan *plan, wick_walk_numbers *numbers)
{
    *numbers = (wick_walk_numbers){.node_count = plan->node_count, .function_count = plan->function_count};
    numbers->coefficient = wick_allocate(plan->node_count, 1, sizeof *numbers->coefficient);
    numbers->student = wick_allocate(plan->function_count, 1, sizeof *numbers->student);
    numbers->target = wick_allocate(plan->function_count, 1, sizeof *numbers->target);
    bool made = numbers->coefficient && numbers->student && numbers->target;
    for (size_t i = 0; i < plan->node_count && made; ++i)
        made = (numbers->coefficient[i] = round_terms(&plan->node[i])) != NULL;
    for (size_t i = 0; i < plan->function_count && made; ++i)
        made = (numbers->student[i] = round_polynomial(&plan->function[i].student)) &&
               (numbers->target[i] = round_polynomial(&plan->function[i].target));
    return made;
}

void wick_walk_numbers_clear(wick_walk_numbers *numbers)
{
    for (size_t i = 0; i < numbers->node_count && numbers->coefficient; ++i) free(numbers->coefficient[i]);
    for (size_t i = 0; i < numbers->function_count; ++i) {
        if (numbers->student) free(numbers->student[i]);
        if (numbers->target) free(numbers->target[i]);
    }
    free(numbers->coefficient);
    free(numbers->student);
    free(numbers->target);
    *numbers = (wick_walk_numbers){0};
}

/* ---- Where things are ------------------------------------------------------------------------------------------------ */

size_t wick_walker_room(const wick_plan *plan)
{
    return plan->node_count + (plan->node_count * sizeof(double *) + sizeof(double) - 1) / sizeof(double);
}

void wick_walker_settle(wick_walker *walker, double *room)
{
    walker->number = room;
    walker->array = (const double **)(void *)(room + walker->plan->node_count);
}

static const double *array_or_null(const wick_walker *w, size_t id) { return id == WICK_NONE ? NULL : w->array[id]; }

static size_t rows_of(const wick_walker *w, const wick_node *node)
{
    return node->inner ? w->j + 1 : wick_node_has_field_rows(node) ? w->n : w->p;
}

typedef struct {
    size_t lower, upper;
} range;

static range range_of(const wick_walker *w, wick_support support)
{
    return (range){support == WICK_ON_TARGETS ? w->p : 0, support == WICK_ON_STUDENTS ? w->p : w->n};
}

/* The array of a node that has one; as emit/statements.c lays it out in `work`. */
static double *array_of(const wick_walker *w, const wick_program *program, size_t id)
{
    const wick_plan *plan = w->plan;
    const wick_node *node = &plan->node[id];
    const size_t slot = program->slot[id];
    if (slot == WICK_NONE) {
        for (size_t c = 0; w->gradient && c < w->k; ++c)
            if (w->gradient[c] == id) return w->gradient_place + c * w->stride;
        return w->perp && *w->perp == id ? w->perp_place : NULL;
    }
    if (node->rank == 1) return w->work + slot * w->ld;
    if (!wick_node_has_field_rows(node)) return w->work + (plan->vector_slots + slot * w->p) * w->ld;
    return w->work + (plan->vector_slots + plan->student_slots * w->p + slot * w->n) * w->ld;
}

/* ---- Maps ------------------------------------------------------------------------------------------------------------ */

static double scale_of(const wick_walker *w, size_t id, size_t term)
{
    const size_t scalar = w->plan->node[id].term[term].scalar;
    const double coefficient = w->numbers->coefficient[id][term];
    return scalar == WICK_NONE ? coefficient : coefficient * w->number[scalar];
}

static void walk_number_map(wick_walker *w, size_t id)
{
    const wick_node *node = &w->plan->node[id];
    double sum = 0;
    for (size_t i = 0; i < node->term_count; ++i) {
        double product = w->numbers->coefficient[id][i];
        for (size_t f = 0; f < node->term[i].factor_count; ++f) product *= w->number[node->term[i].factor[f]];
        sum += product;
    }
    w->number[id] = sum;
}

/* The first terms in one pass; how many were taken. */
static size_t walk_terms(const wick_walker *w, size_t id, size_t rows, double *out)
{
    const wick_node *node = &w->plan->node[id];
    const double *f[4], *g[4];
    double s[4];
    size_t count = 0;
    for (; count < node->term_count && count < 4; ++count) {
        const wick_map_term *t = &node->term[count];
        if (t->row != WICK_NONE || t->column != WICK_NONE || t->factor_count == 0 || t->factor_count > 2) break;
        s[count] = scale_of(w, id, count);
        f[count] = w->array[t->factor[0]];
        g[count] = t->factor_count > 1 ? w->array[t->factor[1]] : NULL;
    }
    if (count < 2 || !(node->fields || (w->plan->whole_rows && node->rank == 2))) return 0;
    const size_t size = rows * w->ld;
    if (count == 2)
        w->kernels->terms2(size, out, s[0], f[0], g[0], s[1], f[1], g[1]);
    else if (count == 3)
        w->kernels->terms3(size, out, s[0], f[0], g[0], s[1], f[1], g[1], s[2], f[2], g[2]);
    else
        w->kernels->terms4(size, out, s[0], f[0], g[0], s[1], f[1], g[1], s[2], f[2], g[2], s[3], f[3], g[3]);
    return count;
}

static void walk_array_map(const wick_walker *w, size_t id, double *out)
{
    const wick_node *node = &w->plan->node[id];
    const wick_kernel_table *kernels = w->kernels;
    const size_t rows = node->rank == 1 ? 1 : rows_of(w, node), columns = node->fields ? w->ld : w->lp, ld = w->ld;
    if (node->term_count == 0) kernels->map0(rows, columns, ld, out, 0, 0, NULL, NULL);
    for (size_t i = walk_terms(w, id, rows, out); i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        const double scale = scale_of(w, id, i), *row = array_or_null(w, t->row), *column = array_or_null(w, t->column);
        const double *f[WICK_FACTOR_LIMIT] = {NULL};
        for (size_t m = 0; m < t->factor_count; ++m) f[m] = w->array[t->factor[m]];
        switch (t->factor_count) {
        case 0: kernels->map0(rows, columns, ld, out, i > 0, scale, row, column); break;
        case 1: kernels->map1(rows, columns, ld, out, i > 0, scale, row, column, f[0]); break;
        case 2: kernels->map2(rows, columns, ld, out, i > 0, scale, row, column, f[0], f[1]); break;
        default: kernels->map3(rows, columns, ld, out, i > 0, scale, row, column, f[0], f[1], f[2]); break;
        }
    }
}

/* ---- Other nodes ----------------------------------------------------------------------------------------------------- */

static void walk_function(const wick_walker *w, size_t id, double *out)
{
    const wick_node *node = &w->plan->node[id];
    const wick_function *f = &w->plan->function[node->function];
    const double *x = w->array[node->operand[0]];
    const bool split = w->plan->node[node->operand[0]].op == WICK_OP_DIAGONAL; /* of all fields, not of one species */
    const size_t student = f->student.count > 0 ? f->student.count - 1 : 0;
    const size_t target = f->target.count > 0 ? f->target.count - 1 : 0;
    w->kernels->polynomial(0, split ? w->p : w->n, student, w->numbers->student[node->function], x, out);
    if (split) w->kernels->polynomial(w->p, w->n, target, w->numbers->target[node->function], x, out);
}

static void walk_contraction(wick_walker *w, size_t id, double *out)
{
    const wick_node *node = &w->plan->node[id], *first = &w->plan->node[node->operand[0]];
    const double *x = w->array[node->operand[0]], *y = array_or_null(w, node->operand[1]);
    const wick_support on_y = y ? w->plan->node[node->operand[1]].support : WICK_ON_FIELDS;
    range both = range_of(w, first->support & on_y);
    const range on = range_of(w, first->support);
    if (node->op == WICK_OP_DOT && (!first->fields || (y && !w->plan->node[node->operand[1]].fields)))
        both.upper = node->inner ? w->j + 1 : w->p;
    const size_t rows = rows_of(w, node);
    if (node->op == WICK_OP_DOT)
        w->number[id] = y ? w->kernels->dot(both.lower, both.upper, x, y) : w->kernels->sum(both.lower, both.upper, x);
    else if (node->op == WICK_OP_APPLY && wick_node_has_field_rows(first))
        wick_product(1, w->ld, both.lower, both.upper, w->ld, y, x, out);
    else if (node->op == WICK_OP_APPLY)
        w->kernels->apply(rows, both.lower, both.upper, w->ld, x, y, out);
    else if (node->op == WICK_OP_ROW_DOT)
        w->kernels->row_dot(rows, both.lower, both.upper, w->ld, x, y, out);
    else
        wick_product(rows, node->fields ? w->ld : w->lp, on.lower, on.upper, w->ld, x, y, out);
}

static void walk_power(const wick_walker *w, const wick_node *node, double *out)
{
    if (node->power == 1)
        w->kernels->overlaps(w->p, w->k, w->ld, w->state, w->parameters + 2 + w->k, out);
    else
        w->kernels->multiply(w->n * w->ld, w->array[node->operand[0]], w->array[node->operand[1]], out);
}

/* What is inner, to what stays. */
static void walk_collect(wick_walker *w, size_t id, double *out)
{
    const wick_node *node = &w->plan->node[id], *inner = &w->plan->node[node->operand[0]];
    const double *x = w->array[node->operand[0]];
    const size_t count = inner->fields ? w->n : w->j + 1;
    if (node->op == WICK_OP_COLLECT_ENTRIES)
        out[w->j] = w->number[node->operand[0]];
    else if (node->op == WICK_OP_COLLECT_ROWS)
        w->kernels->add(count, x, out + w->j * w->ld);
    else if (node->rank == 0)
        w->number[id] += w->number[node->operand[0]];
    else if (node->rank == 1)
        w->kernels->add(count, x, out);
    else
        w->kernels->add((wick_node_has_field_rows(inner) ? w->n : w->j + 1) * w->ld, x, out);
}

/* What only tangents and adjoints have. */
static void walk_derived(wick_walker *w, size_t id, double *out)
{
    const wick_node *node = &w->plan->node[id];
    const double *x = array_or_null(w, node->operand[0]), *y = array_or_null(w, node->operand[1]);
    const wick_kernel_table *kernels = w->kernels;
    const size_t rows = node->inner ? w->j + 1 : w->p;
    const double *layer = w->direction ? w->direction + w->p * w->k + w->p * (w->p + 1) / 2 : NULL;
    switch (node->op) {
    case WICK_OP_DIRECTION: kernels->direction_overlaps(w->p, w->k, w->ld, w->direction, out); break;
    case WICK_OP_LAYER_DIRECTION: kernels->direction_weights(w->p, w->k, layer, out); break;
    case WICK_OP_SLOPE: kernels->slope(w->n * w->ld, node->power, x, y, out); break;
    case WICK_OP_FLOW_SEED: kernels->flow_seed(w->p, w->k, w->ld, w->a, w->direction, out); break;
    case WICK_OP_VARIANCE_SEED:
        kernels->variance_seed(w->p, w->k, w->ld, w->parameters[0] / (double)w->p, w->a, w->direction, out);
        break;
    case WICK_OP_LAYER_SEED: kernels->extend(w->p, w->ld, layer, out); break;
    case WICK_OP_EXTEND: kernels->extend(w->p, w->ld, x, out); break;
    case WICK_OP_APPLY_LEFT: wick_product(1, w->ld, 0, rows, w->ld, y, x, out); break;
    case WICK_OP_OUTER: wick_outer(rows, w->n, w->ld, x, y, out); break;
    case WICK_OP_FOLD: kernels->fold(w->p, w->n, w->ld, x, out); break;
    case WICK_OP_HALVED: kernels->halve_diagonal(w->p, w->ld, x, out); break;
    default: walk_collect(w, id, out);
    }
}

void wick_walk_node(wick_walker *w, const wick_program *program, size_t id)
{
    const wick_node *node = &w->plan->node[id];
    const size_t at = node->paired ? w->l : w->j;
    double *const out = node->rank > 0 ? array_of(w, program, id) : NULL;
    const double *const x = node->operand[0] != WICK_NONE ? w->array[node->operand[0]] : NULL;
    if (out) w->array[id] = out;
    const bool square = node->op == WICK_OP_TRANSPOSE || node->op == WICK_OP_HALVED; /* of p columns */
    if (square && node->fields) w->kernels->extend(0, w->p * w->ld, NULL, out);
    switch (node->op) {
    case WICK_OP_NOISE: w->number[id] = w->parameters[1]; break;
    case WICK_OP_RATE: w->number[id] = w->parameters[0] / (double)w->p; break;
    case WICK_OP_WEIGHT:
        w->kernels->weights(w->p, w->k, w->a, w->parameters + 2, out);
        for (size_t i = 0; i < w->p && node->power > 0; ++i) out[i] = 0;
        break;
    case WICK_OP_DIAGONAL: w->kernels->diagonal(w->n, w->ld, x, out); break;
    case WICK_OP_FUNCTION: walk_function(w, id, out); break;
    case WICK_OP_POWER: walk_power(w, node, out); break;
    case WICK_OP_MAP:
        if (node->rank == 0)
            walk_number_map(w, id);
        else
            walk_array_map(w, id, out);
        break;
    case WICK_OP_DOT:
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT:
    case WICK_OP_PRODUCT: walk_contraction(w, id, out); break;
    case WICK_OP_TRANSPOSE: w->kernels->transpose(w->p, w->ld, x, out); break;
    case WICK_OP_ENTRY: w->number[id] = x[at]; break;
    case WICK_OP_ROW: w->array[id] = x + at * w->ld; break;
    case WICK_OP_PAIRS: w->kernels->pair_row(w->p, w->ld, w->j, x, out); break;
    case WICK_OP_COORDINATE: w->array[id] = w->u + node->power * w->stride; break;
    case WICK_OP_PERP: w->array[id] = w->q; break;
    case WICK_OP_LAYER: w->array[id] = w->a; break;
    case WICK_OP_TENSOR: w->number[id] = w->tensors[node->power]; break;
    case WICK_OP_PARAMETER: w->number[id] = w->run_time[node->power]; break;
    default: walk_derived(w, id, out);
    }
}

/* What the loop from number `first` to number `end` collects is empty before it. */
static void empty(wick_walker *w, const wick_program *program, size_t first, size_t end)
{
    for (size_t i = first; i <= end; ++i) {
        const size_t id = program->node[i];
        const wick_node *node = &w->plan->node[id];
        if (node->inner || (node->op == WICK_OP_PAIRS && !node->fields)) continue;
        if (node->rank == 0)
            w->number[id] = 0;
        else
            w->kernels->extend(0, (node->rank == 1 ? 1 : rows_of(w, node)) * w->ld, NULL, array_of(w, program, id));
    }
}

void wick_walk_program(wick_walker *w, const wick_program *program)
{
    for (size_t i = 0; i < program->count;) {
        if (!w->plan->node[program->node[i]].inner) {
            wick_walk_node(w, program, program->node[i++]);
            continue;
        }
        const size_t end = wick_program_loop_end(w->plan, program, i) + 1;
        empty(w, program, i, end - 1);
        for (w->j = 0; w->j < w->p; ++w->j)
            for (size_t m = i; m < end; ++m) wick_walk_node(w, program, program->node[m]);
        i = end;
    }
}

/* See overlaps_walk.h: the Jacobian, in the order of src/emit/jacobian.c. */
#include <stdlib.h>

#include "base/memory.h"
#include "model/blocks.h"
#include "walk/overlaps_walk.h"
#include "walk/walker.h"

struct wick_jacobian_walk {
    wick_jacobian_plan plan;
    wick_walk_numbers numbers;
    size_t p, k, array_size, most_terms; /* most_terms: of a map over pairs, which is handed to a kernel as lists */
};

static size_t count_terms(const wick_jacobian_plan *plan, const wick_gradient *g)
{
    return g->pair == WICK_NONE ? 0 : plan->plan.node[g->pair].term_count;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

wick_status wick_jacobian_walk_make(wick_context *context, wick_jacobian_plan *plan, size_t p, size_t k,
                                    wick_jacobian_walk **walk)
{
    const size_t n = p + k, ld = (n + 7) / 8 * 8;
    wick_jacobian_walk *made = calloc(1, sizeof *made);
    if (!made) {
        wick_jacobian_clear(plan);
        return wick_fail_memory(context, "preparing to walk a Jacobian");
    }
    made->plan = *plan;
    *plan = (wick_jacobian_plan){.plan = WICK_PLAN_EMPTY};
    made->p = p;
    made->k = k;
    const wick_plan *nodes = &made->plan.plan;
    made->array_size = (nodes->vector_slots + nodes->student_slots * p + nodes->field_slots * n) * ld;
    made->most_terms = larger(count_terms(&made->plan, &made->plan.of_M), count_terms(&made->plan, &made->plan.of_Q));
    made->most_terms = larger(made->most_terms, count_terms(&made->plan, &made->plan.of_a));
    if (!wick_walk_numbers_make(nodes, &made->numbers)) {
        wick_jacobian_walk_free(made);
        return wick_fail_memory(context, "preparing to walk a Jacobian");
    }
    *walk = made;
    return WICK_OK;
}

void wick_jacobian_walk_free(void *program)
{
    wick_jacobian_walk *walk = program;
    if (!walk) return;
    wick_walk_numbers_clear(&walk->numbers);
    wick_jacobian_clear(&walk->plan);
    free(walk);
}

/* The arrays, the walker's own, and four lists of terms. */
size_t wick_jacobian_walk_work(const wick_jacobian_walk *walk)
{
    return walk->array_size + wick_walker_room(&walk->plan.plan) + 4 * walk->most_terms;
}

/* ---- A row ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    const wick_jacobian_walk *walk;
    wick_walker w;
    double *lists;
} rows;

static const double *array(const rows *at, size_t id) { return id == WICK_NONE ? NULL : at->w.array[id]; }
static double number(const rows *at, size_t id) { return id == WICK_NONE ? 0 : at->w.number[id]; }

static void fill_pairs(const rows *at, size_t id, double *out)
{
    const wick_node *map = &at->w.plan->node[id];
    const size_t most = at->walk->most_terms;
    double *scale = at->lists;
    const double **row = (const double **)(void *)(scale + most), **column = row + most, **matrix = column + most;
    for (size_t i = 0; i < map->term_count; ++i) {
        const wick_map_term *t = &map->term[i];
        scale[i] = at->walk->numbers.coefficient[id][i];
        if (t->scalar != WICK_NONE) scale[i] *= at->w.number[t->scalar];
        row[i] = array(at, t->row);
        column[i] = array(at, t->column);
        matrix[i] = t->factor_count > 0 ? at->w.array[t->factor[0]] : NULL;
    }
    at->w.kernels->pair_gradient(at->w.p, at->w.k, at->w.ld, map->term_count, scale, row, column, matrix, out);
}

static void fill_row(const rows *at, const wick_gradient *g, size_t l, double *out)
{
    const size_t p = at->w.p, k = at->w.k, j = at->w.j, overlaps = p * k + p * (p + 1) / 2;
    if (g->pair != WICK_NONE)
        fill_pairs(at, g->pair, out);
    else
        for (size_t i = 0; i < overlaps; ++i) out[i] = 0;
    at->w.kernels->add_gradient(p, k, j, l, array(at, g->row_j), array(at, g->row_l), array(at, g->diagonal),
                                number(at, g->jj), number(at, g->jl), number(at, g->ll), out);
    if (at->walk->plan.trained)
        at->w.kernels->set_layer_gradient(p, j, l, array(at, g->weight), number(at, g->layer_j), number(at, g->layer_l),
                                          out + overlaps);
}

/* The nodes of a program from number *i on, as long as they are of one level. */
static void walk_level(rows *at, const wick_program *program, bool inner, size_t *i)
{
    for (; *i < program->count && at->w.plan->node[program->node[*i]].inner == inner; ++*i)
        wick_walk_node(&at->w, program, program->node[*i]);
}

static void fill_pair(rows *at, const wick_program *program, const wick_gradient *g, size_t l, double *out)
{
    at->w.l = l;
    for (size_t i = 0; i < program->count; ++i) wick_walk_node(&at->w, program, program->node[i]);
    fill_row(at, g, l, out);
}

void wick_jacobian_walk_fill(const wick_jacobian_walk *walk, const double *parameters, const double *state, double *work,
                             double *jacobian)
{
    const wick_jacobian_plan *plan = &walk->plan;
    const size_t p = walk->p, k = walk->k, n = p + k, overlaps = p * k + p * (p + 1) / 2;
    const size_t dimension = overlaps + (plan->trained ? p : 0);
    double *const room = work + walk->array_size;
    rows at = {.walk = walk,
               .w = {.plan = &plan->plan,
                     .numbers = &walk->numbers,
                     .kernels = wick_kernels(),
                     .p = p,
                     .k = k,
                     .n = n,
                     .ld = (n + 7) / 8 * 8,
                     .lp = (p + 7) / 8 * 8,
                     .parameters = parameters,
                     .state = state,
                     .a = plan->trained ? state + overlaps : parameters + wick_given_start(p, k, WICK_BLOCK_LAYER),
                     .work = work},
               .lists = room + wick_walker_room(&plan->plan)};
    size_t outside = 0;
    wick_walker_settle(&at.w, room);
    walk_level(&at, &plan->outside, false, &outside);
    for (at.w.j = 0; at.w.j < p; ++at.w.j) {
        const size_t j = at.w.j;
        size_t inner = outside;
        walk_level(&at, &plan->outside, true, &inner);
        for (size_t l = p; l < n; ++l)
            fill_pair(&at, &plan->pairs_M, &plan->of_M, l, jacobian + (j * k + l - p) * dimension);
        for (size_t l = 0; l <= j; ++l)
            fill_pair(&at, &plan->pairs_Q, &plan->of_Q, l, jacobian + (p * k + l * p - l * (l + 1) / 2 + j) * dimension);
        if (plan->trained) fill_row(&at, &plan->of_a, j, jacobian + (overlaps + j) * dimension);
    }
}

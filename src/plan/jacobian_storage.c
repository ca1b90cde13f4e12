/* The programs of a Jacobian: which nodes each computes, and where they are stored. See storage.h.
 *
 * Nodes are computed in the order of their numbers, level by level: before the loops, for each row, for each pair. What a
 * deeper level uses stays; what only its own level uses makes room after its last use there. A row, which is a pointer into
 * its matrix, is of a deeper level than that.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/storage.h"

enum { BEFORE, ROWS, PAIRS };

static int level_of(const wick_node *node) { return node->paired ? PAIRS : node->inner ? ROWS : BEFORE; }

/* ---- What is needed -------------------------------------------------------------------------------------------------- */

static void mark(size_t id, void *live) { ((bool *)live)[id] = true; }

/* The stored parts of a gradient, and what the map of its pairs is made of. */
static void visit_gradient(const wick_plan *plan, const wick_gradient *g, void (*visit)(size_t id, void *data), void *data)
{
    const size_t parts[] = {g->row_j, g->row_l, g->diagonal, g->jj, g->jl, g->ll, g->weight, g->layer_j, g->layer_l};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
        if (parts[i] != WICK_NONE) visit(parts[i], data);
    if (g->pair != WICK_NONE) wick_visit_operands(&plan->node[g->pair], visit, data);
}

static void mark_needed(const wick_plan *plan, const wick_gradient *gradient, bool *live)
{
    visit_gradient(plan, gradient, mark, live);
    for (size_t i = plan->node_count; i-- > 0;)
        if (live[i]) wick_visit_operands(&plan->node[i], mark, live);
}

static bool start_program(const wick_plan *plan, wick_program *program)
{
    program->node = wick_allocate(plan->node_count, 1, sizeof *program->node);
    program->slot = wick_allocate(plan->node_count, 1, sizeof *program->slot);
    return program->node && program->slot;
}

static void add_level(const wick_plan *plan, const bool *live, int level, wick_program *program)
{
    for (size_t i = 0; i < plan->node_count; ++i)
        if (live[i] && level_of(&plan->node[i]) == level) program->node[program->count++] = i;
}

/* ---- Slots ----------------------------------------------------------------------------------------------------------- */

/* While one program is walked. */
typedef struct {
    const wick_plan *plan;
    size_t *last; /* by node: the last position at which its own level uses it, WICK_NONE if a deeper one does */
    size_t position;
    int level;
} uses;

static void use(size_t id, void *data)
{
    const uses *u = data;
    if (level_of(&u->plan->node[id]) < u->level)
        u->last[id] = WICK_NONE;
    else if (u->last[id] != WICK_NONE)
        u->last[id] = u->position;
}

static void find_last_uses(const wick_plan *plan, const wick_program *program, size_t *last)
{
    for (size_t at = 0; at < program->count; ++at) {
        const size_t id = program->node[at];
        uses u = {plan, last, at, level_of(&plan->node[id])};
        if (last[id] != WICK_NONE) last[id] = at;
        wick_visit_operands(&plan->node[id], use, &u);
    }
}

static void keep(size_t id, void *last) { ((size_t *)last)[id] = WICK_NONE; }

/* until[room * node_count + slot]: 0 if free, else one more than the last use of what it holds. */
static void assign(const wick_plan *plan, const size_t *last, size_t *until, size_t slots[WICK_ROOM_COUNT],
                   wick_program *program)
{
    for (size_t at = 0; at < program->count; ++at) {
        const size_t id = program->node[at];
        const wick_room room = wick_node_room(&plan->node[id]);
        size_t *held = until + (size_t)room * plan->node_count, slot = 0;
        program->slot[id] = WICK_NONE;
        if (room == WICK_NOWHERE) continue;
        while (held[slot] > at) ++slot;
        if (slot >= slots[room]) slots[room] = slot + 1;
        held[slot] = last[id] == WICK_NONE ? WICK_NONE : last[id] + 1;
        program->slot[id] = slot;
    }
    /* What follows starts counting anew, with what stays alone. */
    for (size_t i = 0; i < WICK_ROOM_COUNT * plan->node_count; ++i)
        if (until[i] != WICK_NONE) until[i] = 0;
}

static void assign_all(wick_jacobian_plan *jacobian, size_t *last, size_t *until, size_t *copy)
{
    wick_plan *plan = &jacobian->plan;
    const size_t size = WICK_ROOM_COUNT * plan->node_count * sizeof *until;
    size_t slots[WICK_ROOM_COUNT] = {0};
    find_last_uses(plan, &jacobian->outside, last);
    find_last_uses(plan, &jacobian->pairs_M, last);
    find_last_uses(plan, &jacobian->pairs_Q, last);
    visit_gradient(plan, &jacobian->of_M, keep, last);
    visit_gradient(plan, &jacobian->of_Q, keep, last);
    visit_gradient(plan, &jacobian->of_a, keep, last);
    assign(plan, last, until, slots, &jacobian->outside);
    memcpy(copy, until, size);
    find_last_uses(plan, &jacobian->pairs_M, last); /* again: a node may be in both, at other positions */
    assign(plan, last, until, slots, &jacobian->pairs_M);
    memcpy(until, copy, size);
    find_last_uses(plan, &jacobian->pairs_Q, last);
    assign(plan, last, until, slots, &jacobian->pairs_Q);
    plan->vector_slots = slots[WICK_VECTORS];
    plan->student_slots = slots[WICK_STUDENT_MATRICES];
    plan->field_slots = slots[WICK_FIELD_MATRICES];
}

static bool order_programs(wick_jacobian_plan *jacobian)
{
    const wick_plan *plan = &jacobian->plan;
    bool *all = wick_allocate(plan->node_count, 2, sizeof *all), *some = all ? all + plan->node_count : NULL;
    const bool fine = all && start_program(plan, &jacobian->outside) && start_program(plan, &jacobian->pairs_M) &&
                      start_program(plan, &jacobian->pairs_Q);
    if (fine) {
        mark_needed(plan, &jacobian->of_M, some);
        add_level(plan, some, PAIRS, &jacobian->pairs_M);
        memcpy(all, some, plan->node_count * sizeof *all);
        memset(some, 0, plan->node_count * sizeof *some);
        mark_needed(plan, &jacobian->of_Q, some);
        add_level(plan, some, PAIRS, &jacobian->pairs_Q);
        for (size_t i = 0; i < plan->node_count; ++i) all[i] = all[i] || some[i];
        mark_needed(plan, &jacobian->of_a, all);
        add_level(plan, all, BEFORE, &jacobian->outside);
        add_level(plan, all, ROWS, &jacobian->outside);
    }
    free(all);
    return fine;
}

bool wick_jacobian_lay_out(wick_jacobian_plan *jacobian)
{
    const size_t count = jacobian->plan.node_count;
    if (!order_programs(jacobian)) return false;
    size_t *last = wick_allocate(count, 1, sizeof *last);
    size_t *until = wick_allocate(count + 1, 2 * WICK_ROOM_COUNT, sizeof *until);
    const bool fine = last && until;
    if (fine) assign_all(jacobian, last, until, until + (count + 1) * WICK_ROOM_COUNT);
    free(last);
    free(until);
    return fine;
}

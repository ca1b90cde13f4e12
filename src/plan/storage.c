/* See storage.h. Nodes are computed in the order of their numbers, which is an order of dependence; a slot is free again
 * after the last use of what it held. */
#include "plan/storage.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void wick_visit_operands(const wick_node *node, void (*visit)(size_t id, void *data), void *data)
{
    for (size_t o = 0; o < 2; ++o)
        if (node->operand[o] != WICK_NONE) visit(node->operand[o], data);
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        const size_t others[] = {t->scalar, t->row, t->column};
        for (size_t o = 0; o < 3; ++o)
            if (others[o] != WICK_NONE) visit(others[o], data);
        for (size_t f = 0; f < t->factor_count; ++f) visit(t->factor[f], data);
    }
}

/* ---- Widths ------------------------------------------------------------------------------------------------------ */

static void widen(size_t id, void *plan)
{
    wick_node *node = &((wick_plan *)plan)->node[id];
    if (node->rank == 2) node->fields = true;
}

/* What sums over all columns, or has all of them itself. */
static bool needs_columns(const wick_node *node)
{
    switch (node->op) {
    case WICK_OP_PRODUCT:
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT:
    case WICK_OP_APPLY_LEFT:
    case WICK_OP_OUTER: return true;
    case WICK_OP_MAP:
    case WICK_OP_COLLECT_SUM: return node->rank == 2 && node->fields;
    default: return false;
    }
}

/* A matrix is n columns wide if something needs those columns, p otherwise. Needs run from a node to its operands, which
 * stand before it. */
static void set_widths(wick_plan *plan, const size_t *wide, size_t count)
{
    for (size_t i = 0; i < plan->node_count; ++i)
        if (plan->node[i].rank == 2)
            plan->node[i].fields = wick_node_has_field_rows(&plan->node[i]) || plan->node[i].op == WICK_OP_FLOW_SEED ||
                                   plan->node[i].op == WICK_OP_COLLECT_ROWS;
    for (size_t i = 0; i < count; ++i)
        if (wide[i] != WICK_NONE && plan->node[wide[i]].rank == 2) plan->node[wide[i]].fields = true;
    for (size_t i = plan->node_count; i-- > 0;)
        if (needs_columns(&plan->node[i])) wick_visit_operands(&plan->node[i], widen, plan);
}

/* ---- Order ------------------------------------------------------------------------------------------------------- */

typedef struct {
    bool *live;
} marking;

static void mark(size_t id, void *data) { ((marking *)data)->live[id] = true; }

/* Appends the inner nodes that the live ones from `first` on, before `end`, are made of. */
static void append_inner(const wick_plan *plan, size_t first, size_t end, const bool *live, bool *needed,
                         wick_program *program)
{
    marking marks = {needed};
    memset(needed, 0, plan->node_count * sizeof *needed);
    for (size_t i = first; i < end; ++i) needed[i] = live[i];
    for (size_t i = end; i-- > 0;)
        if (needed[i] && (plan->node[i].inner || i >= first)) wick_visit_operands(&plan->node[i], mark, &marks);
    for (size_t i = 0; i < first; ++i)
        if (needed[i] && plan->node[i].inner) program->node[program->count++] = i;
}

/* One loop over pairs for all collected nodes that stand together. */
static void append_live(const wick_plan *plan, const bool *live, bool *needed, wick_program *program)
{
    for (size_t i = 0; i < plan->node_count;) {
        size_t end = i;
        while (end < plan->node_count && wick_node_is_collected(&plan->node[end])) ++end;
        if (end > i) append_inner(plan, i, end, live, needed, program);
        if (end == i) ++end;
        for (; i < end; ++i)
            if (live[i] && !plan->node[i].inner) program->node[program->count++] = i;
    }
}

/* ---- Few loops ----
 *
 * Each loop over pairs collects all that can be: its nodes wait for as few loops as their operands let them. */

typedef struct {
    const wick_plan *plan;
    const size_t *phase; /* by node: how many loops must have ended before it */
    size_t latest;
} waiting;

static void wait(size_t id, void *data)
{
    waiting *w = data;
    const size_t after = w->phase[id] + (wick_node_is_collected(&w->plan->node[id]) ? 1 : 0);
    if (after > w->latest) w->latest = after;
}

static void append_phase(const wick_plan *plan, const bool *live, const size_t *phase, size_t now, bool *needed,
                         wick_program *program)
{
    marking marks = {needed};
    for (size_t i = 0; i < plan->node_count; ++i)
        if (live[i] && phase[i] == now && !plan->node[i].inner && !wick_node_is_collected(&plan->node[i]))
            program->node[program->count++] = i;
    for (size_t i = 0; i < plan->node_count; ++i)
        needed[i] = live[i] && phase[i] == now && wick_node_is_collected(&plan->node[i]);
    for (size_t i = plan->node_count; i-- > 0;)
        if (needed[i] && (plan->node[i].inner || phase[i] == now)) wick_visit_operands(&plan->node[i], mark, &marks);
    for (size_t i = 0; i < plan->node_count; ++i)
        if (needed[i] && plan->node[i].inner) program->node[program->count++] = i;
    for (size_t i = 0; i < plan->node_count; ++i)
        if (live[i] && phase[i] == now && wick_node_is_collected(&plan->node[i])) program->node[program->count++] = i;
}

static bool append_phases(const wick_plan *plan, const bool *live, bool *needed, wick_program *program)
{
    size_t *phase = wick_allocate(plan->node_count, 1, sizeof *phase), last = 0;
    if (!phase) return false;
    for (size_t i = 0; i < plan->node_count; ++i) {
        waiting w = {plan, phase, 0};
        wick_visit_operands(&plan->node[i], wait, &w);
        phase[i] = w.latest;
        if (live[i] && phase[i] > last) last = phase[i];
    }
    for (size_t now = 0; now <= last; ++now) append_phase(plan, live, phase, now, needed, program);
    free(phase);
    return true;
}

static bool order_program(const wick_plan *plan, const size_t *outputs, size_t output_count, bool few_loops,
                          wick_program *program)
{
    bool *live = wick_allocate(plan->node_count, 2, sizeof *live);
    program->node = wick_allocate(plan->node_count, 2, sizeof *program->node);
    program->slot = wick_allocate(plan->node_count, 1, sizeof *program->slot);
    if (!live || !program->node || !program->slot) {
        free(live);
        return false;
    }
    marking marks = {live};
    for (size_t o = 0; o < output_count; ++o)
        if (outputs[o] != WICK_NONE) live[outputs[o]] = true;
    for (size_t i = plan->node_count; i-- > 0;)
        if (live[i]) wick_visit_operands(&plan->node[i], mark, &marks);
    bool fine = true;
    if (few_loops)
        fine = append_phases(plan, live, live + plan->node_count, program);
    else
        append_live(plan, live, live + plan->node_count, program);
    free(live);
    return fine;
}

/* ---- Slots ------------------------------------------------------------------------------------------------------- */

wick_room wick_node_room(const wick_node *node)
{
    const bool given = node->op == WICK_OP_COORDINATE || node->op == WICK_OP_PERP || node->op == WICK_OP_LAYER;
    if (node->rank == 0 || node->op == WICK_OP_ROW || given) return WICK_NOWHERE;
    if (node->rank == 1) return WICK_VECTORS;
    return wick_node_has_field_rows(node) ? WICK_FIELD_MATRICES : WICK_STUDENT_MATRICES;
}

typedef struct {
    size_t *last;
    size_t position;
} uses;

static void use(size_t id, void *data)
{
    const uses *u = data;
    u->last[id] = u->position;
}

/* Rows are pointers into their matrix, so whatever uses a row uses its matrix: inner nodes all live for the whole loop. */
static void find_last_uses(const wick_plan *plan, const wick_program *program, const size_t *outputs, size_t output_count,
                           size_t *last)
{
    size_t loop_end = 0;
    for (size_t at = 0; at < program->count; ++at) {
        const wick_node *node = &plan->node[program->node[at]];
        if (node->inner && at > loop_end) loop_end = wick_program_loop_end(plan, program, at);
        const bool in_loop = node->inner || (wick_node_is_collected(node) && at < loop_end);
        uses u = {last, in_loop ? loop_end : at};
        last[program->node[at]] = u.position;
        wick_visit_operands(node, use, &u);
    }
    /* Outputs stay to the end. */
    for (size_t o = 0; o < output_count; ++o)
        if (outputs[o] != WICK_NONE) last[outputs[o]] = WICK_NONE;
}

static bool assign_slots(const wick_plan *plan, const size_t *outputs, size_t output_count, wick_program *program,
                         size_t slots[WICK_ROOM_COUNT])
{
    size_t *last = wick_allocate(plan->node_count, 1, sizeof *last);
    size_t *until =
        wick_allocate(plan->node_count + 1, WICK_ROOM_COUNT, sizeof *until); /* slot -> last use of what it holds */
    if (!last || !until) {
        free(last);
        free(until);
        return false;
    }
    find_last_uses(plan, program, outputs, output_count, last);
    for (size_t i = 0; i < plan->node_count; ++i) program->slot[i] = WICK_NONE;
    for (size_t at = 0; at < program->count; ++at) {
        const size_t id = program->node[at];
        const wick_room r = wick_node_room(&plan->node[id]);
        size_t *held = until + (size_t)r * plan->node_count, slot = 0;
        if (r == WICK_NOWHERE || program->slot[id] != WICK_NONE) continue; /* a second loop may use what a first one did */
        while (slot < slots[r] && held[slot] >= at + 1) ++slot;
        if (slot == slots[r]) ++slots[r];
        held[slot] = last[id] == WICK_NONE ? WICK_NONE : last[id] + 1;
        program->slot[id] = slot;
    }
    free(last);
    free(until);
    return true;
}

bool wick_program_lay_out(const wick_plan *plan, const size_t *outputs, size_t output_count, wick_program *program,
                          size_t slots[WICK_ROOM_COUNT])
{
    return order_program(plan, outputs, output_count, false, program) &&
           assign_slots(plan, outputs, output_count, program, slots);
}

void wick_program_clear(wick_program *program)
{
    free(program->node);
    free(program->slot);
    *program = (wick_program){0};
}

bool wick_plan_lay_out(wick_plan *plan)
{
    const size_t drift[] = {plan->flow, plan->variance, plan->second_layer};
    size_t slots[WICK_ROOM_COUNT] = {0};
    set_widths(plan, &plan->flow, 1);
    if (!wick_program_lay_out(plan, drift, 3, &plan->drift_program, slots)) return false;
    if (!wick_program_lay_out(plan, &plan->risk, 1, &plan->risk_program, slots)) return false;
    plan->vector_slots = slots[WICK_VECTORS];
    plan->student_slots = slots[WICK_STUDENT_MATRICES];
    plan->field_slots = slots[WICK_FIELD_MATRICES];
    return true;
}

bool wick_derived_lay_out(wick_plan *plan, const size_t *outputs, size_t output_count, size_t wide, wick_program *program)
{
    const size_t both[] = {wide, plan->flow};
    size_t slots[WICK_ROOM_COUNT] = {0};
    plan->whole_rows = true;
    set_widths(plan, both, 2);
    if (!order_program(plan, outputs, output_count, true, program) ||
        !assign_slots(plan, outputs, output_count, program, slots))
        return false;
    plan->vector_slots = slots[WICK_VECTORS];
    plan->student_slots = slots[WICK_STUDENT_MATRICES];
    plan->field_slots = slots[WICK_FIELD_MATRICES];
    return true;
}

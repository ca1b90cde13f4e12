/* See statements.h: what both dialects share. The dialects are in loops.c and calls.c. */
#include "emit/statements.h"

#include "emit/dialects.h"

/* Where a node's array is in `work`: vectors first, then the matrices with p rows, then those with n. */
void wick_emit_declaration(wick_text *text, const wick_plan *plan, const wick_program *program, size_t id,
                           const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32];
    if (program->slot[id] == WICK_NONE) return;
    wick_node_name(plan, id, name);
    wick_text_printf(text, "%sdouble *const %s = work + ", indent, name);
    const size_t slot = program->slot[id];
    if (node->rank == 1)
        wick_text_printf(text, "%zu * LD;\n", slot);
    else if (!wick_node_has_field_rows(node))
        wick_text_printf(text, "(%zu + %zu * P) * LD;\n", plan->vector_slots, slot);
    else
        wick_text_printf(text, "(%zu + %zu * P + %zu * N) * LD;\n", plan->vector_slots, plan->student_slots, slot);
}

void wick_emit_statement(wick_text *text, const wick_plan *plan, size_t id, wick_dialect dialect, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const bool square = node->op == WICK_OP_TRANSPOSE || node->op == WICK_OP_HALVED; /* of p columns */
    if (square && node->fields) {
        char name[32];
        wick_node_name(plan, id, name);
        wick_text_printf(text, "%sextend(0, P * LD, 0, %s);\n", indent, name);
    }
    if (dialect == WICK_LOOPS)
        wick_emit_loops(text, plan, id, indent);
    else
        wick_emit_calls(text, plan, id, indent);
}

/* What the loop from number `first` to number `end` collects has its arrays before it, empty. */
static void begin_loop(wick_text *text, const wick_plan *plan, const wick_program *program, size_t first, size_t end)
{
    for (size_t i = first; i <= end; ++i) {
        const size_t id = program->node[i];
        if (plan->node[id].inner) continue;
        wick_emit_declaration(text, plan, program, id, "    ");
        wick_emit_empty(text, plan, id);
    }
    wick_text_append(text, "    for (size_t j = 0; j < P; ++j) {\n");
}

void wick_emit_program(wick_text *text, const wick_plan *plan, const wick_program *program, wick_dialect dialect)
{
    size_t loop_end = WICK_NONE;
    for (size_t i = 0; i < program->count; ++i) {
        const size_t id = program->node[i];
        const wick_node *node = &plan->node[id];
        if (node->inner && loop_end == WICK_NONE) {
            loop_end = wick_program_loop_end(plan, program, i);
            begin_loop(text, plan, program, i, loop_end);
        }
        const char *indent = loop_end != WICK_NONE ? "        " : "    ";
        if (loop_end == WICK_NONE || node->inner) wick_emit_declaration(text, plan, program, id, indent);
        wick_emit_statement(text, plan, id, dialect, indent);
        if (i != loop_end) continue;
        wick_text_append(text, "    }\n");
        loop_end = WICK_NONE;
    }
}

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
    if (dialect == WICK_LOOPS)
        wick_emit_loops(text, plan, id, indent);
    else
        wick_emit_calls(text, plan, id, indent);
}

/* The declarations that a PAIRS loop needs before it starts: its own matrix. Inner arrays are declared inside. */
void wick_emit_program(wick_text *text, const wick_plan *plan, const wick_program *program, wick_dialect dialect)
{
    bool in_loop = false;
    for (size_t i = 0; i < program->count; ++i) {
        const size_t id = program->node[i];
        const wick_node *node = &plan->node[id];
        const char *indent = node->inner ? "        " : "    ";
        if (node->inner && !in_loop) {
            size_t pairs = i;
            while (plan->node[program->node[pairs]].op != WICK_OP_PAIRS) ++pairs;
            wick_emit_declaration(text, plan, program, program->node[pairs], "    ");
            wick_text_append(text, "    for (size_t j = 0; j < P; ++j) {\n");
            in_loop = true;
        }
        if (node->op == WICK_OP_PAIRS) {
            indent = "        ";
        } else {
            wick_emit_declaration(text, plan, program, id, indent);
        }
        wick_emit_statement(text, plan, id, dialect, indent);
        if (node->op == WICK_OP_PAIRS) {
            wick_text_append(text, "    }\n");
            in_loop = false;
        }
    }
}

/* See statements.h, and operations.h for how each operation is written. */
#include "emit/statements.h"

#include "emit/operations.h"

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

/* Rows of what lies over fields are called i, of all else j; l in the loop over pairs. */
static void name_indices(wick_statement *s)
{
    const wick_node *node = s->node;
    const bool over_fields = node->op == WICK_OP_WEIGHT || node->op == WICK_OP_DIAGONAL || node->op == WICK_OP_FUNCTION ||
                             node->op == WICK_OP_ROW || node->op == WICK_OP_COORDINATE ||
                             (node->op == WICK_OP_MAP && node->rank == 1);
    s->row = node->inner ? "l" : node->op == WICK_OP_POWER || over_fields ? "i" : "j";
    if (node->inner && over_fields && node->fields) s->row = "i";
    s->column = node->fields ? "b" : "l";
}

/* A comment such as "m4[j,b] = sum_i m3[j,i] omega[i,b]". */
static void put_formula(wick_text *text, const wick_statement *s, wick_printer *formula)
{
    char both[8];
    snprintf(both, sizeof both, "%s,%s", s->row, s->column);
    wick_text_printf(text, "%s/* ", s->indent);
    if (s->id == s->plan->flow) wick_text_append(text, "E[s'(l_j) l_b E]: ");
    if (s->id == s->plan->variance) wick_text_append(text, "X = Y + Y^T is the variance (and noise) term: ");
    if (s->id == s->plan->second_layer) wick_text_append(text, "E[s(l_j) E]: ");
    wick_formula_entry(text, s->plan, s->id, s->node->rank == 2 ? both : s->row);
    wick_text_append(text, " = ");
    formula(text, s);
    wick_text_append(text, " */\n");
}

static void name_operand(const wick_statement *s, size_t operand, char name[32])
{
    if (s->node->operand[operand] != WICK_NONE) wick_node_name(s->plan, s->node->operand[operand], name);
}

/* Matrices of p columns of which all are read. */
static void clear_beyond(wick_text *text, const wick_statement *s)
{
    const bool square = s->node->op == WICK_OP_TRANSPOSE || s->node->op == WICK_OP_HALVED;
    if (square && s->node->fields) wick_text_printf(text, "%sextend(0, P * LD, 0, %s);\n", s->indent, s->name);
}

void wick_emit_statement(wick_text *text, const wick_plan *plan, size_t id, wick_dialect dialect, const char *indent)
{
    const bool loops = dialect == WICK_LOOPS;
    wick_statement s = {.plan = plan,
                        .node = &plan->node[id],
                        .id = id,
                        .indent = indent,
                        .rate = loops ? "parameters->learning_rate / (double)P" : "parameters[0] / P"};
    const wick_operation *operation = wick_operation_of(s.node->op);
    wick_node_name(plan, id, s.name);
    name_operand(&s, 0, s.x);
    name_operand(&s, 1, s.y);
    name_indices(&s);
    clear_beyond(text, &s);
    if (loops && operation->formula) put_formula(text, &s, operation->formula);
    if (operation->loops) (loops ? operation->loops : operation->calls)(text, &s);
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

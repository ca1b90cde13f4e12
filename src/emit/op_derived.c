/* What only tangents and adjoints have: calls of kernels/derived.h, the same in both dialects. See operations.h. */
#include "emit/operations.h"
#include "emit/statements.h"

void wick_emit_empty(wick_text *text, const wick_plan *plan, size_t id)
{
    const wick_node *node = &plan->node[id];
    char name[32];
    wick_node_name(plan, id, name);
    if (node->op == WICK_OP_PAIRS && !node->fields) return;
    if (node->rank == 0)
        wick_text_printf(text, "    double %s = 0.0;\n", name);
    else
        wick_text_printf(text, "    extend(0, %s%sLD, 0, %s);\n", node->rank == 1 ? "" : wick_rows_of(node),
                         node->rank == 1 ? "" : " * ", name);
}

/* What is inner, to what stays. */
static void emit_collect(wick_text *text, const wick_plan *plan, const wick_node *node, const char *name, const char *x,
                         const char *indent)
{
    const wick_node *inner = &plan->node[node->operand[0]];
    const char *count = inner->fields ? "N" : "j + 1";
    if (node->op == WICK_OP_COLLECT_ENTRIES)
        wick_text_printf(text, "%s%s[j] = %s;\n", indent, name, x);
    else if (node->op == WICK_OP_COLLECT_ROWS)
        wick_text_printf(text, "%sadd(%s, %s, %s + j * LD);\n", indent, count, x, name);
    else if (node->rank == 0)
        wick_text_printf(text, "%s%s += %s;\n", indent, name, x);
    else if (node->rank == 1)
        wick_text_printf(text, "%sadd(%s, %s, %s);\n", indent, count, x, name);
    else
        wick_text_printf(text, "%sadd((%s) * LD, %s, %s);\n", indent, wick_node_has_field_rows(inner) ? "N" : "j + 1", x,
                         name);
}

static void put_derived(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *rows = node->inner ? "j + 1" : "P", *rate = s->rate, *indent = s->indent;
    const char *name = s->name, *x = s->x, *y = s->y;
    switch (node->op) {
    case WICK_OP_DIRECTION: wick_text_printf(text, "%sdirection_overlaps(P, K, LD, direction, %s);\n", indent, name); break;
    case WICK_OP_LAYER_DIRECTION:
        wick_text_printf(text, "%sdirection_weights(P, K, direction + SECOND_LAYER, %s);\n", indent, name);
        break;
    case WICK_OP_SLOPE: wick_text_printf(text, "%sslope(N * LD, %u, %s, %s, %s);\n", indent, node->power, x, y, name); break;
    case WICK_OP_FLOW_SEED: wick_text_printf(text, "%sflow_seed(P, K, LD, a, direction, %s);\n", indent, name); break;
    case WICK_OP_VARIANCE_SEED:
        wick_text_printf(text, "%svariance_seed(P, K, LD, %s, a, direction, %s);\n", indent, rate, name);
        break;
    case WICK_OP_LAYER_SEED: wick_text_printf(text, "%sextend(P, LD, direction + SECOND_LAYER, %s);\n", indent, name); break;
    case WICK_OP_EXTEND: wick_text_printf(text, "%sextend(P, LD, %s, %s);\n", indent, x, name); break;
    case WICK_OP_APPLY_LEFT:
        wick_text_printf(text, "%sproduct(1, LD, 0, %s, LD, %s, %s, %s);\n", indent, rows, y, x, name);
        break;
    case WICK_OP_OUTER: wick_text_printf(text, "%souter(%s, N, LD, %s, %s, %s);\n", indent, rows, x, y, name); break;
    case WICK_OP_FOLD: wick_text_printf(text, "%sfold(P, N, LD, %s, %s);\n", indent, x, name); break;
    case WICK_OP_HALVED: wick_text_printf(text, "%shalve_diagonal(P, LD, %s, %s);\n", indent, x, name); break;
    default: emit_collect(text, plan, node, name, x, indent);
    }
}

static void formula_of_derived(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *row = s->row, *column = s->column;
    const size_t x = node->operand[0], y = node->operand[1];
    char both[16], turned[16];
    snprintf(both, sizeof both, "%s,%s", row, column);
    snprintf(turned, sizeof turned, "%s,%s", column, row);
    switch (node->op) {
    case WICK_OP_DIRECTION: wick_text_append(text, "how omega moves"); break;
    case WICK_OP_LAYER_DIRECTION: wick_text_append(text, "how c moves"); break;
    case WICK_OP_SLOPE:
        wick_text_printf(text, "%u ", node->power);
        wick_formula_entry(text, plan, x, both);
        wick_text_append(text, " ");
        wick_formula_entry(text, plan, y, both);
        break;
    case WICK_OP_FLOW_SEED: wick_text_append(text, "derivative of the weighted drift by B"); break;
    case WICK_OP_VARIANCE_SEED: wick_text_append(text, "the same by Y"); break;
    case WICK_OP_LAYER_SEED: wick_text_append(text, "the same by A"); break;
    case WICK_OP_EXTEND:
        wick_formula_entry(text, plan, x, row), wick_text_append(text, " for students, 0 for targets");
        break;
    case WICK_OP_APPLY_LEFT:
        wick_text_append(text, "sum_l ");
        wick_formula_entry(text, plan, y, "l");
        wick_text_append(text, " ");
        wick_formula_entry(text, plan, x, "l,b");
        break;
    case WICK_OP_OUTER:
        wick_text_append(text, "sum_l ");
        wick_formula_entry(text, plan, x, "l,i");
        wick_text_append(text, " ");
        wick_formula_entry(text, plan, y, "l,b");
        break;
    case WICK_OP_FOLD:
        wick_formula_entry(text, plan, x, both);
        wick_text_append(text, " + ");
        wick_formula_entry(text, plan, x, turned);
        break;
    case WICK_OP_HALVED: wick_formula_entry(text, plan, x, both), wick_text_append(text, ", half of it for l = j"); break;
    case WICK_OP_COLLECT_SUM: wick_text_append(text, "sum_j "), wick_formula_entry(text, plan, x, "..."); break;
    default: wick_formula_entry(text, plan, x, "..."), wick_text_append(text, ", of the row j");
    }
}

const wick_operation wick_op_derived = {formula_of_derived, put_derived, put_derived};

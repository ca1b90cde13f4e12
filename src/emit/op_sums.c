/* DOT, APPLY, ROW_DOT, PRODUCT: sums over fields. See operations.h. */
#include "emit/operations.h"

static void formula_of_sum(wick_text *text, const wick_statement *s)
{
    const wick_op op = s->node->op;
    const size_t x = s->node->operand[0], y = s->node->operand[1];
    char row_i[8];
    snprintf(row_i, sizeof row_i, "%s,i", s->row);
    wick_text_append(text, "sum_i ");
    wick_formula_entry(text, s->plan, x, op == WICK_OP_DOT ? "i" : row_i);
    if (y == WICK_NONE) return;
    wick_text_append(text, " ");
    wick_formula_entry(text, s->plan, y,
                       op == WICK_OP_DOT || op == WICK_OP_APPLY ? "i"
                       : op == WICK_OP_ROW_DOT                  ? row_i
                                                                : "i,b");
}

static void loop_sum(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *name = s->name, *indent = s->indent;
    const char *x = s->x, *y = s->y;
    const wick_node *first = &plan->node[node->operand[0]];
    const wick_range on_x = wick_range_of(first->support);
    const char *row = node->inner ? "l" : "j";
    if (node->op == WICK_OP_DOT) {
        const wick_range on = wick_dot_range(plan, node);
        wick_text_printf(text, "%sdouble %s = 0.0;\n%sfor (size_t i = %s; i < %s; ++i) %s += %s[i]", indent, name, indent,
                         on.lower, on.upper, name, x);
        if (y[0]) wick_text_printf(text, " * %s[i]", y);
        wick_text_append(text, ";\n");
    } else if (node->op == WICK_OP_APPLY && wick_node_has_field_rows(first)) {
        const wick_range on = wick_range_of(plan->node[node->operand[1]].support);
        wick_text_printf(text, "%sproduct(1, LD, %s, %s, LD, %s, %s, %s);\n", indent, on.lower, on.upper, y, x, name);
    } else if (node->op == WICK_OP_APPLY || node->op == WICK_OP_ROW_DOT) {
        const wick_support support = first->support & plan->node[node->operand[1]].support;
        const wick_range on = wick_range_of(support);
        wick_text_printf(text, "%sfor (size_t %s = 0; %s < %s; ++%s) {\n%s    double sum = 0.0;\n", indent, row, row,
                         wick_rows_of(node), row, indent);
        wick_text_printf(text, "%s    for (size_t i = %s; i < %s; ++i) sum += %s[%s * LD + i] * ", indent, on.lower,
                         on.upper, x, row);
        wick_text_printf(text, node->op == WICK_OP_APPLY ? "%s[i];\n" : "%s[%s * LD + i];\n", y, row);
        wick_text_printf(text, "%s    %s[%s] = sum;\n%s}\n", indent, name, row, indent);
    } else {
        wick_text_printf(text, "%sproduct(%s, %s, %s, %s, LD, %s, %s, %s);\n", indent, wick_rows_of(node),
                         node->fields ? "LD" : "LP", on_x.lower, on_x.upper, x, y, name);
    }
}

static void call_sum(wick_text *text, const wick_statement *s)
{
    const wick_plan *plan = s->plan;
    const wick_node *node = s->node;
    const char *name = s->name, *indent = s->indent;
    const wick_node *first = &plan->node[node->operand[0]];
    const char *x = s->x, *y = s->y;
    const wick_support on_y = y[0] ? plan->node[node->operand[1]].support : WICK_ON_FIELDS;
    const wick_range both = node->op == WICK_OP_DOT ? wick_dot_range(plan, node) : wick_range_of(first->support & on_y);
    if (node->op == WICK_OP_DOT && !y[0]) {
        wick_text_printf(text, "%sconst double %s = sum(%s, %s, %s);\n", indent, name, both.lower, both.upper, x);
    } else if (node->op == WICK_OP_DOT) {
        wick_text_printf(text, "%sconst double %s = dot(%s, %s, %s, %s);\n", indent, name, both.lower, both.upper, x, y);
    } else if (node->op == WICK_OP_APPLY && wick_node_has_field_rows(first)) {
        /* The matrix is symmetric: y^T X, which runs along its rows. */
        wick_text_printf(text, "%sproduct(1, LD, %s, %s, LD, %s, %s, %s);\n", indent, both.lower, both.upper, y, x, name);
    } else if (node->op == WICK_OP_APPLY || node->op == WICK_OP_ROW_DOT) {
        wick_text_printf(text, "%s%s(%s, %s, %s, LD, %s, %s, %s);\n", indent,
                         node->op == WICK_OP_APPLY ? "apply" : "row_dot", wick_rows_of(node), both.lower, both.upper, x, y,
                         name);
    } else {
        const wick_range on = wick_range_of(first->support);
        wick_text_printf(text, "%sproduct(%s, %s, %s, %s, LD, %s, %s, %s);\n", indent, wick_rows_of(node),
                         node->fields ? "LD" : "LP", on.lower, on.upper, x, y, name);
    }
}

const wick_operation wick_op_sum = {formula_of_sum, loop_sum, call_sum};

/* The dialect of kernel calls (kernels/kernels.h), for TinyCC: no loop over arrays is left in it. */
#include "emit/dialects.h"
#include "emit/names.h"

static const char *name_or_null(const wick_plan *plan, size_t id, char name[32])
{
    if (id == WICK_NONE) return "0";
    wick_node_name(plan, id, name);
    return name;
}

/* The first terms in one pass, if they are plain and two or more: how many were taken. Arrays are walked whole, so a
 * matrix must be as wide as its stride. */
static size_t call_terms(wick_text *text, const wick_plan *plan, const wick_node *node, const char *rows, const char *out,
                         const char *indent)
{
    size_t count = 0;
    for (; count < node->term_count && count < 4; ++count) {
        const wick_map_term *t = &node->term[count];
        if (t->row != WICK_NONE || t->column != WICK_NONE || t->factor_count == 0 || t->factor_count > 2) break;
    }
    if (count < 2 || !(node->fields || (plan->whole_rows && node->rank == 2))) return 0;
    wick_text_printf(text, "%sterms%zu((%s) * LD, %s", indent, count, rows, out);
    for (size_t i = 0; i < count; ++i) {
        const wick_map_term *t = &node->term[i];
        char name[32];
        wick_text_append(text, ", ");
        wick_emit_rational(text, t->coefficient);
        if (t->scalar != WICK_NONE) wick_text_printf(text, " * %s", name_or_null(plan, t->scalar, name));
        wick_text_printf(text, ", %s", name_or_null(plan, t->factor[0], name));
        wick_text_printf(text, ", %s", name_or_null(plan, t->factor_count > 1 ? t->factor[1] : WICK_NONE, name));
    }
    wick_text_append(text, ");\n");
    return count;
}

static void call_array_map(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const char *rows = node->rank == 1 ? "1" : wick_rows_of(node);
    const char *columns = node->fields ? "LD" : "LP"; /* a shorter inner vector: its tail is never read */
    char out[32], row[32], column[32], scalar[32];
    wick_node_name(plan, id, out);
    if (node->term_count == 0) wick_text_printf(text, "%smap0(%s, %s, LD, %s, 0, 0.0, 0, 0);\n", indent, rows, columns, out);
    for (size_t i = call_terms(text, plan, node, rows, out, indent); i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        wick_text_printf(text, "%smap%zu(%s, %s, LD, %s, %d, ", indent, t->factor_count, rows, columns, out, i > 0);
        wick_emit_rational(text, t->coefficient);
        if (t->scalar != WICK_NONE) wick_text_printf(text, " * %s", name_or_null(plan, t->scalar, scalar));
        wick_text_printf(text, ", %s, %s", name_or_null(plan, t->row, row), name_or_null(plan, t->column, column));
        for (size_t f = 0; f < t->factor_count; ++f)
            wick_text_printf(text, ", %s", name_or_null(plan, t->factor[f], column));
        wick_text_append(text, ");\n");
    }
}

static void call_number_map(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32];
    wick_node_name(plan, id, name);
    wick_text_printf(text, "%sconst double %s = 0.0", indent, name);
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        wick_text_append(text, " + ");
        wick_emit_rational(text, t->coefficient);
        for (size_t f = 0; f < t->factor_count; ++f) wick_text_printf(text, " * %s", name_or_null(plan, t->factor[f], name));
    }
    wick_text_append(text, ";\n");
}

static void call_function(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const wick_function *f = &plan->function[node->function];
    const wick_polynomial *part[] = {&f->student, &f->target};
    static const char *const lower[] = {"0", "P"}, *const upper[] = {"P", "N"};
    char name[32], x[32];
    wick_node_name(plan, id, name);
    wick_node_name(plan, node->operand[0], x);
    const bool split = plan->node[node->operand[0]].op == WICK_OP_DIAGONAL; /* of all fields, not of one species */
    for (size_t i = 0; i < (split ? 2 : 1); ++i) {
        wick_text_printf(text, "%sstatic const double %s_%zu[] = {", indent, name, i);
        for (size_t m = 0; m < part[i]->count; ++m) {
            if (m > 0) wick_text_append(text, ", ");
            wick_emit_rational(text, part[i]->coefficient[m]);
        }
        if (part[i]->count == 0) wick_text_append(text, "0.0");
        wick_text_printf(text, "};\n%spolynomial(%s, %s, %zu, %s_%zu, %s, %s);\n", indent, lower[i], split ? upper[i] : "N",
                         part[i]->count > 0 ? part[i]->count - 1 : 0, name, i, x, name);
    }
}

static void call_contraction(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id], *first = &plan->node[node->operand[0]];
    char name[32], x[32], y[32] = "";
    wick_node_name(plan, id, name);
    wick_node_name(plan, node->operand[0], x);
    if (node->operand[1] != WICK_NONE) wick_node_name(plan, node->operand[1], y);
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

void wick_emit_calls(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32], x[32] = "", y[32] = "";
    wick_node_name(plan, id, name);
    if (node->operand[0] != WICK_NONE) wick_node_name(plan, node->operand[0], x);
    if (node->operand[1] != WICK_NONE) wick_node_name(plan, node->operand[1], y);
    switch (node->op) {
    case WICK_OP_NOISE: wick_text_printf(text, "%sconst double %s = parameters[1];\n", indent, name); break;
    case WICK_OP_RATE: wick_text_printf(text, "%sconst double %s = parameters[0] / P;\n", indent, name); break;
    case WICK_OP_WEIGHT: wick_text_printf(text, "%sweights(P, K, a, parameters + 2, %s);\n", indent, name); break;
    case WICK_OP_DIAGONAL: wick_text_printf(text, "%sdiagonal(N, LD, %s, %s);\n", indent, x, name); break;
    case WICK_OP_FUNCTION: call_function(text, plan, id, indent); break;
    case WICK_OP_POWER:
        if (node->power == 1)
            wick_text_printf(text, "%soverlaps(P, K, LD, state, parameters + 2 + K, %s);\n", indent, name);
        else
            wick_text_printf(text, "%smultiply(N * LD, %s, %s, %s);\n", indent, x, y, name);
        break;
    case WICK_OP_MAP:
        if (node->rank == 0)
            call_number_map(text, plan, id, indent);
        else
            call_array_map(text, plan, id, indent);
        break;
    case WICK_OP_DOT:
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT:
    case WICK_OP_PRODUCT: call_contraction(text, plan, id, indent); break;
    case WICK_OP_TRANSPOSE: wick_text_printf(text, "%stranspose(P, LD, %s, %s);\n", indent, x, name); break;
    case WICK_OP_ENTRY:
        wick_text_printf(text, "%sconst double %s = %s[%s];\n", indent, name, x, node->paired ? "l" : "j");
        break;
    case WICK_OP_ROW:
        wick_text_printf(text, "%sconst double *const %s = %s + %s * LD;\n", indent, name, x, node->paired ? "l" : "j");
        break;
    case WICK_OP_PAIRS: wick_text_printf(text, "%spair_row(P, LD, j, %s, %s);\n", indent, x, name); break;
    case WICK_OP_COORDINATE:
        wick_text_printf(text, "%sconst double *const %s = u + %u * stride;\n", indent, name, node->power);
        break;
    case WICK_OP_PERP:
    case WICK_OP_LAYER:
    case WICK_OP_TENSOR:
    case WICK_OP_PARAMETER: break; /* there already */
    default: wick_emit_derived(text, plan, id, "parameters[0] / P", indent);
    }
}

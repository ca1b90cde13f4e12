/* The dialect of plain loops: C99 that a person reads and a compiler optimises. Only matrix products call a function. */
#include "emit/dialects.h"
#include "emit/formula.h"
#include "emit/names.h"

typedef struct {
    const char *row, *column; /* loop variables */
} loop_names;

static void print_element(wick_text *text, const wick_plan *plan, size_t id, loop_names loop)
{
    char name[32];
    wick_node_name(plan, id, name);
    const int rank = plan->node[id].rank;
    if (rank == 0)
        wick_text_append(text, name);
    else if (rank == 1)
        wick_text_printf(text, "%s[%s]", name, loop.row);
    else
        wick_text_printf(text, "%s[%s * LD + %s]", name, loop.row, loop.column);
}

static void print_term(wick_text *text, const wick_plan *plan, const wick_map_term *t, loop_names loop)
{
    const loop_names on_column = {loop.column, loop.column};
    const char *times = "";
    const bool bare = t->scalar == WICK_NONE && t->row == WICK_NONE && t->column == WICK_NONE && t->factor_count == 0;
    if (bare || mpq_cmp_ui(t->coefficient, 1, 1) != 0) wick_emit_rational(text, t->coefficient), times = " * ";
    if (t->scalar != WICK_NONE) wick_text_append(text, times), print_element(text, plan, t->scalar, loop), times = " * ";
    if (t->row != WICK_NONE) wick_text_append(text, times), print_element(text, plan, t->row, loop), times = " * ";
    if (t->column != WICK_NONE)
        wick_text_append(text, times), print_element(text, plan, t->column, on_column), times = " * ";
    for (size_t f = 0; f < t->factor_count; ++f) {
        wick_text_append(text, times);
        print_element(text, plan, t->factor[f], loop);
        times = " * ";
    }
}

static void print_sum(wick_text *text, const wick_plan *plan, const wick_node *node, loop_names loop, const char *indent)
{
    if (node->term_count == 0) wick_text_append(text, "0.0");
    for (size_t i = 0; i < node->term_count; ++i) {
        if (i > 0) wick_text_printf(text, "\n%s    + ", indent);
        print_term(text, plan, &node->term[i], loop);
    }
    wick_text_append(text, ";\n");
}

static void loop_map(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32];
    wick_node_name(plan, id, name);
    if (node->rank == 0) {
        wick_text_printf(text, "%sconst double %s = ", indent, name);
        print_sum(text, plan, node, (loop_names){"", ""}, indent);
    } else if (node->rank == 1) {
        const char *end = node->fields ? "N" : node->inner ? "j + 1" : "P";
        wick_text_printf(text, "%sfor (size_t i = 0; i < %s; ++i)\n%s    %s[i] = ", indent, end, indent, name);
        print_sum(text, plan, node, (loop_names){"i", "i"}, indent);
    } else {
        const loop_names loop = {node->inner ? "l" : "j", node->fields ? "b" : "l"};
        wick_text_printf(text, "%sfor (size_t %s = 0; %s < %s; ++%s)\n", indent, loop.row, loop.row, wick_rows_of(node),
                         loop.row);
        wick_text_printf(text, "%s    for (size_t %s = 0; %s < %s; ++%s)\n", indent, loop.column, loop.column,
                         node->fields ? "N" : "P", loop.column);
        wick_text_printf(text, "%s        %s[%s * LD + %s] = ", indent, name, loop.row, loop.column);
        wick_text deeper = WICK_TEXT_EMPTY;
        wick_text_printf(&deeper, "%s        ", indent);
        if (deeper.failed) text->failed = true;
        print_sum(text, plan, node, loop, deeper.failed ? indent : deeper.bytes);
        wick_text_clear(&deeper);
    }
}

static void print_polynomial(wick_text *text, const wick_polynomial *f)
{
    if (f->count == 0) wick_text_append(text, "0.0");
    for (size_t m = 0; m < f->count; ++m) {
        wick_emit_rational(text, f->coefficient[m]);
        if (m + 1 < f->count) wick_text_append(text, " + v * (");
    }
    for (size_t m = 0; m + 1 < f->count; ++m) wick_text_append(text, ")");
}

static void loop_function(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const wick_function *f = &plan->function[node->function];
    const wick_polynomial *part[] = {&f->student, &f->target};
    static const char *const lower[] = {"0", "P"}, *const upper[] = {"P", "N"};
    char name[32], from[32];
    wick_node_name(plan, id, name);
    wick_node_name(plan, node->operand[0], from);
    const bool split = plan->node[node->operand[0]].op == WICK_OP_DIAGONAL; /* of all fields, not of one species */
    for (size_t i = 0; i < (split ? 2 : 1); ++i) {
        wick_text_printf(text, "%sfor (size_t i = %s; i < %s; ++i) {\n", indent, lower[i], split ? upper[i] : "N");
        if (part[i]->count > 1) wick_text_printf(text, "%s    const double v = %s[i];\n", indent, from);
        wick_text_printf(text, "%s    %s[i] = ", indent, name);
        print_polynomial(text, part[i]);
        wick_text_printf(text, ";\n%s}\n", indent);
    }
}

/* Sums of products over fields, and what only moves numbers. */
static void loop_contraction(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32], x[32] = "", y[32] = "";
    wick_node_name(plan, id, name);
    if (node->operand[0] != WICK_NONE) wick_node_name(plan, node->operand[0], x);
    if (node->operand[1] != WICK_NONE) wick_node_name(plan, node->operand[1], y);
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

static void loop_power(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32], x[32], y[32];
    wick_node_name(plan, id, name);
    if (node->power == 1) {
        wick_text_printf(text, "%soverlaps(parameters, state, %s);\n", indent, name);
        return;
    }
    wick_node_name(plan, node->operand[0], x);
    wick_node_name(plan, node->operand[1], y);
    wick_text_printf(text, "%sfor (size_t i = 0; i < N * LD; ++i) %s[i] = %s[i] * %s[i];\n", indent, name, x, y);
}

void wick_emit_loops(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    char name[32], x[32] = "";
    wick_node_name(plan, id, name);
    if (node->operand[0] != WICK_NONE) wick_node_name(plan, node->operand[0], x);
    const bool given =
        node->op == WICK_OP_PERP || node->op == WICK_OP_LAYER || node->op == WICK_OP_TENSOR || node->op == WICK_OP_PARAMETER;
    if (!given) wick_emit_formula(text, plan, id, indent);
    switch (node->op) {
    case WICK_OP_NOISE: wick_text_printf(text, "%sconst double %s = parameters->noise;\n", indent, name); break;
    case WICK_OP_RATE:
        wick_text_printf(text, "%sconst double %s = parameters->learning_rate / (double)P;\n", indent, name);
        break;
    case WICK_OP_WEIGHT: wick_text_printf(text, "%sweights(parameters, a, %s);\n", indent, name); break;
    case WICK_OP_DIAGONAL:
        wick_text_printf(text, "%sfor (size_t i = 0; i < N; ++i) %s[i] = %s[i * LD + i];\n", indent, name, x);
        break;
    case WICK_OP_FUNCTION: loop_function(text, plan, id, indent); break;
    case WICK_OP_POWER: loop_power(text, plan, id, indent); break;
    case WICK_OP_MAP: loop_map(text, plan, id, indent); break;
    case WICK_OP_DOT:
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT:
    case WICK_OP_PRODUCT: loop_contraction(text, plan, id, indent); break;
    case WICK_OP_TRANSPOSE:
        wick_text_printf(text, "%sfor (size_t j = 0; j < P; ++j)\n%s    for (size_t l = 0; l < P; ++l) ", indent, indent);
        wick_text_printf(text, "%s[j * LD + l] = %s[l * LD + j];\n", name, x);
        break;
    case WICK_OP_ENTRY:
        wick_text_printf(text, "%sconst double %s = %s[%s];\n", indent, name, x, node->paired ? "l" : "j");
        break;
    case WICK_OP_ROW:
        wick_text_printf(text, "%sconst double *const %s = %s + %s * LD;\n", indent, name, x, node->paired ? "l" : "j");
        break;
    case WICK_OP_PAIRS:
        wick_text_printf(text, "%sfor (size_t l = 0; l < P; ++l)\n%s    ", indent, indent);
        wick_text_printf(text, "%s[j * LD + l] = l < j ? %s[l] : l == j ? %s[l] / 2.0 : 0.0;\n", name, x, x);
        break;
    case WICK_OP_COORDINATE:
        wick_text_printf(text, "%sconst double *const %s = u + %u * LD;\n", indent, name, node->power);
        break;
    case WICK_OP_PERP:
    case WICK_OP_LAYER:
    case WICK_OP_TENSOR:
    case WICK_OP_PARAMETER: break; /* there already */
    default: wick_emit_derived(text, plan, id, "parameters->learning_rate / (double)P", indent);
    }
}

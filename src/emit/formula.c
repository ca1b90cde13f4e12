/* See formula.h. */
#include "emit/formula.h"

#include <stdlib.h>

#include "emit/names.h"

enum { TERM_LIMIT = 6 };

static void print_indexed(wick_text *text, const wick_plan *plan, size_t id, const char *indices)
{
    char name[32];
    wick_node_name(plan, id, name);
    wick_text_append(text, name);
    if (plan->node[id].rank > 0) wick_text_printf(text, "[%s]", indices);
}

static void print_number(wick_text *text, mpq_srcptr value)
{
    char *number = mpq_get_str(NULL, 10, value);
    wick_text_append(text, number);
    free(number);
}

static void print_term(wick_text *text, const wick_plan *plan, const wick_node *node, const wick_map_term *t,
                       const char *row, const char *column)
{
    char both[8];
    snprintf(both, sizeof both, "%s,%s", row, column);
    const bool one = mpq_cmp_ui(t->coefficient, 1, 1) == 0,
               bare = t->factor_count == 0 && t->scalar == WICK_NONE && t->row == WICK_NONE && t->column == WICK_NONE;
    const char *space = "";
    if (!one || bare) print_number(text, t->coefficient), space = " ";
    const struct {
        size_t id;
        const char *indices;
    } parts[] = {{t->scalar, ""}, {t->row, row}, {t->column, column}};
    for (size_t i = 0; i < 3; ++i)
        if (parts[i].id != WICK_NONE) {
            wick_text_append(text, space);
            print_indexed(text, plan, parts[i].id, parts[i].indices);
            space = " ";
        }
    for (size_t f = 0; f < t->factor_count; ++f) {
        wick_text_append(text, space);
        print_indexed(text, plan, t->factor[f], node->rank == 2 ? both : row);
        space = " ";
    }
}

static void print_map(wick_text *text, const wick_plan *plan, const wick_node *node, const char *row, const char *column)
{
    if (node->term_count == 0) wick_text_append(text, "0");
    for (size_t i = 0; i < node->term_count && i < TERM_LIMIT; ++i) {
        if (i > 0) wick_text_append(text, " + ");
        print_term(text, plan, node, &node->term[i], row, column);
    }
    if (node->term_count > TERM_LIMIT) wick_text_printf(text, " + ... (%zu terms)", node->term_count);
}

static void print_function(wick_text *text, const wick_plan *plan, const wick_node *node)
{
    const wick_function *f = &plan->function[node->function];
    wick_text_append(text, "students: ");
    wick_polynomial_print(text, &f->student, "v");
    wick_text_append(text, ", targets: ");
    wick_polynomial_print(text, &f->target, "v");
    wick_text_printf(text, ", v = variance[i]; E[f^(%u)(l_i)] up to a factor", f->order);
}

/* Of tangents and adjoints. */
static void print_derived(wick_text *text, const wick_plan *plan, const wick_node *node, const char *row, const char *column)
{
    const size_t x = node->operand[0], y = node->operand[1];
    char both[16], turned[16];
    snprintf(both, sizeof both, "%s,%s", row, column);
    snprintf(turned, sizeof turned, "%s,%s", column, row);
    switch (node->op) {
    case WICK_OP_DIRECTION: wick_text_append(text, "how omega moves"); break;
    case WICK_OP_LAYER_DIRECTION: wick_text_append(text, "how c moves"); break;
    case WICK_OP_SLOPE:
        wick_text_printf(text, "%u ", node->power);
        print_indexed(text, plan, x, both);
        wick_text_append(text, " ");
        print_indexed(text, plan, y, both);
        break;
    case WICK_OP_FLOW_SEED: wick_text_append(text, "derivative of the weighted drift by B"); break;
    case WICK_OP_VARIANCE_SEED: wick_text_append(text, "the same by Y"); break;
    case WICK_OP_LAYER_SEED: wick_text_append(text, "the same by A"); break;
    case WICK_OP_EXTEND: print_indexed(text, plan, x, row), wick_text_append(text, " for students, 0 for targets"); break;
    case WICK_OP_APPLY_LEFT:
        wick_text_append(text, "sum_l ");
        print_indexed(text, plan, y, "l");
        wick_text_append(text, " ");
        print_indexed(text, plan, x, "l,b");
        break;
    case WICK_OP_OUTER:
        wick_text_append(text, "sum_l ");
        print_indexed(text, plan, x, "l,i");
        wick_text_append(text, " ");
        print_indexed(text, plan, y, "l,b");
        break;
    case WICK_OP_FOLD:
        print_indexed(text, plan, x, both);
        wick_text_append(text, " + ");
        print_indexed(text, plan, x, turned);
        break;
    case WICK_OP_HALVED: print_indexed(text, plan, x, both), wick_text_append(text, ", half of it for l = j"); break;
    case WICK_OP_COLLECT_SUM: wick_text_append(text, "sum_j "), print_indexed(text, plan, x, "..."); break;
    default: print_indexed(text, plan, x, "..."), wick_text_append(text, ", of the row j");
    }
}

static void print_right_side(wick_text *text, const wick_plan *plan, const wick_node *node, const char *row,
                             const char *column)
{
    const size_t x = node->operand[0], y = node->operand[1];
    char row_i[8];
    snprintf(row_i, sizeof row_i, "%s,i", row);
    switch (node->op) {
    case WICK_OP_NOISE: wick_text_append(text, "label noise, Delta"); break;
    case WICK_OP_RATE: wick_text_append(text, "gamma/p"); break;
    case WICK_OP_WEIGHT: wick_text_append(text, "-a[j]/p for students, a*[r]/k for targets"); break;
    case WICK_OP_DIAGONAL: wick_text_append(text, "omega[i,i]"); break;
    case WICK_OP_FUNCTION: print_function(text, plan, node); break;
    case WICK_OP_POWER:
        if (node->power == 1)
            wick_text_append(text, "overlaps of all fields, [[Q, M], [M^T, P]]");
        else
            wick_text_printf(text, "omega[i,b]^%u", node->power);
        break;
    case WICK_OP_MAP: print_map(text, plan, node, row, column); break;
    case WICK_OP_DOT:
        wick_text_append(text, "sum_i ");
        print_indexed(text, plan, x, "i");
        if (y != WICK_NONE) wick_text_append(text, " "), print_indexed(text, plan, y, "i");
        break;
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT:
    case WICK_OP_PRODUCT:
        wick_text_append(text, "sum_i ");
        print_indexed(text, plan, x, row_i);
        wick_text_append(text, " ");
        print_indexed(text, plan, y, node->op == WICK_OP_APPLY ? "i" : node->op == WICK_OP_ROW_DOT ? row_i : "i,b");
        break;
    case WICK_OP_TRANSPOSE: print_indexed(text, plan, x, "l,j"); break;
    case WICK_OP_ENTRY: print_indexed(text, plan, x, node->paired ? "l" : "j"); break;
    case WICK_OP_ROW: print_indexed(text, plan, x, node->paired ? "l,i" : "j,i"); break;
    case WICK_OP_PAIRS:
        print_indexed(text, plan, x, "l");
        wick_text_append(text, " for l < j, half of it for l = j, 0 for l > j");
        break;
    case WICK_OP_COORDINATE: wick_text_printf(text, "component %u of L^-1 m", node->power + 1); break;
    case WICK_OP_PERP: wick_text_append(text, "q"); break;
    case WICK_OP_LAYER: wick_text_append(text, "second layer"); break;
    case WICK_OP_TENSOR: wick_text_append(text, "summed tensor"); break;
    case WICK_OP_PARAMETER: wick_text_append(text, "run-time number"); break;
    default: print_derived(text, plan, node, row, column);
    }
}

void wick_emit_formula(wick_text *text, const wick_plan *plan, size_t id, const char *indent)
{
    const wick_node *node = &plan->node[id];
    const bool over_fields = node->op == WICK_OP_WEIGHT || node->op == WICK_OP_DIAGONAL || node->op == WICK_OP_FUNCTION ||
                             node->op == WICK_OP_ROW || node->op == WICK_OP_COORDINATE ||
                             (node->op == WICK_OP_MAP && node->rank == 1);
    const char *row = node->inner ? "l" : node->op == WICK_OP_POWER || over_fields ? "i" : "j";
    if (node->inner && over_fields && node->fields) row = "i";
    const char *column = node->fields ? "b" : "l";
    char both[8];
    snprintf(both, sizeof both, "%s,%s", row, column);
    wick_text_printf(text, "%s/* ", indent);
    if (id == plan->flow) wick_text_append(text, "E[s'(l_j) l_b E]: ");
    if (id == plan->variance) wick_text_append(text, "X = Y + Y^T is the variance (and noise) term: ");
    if (id == plan->second_layer) wick_text_append(text, "E[s(l_j) E]: ");
    print_indexed(text, plan, id, node->rank == 2 ? both : row);
    wick_text_append(text, " = ");
    print_right_side(text, plan, node, row, column);
    wick_text_append(text, " */\n");
}

/* Nodes that sum over fields, and those that only move numbers. See nodes.h. */
#include "plan/nodes.h"

/* In the innermost loop that an operand is in. */
static size_t intern_level(wick_builder *builder, wick_node *node)
{
    for (size_t o = 0; o < 2; ++o) {
        if (node->operand[o] == WICK_NONE) continue;
        node->inner = node->inner || wick_node_at(builder, node->operand[o])->inner;
        node->paired = node->paired || wick_node_at(builder, node->operand[o])->paired;
    }
    return wick_intern(builder, node);
}

size_t wick_make_dot(wick_builder *builder, const wick_list *vectors)
{
    wick_list all_but_last = *vectors;
    wick_node node = wick_node_blank(WICK_OP_DOT, 0);
    if (vectors->count > 1) {
        --all_but_last.count;
        node.operand[1] = vectors->id[vectors->count - 1];
    }
    node.operand[0] = wick_make_vector(builder, &all_but_last);
    if (node.operand[0] == WICK_NONE) {
        wick_builder_exceed(builder, "a sum over fields of no vector");
        return 0;
    }
    return intern_level(builder, &node);
}

size_t wick_make_apply(wick_builder *builder, size_t matrix, size_t vector)
{
    wick_node node = wick_node_blank(WICK_OP_APPLY, 1);
    node.operand[0] = matrix;
    node.operand[1] = vector;
    node.fields = wick_node_has_field_rows(wick_node_at(builder, matrix));
    return intern_level(builder, &node);
}

size_t wick_make_row_dot(wick_builder *builder, size_t x, size_t y)
{
    wick_node node = wick_node_blank(WICK_OP_ROW_DOT, 1);
    node.operand[0] = x;
    node.operand[1] = y;
    node.fields = false;
    return intern_level(builder, &node);
}

size_t wick_make_product(wick_builder *builder, size_t left, unsigned power)
{
    wick_node node = wick_node_blank(WICK_OP_PRODUCT, 2);
    node.operand[0] = left;
    node.operand[1] = wick_make_power(builder, power);
    node.power = power;
    return intern_level(builder, &node);
}

bool wick_product_exists(const wick_builder *builder, size_t left, unsigned power)
{
    for (size_t i = 0; i < builder->plan->node_count; ++i) {
        const wick_node *node = wick_node_at(builder, i);
        if (node->op == WICK_OP_PRODUCT && node->operand[0] == left && node->power == power) return true;
    }
    return false;
}

static size_t make_unary(wick_builder *builder, wick_op op, int rank, size_t operand, bool fields, int level)
{
    wick_node node = wick_node_blank(op, rank);
    node.operand[0] = operand;
    node.fields = fields;
    node.inner = level > 0;
    node.paired = level > 1;
    return wick_intern(builder, &node);
}

size_t wick_make_product_with(wick_builder *builder, size_t left, size_t right)
{
    const wick_node *matrix = wick_node_at(builder, right);
    if (matrix->op == WICK_OP_POWER) return wick_make_product(builder, left, matrix->power);
    wick_node node = wick_node_blank(WICK_OP_PRODUCT, 2);
    node.operand[0] = left;
    node.operand[1] = right;
    return intern_level(builder, &node);
}

static size_t make_pair(wick_builder *builder, wick_op op, int rank, size_t x, size_t y)
{
    wick_node node = wick_node_blank(op, rank);
    node.operand[0] = x;
    node.operand[1] = y;
    return intern_level(builder, &node);
}

size_t wick_make_apply_left(wick_builder *builder, size_t matrix, size_t vector)
{
    return make_pair(builder, WICK_OP_APPLY_LEFT, 1, matrix, vector);
}

size_t wick_make_outer(wick_builder *builder, size_t x, size_t y) { return make_pair(builder, WICK_OP_OUTER, 2, x, y); }

size_t wick_make_transpose(wick_builder *builder, size_t matrix)
{
    return make_unary(builder, WICK_OP_TRANSPOSE, 2, matrix, false, 0);
}

size_t wick_make_entry(wick_builder *builder, size_t vector, bool paired)
{
    return make_unary(builder, WICK_OP_ENTRY, 0, vector, true, paired ? 2 : 1);
}

size_t wick_make_row(wick_builder *builder, size_t matrix, bool paired)
{
    const wick_op op = wick_node_at(builder, matrix)->op;
    return make_unary(builder, WICK_OP_ROW, 1, matrix, op != WICK_OP_TRANSPOSE && op != WICK_OP_HALVED, paired ? 2 : 1);
}

size_t wick_make_fold(wick_builder *builder, size_t matrix) { return make_unary(builder, WICK_OP_FOLD, 2, matrix, true, 0); }

size_t wick_make_extend(wick_builder *builder, size_t vector)
{
    wick_node node = wick_node_blank(WICK_OP_EXTEND, 1);
    node.operand[0] = vector;
    node.support = WICK_ON_STUDENTS;
    return wick_intern(builder, &node);
}

size_t wick_make_halved(wick_builder *builder, size_t matrix)
{
    return make_unary(builder, WICK_OP_HALVED, 2, matrix, false, 0);
}

/* `power` is 1 for a matrix of n rows. */
size_t wick_make_collect(wick_builder *builder, wick_op op, size_t inner)
{
    const wick_node *of = wick_node_at(builder, inner);
    const int more = op == WICK_OP_COLLECT_SUM ? 0 : 1;
    wick_node node = wick_node_blank(op, of->rank + more);
    node.operand[0] = inner;
    node.fields = of->fields || of->rank == 0;
    node.support = of->support;
    node.power = op == WICK_OP_COLLECT_SUM && wick_node_has_field_rows(of);
    if (op == WICK_OP_COLLECT_ENTRIES) node.fields = false;
    return wick_intern(builder, &node);
}

size_t wick_make_pairs(wick_builder *builder, size_t vector)
{
    return make_unary(builder, WICK_OP_PAIRS, 2, vector, false, 0);
}

/* See operations.h. */
#include "emit/operations.h"

static const wick_operation *const operations[] = {
    [WICK_OP_NOISE] = &wick_op_noise,       [WICK_OP_RATE] = &wick_op_rate,
    [WICK_OP_WEIGHT] = &wick_op_weight,     [WICK_OP_DIAGONAL] = &wick_op_diagonal,
    [WICK_OP_FUNCTION] = &wick_op_function, [WICK_OP_POWER] = &wick_op_power,
    [WICK_OP_MAP] = &wick_op_map,           [WICK_OP_DOT] = &wick_op_sum,
    [WICK_OP_APPLY] = &wick_op_sum,         [WICK_OP_ROW_DOT] = &wick_op_sum,
    [WICK_OP_PRODUCT] = &wick_op_sum,       [WICK_OP_TRANSPOSE] = &wick_op_transpose,
    [WICK_OP_ENTRY] = &wick_op_entry,       [WICK_OP_ROW] = &wick_op_row,
    [WICK_OP_PAIRS] = &wick_op_pairs,       [WICK_OP_COORDINATE] = &wick_op_coordinate,
    [WICK_OP_PERP] = &wick_op_perp,         [WICK_OP_LAYER] = &wick_op_layer,
    [WICK_OP_TENSOR] = &wick_op_tensor,     [WICK_OP_PARAMETER] = &wick_op_parameter,
};

const wick_operation *wick_operation_of(wick_op op)
{
    return (size_t)op < sizeof operations / sizeof *operations && operations[op] ? operations[op] : &wick_op_derived;
}

void wick_formula_entry(wick_text *text, const wick_plan *plan, size_t id, const char *indices)
{
    char name[32];
    wick_node_name(plan, id, name);
    wick_text_append(text, name);
    if (plan->node[id].rank > 0) wick_text_printf(text, "[%s]", indices);
}

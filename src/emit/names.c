/* See names.h. */
#include "emit/names.h"

void wick_node_name(const wick_plan *plan, size_t id, char name[32])
{
    const wick_node *node = &plan->node[id];
    if (id == plan->flow) {
        snprintf(name, 32, "B");
    } else if (id == plan->variance) {
        snprintf(name, 32, "Y");
    } else if (id == plan->second_layer) {
        snprintf(name, 32, "A");
    } else if (node->op == WICK_OP_NOISE) {
        snprintf(name, 32, "noise");
    } else if (node->op == WICK_OP_RATE) {
        snprintf(name, 32, "rate");
    } else if (node->op == WICK_OP_WEIGHT) {
        snprintf(name, 32, "c");
    } else if (node->op == WICK_OP_DIAGONAL && plan->node[node->operand[0]].op == WICK_OP_POWER) {
        snprintf(name, 32, "variance");
    } else if (node->op == WICK_OP_FUNCTION) {
        snprintf(name, 32, "F%zu", node->function + 1);
    } else if (node->op == WICK_OP_POWER) {
        snprintf(name, 32, node->power == 1 ? "omega" : "omega_%u", node->power);
    } else if (node->op == WICK_OP_COORDINATE) {
        snprintf(name, 32, "u%u", node->power + 1);
    } else if (node->op == WICK_OP_PERP) {
        snprintf(name, 32, "q");
    } else if (node->op == WICK_OP_LAYER) {
        snprintf(name, 32, "layer");
    } else if (node->op == WICK_OP_TENSOR) {
        snprintf(name, 32, "t[%u]", node->power);
    } else if (node->op == WICK_OP_PARAMETER) {
        snprintf(name, 32, "numbers[%u]", node->power);
    } else {
        snprintf(name, 32, "%c%zu", node->rank == 0 ? 's' : node->rank == 1 ? 'v' : 'm', id);
    }
}

wick_range wick_dot_range(const wick_plan *plan, const wick_node *node)
{
    const wick_node *x = &plan->node[node->operand[0]];
    const wick_node *y = node->operand[1] != WICK_NONE ? &plan->node[node->operand[1]] : x;
    wick_range on = wick_range_of(x->support & y->support);
    if (!x->fields || !y->fields) on.upper = node->inner ? "j + 1" : "P";
    return on;
}

const char *wick_rows_of(const wick_node *node)
{
    return node->inner ? "j + 1" : wick_node_has_field_rows(node) ? "N" : "P";
}

wick_range wick_range_of(wick_support support)
{
    return (wick_range){support == WICK_ON_TARGETS ? "P" : "0", support == WICK_ON_STUDENTS ? "P" : "N"};
}

void wick_emit_rational(wick_text *text, mpq_srcptr value)
{
    if (mpz_sizeinbase(mpq_numref(value), 2) > 53 || mpz_sizeinbase(mpq_denref(value), 2) > 53)
        wick_text_printf(text, "%.17e", wick_rational_value(value));
    else if (mpz_cmp_ui(mpq_denref(value), 1) == 0)
        wick_text_printf(text, "%.1f", mpz_get_d(mpq_numref(value)));
    else
        wick_text_printf(text, "(%.1f / %.1f)", mpz_get_d(mpq_numref(value)), mpz_get_d(mpq_denref(value)));
}

/* See cost.h. */
#include "plan/cost.h"

/* Entries of a node, times what each of them takes. */
static double node_products(const wick_plan *plan, const wick_node *node, double p, double n)
{
    /* The loop over pairs computes its nodes once for each row j, over l <= j. */
    const double times = node->inner ? p : 1, students = node->inner ? p / 2 : p;
    const double rows = node->rank < 2 ? 1 : wick_node_has_field_rows(node) ? n : students;
    const double columns = node->rank < 1 ? 1 : node->rank == 2 || node->fields ? n : students;
    switch (node->op) {
    case WICK_OP_MAP: return times * rows * columns * (double)node->term_count;
    case WICK_OP_PRODUCT: return times * rows * columns * n;
    case WICK_OP_DOT: return times * n;
    case WICK_OP_APPLY:
    case WICK_OP_ROW_DOT: return times * students * n;
    case WICK_OP_FUNCTION: return columns * (double)plan->function[node->function].student.count;
    default: return times * rows * columns;
    }
}

double wick_plan_products(const wick_plan *plan, const wick_program *program, size_t p, size_t k)
{
    double products = 0;
    for (size_t i = 0; i < program->count; ++i)
        products += node_products(plan, &plan->node[program->node[i]], (double)p, (double)p + (double)k);
    return products;
}

/* One table of the operations of plans: a row says what a node's formula is and how its statement is written in each
 * dialect. Private to src/emit.
 *
 *     op_map.c        sums of products, entry by entry
 *     op_function.c   polynomials of a vector
 *     op_sums.c       sums over fields: DOT, APPLY, ROW_DOT, PRODUCT
 *     op_entries.c    what is given, and what only moves numbers
 *     op_derived.c    what only tangents and adjoints have
 */
#ifndef WICK_EMIT_OPERATIONS_H
#define WICK_EMIT_OPERATIONS_H

#include "base/text.h"
#include "emit/names.h"
#include "plan/plan.h"

/* A node to be written. */
typedef struct {
    const wick_plan *plan;
    const wick_node *node;
    size_t id;
    char name[32], x[32], y[32]; /* C names of the node and of its operands, "" where there is none */
    const char *indent;          /* of statements */
    const char *rate;            /* gamma/p in C */
    const char *row, *column;    /* the indices of its entries in formulas */
} wick_statement;

typedef void wick_printer(wick_text *text, const wick_statement *s);

typedef struct {
    wick_printer *formula;       /* the right-hand side; NULL: there is none to tell */
    wick_printer *loops, *calls; /* the statement; NULL: what it stands for is there already */
} wick_operation;

const wick_operation *wick_operation_of(wick_op op);

/* "m2[j,b]" in a formula. */
void wick_formula_entry(wick_text *text, const wick_plan *plan, size_t id, const char *indices);

extern const wick_operation wick_op_map, wick_op_function, wick_op_sum, wick_op_noise, wick_op_rate, wick_op_weight,
    wick_op_diagonal, wick_op_power, wick_op_transpose, wick_op_entry, wick_op_row, wick_op_pairs, wick_op_coordinate,
    wick_op_perp, wick_op_layer, wick_op_tensor, wick_op_parameter, wick_op_derived;

#endif

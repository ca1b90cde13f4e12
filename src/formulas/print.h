/* What the printers of a closed form share: its equations, in the notation that is asked for. Private to src/emit.
 *
 * Where every expansion has one, the matrix form (matrix_form.h) is printed; else sums over indices (index_form.c).
 */
#ifndef WICK_FORMULAS_PRINT_H
#define WICK_FORMULAS_PRINT_H

#include "formulas/factors.h"
#include "formulas/notation.h"

bool wick_print_with_matrices(const wick_closed_form *form, const wick_factors *factors);

/* Which symbols that not every closed form has stand in equations with matrices. */
typedef struct {
    bool ones, diagonal; /* a column of ones; the diagonal of a matrix, as a column */
} wick_matrix_symbols;

wick_status wick_print_matrix_equations(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                        bool latex, wick_text *text, wick_matrix_symbols *symbols);

enum { WICK_ORDER_LIMIT = 256 }; /* orders are unsigned chars in a diagram */

/* Which S_m and, for targets, T_m stand in equations with indices, by their order m. */
typedef struct {
    bool student[WICK_ORDER_LIMIT], target[WICK_ORDER_LIMIT];
} wick_index_symbols;

wick_status wick_print_index_equations(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                       bool latex, wick_text *text, wick_index_symbols *symbols);
/* These as polynomials, T_m only where student and target differ. False if there are none, and then nothing is printed. */
bool wick_print_index_symbols(const wick_closed_form *form, const wick_factors *factors, const wick_index_symbols *symbols,
                              bool latex, wick_text *text);

#endif

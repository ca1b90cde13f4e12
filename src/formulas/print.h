/* What the printers of a closed form share: its equations, in the notation that is asked for. Private to src/formulas.
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

/* What one notation prints before the equations, and the equations with all that explains them. */
typedef struct {
    bool latex;
    void (*head)(wick_text *text, const wick_closed_form *form, bool matrices);
    wick_status (*matrices)(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                            wick_text *text);
    wick_status (*indices)(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                           wick_text *text);
} wick_form_printer;

/* The whole closed form, in the form that suits it. */
wick_status wick_print_form(wick_context *context, const wick_form_printer *printer, const wick_closed_form *form,
                            wick_text *text);

#endif

/* One expansion as sums over indices, one diagram a term.
 *
 * Legs are called j, l, or b (a leg that is any field); the summed fields f and g. A diagram becomes
 *
 *     coefficient  S_2[j] Omega[j,b]  F_0[f]  Omega[j,f]^2
 *
 * and those that agree in their legs are bracketed. Factors that are the same number for students and targets go into the
 * coefficient. An expansion too long for that is printed as the sum over multiplicities that it is. Private to src/emit.
 */
#ifndef WICK_FORMULAS_INDEX_FORM_H
#define WICK_FORMULAS_INDEX_FORM_H

#include "formulas/print.h"

/* Puts scale * expansion, and remembers which symbols stand there. */
wick_status wick_index_sum_put(wick_context *context, wick_notation *notation, const wick_expansion *expansion,
                               const wick_factors *factors, const mpq_t scale, wick_index_symbols *symbols);

bool wick_index_sum_is_long(const wick_expansion *expansion);
/* For a long expansion: the whole matrix (not its half) as one sum over multiplicities. */
void wick_index_sum_put_general(wick_notation *notation, const wick_expansion *expansion, wick_index_symbols *symbols);

#endif

/* A closed form as traces and products of the matrices M, Q, P.
 *
 * Give a vertex of a diagram the weight of its field: one for each edge, two for each power of its own variance. Where no
 * summed field has a weight above two, and no leg of a matrix one above one, a diagram falls into paths and cycles:
 *
 *     a path from leg to leg            Omega C Omega C ... Omega, a matrix
 *     a path from a leg to a field      Omega C ... Omega c, a column or a row (a leg alone: a column of ones)
 *     a path from field to field        c^T Omega ... c, a number
 *     a cycle of fields                 Tr(C Omega C Omega ...); a variance is the cycle of length one: Tr(C Omega)
 *     a cycle through the leg           diag(Omega C ... Omega), only where there is one leg
 *
 * with c = -a/p for students and +a-star/k for targets and C = diag(c); a field without weight is a number, sum c. Every
 * polynomial of degree two has such a form. Each part is then written out over students and targets, as a sum of words.
 * Without a trained second layer a and a-star are one, so that C disappears from the words.
 *
 * Private to src/emit.
 */
#ifndef WICK_FORMULAS_MATRIX_FORM_H
#define WICK_FORMULAS_MATRIX_FORM_H

#include "formulas/factors.h"
#include "formulas/matrix_word.h"

/* coefficient * product of the factors, scalars first. */
typedef struct {
    mpq_t coefficient;
    size_t factor_count;
    wick_word_sum factor[WICK_VERTEX_LIMIT];
} wick_matrix_term;

typedef struct {
    size_t count, capacity;
    wick_matrix_term *term;
} wick_matrix_sum;

bool wick_matrix_form_exists(const wick_expansion *expansion, const wick_factors *factors);

/* The expansion as a sum of such terms; a leg that is any field stands for students or for targets. Release with
 * wick_matrix_sum_clear(), also after a failure. */
wick_status wick_matrix_sum_make(wick_context *context, const wick_expansion *expansion, const wick_factors *factors,
                                 bool trained, bool targets, wick_matrix_sum *sum);
/* sum + transpose of sum */
wick_status wick_matrix_sum_symmetrize(wick_context *context, wick_matrix_sum *sum);
void wick_matrix_sum_clear(wick_matrix_sum *sum);

#endif

/* From overlaps to weights: coordinates in which W and W* have the given Omega.
 *
 * The law of SGD does not change when R^d is rotated. So the first coordinates may be taken in the span of the targets, the
 * next ones in that of the students, and all others are zero:
 *
 *     W* / sqrt(d) = [ T  0 ],   W / sqrt(d) = [ B  C ],   [T 0; B C] [T 0; B C]^T = [[P, M^T], [M, Q]].
 *
 * Omega may be singular; it then has rank at most d, and so many columns are enough.
 */
#ifndef WICK_SIMULATE_COORDINATES_H
#define WICK_SIMULATE_COORDINATES_H

#include "problem/problem.h"

typedef struct {
    size_t p, k;
    size_t inside;  /* columns of T and B: min(k, d) */
    size_t columns; /* of the whole: min(p + k, d) */
    double *T;      /* k x inside */
    double *W;      /* p x columns: B and C side by side */
} wick_coordinates;

/* Those of the problem's initial state, which must have been checked and hold Q. WICK_ERROR_PROBLEM if d is less than the
 * rank of Omega. Release with wick_coordinates_clear(). */
wick_status wick_coordinates_find(wick_context *context, const wick_problem *problem, wick_coordinates *coordinates);
void wick_coordinates_clear(wick_coordinates *coordinates);

#endif

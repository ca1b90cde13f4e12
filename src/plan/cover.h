/* Which matrix products to make, so that each serves as many diagrams as possible. Private to the planner.
 *
 * After the first elimination a term that still sums over one field b between two legs reads
 *
 *     outer[j,l] * sum_b left[j,b] (Omega^e)[b,l].
 *
 * It can be had from its own product left . Omega^e, which other terms with another outer part may want too; or, since
 *
 *     sum_i outer[j,l] left_i[j,b] (Omega^e)[b,l] = outer[j,l] * ((sum_i left_i) . Omega^e)[j,l],
 *
 * from the product of a group: all terms of equal outer part and e, their left factors added first. In a matrix held as
 * Y + Y^T a term may be transposed to join a group. Products that exist already are free; then, greedily, the product
 * that serves most of the remaining terms is made, until none remains.
 */
#ifndef WICK_PLAN_COVER_H
#define WICK_PLAN_COVER_H

#include "plan/contract.h"

/* Takes the terms of `open`, each with one summed field (B) between legs J and L, and appends to `done` terms without
 * summed fields that add up to them. `open` is used up. transposable: the terms are a Y of Y + Y^T. */
void wick_cover(wick_builder *builder, wick_terms *open, bool transposable, wick_terms *done);

#endif

/* The loop over pairs of students, for diagrams whose two summed fields are tied to both legs and to each other. Private
 * to the planner.
 *
 * With j fixed the leg J is gone: vectors over j become numbers, matrices with j a row. What remains has one leg l and
 * sums over a and b:  sum_b Z[l,b] H[l,b],  Z = (left[l,a]) . Omega^m,  one matrix product for each distinct left factor,
 * and one H for each Z, however many diagrams share it. The sum is symmetric in (j, l), so l runs to j only.
 */
#ifndef WICK_PLAN_PAIRS_H
#define WICK_PLAN_PAIRS_H

#include "plan/contract.h"

/* Appends to `done` one term without summed fields, the PAIRS matrix, for the Y of Y + Y^T that `hard` adds up to. */
void wick_plan_pairs(wick_builder *builder, const wick_terms *hard, wick_terms *done);

#endif

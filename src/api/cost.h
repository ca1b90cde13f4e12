/* What a drift costs, in words and in seconds, for who waits for it. */
#ifndef WICK_API_COST_H
#define WICK_API_COST_H

#include "problem/problem.h"

enum { WICK_COST_SIZE = 160 };

/* Why a drift of a checked problem costs what it does: "p^2 n^2 for degree 3, 6.4e+10 a term (n = p + k)"; "" if the
 * activations cannot be read. */
void wick_cost_reason(const wick_problem *problem, char reason[WICK_COST_SIZE]);

/* How long a drift takes, roughly: counted, or as long as the one that was computed to check the accuracy. 0: not known. */
double wick_cost_seconds(const wick_system *system);

#endif

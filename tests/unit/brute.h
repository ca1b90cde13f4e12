/* The drift and the risk of any of the activations of brute_function.h, by brute force from their definitions: expectations
 * over two fields by nested adaptive rules of GSL, those of the variance over all fields at once, where these span three
 * dimensions or fewer. Slow, and independent of the library. Each number comes with a bound on its error. */
#ifndef WICK_TESTS_BRUTE_H
#define WICK_TESTS_BRUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "brute_function.h"
#include "brute_line.h"
#include "wick/wick.h"

enum { BRUTE_FIELD_LIMIT = 6 };

typedef struct {
    size_t p, k, rank;
    brute_function student, target;
    double weight[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT]; /* of field i: weight[i][0 .. rank - 1] */
    double omega[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT];  /* products of the weights, rounded */
    double a[BRUTE_FIELD_LIMIT], a_star[BRUTE_FIELD_LIMIT];
    double gamma, Delta;
    wick_regime regime; /* one of the three with state (M, Q) */
    bool trained;
} brute_problem;

/* omega from the weights. */
void brute_problem_overlaps(brute_problem *problem);

/* In the library's order: dM row by row, the upper triangle of dQ, da if trained. */
typedef struct {
    size_t dimension;
    brute_number drift[BRUTE_FIELD_LIMIT * (BRUTE_FIELD_LIMIT + 2)];
    brute_number excess_risk;
} brute_result;

typedef struct brute brute;
brute *brute_make(void); /* aborts without memory */
void brute_free(brute *space);

/* In WICK_HIGH_DIMENSIONAL the variance is computed too; rank is 3 at most. */
brute_result brute_evaluate(brute *space, const brute_problem *problem);

#endif

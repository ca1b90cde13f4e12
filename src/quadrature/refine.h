/* The tables of the variance, refined until a tolerance is met. Private to src/quadrature. */
#ifndef WICK_QUADRATURE_REFINE_H
#define WICK_QUADRATURE_REFINE_H

#include "expectations/expectations.h"

/* The parts (n x n, one for each pair of fields) of V[j,l] by the rule of a level. */
typedef void wick_variance_parts(void *self, const wick_fields *fields, size_t level, size_t j, size_t l, double *parts);

typedef struct {
    wick_variance_parts *parts;
    void *self;
    const wick_fields *fields;
    double tolerance;
    size_t last;     /* level */
    double *scratch; /* two n x n */
} wick_refinement;

/* Fills V (p x p, symmetric) from *level on, raising it until the error between neighbouring levels meets the tolerance or
 * the last level is reached. V is the sum of its parts; its error is estimated as the sum of theirs, lest a lucky
 * cancellation pass for accuracy. Returns the error, relative to the larger of 1 and the largest entry; NAN if an entry is
 * not finite. */
double wick_refine_variance(const wick_refinement *refinement, size_t *level, double *V);

#endif

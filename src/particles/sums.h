/* Two ways to sum the series of series.h over all fields, with one result: through tensors, at a cost linear in the number
 * of students but growing fast with k and N (tensors.c), and pair by pair (pairs.c). */
#ifndef WICK_PARTICLES_SUMS_H
#define WICK_PARTICLES_SUMS_H

#include "particles/series.h"

/* A way to sum, laid out for one order N. */
typedef struct {
    void *self;
    /* Looks at all fields of a state and gives each block an order; returns an estimate of what is cut off, relative to
     * where expectations exceed 1. Must come before the two others, which use the orders. */
    double (*look)(void *self, const double *state, double tolerance);
    /* d(state)/dt; rate: gamma Delta / p. */
    void (*move)(void *self, const double *state, double rate, double *drift);
    double (*excess_risk)(void *self, const double *state);
    void (*release)(void *self);
} wick_series_sums;

/* `series` is kept, not copied. false if memory is exhausted. */
bool wick_series_tensors(const wick_series *series, wick_series_sums *sums);
bool wick_series_pairs(const wick_series *series, wick_series_sums *sums);

/* Their costs for a drift, in multiplications; INFINITY where tensors have too many entries. */
double wick_series_tensors_cost(const wick_series *series, size_t order);
double wick_series_pairs_cost(const wick_series *series, size_t order);

/* How many threads share that much work. */
int wick_series_threads(double cost);

/* Stores a block's dm and dq from X, sum_l c_l u_l Y (k vectors) and the sum with W; gradient is overwritten. */
void wick_series_store(const wick_series *series, const wick_series_block *block, const double *X, double *gradient,
                       const double *outside, double rate, double *drift);

#endif

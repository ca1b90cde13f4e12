/* Two ways to sum the series of series.h over all fields, with one result: through tensors, at a cost linear in the number
 * of students but growing fast with k and N (tensors.c), and pair by pair (pairs.c). */
#ifndef WICK_PARTICLES_SUMS_H
#define WICK_PARTICLES_SUMS_H

#include "particles/series.h"

/* Bounds on errors, of the drift where its entries are below 1, and of the risk: INFINITY if memory is exhausted, NAN if the
 * state is not finite. */
typedef struct {
    double drift, risk;
    double floor; /* of the drift's, what no order makes less */
} wick_series_errors;

/* Where a bound is no number, nothing is known. */
wick_series_errors wick_series_known(double drift, double risk, double floor);

/* A way to sum, laid out for one order N. */
typedef struct {
    void *self;
    /* Looks at all fields of a state and gives each block an order, as low as the tolerance allows. Must come before the two
     * others, which use the orders. */
    wick_series_errors (*look)(void *self, const double *state, double tolerance);
    /* d(state)/dt; rate: gamma Delta / p. Returns a bound on the largest error of an entry, relative where those exceed 1.
     */
    double (*move)(void *self, const double *state, double rate, double *drift);
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

/* The error of a force on a block's students, the part of it that is in proportion to the norm of their slopes, per that,
 * and the error of E[s'^2]. */
typedef struct {
    double force, relative, square;
} wick_series_block_errors;

/* What errors of coefficients and rounding make of them. */
wick_series_block_errors wick_series_noise(const wick_series_survey *survey, size_t row);

/* Stores a block's dm and dq from X, sum_l c_l u_l Y (k vectors) and the sum with W; gradient is overwritten. Returns the
 * largest error, relative where entries exceed 1; it is not made more precise where it is below `enough`. */
double wick_series_store(const wick_series *series, const wick_series_block *block, const double *X, double *gradient,
                         const double *outside, double rate, wick_series_block_errors errors, double enough, double *drift);

/* The larger of two errors; what is no number is infinite, which maxima over threads keep. */
double wick_series_worse(double worst, double error);

#endif

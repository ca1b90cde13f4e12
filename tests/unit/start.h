/* Kinds of system, one for each way to compute a drift, and trajectories to compare to the last digit. */
#ifndef WICK_TESTS_START_H
#define WICK_TESTS_START_H

#include <stdbool.h>
#include <stddef.h>

#include "wick/wick.h"

enum { POINTS = 4, LARGEST_DIMENSION = 32, KINDS = 18 };

/* Slow ones take few steps, of euler. */
typedef struct {
    const char *name, *activation, *target, *regime, *layer, *method, *end, *euler_step;
} kind;

/* By their places in the table. */
enum {
    POLYNOMIAL,
    TRAINED,
    CLASSICAL,
    CLASSICAL_NOISE,
    ERF,
    ERF_TRAINED,
    SMOOTH,
    SMOOTH_VARIANCE,
    FORCED_QUADRATURE,
    PIECEWISE,
    PIECEWISE_VARIANCE,
    KINKS,
    PARTICLES,
    PARTICLES_HIGH_D,
    ERF_SERIES,
    SERIES,
    ANGLES,
    PAIRS
};

extern const kind kinds[KINDS];

bool is_reduced(const kind *one);

/* Fails the test, with the message, unless the status is WICK_OK. */
void check_status(wick_context *context, wick_status status);
void set(wick_context *context, wick_problem *problem, const char *key, const char *value);

/* p = 3, k = 2, d = 20, gamma = 0.5, Delta = 0.1, random weights of seed 1. */
wick_problem *make_problem(wick_context *context, const kind *one);
wick_system *compile(wick_context *context, wick_problem *problem);

/* What an observer saw, and what it took. */
typedef struct {
    double values[POINTS * (LARGEST_DIMENSION + 3)];
    double last[LARGEST_DIMENSION], first_risk;
    size_t count, drifts, dimension;
    double error;
} curve;

/* The observer; `user` is a curve. */
int keep(void *user, const wick_point *point);

curve integrate(wick_context *context, wick_problem *problem, wick_system *system);
curve integrate_fresh(wick_context *context, wick_problem *problem);

/* Fails unless they are the same to the last digit. */
void check_same(const char *name, const curve *found, const curve *expected);
bool differ(const curve *one, const curve *other);

/* Overlaps for p = 3, k = 2, as values of "initial". */
extern const char full_state[], reduced_state[];

#endif

/* Averages over xi = <g, g'>, g and g' independent and uniform on the unit sphere of R^D. */
#ifndef WICK_PARTICLES_ROTATIONS_H
#define WICK_PARTICLES_ROTATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* E[f(xi)] = sum_i weight[i] f(node[i]) */
typedef struct {
    size_t count;
    double *node, *weight;
} wick_rotations;

/* All of these are false if memory is exhausted, and leave nothing then.
 *
 * About `count` nodes. D = 1: xi is 1 or -1; D infinite or <= 0: xi is 0; those are exact. For few dimensions Gauss-Legendre
 * in the angle, which takes square roots at the ends, where fields align, in its stride; for many, Gauss-Gegenbauer. */
bool wick_rotations_make(double freedom, size_t count, wick_rotations *rotations);
/* Many more nodes, gathered where fields align: what other rules are compared with. */
bool wick_rotations_make_reference(double freedom, wick_rotations *rotations);
void wick_rotations_clear(wick_rotations *rotations);

#endif

/* Random problems for brute force: families of activations and kinds of states. */
#ifndef WICK_TESTS_BRUTE_DRAW_H
#define WICK_TESTS_BRUTE_DRAW_H

#include <gsl/gsl_rng.h>

#include "brute.h"

typedef enum {
    BRUTE_FAMILY_STEEP,      /* tanh, sigmoid, softplus, erf, x tanh and atan of c x, c from 0.1 to 1000 */
    BRUTE_FAMILY_MILD,       /* tanh, gelu, sin(3x), exp(-x^2), x sigmoid(x) */
    BRUTE_FAMILY_POLYNOMIAL, /* of degree 1 to 5, with dyadic coefficients */
    BRUTE_FAMILY_ERF,        /* erf(c x), c from 0.1 to 30 */
    BRUTE_FAMILY_SPIKE,      /* narrow bells, and a wrinkle of the line */
    BRUTE_FAMILY_KINK,       /* relu(x - 0.3), abs, leaky relu */
    BRUTE_FAMILY_ANGLES,     /* relu, abs, leaky relu: kinks at 0 */
    BRUTE_FAMILY_JUMP        /* sign(x), heaviside(x - 0.2) */
} brute_family;

brute_function brute_draw_function(gsl_rng *rng, brute_family family);

typedef enum {
    BRUTE_STATE_RANDOM,
    BRUTE_STATE_CLOSE_STUDENTS, /* two students that differ by 1e-1 to 1e-14 of their norm, or not at all */
    BRUTE_STATE_CLOSE_TARGET,   /* a student and a target that do */
    BRUTE_STATE_ALIGNED,        /* a student along or against a target, in exact proportion */
    BRUTE_STATE_ORTHOGONAL,     /* all fields */
    BRUTE_STATE_ZERO,           /* a student without weights */
    BRUTE_STATES
} brute_state;

/* Weights and overlaps of p students and k targets in `rank` dimensions, and both second layers; lengths are about
 * `scale`. What a kind of state needs and p, k or rank do not allow, is left random. */
void brute_draw_state(gsl_rng *rng, brute_state state, double scale, brute_problem *problem);

/* 10^U with U uniform. */
double brute_draw_power(gsl_rng *rng, double from, double to);

#endif

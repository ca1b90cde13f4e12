/* Expectations of two fields by nested adaptive rules over their whitened coordinates. */
#ifndef WICK_TESTS_BRUTE_PAIR_H
#define WICK_TESTS_BRUTE_PAIR_H

#include <stdbool.h>

#include "brute_function.h"
#include "brute_line.h"

/* u = first z1 and v = along z1 + across z2, with z1 and z2 independent and standard normal. */
typedef struct {
    double first, along, across;
} brute_plane;

/* Of two fields with these variances and this covariance, to the last digit however nearly they coincide: what is left
 * of v beside u is a difference of products, of which fma() knows both exactly. */
brute_plane brute_plane_of(double variance_u, double covariance, double variance_v);

/* x y - z w, to the last digit. */
double brute_difference(double x, double y, double z, double w);

typedef struct {
    brute_number value;        /* E[f(u) g(v)] */
    brute_number along_first;  /* E[f'(u) z1 g(v)] */
    brute_number along_second; /* E[f'(u) z2 g(v)] */
    brute_number slopes;       /* E[f'(u) g'(v)] */
} brute_pair;

/* Where a wanted slope is that of a jump, it is taken as 0. */
typedef struct {
    bool value, moments, slopes;
} brute_wanted;

/* Work space of brute_pair_evaluate(). */
typedef struct brute_pair_space brute_pair_space;
brute_pair_space *brute_pair_space_make(void); /* aborts without memory */
void brute_pair_space_free(brute_pair_space *space);

brute_pair brute_pair_evaluate(brute_pair_space *space, const brute_function *f, const brute_function *g, brute_plane plane,
                               brute_wanted wanted);

/* The same for g(u): v is u. E[f(u) g(u)], E[f'(u) z1 g(u)], 0, E[f'(u) g'(u)]. */
brute_pair brute_pair_same(brute_pair_space *space, const brute_function *f, const brute_function *g, double first);

#endif

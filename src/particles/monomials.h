/* Monomials q^g u^e over some coordinates u of a frame, in order of their degree n = 2 g + |e|, as a recursion: each is an
 * earlier one times a coordinate or q. They stand for the entries of the symmetric tensors T_{n,g} (plan/particles.h);
 * `number` is what an entry of H_n is multiplied by, n! / ((2g)! prod e_c!) mu_g. */
#ifndef WICK_PARTICLES_MONOMIALS_H
#define WICK_PARTICLES_MONOMIALS_H

#include "particles/frame.h"

typedef struct {
    size_t k, order;       /* number of coordinates, which may be 0; the largest degree */
    size_t count, largest; /* how many there are; how many of one degree, at most */
    size_t *start;         /* order + 2: those of degree n are start[n] .. start[n + 1] - 1 */
    size_t *degree;
    size_t *parent; /* the earlier one; not set for the first, which is 1 */
    size_t *factor; /* a coordinate, or k: q */
    unsigned *g;
    unsigned short *exponent; /* k each */
    size_t *child;            /* k each: this one times u_c; not set at degree `order` */
    double *number;
} wick_monomials;

/* How many there would be, as a double, which does not overflow. */
double wick_monomials_count(const wick_frame *frame, size_t k, size_t order);

/* false if memory is exhausted. */
bool wick_monomials_make(const wick_frame *frame, size_t k, size_t order, wick_monomials *monomials);
void wick_monomials_clear(wick_monomials *monomials);

#endif

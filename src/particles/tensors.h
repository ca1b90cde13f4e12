/* Sums through tensors: the objects of tensors.c, and what is done with one block of students (tensor_block.c). Private to
 * these two.
 *
 * T_m = sum_l c_l f_n(l) q^_l^g u^_l^e for every monomial m = q^g u^e of degree n <= N is summed once; a student then needs
 *
 *     H_n = sum_m number_m T_m q^^g u^^e = sum_l c_l f_n(l) A_n,   its derivatives by u^_c, and 2 q^ dH_n/dq^,
 *
 * whose coefficients are those of H_n times powers, so that one walk through the monomials serves all. In them l = i is
 * averaged like the others, and corrected.
 */
#ifndef WICK_PARTICLES_TENSORS_H
#define WICK_PARTICLES_TENSORS_H

#include "kernels/kernels.h"
#include "particles/monomials.h"
#include "particles/sums.h"

typedef struct {
    const wick_series *series;
    const wick_kernel_table *kernels;
    wick_monomials roots; /* of u_1, ..., u_{k-1} and q */
    size_t count;         /* of monomials */
    size_t *start;        /* of each root's chain, whose degrees end with N */
    double *number;       /* of each monomial, as in monomials.h */
    double *within;       /* n <= N: how many monomials have a degree <= n */
    wick_series_survey survey;
    size_t *order; /* of each block, in the sum and in the drift */
    size_t *kept;  /* of each block: what order is kept, and 1; 0 if none */
    double *force; /* of each block, what orders change in forces on it */
    double summed; /* what orders of blocks in the sum change in forces */
    double tolerance;
    wick_series_targets beyond_order; /* the targets' part of the risk beyond N, added where `with_targets` says so */
    bool with_targets;
    size_t chunk_count;        /* chunk c sums blocks c, c + chunk_count, ... */
    int threads, thread_limit; /* of the sum or drift at hand, and for how many there is scratch */
    size_t scratch_size;
    double *targets;      /* the targets' part of T */
    double *tensors;      /* T */
    double *chunk_sums;   /* each chunk's part of T sqrt(n), times -p */
    double *coefficients; /* rows of `count`: what X, outside and the k coordinates of the gradient take of each monomial */
    double *beyond;       /* n <= N: sqrt(sum_{m>n} (m+1) |T_m|^2), T_m all of degree m, at most */
    double *scratch;      /* of each thread */
} wick_tensors;

typedef struct {
    wick_series_block block;
    double *level[3];            /* roots of three degrees in turn */
    double *start, *step;        /* the first root; u_0, or its square where there is a parity */
    double *X, *along, *outside; /* along: the students' own part of sum_l c_l u_l Y */
    double *gradient;            /* k */
    double *A, *W, *x, *square;  /* the averages for l = i, and g and w^2 of them */
    double *own, *value;         /* sums of those, or f_n */
    double *inverse;             /* 1 / sqrt(v), 0 where v is 0 */
} wick_tensor_scratch;

/* The coefficients' rows. */
enum { WICK_TENSOR_X, WICK_TENSOR_OUTSIDE, WICK_TENSOR_GRADIENT };

/* A thread's scratch, and its doubles. */
size_t wick_tensor_scratch_size(const wick_series *series, const wick_monomials *roots);
wick_tensor_scratch wick_tensor_scratch_of(const wick_tensors *of, int thread);

/* Adds a filled block's part of T sqrt(n), or of T_0. */
void wick_tensor_sum_block(const wick_tensors *of, const wick_tensor_scratch *s, double *sums);
/* sum_i a_i^2 sum_n f_n^2 (1 - A_n): what the students' own terms lack in E[E^2], times p^2. */
double wick_tensor_own_risk(const wick_tensors *of, const wick_tensor_scratch *s);
/* Fills X, gradient (without u X) and outside of a filled block. */
void wick_tensor_forces(const wick_tensors *of, wick_tensor_scratch *s);

#endif

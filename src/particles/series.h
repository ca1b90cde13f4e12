/* The mean field of smooth activations, by series in the overlaps that are cut where the tolerance allows.
 *
 * plan/particles.h has the mathematics for polynomials; here the sums over n do not end. With v = |u|^2 + q, the direction
 * u^ = u/sqrt(v), q^ = q/v, and the Hermite slopes h_n(v) of hermite.h, two fields i, l have
 *
 *     E[s'' f] = X_il = sum_n sqrt((n+1)/v_i) h_{n+1}(i) f_n(l) A_n,     A_n = E[rho^n],
 *     E[s' f'] = Y_il = sum_n h_n(i) h_n(l) A_n,                         rho = u^_i.u^_l + sqrt(q^_i q^_l) xi,
 *     E[f f]   = Z_il = sum_n f_n(i) f_n(l) A_n,                         f_0 = E[f], f_n = sqrt(v/n) h_{n-1},
 *
 * averaged over xi, and W_n = E[rho^n sqrt(q^_i q^_l) xi] = A_{n+1} - u^_i.u^_l A_n, by a recursion without cancellation (g
 * is the inner product, w^2 = q^_i q^_l):
 *
 *     A_{n+1} = g A_n + W_n,   W_{n+1} = (n+1)/(n+D) (g W_n + w^2 A_n),   A_0 = 1, W_0 = 0   (D infinite: W = 0).
 *
 *     dm_i = a_i L (u_i X_i + sum_l c_l u_l Y_il),    X_i = sum_l c_l X_il
 *     dq_i = 2 a_i (q_i X_i + sum_l c_l sqrt(v_i v_l) sum_n h_n h_n W_n) + (gamma/p) Delta a_i^2 E[s'^2]
 *
 * where for l = i rho is 1. Fields with a small v need few terms, so fields are sorted by v into blocks, and each block has
 * an order of its own.
 *
 * What ends of sums lose is bounded by Cauchy and Schwarz. With r_i(n) of hermite.h, an order n cuts off of Y_il at most
 * r_i(n) r_l(n), of u_i X_il sqrt(v_l (1 + 1/(n+1))) r_i(n+2) r_l(n), of Z_il sqrt(v_i v_l) r_i(n) r_l(n) / (n+1). In terms
 * of the symmetric tensors T_n = sum_l c_l f_n(l) e_l^n, e_l the unit vector of l, in the norm with sum_n (n+1) |T_n|^2, a
 * block of fields has at most W(n) = sum_l |c_l| sqrt(v_l (1 + 1/(n+1))) r_l(n) beyond degree n, and a student that ends at
 * n loses at most (r_i(n) + r_i(n+2)) times the norm of T beyond n. Where e_l is averaged over xi the norm of e_l^n is not
 * 1 but the root of A_n of l with another like it; where orders are high, r_l(n) is multiplied by that. An error E of such
 * forces is one of |a_i| sqrt(P_rr) E in dm_ir and of 2 |a_i| sqrt(v_i) E in dq_i.
 */
#ifndef WICK_PARTICLES_SERIES_H
#define WICK_PARTICLES_SERIES_H

#include "particles/frame.h"
#include "particles/hermite.h"

enum { WICK_SERIES_BLOCK = 128 }; /* students treated together, the stride of their vectors */

typedef struct {
    const wick_frame *frame;
    const wick_hermite *student, *target;
    size_t order; /* N: no block has a larger one */
    int parity;   /* of both activations; 0 if they differ */
} wick_series;

/* Do h_n and f_n vanish by parity? */
bool wick_series_slope_vanishes(const wick_series *series, size_t n);
bool wick_series_value_vanishes(const wick_series *series, size_t n);
/* The ratio (n+1)/(n+D) in the recursion of W_{n+1}. */
double wick_series_ratio(const wick_series *series, size_t n);

/* ---- Blocks of fields -------------------------------------------------------------------------------------------- */

/* Vectors have stride WICK_SERIES_BLOCK. */
typedef struct {
    size_t count, order;
    const size_t *student; /* their numbers; NULL for targets, which start at `first` */
    size_t first;
    double *u, *unit;      /* k each: u, u / sqrt(v) */
    double *q, *share;     /* q, q / v */
    double *v, *root;      /* v, sqrt(v) */
    double *a;             /* second layer */
    double *slope;         /* h_n, n = 0 .. order + 1 */
    double *mean, *square; /* E[s], E[s'^2] */
    double *work;          /* of whoever fills it */
} wick_series_block;

/* Doubles that a block takes, for any order up to N. */
size_t wick_series_block_size(const wick_series *series);
wick_series_block wick_series_block_at(const wick_series *series, double *memory);

/* Students of a state by their numbers; or targets from `first` on: where they are, without their expansion. */
void wick_series_block_place_students(const wick_series *series, const double *state, const size_t *student, size_t count,
                                      wick_series_block *block);
void wick_series_block_place_targets(const wick_series *series, size_t first, size_t count, wick_series_block *block);
/* Their expansion up to an order. */
void wick_series_block_expand(const wick_series *series, size_t order, wick_series_block *block);

/* Placed and expanded. */
void wick_series_block_students(const wick_series *series, const double *state, const size_t *student, size_t count,
                                size_t order, wick_series_block *block);
void wick_series_block_targets(const wick_series *series, size_t first, size_t count, size_t order,
                               wick_series_block *block);

/* out_i = f_n of the block. */
void wick_series_value(const wick_series_block *block, size_t n, double *out);

/* ---- What orders cut off ----------------------------------------------------------------------------------------- */

/* What is known of one block; c are the weights of its fields. */
typedef struct {
    double slopes, square; /* the largest errors of a vector of slopes, and of E[s'^2] */
    double lost;           /* sum |c| (sqrt(2 v) slopes + mean): what errors of coefficients change in T */
    double size, norm;     /* at least the block's norm in T, and without factors n + 1 */
    double own;            /* the largest |c| sqrt(v) */
    double own_squares;    /* sum c^2 v */
    double lever;          /* the largest error in the drift for one of 1 in a force */
} wick_series_row;

/* The fields of a state, sorted, and what each block of them loses at each order. */
typedef struct {
    size_t blocks, target_blocks, terms;
    size_t *student;                      /* p, sorted by v; a block is the next WICK_SERIES_BLOCK of them */
    wick_series_row *row;                 /* of each block, students' first */
    double *longest, *largest, *weighted; /* [row][n], n < terms = N + 3: max r_i(n), alone and as for others; W(n) */
    double *most;                         /* the largest of `largest` of all students */
    double *students, *targets;           /* sums of W(n) over blocks */
    double *squares;                      /* of one row: sum_l |c_l| sqrt(v_l) r_l(n)^2 */
    double size, norm, lost, lever;       /* sums, and the largest lever, over all rows */
    double rounding;                      /* of sums, relative */
    double *kept; /* room for expansions of the students' blocks; NULL if they are too many to keep */
} wick_series_survey;

/* false if memory is exhausted. */
bool wick_series_survey_make(const wick_series *series, wick_series_survey *survey);
void wick_series_survey_clear(wick_series_survey *survey);
/* Lets the block's expansion stand in kept. */
void wick_series_block_keep(const wick_series *series, double *kept, wick_series_block *block);

/* Room for a block's expansion up to order N, or NULL. */
double *wick_series_survey_kept(const wick_series *series, const wick_series_survey *survey, size_t block);
/* `memory` holds a block and five vectors. false if memory is exhausted. A state that is not finite has a lever of NAN. */
bool wick_series_survey_fill(const wick_series *series, const double *state, double *memory, wick_series_survey *survey);

/* What errors of coefficients and rounding are in the drift of numbers up to 1, at most, and in E[E^2]. */
double wick_series_drift_noise(const wick_series_survey *survey);
double wick_series_risk_noise(const wick_series_survey *survey);

/* ---- Targets beyond the order ------------------------------------------------------------------------------------ */

/* sum over pairs of targets of c c' sum_{n>N} f_n f'_n rho^n, and its error: what the risk lacks where students are too
 * short to need the order that the targets would. */
typedef struct {
    bool known;
    double beyond, error;
} wick_series_targets;

/* Once; the error is infinite if memory is exhausted. */
void wick_series_targets_look(const wick_series *series, wick_series_targets *targets);

#endif

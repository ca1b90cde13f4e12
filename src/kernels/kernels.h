/* The dense loops that code compiled in memory strings together, one table of them for each SIMD level.
 *
 * TinyCC compiles fast and does not optimise, so whatever loops over arrays is here, compiled once with everything gcc can
 * do; wick_kernels() picks the widest level that this machine has. Matrices are row-major with row stride ld, a multiple
 * of 8; `columns` of a kernel is rounded up to a multiple of 8 by the caller, and padding holds finite numbers. Outputs
 * overlap no input. A NULL row or column vector stands for ones.
 *
 * SPDX-License-Identifier: 0BSD
 */
#ifndef WICK_KERNELS_KERNELS_H
#define WICK_KERNELS_KERNELS_H

#include <stddef.h>

typedef struct {
    /* Omega = [[Q, M], [M^T, P]] (n rows of stride ld, padding zero) from a state and P (k x k). */
    void (*overlaps)(size_t p, size_t k, size_t ld, const double *state, const double *target_overlap, double *omega);
    /* c: -a_j / p for students, a*_r / k for targets. */
    void (*weights)(size_t p, size_t k, const double *a, const double *a_star, double *c);
    /* d(state)/dt from B, and from Y and A where they are not NULL (closed_form.h; Psi_M = a B, ...). */
    void (*drift)(size_t p, size_t k, size_t ld, double rate, const double *a, const double *B, const double *Y,
                  const double *A, double *drift);

    void (*diagonal)(size_t n, size_t ld, const double *x, double *y);
    /* y = c_0 + c_1 x + ... + c_degree x^degree over lower <= i < upper */
    void (*polynomial)(size_t lower, size_t upper, size_t degree, const double *c, const double *x, double *y);
    void (*multiply)(size_t count, const double *x, const double *y, double *z);

    /* out_jb (+)= scale * row_j * column_b * f_jb ...: with 0 to 3 factors; add = 0 overwrites. */
    void (*map0)(size_t rows, size_t columns, size_t ld, double *out, int add, double scale, const double *row,
                 const double *column);
    void (*map1)(size_t rows, size_t columns, size_t ld, double *out, int add, double scale, const double *row,
                 const double *column, const double *f);
    void (*map2)(size_t rows, size_t columns, size_t ld, double *out, int add, double scale, const double *row,
                 const double *column, const double *f, const double *g);
    void (*map3)(size_t rows, size_t columns, size_t ld, double *out, int add, double scale, const double *row,
                 const double *column, const double *f, const double *g, const double *h);

    /* out_i = s f_i g_i + ... for 2, 3 or 4 terms in one pass; g may be NULL. */
    void (*terms2)(size_t count, double *out, double s1, const double *f1, const double *g1, double s2, const double *f2,
                   const double *g2);
    void (*terms3)(size_t count, double *out, double s1, const double *f1, const double *g1, double s2, const double *f2,
                   const double *g2, double s3, const double *f3, const double *g3);
    void (*terms4)(size_t count, double *out, double s1, const double *f1, const double *g1, double s2, const double *f2,
                   const double *g2, double s3, const double *f3, const double *g3, double s4, const double *f4,
                   const double *g4);
    /* Copies past the caches, for results that are not read again soon. A fence must follow before another thread reads. */
    void (*stream)(size_t count, const double *from, double *to);

    double (*sum)(size_t lower, size_t upper, const double *x);
    double (*dot)(size_t lower, size_t upper, const double *x, const double *y);
    /* z_j = sum over lower <= b < upper of X_jb y_b */
    void (*apply)(size_t rows, size_t lower, size_t upper, size_t ld, const double *X, const double *y, double *z);
    /* z_j = sum over lower <= b < upper of X_jb Y_jb */
    void (*row_dot)(size_t rows, size_t lower, size_t upper, size_t ld, const double *X, const double *Y, double *z);
    /* C_ic = sum over lower <= a < upper of A_ia B_ac */
    void (*product)(size_t rows, size_t columns, size_t lower, size_t upper, size_t ld, const double *A, const double *B,
                    double *C);
    void (*transpose)(size_t p, size_t ld, const double *x, double *y);
    /* Row j of a lower triangle whose diagonal is halved; the rest of the row becomes zero. */
    void (*pair_row)(size_t p, size_t ld, size_t j, const double *x, double *y);

    /* Rows of the Jacobian (plan/jacobian.h); `out` is one, of a state of M, Q and perhaps a.
     * The first sets what belongs to M and Q: G_xy + G_yx for x < y, G_xx, where G is the sum over `count` terms of
     * scale * row_x * column_y * matrix_xy; the matrices are symmetric, and parts may be NULL. */
    void (*pair_gradient)(size_t p, size_t k, size_t ld, size_t count, const double *scale, const double *const *row,
                          const double *const *column, const double *const *matrix, double *out);
    /* Adds row_j, row_l and diagonal (n, or NULL) to the entries of Omega_j., Omega_l. and Omega_xx, and three numbers to
     * those of Omega_jj, Omega_jl and Omega_ll. j < p; l <= j, or p <= l < n. */
    void (*add_gradient)(size_t p, size_t k, size_t j, size_t l, const double *row_j, const double *row_l,
                         const double *diagonal, double jj, double jl, double ll, double *out);
    /* out, from a on: -weight_x / p (weight may be NULL), and the numbers added at j and, if l < p, at l. */
    void (*set_layer_gradient)(size_t p, size_t j, size_t l, const double *weight, double layer_j, double layer_l,
                               double *out);

    /* W_jb += c_j x_b, then z_j = sum over b < columns of W_jb y_b: a step of SGD and the fields of the next, in one pass.
     */
    void (*learn)(size_t rows, size_t columns, size_t ld, double *W, const double *c, const double *x, const double *y,
                  double *z);

    /* Rotates the columns from `lower` on so that they become a lower triangle, by Householder reflections; all columns
     * beyond it are then zero. v has room for `columns` numbers. */
    void (*triangular)(size_t rows, size_t lower, size_t columns, size_t ld, double *W, double *v);

    /* The largest of 0 and x_i; NAN is passed over. */
    double (*largest)(size_t count, const double *x);
    /* z = start (first NULL) or start * first, then times `factor` from term to term, over `terms` of them: with the rows of
     * `weight`, which are `step` doubles apart,
     *     chain_sum:  sums[t * stride] += sum_i weight_ti z_ti
     *     chain_add:  out_i += sum_t coefficient[t * stride] weight_ti z_ti */
    void (*chain_sum)(size_t count, const double *start, const double *first, const double *factor, size_t terms,
                      size_t step, const double *weight, size_t stride, double *sums);
    void (*chain_add)(size_t count, const double *start, const double *first, const double *factor, size_t terms,
                      size_t step, const double *weight, size_t stride, const double *coefficient, double *out);
    /* sums_si += coefficient_s x_i for s < rows; rows of sums are ld doubles apart. */
    void (*add_multiples)(size_t count, const double *x, size_t rows, size_t ld, const double *coefficient, double *sums);
    /* rest_i += x_i^2; the sum of weight rest, and the largest rest, or 0. */
    double (*rest_add)(size_t count, const double *x, const double *weight, double *rest, double *most);
    /* One order n of a field's series with itself, from the averages A_n and W_n of src/particles/series.h:
     *     value_i += c below_i above_i (1 - A_i), where above is not NULL,
     *     slope_i += h_i^2 (1 - A_i), outside_i += h_i^2 (q_i - v_i W_i), where h is not NULL. */
    void (*own_add)(size_t count, double c, const double *below, const double *h, const double *above, const double *A,
                    const double *W, const double *q, const double *v, double *value, double *slope, double *outside);
    /* Series of one field with `count` others, from the averages A_n, W_n of src/particles/series.h for their g and w^2,
     * which go on by W' = ratio_n (g W + square A), A' = g A + W. For n < orders, where rows are `ld` doubles apart, X_i +=
     * x_n value_ni A_n,   Y_i += y_n slope_ni A_n,   outside_i += y_n slope_ni W_n; what has x_n or y_n = 0 is passed over.
     */
    void (*pair_series)(size_t count, size_t orders, const double *ratio, const double *x, const double *value,
                        const double *y, const double *slope, size_t ld, const double *g, const double *square, double *X,
                        double *Y, double *outside);
    /* The averages of the next order. */
    void (*series_next)(size_t count, double ratio, const double *g, const double *square, double *A, double *W);
    /* Averages by a rule over xi of pairs of unit vectors at the angle theta, |e - e'|^2 = near + twice (1 - xi) and
     * |e + e'|^2 = far + twice (1 + xi): of sin theta, pi - theta, and xi (pi - theta). */
    void (*angles)(size_t count, size_t nodes, const double *node, const double *node_weight, const double *near,
                   const double *far, const double *twice, double *sine, double *opening, double *along);

    /* Of tangents and adjoints; derived.h says what they do. */
    void (*direction_overlaps)(size_t p, size_t k, size_t ld, const double *direction, double *omega);
    void (*direction_weights)(size_t p, size_t k, const double *layer, double *c);
    void (*slope)(size_t count, size_t power, const double *x, const double *y, double *out);
    void (*flow_seed)(size_t p, size_t k, size_t ld, const double *a, const double *u, double *out);
    void (*variance_seed)(size_t p, size_t k, size_t ld, double rate, const double *a, const double *u, double *out);
    void (*extend)(size_t p, size_t ld, const double *x, double *out);
    void (*add)(size_t count, const double *x, double *out);
    void (*fold)(size_t p, size_t n, size_t ld, const double *T, double *out);
    void (*halve_diagonal)(size_t p, size_t ld, const double *x, double *out);
    void (*outer)(size_t rows, size_t n, size_t ld, const double *X, const double *Y, double *T);
    void (*put_tangent)(size_t p, size_t k, size_t ld, double rate, const double *a, const double *da, const double *B,
                        const double *Y, double *dB, const double *dY, const double *dA, double *out);
    void (*put_adjoint)(size_t p, size_t k, size_t ld, double rate, int trained, const double *a, const double *u,
                        const double *B, const double *Y, const double *omega, const double *diagonal_of,
                        const double *weight, double *out);
} wick_kernel_table;

/* The table for this machine. `product` is the compiled loop; large products are better left to a BLAS. */
const wick_kernel_table *wick_kernels(void);

/* Name ("overlaps", ...) and address of each, for a linker: index 0 .. wick_kernel_count() - 1. */
size_t wick_kernel_count(void);
const char *wick_kernel_name(size_t index);
const void *wick_kernel_address(const wick_kernel_table *table, size_t index);

#endif

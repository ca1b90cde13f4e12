/* A drift out of two- and four-field expectations, whoever computes them: closed forms (src/closed) or quadrature
 * (src/quadrature).
 *
 * All of the drift but the variance follows from three tables over students j and fields alpha, for by Gaussian regression
 * of l_beta on (l_j, l_alpha), whether or not the derivatives exist,
 *
 *     E[s'(l_j) l_beta f_alpha] = X_ja Omega_jb + Y_ja Omega_ab,   X = E[s''(l_j) f_alpha],  Y = E[s'(l_j) f'_alpha]
 *     Z_ab = E[f_alpha f_beta]
 *
 * (src/symbolic/closed_form.h has the rest: B, A, N = Y of the students, R from Z). The fourth is the variance's
 * V_jl = E[s'(l_j) s'(l_l) E^2], E without its noise.
 */
#ifndef WICK_EXPECTATIONS_EXPECTATIONS_H
#define WICK_EXPECTATIONS_EXPECTATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/context.h"

/* The fields at one state. */
typedef struct {
    size_t p, n;         /* students, and students and targets together */
    const double *omega; /* n x n */
    const double *c;     /* n: E = sum_a c_a f_a */
    double tolerance;    /* asked of quadrature: error of an entry over the larger of 1 and its table's largest */
} wick_fields;

/* What is wanted: a NULL table is not. */
typedef struct {
    double *X, *Y; /* p x n */
    double *Z;     /* n x n */
    double *V;     /* p x p */
} wick_tables;

/* Where derivatives by the state go: rows of `dimension` entries, in the order of the state (M, Q, and a if trained). */
typedef struct {
    size_t dimension;
    bool trained;
    double rate;     /* gamma / p */
    const double *a; /* students' second layer */
    double *jacobian;
} wick_jacobian_rows;

/* A way to compute them. `fill` also sets the absolute error of each entry that it fills in `errors` (tables of the same
 * shapes), infinite where there is no bound; closed forms leave `errors` alone. It does not allocate. */
typedef struct {
    void *self;
    void (*fill)(void *self, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors);
    void *(*copy)(const void *self); /* for another thread; NULL if memory is exhausted */
    void (*release)(void *self);
    /* Of derivatives; NULL where they are not known. `gradients` leaves those of X and Y, and with `values` of Z, as
     * kernels/erf_gradients.h has them; `variance` fills V and adds the derivatives of rate a_j a_l V_jl to the rows of Q.
     */
    void (*gradients)(void *self, const wick_fields *fields, bool values, double *D);
    void (*variance)(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, double *V);
    /* Fill V, too; what V moves by along v; and added to `out` what <u, rate a_j a_l V_jl> takes of the state, `rows` being
     * those of a state. `scratch` is as long as a state. */
    void (*variance_tangent)(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, const double *v,
                             double *scratch, double *V, double *moved);
    void (*variance_adjoint)(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, const double *u,
                             double *V, double *out);
} wick_expectations;

/* The larger of two errors; NAN, which stands for what is not finite, is larger than all. */
double wick_worse_error(double a, double b);

/* max |a - b| / max(1, max |a|) of two tables. */
double wick_table_difference(const double *a, const double *b, size_t count);

/* max error / max(1, max |a|) of a table. NAN if an entry is not finite. */
double wick_table_error(const double *a, const double *error, size_t count);

/* The worst of that over all tables that are wanted. */
double wick_tables_error(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors);

#endif

/* Slopes as trapezoidal sums (hermite_quadrature.c), and what is known of their errors (hermite_bounds.c). Private to these
 * two. */
#ifndef WICK_PARTICLES_HERMITE_QUADRATURE_H
#define WICK_PARTICLES_HERMITE_QUADRATURE_H

#include "kernels/kernels.h"
#include "particles/hermite.h"
#include "particles/panels.h"
#include "particles/variances.h"
#include "quadrature/activation_code.h"

enum { WICK_HERMITE_ORDER_LIMIT = 520 };

/* Of one bin. */
typedef struct {
    double norm;                 /* sqrt(E[s^2]) */
    double slopes, mean, square; /* errors */
    double rest[];               /* order + 2 */
} wick_hermite_bin;

typedef struct {
    wick_activation_code *code;
    wick_resolution *resolution;
    const wick_kernel_table *kernels;
    int parity;
    size_t order, level; /* for slopes up to this order, with this margin */
    double tolerance;
    double step;
    size_t node_count, terms; /* nodes of one sign where parity makes the others superfluous */
    double *node, *weight, *table;
    wick_hermite_bin *bin[WICK_VARIANCE_BINS]; /* NULL where nobody asked */
} wick_hermite_series;

/* Does h_n vanish by parity? */
bool wick_hermite_slope_vanishes(const wick_hermite_series *series, size_t n);

/* A finer rule. false if there is none, or memory is exhausted; the rule is then as it was. */
bool wick_hermite_refine(wick_hermite_series *series);

/* See hermite.h. */
bool wick_hermite_examine(void *self, size_t bin, wick_hermite_bounds *bounds);
bool wick_hermite_values(const void *self, double variance, size_t count, double *f, double *rest, double *error);
void wick_hermite_forget(wick_hermite_series *series);

#endif

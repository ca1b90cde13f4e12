/* See closed.h: s = slope x + kink relu(x).
 *
 * Everything depends on the angle theta = acos(C12 / sqrt(C11 C22)) alone, which is taken from the determinant, not from
 * the cosine: near alignment the cosine has lost the angle already. */
#include <math.h>
#include <stdlib.h>

#include "closed/closed.h"

typedef struct {
    double slope[2], kink[2];
    wick_expectations variance;
} piecewise;

/* sqrt(C11 C22 - C12^2), by Kahan's difference of products, which keeps the digits of what cancels. */
static double root_of_determinant(double c11, double c22, double c12)
{
    const double square = c12 * c12, lost = fma(-c12, c12, square);
    return sqrt(fmax(0, fma(c11, c22, -square) + lost));
}

/* pi - theta; pi / 2 where a variance vanishes. */
static double opening(double root, double c12)
{
    if (!(root > 0) && !(c12 < 0 || c12 > 0)) return acos(0.0);
    return acos(-1.0) - atan2(root, c12);
}

static void fill_two(const piecewise *of, const wick_fields *fields, const wick_tables *tables)
{
    const size_t n = fields->n, p = fields->p;
    const double *C = fields->omega, two_pi = 2 * acos(-1.0);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            const size_t i = a < p ? 0 : 1, k = b < p ? 0 : 1;
            const double c12 = C[a * n + b], c11 = C[a * n + a];
            const double root = a == b ? 0 : root_of_determinant(c11, C[b * n + b], c12);
            const double angle = opening(root, c12);
            const double both = of->kink[i] * of->kink[k], one = of->slope[i] * of->kink[k] + of->kink[i] * of->slope[k];
            const double straight = of->slope[i] * of->slope[k] + 0.5 * one;
            if (tables->Z) tables->Z[a * n + b] = straight * c12 + both * (root + angle * c12) / two_pi;
            if (!tables->X || a >= p) continue;
            tables->X[a * n + b] = c11 > 0 ? both * root / (two_pi * c11) : 0;
            tables->Y[a * n + b] = straight + both * angle / two_pi;
        }
}

static double fill(void *self, const wick_fields *fields, const wick_tables *tables)
{
    piecewise *of = self;
    fill_two(of, fields, tables);
    if (!tables->V) return 0;
    const wick_tables variance = {NULL, NULL, NULL, tables->V};
    return of->variance.fill(of->variance.self, fields, &variance);
}

static void release(void *self)
{
    piecewise *of = self;
    if (of && of->variance.self) of->variance.release(of->variance.self);
    free(of);
}

static void *copy(const void *self)
{
    const piecewise *from = self;
    piecewise *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    if (!from->variance.self) return of;
    of->variance.self = from->variance.copy(from->variance.self);
    if (of->variance.self) return of;
    free(of);
    return NULL;
}

wick_status wick_closed_piecewise_make(wick_context *context, const double slope[2], const double kink[2],
                                       const wick_expectations *variance, wick_expectations *expectations)
{
    piecewise *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "making a closed form");
    for (size_t i = 0; i < 2; i++) {
        of->slope[i] = slope[i];
        of->kink[i] = kink[i];
    }
    if (variance) of->variance = *variance;
    *expectations = (wick_expectations){of, fill, copy, release};
    return WICK_OK;
}

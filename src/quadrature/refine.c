/* See refine.h. */
#include "quadrature/refine.h"

#include <math.h>

static double fill_with_error(const wick_refinement *of, size_t level, double *V)
{
    const size_t p = of->fields->p, nn = of->fields->n * of->fields->n;
    double *fine = of->scratch, *coarse = fine + nn;
    double worst = 0, scale = 1;
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) {
            of->parts(of->self, of->fields, level - 1, j, l, coarse);
            of->parts(of->self, of->fields, level, j, l, fine);
            double sum = 0, error = 0;
            for (size_t i = 0; i < nn; i++) {
                sum += fine[i];
                error += fabs(fine[i] - coarse[i]);
            }
            if (!isfinite(sum) || !isfinite(error)) return NAN;
            V[j * p + l] = V[l * p + j] = sum;
            worst = fmax(worst, error);
            scale = fmax(scale, fabs(sum));
        }
    return worst / scale;
}

double wick_refine_variance(const wick_refinement *refinement, size_t *level, double *V)
{
    for (;; ++*level) {
        const double error = fill_with_error(refinement, *level, V);
        if (isnan(error) || error <= refinement->tolerance || *level == refinement->last) return error;
    }
}

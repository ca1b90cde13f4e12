/* See hermite.h: scale erf(rate x). With rho = sqrt(2) rate and V = rho^2 v, all derivatives of s are Gaussian:
 * h_0 = scale rho sqrt(2/pi) / sqrt(1 + V), h_{n+2} = -sqrt((n+1)/(n+2)) V/(1 + V) h_n, odd ones vanish. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "particles/hermite.h"

typedef struct {
    const wick_kernel_table *kernels;
    double slope, rho; /* slope = scale * rho */
} erf_series;

static double prepare(void *self, double variance, size_t order, double tolerance)
{
    (void)self, (void)variance, (void)order, (void)tolerance;
    return 0;
}

static void fill(const void *self, size_t count, size_t ld, const double *variance, size_t order, double *work,
                 double *slopes, double *mean, double *square)
{
    const erf_series *of = self;
    const double root = of->slope * sqrt(2 / acos(-1.0));
    double *share = work; /* V / (1 + V) */
    for (size_t n = 1; n <= order; n += 2) memset(slopes + n * ld, 0, count * sizeof *slopes);
    for (size_t i = 0; i < count; ++i) {
        const double V = of->rho * of->rho * variance[i];
        mean[i] = 0;
        share[i] = V / (1 + V);
        slopes[i] = root / sqrt(1 + V);
        square[i] = root * root / sqrt(1 + 2 * V);
    }
    for (size_t n = 0; n + 2 <= order; n += 2) {
        const double ratio = -sqrt(((double)n + 1) / ((double)n + 2));
        of->kernels->map2(1, count, ld, slopes + (n + 2) * ld, 0, ratio, NULL, NULL, share, slopes + n * ld);
    }
}

static size_t work_size(const void *self, size_t ld)
{
    (void)self;
    return ld;
}

static void *copy(const void *self)
{
    erf_series *of = malloc(sizeof *of);
    if (of) *of = *(const erf_series *)self;
    return of;
}

wick_status wick_hermite_erf(wick_context *context, double scale, double rate, wick_hermite *hermite)
{
    erf_series *of = malloc(sizeof *of);
    if (!of) return wick_fail_memory(context, "expanding an activation");
    of->kernels = wick_kernels();
    of->rho = sqrt(2.0) * rate;
    of->slope = scale * of->rho;
    *hermite = (wick_hermite){.self = of,
                              .parity = -1,
                              .order_limit = 1000,
                              .prepare = prepare,
                              .fill = fill,
                              .work_size = work_size,
                              .copy = copy,
                              .release = free};
    return WICK_OK;
}

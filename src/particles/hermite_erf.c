/* See hermite.h: scale erf(rate x). With rho = sqrt(2) rate and V = rho^2 v, all derivatives of s are Gaussian:
 * h_0 = scale rho sqrt(2/pi) / sqrt(1 + V), h_{n+2} = -sqrt((n+1)/(n+2)) V/(1 + V) h_n, odd ones vanish. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/hermite.h"
#include "particles/variances.h"

typedef struct {
    const wick_kernel_table *kernels;
    double slope, rho; /* slope = scale * rho */
    size_t order;
    double *rest[WICK_VARIANCE_BINS]; /* what is left beyond each n <= order + 1; NULL where nobody asked */
} erf_series;

static void forget(erf_series *of)
{
    for (size_t i = 0; i < WICK_VARIANCE_BINS; ++i) {
        free(of->rest[i]);
        of->rest[i] = NULL;
    }
}

static bool prepare(void *self, size_t order, double tolerance)
{
    (void)tolerance;
    erf_series *of = self;
    if (order != of->order) forget(of);
    of->order = order;
    return true;
}

/* ---- What is left ------------------------------------------------------------------------------------------------ */

/* sum_{m >= n} h_m^2 <= h_n^2 / (1 - (V/(1+V))^2), as h_{m+2}^2 < (V/(1+V))^2 h_m^2. */
static double geometric(double square, double V) { return square * (1 + V) * (1 + V) / (1 + 2 * V); }

/* The squares of h_0, h_2, ... */
static double first_square(const erf_series *of, double V) { return of->slope * of->slope * 2 / acos(-1.0) / (1 + V); }

static double next_square(double square, double V, size_t n)
{
    return square * ((double)n + 1) / ((double)n + 2) * (V / (1 + V)) * (V / (1 + V));
}

/* Backwards from far beyond, where a geometric series closes the sum. */
static bool fill_rest(const erf_series *of, double V, size_t count, double *rest)
{
    enum { BEYOND = 200 };
    const size_t far = (count + 2) / 2 + BEYOND;
    double *square = wick_allocate(far + 1, 1, sizeof *square);
    if (!square) return false;
    square[0] = first_square(of, V);
    for (size_t m = 0; m < far; ++m) square[m + 1] = next_square(square[m], V, 2 * m);
    double sum = geometric(square[far], V);
    for (size_t m = far; m-- > 0;) {
        sum += square[m];
        if (2 * m < count) rest[2 * m] = sqrt(sum);
        if (m > 0 && 2 * m - 1 < count) rest[2 * m - 1] = sqrt(sum);
    }
    free(square);
    return true;
}

static double *make_rest(const erf_series *of, size_t bin)
{
    const size_t count = of->order + 2;
    double *rest = wick_allocate(count, 1, sizeof *rest);
    if (!rest) return NULL;
    const double V = of->rho * of->rho * wick_variance_bin_end(bin);
    if (!isfinite(V))
        for (size_t n = 0; n < count; ++n) rest[n] = INFINITY;
    else if (!fill_rest(of, V, count, rest))
        return free(rest), NULL;
    for (size_t n = 0; n < count; ++n) rest[n] *= WICK_VARIANCE_WIDENING;
    return rest;
}

/* Rounding is all that is wrong. */
static bool examine(void *self, size_t bin, wick_hermite_bounds *bounds)
{
    erf_series *of = self;
    if (!of->rest[bin]) of->rest[bin] = make_rest(of, bin);
    if (!of->rest[bin]) return false;
    const double norm = of->rest[bin][0], rounding = DBL_EPSILON;
    *bounds = (wick_hermite_bounds){of->rest[bin], fabs(of->slope / of->rho), rounding * norm, 0, rounding * norm * norm};
    return true;
}

static bool values(const void *self, double variance, size_t count, double *f, double *rest, double *error)
{
    const erf_series *of = self;
    const double V = of->rho * of->rho * variance;
    double square = first_square(of, V), sign = of->slope < 0 ? -1 : 1;
    memset(f, 0, count * sizeof *f);
    for (size_t n = 0; n + 1 < count; n += 2) {
        f[n + 1] = sign * sqrt(variance / ((double)n + 1) * square);
        square = next_square(square, V, n);
        sign = -sign;
    }
    const double scale = of->slope / of->rho;
    double left = scale * scale * 2 / acos(-1.0) * asin(V / (1 + V)); /* E[s^2] */
    *error = 8 * DBL_EPSILON * sqrt(left);
    for (size_t n = 0; n < count; ++n) {
        rest[n] = sqrt(fmax(0, left));
        left -= f[n] * f[n];
    }
    return true;
}

/* ---- Slopes ------------------------------------------------------------------------------------------------------ */

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

static void release(void *self)
{
    if (self) forget(self);
    free(self);
}

static void *copy(const void *self)
{
    erf_series *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *(const erf_series *)self;
    memset(of->rest, 0, sizeof of->rest);
    return of;
}

wick_status wick_hermite_erf(wick_context *context, double scale, double rate, wick_hermite *hermite)
{
    erf_series *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "expanding an activation");
    of->kernels = wick_kernels();
    of->rho = sqrt(2.0) * rate;
    of->slope = scale * of->rho;
    *hermite = (wick_hermite){.self = of,
                              .parity = -1,
                              .order_limit = 1000,
                              .prepare = prepare,
                              .examine = examine,
                              .fill = fill,
                              .work_size = work_size,
                              .values = values,
                              .copy = copy,
                              .release = release};
    return WICK_OK;
}

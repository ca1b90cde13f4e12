/* See erf_variance.h. */
#include "closed/erf_variance.h"

#include <math.h>

static const double steep = 100;

bool wick_erf_is_steep(const wick_fields *fields, const double rho[2])
{
    for (size_t a = 0; a < fields->n; a++) {
        const double rate = rho[a < fields->p ? 0 : 1];
        if (rate * rate * fields->omega[a * fields->n + a] > steep) return true;
    }
    return false;
}

/* 1 + the Gram matrix of l_j = (d1, 0) and l_l = (c, d2): its determinant, and forms with its inverse as sums of products
 * that are not negative where the two arguments are one. */
typedef struct {
    double d1, c, d2, determinant;
} plane;

static double form(const plane *of, const double *one, const double *two)
{
    const double across = (of->d2 * one[0] - of->c * one[1]) * (of->d2 * two[0] - of->c * two[1]);
    return (one[0] * two[0] + one[1] * two[1] + across + of->d1 * of->d1 * one[1] * two[1]) / of->determinant;
}

static double covariance(const wick_conditional *given, const plane *of, size_t a, size_t b)
{
    const double *one = given->rest + a * given->n, *two = given->rest + b * given->n;
    double sum = form(of, given->mean + 2 * a, given->mean + 2 * b);
    for (size_t i = 0; i < given->rank; i++) sum += one[i] * two[i];
    return sum;
}

/* asin(s_ab / sqrt((1 + s_aa)(1 + s_bb))), also where that is nearly 1. */
static double angle(double aa, double bb, double ab)
{
    const double square = ab * ab, lost = fma(-ab, ab, square), apart = fma(aa, bb, -square) + lost;
    return atan2(ab, sqrt(1 + aa + bb + fmax(0, apart)));
}

static double four_fields(wick_conditional *given, const double *weight, size_t j, size_t l)
{
    const size_t n = given->n;
    wick_conditional_given(given, j, l);
    plane of = {given->d1, given->c, given->d2, 0};
    if (j == l) of.c = of.d1;
    of.determinant = 1 + of.d1 * of.d1 + of.c * of.c + of.d2 * of.d2 * (1 + of.d1 * of.d1);
    double total = 0;
    for (size_t a = 0; a < n; a++) {
        const double own = covariance(given, &of, a, a);
        total += weight[a] * weight[a] * angle(own, own, own);
        for (size_t b = a + 1; b < n; b++)
            total += 2 * weight[a] * weight[b] * angle(own, covariance(given, &of, b, b), covariance(given, &of, a, b));
    }
    return total / sqrt(of.determinant);
}

void wick_erf_steep_variance(wick_conditional *given, const wick_fields *fields, const double scale[2], const double rho[2],
                             double *omega, double *weight, double *V)
{
    const size_t p = fields->p, n = fields->n;
    for (size_t a = 0; a < n; a++) {
        const size_t i = a < p ? 0 : 1;
        for (size_t b = 0; b < n; b++) omega[a * n + b] = rho[i] * rho[b < p ? 0 : 1] * fields->omega[a * n + b];
        weight[a] = fields->c[a] * scale[i];
    }
    const wick_fields rescaled = {.p = p, .n = n, .omega = omega, .c = weight};
    wick_conditional_set(given, &rescaled);
    const double slope = scale[0] * rho[0] * 2 / acos(-1.0);
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) V[j * p + l] = V[l * p + j] = slope * slope * four_fields(given, weight, j, l);
}

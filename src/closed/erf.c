/* See closed.h: s = scale erf(rate x). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "closed/closed.h"

typedef struct {
    double scale[2], rho[2];
    size_t p, n;
    double *C;                        /* n x n: covariance of the rescaled fields */
    double *weight, *s, *t, *inverse; /* n each: of the four-field integral */
} erf_form;

static double rescaled(const erf_form *of, size_t a) { return of->rho[a < of->p ? 0 : 1]; }

static double scale_of(const erf_form *of, size_t a) { return of->scale[a < of->p ? 0 : 1]; }

static void rescale(erf_form *of, const wick_fields *fields)
{
    const size_t n = fields->n;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) of->C[a * n + b] = rescaled(of, a) * rescaled(of, b) * fields->omega[a * n + b];
}

static void fill_two(const erf_form *of, const wick_fields *fields, const wick_tables *tables)
{
    const size_t n = fields->n;
    const double *C = of->C, pi = acos(-1.0);
    for (size_t j = 0; j < fields->p && tables->X; j++) {
        const double slope = of->scale[0] * of->rho[0], one = 1 + C[j * n + j];
        for (size_t a = 0; a < n; a++) {
            const double c = C[j * n + a], D = one * (1 + C[a * n + a]) - c * c;
            const double common = slope * scale_of(of, a) * 2 / (pi * sqrt(D));
            tables->X[j * n + a] = -common * of->rho[0] * c / one;
            tables->Y[j * n + a] = common * rescaled(of, a);
        }
    }
    for (size_t a = 0; a < n && tables->Z; a++)
        for (size_t b = a; b < n; b++)
            tables->Z[a * n + b] = tables->Z[b * n + a] = scale_of(of, a) * scale_of(of, b) * 2 / pi *
                                                          asin(C[a * n + b] / sqrt((1 + C[a * n + a]) * (1 + C[b * n + b])));
}

/* The sum over all alpha, beta of c_alpha c_beta times the four-field integral, without 4 / pi^2 and the students' slopes.
 * With t = C_l (1 + C_jj) - C_jl C_j and s = C_j (1 + C_ll) - C_jl C_l, L0 = L4 C_ab - C_lb t_a - C_jb s_a. */
static double four_fields(erf_form *of, const wick_fields *fields, size_t j, size_t l)
{
    const size_t n = fields->n;
    const double *C = of->C, *restrict P = C + j * n, *restrict Q = C + l * n;
    const double one_j = 1 + P[j], one_l = 1 + Q[l], c = P[l];
    /* For j = l this is L4 = 1 + 2 C_jj, as it must be. */
    const double L4 = 1 + P[j] + Q[l] + (P[j] * Q[l] - c * c);
    double *restrict s = of->s, *restrict t = of->t, *restrict inverse = of->inverse;
    for (size_t a = 0; a < n; a++) {
        t[a] = Q[a] * one_j - c * P[a];
        s[a] = P[a] * one_l - c * Q[a];
        const double L1 = L4 * (1 + C[a * n + a]) - Q[a] * t[a] - P[a] * s[a];
        inverse[a] = 1 / sqrt(L1);
    }
    double total = 0;
    for (size_t a = 0; a < n; a++) {
        const double *restrict row = C + a * n;
        double sum = 0;
        for (size_t b = a; b < n; b++) {
            const double L0 = L4 * row[b] - Q[b] * t[a] - P[b] * s[a];
            const double weight = (b == a ? 0.5 : 1) * of->weight[b];
            sum += weight * asin(L0 * inverse[a] * inverse[b]);
        }
        total += 2 * of->weight[a] * sum;
    }
    return total / sqrt(L4);
}

static void fill_four(erf_form *of, const wick_fields *fields, double *V)
{
    const double pi = acos(-1.0), slope = of->scale[0] * of->rho[0];
    for (size_t a = 0; a < fields->n; a++) of->weight[a] = fields->c[a] * scale_of(of, a);
    for (size_t j = 0; j < fields->p; j++)
        for (size_t l = j; l < fields->p; l++)
            V[j * fields->p + l] = V[l * fields->p + j] = slope * slope * 4 / (pi * pi) * four_fields(of, fields, j, l);
}

static double fill(void *self, const wick_fields *fields, const wick_tables *tables)
{
    erf_form *of = self;
    rescale(of, fields);
    fill_two(of, fields, tables);
    if (tables->V) fill_four(of, fields, tables->V);
    return 0;
}

static void release(void *self)
{
    erf_form *of = self;
    if (of) free(of->C);
    free(of);
}

static erf_form *make(size_t p, size_t n)
{
    erf_form *of = calloc(1, sizeof *of);
    if (!of) return NULL;
    of->p = p;
    of->n = n;
    of->C = wick_allocate(n + 4, n, sizeof(double));
    if (!of->C) {
        free(of);
        return NULL;
    }
    of->weight = of->C + n * n;
    of->s = of->weight + n;
    of->t = of->s + n;
    of->inverse = of->t + n;
    return of;
}

static void *copy(const void *self)
{
    const erf_form *from = self;
    erf_form *of = make(from->p, from->n);
    if (!of) return NULL;
    memcpy(of->scale, from->scale, sizeof of->scale);
    memcpy(of->rho, from->rho, sizeof of->rho);
    return of;
}

wick_status wick_closed_erf_make(wick_context *context, const double scale[2], const double rate[2], size_t p, size_t k,
                                 wick_expectations *expectations)
{
    erf_form *of = make(p, p + k);
    if (!of) return wick_fail_memory(context, "making a closed form");
    for (size_t i = 0; i < 2; i++) {
        of->scale[i] = scale[i];
        of->rho[i] = sqrt(2.0) * rate[i];
    }
    *expectations = (wick_expectations){of, fill, copy, release};
    return WICK_OK;
}

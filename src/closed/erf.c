/* See closed.h: s = scale erf(rate x). The arithmetic is that of kernels/erf.h, which generated code holds too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "closed/closed.h"
#include "kernels/erf.h"
#include "kernels/erf_gradients.h"
#include "kernels/erf_variance.h"
#include "kernels/tables_place.h"

#include "kernels/erf_variance_jacobian.h"

#include "kernels/erf_variance_adjoint.h"
#include "kernels/erf_variance_tangent.h"

typedef struct {
    double scale[2], rho[2];
    size_t n;
    double *room; /* of erf_variance() and erf_variance_jacobian() */
} erf_form;

static void fill(void *self, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    erf_form *of = self;
    (void)errors;
    const size_t p = fields->p, n = fields->n;
    if (tables->X) erf_slopes(p, n, n, of->scale, of->rho, fields->omega, tables->X, tables->Y);
    if (tables->Z) erf_values(p, n, n, n, of->scale, of->rho, fields->omega, tables->Z);
    if (tables->V) erf_variance(p, n, n, of->scale, of->rho, fields->omega, fields->c, of->room, tables->V, p);
}

static void gradients(void *self, const wick_fields *fields, bool values, double *D)
{
    const erf_form *of = self;
    erf_gradients(fields->p, fields->n, fields->n, of->scale, of->rho, fields->omega, values, D);
}

static void variance(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, double *V)
{
    const erf_form *of = self;
    erf_variance_jacobian(fields->p, fields->n, fields->n, rows->dimension, rows->trained, rows->rate, of->scale, of->rho,
                          rows->a, fields->omega, fields->c, of->room, V, fields->p, rows->jacobian);
}

static void variance_tangent(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, const double *v,
                             double *scratch, double *V, double *moved)
{
    const erf_form *of = self;
    erf_variance_tangent(fields->p, fields->n, fields->n, rows->dimension, rows->trained, of->scale, of->rho, fields->omega,
                         fields->c, v, of->room, scratch, V, moved, fields->p);
}

static void variance_adjoint(void *self, const wick_fields *fields, const wick_jacobian_rows *rows, const double *u,
                             double *V, double *out)
{
    const erf_form *of = self;
    erf_variance_adjoint(fields->p, fields->n, fields->n, rows->trained, rows->rate, of->scale, of->rho, rows->a,
                         fields->omega, fields->c, u, of->room, V, fields->p, out);
}

static void release(void *self)
{
    erf_form *of = self;
    if (of) free(of->room);
    free(of);
}

static erf_form *make(size_t n)
{
    erf_form *of = calloc(1, sizeof *of);
    if (!of) return NULL;
    of->n = n;
    of->room = wick_allocate(2 * n + 10, n, sizeof(double));
    if (of->room) return of;
    free(of);
    return NULL;
}

static void *copy(const void *self)
{
    const erf_form *from = self;
    erf_form *of = make(from->n);
    if (!of) return NULL;
    memcpy(of->scale, from->scale, sizeof of->scale);
    memcpy(of->rho, from->rho, sizeof of->rho);
    return of;
}

wick_status wick_closed_erf_make(wick_context *context, const double scale[2], const double rate[2], size_t p, size_t k,
                                 wick_expectations *expectations)
{
    erf_form *of = make(p + k);
    if (!of) return wick_fail_memory(context, "making a closed form");
    for (size_t i = 0; i < 2; i++) {
        of->scale[i] = scale[i];
        of->rho[i] = sqrt(2.0) * rate[i];
    }
    *expectations = (wick_expectations){.self = of,
                                        .fill = fill,
                                        .copy = copy,
                                        .release = release,
                                        .gradients = gradients,
                                        .variance = variance,
                                        .variance_tangent = variance_tangent,
                                        .variance_adjoint = variance_adjoint};
    return WICK_OK;
}

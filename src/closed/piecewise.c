/* See closed.h: s = slope x + kink relu(x). The arithmetic is that of kernels/piecewise.h, which generated code holds too.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/closed.h"
#include "kernels/piecewise.h"
#include "kernels/piecewise_gradients.h"

typedef struct {
    double slope[2], kink[2];
    wick_expectations variance;
} piecewise;

static void zero(double *table, size_t count)
{
    if (table) memset(table, 0, count * sizeof *table);
}

static void fill(void *self, const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    piecewise *of = self;
    const size_t p = fields->p, n = fields->n;
    if (tables->X) piecewise_slopes(p, n, n, of->slope, of->kink, fields->omega, tables->X, tables->Y);
    if (tables->Z) piecewise_values(p, n, n, n, of->slope, of->kink, fields->omega, tables->Z);
    if (errors) {
        zero(tables->X ? errors->X : NULL, p * n);
        zero(tables->X ? errors->Y : NULL, p * n);
        zero(tables->Z ? errors->Z : NULL, n * n);
    }
    const wick_tables variance = {NULL, NULL, NULL, tables->V};
    if (tables->V) of->variance.fill(of->variance.self, fields, &variance, errors);
}

static void gradients(void *self, const wick_fields *fields, bool values, double *D)
{
    const piecewise *of = self;
    piecewise_gradients(fields->p, fields->n, fields->n, of->slope, of->kink, fields->omega, values, D);
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
    *expectations = (wick_expectations){.self = of, .fill = fill, .copy = copy, .release = release, .gradients = gradients};
    return WICK_OK;
}

/* See function.h. */
#include "simulate/function.h"

#include <stdlib.h>

#include "base/memory.h"

typedef struct {
    size_t count;
    double coefficient[]; /* of x^0, x^1, ... */
} coefficients;

/* Horner's scheme for value and slope together. */
static void evaluate(const void *self, size_t count, const double *x, double *scratch, double *value, double *slope)
{
    const coefficients *of = self;
    (void)scratch;
    for (size_t i = 0; i < count; ++i) {
        double s = 0, ds = 0;
        for (size_t m = of->count; m-- > 0;) {
            ds = ds * x[i] + s;
            s = s * x[i] + of->coefficient[m];
        }
        value[i] = s;
        if (slope) slope[i] = ds;
    }
}

wick_status wick_scalar_function_polynomial(wick_context *context, const wick_polynomial *polynomial,
                                            wick_scalar_function *function)
{
    coefficients *of = malloc(sizeof *of + polynomial->count * sizeof *of->coefficient);
    if (!of) return wick_fail_memory(context, "preparing an activation");
    of->count = polynomial->count;
    for (size_t i = 0; i < of->count; ++i) of->coefficient[i] = wick_rational_value(polynomial->coefficient[i]);
    *function = (wick_scalar_function){evaluate, 0, of, free};
    return WICK_OK;
}

void wick_scalar_function_clear(wick_scalar_function *function)
{
    if (function->release) function->release(function->self);
    *function = (wick_scalar_function){0};
}

/* An activation as the simulation sees it: s and s' over an array of pre-activations.
 *
 * This is all that SGD asks of an activation. Polynomials fill it in here; other activations bring compiled code
 * (api/simulation.c).
 */
#ifndef WICK_SIMULATE_FUNCTION_H
#define WICK_SIMULATE_FUNCTION_H

#include <stddef.h>

#include "activation/polynomial.h"
#include "base/context.h"

typedef struct {
    /* value_i = s(x_i) and slope_i = s'(x_i) for i < count; slope may be NULL. Any thread may call it, with `work` doubles
     * of scratch of its own. */
    void (*evaluate)(const void *self, size_t count, const double *x, double *scratch, double *value, double *slope);
    size_t work;
    void *self;
    void (*release)(void *self);
} wick_scalar_function;

/* s as a polynomial, its coefficients rounded to doubles. Release with wick_scalar_function_clear(). */
wick_status wick_scalar_function_polynomial(wick_context *context, const wick_polynomial *polynomial,
                                            wick_scalar_function *function);
void wick_scalar_function_clear(wick_scalar_function *function);

#endif

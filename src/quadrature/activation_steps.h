/* An activation as a list of calls over arrays, one for each operation of its graph: printed as C, or made one by one. */
#ifndef WICK_QUADRATURE_ACTIVATION_STEPS_H
#define WICK_QUADRATURE_ACTIVATION_STEPS_H

#include "activation/graph.h"
#include "base/text.h"

typedef enum {
    WICK_STEP_FILL,       /* y = value */
    WICK_STEP_UNARY,      /* y = function(left) */
    WICK_STEP_VALUED,     /* y = function(value, left) */
    WICK_STEP_BINARY,     /* y = function(left, right) */
    WICK_STEP_POWER,      /* y = left ^ exponent */
    WICK_STEP_POLYNOMIAL, /* y = polynomial in x */
} wick_step_form;

typedef struct {
    wick_step_form form;
    const char *name;     /* of the function of arrays.c, after "array_" */
    const void *function; /* its address */
    size_t node, left, right, exponent;
    double value;
    long numerator, denominator; /* of the value of a real power; denominator 0 elsewhere */
    double *coefficient;         /* of a polynomial, exponent + 1 of them */
} wick_activation_step;

typedef struct {
    size_t count, root;
    wick_activation_step *step;
} wick_activation_steps;

/* What computes the node `root`; node number i has its array at t + n i. False if memory is exhausted. Release with
 * wick_activation_steps_clear(), also after a failure. */
bool wick_activation_steps_make(const wick_graph *f, size_t root, wick_activation_steps *steps);
void wick_activation_steps_clear(wick_activation_steps *steps);

/* As a function of C: void name(size_t n, const double *x, double *t, double *y). */
void wick_activation_steps_print(wick_text *text, const wick_activation_steps *steps, const char *name);

/* What that function does. */
void wick_activation_steps_walk(const wick_activation_steps *steps, size_t n, const double *x, double *t, double *y);

#endif

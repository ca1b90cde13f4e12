/* The names of the integration methods, for validation, for help texts and for src/solve, which gives them a meaning. */
#ifndef WICK_PROBLEM_METHODS_H
#define WICK_PROBLEM_METHODS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *name;    /* a stepper of GSL's odeiv2, or "euler" */
    bool needs_jacobian; /* an implicit method, which solves equations with the Jacobian of the drift */
} wick_method_row;

size_t wick_method_row_count(void);
const wick_method_row *wick_method_row_at(size_t index);
const wick_method_row *wick_method_row_find(const char *name); /* NULL if there is none */

#endif

/* The names an expression may use, and those it may not: what the parser asks the registry. */
#ifndef WICK_ACTIVATION_REGISTRY_H
#define WICK_ACTIVATION_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

/* The expression the name (of `length` bytes) stands for, or NULL if it is not known. */
const char *wick_registry_find(const char *name, size_t length);

/* Is it the usual name of a function that is not a polynomial, in any case of letters ("tanh", "ReLU")? */
bool wick_registry_is_no_polynomial(const char *name, size_t length);

#endif

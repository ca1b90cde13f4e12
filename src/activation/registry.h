/* The names an expression may use, and those it may not: what the parser asks the registry. */
#ifndef WICK_ACTIVATION_REGISTRY_H
#define WICK_ACTIVATION_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "activation/graph.h"

/* The expression the name (of `length` bytes) stands for, or NULL if it is not known. */
const char *wick_registry_find(const char *name, size_t length);

/* Is it the usual name of a function that is not a polynomial, in any case of letters ("tanh", "ReLU")? */
bool wick_registry_is_no_polynomial(const char *name, size_t length);

/* A function of one argument, or leaky_relu, whose second one is its slope below zero. */
typedef struct {
    const char *name;
    wick_operation operation;
    double slope;
    bool two_arguments, gelu;
} wick_registry_function;

const wick_registry_function *wick_registry_find_function(const char *name, size_t length); /* NULL if it is none */
size_t wick_registry_function_count(void);
const wick_registry_function *wick_registry_function_at(size_t index);

#endif

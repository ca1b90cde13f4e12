/* The names an expression may use, and those it may not: what the parser asks the registry. In any case of letters. */
#ifndef WICK_ACTIVATION_REGISTRY_H
#define WICK_ACTIVATION_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "activation/graph.h"

/* Is it the usual name of a function that is not a polynomial ("tanh", "ReLU")? */
bool wick_registry_is_no_polynomial(const char *name, size_t length);

/* A function of one argument, or leaky_relu, whose second one is its slope below zero. */
typedef struct {
    const char *name, *other; /* another name for it, or NULL */
    wick_operation operation;
    double slope;
    bool two_arguments;
} wick_registry_function;

const wick_registry_function *wick_registry_find_function(const char *name, size_t length); /* NULL if it is none */
size_t wick_registry_function_count(void);
const wick_registry_function *wick_registry_function_at(size_t index);

enum { WICK_PARAMETER_LIMIT = 2 };

typedef enum { WICK_NEEDS_NOTHING, WICK_NEEDS_POSITIVE /* a > 0 */, WICK_NEEDS_ORDER /* a < b */ } wick_parameter_need;

/* A word that stands for an expression in x and its parameters a and b. */
typedef struct {
    const char *name, *other, *definition;
    size_t parameters;                          /* beside x */
    const char *standard[WICK_PARAMETER_LIMIT]; /* what a parameter is if it is not given; NULL: it must be */
    const char *example;                        /* of a call, if parameters must be given */
    bool polynomial;
    bool functions; /* are the parameters expressions in x, or only numbers? */
    bool symmetric; /* may the two arguments be exchanged? */
    wick_parameter_need needs;
} wick_registry_word;

const wick_registry_word *wick_registry_find_word(const char *name, size_t length); /* NULL if it is none */
size_t wick_registry_word_count(void);
const wick_registry_word *wick_registry_word_at(size_t index);

#endif

/* The numbers of the equations that a compiled system is given at run time: one row each, from which come the keys of a
 * problem, their flags and help, and the fields of generated structs and of the Python module.
 */
#ifndef WICK_MODEL_PARAMETERS_H
#define WICK_MODEL_PARAMETERS_H

#include <float.h>
#include <stddef.h>

/* ROW(IDENTIFIER, key, flag, symbol, what generated code says of it after the symbol, what help says of the key, its default
 * there, or NULL, least value, greatest value) */
#define WICK_PARAMETER_ROWS(ROW)                                                                                            \
    ROW(LEARNING_RATE, "learning_rate", "learning-rate", "gamma", "",                                                       \
        "learning rate gamma; no default, except in regime classical", NULL, 0, DBL_MAX)                                    \
    ROW(NOISE, "noise", "noise", "Delta", "variance of the labels' noise", "variance Delta of the label noise (default 0)", \
        "0", 0, DBL_MAX)

#define WICK_PARAMETER_IDENTIFIER(identifier, ...) WICK_##identifier,
/* In the order in which compiled code has them. */
typedef enum { WICK_PARAMETER_ROWS(WICK_PARAMETER_IDENTIFIER) WICK_PARAMETER_COUNT } wick_parameter_id;
#undef WICK_PARAMETER_IDENTIFIER

typedef struct {
    const char *key, *flag, *symbol, *about; /* about: "" if the symbol says it */
    double least, most;
} wick_parameter;

const wick_parameter *wick_parameter_at(wick_parameter_id parameter);

/* WICK_PARAMETER_COUNT if there is none with this key. */
wick_parameter_id wick_parameter_find(const char *key);

#endif

/* The numbers of the equations that a compiled system is given at run time: one row each, from which come the keys of a
 * problem, their flags and help, and the fields of generated structs and of the Python module.
 */
#ifndef WICK_MODEL_PARAMETERS_H
#define WICK_MODEL_PARAMETERS_H

#include <float.h>
#include <math.h>
#include <stddef.h>

/* ROW(IDENTIFIER, key, flag, symbol, the same in LaTeX, what generated code and legends say of it after the symbol, what
 * help says of the key, its default there, or NULL, what it is where the key is not given, least value, greatest value,
 * NUMBER, WHOLE or OF_TIME: may be an expression in t)
 *
 * Those of every problem come first. Others are in equations and generated code only where the problem gives them (rules.h).
 */
#define WICK_PARAMETER_ROWS(ROW)                                                                                            \
    ROW(LEARNING_RATE, "learning_rate", "learning-rate", "gamma", "\\gamma", "",                                            \
        "learning rate gamma, a number or an expression in t, such as 0.5/(1+t/10); no default, except in regime "          \
        "classical",                                                                                                        \
        NULL, 1, 0, DBL_MAX, OF_TIME)                                                                                       \
    ROW(NOISE, "noise", "noise", "Delta", "\\Delta", "variance of the labels' noise",                                       \
        "variance Delta of the label noise (default 0)", "0", 0, 0, DBL_MAX, NUMBER)                                        \
    ROW(WEIGHT_DECAY, "weight_decay", "weight-decay", "kappa", "\\kappa",                                                   \
        "decay of the weights, a step takes gamma/(p d) kappa of them",                                                     \
        "decay kappa of the weights: a step takes gamma/(p d) kappa of them (default 0)", NULL, 0, 0, DBL_MAX, NUMBER)      \
    ROW(SECOND_LAYER_DECAY, "second_layer_decay", "second-layer-decay", "kappa_a", "\\kappa_a",                             \
        "decay of the second layer, likewise", "decay kappa_a of a trained second layer, likewise (default 0)", NULL, 0, 0, \
        DBL_MAX, NUMBER)                                                                                                    \
    ROW(SECOND_LAYER_RATE, "second_layer_rate", "second-layer-rate", "eta_a", "\\eta_a",                                    \
        "learning rate of the second layer, a step is eta_a/(p d) s(l) E",                                                  \
        "learning rate eta_a of a trained second layer (default: that of the weights)", NULL, NAN, 0, DBL_MAX, NUMBER)      \
    ROW(BATCH, "batch", "batch", "B", "B", "samples of a step, which divide X",                                             \
        "samples B of a step, over which its gradient is averaged (default 1)", NULL, 1, 1, 1e15, WHOLE)

#define WICK_PARAMETER_IDENTIFIER(identifier, ...) WICK_##identifier,
/* In the order in which compiled code has them. */
typedef enum { WICK_PARAMETER_ROWS(WICK_PARAMETER_IDENTIFIER) WICK_PARAMETER_COUNT } wick_parameter_id;
#undef WICK_PARAMETER_IDENTIFIER

#define WICK_PLAIN_PARAMETER_COUNT (WICK_NOISE + 1) /* those of every problem */

typedef struct {
    const char *key, *flag, *symbol, *latex, *about; /* about: "" if the symbol says it */
    double absent, least, most;
} wick_parameter;

const wick_parameter *wick_parameter_at(wick_parameter_id parameter);

/* WICK_PARAMETER_COUNT if there is none with this key. */
wick_parameter_id wick_parameter_find(const char *key);

#endif

/* See regime.h. */
#include "model/regime.h"

#include <stddef.h>

#define SAAD_SOLLA_GOLDT "These are the equations of Saad and Solla~[1] and of Goldt et al.~[2]"
#define MEAN_FIELD       "These are the mean-field equations of Arnaboldi, Stephan, Krzakala and Loureiro~[3]."

static const wick_regime_row rows[] = {
    [WICK_CLASSICAL] = {.regime = WICK_CLASSICAL,
                        .name = "classical",
                        .limit =
                            "The regime is the classical one~[3]: small learning rates, $\\gamma \\to 0$, at any dimension "
                            "$d$, in which SGD\nbecomes the gradient flow of the risk. The state enters through the "
                            "overlaps of the weights alone.",
                        .source = SAAD_SOLLA_GOLDT " for small learning rates.",
                        .full = true},
    [WICK_CLASSICAL_NOISE] = {.regime = WICK_CLASSICAL_NOISE,
                              .name = "classical-noise",
                              .limit = "The regime is the classical one with label noise at first order~[3]: small "
                                       "$\\gamma/p$ at any dimension $d$; to the\ngradient flow of the risk comes what the "
                                       "noise of the labels adds to $Q$.",
                              .source = SAAD_SOLLA_GOLDT " for small learning rates.",
                              .full = true,
                              .noise = true,
                              .scaled = true},
    [WICK_HIGH_DIMENSIONAL] = {.regime = WICK_HIGH_DIMENSIONAL,
                               .name = "high-dimensional",
                               .limit = "The regime is the high-dimensional one~[1, 2]: $d \\to \\infty$ with $\\gamma$ and "
                                        "$p$ of order one, in which the overlaps\nof the weights concentrate; to the "
                                        "gradient flow of the risk comes the variance of the gradient.",
                               .source = SAAD_SOLLA_GOLDT ".",
                               .full = true,
                               .noise = true,
                               .variance = true,
                               .scaled = true},
    [WICK_MEAN_FIELD] = {.regime = WICK_MEAN_FIELD,
                         .name = "mean-field",
                         .limit = "The regime is the mean field~[3]: $p \\to \\infty$ and $\\gamma/p \\to 0$ at finite "
                                  "dimension $d$. What of the students'\nweights lies outside the space of the targets' is "
                                  "uniformly distributed in direction.",
                         .source = MEAN_FIELD,
                         .noise = true,
                         .finite_d = true,
                         .scaled = true},
    [WICK_MEAN_FIELD_HIGH_D] = {.regime = WICK_MEAN_FIELD_HIGH_D,
                                .name = "mean-field-high-d",
                                .limit =
                                    "The regime is the mean field in high dimensions~[3]: $p \\to \\infty$, $\\gamma/p "
                                    "\\to 0$ and $d \\to \\infty$, in which what\nof two students' weights lies outside "
                                    "the space of the targets' is orthogonal.",
                                .source = MEAN_FIELD,
                                .noise = true,
                                .scaled = true},
};

enum { ROWS = sizeof rows / sizeof *rows };

const wick_regime_row *wick_regime_at(wick_regime regime) { return &rows[(unsigned)regime < ROWS ? regime : 0]; }

const char *const wick_regime_names[] = {
    [WICK_CLASSICAL] = "classical",
    [WICK_CLASSICAL_NOISE] = "classical-noise",
    [WICK_HIGH_DIMENSIONAL] = "high-dimensional",
    [WICK_MEAN_FIELD] = "mean-field",
    [WICK_MEAN_FIELD_HIGH_D] = "mean-field-high-d",
    NULL,
};

const char *wick_regime_name(wick_regime regime) { return wick_regime_names[(unsigned)regime < ROWS ? regime : 0]; }

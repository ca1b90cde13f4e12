/* The regimes as data: what each keeps of the weights and what its drift has. A problem finds its row once; all that is made
 * of it carries the row as its `parts` and asks that, never a name. */
#ifndef WICK_MODEL_REGIME_H
#define WICK_MODEL_REGIME_H

#include <stdbool.h>

#include "wick/wick.h"

/* The drift of the overlaps is that of the gradient flow and, where a row says so, (gamma / p) a_j a_l times
 *
 *     Delta N_jl      `noise`       N = E[s'(l_j) s'(l_l)]
 *     V_jl            `variance`    V = E[s'(l_j) s'(l_l) E^2], E without its noise
 */
typedef struct {
    wick_regime regime;   /* whose row it is */
    const char *name;     /* as problems have it: "classical", ... */
    const char *limit;    /* a sentence of LaTeX: what goes to infinity, and what stays */
    const char *source;   /* the same: whose equations these are, by the numbers of templates/document.tex.in */
    bool full;            /* the state has all of Q; otherwise its diagonal off the targets' space, q: the mean field */
    bool noise, variance; /* of the drift of Q or q */
    bool finite_d;        /* the equations know the input dimension */
    bool scaled;          /* the equations know gamma, so that it has no default */
} wick_regime_row;

/* A regime that is none is taken for the first. */
const wick_regime_row *wick_regime_at(wick_regime regime);

/* As problems have them, in the order of wick_regime, NULL after the last: "classical", ... */
extern const char *const wick_regime_names[];
const char *wick_regime_name(wick_regime regime);

#endif

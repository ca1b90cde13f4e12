/* How the particles of a mean field act on each other: by series (adaptive.c), by the angles of pairs (angles.c) or by
 * tables of pairs (kinks.c). Private to src/particles. */
#ifndef WICK_PARTICLES_INTERACTION_H
#define WICK_PARTICLES_INTERACTION_H

#include "base/text.h"
#include "expectations/evaluator.h"
#include "particles/frame.h"

typedef struct {
    void *self;
    /* d(state)/dt at noise rate `rate`; and R - Delta/2. Both return a bound on the largest error of what they
     * compute, relative where that exceeds 1; NAN where the state is not finite. */
    double (*drift)(void *self, const double *state, double rate, double *drift);
    double (*excess_risk)(void *self, const double *state, double *risk);
    void (*set_tolerance)(void *self, double tolerance);
    void *(*copy)(const void *self, const wick_frame *frame); /* NULL if memory is exhausted */
    void (*release)(void *self);
} wick_interaction;

/* The frame is kept, not copied; compiled source is appended to `source`. */
wick_status wick_interact_by_series(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_text *source, wick_interaction *interaction);
/* Slope x + kink max(x, 0), nothing compiled. */
wick_status wick_interact_by_angles(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_interaction *interaction);
wick_status wick_interact_by_tables(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_text *source, wick_interaction *interaction);

#endif

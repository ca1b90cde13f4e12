/* One-pass SGD, step by step, exactly in law: in R^d, or in the few coordinates that matter.
 *
 * With weights divided by sqrt(d), a fresh sample x = z / sqrt(d), z ~ N(0, I_d), and E = f* - f + noise, a step is
 *
 *     l = W z,   l* = W* z,   W_j += (gamma/(p d)) a_j s'(l_j) E z,   a_j += (gamma/(p d)) s(l_j) E,
 *
 * or what learning rules make of it (model/rules.h); a decay of W is a number in front of all of it. With several samples a
 * step it is the mean of theirs, all at the weights before it.
 * On a sphere every student is then set back to its length; a spherical gradient has no part along its student, l_j^2 / (w_j
 * . w_j) of the step at the sample, before that.
 *
 * Of z only its part in the span of the weights so far matters, m numbers N(0, 1), and then the length of the rest, which is
 * chi with d - m degrees of freedom: the step adds that direction to the span, as one more column. This is the overlap
 * process [A23], d |x|^2 = (l, l*)^T Omega^+ (l, l*) + chi^2_{d-m} [THEORY, section 2], without ever inverting Omega, and at
 * a cost that does not depend on d. When the columns are full they are folded: rotated so that the students' part outside
 * the targets' span is a lower triangle, p columns, which changes no overlap.
 *
 * SGD itself is the same with all d columns there from the start.
 */
#ifndef WICK_SIMULATE_PROCESS_H
#define WICK_SIMULATE_PROCESS_H

#include <gsl/gsl_rng.h>

#include "kernels/kernels.h"
#include "model/rules.h"
#include "problem/problem.h"
#include "simulate/coordinates.h"
#include "simulate/function.h"

/* A step at some learning rate: keep (the layer) + time_step rate (the gradient). */
typedef struct {
    double time_step; /* gamma / (p d), or 1 / d where steps are counted */
    double rate[WICK_LAYER_COUNT], keep[WICK_LAYER_COUNT];
} wick_step_sizes;

/* What all chains of a simulation share. */
typedef struct {
    size_t p, k;
    bool trained, correlation; /* correlation: steps take y for E */
    wick_layout layout;        /* of states */
    wick_rule_set constraint;  /* its bit, or 0 */
    double d;
    size_t batch;                /* samples of a step */
    wick_step_sizes sizes;       /* at t = 0 if the learning rate depends on time: */
    const wick_problem *problem; /* what tells it then; NULL if it does not */
    double noise_deviation;      /* sqrt(Delta) */
    wick_scalar_function student, target;
    wick_coordinates start;
    double *a, *a_star; /* at the start */
    double *T;          /* that of the coordinates, rows padded to target_stride */
    size_t target_stride;
    size_t capacity, stride; /* columns of W at most, and the distance of its rows */
    const wick_kernel_table *kernels;
} wick_process;

/* Of a checked problem with an initial Q; `all_columns` for SGD itself. s and s* are taken over, also on failure. Release
 * with wick_process_clear(). */
wick_status wick_process_make(wick_context *context, const wick_problem *problem, wick_scalar_function student,
                              wick_scalar_function target, bool all_columns, wick_process *process);
void wick_process_clear(wick_process *process);

/* One run, with a stream of random numbers of its own. */
typedef struct wick_chain wick_chain;

/* NULL if memory is exhausted. */
wick_chain *wick_chain_alloc(const wick_process *process, unsigned long seed);
void wick_chain_free(wick_chain *chain);

/* Back to the start, while the stream of random numbers goes on: the next run is independent of those before. */
void wick_chain_restart(wick_chain *chain);

/* The seed of run number `run`: different runs of one seed never share theirs. */
unsigned long wick_chain_seed(unsigned long seed, size_t run);

/* Takes steps; false as soon as E is not finite. */
bool wick_chain_walk(wick_chain *chain, size_t steps);

/* From `steps` at `*time` on, the steps whose time is nearest to `until`, and that time in *time; INFINITY if the learning
 * rate is 0 on the way. */
double wick_process_steps_until(const wick_process *process, double steps, double *time, double until);

/* Steps taken so far. */
double wick_chain_steps(const wick_chain *chain);

/* The overlaps and, if trained, a, as in the state of wick.h. */
void wick_chain_state(wick_chain *chain, double *state);

#endif

/* A simulation: the chains or the flow, from one output time to the next, and what is to be said of them there. */
#ifndef WICK_SIMULATE_SIMULATE_H
#define WICK_SIMULATE_SIMULATE_H

#include "activation/polynomial.h"
#include "dynamics/dynamics.h"
#include "problem/problem.h"
#include "simulate/function.h"

/* What both kinds are given. */
typedef struct {
    wick_context *context;
    const wick_problem *problem; /* checked, with an initial Q */
    const wick_dynamics *risks;  /* excess_risk() of a state, its layout and dimension */
    const wick_simulation *simulation;
    wick_sampler sampler;
    wick_progress progress;
    void *user;
    wick_report *report; /* not NULL */
} wick_experiment;

/* SGD or the overlap process. s and s* are taken over. */
wick_status wick_experiment_chains(const wick_experiment *experiment, wick_scalar_function student,
                                   wick_scalar_function target);

/* The gradient flow, by the problem's integrator; for polynomials. */
wick_status wick_experiment_flow(const wick_experiment *experiment, const wick_polynomial *student,
                                 const wick_polynomial *target);

/* Room for the statistics of one output time. */
typedef struct {
    size_t runs, dimension;
    double *excess_risks; /* runs */
    double *work;         /* runs */
    wick_statistic *state;
} wick_outputs;

wick_status wick_outputs_alloc(const wick_experiment *experiment, wick_outputs *outputs);
void wick_outputs_clear(wick_outputs *outputs);

/* Takes the statistics of `states` (runs x dimension) and shows them to the sampler. WICK_STOPPED, or WICK_ERROR_DIVERGED if
 * a risk is not finite. */
wick_status wick_outputs_show(const wick_experiment *experiment, wick_outputs *outputs, size_t index, double samples,
                              const double *states);

#endif

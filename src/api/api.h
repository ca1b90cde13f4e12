/* Behind wick.h: the objects that bind the stages together. Private to src/api. */
#ifndef WICK_API_API_H
#define WICK_API_API_H

#include "dynamics/dynamics.h"
#include "jit/jit.h"
#include "jit/particles.h"
#include "plan/plan.h"
#include "problem/problem.h"

struct wick_equations {
    wick_closed_form form;
};

/* What wick_system_copy() shares: compiled once, never changed afterwards. */
struct wick_system {
    wick_dynamics dynamics; /* self is this system, or its particles */
    double learning_rate;
    wick_code *code;
    wick_particle_engine *particles; /* mean-field regimes; NULL otherwise, and then: */
    wick_drift_function drift;
    wick_risk_function excess_risk;
    char *source;
    wick_timings timings;
    size_t parameter_count, work_size;
    double *parameters; /* gamma, Delta, a* (k), P (k x k), a (p) */
    double *work;       /* aligned, inside work_block */
    double *work_block;
    double *initial; /* packed initial state */
};

/* The polynomial of the problem's `key`, "activation" or "target_activation"; errors name the place it came from. */
wick_status wick_parse_activation(wick_context *context, const wick_problem *problem, const char *key,
                                  const char *expression, wick_polynomial *polynomial);

/* Parses the activations and derives the closed form; the problem must have been checked. */
wick_status wick_derive_form(wick_context *context, const wick_problem *problem, wick_closed_form *form);

/* The two kinds of system: plan, emission, compilation, parameters and scratch. `system` is otherwise blank, and freed by
 * the caller on failure. */
wick_status wick_build_overlaps(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                                wick_system *system);
wick_status wick_build_particles(wick_context *context, const wick_problem *problem, const wick_closed_form *form,
                                 wick_system *system);

/* What a copy has of its own, for each kind. */
wick_status wick_copy_overlaps(wick_context *context, const wick_system *from, wick_system *to);
wick_status wick_copy_particles(wick_context *context, const wick_system *from, wick_system *to);

#endif

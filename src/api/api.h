/* Behind wick.h: the objects that bind the stages together. Private to src/api. */
#ifndef WICK_API_API_H
#define WICK_API_API_H

#include "dynamics/dynamics.h"
#include "jit/jit.h"
#include "plan/plan.h"
#include "problem/problem.h"

struct wick_equations {
    wick_closed_form form;
};

/* What wick_system_copy() shares: compiled once, never changed afterwards. */
struct wick_system {
    wick_dynamics dynamics; /* self is this system */
    wick_code *code;
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

/* Seconds on a clock that only runs forward. */
double wick_seconds(void);

#endif

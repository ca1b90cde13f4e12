/* Behind wick.h: the objects that bind the stages together. Private to src/api. */
#ifndef WICK_API_API_H
#define WICK_API_API_H

#include "activation/graph.h"
#include "dynamics/dynamics.h"
#include "expectations/evaluator.h"
#include "expectations/print.h"
#include "jit/jit.h"
#include "plan/plan.h"
#include "problem/problem.h"

struct wick_equations {
    wick_closed_form form; /* of polynomials; empty for others, of which there is a description */
    bool expectations;
    wick_description description;
};

/* What wick_system_copy() shares: compiled once, never changed afterwards. */
struct wick_system {
    wick_dynamics dynamics;    /* self is this system */
    wick_evaluator *evaluator; /* in place of compiled code, for activations that are no polynomials */
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

/* Parses the activations and derives the closed form; the problem must have been checked. */
wick_status wick_derive_form(wick_context *context, const wick_problem *problem, wick_closed_form *form);

/* Both activations as functions, checked: defined and differentiable where they must be. Release them with
 * wick_graph_clear(). */
wick_status wick_read_activations(wick_context *context, const wick_problem *problem, wick_graph *student,
                                  wick_graph *target);

/* Does the problem go by expectations, not by the Wick sum of polynomials? */
bool wick_needs_expectations(const wick_problem *problem, const wick_graph *student, const wick_graph *target);

/* What to ask an evaluator for. Fails if the problem insists on closed forms that there are not. */
wick_status wick_describe_evaluation(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                     const wick_graph *target, wick_evaluation *evaluation);

/* Seconds on a clock that only runs forward. */
double wick_seconds(void);

#endif

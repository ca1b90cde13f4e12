/* Behind wick.h: the objects that bind the stages together. Private to src/api. */
#ifndef WICK_API_API_H
#define WICK_API_API_H

#include <stdint.h>

#include "activation/graph.h"
#include "api/engine.h"
#include "dynamics/dynamics.h"
#include "expectations/evaluator.h"
#include "expectations/print.h"
#include "jit/jit.h"
#include "particles/compiled.h"
#include "particles/mean_field.h"
#include "plan/plan.h"
#include "problem/problem.h"

/* The Jacobian of a compiled drift: what it is derived from and, once made, its code. */
typedef struct {
    wick_polynomial student, target;
    wick_regime regime;
    wick_rule_set rules;
    wick_code *code; /* NULL until it is made */
    wick_drift_function function;
    size_t work_size;
    double *work, *work_block;
} wick_jacobian_code;

/* What of a problem is compiled in, but for its sizes, which the layout has. */
typedef struct {
    char *activation, *target_activation; /* as the problem spelt them */
    const wick_regime_row *parts;
    bool correlation;         /* the loss */
    wick_rule_set constraint; /* its bit */
    bool quadrature_forced, closed_form_forced;
} wick_compiled_for;

/* Derivatives of a drift or a risk that cost a few of them, as compiled or walked code. */
typedef enum { WICK_TANGENT, WICK_ADJOINT, WICK_RISK_GRADIENT, WICK_DERIVED_COUNT } wick_derived;

typedef void (*wick_derived_function)(const double *parameters, const double *state, const double *direction, double *work,
                                      double *out);

typedef struct {
    wick_code *code;
    wick_derived_function function; /* NULL if it is walked */
    size_t work_size;
    double *work, *work_block;
} wick_derived_code;

/* Particles that are not in use, because their code is for other second layers. */
typedef struct {
    wick_particle_engine *particles;
    wick_code *code;
    char *source;
} wick_set_aside;

struct wick_equations {
    wick_closed_form form; /* of polynomials; empty for others, of which there is a description */
    bool expectations;
    wick_description description;
    char *schedule; /* the learning rate, where it is an expression in t; NULL otherwise */
};

/* What wick_system_copy() shares: compiled once, never changed afterwards. */
struct wick_system {
    const wick_engine_row *engine;
    wick_compiled_for compiled_for;
    wick_dynamics dynamics; /* what the world sees: `plain`, or that with its learning rules around it */
    wick_dynamics plain;    /* of plain SGD; self is this system, or its particles */
    wick_rules rules;
    wick_rule_set rule_set;
    double weight, worst_weight; /* of errors, by wick_rules_apply(): in the last drift, and in all */
    double parameter[WICK_PARAMETER_COUNT];
    wick_graph schedule; /* of the learning rate, which is then that of the time at hand; without nodes if it is a number */
    uint64_t set_at[WICK_PARAMETER_COUNT]; /* when wick_system_set_*() was called, base/order.h; 0: they are the problem's */
    bool fresh;                            /* nothing was computed but the check at the initial state */
    /* Of the engines expectations, series and particles; engine.h says what the unused ones are for. */
    wick_evaluator *evaluator, *unused_evaluator;
    wick_mean_field *mean_field, *unused_mean_field;
    wick_particle_engine *particles;
    bool unit_layer;          /* the particles' code is that for second layers of ones */
    wick_set_aside set_aside; /* those of the other code, once it was needed */
    /* Of what is compiled or walked. */
    wick_code *code;
    wick_drift_function drift;
    wick_risk_function excess_risk;
    wick_jacobian_code jacobian;                   /* of compiled closed forms; made when it is first wanted */
    wick_derived_code derived[WICK_DERIVED_COUNT]; /* the same */
    char *source;
    wick_timings timings;
    double products;    /* multiplications in a drift, where they are planned; 0 elsewhere */
    double first_drift; /* seconds, of the one that checked the accuracy; 0 if none did */
    size_t parameter_count, work_size;
    double *parameters; /* model/blocks.h; NULL in the mean-field regimes */
    double *work;       /* aligned, inside work_block */
    double *work_block;
    double *initial;     /* packed initial state */
    double *scratch;     /* as long as that */
    double *constrained; /* of constraints: p + 3 more of these; NULL without */
};

/* The closed form of activations that are polynomials; the problem must have been checked. */
wick_status wick_derive_form(wick_context *context, const wick_problem *problem, const wick_graph *student,
                             const wick_graph *target, wick_closed_form *form);

/* Both activations as functions, checked: defined and differentiable where they must be, with a second layer that the
 * regime has. Release them with wick_graph_clear(). */
wick_status wick_read_activations(wick_context *context, const wick_problem *problem, wick_graph *student,
                                  wick_graph *target);

/* Does the problem go by expectations, not by the Wick sum of polynomials? */
bool wick_needs_expectations(const wick_problem *problem, const wick_graph *student, const wick_graph *target);

/* What to ask an evaluator for. Fails if the problem insists on closed forms that there are not. */
wick_status wick_describe_evaluation(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                     const wick_graph *target, wick_evaluation *evaluation);

/* Mean-field regimes: what every way to compute them starts from, and the size of the state. */
wick_status wick_describe_frame(wick_context *context, const wick_problem *problem, wick_frame_sizes *sizes);
wick_status wick_measure_particles(wick_context *context, const wick_problem *problem, wick_system *system);

/* gamma Delta / p, the rate of the noise. */
double wick_noise_rate(const wick_system *system);

/* `status`; or, where numbers that were missing or too far off would explain it and allocations failed on the way
 * (wick_failed_allocations() was `failed` before), that memory is exhausted. */
wick_status wick_blame_memory(wick_context *context, wick_status status, unsigned long failed);

/* Refuses a tolerance that is missed at a state to start from. */
wick_status wick_check_accuracy(wick_context *context, const wick_problem *problem, wick_system *system,
                                const double *state);

/* Remembers what the system is compiled for; and fails if that is another problem than this one, naming both. */
wick_status wick_keep_compiled_for(wick_context *context, const wick_problem *problem, wick_compiled_for *compiled_for);
wick_status wick_copy_compiled_for(wick_context *context, const wick_compiled_for *from, wick_compiled_for *to);
void wick_compiled_for_clear(wick_compiled_for *compiled_for);
wick_status wick_check_compiled_for(wick_context *context, const wick_problem *problem, const wick_system *system);

/* Takes the start and the run-time parameters from a checked problem that the system was compiled for, but for what was set
 * on the system later. On failure the system is as it was. */
wick_status wick_follow(wick_context *context, const wick_problem *problem, wick_system *system);

/* Forgets what was refined and the errors so far, and checks the accuracy at `start`, as after wick_system_compile(). */
wick_status wick_restart(wick_context *context, const wick_problem *problem, wick_system *system, const double *start);

/* Fails unless `state` is finite, and overlaps of weights as far as integrations keep them so. With d = k, q becomes 0. */
wick_status wick_check_state(wick_context *context, const wick_problem *problem, const wick_system *system, double *state);

/* After a change of the parameters or of `plain`. */
void wick_apply_rules(wick_system *system);

wick_status wick_fail_no_system(wick_context *context);

/* Fails because the tolerance was missed at time t. */
wick_status wick_fail_tolerance(wick_context *context, const wick_system *system, double time);

/* Full-state systems: the size of the state, and gamma, Delta, a* (k), P (k x k), a (p) in one array; and its copy. */
wick_status wick_set_parameters(wick_context *context, const wick_problem *problem, wick_system *system);
/* Puts the system's own gamma and Delta there and, of a problem that is not NULL, a*, P and a; true if one of these changed:
 * how engines of full states take them. */
bool wick_take_parameters(wick_system *system, const wick_problem *problem);
wick_status wick_copy_parameters(wick_context *context, const wick_system *from, wick_system *to);

/* Compiles the Jacobian of a system that has one of this kind, unless it is there already. */
wick_status wick_prepare_jacobian(wick_context *context, wick_system *system);
wick_status wick_keep_jacobian(wick_context *context, const wick_closed_form *form, wick_system *system);
wick_status wick_copy_jacobian(wick_context *context, const wick_system *from, wick_system *to);
void wick_jacobian_code_clear(wick_jacobian_code *jacobian);

/* The same for tangents, adjoints and gradients of the risk, of systems that keep a Jacobian. */
wick_status wick_prepare_derived(wick_context *context, wick_system *system, wick_derived which);
void wick_keep_derived(wick_system *system);
wick_status wick_copy_derived(wick_context *context, const wick_system *from, wick_system *to);
void wick_derived_clear(wick_system *system);

/* `size` doubles of scratch that start at a cache line of `block`, all zero; NULL if memory is exhausted. */
double *wick_allocate_work(size_t size, double **block);

/* Says in the system's source that it is walked, not compiled. */
wick_status wick_note_walk(wick_context *context, wick_system *system);

/* Refuses a plan whose exact coefficients no double holds. */
wick_status wick_check_range(wick_context *context, const wick_problem *problem, const wick_plan *plan);

#endif

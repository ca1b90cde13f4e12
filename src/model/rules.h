/* What learning rules put around the mean of a step of plain SGD.
 *
 * The weights W and the second layer a are learnt by
 *
 *     W += (gamma/(p d)) (rate gradient - decay W)        and the same for a, with a rate and a decay of its own
 *
 * so that of each block U of the state, of degree m in W or in a (blocks.h), with Psi as in plain SGD,
 *
 *     dU/dt = rate Psi_U - m decay U                      [THEORY, section 7]
 *
 * With B samples a step, over which the gradient is averaged, X, the second order in gamma, is X/B [THEORY, section 7]:
 * plain SGD at gamma/B, but for what time and the rates are told in.
 *
 * A row of rules.c says which parameters are the rate and the decay of a layer. Parameters that a problem does not give are
 * in none of its equations, nor in its generated code.
 *
 * Time is the distance t, gamma/(p d) a step, or it counts steps, tau = steps/d: then every right-hand side is times
 * dt/dtau = gamma/p, and a rate eta of a layer's own, times eta/gamma of that, does not need gamma to be positive.
 */
#ifndef WICK_MODEL_RULES_H
#define WICK_MODEL_RULES_H

#include <stdbool.h>

#include "model/blocks.h"

/* Which parameters beyond those of every problem are in the equations, bit i for parameter i; and bits for
 * the clock, the loss and a constraint. */
typedef unsigned wick_rule_set;

#define WICK_CLOCK_OF_STEPS (1U << WICK_PARAMETER_COUNT)

/* The loss is -y f: in steps, and so in the drift, E is y alone, c = 0 for students; the risk keeps all of c. */
#define WICK_CORRELATION (2U << WICK_PARAMETER_COUNT)

/* Students on spheres (constraint.h). */
#define WICK_SPHERE             (4U << WICK_PARAMETER_COUNT)
#define WICK_SPHERICAL_GRADIENT (8U << WICK_PARAMETER_COUNT)
#define WICK_CONSTRAINTS        (WICK_SPHERE | WICK_SPHERICAL_GRADIENT)

/* The symbol of time: "t" or "tau". */
const char *wick_rule_clock(wick_rule_set rules);

bool wick_rule_has(wick_rule_set rules, wick_parameter_id parameter);

/* The layer that a parameter is of; false if it is none of a rule. */
bool wick_rule_layer(wick_parameter_id parameter, wick_layer *layer);

/* Is it the rate of a layer? Rates are told in units of gamma, which must then be positive. */
bool wick_rule_is_rate(wick_parameter_id parameter);

/* Those of a block's equation: the parameter of its decay, and that of its rate, which is divided by gamma. NULL where the
 * rule is not in the set. */
const wick_parameter *wick_rule_decay(wick_rule_set rules, wick_block_id block);
const wick_parameter *wick_rule_rate(wick_rule_set rules, wick_block_id block);

/* The same in numbers, and their slopes in gamma. */
typedef struct {
    double rate, decay;
    double rate_slope, decay_slope;
} wick_layer_rule;

typedef struct {
    wick_layer_rule layer[WICK_LAYER_COUNT];
    double step; /* d times the time of a step: gamma/p, or 1 if steps are counted */
    bool plain;  /* all rates are 1, all decays 0 */
} wick_rules;

/* For p students. */
wick_rules wick_rules_of(wick_rule_set rules, size_t p, const double parameter[WICK_PARAMETER_COUNT]);

/* The learning rate with which plain SGD has that X: gamma/B. */
double wick_rules_plain_rate(const double parameter[WICK_PARAMETER_COUNT]);

/* Do rates have a gamma to be told in? */
bool wick_rules_are_finite(const wick_rules *rules);

/* Turns the drift of plain SGD into that with the rules. Returns how much more an error of it weighs now, at least 1: with
 * errors relative to the larger of 1 and an entry, what is left of large terms may be small. */
double wick_rules_apply(const wick_rules *rules, const wick_layout *layout, const double *state, double *drift);

/* The same for J v, of which `out` is that of plain SGD. */
void wick_rules_apply_tangent(const wick_rules *rules, const wick_layout *layout, const double *v, double *out);

/* The same for J^T u: before, `scaled` is what plain SGD's adjoint is to be taken of; after, `out` is that. */
void wick_rules_scale(const wick_rules *rules, const wick_layout *layout, const double *u, double *scaled);
void wick_rules_apply_adjoint(const wick_rules *rules, const wick_layout *layout, const double *u, double *out);

/* The same for a Jacobian, jacobian[i * dimension + s] = d drift[i] / d state[s]. */
void wick_rules_apply_jacobian(const wick_rules *rules, const wick_layout *layout, double *jacobian);

#endif

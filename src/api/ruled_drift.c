/* The learning rules of a system around what its engine computes for plain SGD. See api.h and model/rules.h. */
#include <math.h>

#include "api/api.h"
#include "model/constraint.h"

static bool has_schedule(const wick_system *system) { return system->schedule.count > 0; }

static void take_rules(wick_system *system)
{
    system->rules = wick_rules_of(system->rule_set, system->plain.layout.p, system->parameter);
}

/* The learning rate, and what depends on it, of a time. */
static void turn_to(wick_system *system, double learning_rate)
{
    system->parameter[WICK_LEARNING_RATE] = learning_rate;
    system->engine->take_parameters(system, NULL);
    take_rules(system);
}

static void turn_to_time(wick_system *system, double time)
{
    if (has_schedule(system)) turn_to(system, wick_graph_at(&system->schedule, system->schedule.value, time));
}

/* ---- On spheres --------------------------------------------------------------------------------------------------------
 */

static bool is_constrained(const wick_system *system) { return system->rule_set & WICK_CONSTRAINTS; }
static bool is_sphere(const wick_system *system) { return system->rule_set & WICK_SPHERE; }

/* Room as long as a state, number `index` of the system's. */
static double *room(const wick_system *system, size_t index)
{
    return system->constrained + index * system->plain.dimension;
}

/* What y_j is made of, into room 0: the drift of plain SGD, without X for spherical gradients. */
static const double *find_flow(wick_system *system, double time, const double *state)
{
    const double gamma = system->parameter[WICK_LEARNING_RATE];
    if (!is_sphere(system)) turn_to(system, 0);
    system->plain.drift(system->plain.self, time, state, room(system, 0));
    if (!is_sphere(system)) turn_to(system, gamma);
    return room(system, 0);
}

/* The same for a product of the plain Jacobian and a vector. */
static void flow_product(wick_system *system, double time, bool transposed, const double *state, const double *v,
                         double *out)
{
    const double gamma = system->parameter[WICK_LEARNING_RATE];
    if (!is_sphere(system)) turn_to(system, 0);
    (transposed ? system->plain.adjoint : system->plain.tangent)(system->plain.self, time, state, v, out);
    if (!is_sphere(system)) turn_to(system, gamma);
}

static double constrained_drift(wick_system *system, double time, const double *state, double *out)
{
    const double *flow = find_flow(system, time, state);
    system->plain.drift(system->plain.self, time, state, out);
    return wick_constraint_apply(&system->plain.layout, is_sphere(system), state, flow, out);
}

/* Rows of Q_jj of the flow's Jacobian, into the rooms from 2 on; `jacobian` is scratch. */
static void find_rows(wick_system *system, double time, const double *state, double *jacobian)
{
    const size_t n = system->plain.dimension;
    const double gamma = system->parameter[WICK_LEARNING_RATE];
    if (!is_sphere(system)) turn_to(system, 0);
    system->plain.jacobian(system->plain.self, time, state, jacobian);
    if (!is_sphere(system)) turn_to(system, gamma);
    for (size_t j = 0; j < system->plain.layout.p; ++j) {
        const size_t at = wick_layout_at(&system->plain.layout, WICK_BLOCK_Q, j, j);
        for (size_t s = 0; s < n; ++s) room(system, 2 + j)[s] = jacobian[at * n + s];
    }
}

static void constrained_jacobian(wick_system *system, double time, const double *state, double *out)
{
    const double *flow = find_flow(system, time, state);
    find_rows(system, time, state, out);
    if (!is_sphere(system)) system->plain.jacobian(system->plain.self, time, state, out);
    wick_constraint_apply_jacobian(&system->plain.layout, is_sphere(system), state, flow, room(system, 2), out);
}

static void constrained_tangent(wick_system *system, double time, const double *state, const double *v, double *out)
{
    const double *flow = find_flow(system, time, state);
    flow_product(system, time, false, state, v, room(system, 1));
    system->plain.tangent(system->plain.self, time, state, v, out);
    wick_constraint_apply_tangent(&system->plain.layout, is_sphere(system), state, v, flow, room(system, 1), out);
}

static void constrained_adjoint(wick_system *system, double time, const double *state, const double *u, double *out)
{
    const size_t n = system->plain.dimension;
    const double *flow = find_flow(system, time, state);
    double *const taken = room(system, 1), *const more = room(system, 2);
    wick_constraint_take_flow(&system->plain.layout, state, u, taken);
    flow_product(system, time, true, state, taken, more);
    system->plain.adjoint(system->plain.self, time, state, u, out);
    for (size_t i = 0; i < n; ++i) out[i] += more[i];
    wick_constraint_apply_adjoint(&system->plain.layout, state, flow, u, out);
}

/* ---- With the rules -----------------------------------------------------------------------------------------------------
 */

/* Of plain SGD, on spheres where the problem asks for them; how much more an error weighs. */
static double plain_drift(wick_system *system, double time, const double *state, double *out)
{
    if (is_constrained(system)) return constrained_drift(system, time, state, out);
    system->plain.drift(system->plain.self, time, state, out);
    return 1;
}

static void drift(void *self, double time, const double *state, double *out)
{
    wick_system *system = self;
    turn_to_time(system, time);
    const double weight = plain_drift(system, time, state, out);
    system->weight = weight * wick_rules_apply(&system->rules, &system->plain.layout, state, out);
    if (!(system->weight <= system->worst_weight)) system->worst_weight = system->weight;
}

static double excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    return system->plain.excess_risk(system->plain.self, state);
}

static void jacobian(void *self, double time, const double *state, double *out)
{
    wick_system *system = self;
    turn_to_time(system, time);
    if (is_constrained(system))
        constrained_jacobian(system, time, state, out);
    else
        system->plain.jacobian(system->plain.self, time, state, out);
    wick_rules_apply_jacobian(&system->rules, &system->plain.layout, out);
}

static void tangent(void *self, double time, const double *state, const double *v, double *out)
{
    wick_system *system = self;
    turn_to_time(system, time);
    if (is_constrained(system))
        constrained_tangent(system, time, state, v, out);
    else
        system->plain.tangent(system->plain.self, time, state, v, out);
    wick_rules_apply_tangent(&system->rules, &system->plain.layout, v, out);
}

static void adjoint(void *self, double time, const double *state, const double *u, double *out)
{
    wick_system *system = self;
    turn_to_time(system, time);
    wick_rules_scale(&system->rules, &system->plain.layout, u, system->scratch);
    if (is_constrained(system))
        constrained_adjoint(system, time, state, system->scratch, out);
    else
        system->plain.adjoint(system->plain.self, time, state, system->scratch, out);
    wick_rules_apply_adjoint(&system->rules, &system->plain.layout, u, out);
}

static void risk_gradient(void *self, const double *state, double *out)
{
    const wick_system *system = self;
    system->plain.risk_gradient(system->plain.self, state, out);
}

/* Plain drifts are affine in gamma, Psi = Psi_0 + gamma Psi_1, so that the slope of rate Psi - m decay U in gamma is
 * rate' Psi + rate Psi_1 - m decay' U. */
static void slope_of_block(const wick_system *system, const wick_block *block, size_t start, size_t end, const double *state,
                           double *out)
{
    const wick_layer_rule *rule = &system->rules.layer[block->layer];
    const double gamma = system->parameter[WICK_LEARNING_RATE];
    for (size_t i = start; i < end; ++i) {
        const double affine = out[i] - system->scratch[i], psi = system->scratch[i] + gamma * affine;
        out[i] = rule->rate_slope * psi + rule->rate * affine - (double)block->degree * rule->decay_slope * state[i];
    }
}

static void time_slope(void *self, double time, const double *state, double *out)
{
    wick_system *system = self;
    const wick_layout *layout = &system->plain.layout;
    const double slope = wick_graph_at(&system->schedule, system->schedule.derivative, time);
    turn_to(system, 0);
    plain_drift(system, time, state, system->scratch);
    turn_to(system, 1);
    plain_drift(system, time, state, out);
    turn_to_time(system, time);
    for (size_t b = 0; b < layout->count; ++b) {
        const size_t start = wick_layout_start(layout, layout->block[b]);
        slope_of_block(system, wick_block_at(layout->block[b]), start, start + wick_layout_size(layout, layout->block[b]),
                       state, out);
    }
    for (size_t i = 0; i < system->plain.dimension; ++i) out[i] *= slope;
}

void wick_apply_rules(wick_system *system)
{
    take_rules(system);
    system->plain.layout.clock = wick_rule_clock(system->rule_set);
    system->dynamics = system->plain;
    if (has_schedule(system)) system->dynamics.time_slope = time_slope;
    if (system->rules.plain && !has_schedule(system) && !is_constrained(system)) return;
    system->dynamics.self = system;
    system->dynamics.drift = drift;
    system->dynamics.excess_risk = excess_risk;
    if (system->plain.jacobian) system->dynamics.jacobian = jacobian;
    if (system->plain.tangent) system->dynamics.tangent = tangent;
    if (system->plain.adjoint) system->dynamics.adjoint = adjoint;
    if (system->plain.risk_gradient) system->dynamics.risk_gradient = risk_gradient;
}

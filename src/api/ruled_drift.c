/* The learning rules of a system around what its engine computes for plain SGD. See api.h and model/rules.h. */
#include <math.h>

#include "api/api.h"

static void drift(void *self, double time, const double *state, double *out)
{
    wick_system *system = self;
    system->plain.drift(system->plain.self, time, state, out);
    system->weight = wick_rules_apply(&system->rules, &system->plain.layout, state, out);
    if (!(system->weight <= system->worst_weight)) system->worst_weight = system->weight;
}

static double excess_risk(void *self, const double *state)
{
    const wick_system *system = self;
    return system->plain.excess_risk(system->plain.self, state);
}

static void jacobian(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    system->plain.jacobian(system->plain.self, time, state, out);
    wick_rules_apply_jacobian(&system->rules, &system->plain.layout, out);
}

void wick_apply_rules(wick_system *system)
{
    system->rules = wick_rules_of(system->parameter);
    system->dynamics = system->plain;
    if (system->rules.plain) return;
    system->dynamics.self = system;
    system->dynamics.drift = drift;
    system->dynamics.excess_risk = excess_risk;
    if (system->plain.jacobian) system->dynamics.jacobian = jacobian;
}

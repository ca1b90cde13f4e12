/* See start.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "start.h"

const kind kinds[KINDS] = {
    {"polynomial", "x^2", "x^2", "high-dimensional", "fixed", NULL, "0.1", NULL},
    {"trained", "x^2 + x", "x^2", "high-dimensional", "trained", NULL, "0.05", NULL},
    {"classical", "x^2", "x^2", "classical", "fixed", NULL, "1", NULL},
    {"classical noise", "x^2 + x", "x", "classical-noise", "trained", NULL, "0.3", NULL},
    {"erf", "erf(x/sqrt(2))", "erf(x/sqrt(2))", "high-dimensional", "fixed", NULL, "1", NULL},
    {"erf trained", "erf(x)", "2*erf(x)", "classical-noise", "trained", NULL, "1", NULL},
    {"smooth", "tanh(x)", "tanh(x)", "classical-noise", "fixed", NULL, "0.1", NULL},
    {"smooth variance", "tanh(x)", "x", "high-dimensional", "fixed", NULL, "0.01", "0.01"},
    {"polynomial by quadrature", "x^2", "x^2", "classical", "trained", "quadrature", "0.5", NULL},
    {"piecewise", "relu(x)", "abs(x)", "classical", "fixed", NULL, "1", NULL},
    {"piecewise variance", "relu(x)", "relu(x)", "high-dimensional", "fixed", NULL, "0.2", "0.2"},
    {"kinks", "relu(x)", "tanh(x)", "classical", "fixed", NULL, "0.1", "0.1"},
    {"particles", "x^2", "x^2", "mean-field", "fixed", NULL, "1", NULL},
    {"particles, infinite d", "x^3 - x", "x^2", "mean-field-high-d", "fixed", NULL, "0.2", NULL},
    {"erf series", "erf(x/sqrt(2))", "erf(x)", "mean-field", "fixed", NULL, "1", NULL},
    {"series", "tanh(x)", "x^2", "mean-field-high-d", "fixed", NULL, "0.3", NULL},
    {"angles", "relu(x)", "relu(x)", "mean-field", "fixed", NULL, "0.3", NULL},
    {"pairs with kinks", "relu(x)", "x^2", "mean-field-high-d", "fixed", NULL, "0.02", "0.02"},
};

bool is_reduced(const kind *one) { return strncmp(one->regime, "mean-field", strlen("mean-field")) == 0; }

void check_status(wick_context *context, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s", wick_context_message(context));
}

void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    check_status(context, wick_problem_set(context, problem, key, value));
}

wick_problem *make_problem(wick_context *context, const kind *one)
{
    wick_problem *problem;
    check_status(context, wick_problem_alloc(context, &problem));
    set(context, problem, "activation", one->activation);
    set(context, problem, "target_activation", one->target);
    set(context, problem, "regime", one->regime);
    set(context, problem, "second_layer", one->layer);
    if (one->euler_step) {
        set(context, problem, "integrator.method", "euler");
        set(context, problem, "integrator.dt", one->euler_step);
    }
    if (one->method) set(context, problem, "method", one->method);
    set(context, problem, "p", "3");
    set(context, problem, "k", "2");
    set(context, problem, "d", "20");
    set(context, problem, "learning_rate", "0.5");
    set(context, problem, "noise", "0.1");
    set(context, problem, "seed", "1");
    set(context, problem, "scale", "0.5");
    set(context, problem, "points", one->euler_step ? "1" : "4");
    set(context, problem, "end", one->end);
    return problem;
}

wick_system *compile(wick_context *context, wick_problem *problem)
{
    wick_system *system;
    check_status(context, wick_system_compile(context, problem, &system));
    return system;
}

int keep(void *user, const wick_point *point)
{
    curve *to = user;
    assert_true(point->dimension <= LARGEST_DIMENSION && point->count <= POINTS);
    if (to->count == 0) to->first_risk = point->risk;
    to->values[to->count++] = point->time;
    to->values[to->count++] = point->risk;
    to->values[to->count++] = point->excess_risk;
    memcpy(to->values + to->count, point->state, point->dimension * sizeof *point->state);
    memcpy(to->last, point->state, point->dimension * sizeof *point->state);
    to->count += point->dimension;
    to->dimension = point->dimension;
    return 0;
}

curve integrate(wick_context *context, wick_problem *problem, wick_system *system)
{
    wick_report report;
    curve made = {.count = 0};
    check_status(context, wick_integrate(context, problem, system, keep, NULL, &made, &report));
    made.drifts = report.drift_evaluations;
    made.error = wick_system_accuracy(system).error;
    return made;
}

curve integrate_fresh(wick_context *context, wick_problem *problem)
{
    wick_system *system = compile(context, problem);
    const curve made = integrate(context, problem, system);
    wick_system_free(system);
    return made;
}

void check_same(const char *name, const curve *found, const curve *expected)
{
    if (found->count == expected->count && found->drifts == expected->drifts && found->error == expected->error &&
        memcmp(found->values, expected->values, found->count * sizeof *found->values) == 0)
        return;
    fail_msg("%s: %zu and %zu drifts, errors %g and %g; last risks %.17g and %.17g", name, found->drifts, expected->drifts,
             found->error, expected->error, found->values[found->count - found->dimension - 2],
             expected->values[expected->count - expected->dimension - 2]);
}

bool differ(const curve *one, const curve *other)
{
    return memcmp(one->values, other->values, one->count * sizeof *one->values) != 0;
}

const char full_state[] = "{\"Q\": [[1, 0.2, 0.1], [0.2, 1.2, 0.3], [0.1, 0.3, 0.8]],"
                          " \"M\": [[0.1, 0.2], [-0.1, 0.3], [0.2, 0.05]]}";
const char reduced_state[] = "{\"q\": [1, 1.2, 0.8], \"M\": [[0.1, 0.2], [-0.1, 0.3], [0.2, 0.05]]}";

/* wick_problem_check(): from JSON to plain fields, one purpose after the other. */
#include <float.h>
#include <string.h>

#include "base/memory.h"
#include "model/regime.h"
#include "problem/keys.h"
#include "problem/merge.h"
#include "problem/places.h"
#include "problem/stages.h"

/* Which parameters are in the equations beside those of every problem, and the clock. */
static wick_status find_rules(wick_context *context, wick_problem *problem)
{
    problem->rules = 0;
    for (wick_parameter_id i = (wick_parameter_id)WICK_PLAIN_PARAMETER_COUNT; i < WICK_PARAMETER_COUNT; i++) {
        const char *key = wick_parameter_at(i)->key;
        wick_layer layer;
        if (!wick_json_at(problem->complete, key)) continue;
        if (wick_rule_layer(i, &layer) && layer == WICK_SECOND_LAYER && !problem->second_layer_trained)
            return wick_places_fail(context, problem->places, key,
                                    "has no effect on a fixed second layer; leave it out, or give second_layer trained");
        if (i == WICK_BATCH && !problem->parts->noise)
            return wick_places_fail(context, problem->places, key,
                                    "has no effect in regime %s, where steps have no noise; leave it out, or give another",
                                    problem->parts->name);
        problem->rules |= 1U << i;
    }
    const char *constraint = wick_complete_text(problem->complete, "constraint");
    const bool sphere = constraint && strcmp(constraint, "sphere") == 0;
    if (sphere || (constraint && strcmp(constraint, "spherical-gradient") == 0)) {
        if (!problem->parts->full)
            return wick_places_fail(context, problem->places, "constraint", "%s is not available in regime %s", constraint,
                                    problem->parts->name);
        if (sphere && wick_rule_has(problem->rules, WICK_WEIGHT_DECAY))
            return wick_places_fail(context, problem->places, "weight_decay",
                                    "has no effect on the sphere, where weights keep their norms; leave it out");
        problem->rules |= sphere ? WICK_SPHERE : WICK_SPHERICAL_GRADIENT;
    }
    const char *loss = wick_complete_text(problem->complete, "loss");
    if (loss && strcmp(loss, "correlation") == 0 && !problem->parts->full)
        return wick_places_fail(context, problem->places, "loss", "correlation is not available in regime %s",
                                problem->parts->name);
    if (loss && strcmp(loss, "correlation") == 0) problem->rules |= WICK_CORRELATION;
    const char *clock = wick_complete_text(problem->complete, "time.clock");
    if (!clock || strcmp(clock, "steps") != 0) return WICK_OK;
    if (!wick_json_at(problem->complete, "learning_rate"))
        return wick_places_fail(context, problem->places, "time.clock", "steps are of some size: give a learning_rate");
    problem->rules |= WICK_CLOCK_OF_STEPS;
    return WICK_OK;
}

/* A learning rate that depends on time. */
static wick_status read_schedule(wick_context *context, wick_problem *problem)
{
    static const char key[] = "learning_rate";
    const json_t *value = wick_json_at(problem->complete, key);
    if (!json_is_string(value)) return WICK_OK;
    wick_activation_error error = {.column = 0};
    const wick_status status = wick_graph_read_in(context, key, json_string_value(value), wick_rule_clock(problem->rules),
                                                  &problem->schedule, &error);
    if (status == WICK_ERROR_PROBLEM && error.column > 0)
        return wick_problem_fail_inside(context, problem, key, error.column, "%s", error.reason);
    return status;
}

/* From the start to the last output time, as far as a fine grid tells. */
static wick_status check_schedule(wick_context *context, const wick_problem *problem)
{
    enum { STEPS = 4000 };
    const double end = problem->times[problem->time_count - 1];
    for (int i = 0; i <= STEPS && problem->schedule.count > 0; i++) {
        const double t = end * i / STEPS, gamma = wick_graph_at(&problem->schedule, problem->schedule.value, t);
        if (!(gamma >= 0 && gamma <= DBL_MAX))
            return wick_places_fail(context, problem->places, "learning_rate",
                                    "is %g at %s = %.6g; up to the last output time, %g, it must be a finite number >= 0",
                                    gamma, wick_rule_clock(problem->rules), t, end);
    }
    return WICK_OK;
}

static wick_status check_equations(wick_context *context, wick_problem *problem)
{
    if (!(problem->complete = wick_complete_values(problem))) return wick_fail_memory(context, "checking a problem");
    const json_t *complete = problem->complete;
    const char *activation = wick_complete_text(complete, "activation");
    const char *target = wick_complete_text(complete, "target_activation");
    if (!activation)
        return wick_places_fail(context, problem->places, "activation",
                                "missing; give an expression in x, such as \"x^2\", or a name, such as \"he3\"");
    problem->activation = wick_copy_string(activation);
    problem->target_activation = wick_copy_string(target ? target : activation);
    if (!problem->activation || !problem->target_activation) return wick_fail_memory(context, "checking a problem");
    const char *regime = wick_complete_text(complete, "regime");
    while (strcmp(wick_regime_name(problem->regime), regime) != 0) problem->regime++;
    problem->parts = wick_regime_at(problem->regime);
    const char *way = wick_complete_text(complete, "method");
    problem->quadrature_forced = way && strcmp(way, "quadrature") == 0;
    problem->closed_form_forced = way && strcmp(way, "closed-form") == 0;
    problem->tolerance = wick_json_at(complete, "quadrature.tol") ? wick_complete_number(complete, "quadrature.tol") : 1e-8;
    problem->second_layer_trained = strcmp(wick_complete_text(complete, "second_layer"), "trained") == 0;
    WICK_TRY(find_rules(context, problem));
    return read_schedule(context, problem);
}

/* Everything later may then add and multiply sizes without fear. */
static bool sizes_fit(size_t p, size_t k)
{
    const size_t fields = p + k; /* both at most 1e15 */
    size_t pairs, bytes;
    return wick_multiply_sizes(p, k, &pairs) && wick_multiply_sizes(p, p + 1, &pairs) &&
           wick_multiply_sizes(fields, fields, &pairs) && wick_multiply_sizes(pairs, sizeof(double), &bytes);
}

static wick_status check_sizes(wick_context *context, wick_problem *problem)
{
    const json_t *complete = problem->complete;
    const size_t p = wick_complete_p(complete), k = wick_complete_k(complete);
    if (p == 0) return wick_places_fail(context, problem->places, "p", "missing; give the number of student neurons");
    if (k == 0) return wick_places_fail(context, problem->places, "k", "missing; give the number of target neurons");
    if (!sizes_fit(p, k))
        return wick_places_fail(context, problem->places, "p", "p = %zu and k = %zu: the overlaps do not fit in memory", p,
                                k);
    problem->p = p;
    problem->k = k;
    problem->d = wick_complete_number(complete, "d");
    for (wick_parameter_id i = 0; i < WICK_PARAMETER_COUNT; i++) {
        const wick_parameter *row = wick_parameter_at(i);
        problem->parameter[i] = wick_json_at(complete, row->key) ? wick_complete_number(complete, row->key) : row->absent;
    }
    wick_problem_parameters_at(problem, 0, problem->parameter);
    if (!(problem->parameter[WICK_LEARNING_RATE] >= 0 && problem->parameter[WICK_LEARNING_RATE] <= DBL_MAX))
        return wick_places_fail(context, problem->places, "learning_rate",
                                "is %g at %s = 0; it must be a finite number >= 0", problem->parameter[WICK_LEARNING_RATE],
                                wick_rule_clock(problem->rules));
    for (wick_parameter_id i = 0; i < WICK_PARAMETER_COUNT && !(problem->rules & WICK_CLOCK_OF_STEPS); i++)
        if (wick_rule_is_rate(i) && wick_rule_has(problem->rules, i) &&
            !(wick_json_at(complete, "learning_rate") && problem->parameter[WICK_LEARNING_RATE] > 0))
            return wick_places_fail(context, problem->places, wick_parameter_at(i)->key,
                                    "needs a positive learning_rate, in whose steps time is counted");
    return WICK_OK;
}

static wick_status check_drift(wick_context *context, wick_problem *problem)
{
    const json_t *complete = problem->complete;
    const wick_regime_row *regime = problem->parts;
    const char *name = regime->name;
    if (regime->scaled && !wick_json_at(complete, "learning_rate"))
        return wick_places_fail(context, problem->places, "learning_rate", "missing; regime %s needs gamma", name);
    if (regime->finite_d && problem->d == 0)
        return wick_places_fail(context, problem->places, "d", "missing; regime %s needs the input dimension", name);
    if (regime->finite_d && problem->d < (double)problem->k)
        return wick_places_fail(context, problem->places, "d", "must be at least k = %zu in regime %s, found %.0f",
                                problem->k, name, problem->d);
    WICK_TRY(wick_check_initial(context, problem));
    for (size_t j = 0; j < problem->p && problem->rules & WICK_CONSTRAINTS; j++)
        if (!(problem->Q[j * problem->p + j] > 0))
            return wick_places_fail(context, problem->places, "constraint",
                                    "Q[%zu,%zu] is 0 at the start: there is no sphere for that student", j + 1, j + 1);
    return WICK_OK;
}

static wick_status check_integrator(wick_context *context, wick_problem *problem)
{
    const json_t *complete = problem->complete;
    const char *method = wick_complete_method(complete);
    const bool euler = strcmp(method, "euler") == 0, has_step = wick_json_at(complete, "integrator.dt") != NULL;
    if (euler && !has_step)
        return wick_places_fail(context, problem->places, "integrator.dt", "missing; method euler needs a step");
    if (!euler && has_step)
        return wick_places_fail(context, problem->places, "integrator.dt",
                                "only method euler takes a step; %s chooses its own from rtol and atol", method);
    strncpy(problem->method, method, sizeof problem->method - 1);
    problem->dt = wick_complete_number(complete, "integrator.dt");
    problem->rtol = wick_complete_number(complete, "integrator.rtol");
    problem->atol = wick_complete_number(complete, "integrator.atol");
    if (!euler && problem->rtol == 0 && problem->atol == 0)
        return wick_places_fail(context, problem->places, "integrator.rtol",
                                "rtol and atol are both 0; one must be positive");
    return WICK_OK;
}

static wick_status check_run(wick_context *context, wick_problem *problem)
{
    WICK_TRY(check_integrator(context, problem));
    WICK_TRY(wick_check_times(context, problem));
    return check_schedule(context, problem);
}

wick_status wick_problem_check(wick_context *context, wick_problem *problem, wick_purpose purpose)
{
    static wick_status (*const stages[])(wick_context *, wick_problem *) = {
        [WICK_FOR_EQUATIONS] = check_equations,
        [WICK_FOR_CODE] = check_sizes,
        [WICK_FOR_DRIFT] = check_drift,
        [WICK_FOR_RUN] = check_run,
    };
    while (problem->verified <= (int)purpose) {
        const wick_status status = stages[problem->verified](context, problem);
        if (status != WICK_OK) {
            wick_problem_forget(problem, (wick_purpose)problem->verified);
            return status;
        }
        problem->verified++;
    }
    return WICK_OK;
}

/* What a system was compiled for, and whether a problem is still that. See api.h.
 *
 * Compared is what is compiled: "square" and "x^2" are one polynomial, tanh(x)*x and x*tanh(x) one function, and closed
 * forms of erf and relu know of an activation its two numbers alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/text.h"

/* ---- Keeping it ---------------------------------------------------------------------------------------------------- */

static wick_status keep(wick_context *context, const char *activation, const char *target, wick_compiled_for *kept)
{
    kept->activation = wick_copy_string(activation);
    kept->target_activation = wick_copy_string(target);
    return kept->activation && kept->target_activation ? WICK_OK : wick_fail_memory(context, "making a system");
}

wick_status wick_keep_compiled_for(wick_context *context, const wick_problem *problem, wick_compiled_for *kept)
{
    *kept = (wick_compiled_for){.parts = problem->parts,
                                .correlation = problem->rules & WICK_CORRELATION,
                                .constraint = problem->rules & WICK_CONSTRAINTS,
                                .quadrature_forced = problem->quadrature_forced,
                                .closed_form_forced = problem->closed_form_forced};
    return keep(context, problem->activation, problem->target_activation, kept);
}

wick_status wick_copy_compiled_for(wick_context *context, const wick_compiled_for *from, wick_compiled_for *to)
{
    *to = *from;
    return keep(context, from->activation, from->target_activation, to);
}

void wick_compiled_for_clear(wick_compiled_for *kept)
{
    free(kept->activation);
    free(kept->target_activation);
    *kept = (wick_compiled_for){0};
}

/* ---- Differences --------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *key; /* the first that differs; NULL: none */
    wick_text compiled, given;
} differences;

static void add_difference(differences *found, const char *key, const char *name, const char *compiled, const char *given)
{
    const char *comma = found->key ? ", " : "";
    if (!found->key) found->key = key;
    wick_text_printf(&found->compiled, "%s%s%.200s", comma, name, compiled);
    wick_text_printf(&found->given, "%s%s%.200s", comma, name, given);
}

static void compare_sizes(const wick_layout *layout, const wick_problem *problem, differences *found)
{
    static const char *const layers[] = {"fixed", "trained"};
    char compiled[32], given[32];
    const bool trained = wick_layout_has(layout, WICK_BLOCK_LAYER);
    if (trained != problem->second_layer_trained)
        add_difference(found, "second_layer", "second_layer ", layers[trained], layers[problem->second_layer_trained]);
    if (layout->p != problem->p) {
        wick_snprintf(compiled, sizeof compiled, "%zu", layout->p);
        wick_snprintf(given, sizeof given, "%zu", problem->p);
        add_difference(found, "p", "p = ", compiled, given);
    }
    if (layout->k != problem->k) {
        wick_snprintf(compiled, sizeof compiled, "%zu", layout->k);
        wick_snprintf(given, sizeof given, "%zu", problem->k);
        add_difference(found, "k", "k = ", compiled, given);
    }
}

static void compare_tolerances(const wick_system *system, const wick_problem *problem, differences *found)
{
    const double tolerance = wick_system_accuracy(system).tolerance;
    char compiled[32], given[32];
    if (!(tolerance > 0) || tolerance == problem->tolerance) return;
    wick_snprintf(compiled, sizeof compiled, "%.10g", tolerance);
    wick_snprintf(given, sizeof given, "%.10g", problem->tolerance);
    add_difference(found, "quadrature.tol", "quadrature.tol ", compiled, given);
}

/* ---- Activations --------------------------------------------------------------------------------------------------- */

/* Both activations, and what serves them. */
typedef struct {
    wick_graph function[2];
    bool expectations;
    wick_integrals integrals; /* if expectations */
} activations;

static void clear(activations *read)
{
    wick_graph_clear(&read->function[0]);
    wick_graph_clear(&read->function[1]);
}

static void find_integrals(const wick_regime_row *parts, bool forced, activations *read)
{
    const wick_evaluation evaluation = {
        .student = &read->function[0], .target = &read->function[1], .parts = parts, .forced = forced};
    if (read->expectations) read->integrals = wick_evaluation_integrals(&evaluation);
}

static wick_status read_given(wick_context *context, const wick_problem *problem, activations *given)
{
    wick_evaluation evaluation;
    WICK_TRY(wick_read_activations(context, problem, &given->function[0], &given->function[1]));
    given->expectations = wick_needs_expectations(problem, &given->function[0], &given->function[1]);
    find_integrals(problem->parts, problem->quadrature_forced, given);
    const wick_status status = given->expectations ? wick_describe_evaluation(context, problem, &given->function[0],
                                                                              &given->function[1], &evaluation)
                                                   : WICK_OK;
    if (status != WICK_OK) clear(given);
    return status;
}

/* They were checked when the system was compiled. */
static wick_status read_compiled(wick_context *context, const wick_system *system, activations *compiled)
{
    const wick_compiled_for *kept = &system->compiled_for;
    WICK_TRY(wick_graph_parse(context, "activation", kept->activation, &compiled->function[0]));
    const wick_status status =
        wick_graph_parse(context, "target_activation", kept->target_activation, &compiled->function[1]);
    compiled->expectations = system->engine->expectations;
    if (status == WICK_OK)
        find_integrals(kept->parts, kept->quadrature_forced, compiled);
    else
        clear(compiled);
    return status;
}

static bool by_numbers(const activations *read)
{
    return read->expectations && (read->integrals.kind == WICK_KIND_ERF || read->integrals.kind == WICK_KIND_PIECEWISE);
}

static bool same_activation(const activations *compiled, const activations *given, size_t which)
{
    const wick_integrals *a = &compiled->integrals, *b = &given->integrals;
    if (by_numbers(compiled) && by_numbers(given) && a->kind == b->kind)
        return a->scale[which] == b->scale[which] && a->rate[which] == b->rate[which];
    return wick_graph_equal(&compiled->function[which], &given->function[which]);
}

static bool has_erf(const activations *read)
{
    double scale, rate;
    return wick_graph_is_erf(&read->function[0], &scale, &rate) || wick_graph_is_erf(&read->function[1], &scale, &rate);
}

/* Whether "method" makes a difference, of activations that are the same. Series take erf by itself. */
static bool same_method(const wick_system *system, const wick_problem *problem, const activations *compiled,
                        const activations *given)
{
    if (system->compiled_for.quadrature_forced == problem->quadrature_forced) return true;
    if (!compiled->expectations || !given->expectations) return compiled->expectations == given->expectations;
    return compiled->integrals.kind == given->integrals.kind && !(system->engine == &wick_series_engine && has_erf(given));
}

static void compare_read(const wick_system *system, const wick_problem *problem, const activations *compiled,
                         const activations *given, differences *found)
{
    const wick_compiled_for *kept = &system->compiled_for;
    static const char *const methods[] = {"closed forms where there are any", "quadrature"};
    if (!same_activation(compiled, given, 0))
        add_difference(found, "activation", "activation ", kept->activation, problem->activation);
    if (!same_activation(compiled, given, 1))
        add_difference(found, "target_activation", "target_activation ", kept->target_activation,
                       problem->target_activation);
    if (!found->key && !same_method(system, problem, compiled, given))
        add_difference(found, "method", "method ", methods[kept->quadrature_forced], methods[problem->quadrature_forced]);
}

/* Reading is left out where the texts say it all. */
static wick_status compare_activations(wick_context *context, const wick_system *system, const wick_problem *problem,
                                       differences *found)
{
    const wick_compiled_for *kept = &system->compiled_for;
    if (strcmp(kept->activation, problem->activation) == 0 &&
        strcmp(kept->target_activation, problem->target_activation) == 0 &&
        kept->quadrature_forced == problem->quadrature_forced && (kept->closed_form_forced || !problem->closed_form_forced))
        return WICK_OK;
    activations compiled = {0}, given = {0};
    WICK_TRY(read_given(context, problem, &given));
    const wick_status status = read_compiled(context, system, &compiled);
    if (status == WICK_OK) compare_read(system, problem, &compiled, &given, found);
    clear(&compiled);
    clear(&given);
    return status;
}

static wick_status fail(wick_context *context, const wick_problem *problem, const differences *found)
{
    if (found->compiled.failed || found->given.failed) return wick_fail_memory(context, "comparing a problem with a system");
    return wick_problem_fail(context, problem, found->key,
                             "the system was compiled for %s, the problem has %s; compile a system for it (start, learning "
                             "rate, noise, P, a, a_star and d alone may differ)",
                             found->compiled.bytes, found->given.bytes);
}

static const char *constraint_name(wick_rule_set rules)
{
    return rules & WICK_SPHERE ? "sphere" : rules & WICK_SPHERICAL_GRADIENT ? "spherical-gradient" : "none";
}

wick_status wick_check_compiled_for(wick_context *context, const wick_problem *problem, const wick_system *system)
{
    differences found = {.compiled = WICK_TEXT_EMPTY, .given = WICK_TEXT_EMPTY};
    wick_status status = compare_activations(context, system, problem, &found);
    if (system->compiled_for.parts != problem->parts)
        add_difference(&found, "regime", "regime ", system->compiled_for.parts->name, problem->parts->name);
    const bool correlation = problem->rules & WICK_CORRELATION;
    static const char *const losses[] = {"square", "correlation"};
    if (system->compiled_for.correlation != correlation)
        add_difference(&found, "loss", "loss ", losses[!correlation], losses[correlation]);
    if (system->compiled_for.constraint != (problem->rules & WICK_CONSTRAINTS))
        add_difference(&found, "constraint", "constraint ", constraint_name(system->compiled_for.constraint),
                       constraint_name(problem->rules));
    compare_sizes(&system->dynamics.layout, problem, &found);
    compare_tolerances(system, problem, &found);
    if (status == WICK_OK && found.key) status = fail(context, problem, &found);
    wick_text_clear(&found.compiled);
    wick_text_clear(&found.given);
    return status;
}

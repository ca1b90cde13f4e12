/* Activations of a problem that need not be polynomials: read, checked, and how they will be served. See api.h. */
#include <stdio.h>

#include "api/api.h"
#include "model/regime.h"

/* The activation stage knows columns of an expression; the problem knows where the expression stands. */
static wick_status parse_one(wick_context *context, const wick_problem *problem, const char *key, const char *expression,
                             wick_graph *graph)
{
    wick_activation_error error = {.column = 0};
    const wick_status status = wick_graph_read(context, key, expression, graph, &error);
    if (status != WICK_ERROR_PROBLEM || error.column == 0) return status;
    return wick_problem_fail_inside(context, problem, key, error.column, "%s", error.reason);
}

static wick_status read_one(wick_context *context, const wick_problem *problem, const char *key, const char *expression,
                            wick_graph *graph)
{
    WICK_TRY(parse_one(context, problem, key, expression, graph));
    if (wick_graph_as_polynomial(graph)) return WICK_OK;
    wick_activation_error fault;
    if (!wick_graph_find_fault(graph, &fault)) return wick_fail_memory(context, "checking where an activation is defined");
    return fault.reason[0] == '\0' ? WICK_OK : wick_problem_fail(context, problem, key, "%s", fault.reason);
}

/* A target's value alone enters the drift of the full states; the potential of the mean field needs derivatives of both. */
static wick_status check_jumps(wick_context *context, const wick_problem *problem, const wick_graph *student,
                               const wick_graph *target)
{
    double points[WICK_KINK_LIMIT], heights[WICK_KINK_LIMIT];
    if (wick_graph_jumps(student, points, heights) > 0)
        return wick_problem_fail(context, problem, "activation",
                                 "jumps by %g at x = %.8g: the drift needs its derivative, which does not exist where a "
                                 "student jumps; a target_activation may jump",
                                 heights[0], points[0]);
    if (!problem->parts->full && wick_graph_jumps(target, points, heights) > 0)
        return wick_problem_fail(context, problem, "target_activation",
                                 "jumps by %g at x = %.8g: regime %s does not serve targets that jump; classical, "
                                 "classical-noise and high-dimensional do",
                                 heights[0], points[0], problem->parts->name);
    return WICK_OK;
}

static wick_status check_second_layer(wick_context *context, const wick_problem *problem)
{
    if (problem->parts->full || !problem->second_layer_trained) return WICK_OK;
    wick_problem_fail(context, problem, "second_layer",
                      "second_layer: \"trained\" is not available in regime %s; it takes \"fixed\", with any a",
                      problem->parts->name);
    return WICK_ERROR_UNSUPPORTED;
}

wick_status wick_read_activations(wick_context *context, const wick_problem *problem, wick_graph *student,
                                  wick_graph *target)
{
    *student = *target = WICK_GRAPH_EMPTY;
    wick_status status = read_one(context, problem, "activation", problem->activation, student);
    if (status == WICK_OK) status = read_one(context, problem, "target_activation", problem->target_activation, target);
    if (status == WICK_OK) status = check_jumps(context, problem, student, target);
    if (status == WICK_OK) status = check_second_layer(context, problem);
    if (status != WICK_OK) {
        wick_graph_clear(student);
        wick_graph_clear(target);
    }
    return status;
}

bool wick_needs_expectations(const wick_problem *problem, const wick_graph *student, const wick_graph *target)
{
    return problem->quadrature_forced || !wick_graph_as_polynomial(student) || !wick_graph_as_polynomial(target);
}

wick_status wick_describe_evaluation(wick_context *context, const wick_problem *problem, const wick_graph *student,
                                     const wick_graph *target, wick_evaluation *evaluation)
{
    *evaluation = (wick_evaluation){.student = student,
                                    .target = target,
                                    .parts = problem->parts,
                                    .correlation = problem->rules & WICK_CORRELATION,
                                    .trained = problem->second_layer_trained,
                                    .forced = problem->quadrature_forced,
                                    .tolerance = problem->tolerance,
                                    .p = problem->p,
                                    .k = problem->k};
    if (!problem->closed_form_forced) return WICK_OK;
    if (!problem->parts->full)
        return wick_problem_fail(context, problem, "method",
                                 "there is no closed form for these activations in regime %s; allowed: quadrature",
                                 problem->parts->name);
    const wick_integrals integrals = wick_evaluation_integrals(evaluation);
    const bool four = problem->parts->variance && integrals.four != WICK_INTEGRAL_CLOSED;
    if (integrals.two == WICK_INTEGRAL_CLOSED && !four) return WICK_OK;
    return wick_problem_fail(context, problem, "method",
                             "there is no closed form for these activations%s; allowed: quadrature",
                             integrals.two == WICK_INTEGRAL_CLOSED ? " in regime high-dimensional" : "");
}

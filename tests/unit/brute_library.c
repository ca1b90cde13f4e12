/* See brute_library.h. */
#include "brute_library.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The problem ------------------------------------------------------------------------------------------------- */

static wick_status set_overlaps(wick_context *context, const brute_problem *from, wick_problem *problem)
{
    const size_t p = from->p, k = from->k;
    double Q[BRUTE_FIELD_LIMIT * BRUTE_FIELD_LIMIT], M[BRUTE_FIELD_LIMIT * BRUTE_FIELD_LIMIT],
        P[BRUTE_FIELD_LIMIT * BRUTE_FIELD_LIMIT];
    for (size_t i = 0; i < p; i++) {
        for (size_t l = 0; l < p; l++) Q[i * p + l] = from->omega[i][l];
        for (size_t r = 0; r < k; r++) M[i * k + r] = from->omega[i][p + r];
    }
    for (size_t i = 0; i < k; i++)
        for (size_t r = 0; r < k; r++) P[i * k + r] = from->omega[p + i][p + r];
    wick_status status = wick_problem_set_matrix(context, problem, "Q", Q, p, p);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "M", M, p, k);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "P", P, k, k);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "a", from->a, 1, p);
    if (status == WICK_OK) status = wick_problem_set_matrix(context, problem, "a_star", from->a_star, 1, k);
    return status;
}

static wick_status set(wick_context *context, const brute_problem *from, const char *method, double tolerance,
                       wick_problem *problem)
{
    static const char *const regimes[] = {[WICK_CLASSICAL] = "classical",
                                          [WICK_CLASSICAL_NOISE] = "classical-noise",
                                          [WICK_HIGH_DIMENSIONAL] = "high-dimensional"};
    char rate[32], noise[32], tol[32];
    snprintf(rate, sizeof rate, "%.17g", from->gamma);
    snprintf(noise, sizeof noise, "%.17g", from->Delta);
    snprintf(tol, sizeof tol, "%.17g", tolerance);
    const char *const settings[][2] = {{"activation", from->student.text},
                                       {"target_activation", from->target.text},
                                       {"regime", regimes[from->regime]},
                                       {"second_layer", from->trained ? "trained" : "fixed"},
                                       {"learning_rate", rate},
                                       {"noise", noise},
                                       {"tol", tol},
                                       {"method", method}};
    wick_status status = set_overlaps(context, from, problem);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && status == WICK_OK; i++)
        if (settings[i][1]) status = wick_problem_set(context, problem, settings[i][0], settings[i][1]);
    return status;
}

/* ---- The answer -------------------------------------------------------------------------------------------------- */

static wick_status evaluate(wick_context *context, wick_problem *problem, brute_outcome *outcome)
{
    double state[BRUTE_FIELD_LIMIT * (BRUTE_FIELD_LIMIT + 2)];
    wick_system *system = NULL;
    wick_status status = wick_system_compile(context, problem, &system);
    if (status != WICK_OK) return status;
    outcome->dimension = wick_system_dimension(system);
    if (status == WICK_OK) status = wick_system_initial_state(context, system, state);
    if (status == WICK_OK) status = wick_system_drift(system, state, outcome->drift);
    if (status == WICK_OK) status = wick_system_risk(system, state, &outcome->risk, &outcome->excess_risk);
    outcome->accuracy = wick_system_accuracy(system);
    wick_system_free(system);
    return status;
}

static brute_answer classify(wick_status status, const char *message)
{
    if (status == WICK_OK) return BRUTE_ANSWERED;
    if (status == WICK_ERROR_TOLERANCE || strstr(message, "cannot be met")) return BRUTE_REFUSED;
    return strstr(message, "unknown name") ? BRUTE_UNKNOWN : BRUTE_FAILED;
}

brute_outcome brute_library(const brute_problem *from, const char *method, double tolerance)
{
    brute_outcome outcome = {0};
    wick_problem *problem = NULL;
    wick_context *context = wick_context_alloc();
    if (!context) abort();
    wick_status status = wick_problem_alloc(context, &problem);
    if (status == WICK_OK) status = set(context, from, method, tolerance, problem);
    if (status == WICK_OK) status = evaluate(context, problem, &outcome);
    snprintf(outcome.message, sizeof outcome.message, "%s", status == WICK_OK ? "" : wick_context_message(context));
    outcome.answer = classify(status, outcome.message);
    wick_problem_free(problem);
    wick_context_free(context);
    return outcome;
}

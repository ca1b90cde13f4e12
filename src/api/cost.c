/* See cost.h. */
#include "api/cost.h"

#include <stdio.h>

#include "api/api.h"
#include "base/locale.h"
#include "model/regime.h"

/* Contractions are products of matrices and loops over long rows. */
static const double products_in_second = 6e9;

static void explain_polynomials(const wick_problem *problem, const wick_polynomial *student, const wick_polynomial *target,
                                char *reason)
{
    const double p = (double)problem->p, n = p + (double)problem->k;
    const size_t count = student->count > target->count ? student->count : target->count;
    const int degree = count > 0 ? (int)count - 1 : 0;
    if (!problem->parts->full)
        wick_snprintf(reason, WICK_COST_SIZE,
                      "symmetric tensors of up to %d indices over k = %zu targets for each of p = %zu students", degree,
                      problem->k, problem->p);
    else if (problem->parts->variance && student->count > 3)
        wick_snprintf(reason, WICK_COST_SIZE, "p^2 n^2 for degree %d, %.2g a term (n = p + k)", degree, p * p * n * n);
    else
        wick_snprintf(reason, WICK_COST_SIZE, "p n^2 for degree %d, %.2g a term (n = p + k)", degree, p * n * n);
}

static void explain_pairs(const wick_problem *problem, wick_kind kind, const char *by, char *reason)
{
    const double p = (double)problem->p;
    if (kind == WICK_KIND_SMOOTH || kind == WICK_KIND_ERF)
        wick_snprintf(reason, WICK_COST_SIZE, "series over p = %zu students, as long as quadrature.tol asks for",
                      problem->p);
    else
        wick_snprintf(reason, WICK_COST_SIZE, "activations with kinks go pair by pair, p^2 = %.2g%s", p * p, by);
}

static void explain_expectations(const wick_problem *problem, const wick_evaluation *evaluation, char *reason)
{
    const double p = (double)problem->p, n = p + (double)problem->k;
    const wick_integrals integrals = wick_evaluation_integrals(evaluation);
    const bool variance = problem->parts->variance;
    const bool closed = (variance ? integrals.four : integrals.two) == WICK_INTEGRAL_CLOSED && !problem->quadrature_forced;
    const char *by = closed ? "" : ", by quadrature";
    if (!problem->parts->full)
        explain_pairs(problem, integrals.kind, integrals.kind == WICK_KIND_KINKS ? ", by quadrature" : "", reason);
    else if (variance)
        wick_snprintf(reason, WICK_COST_SIZE, "expectations over p^2 n^2 / 4 = %.2g quadruples of neurons%s (n = p + k)",
                      p * p * n * n / 4, by);
    else
        wick_snprintf(reason, WICK_COST_SIZE, "expectations over n^2 / 2 = %.2g pairs of neurons%s (n = p + k)", n * n / 2,
                      by);
}

void wick_cost_reason(const wick_problem *problem, char reason[WICK_COST_SIZE])
{
    wick_graph student = WICK_GRAPH_EMPTY, target = WICK_GRAPH_EMPTY;
    reason[0] = '\0';
    if (wick_graph_parse(NULL, "activation", problem->activation, &student) == WICK_OK &&
        wick_graph_parse(NULL, "target_activation", problem->target_activation, &target) == WICK_OK) {
        const wick_polynomial *s = wick_graph_as_polynomial(&student), *s_star = wick_graph_as_polynomial(&target);
        const wick_evaluation evaluation = {.student = &student,
                                            .target = &target,
                                            .parts = problem->parts,
                                            .correlation = problem->rules & WICK_CORRELATION,
                                            .forced = problem->quadrature_forced,
                                            .p = problem->p,
                                            .k = problem->k};
        if (s && s_star && !problem->quadrature_forced)
            explain_polynomials(problem, s, s_star, reason);
        else
            explain_expectations(problem, &evaluation, reason);
    }
    wick_graph_clear(&student);
    wick_graph_clear(&target);
}

double wick_cost_seconds(const wick_system *system)
{
    return system->first_drift > 0 ? system->first_drift : system->products / products_in_second;
}

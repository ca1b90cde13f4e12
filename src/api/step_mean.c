/* The exact mean of one step of SGD at the problem's d, per unit of time [THEORY, section 8]. See wick.h.
 *
 * Per unit of t, with g = gamma/p, eps = g/d, h = 1 - eps kappa, B samples a step:
 *
 *     M    Psi_M - kappa M                          a    (eta_a/gamma) Psi_a - kappa_a a
 *     Q    h Psi_GF - 2 kappa Q + eps kappa^2 Q + g [ (1/B) (1 + (2/d) d/dr) Psi_Var + (1 - 1/B) (1/d) b Omega b^T ]
 *
 * with Psi_Var(r Omega) differentiated at r = 1, whatever the regime. It is computed out of the drifts of other systems:
 *
 *     Psi_Var     the drift in the regime high-dimensional, with gamma = p less with gamma = 0
 *     d/dr        Psi_Var of the activations s + e x s'(x) is a polynomial of degree 4 in e, of slope 2 (1 + d/dr) Psi_Var:
 *                 four more such systems, e = -2h, -h, h, 2h, give it without an error of differences
 *     b           probes: n targets more, with a* = 0, of which number beta has the overlap 1 with field beta alone. They
 *                 change nothing in E, and dM/dt is b there
 */
#include <math.h>
#include <stdlib.h>

#include "api/api.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/text.h"
#include "kernels/kernels.h"
#include "problem/merge.h"

/* What the steps of this file share. Arrays of states are in the order of the problem's, M, Q, a. */
typedef struct {
    wick_context *context;
    wick_problem *problem;
    wick_layout layout;
    size_t dimension;
    const double *state;
    double *flow, *variance, *slope, *scratch; /* Psi, Psi_Var and d/dr of it in the entries of Q */
    double *correlation;                       /* p x p: b Omega b^T */
    bool closed;                               /* nothing goes by quadrature */
    double error;                              /* how far an entry of the mean may be off by it, before the rules' rates */
} step;

enum { WEIGHTS = 4, FINER = 16 };                        /* expectations are asked for that much better than their sums */
static const double weight_of[WEIGHTS] = {1, -8, 8, -1}; /* over 12 h, at -2h, -h, h, 2h */
static const long times_of[WEIGHTS] = {-2, -1, 1, 2};

/* ---- Other problems ----------------------------------------------------------------------------------------------------
 */

static wick_status set_tolerance(const step *of, wick_problem *problem)
{
    char tolerance[32];
    wick_snprintf(tolerance, sizeof tolerance, "%.17g", of->problem->tolerance / FINER);
    return wick_problem_set(of->context, problem, "quadrature.tol", tolerance);
}

/* The same problem in the regime high-dimensional, at the constant rate of t = 0 and without batches, which the drift of
 * plain SGD does not know. */
static wick_status set_variance(const step *of, wick_problem *problem)
{
    char *json = NULL, rate[32];
    WICK_TRY(wick_problem_json(of->context, of->problem, &json));
    wick_snprintf(rate, sizeof rate, "%.17g", of->problem->parameter[WICK_LEARNING_RATE]);
    wick_status status = wick_problem_read_json(of->context, problem, json, "the problem");
    wick_string_free(json);
    if (status == WICK_OK) status = wick_problem_set(of->context, problem, "regime", "high-dimensional");
    if (status == WICK_OK) status = wick_problem_set(of->context, problem, "learning_rate", rate);
    if (status == WICK_OK && wick_rule_has(of->problem->rules, WICK_BATCH))
        status = wick_problem_set(of->context, problem, "batch", "1");
    return status == WICK_OK ? set_tolerance(of, problem) : status;
}

/* Says of a failure what the system was for: the tolerance in it is not the one asked for. */
static wick_status compile(const step *of, wick_problem *problem, wick_system **system)
{
    const wick_status status = wick_system_compile(of->context, problem, system);
    if (status != WICK_ERROR_PROBLEM) return status;
    char *told = wick_copy_string(wick_context_message(of->context));
    if (!told) return wick_fail_memory(of->context, "computing the mean of a step");
    wick_fail(of->context, status, "the mean of a step, whose expectations have a tolerance of quadrature.tol/%d: %s", FINER,
              told);
    free(told);
    return status;
}

/* Fails where x s' jumps: the polynomial in e is none then. */
static wick_status check_jumps(const step *of, const char *key, const char *text)
{
    wick_graph moved;
    double points[WICK_KINK_LIMIT], heights[WICK_KINK_LIMIT];
    WICK_TRY(wick_graph_parse(of->context, key, text, &moved));
    const size_t jumps = wick_graph_jumps(&moved, points, heights);
    wick_graph_clear(&moved);
    for (size_t i = 0; i < jumps; ++i)
        if (points[i] != 0) /* at 0 the factor x takes them away */
            return wick_problem_fail(of->context, of->problem, key,
                                     "the mean of a step is not known for an activation that jumps, or whose slope does, at "
                                     "x = %.6g; at 0 it may",
                                     points[i]);
    return WICK_OK;
}

/* s + times/parts x s' of an activation s, which is `text` and f. */
static wick_status write_moved(const step *of, const char *key, const char *text, const wick_graph *f, long times,
                               long parts, wick_text *moved)
{
    if (wick_graph_size(f, f->derivative) >= WICK_SIZE_LIMIT)
        return wick_problem_fail(
            of->context, of->problem, key,
            "the mean of a step needs its derivative written out, which has %d operations or more; give "
            "a shorter one",
            WICK_SIZE_LIMIT);
    wick_text_printf(moved, "(%s) + %ld/%ld*x*(", text, times, parts);
    wick_graph_print(moved, f, f->derivative);
    wick_text_append(moved, ")");
    return moved->failed ? wick_fail_memory(of->context, "writing an activation") : WICK_OK;
}

/* The activation `text` of a problem to s + times/parts x s'. */
static wick_status move_activation(const step *of, wick_problem *problem, const char *key, const char *text, long times,
                                   long parts)
{
    wick_graph f;
    wick_text moved = WICK_TEXT_EMPTY;
    WICK_TRY(wick_graph_parse(of->context, key, text, &f));
    wick_status status = write_moved(of, key, text, &f, times, parts, &moved);
    if (status == WICK_OK) status = check_jumps(of, key, moved.bytes);
    if (status == WICK_OK) status = wick_problem_set(of->context, problem, key, moved.bytes);
    wick_text_clear(&moved);
    wick_graph_clear(&f);
    return status;
}

static long degree_of(const char *text, wick_context *context)
{
    wick_graph f;
    if (wick_graph_parse(context, "activation", text, &f) != WICK_OK) return 1;
    const wick_polynomial *polynomial = wick_graph_as_polynomial(&f);
    const long degree = polynomial ? (long)polynomial->count - 1 : 2;
    wick_graph_clear(&f);
    return degree > 0 ? degree : 1;
}

/* 1/h: coefficients of x^m change by the factor 1 + m e, which stays within a half and three halves. */
static long parts_of(const step *of)
{
    const long student = degree_of(of->problem->activation, of->context);
    const long target = degree_of(of->problem->target_activation, of->context);
    return 4 * (student > target ? student : target);
}

/* ---- Drifts of plain SGD ----------------------------------------------------------------------------------------------
 */

/* At a rate, into `out`, and how far an entry of it may be off. Fails where it is not finite. */
static wick_status drift_at(step *of, wick_system *system, double rate, const double *state, double *out, double *error)
{
    const unsigned long failed = wick_failed_allocations();
    const double tolerance = system->engine->accuracy ? system->engine->accuracy(system).tolerance : 0;
    system->parameter[WICK_LEARNING_RATE] = rate;
    system->engine->take_parameters(system, NULL);
    system->plain.drift(system->plain.self, 0, state, out);
    if (wick_failed_allocations() != failed) return wick_fail_memory(of->context, "computing the mean of a step");
    double largest = 1;
    for (size_t i = 0; i < system->plain.dimension; ++i) {
        if (!isfinite(out[i]))
            return wick_fail(of->context, WICK_ERROR_DIVERGED, "the mean of a step is not finite at this state");
        largest = fmax(largest, fabs(out[i]));
    }
    *error = tolerance > 0 ? system->engine->last_error(system) * largest : 0;
    if (tolerance > 0) of->closed = false;
    return WICK_OK;
}

/* Adds `weight` Psi_Var of the system to `sum`, and what that may be off to of->error, `errors` times. */
static wick_status add_variance(step *of, wick_system *system, double weight, double errors, double *sum)
{
    const size_t start = wick_layout_start(&of->layout, WICK_BLOCK_Q);
    const size_t end = start + wick_layout_size(&of->layout, WICK_BLOCK_Q);
    const double signs[] = {1, -1};
    for (size_t i = 0; i < 2; ++i) {
        double error = 0;
        WICK_TRY(drift_at(of, system, i == 0 ? (double)of->layout.p : 0, of->state, of->scratch, &error));
        for (size_t s = start; s < end; ++s) sum[s] += signs[i] * weight * of->scratch[s];
        of->error += errors * fabs(weight) * error;
    }
    return WICK_OK;
}

/* g/B of what Psi_Var is in the mean. */
static double variance_rate(const step *of) { return wick_rules_plain_rate(of->problem->parameter) / (double)of->layout.p; }

static wick_status find_variance(step *of)
{
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    double error = 0;
    wick_status status = wick_problem_alloc(of->context, &problem);
    if (status == WICK_OK) status = set_variance(of, problem);
    if (status == WICK_OK) status = compile(of, problem, &system);
    if (status == WICK_OK) status = add_variance(of, system, 1, variance_rate(of), of->variance);
    if (status == WICK_OK) status = drift_at(of, system, 0, of->state, of->flow, &error);
    of->error += error;
    wick_system_free(system);
    wick_problem_free(problem);
    return status;
}

static wick_status add_moved(step *of, size_t which, long parts)
{
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    const double rate = 2 / of->problem->d * variance_rate(of);
    wick_status status = wick_problem_alloc(of->context, &problem);
    if (status == WICK_OK) status = set_variance(of, problem);
    if (status == WICK_OK)
        status = move_activation(of, problem, "target_activation", of->problem->target_activation, times_of[which], parts);
    if (status == WICK_OK)
        status = move_activation(of, problem, "activation", of->problem->activation, times_of[which], parts);
    if (status == WICK_OK) status = compile(of, problem, &system);
    if (status == WICK_OK) status = add_variance(of, system, weight_of[which] * (double)parts / 24, rate, of->slope);
    wick_system_free(system);
    wick_problem_free(problem);
    return status;
}

/* d/dr = (slope in e)/2 - Psi_Var. */
static wick_status find_slope(step *of)
{
    const long parts = parts_of(of);
    for (size_t i = 0; i < WEIGHTS; ++i) WICK_TRY(add_moved(of, i, parts));
    for (size_t s = 0; s < of->dimension; ++s) of->slope[s] -= of->variance[s];
    return WICK_OK;
}

/* ---- Samples of one step with one another ------------------------------------------------------------------------------
 */

/* The classical problem with probes, all overlaps orthonormal for now. */
static wick_status set_probed(const step *of, wick_problem *problem)
{
    const wick_problem *from = of->problem;
    const char *method = from->quadrature_forced ? "quadrature" : from->closed_form_forced ? "closed-form" : NULL;
    char p[32], all[32];
    wick_snprintf(p, sizeof p, "%zu", of->layout.p);
    wick_snprintf(all, sizeof all, "%zu", of->layout.p + 2 * of->layout.k);
    const char *const values[][2] = {{"activation", from->activation},
                                     {"target_activation", from->target_activation},
                                     {"second_layer", from->second_layer_trained ? "trained" : "fixed"},
                                     {"loss", from->rules & WICK_CORRELATION ? "correlation" : "square"},
                                     {"method", method},
                                     {"p", p},
                                     {"k", all},
                                     {"regime", "classical"}};
    for (size_t i = 0; i < sizeof values / sizeof *values; ++i)
        if (values[i][1]) WICK_TRY(wick_problem_set(of->context, problem, values[i][0], values[i][1]));
    return set_tolerance(of, problem);
}

/* Its matrices; `block` holds them all and begins as zeros. E has a*_r/k for each of all its targets. */
static wick_status set_probed_start(const step *of, wick_problem *problem, double *block)
{
    const size_t p = of->layout.p, k = of->layout.k, all = 2 * k + p;
    double *M = block, *a_star = M + p * all, *Q = a_star + all;
    for (size_t r = 0; r < k; ++r) a_star[r] = of->problem->a_star[r] * (double)all / (double)k;
    for (size_t j = 0; j < p; ++j) Q[j * p + j] = 1;
    WICK_TRY(wick_problem_set_matrix(of->context, problem, "Q", Q, p, p));
    WICK_TRY(wick_problem_set_matrix(of->context, problem, "M", M, p, all));
    if (!of->problem->second_layer_trained)
        WICK_TRY(wick_problem_set_matrix(of->context, problem, "a", of->problem->a, 1, p));
    return wick_problem_set_matrix(of->context, problem, "a_star", a_star, 1, all);
}

/* The state with probes, and their overlaps among the system's parameters. A probe's norm leaves its correlation with its
 * field below 1. */
static void place_probes(const step *of, const double *omega, wick_system *system, double *state)
{
    const size_t p = of->layout.p, k = of->layout.k, n = p + k, all = k + n;
    const wick_layout *layout = &system->plain.layout;
    double *const P = system->parameters + wick_given_start(p, all, WICK_BLOCK_P);
    for (size_t j = 0; j < p; ++j) {
        for (size_t l = j; l < p; ++l) state[wick_layout_at(layout, WICK_BLOCK_Q, j, l)] = omega[j * n + l];
        for (size_t r = 0; r < k; ++r) state[wick_layout_at(layout, WICK_BLOCK_M, j, r)] = omega[j * n + p + r];
        if (wick_layout_has(layout, WICK_BLOCK_LAYER))
            state[wick_layout_at(layout, WICK_BLOCK_LAYER, j, 0)] =
                of->state[wick_layout_at(&of->layout, WICK_BLOCK_LAYER, j, 0)];
    }
    for (size_t r = 0; r < k; ++r)
        for (size_t s = 0; s < k; ++s) P[r * all + s] = omega[(p + r) * n + p + s];
    for (size_t b = 0; b < n; ++b) {
        const double own = omega[b * n + b];
        if (!(own > 0)) continue; /* a field that is 0 */
        P[(k + b) * all + k + b] = 2 / own;
        if (b < p)
            state[wick_layout_at(layout, WICK_BLOCK_M, b, k + b)] = 1;
        else
            P[(b - p) * all + k + b] = P[(k + b) * all + b - p] = 1;
    }
}

/* b, the entries of M of the probes in `drift`, to b Omega b^T. `half` holds p x n. */
static void correlate(step *of, const wick_layout *layout, const double *drift, const double *omega, double *half)
{
    const size_t p = of->layout.p, k = of->layout.k, n = p + k;
    for (size_t j = 0; j < p; ++j)
        for (size_t b = 0; b < n; ++b) {
            half[j * n + b] = 0;
            for (size_t a = 0; a < n; ++a)
                half[j * n + b] += drift[wick_layout_at(layout, WICK_BLOCK_M, j, k + a)] * omega[a * n + b];
        }
    for (size_t j = 0; j < p; ++j)
        for (size_t l = 0; l < p; ++l)
            for (size_t b = 0; b < n; ++b)
                of->correlation[j * p + l] += half[j * n + b] * drift[wick_layout_at(layout, WICK_BLOCK_M, l, k + b)];
}

/* What an error of the entries of b makes of (g/d) b Omega b^T, on both sides of it. */
static double correlation_error(const step *of, const double *half, const double *omega, double error)
{
    const size_t p = of->layout.p, n = p + of->layout.k;
    double sum = 0;
    for (size_t i = 0; i < p * n; ++i) sum += 2 * fabs(half[i]);
    for (size_t i = 0; i < n * n; ++i) sum += error * fabs(omega[i]);
    return of->problem->parameter[WICK_LEARNING_RATE] / (double)p / of->problem->d * error * sum;
}

static wick_status probe(step *of, wick_system *system)
{
    const size_t p = of->layout.p, n = p + of->layout.k, dimension = system->plain.dimension;
    double *const block = wick_allocate(2 * dimension + n * n + p * n, 1, sizeof *block);
    if (!block) return wick_fail_memory(of->context, "computing the mean of a step");
    double *state = block, *drift = state + dimension, *omega = drift + dimension, *half = omega + n * n, error = 0;
    wick_kernels()->overlaps(p, n - p, n, of->state, of->problem->P, omega);
    place_probes(of, omega, system, state);
    const wick_status status = drift_at(of, system, 0, state, drift, &error);
    if (status == WICK_OK) correlate(of, &system->plain.layout, drift, omega, half);
    if (status == WICK_OK) of->error += correlation_error(of, half, omega, error);
    free(block);
    return status;
}

static wick_status find_correlation(step *of)
{
    const size_t p = of->layout.p, all = 2 * of->layout.k + p;
    if (!(of->problem->parameter[WICK_BATCH] > 1)) return WICK_OK;
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    double *block = wick_allocate(p + 1, all + p, sizeof *block);
    wick_status status =
        block ? wick_problem_alloc(of->context, &problem) : wick_fail_memory(of->context, "computing the mean of a step");
    if (status == WICK_OK) status = set_probed(of, problem);
    if (status == WICK_OK) status = set_probed_start(of, problem, block);
    if (status == WICK_OK) status = compile(of, problem, &system);
    if (status == WICK_OK) status = probe(of, system);
    wick_system_free(system);
    wick_problem_free(problem);
    free(block);
    return status;
}

/* ---- Together --------------------------------------------------------------------------------------------------------
 */

static void assemble(const step *of, double *mean)
{
    const size_t p = of->layout.p;
    const double *parameter = of->problem->parameter;
    const double d = of->problem->d, g = parameter[WICK_LEARNING_RATE] / (double)p, eps = g / d;
    const double kappa = parameter[WICK_WEIGHT_DECAY], B = parameter[WICK_BATCH];
    for (size_t s = 0; s < of->dimension; ++s) mean[s] = of->flow[s];
    for (size_t j = 0; j < p; ++j)
        for (size_t l = j; l < p; ++l) {
            const size_t at = wick_layout_at(&of->layout, WICK_BLOCK_Q, j, l);
            const double own = of->variance[at] + 2 / d * of->slope[at];
            mean[at] = (1 - eps * kappa) * of->flow[at] + eps * kappa * kappa * of->state[at] +
                       g * (own / B + (1 - 1 / B) / d * of->correlation[j * p + l]);
        }
    const wick_rules rules = wick_rules_of(of->problem->rules, p, parameter);
    wick_rules_apply(&rules, &of->layout, of->state, mean);
}

/* With the rules' rates. */
static wick_status judge(const step *of, wick_accuracy *accuracy)
{
    const wick_rules rules = wick_rules_of(of->problem->rules, of->layout.p, of->problem->parameter);
    double rate = 0;
    for (size_t i = 0; i < WICK_LAYER_COUNT; ++i) rate = fmax(rate, rules.layer[i].rate);
    const wick_accuracy reached = {of->closed ? 0 : of->problem->tolerance, fmax(1, rate) * of->error};
    if (accuracy) *accuracy = reached;
    if (reached.error <= reached.tolerance) return WICK_OK;
    return wick_fail(of->context, WICK_ERROR_TOLERANCE,
                     "quadrature.tol: the mean of a step is known to %.3g alone, %.3g was asked for", reached.error,
                     reached.tolerance);
}

static wick_status check(wick_context *context, wick_problem *problem, const double *state)
{
    WICK_TRY(wick_problem_check(context, problem, WICK_FOR_DRIFT));
    if (!problem->parts->full)
        return wick_problem_fail(context, problem, "regime",
                                 "the mean of a step is one of M and Q; found %s, which keeps the norms q alone",
                                 problem->parts->name);
    if (problem->rules & WICK_CONSTRAINTS)
        return wick_problem_fail(context, problem, "constraint",
                                 "the mean of a step has no closed form where weights are normalised");
    if (!(problem->d > 0)) return wick_problem_fail(context, problem, "d", "missing; the mean of a step depends on it");
    if (!wick_json_at(problem->complete, "learning_rate"))
        return wick_problem_fail(context, problem, "learning_rate", "missing; a step is of some size");
    return state ? WICK_OK : wick_fail(context, WICK_ERROR_PROBLEM, "state: found NULL, an array of numbers is needed");
}

wick_status wick_step_mean(wick_context *context, wick_problem *problem, const double *state, double *mean,
                           wick_accuracy *accuracy)
{
    WICK_TRY(check(context, problem, state));
    step of = {.context = context,
               .problem = problem,
               .layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
               .state = state,
               .closed = true};
    const size_t p = problem->p;
    if (!wick_layout_dimension(&of.layout, &of.dimension))
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p,
                         problem->k);
    double *const block = wick_allocate(of.dimension, 4, sizeof *block);
    of.correlation = wick_allocate(p, p, sizeof *of.correlation);
    wick_status status = block && of.correlation ? WICK_OK : wick_fail_memory(context, "computing the mean of a step");
    if (status == WICK_OK) {
        of.flow = block, of.variance = of.flow + of.dimension;
        of.slope = of.variance + of.dimension, of.scratch = of.slope + of.dimension;
        status = find_variance(&of);
    }
    if (status == WICK_OK) status = find_slope(&of);
    if (status == WICK_OK) status = find_correlation(&of);
    if (status == WICK_OK) assemble(&of, mean);
    if (status == WICK_OK) status = judge(&of, accuracy);
    free(of.correlation);
    free(block);
    return status;
}

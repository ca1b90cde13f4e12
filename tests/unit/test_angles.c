/* The mean field of relu and its kin by angles: rules over xi keep the error they tell, for pairs at any distance; the drift
 * and the risk are those of tables of pairs, which share no sum with them; and their digits do not depend on threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "kernels/kernels.h"
#include "particles/angle_rules.h"
#include "particles/interaction.h"
#include "support.h"

enum { K = 2, P_LIMIT = 300, OUT = P_LIMIT * (K + 1) };

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

typedef struct {
    double near, far, twice, freedom;
    int average; /* of sin theta, pi - theta, xi (pi - theta); -1: the density */
} pair;

/* At the angle psi, xi = sin psi, measured from the nearer end of the range: x = pi/2 - |psi|, whose digits count. */
static double at_end(const pair *of, double x, double side)
{
    const double small = 2 * pow(sin(x / 2), 2), density = pow(sin(x), of->freedom - 2);
    const double minus = of->near + of->twice * (side > 0 ? small : 2 - small);
    const double plus = of->far + of->twice * (side > 0 ? 2 - small : small);
    const double opening = 2 * atan2(sqrt(plus), sqrt(minus));
    switch (of->average) {
    case 0: return density * 0.5 * sqrt(minus) * sqrt(plus);
    case 1: return density * opening;
    case 2: return density * opening * side * cos(x);
    default: return density;
    }
}

static double both_ends(double x, void *of) { return at_end(of, x, 1) + at_end(of, x, -1); }

static double integrate(const pair *of, gsl_integration_workspace *workspace)
{
    const double delta = fmin(of->near, of->far) / of->twice;
    double points[] = {0, fmin(1, sqrt(2 * delta)), acos(0)}, result,
           error; /* the square roots lie at about that distance */
    const gsl_function f = {both_ends, (void *)(uintptr_t)of};
    assert_int_equal(gsl_integration_qagp(&f, points, 3, 1e-12, 1e-11, 1000, workspace, &result, &error), 0);
    return result;
}

static void check_pair(const wick_angle_rules *rules, pair of, gsl_integration_workspace *workspace, double *worst)
{
    size_t place[2], start[WICK_ANGLE_RULES + 1], level = 0;
    double found[3];
    const double error = wick_angle_rules_sort(rules, 1, &of.near, &of.far, &of.twice, place, start, NULL);
    while (start[level + 1] <= place[0]) ++level;
    const wick_rotations *rule = &rules->rule[level];
    wick_kernels()->angles(1, rule->count, rule->node, rule->weight, &of.near, &of.far, &of.twice, found, found + 1,
                           found + 2);
    of.average = -1;
    const double total = integrate(&of, workspace);
    for (of.average = 0; of.average < 3; of.average++) {
        const double expected = integrate(&of, workspace) / total, reached = fabs(found[of.average] - expected);
        if (!(reached <= error + 1e-11))
            fail_msg("D %g, near %g, far %g, twice %g, average %d: error %g, estimated %g", of.freedom, of.near, of.far,
                     of.twice, of.average, reached, error);
        *worst = fmax(*worst, reached);
    }
}

static void test_rules(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(1000);
    static const double freedoms[] = {2, 3, 5, 20}, tolerances[] = {1e-5, 1e-8};
    const size_t pairs = wick_test_is_sanitized() ? 100 : 1000;
    for (size_t d = 0; d < 4; d++)
        for (size_t t = 0; t < 2; t++) {
            wick_angle_rules rules;
            double worst = 0;
            assert_true(wick_angle_rules_make(freedoms[d], tolerances[t], &rules));
            for (size_t i = 0; i < pairs; i++) {
                const double delta = exp2(gsl_ran_flat(rng, -45, 8));
                const double w = exp2(i % 2 ? 0 : gsl_ran_flat(rng, -40, 0)) * gsl_rng_uniform_pos(rng) / (1 + delta);
                pair of = {.near = 2 * w * delta, .twice = 2 * w, .freedom = freedoms[d]};
                of.far = 4 - 2 * of.twice - of.near;
                if (i % 3 == 0) of = (pair){of.far, of.near, of.twice, of.freedom, 0};
                check_pair(&rules, of, workspace, &worst);
            }
            assert_true(worst <= tolerances[t]);
            wick_angle_rules_clear(&rules);
        }
    gsl_integration_workspace_free(workspace);
    gsl_rng_free(rng);
}

/* ---- Sums -------------------------------------------------------------------------------------------------------- */

typedef wick_status interact(wick_context *, const wick_evaluation *, const wick_frame *, wick_interaction *);

static wick_status by_tables(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                             wick_interaction *interaction)
{
    wick_text source = WICK_TEXT_EMPTY;
    const wick_status status = wick_interact_by_tables(context, of, frame, &source, interaction);
    wick_text_clear(&source);
    return status;
}

/* Drift and, behind it, the risk. */
static void evaluate(interact *way, const wick_evaluation *of, const wick_frame *frame, const double *state, double *out)
{
    wick_context *context = wick_context_alloc();
    wick_interaction made;
    if (way(context, of, frame, &made) != WICK_OK) fail_msg("%s", wick_context_message(context));
    assert_true(made.drift(made.self, state, 0.25, out) <= of->tolerance);
    assert_true(made.excess_risk(made.self, state, out + frame->p * (frame->k + 1)) <= of->tolerance);
    made.release(made.self);
    wick_context_free(context);
}

/* Students of any length: some alike, some in the target's space, some opposite to a target, one that is zero. */
static void draw(gsl_rng *rng, size_t p, double *state)
{
    double *q = state + p * K;
    for (size_t i = 0; i < p; i++) {
        for (size_t r = 0; r < K; r++) state[i * K + r] = gsl_ran_gaussian(rng, 0.5);
        q[i] = pow(gsl_ran_gaussian(rng, 0.7), 2);
        if (i % 7 == 1) q[i] = 0;
        if (i % 11 == 2) memcpy(state + i * K, state + (i - 1) * K, K * sizeof *state), q[i] = q[i - 1];
        if (i % 13 == 3) state[i * K] = -1.25, state[i * K + 1] = -0.5, q[i] = 1e-14; /* P's first row */
    }
    state[K] = state[K + 1] = q[1] = 0;
}

static const char *const activations[][2] = {{"relu", "relu"}, {"leaky_relu(x, 1/8)", "abs(x)"}, {"x + 2*abs(x)", "x"}};

static void check(gsl_rng *rng, size_t p, double freedom, size_t which)
{
    const double P[K * K] = {1.25, 0.5, 0.5, 0.75}, a_star[K] = {1, -0.5};
    double a[P_LIMIT], at[OUT], angles[OUT + 1], tables[OUT + 1], threads[OUT + 1];
    wick_context *context = wick_context_alloc();
    wick_graph student, target;
    wick_frame frame;
    for (size_t i = 0; i < p; i++) a[i] = 0.5 + gsl_rng_uniform(rng);
    draw(rng, p, at);
    assert_int_equal(wick_graph_parse(context, "activation", activations[which][0], &student), WICK_OK);
    assert_int_equal(wick_graph_parse(context, "activation", activations[which][1], &target), WICK_OK);
    assert_int_equal(wick_frame_make(context, &(wick_frame_sizes){p, K, freedom, P, a, a_star}, &frame), WICK_OK);
    const wick_evaluation of = {.student = &student,
                                .target = &target,
                                .parts = wick_regime_at(WICK_CLASSICAL_NOISE),
                                .tolerance = 1e-6,
                                .p = p,
                                .k = K};
    omp_set_num_threads(1);
    evaluate(wick_interact_by_angles, &of, &frame, at, angles);
    omp_set_num_threads(3);
    evaluate(wick_interact_by_angles, &of, &frame, at, threads);
    assert_memory_equal(angles, threads, (p * (K + 1) + 1) * sizeof *angles);
    evaluate(by_tables, &of, &frame, at, tables);
    const double errors[] = {wick_test_error(angles, tables, p * K), wick_test_error(angles + p * K, tables + p * K, p),
                             wick_test_error(angles + p * (K + 1), tables + p * (K + 1), 1)};
    for (size_t i = 0; i < 3; i++)
        if (!(errors[i] < 4e-6))
            fail_msg("%s, p %zu, D %g, part %zu: relative error %g", activations[which][0], p, freedom, i, errors[i]);
    wick_frame_clear(&frame);
    wick_graph_clear(&student);
    wick_graph_clear(&target);
    wick_context_free(context);
}

static void test_sums(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const double freedoms[] = {1, 2, 3, 30, INFINITY};
    for (size_t i = 0; i < 5; i++)
        for (size_t which = 0; which < 3; which++) check(rng, 30, freedoms[i], which);
    check(rng, wick_test_is_sanitized() ? 260 : P_LIMIT, 2, 1); /* several chunks */
    check(rng, P_LIMIT, INFINITY, 0);
    gsl_rng_free(rng);
}

/* Integrators step a little below q = 0, where a student comes to lie in the target's space. */
static void test_below_zero(void **state)
{
    (void)state;
    enum { STUDENTS = 4, SIZE = STUDENTS * 2 };
    static interact *const ways[] = {wick_interact_by_angles, by_tables};
    static const char *const expressions[] = {"relu", "relu(x - 1/8)"};
    const double P[1] = {1}, a_star[1] = {1}, at[SIZE] = {0.5, -0.25, 1, 0.125, 0.25, 0, 0.5, 0.25};
    for (size_t way = 0; way < 2; way++) {
        wick_context *context = wick_context_alloc();
        wick_graph activation;
        wick_frame frame;
        double zero[SIZE + 1], below[SIZE + 1], state_below[SIZE], not_finite[SIZE];
        assert_int_equal(wick_graph_parse(context, "activation", expressions[way], &activation), WICK_OK);
        assert_int_equal(wick_frame_make(context, &(wick_frame_sizes){STUDENTS, 1, 2, P, NULL, a_star}, &frame), WICK_OK);
        const wick_evaluation of = {.student = &activation,
                                    .target = &activation,
                                    .parts = wick_regime_at(WICK_CLASSICAL_NOISE),
                                    .tolerance = 1e-4,
                                    .p = STUDENTS,
                                    .k = 1};
        memcpy(state_below, at, sizeof at);
        state_below[STUDENTS + 1] = -1e-10;
        evaluate(ways[way], &of, &frame, at, zero);
        evaluate(ways[way], &of, &frame, state_below, below);
        for (size_t i = 0; i <= SIZE; i++) assert_true(fabs(below[i] - zero[i]) < 1e-9);
        wick_interaction made;
        memcpy(not_finite, at, sizeof at);
        not_finite[STUDENTS + 1] = NAN;
        assert_int_equal(ways[way](context, &of, &frame, &made), WICK_OK);
        assert_true(isnan(made.drift(made.self, not_finite, 0, below)));
        made.release(made.self);
        wick_frame_clear(&frame);
        wick_graph_clear(&activation);
        wick_context_free(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_below_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

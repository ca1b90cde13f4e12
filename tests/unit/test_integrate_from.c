/* Integrations that start where the caller says; and states that are refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "start.h"
#include "support.h"

/* ---- Another start ----------------------------------------------------------------------------------------------- */

static void test_integrate_from(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        wick_system *system = compile(context, problem);
        double start[LARGEST_DIMENSION], initial[LARGEST_DIMENSION];
        const size_t dimension = wick_system_dimension(system);
        set(context, problem, "seed", "7");
        check_status(context, wick_system_follow(context, system, problem));
        check_status(context, wick_system_initial_state(context, system, start));
        const curve expected = integrate(context, problem, system);
        set(context, problem, "seed", "1");
        curve found = {.count = 0};
        wick_report report;
        check_status(context, wick_integrate_from(context, problem, system, start, dimension, keep, NULL, &found, &report));
        found.drifts = report.drift_evaluations;
        found.error = wick_system_accuracy(system).error;
        check_same(kinds[i].name, &found, &expected);
        check_status(context, wick_system_initial_state(context, system, initial)); /* that of the problem */
        assert_memory_not_equal(initial, start, dimension * sizeof *start);

        /* The end of an integration is a start: from there the curve goes on. */
        curve on = {.count = 0};
        set(context, problem, "at", "[0]");
        check_status(context, wick_integrate_from(context, problem, system, found.last, dimension, keep, NULL, &on, NULL));
        assert_true(fabs(on.first_risk - found.values[found.count - dimension - 2]) <= 2e-8);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* From the middle to the end is as far as from the start to the end. */
static void test_going_on(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &kinds[POLYNOMIAL]);
    set(context, problem, "at", "[2, 4]");
    wick_system *system = compile(context, problem);
    const curve whole = integrate(context, problem, system);
    curve half = {.count = 0};
    set(context, problem, "at", "[2]");
    check_status(context,
                 wick_integrate_from(context, problem, system, whole.values + 3, whole.dimension, keep, NULL, &half, NULL));
    assert_true(wick_test_error(half.last, whole.last, whole.dimension) < 1e-6);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void refuse(wick_context *context, wick_problem *problem, wick_system *system, const double *start, size_t dimension,
                   const char *expected)
{
    curve none = {.count = 0};
    assert_int_equal(wick_integrate_from(context, problem, system, start, dimension, keep, NULL, &none, NULL),
                     WICK_ERROR_PROBLEM);
    if (!strstr(wick_context_message(context), expected)) fail_msg("%s", wick_context_message(context));
    assert_int_equal(none.count, 0);
}

static void test_refused_states(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &kinds[TRAINED]);
    wick_system *system = compile(context, problem);
    const size_t dimension = wick_system_dimension(system);
    double start[LARGEST_DIMENSION] = {0}, good[LARGEST_DIMENSION];
    assert_int_equal(dimension, 15);
    check_status(context, wick_system_initial_state(context, system, good));
    refuse(context, problem, system, NULL, dimension, "state: found NULL, an array of 15 numbers");
    refuse(context, problem, system, good, 12,
           "state: found 12 entries, the system has 15: M (3 x 2), the upper triangle of Q, a, each row by row");
    memcpy(start, good, sizeof good);
    start[7] = NAN;
    refuse(context, problem, system, start, dimension, "state: entry 7, Q[1,2], is nan; it must be a finite number");
    start[7] = good[7], start[14] = -INFINITY;
    refuse(context, problem, system, start, dimension, "state: entry 14, a[3], is -inf");
    start[14] = -3, start[6] = -1e-3;
    refuse(context, problem, system, start, dimension, "[[Q, M], [M^T, P]] is not positive semidefinite: smallest eigenv");
    start[6] = good[6], start[0] = 10; /* larger than the norms of its weights allow */
    refuse(context, problem, system, start, dimension, "is not positive semidefinite");
    const double nearly[15] = {1, 0, 0, 1, 1, 0, 1 - 1e-8, 0, 1, 1, 0, 1, 1, 1, 1}; /* the targets themselves, nearly */
    check_status(context, wick_integrate_from(context, problem, system, nearly, dimension, NULL, NULL, NULL, NULL));
    const double zero[15] = {0};
    check_status(context, wick_integrate_from(context, problem, system, zero, dimension, NULL, NULL, NULL, NULL));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_refused_reduced_states(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t reduced[] = {PARTICLES, ERF_SERIES};
    for (size_t i = 0; i < sizeof reduced / sizeof *reduced; i++) {
        wick_problem *problem = make_problem(context, &kinds[reduced[i]]);
        wick_system *system = compile(context, problem);
        double start[9] = {0.1, 0.2, 0.3, 0.1, 0, 0, 0.5, -0.1, 0.5};
        refuse(context, problem, system, start, 12, "state: found 12 entries, the system has 9: M (3 x 2), q, each");
        refuse(context, problem, system, start, 9, "state: q[2] is -0.1; it must not be negative");
        start[7] = -1e-9;
        check_status(context, wick_integrate_from(context, problem, system, start, 9, NULL, NULL, NULL, NULL));
        set(context, problem, "d", "2");
        refuse(context, problem, system, start, 9, "state: q[1] is 0.5; with d = k it must be 0");
        start[6] = start[8] = 1e-12;
        start[4] = 1;
        refuse(context, problem, system, (double[9]){[7] = INFINITY}, 9, "state: entry 7, q[2], is inf");
        curve shown = {.count = 0};
        set(context, problem, "at", "[0]");
        refuse(context, problem, system, (double[9]){[8] = 1}, 9, "state: q[3] is 1; with d = k");
        check_status(context, wick_integrate_from(context, problem, system, start, 9, keep, NULL, &shown, NULL));
        assert_true(shown.last[6] == 0 && shown.last[8] == 0);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integrate_from),
        cmocka_unit_test(test_going_on),
        cmocka_unit_test(test_refused_states),
        cmocka_unit_test(test_refused_reduced_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

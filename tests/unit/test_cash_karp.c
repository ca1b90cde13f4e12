/* The stepper of Cash and Karp against GSL's: the same step, the same error, from half the memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "solve/cash_karp.h"
#include "support.h"

typedef struct {
    size_t dimension, calls, fails_at; /* 0: never */
} problem;

/* A ring of coupled pendulums, driven in time. */
static int right_hand_side(double t, const double y[], double dydt[], void *parameters)
{
    problem *p = parameters;
    if (++p->calls == p->fails_at) return GSL_FAILURE;
    for (size_t i = 0; i < p->dimension; i++)
        dydt[i] = sin(y[(i + 1) % p->dimension]) - 0.3 * y[i] + cos(t) / (double)(i + 1);
    return GSL_SUCCESS;
}

static double *allocate(size_t count)
{
    double *numbers = calloc(count, sizeof *numbers);
    assert_non_null(numbers);
    return numbers;
}

/* One step of each from the same state. */
static void compare_step(size_t dimension)
{
    problem parameters = {.dimension = dimension};
    const gsl_odeiv2_system system = {right_hand_side, NULL, dimension, &parameters};
    gsl_odeiv2_step *ours = gsl_odeiv2_step_alloc(wick_step_cash_karp, dimension);
    gsl_odeiv2_step *theirs = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rkck, dimension);
    assert_true(ours != NULL && theirs != NULL);
    assert_int_equal(gsl_odeiv2_step_order(ours), gsl_odeiv2_step_order(theirs));
    assert_string_equal(gsl_odeiv2_step_name(ours), gsl_odeiv2_step_name(theirs));
    double *values[2][4]; /* y, its error, the first slope, the last */
    for (size_t i = 0; i < 8; i++) values[i / 4][i % 4] = allocate(dimension);
    for (size_t i = 0; i < dimension; i++) values[0][0][i] = values[1][0][i] = sin(3.0 * (double)i) + 0.5;
    for (size_t i = 0; i < 2; i++) {
        double **v = values[i];
        right_hand_side(0.7, v[0], v[2], &parameters);
        parameters.calls = 0;
        assert_int_equal(gsl_odeiv2_step_apply(i == 0 ? ours : theirs, 0.7, 0.4, v[0], v[1], v[2], v[3], &system), 0);
        assert_int_equal(parameters.calls, 6);
    }
    assert_true(wick_test_error(values[0][0], values[1][0], dimension) < 1e-15);
    assert_true(wick_test_error(values[0][1], values[1][1], dimension) < 1e-9); /* what is left of numbers near one */
    assert_true(wick_test_error(values[0][3], values[1][3], dimension) < 1e-15);
    for (size_t i = 0; i < 8; i++) free(values[i / 4][i % 4]);
    gsl_odeiv2_step_free(ours);
    gsl_odeiv2_step_free(theirs);
}

static void test_same_step(void **state)
{
    (void)state;
    compare_step(1);
    compare_step(2);
    compare_step(1023);
    compare_step(1024);
    compare_step(5001); /* several blocks, the last one short */
}

/* With an evolution around it, the same way of the same number of steps. */
static void test_same_way(void **state)
{
    (void)state;
    enum { DIMENSION = 3 };
    double y[2][DIMENSION] = {{0.5, -1, 2}, {0.5, -1, 2}};
    size_t steps[2];
    for (size_t i = 0; i < 2; i++) {
        problem parameters = {.dimension = DIMENSION};
        gsl_odeiv2_system system = {right_hand_side, NULL, DIMENSION, &parameters};
        gsl_odeiv2_driver *driver =
            gsl_odeiv2_driver_alloc_y_new(&system, i == 0 ? wick_step_cash_karp : gsl_odeiv2_step_rkck, 1e-3, 1e-10, 1e-10);
        double t = 0;
        assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, 20, y[i]), GSL_SUCCESS);
        steps[i] = driver->e->count;
        gsl_odeiv2_driver_free(driver);
    }
    assert_int_equal(steps[0], steps[1]);
    assert_true(wick_test_error(y[0], y[1], DIMENSION) < 1e-12);
}

/* A drift that fails at any of the six slopes fails the step; the evolution then halves it, and goes on. */
static void test_failing_drift(void **state)
{
    (void)state;
    for (size_t fails_at = 2; fails_at <= 7; fails_at++) { /* call number 1 is the evolution's own */
        problem parameters = {.dimension = 2, .fails_at = fails_at};
        gsl_odeiv2_system system = {right_hand_side, NULL, 2, &parameters};
        gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, wick_step_cash_karp, 0.25, 1, 1);
        double t = 0, y[2] = {1, 2}, expected[2] = {1, 2};
        assert_int_equal(gsl_odeiv2_evolve_apply(driver->e, driver->c, driver->s, &system, &t, 1, &driver->h, y),
                         GSL_SUCCESS);
        assert_true(t == 0.125 && driver->e->failed_steps == 1);
        gsl_odeiv2_driver_free(driver);

        parameters = (problem){.dimension = 2};
        driver = gsl_odeiv2_driver_alloc_y_new(&system, wick_step_cash_karp, 0.125, 1, 1);
        t = 0;
        assert_int_equal(gsl_odeiv2_evolve_apply(driver->e, driver->c, driver->s, &system, &t, 1, &driver->h, expected),
                         GSL_SUCCESS);
        assert_memory_equal(y, expected, sizeof y);
        gsl_odeiv2_driver_free(driver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_step),
        cmocka_unit_test(test_same_way),
        cmocka_unit_test(test_failing_drift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Implicit steppers: with the Jacobian of a dynamics and with differences of its drift, against known solutions; and what
 * happens where either cannot be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "solve/integrate.h"
#include "solve/jacobian.h"

/* y' = -1000 (y - cos z), z' = 1: stiff, with a solution that is smooth. y -> (cos z + e sin z) / (1 + e^2), e = 1/1000. */
enum { RATE = 1000, Y = 0, Z = 1 };

typedef struct {
    size_t drifts, jacobians;
    bool broken; /* no entry of the Jacobian is finite */
} counts;

static void stiff(void *self, double time, const double *state, double *drift)
{
    (void)time;
    ++((counts *)self)->drifts;
    drift[Y] = -RATE * (state[Y] - cos(state[Z]));
    drift[Z] = 1;
}

static void stiff_jacobian(void *self, double time, const double *state, double *jacobian)
{
    (void)time;
    counts *of = self;
    ++of->jacobians;
    const double rows[] = {-RATE, -RATE * sin(state[Z]), 0, 0};
    for (size_t i = 0; i < 4; ++i) jacobian[i] = of->broken ? NAN : rows[i];
}

static double slow_solution(double t) { return (cos(t) + sin(t) / RATE) / (1 + 1.0 / RATE / RATE); }

static double first_entry(void *self, const double *state)
{
    (void)self;
    return state[0];
}

static wick_dynamics stiff_dynamics(counts *of, bool exact)
{
    return (wick_dynamics){
        .dimension = 2, .self = of, .drift = stiff, .excess_risk = first_entry, .jacobian = exact ? stiff_jacobian : NULL};
}

static const struct {
    const char *method;
    double rtol, error; /* what it reaches there */
    size_t drifts;      /* with which it gets there, if few; rk8pd needs more than 20000 */
} methods[] = {
    {"bsimp", 1e-8, 1e-6, 12000}, {"rk1imp", 1e-4, 1e-3, 0},   {"rk2imp", 1e-6, 1e-4, 0},
    {"rk4imp", 1e-6, 1e-4, 0},    {"msbdf", 1e-8, 1e-6, 4000},
};

enum { METHODS = sizeof methods / sizeof *methods };

static void test_stiff(void **unused)
{
    (void)unused;
    static const double times[] = {0.01, 1, 10, 20};
    for (size_t m = 0; m < METHODS; ++m)
        for (int exact = 0; exact < 2; ++exact) {
            counts of = {0};
            const wick_dynamics dynamics = stiff_dynamics(&of, exact);
            const wick_integration integration = {.method = methods[m].method,
                                                  .rtol = methods[m].rtol,
                                                  .atol = methods[m].rtol,
                                                  .times = times,
                                                  .time_count = 4};
            double state[] = {0.5, 0};
            wick_report report;
            assert_int_equal(wick_solve(NULL, &dynamics, &integration, state, NULL, NULL, NULL, &report), WICK_OK);
            if (!(fabs(state[Y] - slow_solution(20)) < methods[m].error) || !(fabs(state[Z] - 20) < 1e-6))
                fail_msg("%s: %.12g, should be %.12g", methods[m].method, state[Y], slow_solution(20));
            assert_int_equal(report.drift_evaluations, of.drifts);
            assert_true(report.jacobian_evaluations > 0);
            assert_int_equal(of.jacobians, exact ? report.jacobian_evaluations : 0);
            if (exact && methods[m].drifts > 0 && report.drift_evaluations > methods[m].drifts)
                fail_msg("%s: %zu drifts", methods[m].method, report.drift_evaluations);
        }
}

static void test_explicit_methods_need_more(void **unused)
{
    (void)unused;
    static const double times[] = {20};
    counts of = {0};
    const wick_dynamics dynamics = stiff_dynamics(&of, true);
    const wick_integration integration = {.method = "rk8pd", .rtol = 1e-8, .atol = 1e-10, .times = times, .time_count = 1};
    double state[] = {0.5, 0};
    wick_report report;
    assert_int_equal(wick_solve(NULL, &dynamics, &integration, state, NULL, NULL, NULL, &report), WICK_OK);
    assert_true(report.drift_evaluations > 20000);
    assert_int_equal(report.jacobian_evaluations, 0);
    assert_int_equal(of.jacobians, 0);
}

static int keep_values(void *user, const wick_point *point)
{
    double *values = user;
    values[point->index] = point->state[0];
    return 0;
}

/* ---- Differences ------------------------------------------------------------------------------------------------- */

/* Entries of very different size; the drift cannot be computed beyond y_1 = 1, where the state is. */
static void edge(void *self, double time, const double *state, double *drift)
{
    (void)time;
    ++((counts *)self)->drifts;
    drift[0] = state[0] * state[0] * 1e6 + state[2];
    drift[1] = state[1] > 1 ? NAN : sin(state[1]) * state[0];
    drift[2] = exp(state[2]);
}

static void test_differences(void **unused)
{
    (void)unused;
    counts of = {0};
    const wick_dynamics dynamics = {.dimension = 3, .self = &of, .drift = edge, .excess_risk = first_entry};
    wick_walk walk = {.dynamics = &dynamics};
    const double state[] = {1e-2, 1, 0}, kept[] = {1e-2, 1, 0};
    const double expected[] = {2e4, 0, 1, sin(1), cos(1) * 1e-2, 0, 0, 0, 1};
    double jacobian[9], scratch[9];
    assert_true(wick_walk_jacobian(&walk, 0, state, scratch, jacobian));
    for (size_t i = 0; i < 9; ++i)
        if (!(fabs(jacobian[i] - expected[i]) < 1e-4 * fmax(1e-2, fabs(expected[i]))))
            fail_msg("entry %zu: %.12g, should be %.12g", i, jacobian[i], expected[i]);
    assert_memory_equal(state, kept, sizeof kept);
    assert_int_equal(walk.report.drift_evaluations, of.drifts);
    assert_int_equal(of.drifts, 7); /* two for each entry, and one at the state itself */
    assert_int_equal(walk.report.jacobian_evaluations, 1);
    assert_false(walk.met_pole);
    const double beyond[] = {1, 2, 0};
    assert_false(wick_walk_jacobian(&walk, 0, beyond, scratch, jacobian));
    assert_true(walk.met_pole);
}

/* ---- A drift that depends on the time ----------------------------------------------------------------------------- */

/* y' = 50 (cos(t) - y), from 0 */
static void driven(void *self, double time, const double *state, double *drift)
{
    ++((counts *)self)->drifts;
    drift[0] = 50 * (cos(time) - state[0]);
}

static void driven_slope(void *self, double time, const double *state, double *slope)
{
    (void)self, (void)state;
    slope[0] = -50 * sin(time);
}

static double driven_solution(double t) { return (2500 * cos(t) + 50 * sin(t)) / 2501 - 2500.0 / 2501 * exp(-50 * t); }

/* Every method asks for the drift at the times of its stages, also across output times. */
static void test_time(void **unused)
{
    (void)unused;
    static const double times[] = {0, 1e-3, 0.02, 0.3, 0.30001, 1, 3};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        const char *method = wick_method_name(m);
        const bool euler = strcmp(method, "euler") == 0;
        counts of = {0};
        const wick_dynamics dynamics = {
            .dimension = 1, .self = &of, .drift = driven, .excess_risk = first_entry, .time_slope = driven_slope};
        double seen[7] = {0}, state[] = {0};
        const wick_integration integration = {.method = method,
                                              .rtol = 1e-7,
                                              .atol = 1e-9,
                                              .dt = euler ? 1e-5 : 0,
                                              .times = times,
                                              .time_count = sizeof times / sizeof *times};
        assert_int_equal(wick_solve(NULL, &dynamics, &integration, state, keep_values, NULL, seen, NULL), WICK_OK);
        for (size_t i = 0; i < integration.time_count; ++i)
            if (!(fabs(seen[i] - driven_solution(times[i])) < (euler ? 1e-3 : 1e-4)))
                fail_msg("%s at t = %g: %.12g, should be %.12g", method, times[i], seen[i], driven_solution(times[i]));
    }
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void test_broken_jacobian(void **unused)
{
    (void)unused;
    static const double times[] = {20};
    for (size_t m = 0; m < METHODS; ++m) {
        counts of = {.broken = true};
        const wick_dynamics dynamics = stiff_dynamics(&of, true);
        const wick_integration integration = {
            .method = methods[m].method, .rtol = 1e-6, .atol = 1e-8, .times = times, .time_count = 1};
        double state[] = {0.5, 0};
        wick_report report;
        const wick_status status = wick_solve(NULL, &dynamics, &integration, state, NULL, NULL, NULL, &report);
        assert_int_equal(status, WICK_ERROR_STEP);
        assert_true(report.time < 20 && isfinite(state[0]));
    }
}

static void square_drift(void *self, double time, const double *state, double *drift)
{
    (void)time;
    ++((counts *)self)->drifts;
    drift[0] = state[0] * state[0];
}

static void test_pole(void **unused)
{
    (void)unused;
    static const double times[] = {0.5, 2};
    for (size_t m = 0; m < METHODS; ++m) {
        counts of = {0};
        const wick_dynamics dynamics = {.dimension = 1, .self = &of, .drift = square_drift, .excess_risk = first_entry};
        const wick_integration integration = {
            .method = methods[m].method, .rtol = 1e-5, .atol = 1e-8, .times = times, .time_count = 2};
        double state[] = {1}; /* pole at t = 1 */
        wick_report report;
        const wick_status status = wick_solve(NULL, &dynamics, &integration, state, NULL, NULL, NULL, &report);
        if (status != WICK_ERROR_DIVERGED) fail_msg("%s: status %d", methods[m].method, (int)status);
        if (!(fabs(report.time - 1) < 1e-2)) fail_msg("%s: t = %g", methods[m].method, report.time);
        assert_true(isfinite(state[0]));
    }
}

static void test_large_state(void **unused)
{
    (void)unused;
    static const double times[] = {1};
    static double state[WICK_JACOBIAN_LIMIT + 1];
    counts of = {0};
    const wick_dynamics dynamics = {
        .dimension = WICK_JACOBIAN_LIMIT + 1, .self = &of, .drift = stiff, .excess_risk = first_entry};
    wick_integration integration = {.method = "msbdf", .rtol = 1e-5, .atol = 1e-8, .times = times, .time_count = 1};
    wick_context *context = wick_context_alloc();
    assert_int_equal(wick_solve(context, &dynamics, &integration, state, NULL, NULL, NULL, NULL), WICK_ERROR_UNSUPPORTED);
    assert_non_null(strstr(wick_context_message(context), "msbdf"));
    assert_non_null(strstr(wick_context_message(context), "4097 entries, at most 4096"));
    wick_context_free(context);
    assert_int_equal(of.drifts, 0);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stiff),           cmocka_unit_test(test_explicit_methods_need_more),
        cmocka_unit_test(test_differences),     cmocka_unit_test(test_time),
        cmocka_unit_test(test_broken_jacobian), cmocka_unit_test(test_pole),
        cmocka_unit_test(test_large_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

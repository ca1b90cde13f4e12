/* The integrator against equations with known solutions: every method, exact output times, failures that say where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/integrate.h"

/* ---- Equations --------------------------------------------------------------------------------------------------- */

/* A dynamics with a counter of its drifts; the excess risk is the first entry of the state. */
typedef struct {
    size_t dimension, drifts;
    int power;
    void (*f)(int power, const double *y, double *dydt);
} equation;

static void drift(void *self, double time, const double *state, double *result)
{
    (void)time;
    equation *of = self;
    ++of->drifts;
    of->f(of->power, state, result);
}

static double first_entry(void *self, const double *state)
{
    (void)self;
    return state[0];
}

static wick_dynamics dynamics_of(equation *of)
{
    return (wick_dynamics){.dimension = of->dimension, .noise = 0.5, .self = of, .drift = drift, .excess_risk = first_entry};
}

static void decay(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = -y[0];
}

static void growth(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = y[0];
}

static void logistic(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = y[0] * (1 - y[0]);
}

static void oscillator(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = y[1];
    dydt[1] = -y[0];
}

/* Pole at T = y(0)^(1 - power) / (power - 1). */
static void explosion(int power, const double *y, double *dydt) { dydt[0] = pow(y[0], power); }

static void rest(int power, const double *y, double *dydt)
{
    (void)power;
    (void)y;
    dydt[0] = dydt[1] = 0;
}

/* Goes well until y = 2, and cannot be computed beyond. */
static void cliff(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = y[0] < 2 ? 1 : NAN;
}

/* Finite everywhere, but no step across y = 0 is accurate. */
static void chatter(int power, const double *y, double *dydt)
{
    (void)power;
    dydt[0] = y[0] > 0 ? -1 : 3.14159;
}

/* ---- What was observed ------------------------------------------------------------------------------------------- */

enum { ROOM = 64 };

typedef struct {
    size_t count, polls, stop_at, stop_polls_at; /* 0: never */
    double times[ROOM], values[ROOM];
    double last_poll;
} record;

static int observe(void *user, const wick_point *point)
{
    record *to = user;
    assert_true(to->count < ROOM);
    assert_int_equal(point->index, to->count);
    assert_true(point->excess_risk == point->state[0] && point->risk == point->state[0] + 0.25);
    to->times[to->count] = point->time;
    to->values[to->count] = point->state[0];
    ++to->count;
    return to->count == to->stop_at;
}

static int poll(void *user, double time, double end)
{
    record *to = user;
    assert_true(time >= to->last_poll && time <= end);
    to->last_poll = time;
    ++to->polls;
    return to->polls == to->stop_polls_at;
}

static bool is_euler(const char *method) { return strcmp(method, "euler") == 0; }

/* Implicit methods have tests of their own, in test_implicit.c. */
static bool is_implicit(size_t method) { return wick_method_is_implicit(wick_method_name(method)); }

static wick_integration precise(const char *method, const double *times, size_t count)
{
    return (wick_integration){
        .method = method, .rtol = 1e-10, .atol = 1e-12, .dt = 1e-4, .times = times, .time_count = count};
}

typedef struct {
    wick_status status;
    wick_report report;
    char message[2048];
} outcome;

static outcome solve(equation *of, const wick_integration *integration, double *state, record *to)
{
    wick_context *context = wick_context_alloc();
    assert_non_null(context);
    const wick_dynamics dynamics = dynamics_of(of);
    outcome result = {0};
    result.status = wick_solve(context, &dynamics, integration, state, observe, poll, to, &result.report);
    strncpy(result.message, wick_context_message(context), sizeof result.message - 1);
    wick_context_free(context);
    assert_int_equal(result.report.drift_evaluations, of->drifts);
    return result;
}

/* ---- Solutions --------------------------------------------------------------------------------------------------- */

static double decay_solution(double t) { return exp(-t); }

static double growth_solution(double t) { return exp(t); }

static double logistic_solution(double t) { return 1 / (1 + 9 * exp(-t)); }

static void check_solution(void (*f)(int, const double *, double *), size_t dimension, double initial,
                           double (*solution)(double))
{
    static const double times[] = {0, 1e-3, 0.01, 0.1, 0.3, 1, 2.5, 2.5000000001, 4};
    const size_t count = sizeof times / sizeof *times;
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        const char *method = wick_method_name(m);
        equation of = {.dimension = dimension, .f = f};
        const wick_integration integration = precise(method, times, count);
        double state[2] = {initial, 0};
        record seen = {0};
        const outcome result = solve(&of, &integration, state, &seen);
        assert_int_equal(result.status, WICK_OK);
        assert_int_equal(seen.count, count);
        const double tolerance = is_euler(method) ? 1e-2 : 2e-7;
        for (size_t i = 0; i < count; ++i) {
            assert_true(seen.times[i] == times[i]);
            if (!(fabs(seen.values[i] - solution(times[i])) < tolerance * fmax(1, fabs(solution(times[i])))))
                fail_msg("%s at t = %g: %.17g, should be %.17g", method, times[i], seen.values[i], solution(times[i]));
        }
        assert_true(seen.values[0] == initial);
        assert_true(state[0] == seen.values[count - 1]);
        assert_true(result.report.time == times[count - 1]);
        assert_true(result.report.steps >= count - 1);
        assert_true(result.report.seconds >= 0 && result.report.step > 0);
    }
}

static void test_exponential_decay(void **unused)
{
    (void)unused;
    check_solution(decay, 1, 1, decay_solution);
}

static void test_exponential_growth(void **unused)
{
    (void)unused;
    check_solution(growth, 1, 1, growth_solution);
}

static void test_logistic(void **unused)
{
    (void)unused;
    check_solution(logistic, 1, 0.1, logistic_solution);
}

static void test_oscillator(void **unused)
{
    (void)unused;
    check_solution(oscillator, 2, 1, cos);
}

/* A state that does not move, which a step-size control may grow without end. */
static void test_rest(void **unused)
{
    (void)unused;
    static const double times[] = {0, 1e-6, 1e9};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        equation of = {.dimension = 2, .f = rest};
        wick_integration integration = precise(wick_method_name(m), times, 3);
        integration.dt = 1e5;
        double state[2] = {0, 3};
        record seen = {0};
        assert_int_equal(solve(&of, &integration, state, &seen).status, WICK_OK);
        assert_int_equal(seen.count, 3);
        assert_true(state[0] == 0 && state[1] == 3);
    }
}

/* Output times that steps cannot land on by themselves, down to neighbouring numbers. */
static void test_output_times_are_hit(void **unused)
{
    (void)unused;
    double times[40];
    for (size_t i = 0; i < 36; ++i) times[i] = pow(10, -3 + 0.1 * (double)i);
    times[36] = nextafter(times[35], INFINITY);
    times[37] = nextafter(times[36], INFINITY);
    times[38] = 7.1;
    times[39] = 10.0 / 3;
    times[39] = times[38] + times[39];
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        equation of = {.dimension = 2, .f = oscillator};
        const wick_integration integration = precise(wick_method_name(m), times, 40);
        double state[2] = {1, 0};
        record seen = {0};
        assert_int_equal(solve(&of, &integration, state, &seen).status, WICK_OK);
        assert_int_equal(seen.count, 40);
        for (size_t i = 0; i < 40; ++i) assert_true(seen.times[i] == times[i]);
    }
}

static void test_only_the_start(void **unused)
{
    (void)unused;
    static const double zero[] = {0};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        equation of = {.dimension = 1, .f = decay};
        wick_integration integration = precise(wick_method_name(m), zero, 1);
        double state[1] = {5};
        record seen = {0};
        const outcome result = solve(&of, &integration, state, &seen);
        assert_int_equal(result.status, WICK_OK);
        assert_int_equal(seen.count, 1);
        assert_true(seen.values[0] == 5 && result.report.steps == 0);
        integration.time_count = 0;
        of.drifts = 0;
        assert_int_equal(solve(&of, &integration, state, &seen).status, WICK_OK);
        assert_int_equal(seen.count, 1);
    }
}

/* ---- Euler ------------------------------------------------------------------------------------------------------- */

static void test_euler_is_the_loop(void **unused)
{
    (void)unused;
    enum { STEPS = 50 };
    const double dt = 0.1;
    double times[STEPS + 1], expected[STEPS + 1];
    double y = 0.1;
    for (size_t n = 0; n <= STEPS; ++n) {
        times[n] = (double)n * dt;
        expected[n] = y;
        const double slope = y * (1 - y);
        y = y + dt * slope;
    }
    equation of = {.dimension = 1, .f = logistic};
    wick_integration integration = precise("euler", times, STEPS + 1);
    integration.dt = dt;
    double state[1] = {0.1};
    record seen = {0};
    const outcome result = solve(&of, &integration, state, &seen);
    assert_int_equal(result.status, WICK_OK);
    assert_int_equal(result.report.steps, STEPS);
    assert_int_equal(result.report.drift_evaluations, STEPS);
    assert_true(result.report.step == dt);
    for (size_t n = 0; n <= STEPS; ++n) assert_true(seen.values[n] == expected[n]);
}

/* Between grid points the polygon is a straight line, and looking at it changes nothing. */
static void test_euler_outputs_leave_the_grid_alone(void **unused)
{
    (void)unused;
    static const double few[] = {5}, many[] = {0.025, 0.05, 0.099, 0.1, 1.23, 1.24, 1.25, 3, 5};
    equation of = {.dimension = 1, .f = logistic};
    wick_integration integration = precise("euler", few, 1);
    integration.dt = 0.1;
    double undisturbed[1] = {0.1}, state[1] = {0.1};
    record seen = {0};
    assert_int_equal(solve(&of, &integration, undisturbed, &seen).status, WICK_OK);

    integration.times = many;
    integration.time_count = sizeof many / sizeof *many;
    memset(&seen, 0, sizeof seen);
    of.drifts = 0;
    const outcome result = solve(&of, &integration, state, &seen);
    assert_int_equal(result.status, WICK_OK);
    assert_true(state[0] == undisturbed[0]);
    assert_true(seen.values[8] == state[0]);
    assert_true(result.report.drift_evaluations <= result.report.steps + 1);
    assert_true(fabs(seen.values[0] - (0.1 + 0.025 * 0.09)) < 1e-16);
    assert_true(fabs(seen.values[1] - (0.1 + 0.05 * 0.09)) < 1e-16);
    assert_true(fabs(seen.values[5] - seen.values[4] - (seen.values[6] - seen.values[5])) < 1e-15);
}

/* The end inside a step: the state returned is that of the last output. */
static void test_euler_ends_inside_a_step(void **unused)
{
    (void)unused;
    static const double times[] = {0.05, 0.25};
    equation of = {.dimension = 1, .f = decay};
    wick_integration integration = precise("euler", times, 2);
    integration.dt = 0.1;
    double state[1] = {1};
    record seen = {0};
    const outcome result = solve(&of, &integration, state, &seen);
    assert_int_equal(result.status, WICK_OK);
    assert_true(result.report.time == 0.25);
    assert_true(state[0] == seen.values[1]);
    assert_true(fabs(state[0] - 0.81 * 0.95) < 1e-15);
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void check_text(const outcome *result, const char *part)
{
    if (!strstr(result->message, part)) fail_msg("\"%s\" does not hold \"%s\"", result->message, part);
}

static void test_pole(void **unused)
{
    (void)unused;
    static const double times[] = {0.5, 0.9, 2};
    static const int powers[] = {2, 3, 11, 24};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        const char *method = wick_method_name(m);
        for (size_t i = 0; i < sizeof powers / sizeof *powers; ++i) {
            equation of = {.dimension = 1, .f = explosion, .power = powers[i]};
            const wick_integration integration = precise(method, times, 3);
            double state[1] = {pow(powers[i] - 1, -1.0 / (powers[i] - 1))}; /* pole at t = 1 */
            record seen = {0};
            const outcome result = solve(&of, &integration, state, &seen);
            if (result.status != WICK_ERROR_DIVERGED) fail_msg("%s, y^%d: %s", method, powers[i], result.message);
            assert_int_equal(seen.count, 2);
            const double tolerance = is_euler(method) ? 0.05 : 1e-6;
            if (!(fabs(result.report.time - 1) < tolerance)) fail_msg("%s: %s", method, result.message);
            assert_true(isfinite(state[0]) && state[0] > 1);
            check_text(&result, "diverged at t = ");
            const double named = strtod(strstr(result.message, "t = ") + 4, NULL);
            assert_true(fabs(named - 1) < tolerance);
            check_text(&result, "last step");
            check_text(&result, "smaller learning rate, smaller initial overlaps or another regime");
            assert_int_equal(strstr(result.message, "a smaller dt") != NULL, is_euler(method));
        }
    }
}

/* Growth that is no pole, up to the largest number. */
static void test_overflow(void **unused)
{
    (void)unused;
    static const double times[] = {1, 1000};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        equation of = {.dimension = 1, .f = growth};
        wick_integration integration = precise(wick_method_name(m), times, 2);
        integration.rtol = 1e-6;
        integration.dt = 1e-3;
        double state[1] = {1};
        record seen = {0};
        const outcome result = solve(&of, &integration, state, &seen);
        if (result.status != WICK_ERROR_DIVERGED) fail_msg("%s: %s", wick_method_name(m), result.message);
        assert_int_equal(seen.count, 1);
        assert_true(isfinite(state[0]));
        if (!(fabs(result.report.time - log(DBL_MAX)) < 6)) fail_msg("%s: %s", wick_method_name(m), result.message);
        assert_true(fabs(log(state[0]) - result.report.time) < 1);
    }
}

static void test_drift_not_finite(void **unused)
{
    (void)unused;
    static const double times[] = {0.5, 2};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        equation of = {.dimension = 1, .f = cliff};
        const wick_integration integration = precise(wick_method_name(m), times, 2);
        double state[1] = {1};
        record seen = {0};
        const outcome result = solve(&of, &integration, state, &seen);
        if (result.status != WICK_ERROR_DIVERGED) fail_msg("%s: %s", wick_method_name(m), result.message);
        assert_int_equal(seen.count, 1);
        if (!(fabs(result.report.time - 1) < 1e-3)) fail_msg("%s: %s", wick_method_name(m), result.message);

        double beyond[1] = {3}, nowhere[1] = {NAN};
        of.drifts = 0;
        const outcome at_once = solve(&of, &integration, beyond, &seen);
        assert_int_equal(at_once.status, WICK_ERROR_DIVERGED);
        check_text(&at_once, "diverged at t = 0: the drift");
        of.drifts = 0;
        const outcome worse = solve(&of, &integration, nowhere, &seen);
        assert_int_equal(worse.status, WICK_ERROR_DIVERGED);
        check_text(&worse, "the initial state");
    }
}

static double broken_risk(void *self, const double *state)
{
    (void)self;
    return state[0] < 0.5 ? NAN : 1;
}

static void test_risk_not_finite(void **unused)
{
    (void)unused;
    static const double times[] = {0, 1};
    equation of = {.dimension = 1, .f = decay};
    wick_dynamics dynamics = dynamics_of(&of);
    dynamics.excess_risk = broken_risk;
    const wick_integration integration = precise("rk8pd", times, 2);
    double state[1] = {1};
    assert_int_equal(wick_solve(NULL, &dynamics, &integration, state, NULL, NULL, NULL, NULL), WICK_ERROR_DIVERGED);
}

static void test_step_vanishes(void **unused)
{
    (void)unused;
    static const double times[] = {0.5, 2};
    size_t adaptive = 0;
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        if (is_euler(wick_method_name(m))) continue;
        ++adaptive;
        equation of = {.dimension = 1, .f = chatter};
        wick_integration integration = precise(wick_method_name(m), times, 2);
        integration.rtol = 0;
        integration.atol = 1e-17;
        double state[1] = {1};
        record seen = {0};
        const outcome result = solve(&of, &integration, state, &seen);
        if (result.status != WICK_ERROR_STEP)
            fail_msg("%s: status %d %s", wick_method_name(m), (int)result.status, result.message);
        assert_int_equal(seen.count, 1);
        assert_true(fabs(result.report.time - 1) < 1e-6);
        assert_true(result.report.step < 1e-10);
        check_text(&result, "the step size vanished at t = ");
        check_text(&result, wick_method_name(m));
        check_text(&result, "try a larger atol or rtol, or another method");
    }
    assert_int_equal(adaptive, 6);
}

static void test_bad_arguments(void **unused)
{
    (void)unused;
    static const double times[] = {1, 2}, back[] = {1, 1}, before[] = {-1, 1}, nowhere[] = {NAN};
    const wick_integration good = precise("rk8pd", times, 2);
    wick_integration bad[9];
    for (size_t i = 0; i < 9; ++i) bad[i] = good;
    bad[0].method = "rk9imp";
    bad[1].times = back;
    bad[2].times = before;
    bad[3].times = nowhere;
    bad[3].time_count = 1;
    bad[4].rtol = -1;
    bad[5].rtol = bad[5].atol = 0;
    bad[6].atol = NAN;
    bad[7].method = bad[8].method = "euler";
    bad[7].dt = 0;
    bad[8].dt = 1e-30;
    for (size_t i = 0; i < 9; ++i) {
        equation of = {.dimension = 1, .f = decay};
        double state[1] = {1};
        record seen = {0};
        const outcome result = solve(&of, &bad[i], state, &seen);
        assert_int_equal(result.status, WICK_ERROR_PROBLEM);
        assert_true(strlen(result.message) > 10);
        assert_int_equal(seen.count, 0);
        assert_true(state[0] == 1);
    }
}

/* ---- Stopping and polling ---------------------------------------------------------------------------------------- */

static void test_observer_stops(void **unused)
{
    (void)unused;
    static const double times[] = {0, 1, 2, 3};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        equation of = {.dimension = 1, .f = decay};
        wick_integration integration = precise(wick_method_name(m), times, 4);
        integration.dt = 0.125;
        double state[1] = {1};
        record seen = {.stop_at = 3};
        const outcome result = solve(&of, &integration, state, &seen);
        assert_int_equal(result.status, WICK_STOPPED);
        assert_int_equal(seen.count, 3);
        assert_true(result.report.time == 2);
        assert_true(state[0] == seen.values[2]);
    }
}

static void test_progress_stops(void **unused)
{
    (void)unused;
    static const double times[] = {1e-3, 1e3};
    for (size_t m = 0; m < wick_method_count(); ++m) {
        if (is_implicit(m)) continue;
        equation of = {.dimension = 2, .f = oscillator};
        const wick_integration integration = precise(wick_method_name(m), times, 2);
        double state[2] = {1, 0};
        record seen = {.stop_polls_at = 5};
        const outcome result = solve(&of, &integration, state, &seen);
        assert_int_equal(result.status, WICK_STOPPED);
        assert_int_equal(seen.polls, 5);
        assert_int_equal(seen.count, 1);
        assert_true(result.report.time > 1e-3 && result.report.time < 1e3);
        const double tolerance = is_euler(wick_method_name(m)) ? 1e-2 : 1e-6;
        assert_true(fabs(state[0] - cos(result.report.time)) < tolerance);
    }
}

/* Seldom for a small state, at every step for a large one. */
static void spread(int power, const double *y, double *dydt)
{
    (void)power;
    for (size_t i = 0; i < 5000; ++i) dydt[i] = -y[i];
}

static void test_polls_follow_the_work(void **unused)
{
    (void)unused;
    static const double times[] = {1};
    equation small = {.dimension = 1, .f = decay}, large = {.dimension = 5000, .f = spread};
    wick_integration integration = precise("euler", times, 1);
    integration.dt = 1.0 / 1024;
    double one[1] = {1};
    double *many = calloc(5000, sizeof *many);
    assert_non_null(many);
    record seen = {0};
    assert_int_equal(solve(&small, &integration, one, &seen).status, WICK_OK);
    assert_in_range(seen.polls, 16, 64);
    memset(&seen, 0, sizeof seen);
    assert_int_equal(solve(&large, &integration, many, &seen).status, WICK_OK);
    assert_int_equal(seen.polls, 1024);
    free(many);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential_decay),
        cmocka_unit_test(test_exponential_growth),
        cmocka_unit_test(test_logistic),
        cmocka_unit_test(test_oscillator),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_output_times_are_hit),
        cmocka_unit_test(test_only_the_start),
        cmocka_unit_test(test_euler_is_the_loop),
        cmocka_unit_test(test_euler_outputs_leave_the_grid_alone),
        cmocka_unit_test(test_euler_ends_inside_a_step),
        cmocka_unit_test(test_pole),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_drift_not_finite),
        cmocka_unit_test(test_risk_not_finite),
        cmocka_unit_test(test_step_vanishes),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_observer_stops),
        cmocka_unit_test(test_progress_stops),
        cmocka_unit_test(test_polls_follow_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

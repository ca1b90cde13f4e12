/* Simulations with activations that are no polynomials, through the library: the mean of a step against the drift, threads,
 * errors. The seeds are fixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum { P = 2, K = 2, DIMENSION = P * K + P * (P + 1) / 2 + P, RUNS = 500 };

static void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    if (wick_problem_set(context, problem, key, value) != WICK_OK) fail_msg("%s", wick_context_message(context));
}

static void set_overlaps(wick_context *context, wick_problem *problem, const char *key, double factor, const double *of)
{
    double scaled[4];
    for (size_t i = 0; i < 4; ++i) scaled[i] = factor * of[i];
    assert_int_equal(wick_problem_set_matrix(context, problem, key, scaled, 2, 2), WICK_OK);
}

/* Every overlap multiplied by `factor`. One step of SGD takes t = gamma / (p d) = 0.05. */
static wick_problem *make_problem(wick_context *context, const char *activation, const char *target, double factor)
{
    static const double Q[] = {0.9, 0.2, 0.2, 0.6}, M[] = {0.3, -0.1, 0.2, 0.4}, T[] = {1, 0.1, 0.1, 1.2};
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set(context, problem, "activation", activation);
    set(context, problem, "target_activation", target);
    set(context, problem, "second_layer", "trained");
    set(context, problem, "d", "5");
    set(context, problem, "learning_rate", "0.5");
    set(context, problem, "noise", "0.25");
    set_overlaps(context, problem, "Q", factor, Q);
    set_overlaps(context, problem, "M", factor, M);
    set_overlaps(context, problem, "P", factor, T);
    return problem;
}

static const double step = 0.5 / (P * 5);

/* ---- The mean of one step -------------------------------------------------------------------------------------------- */

static void drift_at(const char *activation, const char *target, const char *regime, double factor, double *drift)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, activation, target, factor);
    set(context, problem, "regime", regime);
    wick_system *system;
    double state[DIMENSION];
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    assert_int_equal(wick_system_dimension(system), DIMENSION);
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* (gamma/p) Psi_Var at `factor` times Omega. */
static void variance_at(const char *activation, const char *target, double factor, double *variance)
{
    double flow[DIMENSION];
    drift_at(activation, target, "classical", factor, flow);
    drift_at(activation, target, "high-dimensional", factor, variance);
    for (size_t i = 0; i < DIMENSION; ++i) variance[i] -= flow[i];
}

/* E[|z|^2 g(z)] / d = (1 + (2/d) d/dr) E[g(sqrt(r) z)] at r = 1, so that in R^d the variance of the gradient is Psi_Var and
 * a derivative, which six differences give to 1e-6. */
static void mean_step(const char *activation, const char *target, double *mean, double *correction)
{
    static const double weight[] = {3. / 4, -3. / 20, 1. / 60}, h = 0.1;
    double above[DIMENSION], below[DIMENSION];
    drift_at(activation, target, "high-dimensional", 1, mean);
    memset(correction, 0, DIMENSION * sizeof *correction);
    for (size_t m = 0; m < 3; ++m) {
        variance_at(activation, target, 1 + (double)(m + 1) * h, above);
        variance_at(activation, target, 1 - (double)(m + 1) * h, below);
        for (size_t i = 0; i < DIMENSION; ++i) correction[i] += 2. / 5 * weight[m] * (above[i] - below[i]) / h;
    }
    for (size_t i = 0; i < DIMENSION; ++i) mean[i] += correction[i];
}

/* Sums over all runs of what a step changes. */
typedef struct {
    double start[DIMENSION], sum[DIMENSION], square[DIMENSION];
} rates;

static int add_rates(void *user, const wick_sample *sample)
{
    rates *to = user;
    for (size_t run = 0; run < sample->runs; ++run)
        for (size_t i = 0; i < DIMENSION; ++i) {
            const double rate = (sample->states[run * DIMENSION + i] - to->start[i]) / step;
            to->sum[i] += rate;
            to->square[i] += rate * rate;
        }
    return 0;
}

static rates simulate_one_step(const char *activation, const char *target, wick_engine engine, size_t batches)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, activation, target, 1);
    set(context, problem, "at", "[0.05]");
    wick_system *system;
    rates found = {0};
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    assert_int_equal(wick_system_initial_state(context, system, found.start), WICK_OK);
    for (unsigned long seed = 1; seed <= batches; ++seed) {
        const wick_simulation simulation = {.engine = engine, .seed = seed, .runs = RUNS};
        if (wick_simulate(context, problem, system, &simulation, add_rates, NULL, &found, NULL) != WICK_OK)
            fail_msg("%s", wick_context_message(context));
    }
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return found;
}

/* The risk of each state is quadrature where there is no closed form: fewer runs there. `least` is how many standard errors
 * the drift must be from 0, so that there are enough of them. */
static void check_one_step(const char *activation, const char *target, size_t batches, double least)
{
    if (batches >= 100 && wick_test_is_sanitized()) batches /= 10, least /= sqrt(10);
    const double count = (double)batches * RUNS;
    double mean[DIMENSION], correction[DIMENSION];
    mean_step(activation, target, mean, correction);
    for (int engine = WICK_SGD; engine <= WICK_OVERLAP; ++engine) {
        const rates found = simulate_one_step(activation, target, (wick_engine)engine, batches);
        double most = 0;
        for (size_t i = 0; i < DIMENSION; ++i) {
            const double here = found.sum[i] / count, error = sqrt((found.square[i] / count - here * here) / count);
            if (!(fabs(here - mean[i]) < 4.5 * error))
                fail_msg("%s, engine %d, entry %zu: mean %g, should be %g; standard error %g", activation, engine, i, here,
                         mean[i], error);
            most = fmax(most, fabs(mean[i]) / error);
        }
        assert_true(most > least);
    }
}

static void test_mean_of_one_step_erf(void **state)
{
    (void)state;
    check_one_step("erf(x/sqrt(2))", "erf(x/sqrt(2))", 100, 25);
}

static void test_mean_of_one_step_relu(void **state)
{
    (void)state;
    check_one_step("relu(x)", "relu(x)/2 + x/4", 100, 25);
}

static void test_mean_of_one_step_quadrature(void **state)
{
    (void)state;
    check_one_step("x*sigmoid(x)", "x^2/2 - x/4", 2, 3);
}

/* ---- Threads --------------------------------------------------------------------------------------------------------- */

typedef struct {
    size_t count;
    double states[2][7 * DIMENSION], risks[2][7];
} record;

static int keep(void *user, const wick_sample *sample)
{
    record *to = user;
    memcpy(to->states[to->count], sample->states, sizeof to->states[0]);
    memcpy(to->risks[to->count++], sample->excess_risks, sizeof to->risks[0]);
    return 0;
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, "erf(x/sqrt(2))", "tanh(x)", 1);
    set(context, problem, "at", "[1, 20]");
    wick_system *system;
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    for (int engine = WICK_SGD; engine <= WICK_OVERLAP; ++engine) {
        record one = {0};
        for (size_t threads = 1; threads <= 8; threads += 3) {
            record many = {0};
            const wick_simulation simulation = {.engine = (wick_engine)engine, .seed = 4, .runs = 7, .threads = threads};
            assert_int_equal(wick_simulate(context, problem, system, &simulation, keep, NULL, &many, NULL), WICK_OK);
            assert_int_equal(many.count, 2);
            if (threads == 1) one = many;
            assert_memory_equal(&one, &many, sizeof one);
        }
        assert_true(one.risks[1][0] < one.risks[0][0]);
        assert_memory_not_equal(&one.states[1][0], &one.states[1][DIMENSION], DIMENSION * sizeof(double));
    }
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- Errors ---------------------------------------------------------------------------------------------------------- */

static void test_what_cannot_be_simulated(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, "erf(x)", "erf(x)", 1);
    wick_simulation simulation = {.engine = WICK_WEIGHTS_FLOW, .seed = 1, .runs = 1};
    wick_system *system;
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    assert_int_equal(wick_simulate(context, problem, system, &simulation, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "activation: engine weights-flow takes polynomials alone"));
    set(context, problem, "activation", "x^2");
    assert_int_equal(wick_simulate(context, problem, system, &simulation, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "target-activation: engine weights-flow takes polynomials"));
    simulation.engine = WICK_OVERLAP;
    set(context, problem, "activation", "log(x)"); /* where the system was compiled for another */
    assert_int_equal(wick_simulate(context, problem, system, &simulation, NULL, NULL, NULL, NULL), WICK_ERROR_PROBLEM);
    assert_non_null(strstr(wick_context_message(context), "not defined at x = 0"));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_of_one_step_erf),        cmocka_unit_test(test_mean_of_one_step_relu),
        cmocka_unit_test(test_mean_of_one_step_quadrature), cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_what_cannot_be_simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Simulations: the mean of a step against the compiled drift, the flow of the weights against the classical regime, runs on
 * any number of threads, initial states of any rank, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "dynamics/dynamics.h"
#include "simulate/process.h"
#include "simulate/statistics.h"
#include "support.h"

enum { P_LIMIT = 5, K_LIMIT = 3, STATE_LIMIT = 64, OUTPUT_LIMIT = 16, RUN_LIMIT = 8 };

/* ---- Problems ------------------------------------------------------------------------------------------------------ */

typedef struct {
    size_t p, k;
    double Q[P_LIMIT * P_LIMIT], M[P_LIMIT * K_LIMIT], P[K_LIMIT * K_LIMIT];
} overlaps;

static overlaps random_overlaps(unsigned long seed, size_t p, size_t k, size_t rank, double scale)
{
    overlaps made = {.p = p, .k = k};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    wick_test_random_overlaps(rng, p, k, rank, made.Q, made.M, made.P);
    gsl_rng_free(rng);
    for (size_t i = 0; i < p * p; ++i) made.Q[i] *= scale;
    for (size_t i = 0; i < p * k; ++i) made.M[i] *= scale;
    for (size_t i = 0; i < k * k; ++i) made.P[i] *= scale;
    return made;
}

static void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    if (wick_problem_set(context, problem, key, value) != WICK_OK) fail_msg("%s", wick_context_message(context));
}

static wick_problem *make_problem(wick_context *context, const overlaps *start, const char *activation, const char *target,
                                  const char *d)
{
    wick_problem *problem;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set(context, problem, "activation", activation);
    set(context, problem, "target_activation", target);
    set(context, problem, "d", d);
    set(context, problem, "learning_rate", "0.3");
    set(context, problem, "noise", "0.25");
    assert_int_equal(wick_problem_set_matrix(context, problem, "Q", start->Q, start->p, start->p), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "M", start->M, start->p, start->k), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "P", start->P, start->k, start->k), WICK_OK);
    return problem;
}

static wick_process make_process(wick_context *context, wick_problem *problem, bool all_columns)
{
    wick_scalar_function student, target;
    wick_polynomial s = WICK_POLYNOMIAL_ZERO;
    wick_process process;
    assert_int_equal(wick_problem_check(context, problem, WICK_FOR_RUN), WICK_OK);
    assert_int_equal(wick_activation_parse(context, "activation", problem->activation, &s), WICK_OK);
    assert_int_equal(wick_scalar_function_polynomial(context, &s, &student), WICK_OK);
    assert_int_equal(wick_activation_parse(context, "activation", problem->target_activation, &s), WICK_OK);
    assert_int_equal(wick_scalar_function_polynomial(context, &s, &target), WICK_OK);
    wick_polynomial_clear(&s);
    if (wick_process_make(context, problem, student, target, all_columns, &process) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    return process;
}

/* ---- One step ------------------------------------------------------------------------------------------------------ */

/* Activations of student and target. */
typedef struct {
    const char *student, *target;
} pair;

static const pair both_square = {"x^2", "x^2"}, not_homogeneous = {"x^3/4 - x + 1/2", "x^2 - x/2"};

/* The compiled drift with every overlap, that of the targets too, multiplied by `factor`. */
static size_t drift_at(const overlaps *start, pair of, const char *regime, double factor, double *drift)
{
    wick_context *context = wick_context_alloc();
    overlaps scaled = *start;
    for (size_t i = 0; i < start->p * start->p; ++i) scaled.Q[i] *= factor;
    for (size_t i = 0; i < start->p * start->k; ++i) scaled.M[i] *= factor;
    for (size_t i = 0; i < start->k * start->k; ++i) scaled.P[i] *= factor;
    wick_problem *problem = make_problem(context, &scaled, of.student, of.target, "8");
    set(context, problem, "regime", regime);
    set(context, problem, "second_layer", "trained");
    wick_system *system;
    double state[STATE_LIMIT];
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    assert_int_equal(wick_system_initial_state(context, system, state), WICK_OK);
    assert_int_equal(wick_system_drift(system, state, drift), WICK_OK);
    const size_t dimension = wick_system_dimension(system);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
    return dimension;
}

/* (gamma/p) Psi_Var at Omega times `factor`. */
static void variance_at(const overlaps *start, pair of, double factor, double *variance)
{
    double flow[STATE_LIMIT];
    const size_t dimension = drift_at(start, of, "classical", factor, flow);
    drift_at(start, of, "high-dimensional", factor, variance);
    for (size_t i = 0; i < dimension; ++i) variance[i] -= flow[i];
}

/* The exact mean of the step, per unit of time: Psi_Var is (1 + (2/d) d/dr) of itself at r Omega. The derivative is taken by
 * six differences, exact for polynomials in r of degree 6, as this one is. */
static size_t mean_step(const overlaps *start, pair of, double d, double *mean, double *correction)
{
    static const double weight[] = {3. / 4, -3. / 20, 1. / 60}, h = 0.1;
    double here[STATE_LIMIT], above[STATE_LIMIT], below[STATE_LIMIT];
    const size_t dimension = drift_at(start, of, "classical", 1, mean);
    variance_at(start, of, 1, here);
    memset(correction, 0, dimension * sizeof *correction);
    for (size_t m = 0; m < 3; ++m) {
        variance_at(start, of, 1 + (double)(m + 1) * h, above);
        variance_at(start, of, 1 - (double)(m + 1) * h, below);
        for (size_t i = 0; i < dimension; ++i) correction[i] += 2 / d * weight[m] * (above[i] - below[i]) / h;
    }
    for (size_t i = 0; i < dimension; ++i) mean[i] += here[i] + correction[i];
    return dimension;
}

/* For the square every monomial of Psi_Var has degree 3 in Omega, or 1 if it is of the labels' noise: in R^d these are
 * multiplied by 1 + 6/d and 1 + 2/d. */
static size_t mean_step_of_squares(const overlaps *start, double d, double *mean, double *correction)
{
    double flow[STATE_LIMIT], noise[STATE_LIMIT];
    const size_t dimension = drift_at(start, both_square, "high-dimensional", 1, mean);
    drift_at(start, both_square, "classical", 1, flow);
    drift_at(start, both_square, "classical-noise", 1, noise);
    for (size_t i = 0; i < dimension; ++i) {
        correction[i] = 6 / d * (mean[i] - noise[i]) + 2 / d * (noise[i] - flow[i]);
        mean[i] += correction[i];
    }
    return dimension;
}

/* Of both engines; the finite-d term must be there and be seen. */
static void check_mean_of_one_step(const overlaps *start, pair of, size_t dimension, const double *mean,
                                   const double *correction)
{
    enum { RUNS = 1000000 };
    for (int all_columns = 0; all_columns <= 1; ++all_columns) {
        wick_context *context = wick_context_alloc();
        wick_problem *problem = make_problem(context, start, of.student, of.target, "8");
        set(context, problem, "second_layer", "trained");
        wick_process process = make_process(context, problem, all_columns);
        wick_chain *chain = wick_chain_alloc(&process, 7);
        double before[STATE_LIMIT], after[STATE_LIMIT], sum[STATE_LIMIT] = {0}, square[STATE_LIMIT] = {0}, most = 0;
        wick_chain_state(chain, before);
        for (size_t run = 0; run < RUNS; ++run, wick_chain_restart(chain)) {
            assert_true(wick_chain_walk(chain, 1));
            wick_chain_state(chain, after);
            for (size_t i = 0; i < dimension; ++i) {
                const double rate = (after[i] - before[i]) / process.sizes.time_step;
                sum[i] += rate;
                square[i] += rate * rate;
            }
        }
        for (size_t i = 0; i < dimension; ++i) {
            const double found = sum[i] / RUNS, error = sqrt((square[i] / RUNS - found * found) / RUNS);
            if (!(fabs(found - mean[i]) < 4.5 * error))
                fail_msg("entry %zu: mean %g, should be %g; standard error %g", i, found, mean[i], error);
            most = fmax(most, fabs(found - (mean[i] - correction[i])) / error);
        }
        assert_true(most > 8); /* standard errors from the mean without the finite-d term */
        wick_chain_free(chain);
        wick_process_clear(&process);
        wick_problem_free(problem);
        wick_context_free(context);
    }
}

static void test_mean_of_one_step(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(3, 3, 2, 5, 0.5);
    double mean[STATE_LIMIT], correction[STATE_LIMIT];
    const size_t dimension = mean_step(&start, not_homogeneous, 8, mean, correction);
    check_mean_of_one_step(&start, not_homogeneous, dimension, mean, correction);
}

static void test_mean_of_one_step_of_squares(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(3, 3, 2, 5, 0.5);
    double mean[STATE_LIMIT], correction[STATE_LIMIT];
    const size_t dimension = mean_step_of_squares(&start, 8, mean, correction);
    check_mean_of_one_step(&start, both_square, dimension, mean, correction);
}

/* ---- Initial states ------------------------------------------------------------------------------------------------ */

static void check_start(const overlaps *start, const char *d, bool all_columns, size_t steps)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, start, "x^2", "x^2", d);
    wick_process process = make_process(context, problem, all_columns);
    wick_chain *chain = wick_chain_alloc(&process, 3);
    const wick_layout layout = wick_layout_of(WICK_CLASSICAL, false, start->p, start->k);
    const wick_arrays arrays = wick_problem_arrays(problem);
    double expected[STATE_LIMIT], state[STATE_LIMIT];
    size_t dimension;
    assert_true(wick_layout_dimension(&layout, &dimension));
    wick_layout_pack(&layout, &arrays, expected);
    wick_chain_state(chain, state);
    assert_true(wick_test_error(state, expected, dimension) < 1e-12);
    assert_true(wick_chain_walk(chain, steps));
    wick_chain_state(chain, state);
    for (size_t i = 0; i < dimension; ++i) assert_true(isfinite(state[i]));
    wick_chain_free(chain);
    wick_process_clear(&process);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* Omega of full rank, singular, of rank one, zero; in as few dimensions as hold it, and in many. */
static void test_initial_states_of_any_rank(void **unused)
{
    (void)unused;
    const overlaps full = random_overlaps(1, 4, 2, 6, 0.3), singular = random_overlaps(2, 4, 3, 4, 0.3),
                   thin = random_overlaps(3, 5, 2, 1, 0.3), one = random_overlaps(4, 1, 1, 2, 0.3);
    overlaps learned = random_overlaps(5, 2, 2, 4, 0.3), none = {.p = 2, .k = 2};
    memcpy(learned.Q, learned.P, sizeof learned.P); /* the students are the targets */
    memcpy(learned.M, learned.P, sizeof learned.P);
    for (int all_columns = 0; all_columns <= 1; ++all_columns) {
        check_start(&full, "6", all_columns, 300);
        check_start(&full, "7", all_columns, 300);
        check_start(&full, "300", all_columns, 300);
        check_start(&singular, "4", all_columns, 300);
        check_start(&singular, "5", all_columns, 300);
        check_start(&singular, "100", all_columns, 300);
        check_start(&thin, "1", all_columns, 300);
        check_start(&thin, "2", all_columns, 300);
        check_start(&thin, "100", all_columns, 300);
        check_start(&one, "2", all_columns, 300);
        check_start(&learned, "2", all_columns, 300);
        check_start(&learned, "100", all_columns, 300);
        check_start(&none, "100", all_columns, 300);
    }
    check_start(&full, "1000000000", false, 3000);
    check_start(&singular, "1e15", false, 3000);
}

/* Students that start as the targets stay there if the labels have no noise, however often W is folded. */
static void test_learned_students_stay(void **unused)
{
    (void)unused;
    overlaps learned = random_overlaps(5, 2, 2, 4, 0.3);
    memcpy(learned.Q, learned.P, sizeof learned.P);
    memcpy(learned.M, learned.P, sizeof learned.P);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &learned, "x^2", "x^2", "50");
    set(context, problem, "noise", "0");
    wick_process process = make_process(context, problem, false);
    wick_chain *chain = wick_chain_alloc(&process, 3);
    double before[STATE_LIMIT], after[STATE_LIMIT];
    wick_chain_state(chain, before);
    assert_true(wick_chain_walk(chain, 10000));
    wick_chain_state(chain, after);
    assert_true(wick_test_error(after, before, 7) < 1e-13);
    wick_chain_free(chain);
    wick_process_clear(&process);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- Whole simulations --------------------------------------------------------------------------------------------- */

/* Everything a simulation shows. */
typedef struct {
    size_t count, runs, dimension, stop_after;
    double time[OUTPUT_LIMIT], samples[OUTPUT_LIMIT];
    wick_statistic risk[OUTPUT_LIMIT], excess_risk[OUTPUT_LIMIT], state[OUTPUT_LIMIT][STATE_LIMIT];
    double states[OUTPUT_LIMIT][RUN_LIMIT * STATE_LIMIT], excess_risks[OUTPUT_LIMIT][RUN_LIMIT];
} record;

static int keep(void *user, const wick_sample *sample)
{
    record *to = user;
    const size_t i = to->count++;
    assert_int_equal(sample->index, i);
    to->runs = sample->runs;
    to->dimension = sample->dimension;
    to->time[i] = sample->time;
    to->samples[i] = sample->samples;
    to->risk[i] = sample->risk;
    to->excess_risk[i] = sample->excess_risk;
    if (sample->state) memcpy(to->state[i], sample->state, sample->dimension * sizeof *sample->state);
    memcpy(to->states[i], sample->states, sample->runs * sample->dimension * sizeof(double));
    memcpy(to->excess_risks[i], sample->excess_risks, sample->runs * sizeof(double));
    return to->stop_after == to->count;
}

static wick_status simulate(wick_context *context, wick_problem *problem, const wick_simulation *simulation, record *shown,
                            wick_report *report)
{
    wick_system *system;
    WICK_TRY(wick_system_compile(context, problem, &system));
    const wick_status status = wick_simulate(context, problem, system, simulation, keep, NULL, shown, report);
    wick_system_free(system);
    return status;
}

static void test_threads_change_nothing(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(8, 3, 2, 5, 0.3);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &start, "x^2 - x/4", "x^2", "40");
    set(context, problem, "second_layer", "trained");
    set(context, problem, "at", "[0, 0.001, 0.01, 0.5, 2]");
    for (int engine = WICK_SGD; engine <= WICK_OVERLAP; ++engine) {
        static record one, many;
        wick_report report;
        one = many = (record){0};
        wick_simulation simulation = {
            .engine = (wick_engine)engine, .seed = 4, .runs = 7, .threads = 1, .state_statistics = 1};
        assert_int_equal(simulate(context, problem, &simulation, &one, &report), WICK_OK);
        assert_int_equal(one.count, 5);
        assert_int_equal(report.steps, 7 * (size_t)one.samples[4]);
        for (size_t threads = 2; threads < 20; threads = threads * 2 + 1) {
            many = (record){0};
            simulation.threads = threads;
            assert_int_equal(simulate(context, problem, &simulation, &many, NULL), WICK_OK);
            assert_memory_equal(&one, &many, sizeof one);
        }
        /* Output times between them change nothing either. */
        many = (record){0};
        set(context, problem, "at", "[0.3, 0.7, 2]");
        assert_int_equal(simulate(context, problem, &simulation, &many, NULL), WICK_OK);
        assert_memory_equal(one.states[4], many.states[2], sizeof one.states[0]);
        set(context, problem, "at", "[0, 0.001, 0.01, 0.5, 2]");
        /* Another seed does. */
        simulation.seed = 5;
        many = (record){0};
        assert_int_equal(simulate(context, problem, &simulation, &many, NULL), WICK_OK);
        assert_memory_equal(one.states[0], many.states[0], sizeof one.states[0]);
        assert_memory_not_equal(one.states[4], many.states[4], sizeof one.states[0]);
    }
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_statistics_of_runs(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(8, 2, 1, 3, 0.3);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &start, "x^2", "x^2", "40");
    set(context, problem, "at", "[2]");
    static record shown;
    const wick_simulation simulation = {.engine = WICK_OVERLAP, .seed = 1, .runs = 5, .state_statistics = 1};
    assert_int_equal(simulate(context, problem, &simulation, &shown, NULL), WICK_OK);
    double sorted[5], sum = 0, squares = 0;
    for (size_t run = 0; run < 5; ++run) sum += sorted[run] = shown.states[0][run * shown.dimension + 2];
    for (size_t run = 0; run < 5; ++run) squares += pow(sorted[run] - sum / 5, 2);
    for (size_t i = 0; i < 5; ++i)
        for (size_t j = 0; j < i; ++j)
            if (sorted[j] > sorted[i]) {
                const double swapped = sorted[i];
                sorted[i] = sorted[j];
                sorted[j] = swapped;
            }
    const wick_statistic *of = &shown.state[0][2];
    assert_true(fabs(of->mean - sum / 5) < 1e-15);
    assert_true(fabs(of->deviation - sqrt(squares / 4)) < 1e-14);
    assert_true(of->quantile[1] == sorted[1] && of->quantile[2] == sorted[2] && of->quantile[3] == sorted[3]);
    assert_true(fabs(of->quantile[0] - (0.8 * sorted[0] + 0.2 * sorted[1])) < 1e-15);
    for (size_t run = 0; run < 5; ++run) assert_true(shown.excess_risks[0][run] > 0);
    assert_true(fabs(shown.risk[0].mean - shown.excess_risk[0].mean - 0.125) < 1e-15);
    assert_true(shown.risk[0].deviation == shown.excess_risk[0].deviation);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- The flow of the weights --------------------------------------------------------------------------------------- */

static int keep_point(void *user, const wick_point *point)
{
    record *to = user;
    memcpy(to->states[to->count], point->state, point->dimension * sizeof(double));
    to->excess_risk[to->count++].mean = point->excess_risk;
    return 0;
}

static void check_flow(const overlaps *start, const char *activation, const char *target, const char *layer, const char *d)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, start, activation, target, d);
    set(context, problem, "regime", "classical");
    set(context, problem, "second_layer", layer);
    set(context, problem, "rtol", "1e-11");
    set(context, problem, "at", "[0, 0.1, 1, 3]");
    static record flow, ode;
    flow = ode = (record){0};
    wick_system *system;
    const wick_simulation simulation = {.engine = WICK_WEIGHTS_FLOW, .runs = 1, .state_statistics = 1};
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    if (wick_simulate(context, problem, system, &simulation, keep, NULL, &flow, NULL) != WICK_OK ||
        wick_integrate(context, problem, system, keep_point, NULL, &ode, NULL) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    assert_int_equal(flow.count, 4);
    for (size_t i = 0; i < 4; ++i) {
        assert_true(wick_test_error(flow.states[i], ode.states[i], flow.dimension) < 1e-8);
        assert_true(fabs(flow.excess_risk[i].mean - ode.excess_risk[i].mean) < 1e-8);
        assert_true(flow.state[i][1].mean == flow.states[i][1]);
    }
    assert_true(wick_test_error(flow.states[3], flow.states[0], flow.dimension) > 1e-2);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_flow_is_the_classical_regime(void **unused)
{
    (void)unused;
    const overlaps full = random_overlaps(1, 4, 2, 6, 0.3), singular = random_overlaps(2, 4, 3, 4, 0.3);
    check_flow(&full, "x^2", "x^2", "fixed", "1000");
    check_flow(&full, "x^3/4 - x + 1/2", "x^2 - x/2", "fixed", "1000");
    check_flow(&full, "x^3/4 - x + 1/2", "x^2 - x/2", "trained", "1000");
    check_flow(&full, "x", "x^3/3", "trained", "6");
    check_flow(&singular, "x^2", "x^2", "fixed", "4");
    check_flow(&singular, "he3/3", "x^2 + x", "fixed", "50");
}

/* ---- Errors -------------------------------------------------------------------------------------------------------- */

static void expect(wick_status status, wick_status found, const wick_context *context, const char *text)
{
    if (found != status || !strstr(wick_context_message(context), text))
        fail_msg("status %d, \"%s\"; expected %d, \"%s\"", found, wick_context_message(context), status, text);
}

static void test_what_cannot_be_simulated(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(1, 3, 2, 5, 0.3);
    wick_context *context = wick_context_alloc();
    static record shown;
    wick_simulation simulation = {.engine = WICK_OVERLAP, .seed = 1, .runs = 1};
    wick_problem *problem = make_problem(context, &start, "x^2", "x^2", "4");
    expect(WICK_ERROR_PROBLEM, simulate(context, problem, &simulation, &shown, NULL), context,
           "--d: must be at least the rank of Omega");
    set(context, problem, "d", "5");
    set(context, problem, "learning_rate", "0");
    expect(WICK_ERROR_PROBLEM, simulate(context, problem, &simulation, &shown, NULL), context,
           "--learning-rate: must be greater than 0");
    set(context, problem, "learning_rate", "1e-300");
    expect(WICK_ERROR_PROBLEM, simulate(context, problem, &simulation, &shown, NULL), context, "at most 9.01e+15");
    set(context, problem, "learning_rate", "0.1");
    simulation.runs = 0;
    expect(WICK_ERROR_PROBLEM, simulate(context, problem, &simulation, &shown, NULL), context, "runs: must be at least 1");
    simulation.runs = 2;
    simulation.engine = WICK_WEIGHTS_FLOW;
    expect(WICK_ERROR_PROBLEM, simulate(context, problem, &simulation, &shown, NULL), context, "takes one run, found 2");
    simulation.engine = WICK_SGD;
    set(context, problem, "d", "1e14");
    set(context, problem, "end", "1e-15");
    set(context, problem, "points", "1");
    expect(WICK_ERROR_MEMORY, simulate(context, problem, &simulation, &shown, NULL), context, "engine overlap");
    wick_problem_free(problem);
    wick_context_free(context);
}

/* What was shown before stays, and the text says which run and when. */
static void test_divergence(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(1, 3, 2, 5, 3);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &start, "x^3", "x^3", "10");
    set(context, problem, "learning_rate", "50");
    set(context, problem, "at", "[0, 1000]");
    for (int engine = WICK_SGD; engine <= WICK_OVERLAP; ++engine) {
        static record shown;
        shown = (record){0};
        const wick_simulation simulation = {.engine = (wick_engine)engine, .seed = 1, .runs = 3, .threads = 2};
        expect(WICK_ERROR_DIVERGED, simulate(context, problem, &simulation, &shown, NULL), context,
               "run 1 diverged at t = ");
        assert_int_equal(shown.count, 1);
    }
    wick_problem_free(problem);
    wick_context_free(context);
}

static int stop(void *user, double time, double end)
{
    assert_true(time >= 0 && time <= end);
    ++*(size_t *)user;
    return 1;
}

/* By the sampler, and by progress in the middle of a walk that would take hours. */
static void test_stopping(void **unused)
{
    (void)unused;
    const overlaps start = random_overlaps(1, 3, 2, 5, 0.3);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &start, "x^2", "x^2", "1e9");
    set(context, problem, "at", "[0, 1e-9, 100]");
    static record shown;
    shown = (record){.stop_after = 2};
    const wick_simulation simulation = {.engine = WICK_OVERLAP, .seed = 1, .runs = 3, .threads = 2};
    assert_int_equal(simulate(context, problem, &simulation, &shown, NULL), WICK_STOPPED);
    assert_int_equal(shown.count, 2);
    wick_system *system;
    size_t calls = 0;
    set(context, problem, "at", "[100]");
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    assert_int_equal(wick_simulate(context, problem, system, &simulation, NULL, stop, &calls, NULL), WICK_STOPPED);
    assert_int_equal(calls, 1);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- Handing over -------------------------------------------------------------------------------------------------- */

static void test_initial_state_as_json(void **unused)
{
    (void)unused;
    wick_context *context = wick_context_alloc();
    wick_problem *drawn, *read;
    assert_int_equal(wick_problem_alloc(context, &drawn), WICK_OK);
    assert_int_equal(wick_problem_alloc(context, &read), WICK_OK);
    set(context, drawn, "activation", "x^2");
    set(context, drawn, "p", "5");
    set(context, drawn, "k", "3");
    set(context, drawn, "d", "17");
    set(context, drawn, "learning_rate", "1");
    set(context, drawn, "orthonormal_target", "false");
    char *json;
    assert_int_equal(wick_problem_initial_json(context, drawn, &json), WICK_OK);
    set(context, read, "activation", "x^2");
    set(context, read, "learning_rate", "1");
    set(context, read, "initial", json);
    assert_int_equal(wick_problem_check(context, read, WICK_FOR_DRIFT), WICK_OK);
    assert_memory_equal(read->Q, drawn->Q, 25 * sizeof(double));
    assert_memory_equal(read->M, drawn->M, 15 * sizeof(double));
    assert_memory_equal(read->P, drawn->P, 9 * sizeof(double));
    assert_memory_equal(read->a, drawn->a, 5 * sizeof(double));
    wick_string_free(json);
    wick_problem_free(drawn);
    wick_problem_free(read);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_of_one_step),
        cmocka_unit_test(test_mean_of_one_step_of_squares),
        cmocka_unit_test(test_initial_states_of_any_rank),
        cmocka_unit_test(test_learned_students_stay),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_statistics_of_runs),
        cmocka_unit_test(test_flow_is_the_classical_regime),
        cmocka_unit_test(test_what_cannot_be_simulated),
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_initial_state_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One system for many problems: it starts where the problem it is given starts, with that problem's parameters, to the last
 * digit as if it were compiled for it; what was set on it stays until the problem says otherwise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "start.h"
#include "support.h"

/* ---- Ensembles --------------------------------------------------------------------------------------------------- */

/* The problem changes, the system does not: twice, so that nothing of the members between is left. */
static void check_ensemble(wick_context *context, const kind *one)
{
    static const char *const members[][3] = {
        {"2", "0.5", "0.1"}, {"3", "0.25", "0"}, {"4", "0.3", "0.5"}, {"2", "0.3", "0.1"}, {"1", "0.5", "0.1"}};
    enum { MEMBERS = sizeof members / sizeof *members };
    wick_problem *problem = make_problem(context, one);
    wick_system *system = compile(context, problem);
    curve expected[MEMBERS];
    for (size_t i = 0; i < 2 * MEMBERS; i++) {
        const char *const *member = members[i % MEMBERS];
        set(context, problem, "seed", member[0]);
        set(context, problem, "learning_rate", member[1]);
        set(context, problem, "noise", member[2]);
        if (i < MEMBERS) expected[i] = integrate_fresh(context, problem);
        const curve found = integrate(context, problem, system);
        check_same(one->name, &found, &expected[i % MEMBERS]);
    }
    assert_true(differ(&expected[0], &expected[4]));
    wick_system_free(system);
    wick_problem_free(problem);
}

static void test_ensembles(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) check_ensemble(context, &kinds[i]);
    wick_context_free(context);
}

/* What was computed before at other states, as users do, changes no digit either. */
static void test_states_between(void **unused)
{
    (void)unused;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        wick_system *system = compile(context, problem);
        const curve expected = integrate(context, problem, system);
        double state[LARGEST_DIMENSION], drift[LARGEST_DIMENSION], risk;
        check_status(context, wick_system_initial_state(context, system, state));
        for (size_t j = 0; j < wick_system_dimension(system); j++) state[j] *= 9;
        wick_system_drift(system, state, drift);
        wick_system_risk(system, state, &risk, NULL);
        const curve found = integrate(context, problem, system);
        check_same(kinds[i].name, &found, &expected);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* ---- Every run-time parameter by itself -------------------------------------------------------------------------- */

static const char *const changes[][2] = {
    {"M", "[[0.3, 0.2], [-0.1, 0.1], [0.2, 0.05]]"},
    {"P", "[[1.1, 0.2], [0.2, 0.9]]"},
    {"a", "[1, 0.5, 2]"},
    {"a_star", "[0.5, 1.5]"},
    {"d", "40"},
    {"a", "[1, 1, 1]"},
    {"a", "[2, 1, 1]"},
    {"P", "[[1, 0], [0, 1]]"},
    {"a_star", "[1, 1]"},
    {"learning_rate", "0.125"},
    {"noise", "0.75"},
    {"method", "rk4"},
    {"rtol", "1e-6"},
    {"at", "[0, 0.01, 0.02]"},
};

static void test_each_parameter(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        set(context, problem, "initial", is_reduced(&kinds[i]) ? reduced_state : full_state);
        if (!kinds[i].euler_step) set(context, problem, "end", "0.02");
        wick_system *system = compile(context, problem);
        char name[96];
        for (size_t j = 0; j < sizeof changes / sizeof *changes; j++) {
            if (kinds[i].euler_step && strcmp(changes[j][0], "d") == 0) break; /* slow ones: the first four */
            set(context, problem, changes[j][0], changes[j][1]);
            const curve expected = integrate_fresh(context, problem), found = integrate(context, problem, system);
            snprintf(name, sizeof name, "%s, %s", kinds[i].name, changes[j][0]);
            check_same(name, &found, &expected);
        }
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* With d = k noise has nowhere to go, and then it has. */
static void test_room(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t reduced[] = {PARTICLES, ERF_SERIES, ANGLES};
    for (size_t i = 0; i < sizeof reduced / sizeof *reduced; i++) {
        wick_problem *problem = make_problem(context, &kinds[reduced[i]]);
        set(context, problem, "d", "2");
        wick_system *system = compile(context, problem);
        static const char *const dimensions[] = {"2", "3", "20", "2"};
        for (size_t j = 0; j < sizeof dimensions / sizeof *dimensions; j++) {
            set(context, problem, "d", dimensions[j]);
            const curve expected = integrate_fresh(context, problem), found = integrate(context, problem, system);
            check_same(kinds[reduced[i]].name, &found, &expected);
        }
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* The matrices of a call in place of a text; and implicit methods, whose Jacobian has the parameters too. */
static void test_matrices_and_jacobians(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t with_jacobian[] = {POLYNOMIAL, TRAINED, ERF};
    for (size_t i = 0; i < sizeof with_jacobian / sizeof *with_jacobian; i++) {
        wick_problem *problem = make_problem(context, &kinds[with_jacobian[i]]);
        set(context, problem, "initial", full_state);
        set(context, problem, "integrator", "{\"method\": \"msbdf\", \"rtol\": 1e-5, \"atol\": 1e-8}");
        wick_system *system = compile(context, problem);
        const curve before = integrate(context, problem, system);
        const double M[] = {0.3, 0.1, 0, 0.2, -0.2, 0.1}, P[] = {1.5, 0.1, 0.1, 1};
        check_status(context, wick_problem_set_matrix(context, problem, "M", M, 3, 2));
        check_status(context, wick_problem_set_matrix(context, problem, "P", P, 2, 2));
        const curve found = integrate(context, problem, system), expected = integrate_fresh(context, problem);
        check_same(kinds[with_jacobian[i]].name, &found, &expected);
        assert_true(differ(&before, &found));
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* ---- What is set on a system ------------------------------------------------------------------------------------- */

/* The trajectory that learning rate and noise give with a seed. */
static curve expect(wick_context *context, const kind *one, const char *seed, const char *learning_rate, const char *noise)
{
    wick_problem *problem = make_problem(context, one);
    set(context, problem, "seed", seed);
    set(context, problem, "learning_rate", learning_rate);
    set(context, problem, "noise", noise);
    const curve made = integrate_fresh(context, problem);
    wick_problem_free(problem);
    return made;
}

static void check_against(wick_context *context, const kind *one, wick_problem *problem, wick_system *system,
                          const char *seed, const char *learning_rate, const char *noise)
{
    const curve found = integrate(context, problem, system), expected = expect(context, one, seed, learning_rate, noise);
    check_same(one->name, &found, &expected);
}

static void check_settings(wick_context *context, const kind *one)
{
    wick_problem *problem = make_problem(context, one);
    wick_system *system = compile(context, problem);
    wick_system_set_learning_rate(context, system, 0.25);
    wick_system_set_noise(context, system, 0.5);
    check_against(context, one, problem, system, "1", "0.25", "0.5");
    set(context, problem, "seed", "2"); /* another key, and more than once */
    check_against(context, one, problem, system, "2", "0.25", "0.5");
    check_against(context, one, problem, system, "2", "0.25", "0.5");
    set(context, problem, "learning_rate", "0.75"); /* that key alone */
    check_against(context, one, problem, system, "2", "0.75", "0.5");
    set(context, problem, "noise", "0");
    check_against(context, one, problem, system, "2", "0.75", "0");
    set(context, problem, "learning_rate", "0.125"); /* before it is set: the setting counts */
    wick_system_set_learning_rate(context, system, 0.75);
    check_against(context, one, problem, system, "2", "0.75", "0");
    set(context, problem, "learning_rate", "2"); /* there and back */
    set(context, problem, "learning_rate", "0.125");
    check_against(context, one, problem, system, "2", "0.125", "0");
    wick_system_set_noise(context, system, 0.25); /* given the value it has */
    set(context, problem, "noise", "0");
    check_against(context, one, problem, system, "2", "0.125", "0");
    wick_system_set_noise(context, system, 0.25); /* a file that holds one of the keys */
    wick_system_set_learning_rate(context, system, 0.25);
    check_status(context, wick_problem_read_json(context, problem, "{\"noise\": 1, \"p\": 3}", NULL));
    check_against(context, one, problem, system, "2", "0.25", "1");
    wick_system_free(system);
    wick_problem_free(problem);
}

static void test_settings(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t some[] = {POLYNOMIAL, CLASSICAL_NOISE, SMOOTH, PARTICLES, ERF_SERIES};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) check_settings(context, &kinds[some[i]]);
    wick_context_free(context);
}

/* Refused values, of keys and of settings, set nothing. */
static void test_refused_settings(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = make_problem(context, &kinds[POLYNOMIAL]);
    wick_system *system = compile(context, problem);
    assert_int_equal(wick_system_set_learning_rate(context, system, -1), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_set_noise(context, system, NAN), WICK_ERROR_PROBLEM);
    check_against(context, &kinds[POLYNOMIAL], problem, system, "1", "0.5", "0.1");
    wick_system_set_learning_rate(context, system, 0.25);
    assert_int_equal(wick_problem_set(context, problem, "learning_rate", "-2"), WICK_ERROR_PROBLEM);
    check_against(context, &kinds[POLYNOMIAL], problem, system, "1", "0.25", "0.1");
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* A setting that a problem has ended does not come back with another one; one problem after the other, also of another
 * context. */
static void test_other_problems(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc(), *other_context = wick_context_alloc();
    const kind *one = &kinds[POLYNOMIAL];
    wick_problem *problem = make_problem(context, &kinds[POLYNOMIAL]),
                 *other = make_problem(other_context, &kinds[POLYNOMIAL]);
    wick_system *system = compile(context, problem);
    set(other_context, other, "seed", "5");
    wick_system_set_learning_rate(context, system, 0.25);
    check_against(context, one, other, system, "5", "0.25", "0.1");
    set(context, problem, "learning_rate", "1");
    check_against(context, one, problem, system, "1", "1", "0.1");
    check_against(other_context, one, other, system, "5", "0.5", "0.1");
    wick_problem_free(problem); /* the system does not need it */
    check_against(other_context, one, other, system, "5", "0.5", "0.1");

    /* A problem that never gave its noise: a default is not later than a setting. */
    wick_problem *silent;
    check_status(context, wick_problem_alloc(context, &silent));
    wick_system_set_noise(context, system, 0.5);
    static const char *const keys[][2] = {{"activation", "x^2"},    {"p", "3"},       {"k", "2"},      {"d", "20"},
                                          {"learning_rate", "0.5"}, {"scale", "0.5"}, {"points", "4"}, {"end", "0.1"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) set(context, silent, keys[i][0], keys[i][1]);
    check_against(context, one, silent, system, "1", "0.5", "0.5");
    wick_system *plain = compile(context, silent);
    check_against(context, one, silent, plain, "1", "0.5", "0");
    check_against(other_context, one, other, plain, "5", "0.5", "0.1");
    check_against(context, one, silent, plain, "1", "0.5", "0");
    wick_system_free(plain);
    wick_problem_free(silent);
    wick_system_free(system);
    wick_problem_free(other);
    wick_context_free(other_context);
    wick_context_free(context);
}

/* ---- Drifts between integrations --------------------------------------------------------------------------------- */

typedef struct {
    double initial[LARGEST_DIMENSION], drift[LARGEST_DIMENSION], risk, excess_risk;
    double jacobian[LARGEST_DIMENSION * LARGEST_DIMENSION];
} local;

static local look(wick_context *context, wick_system *system)
{
    local seen;
    memset(&seen, 0, sizeof seen);
    check_status(context, wick_system_initial_state(context, system, seen.initial));
    wick_system_drift(system, seen.initial, seen.drift);
    wick_system_risk(system, seen.initial, &seen.risk, &seen.excess_risk);
    wick_system_jacobian(context, system, seen.initial, seen.jacobian); /* or zeros */
    return seen;
}

/* A changed problem changes nothing in the system until it is followed. */
static void test_following(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        wick_system *system = compile(context, problem);
        const local before = look(context, system);
        set(context, problem, "seed", "3");
        set(context, problem, "noise", "0.5");
        set(context, problem, "orthonormal_target", "false");
        const local between = look(context, system);
        assert_memory_equal(&between, &before, sizeof before);
        check_status(context, wick_system_follow(context, system, problem));
        const local found = look(context, system);
        wick_system *fresh = compile(context, problem);
        const local expected = look(context, fresh);
        assert_memory_equal(&found, &expected, sizeof found);
        assert_memory_not_equal(&found, &before, sizeof found);
        wick_system_free(fresh);
        set(context, problem, "seed", "4"); /* an integration follows, too */
        set(context, problem, "end", "0.01");
        integrate(context, problem, system);
        const local integrated = look(context, system);
        assert_memory_not_equal(integrated.initial, found.initial, sizeof found.initial);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* ---- Simulations ------------------------------------------------------------------------------------------------- */

typedef struct {
    double risks[POINTS * 5][2];
    size_t count;
    double samples;
} sampled;

static int keep_sample(void *user, const wick_sample *sample)
{
    sampled *to = user;
    for (size_t run = 0; run < sample->runs; run++) {
        to->risks[to->count][0] = sample->risk.mean;
        to->risks[to->count++][1] = sample->excess_risks[run];
    }
    to->samples = sample->samples;
    return 0;
}

static sampled simulate(wick_context *context, wick_problem *problem, wick_system *system, wick_engine engine)
{
    sampled made;
    memset(&made, 0, sizeof made);
    const wick_simulation simulation = {.engine = engine, .seed = 3, .runs = engine == WICK_WEIGHTS_FLOW ? 1 : 2};
    check_status(context, wick_simulate(context, problem, system, &simulation, keep_sample, NULL, &made, NULL));
    return made;
}

/* Start, targets, rates and noise are those of the problem, or set on the system. */
static void test_simulations(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t some[] = {POLYNOMIAL, TRAINED, ERF, SMOOTH, PIECEWISE};
    static const wick_engine engines[] = {WICK_SGD, WICK_OVERLAP, WICK_WEIGHTS_FLOW};
    for (size_t i = 0; i < 3 * sizeof some / sizeof *some; i++) {
        const size_t which = some[i / 3];
        if (engines[i % 3] == WICK_WEIGHTS_FLOW && which > 1) continue;
        wick_problem *problem = make_problem(context, &kinds[which]);
        set(context, problem, "end", "0.4");
        wick_system *system = compile(context, problem);
        const sampled first = simulate(context, problem, system, engines[i % 3]);
        set(context, problem, "seed", "2");
        set(context, problem, "orthonormal_target", "false");
        set(context, problem, "noise", "0.25");
        set(context, problem, "learning_rate", "0.3");
        wick_system *fresh = compile(context, problem);
        const sampled found = simulate(context, problem, system, engines[i % 3]),
                      expected = simulate(context, problem, fresh, engines[i % 3]);
        assert_memory_equal(&found, &expected, sizeof found);
        assert_memory_not_equal(&found, &first, sizeof found);
        wick_system_set_learning_rate(context, system, 0.125);
        wick_system_set_noise(context, system, 0.5);
        const sampled set_found = simulate(context, problem, system, engines[i % 3]);
        set(context, problem, "learning_rate", "0.125");
        set(context, problem, "noise", "0.5");
        const sampled set_expected = simulate(context, problem, fresh, engines[i % 3]);
        assert_memory_equal(&set_found, &set_expected, sizeof set_found);
        assert_memory_not_equal(&set_found, &found, sizeof found);
        wick_system_free(fresh);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

/* ---- Copies and threads ------------------------------------------------------------------------------------------ */

enum { THREADS = 4 };

/* A member of an ensemble: a copy, and a problem of its own. Assertions belong to the main thread. */
typedef struct {
    wick_problem *problem;
    wick_system *system;
    char seed[32], learning_rate[32];
    bool by_setting; /* the rate, on the copy */
    curve found;
    wick_status status;
} worker;

static wick_status work_once(worker *self, wick_context *context, const char *seed)
{
    wick_report report;
    self->found.count = 0;
    wick_status status = wick_problem_set(context, self->problem, "seed", seed);
    if (status == WICK_OK)
        status = self->by_setting ? wick_system_set_learning_rate(context, self->system, strtod(self->learning_rate, NULL))
                                  : wick_problem_set(context, self->problem, "learning_rate", self->learning_rate);
    if (status == WICK_OK) status = wick_integrate(context, self->problem, self->system, keep, NULL, &self->found, &report);
    if (status != WICK_OK) return status;
    self->found.drifts = report.drift_evaluations;
    self->found.error = wick_system_accuracy(self->system).error;
    return WICK_OK;
}

static void *work(void *argument)
{
    worker *self = argument;
    wick_context *context = wick_context_alloc();
    self->status = work_once(self, context, "9");
    if (self->status == WICK_OK) self->status = work_once(self, context, self->seed);
    wick_context_free(context);
    return NULL;
}

static void check_threads(wick_context *context, const kind *one)
{
    static worker workers[THREADS];
    pthread_t threads[THREADS];
    wick_problem *problem = make_problem(context, one);
    wick_system *system = compile(context, problem);
    wick_system_set_noise(context, system, 0.25); /* a copy keeps what was set, against a problem that was there before */
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].problem = make_problem(context, one);
        workers[i].by_setting = i % 2 == 0;
        snprintf(workers[i].seed, sizeof workers[i].seed, "%zu", i + 1);
        snprintf(workers[i].learning_rate, sizeof workers[i].learning_rate, "%g", 0.125 * (double)(i + 1));
    }
    wick_system_set_noise(context, system, 0.25);
    for (size_t i = 0; i < THREADS; i++) check_status(context, wick_system_copy(context, system, &workers[i].system));
    wick_system_free(system);
    wick_problem_free(problem);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(workers[i].status, WICK_OK);
        const curve expected = expect(context, one, workers[i].seed, workers[i].learning_rate, "0.25");
        check_same(one->name, &workers[i].found, &expected);
        wick_system_free(workers[i].system);
        wick_problem_free(workers[i].problem);
    }
}

static void test_threads(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const size_t some[] = {POLYNOMIAL, TRAINED, ERF, SMOOTH, PARTICLES, SERIES, ANGLES};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) check_threads(context, &kinds[some[i]]);
    wick_context_free(context);
}

/* A copy starts where the original last did, and each goes its own way. */
static void test_copies(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    for (size_t i = 0; i < KINDS; i++) {
        wick_problem *problem = make_problem(context, &kinds[i]);
        wick_system *system = compile(context, problem), *copy;
        set(context, problem, "orthonormal_target", "false");
        set(context, problem, "seed", "2");
        integrate(context, problem, system);
        check_status(context, wick_system_copy(context, system, &copy));
        const local original = look(context, system), copied = look(context, copy);
        assert_memory_equal(&copied, &original, sizeof copied);
        const curve expected = integrate(context, problem, system);
        set(context, problem, "seed", "3");
        integrate(context, problem, system);
        set(context, problem, "seed", "2");
        const curve found = integrate(context, problem, copy);
        check_same(kinds[i].name, &found, &expected);
        wick_system_free(copy);
        wick_system_free(system);
        wick_problem_free(problem);
    }
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ensembles),
        cmocka_unit_test(test_states_between),
        cmocka_unit_test(test_each_parameter),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_matrices_and_jacobians),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_refused_settings),
        cmocka_unit_test(test_other_problems),
        cmocka_unit_test(test_following),
        cmocka_unit_test(test_simulations),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

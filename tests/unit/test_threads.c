/* Threads: different problems compiled and integrated at the same time give what they give one after the other, and copies
 * of a system have parameters and a workspace of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "support.h"

enum { THREADS = 6, ROUNDS = 20, POINTS = 9, MESSAGE_SIZE = 512 };

/* ---- Compiling and integrating in several threads ---------------------------------------------------------------- */

/* One problem, and what its trajectory was. Assertions belong to the main thread, so a failure is kept as text. */
typedef struct {
    const wick_test_case *problem;
    double *points; /* POINTS times the dimension, and the risks */
    size_t length, capacity;
    char failure[MESSAGE_SIZE];
} run;

static int keep_point(void *user, const wick_point *point)
{
    run *one = user;
    if (one->points == NULL) {
        one->capacity = point->count * (point->dimension + 1);
        one->points = malloc(one->capacity * sizeof *one->points);
    }
    if (one->points == NULL || one->length + point->dimension + 1 > one->capacity) return 1;
    memcpy(one->points + one->length, point->state, point->dimension * sizeof *point->state);
    one->length += point->dimension;
    one->points[one->length++] = point->risk;
    return 0;
}

static void compile_and_integrate(run *one)
{
    wick_context *context = wick_context_alloc();
    wick_problem *problem = wick_test_case_problem(context, one->problem);
    wick_system *system = NULL;
    const char *time = "{\"end\": 0.4, \"points\": 9, \"spacing\": \"linear\"}";
    if (problem == NULL || wick_problem_set(context, problem, "time", time) != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK ||
        wick_integrate(context, problem, system, keep_point, NULL, one, NULL) != WICK_OK)
        snprintf(one->failure, sizeof one->failure, "failed: %.480s", wick_context_message(context));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void run_clear(run *one)
{
    free(one->points);
    one->points = NULL;
    one->length = one->capacity = 0;
}

typedef struct {
    pthread_barrier_t *start;
    run runs[ROUNDS];
} worker;

static void *work(void *argument)
{
    worker *self = argument;
    pthread_barrier_wait(self->start);
    for (size_t i = 0; i < ROUNDS; i++) compile_and_integrate(&self->runs[i]);
    return NULL;
}

/* Thread i's problem: every regime, fixed and trained, different activations and widths. */
static void draw_problem(gsl_rng *rng, size_t i, wick_test_case *one)
{
    static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};
    const size_t p = 2 + i % 4, k = 1 + i % 3;
    wick_test_activation student, target;
    wick_test_activation_draw(rng, (wick_test_kind)(i % WICK_TEST_KINDS), 1 + i % 3, &student);
    wick_test_activation_draw(rng, WICK_TEST_DENSE, 1 + (i + 1) % 3, &target);
    wick_test_case_draw(rng, p, k, p + k, &student, &target, one);
    one->plain.regime = regimes[i % 3];
    one->plain.trained = i % 2 == 1;
    one->plain.gamma = 0.25;
    one->plain.Delta = 0.1;
}

static void check_same(const run *alone, const run *together)
{
    if (together->failure[0] != '\0') fail_msg("%s", together->failure);
    assert_true(together->length > POINTS);
    assert_int_equal(together->length, alone->length);
    assert_memory_equal(together->points, alone->points, alone->length * sizeof *alone->points);
}

static void test_problems_together(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 7);
    static wick_test_case cases[THREADS];
    static run alone[THREADS];
    static worker workers[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) draw_problem(rng, i, &cases[i]);
    for (size_t i = 0; i < THREADS; i++) {
        alone[i].problem = &cases[i];
        compile_and_integrate(&alone[i]);
        if (alone[i].failure[0] != '\0') fail_msg("%s", alone[i].failure);
    }

    /* Each round every thread takes another problem. */
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].start = &start;
        for (size_t j = 0; j < ROUNDS; j++) workers[i].runs[j].problem = &cases[(i + j) % THREADS];
    }
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        for (size_t j = 0; j < ROUNDS; j++) {
            check_same(&alone[(i + j) % THREADS], &workers[i].runs[j]);
            run_clear(&workers[i].runs[j]);
        }

    for (size_t i = 0; i < THREADS; i++) {
        run_clear(&alone[i]);
        wick_test_case_clear(&cases[i]);
    }
    pthread_barrier_destroy(&start);
    gsl_rng_free(rng);
}

/* ---- Copies in other threads ------------------------------------------------------------------------------------- */

enum { REPEATS = 2000, DIMENSION = 3 * 2 + 6 + 3 };

/* A copy with a learning rate and noise of its own, and the drift and risk that it must give every time. */
typedef struct {
    pthread_barrier_t *start;
    wick_system *system;
    double state[DIMENSION], drift[DIMENSION], risk;
    size_t differences;
} copy_user;

static void *use_copy(void *argument)
{
    copy_user *self = argument;
    double drift[DIMENSION], risk;
    pthread_barrier_wait(self->start);
    for (size_t i = 0; i < REPEATS; i++) {
        if (wick_system_drift(self->system, self->state, drift) != WICK_OK || memcmp(drift, self->drift, sizeof drift) != 0)
            self->differences++;
        if (wick_system_risk(self->system, self->state, &risk, NULL) != WICK_OK || risk != self->risk) self->differences++;
    }
    return NULL;
}

/* What a system compiled for just these parameters gives. */
static void expect_drift(wick_context *context, wick_test_case *one, double gamma, double Delta, copy_user *user)
{
    one->plain.gamma = gamma;
    one->plain.Delta = Delta;
    wick_problem *problem = wick_test_case_problem(context, one);
    wick_system *system = NULL;
    if (problem == NULL || wick_system_compile(context, problem, &system) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    assert_int_equal(wick_system_dimension(system), DIMENSION);
    assert_int_equal(wick_system_initial_state(context, system, user->state), WICK_OK);
    for (size_t i = 0; i < DIMENSION; i++) user->state[i] *= 1 + 0.125 * gamma; /* every thread at another state */
    assert_int_equal(wick_system_drift(system, user->state, user->drift), WICK_OK);
    assert_int_equal(wick_system_risk(system, user->state, &user->risk, NULL), WICK_OK);
    wick_system_free(system);
    wick_problem_free(problem);
}

static double thread_gamma(size_t i) { return 0.25 * (double)i; }

static double thread_Delta(size_t i) { return 0.125 * (double)i; }

/* The original is freed, and other code compiled where it may have been, before the copies are used: they keep its code
 * alive. */
static void test_copies(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 11);
    wick_test_activation student, target;
    wick_test_case one;
    wick_test_activation_draw(rng, WICK_TEST_DENSE, 3, &student);
    wick_test_activation_draw(rng, WICK_TEST_DENSE, 2, &target);
    wick_test_case_draw(rng, 3, 2, 5, &student, &target, &one);
    one.plain.regime = WICK_HIGH_DIMENSIONAL;
    one.plain.trained = true;
    one.plain.gamma = one.plain.Delta = 1;

    wick_problem *problem = wick_test_case_problem(context, &one);
    wick_system *original = NULL;
    if (problem == NULL || wick_system_compile(context, problem, &original) != WICK_OK)
        fail_msg("%s", wick_context_message(context));

    static copy_user users[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        users[i].start = &start;
        assert_int_equal(wick_system_copy(context, original, &users[i].system), WICK_OK);
        assert_int_equal(wick_system_set_learning_rate(context, users[i].system, thread_gamma(i)), WICK_OK);
        assert_int_equal(wick_system_set_noise(context, users[i].system, thread_Delta(i)), WICK_OK);
    }
    wick_system_free(original);
    wick_problem_free(problem);
    for (size_t i = 0; i < THREADS; i++) expect_drift(context, &one, thread_gamma(i), thread_Delta(i), &users[i]);

    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, use_copy, &users[i]), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(users[i].differences, 0);
        wick_system_free(users[i].system);
    }
    pthread_barrier_destroy(&start);
    wick_test_case_clear(&one);
    gsl_rng_free(rng);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_problems_together), cmocka_unit_test(test_copies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

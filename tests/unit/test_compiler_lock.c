/* libtcc keeps its state in globals: only one thread at a time may be in it. The linker puts the functions below in the
 * place of libtcc's (--wrap in tests/CMakeLists.txt); they notice company, and linger so that there would be some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libtcc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "wick/wick.h"

enum { THREADS = 6, ROUNDS = 3 };

/* ---- In the place of libtcc's ------------------------------------------------------------------------------------ */

static atomic_int inside, meetings, calls;

static void enter(void)
{
    if (atomic_fetch_add(&inside, 1) > 0) atomic_fetch_add(&meetings, 1);
    atomic_fetch_add(&calls, 1);
    nanosleep(&(struct timespec){0, 300000}, NULL);
}

static void leave(void) { atomic_fetch_sub(&inside, 1); }

TCCState *__real_tcc_new(void);
void __real_tcc_delete(TCCState *state);
int __real_tcc_compile_string(TCCState *state, const char *source);
int __real_tcc_relocate(TCCState *state, void *where);

TCCState *__wrap_tcc_new(void);
TCCState *__wrap_tcc_new(void)
{
    enter();
    TCCState *made = __real_tcc_new();
    leave();
    return made;
}

void __wrap_tcc_delete(TCCState *state);
void __wrap_tcc_delete(TCCState *state)
{
    enter();
    __real_tcc_delete(state);
    leave();
}

int __wrap_tcc_compile_string(TCCState *state, const char *source);
int __wrap_tcc_compile_string(TCCState *state, const char *source)
{
    enter();
    const int result = __real_tcc_compile_string(state, source);
    leave();
    return result;
}

int __wrap_tcc_relocate(TCCState *state, void *where);
int __wrap_tcc_relocate(TCCState *state, void *where)
{
    enter();
    const int result = __real_tcc_relocate(state, where);
    leave();
    return result;
}

/* ---- Threads that compile ---------------------------------------------------------------------------------------- */

static atomic_int failures;

/* Of every kind: closed forms, their Jacobians, activations of quadratures, the mean field. */
static void compile_one(wick_context *context, const char *json)
{
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    double state[8], jacobian[64];
    if (wick_problem_alloc(context, &problem) != WICK_OK ||
        wick_problem_read_json(context, problem, json, "problem") != WICK_OK ||
        wick_system_compile(context, problem, &system) != WICK_OK || wick_system_dimension(system) > 8 ||
        wick_system_initial_state(context, system, state) != WICK_OK)
        atomic_fetch_add(&failures, 1);
    else
        wick_system_jacobian(context, system, state, jacobian); /* where there is one */
    wick_system_free(system);
    wick_problem_free(problem);
}

static void *work(void *barrier)
{
    static const char *const problems[] = {
        "{\"activation\": \"x^2\", \"p\": 2, \"k\": 2, \"d\": 9, \"learning_rate\": 0.1}",
        "{\"activation\": \"tanh\", \"p\": 1, \"k\": 1, \"d\": 9, \"regime\": \"classical\"}",
        "{\"activation\": \"x^3\", \"p\": 2, \"k\": 2, \"d\": 9, \"learning_rate\": 0.1, \"regime\": \"mean-field\"}"};
    wick_context *context = wick_context_alloc();
    pthread_barrier_wait(barrier);
    for (size_t i = 0; i < ROUNDS * 3; i++) compile_one(context, problems[i % 3]);
    wick_context_free(context);
    return NULL;
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, work, &start), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
    assert_int_equal(atomic_load(&failures), 0);
    assert_true(atomic_load(&calls) >= 4 * THREADS * ROUNDS * 3); /* the wrappers are in place */
    assert_int_equal(atomic_load(&meetings), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_at_a_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* fork() in a process that uses the library: a child can compile, also where another thread compiled meanwhile, and computes
 * wide drifts, which its parent shared among threads that the child does not have. */
#define _DEFAULT_SOURCE /* usleep() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"
#include "wick/wick.h"

enum { PATIENCE = 120 /* seconds after which a child is one that hangs */ };

/* With a given initial state: drawing one calls the BLAS, whose lock a child may find held (wick.h). */
static int compile_square(wick_context *context)
{
    static const char json[] =
        "{\"activation\": \"x^2\", \"regime\": \"classical\", \"initial\": {\"Q\": [[1]], \"M\": [[0.5]]}}";
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    const int fine = wick_problem_alloc(context, &problem) == WICK_OK &&
                     wick_problem_read_json(context, problem, json, "problem") == WICK_OK &&
                     wick_system_compile(context, problem, &system) == WICK_OK;
    wick_system_free(system);
    wick_problem_free(problem);
    return fine;
}

/* How the child ended: 0, its exit status, or 128 + signal. */
static int end_of(pid_t child)
{
    int status;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- While another thread compiles ---------------------------------------------------------------------------------------
 */

static atomic_bool enough;

static void *compile_on(void *compiled)
{
    wick_context *context = wick_context_alloc();
    while (context && !atomic_load(&enough))
        if (compile_square(context)) atomic_fetch_add((atomic_int *)compiled, 1);
    wick_context_free(context);
    return NULL;
}

static void test_fork_while_compiling(void **state)
{
    (void)state;
    if (wick_test_is_sanitized())
        skip(); /* a sanitizer's allocator does not survive a fork beside a thread that allocates */
    enum { THREADS = 2, FORKS = 40 };
    pthread_t threads[THREADS];
    atomic_int compiled = 0;
    wick_context *context = wick_context_alloc();
    atomic_store(&enough, false);
    for (size_t i = 0; i < THREADS; ++i) assert_int_equal(pthread_create(&threads[i], NULL, compile_on, &compiled), 0);
    while (atomic_load(&compiled) == 0) usleep(100);
    int end = 0;
    for (size_t i = 0; i < FORKS && end == 0; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(PATIENCE);
            _exit(compile_square(context) ? 0 : 1);
        }
        end = end_of(child);
    }
    atomic_store(&enough, true);
    for (size_t i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
    assert_int_equal(end, 0);
    assert_true(compile_square(context)); /* the lock is free in the parent, too */
    wick_context_free(context);
}

/* ---- Drifts that threads share -------------------------------------------------------------------------------------------
 */

typedef struct {
    wick_context *context;
    wick_system *system;
    double *state, *drift, *again;
    size_t dimension;
} wide;

static wide make_wide(const char *json)
{
    wide w = {.context = wick_context_alloc()};
    wick_problem *problem = NULL;
    if (wick_problem_alloc(w.context, &problem) != WICK_OK ||
        wick_problem_read_json(w.context, problem, json, "problem") != WICK_OK ||
        wick_system_compile(w.context, problem, &w.system) != WICK_OK)
        fail_msg("%s", wick_context_message(w.context));
    wick_problem_free(problem);
    w.dimension = wick_system_dimension(w.system);
    w.state = calloc(w.dimension, sizeof(double));
    w.drift = calloc(w.dimension, sizeof(double));
    w.again = calloc(w.dimension, sizeof(double));
    assert_true(w.state && w.drift && w.again);
    assert_int_equal(wick_system_initial_state(w.context, w.system, w.state), WICK_OK);
    return w;
}

static void free_wide(wide *w)
{
    wick_system_free(w->system);
    wick_context_free(w->context);
    free(w->state);
    free(w->drift);
    free(w->again);
}

/* Drift and risk of a child are its parent's to the last digit. */
static int repeat(wide *w, double risk)
{
    double here;
    if (wick_system_drift(w->system, w->state, w->again) != WICK_OK) return 1;
    if (memcmp(w->drift, w->again, w->dimension * sizeof(double)) != 0) return 2;
    if (wick_system_risk(w->system, w->state, &here, NULL) != WICK_OK) return 3;
    return here == risk ? 0 : 4;
}

static void check_children(const char *json)
{
    wide w = make_wide(json);
    double risk;
    assert_int_equal(wick_system_drift(w.system, w.state, w.drift), WICK_OK);
    assert_int_equal(wick_system_risk(w.system, w.state, &risk, NULL), WICK_OK);
    const pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE);
        int end = repeat(&w, risk);
        const pid_t grandchild = end == 0 ? fork() : -1;
        if (grandchild == 0) {
            alarm(PATIENCE);
            _exit(repeat(&w, risk));
        }
        if (grandchild > 0 && (waitpid(grandchild, &end, 0) != grandchild || end != 0)) _exit(9);
        _exit(end == 0 ? 0 : 8);
    }
    assert_int_equal(end_of(child), 0);
    assert_int_equal(repeat(&w, risk), 0); /* and the parent goes on */
    free_wide(&w);
}

/* By each way that shares its work: compiled sums, tensors, pairs, angles. */
static void test_wide_drifts_in_children(void **state)
{
    (void)state;
    check_children(
        "{\"activation\": \"x^2\", \"p\": 262144, \"k\": 1, \"d\": 3, \"regime\": \"mean-field\", \"learning_rate\": 1}");
    if (wick_test_is_sanitized()) return;
    check_children("{\"activation\": \"erf(x/sqrt(2))\", \"p\": 400000, \"k\": 1, \"d\": 3, \"regime\": \"mean-field\", "
                   "\"learning_rate\": 1, \"quadrature\": {\"tol\": 1e-4}}");
    check_children("{\"activation\": \"erf(x/sqrt(2))\", \"p\": 1500, \"k\": 9, \"d\": 30, \"regime\": \"mean-field\", "
                   "\"learning_rate\": 1, \"quadrature\": {\"tol\": 1e-2}}");
    check_children(
        "{\"activation\": \"relu\", \"p\": 400, \"k\": 1, \"d\": 3, \"regime\": \"mean-field\", \"learning_rate\": 1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_drifts_in_children),
        cmocka_unit_test(test_fork_while_compiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The Jacobian against differences of the drift, entry by entry: of random polynomials in every regime with a full state,
 * with a fixed and a trained second layer, compiled in memory and emitted as C.
 *
 * The drift of polynomials is itself a polynomial in every entry of the state, of degree at most 2 d - 1 for activations of
 * degree d, and 4 in those of a. Central differences over 2 m + 1 points are exact up to degree 2 m, so that m = 5 leaves
 * nothing but rounding errors for d <= 5, and the tolerance is close to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "support.h"
#include "wick/wick.h"

static const double tolerance = 1e-10; /* relative to the row's largest entry */

/* ---- Differences ------------------------------------------------------------------------------------------------- */

enum { WINGS = 5 };

/* Column s of the Jacobian. */
static void differences(wick_system *system, double *state, size_t s, double *column, double *scratch)
{
    const size_t n = wick_system_dimension(system);
    const double h = 0.05, kept = state[s];
    memset(column, 0, n * sizeof *column);
    double ratio = 1; /* (m!)^2 / ((m - k)! (m + k)!) */
    for (int k = 1; k <= WINGS; ++k) {
        ratio *= (double)(WINGS - k + 1) / (WINGS + k);
        const double weight = (k % 2 ? 1 : -1) * ratio / k / h;
        for (int side = -1; side <= 1; side += 2) {
            state[s] = kept + side * k * h;
            wick_system_drift(system, state, scratch);
            for (size_t i = 0; i < n; ++i) column[i] += side * weight * scratch[i];
        }
    }
    state[s] = kept;
}

static double *allocate(size_t count)
{
    double *made = calloc(count, sizeof *made);
    assert_non_null(made);
    return made;
}

/* Every entry of `found` against the differences; `largest` of each row is the scale of its errors. */
static void check_jacobian(const char *what, wick_system *system, const double *at, const double *found)
{
    const size_t n = wick_system_dimension(system);
    double *expected = allocate(n * n), *state = allocate(n), *scratch = allocate(n);
    memcpy(state, at, n * sizeof *state);
    for (size_t s = 0; s < n; ++s) differences(system, state, s, expected + s * n, scratch);
    wick_system_drift(system, state, scratch);
    for (size_t i = 0; i < n; ++i) {
        double largest = fabs(scratch[i]);
        for (size_t s = 0; s < n; ++s) largest = fmax(largest, fabs(expected[s * n + i]));
        for (size_t s = 0; s < n; ++s)
            if (!(fabs(found[i * n + s] - expected[s * n + i]) <= tolerance * largest))
                fail_msg("%s: entry %zu, %zu of %zu: %.17g, should be %.17g", what, i, s, n, found[i * n + s],
                         expected[s * n + i]);
    }
    free(expected);
    free(state);
    free(scratch);
}

/* ---- Cases ------------------------------------------------------------------------------------------------------- */

static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};

static const struct {
    size_t p, k, student, target; /* degrees */
    wick_test_kind kind, target_kind;
    bool emitted;
} shapes[] = {
    {1, 1, 1, 1, WICK_TEST_DENSE, WICK_TEST_DENSE, true},  {2, 1, 2, 2, WICK_TEST_EVEN, WICK_TEST_EVEN, false},
    {3, 2, 2, 3, WICK_TEST_DENSE, WICK_TEST_ODD, true},    {2, 3, 3, 2, WICK_TEST_ODD, WICK_TEST_DENSE, false},
    {3, 2, 3, 3, WICK_TEST_DENSE, WICK_TEST_DENSE, true},  {9, 3, 2, 2, WICK_TEST_NO_CONSTANT, WICK_TEST_DENSE, true},
    {2, 2, 4, 3, WICK_TEST_DENSE, WICK_TEST_DENSE, false}, {3, 1, 4, 4, WICK_TEST_EVEN, WICK_TEST_EVEN, false},
    {2, 2, 5, 5, WICK_TEST_DENSE, WICK_TEST_DENSE, false}, {3, 3, 5, 4, WICK_TEST_ODD, WICK_TEST_DENSE, false},
    {4, 2, 1, 4, WICK_TEST_ODD, WICK_TEST_DENSE, false},
};

enum { SHAPES = sizeof shapes / sizeof *shapes, VARIANTS = 6, CASES = SHAPES * VARIANTS };

static wick_test_case cases[CASES];

static size_t shape_of(size_t index) { return index / VARIANTS; }

static int draw_cases(void **unused)
{
    (void)unused;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20);
    for (size_t i = 0; i < CASES; ++i) {
        const size_t shape = shape_of(i), n = shapes[shape].p + shapes[shape].k;
        wick_test_activation student, target;
        wick_test_activation_draw(rng, shapes[shape].kind, shapes[shape].student, &student);
        wick_test_activation_draw(rng, shapes[shape].target_kind, shapes[shape].target, &target);
        wick_test_case_draw(rng, shapes[shape].p, shapes[shape].k, n + 2, &student, &target, &cases[i]);
        wick_reference_problem *plain = &cases[i].plain;
        plain->regime = regimes[i % 3];
        plain->trained = i % VARIANTS >= 3;
        plain->gamma = 0.75;
        plain->Delta = 0.5;
    }
    gsl_rng_free(rng);
    return 0;
}

static int clear_cases(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < CASES; ++i) wick_test_case_clear(&cases[i]);
    return 0;
}

/* A compiled system, its initial state, and words for messages. */
typedef struct {
    wick_context *context;
    wick_problem *problem;
    wick_system *system;
    size_t dimension;
    double *state;
    char what[1024];
} subject;

static subject open_case(size_t index)
{
    subject of = {.context = wick_context_alloc()};
    const wick_test_case *one = &cases[index];
    snprintf(of.what, sizeof of.what, "case %zu: %s, %s; p = %zu, k = %zu, regime %d, %s", index, one->student.text,
             one->target.text, one->plain.p, one->plain.k, (int)one->plain.regime, one->plain.trained ? "trained" : "fixed");
    of.problem = wick_test_case_problem(of.context, one);
    if (!of.problem || wick_system_compile(of.context, of.problem, &of.system) != WICK_OK)
        fail_msg("%s: %s", of.what, wick_context_message(of.context));
    of.dimension = wick_system_dimension(of.system);
    of.state = allocate(of.dimension);
    assert_int_equal(wick_system_initial_state(of.context, of.system, of.state), WICK_OK);
    return of;
}

static void close_case(subject *of)
{
    free(of->state);
    wick_system_free(of->system);
    wick_problem_free(of->problem);
    wick_context_free(of->context);
}

static void take_jacobian(subject *of, wick_system *system, double *jacobian)
{
    if (wick_system_jacobian(of->context, system, of->state, jacobian) != WICK_OK)
        fail_msg("%s: %s", of->what, wick_context_message(of->context));
}

/* ---- In memory --------------------------------------------------------------------------------------------------- */

static void test_in_memory(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < CASES; ++i) {
        subject of = open_case(i);
        double *jacobian = allocate(of.dimension * of.dimension);
        take_jacobian(&of, of.system, jacobian);
        check_jacobian(of.what, of.system, of.state, jacobian);
        free(jacobian);
        close_case(&of);
    }
}

/* Run-time parameters count, copies too, before and after the Jacobian was first wanted; and drifts between change nothing.
 */
static void test_parameters_and_copies(void **unused)
{
    (void)unused;
    subject of = open_case(CASES - 1 - VARIANTS * 6);
    const size_t size = of.dimension * of.dimension;
    double *first = allocate(size), *second = allocate(size), *drift = allocate(of.dimension);
    wick_system *early = NULL, *late = NULL;
    assert_int_equal(wick_system_copy(of.context, of.system, &early), WICK_OK);
    take_jacobian(&of, of.system, first);
    assert_int_equal(wick_system_copy(of.context, of.system, &late), WICK_OK);
    wick_system_drift(of.system, of.state, drift);
    take_jacobian(&of, of.system, second);
    assert_memory_equal(first, second, size * sizeof *first);
    wick_system *const copies[] = {early, late};
    for (size_t c = 0; c < 2; ++c) {
        take_jacobian(&of, copies[c], second);
        assert_memory_equal(first, second, size * sizeof *first);
        assert_int_equal(wick_system_set_learning_rate(of.context, copies[c], 3), WICK_OK);
        assert_int_equal(wick_system_set_noise(of.context, copies[c], 2), WICK_OK);
        take_jacobian(&of, copies[c], second);
        check_jacobian("other parameters", copies[c], of.state, second);
        assert_memory_not_equal(first, second, size * sizeof *first);
        wick_system_free(copies[c]);
    }
    free(first);
    free(second);
    free(drift);
    close_case(&of);
}

static void test_none(void **unused)
{
    (void)unused;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    static const char *const keys[][2] = {{"activation", "x^2"}, {"p", "3"}, {"k", "1"}, {"d", "9"}, {"learning_rate", "1"}};
    for (size_t i = 0; i < 5; ++i) assert_int_equal(wick_problem_set(context, problem, keys[i][0], keys[i][1]), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "regime", "mean-field"), WICK_OK);
    assert_int_equal(wick_system_compile(context, problem, &system), WICK_OK);
    double state[6] = {0}, jacobian[36];
    assert_int_equal(wick_system_jacobian(context, system, state, jacobian), WICK_ERROR_UNSUPPORTED);
    assert_non_null(strstr(wick_context_message(context), "no Jacobian"));
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* ---- Emitted ----------------------------------------------------------------------------------------------------- */

enum { PATH_SIZE = 1024, COMMAND_SIZE = 4096 };

/* The file that calls them all: case_INDEX_at(state, jacobian), with scratch that holds no number. */
static void write_driver(const char *folder)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/driver.c", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#include <math.h>\n#define CALL(name) \\\n"
                  "    void name##_at(const double *state, double *jacobian); \\\n"
                  "    void name##_at(const double *state, double *jacobian) { \\\n"
                  "        static double work[name##_jacobian_work_size]; name##_parameters parameters; int i; \\\n"
                  "        for (i = 0; i < name##_jacobian_work_size; ++i) work[i] = (double)NAN; \\\n"
                  "        name##_defaults(&parameters); name##_jacobian(&parameters, state, work, jacobian); }\n");
    for (size_t i = 0; i < CASES; ++i)
        if (shapes[shape_of(i)].emitted) fprintf(file, "#include \"case_%zu.h\"\nCALL(case_%zu)\n", i, i);
    assert_int_equal(fclose(file), 0);
}

static void emit_cases(const char *folder)
{
    for (size_t i = 0; i < CASES; ++i) {
        if (!shapes[shape_of(i)].emitted) continue;
        char name[32];
        snprintf(name, sizeof name, "case_%zu", i);
        subject of = open_case(i);
        wick_files *files = NULL;
        if (wick_emit(of.context, of.problem, "library", name, &files) != WICK_OK ||
            wick_files_write(of.context, files, folder) != WICK_OK)
            fail_msg("%s: %s", of.what, wick_context_message(of.context));
        wick_files_free(files);
        close_case(&of);
    }
}

static void check_emitted(void *object, size_t index)
{
    char name[32];
    void (*function)(const double *, double *);
    snprintf(name, sizeof name, "case_%zu_at", index);
    void *const symbol = dlsym(object, name);
    assert_non_null(symbol);
    memcpy(&function, &symbol, sizeof symbol);
    subject of = open_case(index);
    double *jacobian = allocate(of.dimension * of.dimension);
    function(of.state, jacobian);
    check_jacobian(of.what, of.system, of.state, jacobian);
    free(jacobian);
    close_case(&of);
}

static void test_emitted(void **unused)
{
    (void)unused;
    char *folder = wick_test_folder_make(), command[COMMAND_SIZE], path[PATH_SIZE];
    emit_cases(folder);
    write_driver(folder);
    snprintf(command, sizeof command,
             "cd '%s' && '%s' -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -O1 -shared -fPIC -o cases.so *.c -lm",
             folder, WICK_C_COMPILER);
    if (system(command) != 0) fail_msg("failed: %s", command);
    snprintf(path, sizeof path, "%s/cases.so", folder);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) fail_msg("%s", dlerror());
    for (size_t i = 0; i < CASES; ++i)
        if (shapes[shape_of(i)].emitted) check_emitted(object, i);
    dlclose(object);
    wick_test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_parameters_and_copies),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_emitted),
    };
    return cmocka_run_group_tests(tests, draw_cases, clear_cases);
}

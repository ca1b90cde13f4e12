/* Emitted mean-field libraries, compiled by the C compiler, against the library's own drift: one library for every width,
 * with and without a second layer, with its default parameters and with others given at run time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum { WIDEST = 700 };

typedef struct {
    const char *activation, *target, *regime;
    size_t k;
    double d;
} problem_case;

static const problem_case cases[] = {
    {"x^2", "x^2", "mean-field", 1, 6},
    {"x^2", "x^3 - x", "mean-field", 3, 8},
    {"x^3/2 - x + 1/3", "(x+1)^2", "mean-field", 2, 5},
    {"x^5 - x^4", "x", "mean-field", 1, 40},
    {"he3", "he3", "mean-field-high-d", 2, 9},
    {"3", "x^2", "mean-field", 2, 4},
};
enum { CASE_COUNT = sizeof cases / sizeof *cases };

typedef void evaluate(const double *given, const double *a, size_t p, const double *state, double *drift, double *risk);

static void set(wick_context *context, wick_problem *problem, const char *key, const char *value)
{
    if (wick_problem_set(context, problem, key, value) != WICK_OK) fail_msg("%s", wick_context_message(context));
}

/* A problem of that case with p students; the run-time values are `given` (gamma, Delta, d, a_star, P) and a, if any. */
static wick_problem *make_problem(wick_context *context, const problem_case *c, size_t p, const double *given,
                                  const double *a)
{
    wick_problem *problem;
    char text[64];
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    set(context, problem, "activation", c->activation);
    set(context, problem, "target_activation", c->target);
    set(context, problem, "regime", c->regime);
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"p", (double)p},
                   {"k", (double)c->k},
                   {"learning_rate", given ? given[0] : 0.5},
                   {"noise", given ? given[1] : 0.25},
                   {"d", given ? given[2] : c->d}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(text, sizeof text, "%.17g", numbers[i].value);
        set(context, problem, numbers[i].key, text);
    }
    if (given) {
        assert_int_equal(wick_problem_set_matrix(context, problem, "a_star", given + 3, 1, c->k), WICK_OK);
        assert_int_equal(wick_problem_set_matrix(context, problem, "P", given + 3 + c->k, c->k, c->k), WICK_OK);
    }
    if (a) assert_int_equal(wick_problem_set_matrix(context, problem, "a", a, 1, p), WICK_OK);
    return problem;
}

/* ---- Emitting and compiling ---------------------------------------------------------------------------------------- */

static void write_driver(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s_driver.c", folder, name);
    FILE *driver = fopen(path, "w");
    assert_non_null(driver);
    fprintf(driver,
            "#include \"%s.h\"\n#include \"%s/particle_driver.h\"\n"
            "void %s_evaluate(const double *, const double *, size_t, const double *, double *, double *);\nEVALUATE(%s)\n",
            name, WICK_TEST_DATA, name, name);
    assert_int_equal(fclose(driver), 0);
}

static void *emit_and_open(wick_context *context, const char *folder)
{
    char command[1024], path[512], name[32];
    for (size_t i = 0; i < CASE_COUNT; i++) {
        wick_files *files;
        wick_problem *problem = make_problem(context, &cases[i], 4, NULL, NULL);
        snprintf(name, sizeof name, "case_%zu", i);
        if (wick_emit(context, problem, "library", name, &files) != WICK_OK) fail_msg("%s", wick_context_message(context));
        assert_int_equal(wick_files_count(files), 2);
        assert_int_equal(wick_files_write(context, files, folder), WICK_OK);
        wick_files_free(files);
        wick_problem_free(problem);
        write_driver(folder, name);
    }
    snprintf(
        command, sizeof command,
        "cd '%s' && '%s' -std=c99 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -O1 -shared -fPIC -o all.so *.c "
        "-lm",
        folder, WICK_C_COMPILER);
    if (system(command) != 0) fail_msg("failed: %s", command);
    snprintf(path, sizeof path, "%s/all.so", folder);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) fail_msg("%s", dlerror());
    return object;
}

/* ---- Comparing ----------------------------------------------------------------------------------------------------- */

static void compare(wick_context *context, const problem_case *c, evaluate *emitted, size_t p, const double *given,
                    const double *a)
{
    wick_problem *problem = make_problem(context, c, p, given, a);
    wick_system *system;
    if (given) { /* with a P of its own a random state is not to be had: M and q near it */
        double *M = calloc(p * c->k, sizeof *M), *q = calloc(p, sizeof *q);
        assert_non_null(M);
        assert_non_null(q);
        for (size_t i = 0; i < p * c->k; i++) M[i] = 0.3 * sin(1.0 + 2.1 * (double)i);
        for (size_t i = 0; i < p; i++) q[i] = 0.2 + 0.1 * cos((double)i);
        assert_int_equal(wick_problem_set_matrix(context, problem, "M", M, p, c->k), WICK_OK);
        assert_int_equal(wick_problem_set_matrix(context, problem, "q", q, 1, p), WICK_OK);
        free(M);
        free(q);
    }
    if (wick_system_compile(context, problem, &system) != WICK_OK) fail_msg("%s", wick_context_message(context));
    const size_t dimension = wick_system_dimension(system);
    assert_int_equal(dimension, p * (c->k + 1));
    double *state = calloc(3 * dimension, sizeof *state), risk[2], emitted_risk[2];
    assert_non_null(state);
    double *drift = state + dimension, *emitted_drift = drift + dimension;
    wick_system_initial_state(context, system, state);
    wick_system_drift(system, state, drift);
    wick_system_risk(system, state, &risk[0], &risk[1]);
    emitted(given, a, p, state, emitted_drift, emitted_risk);
    assert_true(wick_test_error(emitted_drift, drift, dimension) < 1e-12);
    assert_true(wick_test_error(emitted_risk, risk, 2) < 1e-12);
    free(state);
    wick_system_free(system);
    wick_problem_free(problem);
}

static void test_every_width(void **unused)
{
    (void)unused;
    static const size_t widths[] = {1, 5, 256, WIDEST};
    wick_context *context = wick_context_alloc();
    char *folder = wick_test_folder_make();
    void *object = emit_and_open(context, folder);
    double a[WIDEST];
    for (size_t i = 0; i < WIDEST; i++) a[i] = 0.5 + (double)(i % 7) / 8;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        char name[64];
        evaluate *emitted;
        const size_t k = cases[i].k;
        double given[3 + 3 + 9] = {0.75, 0.125, cases[i].d + 2};
        for (size_t r = 0; r < k; r++) given[3 + r] = 1 + 0.25 * (double)r;
        for (size_t r = 0; r < k; r++)
            for (size_t s = 0; s < k; s++) given[3 + k + r * k + s] = r == s ? 1.5 : 0.25;
        snprintf(name, sizeof name, "case_%zu_evaluate", i);
        void *symbol = dlsym(object, name);
        assert_non_null(symbol);
        memcpy(&emitted, &symbol, sizeof symbol);
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            compare(context, &cases[i], emitted, widths[w], NULL, NULL);
            compare(context, &cases[i], emitted, widths[w], given, a);
        }
    }
    dlclose(object);
    wick_test_folder_remove(folder);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Three evaluations of the same drift and risk agree on random polynomials: the code compiled in memory, the emitted library
 * compiled by the system's compiler, and the reference (reference.h). */
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

#define TOLERANCE 1e-12

enum {
    SHAPES = WICK_TEST_DEGREE_LIMIT * WICK_TEST_KINDS, /* of the student's activation */
    VARIANTS = 6,                                      /* three regimes, second layer fixed or trained */
    CASES = SHAPES * VARIANTS,
    P_LIMIT = 4,
    K_LIMIT = 3,
    STATE_LIMIT = P_LIMIT * K_LIMIT + P_LIMIT * (P_LIMIT + 1) / 2 + P_LIMIT
};

/* What one of the three says. */
typedef struct {
    double drift[STATE_LIMIT], risk, excess_risk;
} values;

typedef struct {
    wick_test_case input;
    char description[3 * WICK_TEST_TEXT_SIZE];
    double state[STATE_LIMIT];
    values reference, jit, emitted;
} agreement;

static agreement cases[CASES];

/* M row by row, the upper triangle of Q row by row, then a if trained. */
static void pack(const wick_reference_problem *plain, const double *M, const double *Q, const double *a, double *state)
{
    const size_t p = plain->p, k = plain->k;
    for (size_t i = 0; i < p * k; i++) *state++ = M[i];
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++) *state++ = Q[j * p + l];
    for (size_t j = 0; j < p && plain->trained; j++) *state++ = a[j];
}

static size_t dimension(const wick_reference_problem *plain)
{
    return plain->p * plain->k + plain->p * (plain->p + 1) / 2 + (plain->trained ? plain->p : 0);
}

/* ---- Drawing the cases ------------------------------------------------------------------------------------------- */

/* Every shape of the student's activation meets every variant; the rest is drawn. Every other case has a singular Omega,
 * every third no noise. */
static void draw_case(gsl_rng *rng, size_t index, agreement *one)
{
    static const wick_regime regimes[] = {WICK_CLASSICAL, WICK_CLASSICAL_NOISE, WICK_HIGH_DIMENSIONAL};
    const size_t shape = index / VARIANTS, variant = index % VARIANTS;
    const size_t p = 1 + gsl_rng_uniform_int(rng, P_LIMIT), k = 1 + gsl_rng_uniform_int(rng, K_LIMIT);
    const size_t rank = index % 2 == 0 ? p + k : 1 + gsl_rng_uniform_int(rng, p + k - 1);
    const size_t target_degree = 1 + gsl_rng_uniform_int(rng, WICK_TEST_DEGREE_LIMIT);
    wick_test_activation student, target;
    wick_test_activation_draw(rng, (wick_test_kind)(shape % WICK_TEST_KINDS), 1 + shape / WICK_TEST_KINDS, &student);
    wick_test_activation_draw(rng, (wick_test_kind)gsl_rng_uniform_int(rng, WICK_TEST_KINDS), target_degree, &target);
    wick_test_case_draw(rng, p, k, rank, &student, &target, &one->input);

    wick_reference_problem *plain = &one->input.plain;
    plain->regime = regimes[variant % 3];
    plain->trained = variant >= 3;
    plain->gamma = 0.1 + gsl_rng_uniform(rng);
    plain->Delta = gsl_rng_uniform_int(rng, 3) == 0 ? 0 : gsl_rng_uniform(rng);
    snprintf(one->description, sizeof one->description,
             "case %zu (regime %d, %s, p = %zu, k = %zu, rank %zu, s = %s, s* = %s)", index, (int)plain->regime,
             plain->trained ? "trained" : "fixed", p, k, rank, student.text, target.text);
}

static void evaluate_reference(agreement *one)
{
    const wick_reference_problem *plain = &one->input.plain;
    double dM[P_LIMIT * K_LIMIT], dQ[P_LIMIT * P_LIMIT], da[P_LIMIT];
    wick_reference_evaluate(plain, dM, dQ, da, &one->reference.risk);
    one->reference.excess_risk = one->reference.risk - plain->Delta / 2;
    pack(plain, dM, dQ, da, one->reference.drift);
    pack(plain, plain->M, plain->Q, plain->a, one->state);
}

static int draw_cases(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL) return -1;
    gsl_rng_set(rng, 230205882);
    for (size_t i = 0; i < CASES; i++) {
        draw_case(rng, i, &cases[i]);
        evaluate_reference(&cases[i]);
    }
    gsl_rng_free(rng);
    return 0;
}

static int clear_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) wick_test_case_clear(&cases[i].input);
    return 0;
}

/* ---- Comparing --------------------------------------------------------------------------------------------------- */

static void check_block(const agreement *one, const char *what, const double *actual, const double *expected, size_t count)
{
    const double error = wick_test_error(actual, expected, count);
    if (!(error < TOLERANCE)) fail_msg("%s: %s: relative error %g", one->description, what, error);
}

/* dM, dQ, da and both risks, each by itself. */
static void check_values(const agreement *one, const values *actual, const values *expected)
{
    const size_t p = one->input.plain.p, k = one->input.plain.k, first_Q = p * k, first_a = first_Q + p * (p + 1) / 2;
    check_block(one, "dM", actual->drift, expected->drift, first_Q);
    check_block(one, "dQ", actual->drift + first_Q, expected->drift + first_Q, first_a - first_Q);
    if (one->input.plain.trained) check_block(one, "da", actual->drift + first_a, expected->drift + first_a, p);
    check_block(one, "risk", &actual->risk, &expected->risk, 1);
    check_block(one, "excess risk", &actual->excess_risk, &expected->excess_risk, 1);
}

/* ---- Compiled in memory ------------------------------------------------------------------------------------------ */

static void evaluate_jit(agreement *one)
{
    const size_t n = dimension(&one->input.plain);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = wick_test_case_problem(context, &one->input);
    wick_system *system = NULL;
    if (problem == NULL || wick_system_compile(context, problem, &system) != WICK_OK)
        fail_msg("%s: %s", one->description, wick_context_message(context));

    double initial[STATE_LIMIT];
    assert_int_equal(wick_system_dimension(system), n);
    assert_int_equal(wick_system_initial_state(context, system, initial), WICK_OK);
    assert_memory_equal(initial, one->state, n * sizeof *initial);
    assert_int_equal(wick_system_drift(system, initial, one->jit.drift), WICK_OK);
    assert_int_equal(wick_system_risk(system, initial, &one->jit.risk, &one->jit.excess_risk), WICK_OK);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_jit(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        evaluate_jit(&cases[i]);
        check_values(&cases[i], &cases[i].jit, &cases[i].reference);
    }
}

/* ---- Emitted, and compiled by the system's compiler -------------------------------------------------------------- */

enum { PARAMETERS_LIMIT = 2 + K_LIMIT + K_LIMIT * K_LIMIT + P_LIMIT, NAME_SIZE = 32, PATH_SIZE = 1024, COMMAND_SIZE = 4096 };

typedef size_t (*evaluate_function)(const double *given, const double *state, double *drift, double *risk);
typedef void (*repack_function)(const double *state, double *packed);

/* Half of the cases are generated with other parameters, and get their own at run time. */
static bool has_other_parameters(size_t index) { return index / 2 % 2 == 1; }

static void case_name(size_t index, const char *suffix, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "case_%03zu%s", index, suffix);
}

static void set_other_parameters(wick_context *context, wick_problem *problem, const wick_reference_problem *plain)
{
    const double other[P_LIMIT + K_LIMIT] = {3, -2, 5, 7, -4, 6, 8};
    assert_int_equal(wick_problem_set(context, problem, "learning_rate", "0.015625"), WICK_OK);
    assert_int_equal(wick_problem_set(context, problem, "noise", "17"), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a", other, 1, plain->p), WICK_OK);
    assert_int_equal(wick_problem_set_matrix(context, problem, "a_star", other, 1, plain->k), WICK_OK);
}

static void emit_case(size_t index, const char *folder)
{
    const agreement *one = &cases[index];
    char name[NAME_SIZE];
    case_name(index, "", name);
    wick_context *context = wick_context_alloc();
    wick_problem *problem = wick_test_case_problem(context, &one->input);
    if (problem == NULL) fail_msg("%s: %s", one->description, wick_context_message(context));
    if (has_other_parameters(index)) set_other_parameters(context, problem, &one->input.plain);

    wick_files *files = NULL;
    if (wick_emit(context, problem, "library", name, &files) != WICK_OK ||
        wick_files_write(context, files, folder) != WICK_OK)
        fail_msg("%s: %s", one->description, wick_context_message(context));
    assert_int_equal(wick_files_count(files), 2);
    wick_files_free(files);
    wick_problem_free(problem);
    wick_context_free(context);
}

/* One more source file, which wraps the emitted functions: see emitted_driver.h. */
static void write_driver(const char *folder)
{
    char path[PATH_SIZE], name[NAME_SIZE];
    snprintf(path, sizeof path, "%s/driver.c", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < CASES; i++) {
        case_name(i, "", name);
        fprintf(file, "#include \"%s.h\"\n", name);
    }
    fprintf(file, "#include \"%s/emitted_driver.h\"\n", WICK_TEST_DATA);
    for (size_t i = 0; i < CASES; i++) {
        case_name(i, "", name);
        fprintf(file, "EVALUATE(%s)\nREPACK_%s(%s)\n", name, cases[i].input.plain.trained ? "TRAINED" : "FIXED", name);
    }
    assert_int_equal(fclose(file), 0);
}

/* Everything in the folder into one shared object, opened. */
static void *compile_and_open(const char *folder)
{
    char command[COMMAND_SIZE], path[PATH_SIZE];
    snprintf(command, sizeof command,
             "cd '%s' && '%s' -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -O1 -shared -fPIC -o cases.so *.c "
             "$(ls *.c | tr a-z A-Z | sed 's/\\.C$/_NO_JACOBIAN/; s/^/-D/') -lm", /* test_jacobian.c has Jacobians */
             folder, WICK_C_COMPILER);
    if (system(command) != 0) fail_msg("failed: %s", command);
    snprintf(path, sizeof path, "%s/cases.so", folder);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object == NULL) fail_msg("%s", dlerror());
    return object;
}

/* The address of "case_INDEX_SUFFIX". dlsym gives an object pointer; POSIX lets it be read as one to a function. */
static void find_function(void *object, size_t index, const char *suffix, void *function)
{
    char name[NAME_SIZE];
    case_name(index, suffix, name);
    void *const symbol = dlsym(object, name);
    if (symbol == NULL) fail_msg("%s", dlerror());
    memcpy(function, &symbol, sizeof symbol);
}

/* In the order in which the driver reads them. A trained second layer is in the state: the parameter must not matter. */
static void write_parameters(const wick_reference_problem *plain, double *given)
{
    const size_t p = plain->p, k = plain->k;
    *given++ = plain->gamma;
    *given++ = plain->Delta;
    for (size_t r = 0; r < k; r++) *given++ = plain->a_star[r];
    for (size_t i = 0; i < k * k; i++) *given++ = plain->P[i];
    for (size_t j = 0; j < p; j++) *given++ = plain->trained ? NAN : plain->a[j];
}

static void evaluate_emitted(void *object, size_t index)
{
    agreement *one = &cases[index];
    const size_t n = dimension(&one->input.plain);
    evaluate_function evaluate;
    repack_function repack;
    find_function(object, index, "_evaluate", &evaluate);
    find_function(object, index, "_repack", &repack);

    double given[PARAMETERS_LIMIT], packed[STATE_LIMIT];
    write_parameters(&one->input.plain, given);
    values *emitted = &one->emitted;
    const size_t found = evaluate(has_other_parameters(index) ? given : NULL, one->state, emitted->drift, &emitted->risk);
    assert_int_equal(found, n);
    emitted->excess_risk = emitted->risk - one->input.plain.Delta / 2;
    repack(one->state, packed);
    assert_memory_equal(packed, one->state, n * sizeof *packed);
}

static void test_emitted_library(void **state)
{
    (void)state;
    char *folder = wick_test_folder_make();
    for (size_t i = 0; i < CASES; i++) emit_case(i, folder);
    write_driver(folder);
    void *object = compile_and_open(folder);
    for (size_t i = 0; i < CASES; i++) {
        evaluate_emitted(object, i);
        check_values(&cases[i], &cases[i].emitted, &cases[i].reference);
        check_values(&cases[i], &cases[i].emitted, &cases[i].jit);
    }
    assert_int_equal(dlclose(object), 0);
    wick_test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_jit), cmocka_unit_test(test_emitted_library)};
    return cmocka_run_group_tests(tests, draw_cases, clear_cases);
}

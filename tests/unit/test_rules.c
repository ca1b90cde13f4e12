/* Learning rules: decays and rates of the layers, in the drift, its Jacobian, and both simulations. The drifts themselves
 * are compared with quadrature in test_vectors.c. */
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
#include "model/rules.h"
#include "problem/problem.h"
#include "simulate/process.h"
#include "support.h"
#include "wick/wick.h"

static void check(const wick_context *context, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", wick_status_text(status), wick_context_message(context));
}

static wick_problem *read_problem(wick_context *context, const char *text)
{
    wick_problem *problem = NULL;
    check(context, wick_problem_alloc(context, &problem));
    check(context, wick_problem_read_json(context, problem, text, "test"));
    return problem;
}

#define START                                                                                                               \
    "\"initial\":{\"Q\":[[1.1,0.2],[0.2,0.7]],\"M\":[[0.3,-0.1],[0.2,0.5]],\"P\":[[1,0.2],[0.2,0.8]],"                      \
    "\"a\":[0.9,-0.6],\"a_star\":[1.2,0.4]}"
#define RULES "\"weight_decay\":0.4,\"second_layer_decay\":0.3,\"second_layer_rate\":1.5,"
#define NOISE "\"p\":2,\"k\":2,\"d\":7,\"learning_rate\":0.6,\"noise\":0.2,"

/* ---- The drift and its Jacobian -------------------------------------------------------------------------------------- */

/* Row i of the Jacobian against differences of fourth order. */
static void check_jacobian(wick_context *context, const char *text)
{
    enum { LIMIT = 16 };
    wick_problem *problem = read_problem(context, text);
    wick_system *system = NULL;
    check(context, wick_system_compile(context, problem, &system));
    const size_t n = wick_system_dimension(system);
    double state[LIMIT], moved[LIMIT], out[LIMIT], jacobian[LIMIT * LIMIT];
    assert_true(n <= LIMIT);
    check(context, wick_system_initial_state(context, system, state));
    check(context, wick_system_jacobian(context, system, state, jacobian));
    for (size_t s = 0; s < n; s++) {
        static const double weight[] = {1.0 / 12, -2.0 / 3, 2.0 / 3, -1.0 / 12}, place[] = {-2, -1, 1, 2};
        double difference[LIMIT] = {0};
        for (size_t m = 0; m < 4; m++) {
            memcpy(moved, state, sizeof moved);
            moved[s] += 1e-3 * place[m];
            check(context, wick_system_drift(system, moved, out));
            for (size_t i = 0; i < n; i++) difference[i] += weight[m] * out[i] / 1e-3;
        }
        for (size_t i = 0; i < n; i++)
            if (!(fabs(difference[i] - jacobian[i * n + s]) < 1e-8 * fmax(1, fabs(difference[i]))))
                fail_msg("%s: row %zu, column %zu: %.12g, differences %.12g", text, i, s, jacobian[i * n + s],
                         difference[i]);
    }
    wick_system_free(system);
    wick_problem_free(problem);
}

static void test_jacobian(void **state)
{
    (void)state;
    static const char *const activations[] = {"x^2+x", "erf(x)", "leaky_relu(x,0.3)"};
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional"};
    wick_context *context = wick_context_alloc();
    for (size_t a = 0; a < 3; a++)
        for (size_t r = 0; r < (a == 2 ? 2 : 3); r++) {
            char text[1024];
            snprintf(text, sizeof text,
                     "{\"activation\":\"%s\",\"regime\":\"%s\",\"second_layer\":\"trained\"," NOISE RULES START "}",
                     activations[a], regimes[r]);
            check_jacobian(context, text);
        }
    wick_context_free(context);
}

/* A parameter that is set on a system counts like one of the problem, and one of the problem that is given later wins. */
static void test_set(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *plain = read_problem(context, "{\"activation\":\"erf(x)\"," NOISE START "}");
    wick_problem *ruled = read_problem(context, "{\"activation\":\"erf(x)\"," NOISE "\"weight_decay\":0.4," START "}");
    wick_system *one = NULL, *two = NULL;
    double at[7], expected[7], found[7];
    check(context, wick_system_compile(context, plain, &one));
    check(context, wick_system_compile(context, ruled, &two));
    check(context, wick_system_initial_state(context, one, at));
    check(context, wick_system_drift(two, at, expected));
    check(context, wick_system_set_parameter(context, one, "weight_decay", 0.4));
    check(context, wick_system_drift(one, at, found));
    assert_memory_equal(found, expected, sizeof found);
    check(context, wick_system_follow(context, one, plain));
    check(context, wick_system_drift(one, at, found));
    assert_memory_equal(found, expected, sizeof found);

    wick_system *copy = NULL;
    check(context, wick_system_copy(context, one, &copy));
    check(context, wick_system_drift(copy, at, found));
    assert_memory_equal(found, expected, sizeof found);
    wick_system_free(copy);

    check(context, wick_problem_set(context, plain, "weight_decay", "0"));
    check(context, wick_system_follow(context, one, plain));
    check(context, wick_system_set_parameter(context, two, "weight_decay", 0));
    check(context, wick_system_drift(one, at, found));
    check(context, wick_system_drift(two, at, expected));
    assert_memory_equal(found, expected, sizeof found);
    assert_int_equal(wick_system_set_parameter(context, one, "weight_decay", -1), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_set_parameter(context, one, "weight_decay", NAN), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_set_parameter(context, one, "second_layer_decay", 1), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_set_parameter(context, one, "wight_decay", 1), WICK_ERROR_PROBLEM);
    wick_system_free(one);
    wick_system_free(two);
    wick_problem_free(plain);
    wick_problem_free(ruled);
    wick_context_free(context);
}

/* The second layer's rate is told in units of the first's, which must be there. */
static void test_no_rate(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    static const char *const texts[] = {
        "{\"activation\":\"x^2\",\"second_layer\":\"trained\",\"second_layer_rate\":1," NOISE START "}",
        "{\"activation\":\"x^2\",\"second_layer\":\"trained\",\"second_layer_rate\":1,\"regime\":\"classical\"," START "}",
        "{\"activation\":\"x^2\",\"second_layer_rate\":1," NOISE START "}"};
    wick_problem *trained = read_problem(context, texts[0]), *classical = read_problem(context, texts[1]);
    wick_problem *fixed = read_problem(context, texts[2]);
    wick_system *system = NULL;
    assert_int_equal(wick_system_compile(context, classical, &system), WICK_ERROR_PROBLEM);
    assert_int_equal(wick_system_compile(context, fixed, &system), WICK_ERROR_PROBLEM);
    check(context, wick_system_compile(context, trained, &system));
    assert_int_equal(wick_system_set_learning_rate(context, system, 0), WICK_ERROR_PROBLEM);
    check(context, wick_system_set_learning_rate(context, system, 0.1));
    check(context, wick_problem_set(context, trained, "learning_rate", "0"));
    assert_int_equal(wick_system_follow(context, system, trained), WICK_ERROR_PROBLEM);
    wick_system_free(system);
    wick_problem_free(trained);
    wick_problem_free(classical);
    wick_problem_free(fixed);
    wick_context_free(context);
}

/* The drift at a time is that of the rate at that time; a number that is set takes the place of the schedule. */
static void test_schedule(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    const char *const activations[] = {"x^2", "erf(x)", "tanh(x)"};
    for (size_t i = 0; i < 3; i++) {
        char text[1024];
        snprintf(text, sizeof text, "{\"activation\":\"%s\",\"second_layer\":\"trained\"," NOISE RULES START "}",
                 activations[i]);
        wick_problem *constant = read_problem(context, text), *falling = read_problem(context, text);
        wick_system *one = NULL, *two = NULL, *copy = NULL;
        double at[9], expected[9], found[9];
        check(context, wick_problem_set(context, falling, "learning_rate", "0.6/(1 + t/2)"));
        check(context, wick_problem_set(context, constant, "learning_rate", "0.2"));
        check(context, wick_system_compile(context, constant, &one));
        check(context, wick_system_compile(context, falling, &two));
        check(context, wick_system_copy(context, two, &copy));
        check(context, wick_system_initial_state(context, one, at));
        check(context, wick_system_drift(one, at, expected));
        check(context, wick_system_drift_at(two, 4, at, found));
        for (size_t e = 0; e < 9; e++) assert_true(fabs(found[e] - expected[e]) < 1e-14 * fmax(1, fabs(expected[e])));
        check(context, wick_system_drift_at(copy, 4, at, expected));
        assert_memory_equal(found, expected, sizeof found);
        check(context, wick_system_set_learning_rate(context, one, 0.6));
        check(context, wick_system_drift(one, at, expected));
        check(context, wick_system_drift(two, at, found));
        assert_memory_equal(found, expected, sizeof found);
        check(context, wick_system_set_learning_rate(context, two, 0.6));
        check(context, wick_system_drift_at(two, 4, at, found));
        assert_memory_equal(found, expected, sizeof found);
        check(context, wick_system_follow(context, one, falling));
        check(context, wick_system_drift_at(one, 4, at, found));
        assert_memory_equal(found, expected, sizeof found); /* what was set on it is later */
        wick_system_free(one);
        wick_system_free(two);
        wick_system_free(copy);
        wick_problem_free(constant);
        wick_problem_free(falling);
    }
    wick_context_free(context);
}

/* Where decay cancels most of a large drift, the error of quadrature weighs more. */
static void test_accuracy(void **state)
{
    (void)state;
    wick_rules rules = {.layer = {{.rate = 1, .decay = 0.5}, {.rate = 2, .decay = 0}}};
    const wick_layout layout = wick_layout_of(WICK_CLASSICAL, true, 1, 1);
    const double at[] = {100, 10, 1};
    double drift[] = {50, 10, 3};
    assert_true(wick_rules_apply(&rules, &layout, at, drift) == 50);
    assert_true(drift[0] == 0 && drift[1] == 0 && drift[2] == 6);
}

/* ---- Simulations ----------------------------------------------------------------------------------------------------- */

static double x2(double x) { return x * x; }
static double dx2(double x) { return 2 * x; }

/* SGD written out in plain loops over all of R^d, with the same random numbers in the same order. */
static void walk(const wick_process *process, size_t steps, const double rule[6], double *W, double *a)
{
    enum { D = 7, P = 2, K = 2 };
    double t = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, 5);
    for (size_t nu = 0; nu < steps; nu++) {
        const double gamma = rule[4] > 0 ? 0.6 / (1 + rule[4] * t) : 0.6, step = gamma / (P * D);
        const double own = rule[5] > 0 ? rule[5] / gamma : 1;
        double z[D], l[P] = {0}, target = 0, student = 0;
        for (size_t b = 0; b < D; b++) z[b] = gsl_ran_gaussian_ziggurat(rng, 1);
        for (size_t j = 0; j < P; j++)
            for (size_t b = 0; b < D; b++) l[j] += W[j * D + b] * z[b];
        for (size_t r = 0; r < K; r++) {
            double field = 0;
            for (size_t b = 0; b < process->start.inside; b++)
                field += process->start.T[r * process->start.inside + b] * z[b];
            target += process->a_star[r] * x2(field);
        }
        for (size_t j = 0; j < P; j++) student += a[j] * x2(l[j]);
        const double E = target / K - student / P + sqrt(0.2) * gsl_ran_gaussian_ziggurat(rng, 1);
        for (size_t j = 0; j < P; j++) {
            const double old = a[j];
            for (size_t b = 0; b < D; b++) W[j * D + b] += step * (old * dx2(l[j]) * E * z[b] - rule[1] * W[j * D + b]);
            a[j] += step * (own * x2(l[j]) * E - rule[3] * old);
        }
        t += step;
    }
    gsl_rng_free(rng);
}

static void compare_with_loops(const char *keys, const double rule[6], size_t steps)
{
    enum { D = 7, P = 2 };
    char text[1024];
    wick_context *context = wick_context_alloc();
    const char *rate = strchr(keys, '@');
    snprintf(text, sizeof text, "{\"activation\":\"x^2\",\"second_layer\":\"trained\"," NOISE "%.*s" START "}",
             (int)(rate ? (size_t)(rate - keys) : strlen(keys)), keys);
    wick_problem *problem = read_problem(context, text);
    if (rate) check(context, wick_problem_set(context, problem, "learning_rate", rate + 1));
    check(context, wick_problem_check(context, problem, WICK_FOR_DRIFT));
    wick_polynomial square = WICK_POLYNOMIAL_ZERO;
    wick_scalar_function student, target;
    wick_process process;
    check(context, wick_activation_parse(context, "activation", "x^2", &square));
    check(context, wick_scalar_function_polynomial(context, &square, &student));
    check(context, wick_scalar_function_polynomial(context, &square, &target));
    check(context, wick_process_make(context, problem, student, target, true, &process));
    wick_chain *chain = wick_chain_alloc(&process, 5);
    double W[P * D] = {0}, a[P], found[9], expected[9];
    for (size_t j = 0; j < P; j++)
        for (size_t b = 0; b < process.start.columns; b++) W[j * D + b] = process.start.W[j * process.start.columns + b];
    memcpy(a, process.a, sizeof a);
    walk(&process, steps, rule, W, a);
    assert_true(wick_chain_walk(chain, steps));
    wick_chain_state(chain, found);
    size_t at = 0;
    for (size_t j = 0; j < P; j++)
        for (size_t r = 0; r < 2; r++, at++) {
            expected[at] = 0;
            for (size_t b = 0; b < process.start.inside; b++)
                expected[at] += W[j * D + b] * process.start.T[r * process.start.inside + b];
        }
    for (size_t j = 0; j < P; j++)
        for (size_t l = j; l < P; l++, at++) {
            expected[at] = 0;
            for (size_t b = 0; b < D; b++) expected[at] += W[j * D + b] * W[l * D + b];
        }
    memcpy(expected + at, a, sizeof a);
    for (size_t i = 0; i < 9; i++)
        if (!(fabs(found[i] - expected[i]) <= 1e-10 * fmax(fabs(expected[i]), 1e-200)))
            fail_msg("%s: entry %zu: found %.15g, in plain loops %.15g", keys, i, found[i], expected[i]);
    wick_chain_free(chain);
    wick_process_clear(&process);
    wick_polynomial_clear(&square);
    wick_problem_free(problem);
    wick_context_free(context);
}

static void test_steps(void **state)
{
    (void)state;
    compare_with_loops("", (double[]){0, 0, 0, 0, 0, 0}, 20);
    compare_with_loops(RULES, (double[]){0, 0.4, 0, 0.3, 0, 1.5}, 20);
    /* A rate that falls, with the others: "learning_rate" twice is an error in a file, so it is set below. */
    compare_with_loops(RULES "@0.6/(1 + 30*t)", (double[]){0, 0.4, 0, 0.3, 30, 1.5}, 60);
    /* The weights shrink by 0.9 a step, which runs through the range of the scale that they have. */
    compare_with_loops("\"weight_decay\":21,", (double[]){0, 21, 0, 0, 0, 0}, 300);
}

/* The state of the last output, of wick_integrate() or of a simulation. */
typedef struct {
    double last[16];
    size_t dimension;
} keeper;

static int keep(void *user, const wick_point *point)
{
    keeper *to = user;
    memcpy(to->last, point->state, to->dimension * sizeof *to->last);
    return 0;
}

static int keep_sample(void *user, const wick_sample *sample)
{
    keeper *to = user;
    memcpy(to->last, sample->states, to->dimension * sizeof *to->last);
    return 0;
}

/* The gradient flow of the weights with decay is the classical regime with decay. */
static void test_flow(void **state)
{
    (void)state;
    wick_context *context = wick_context_alloc();
    wick_problem *problem = read_problem(
        context, "{\"activation\":\"x^3-x/2\",\"second_layer\":\"trained\",\"regime\":\"classical\"," NOISE RULES START
                 ",\"time\":{\"at\":[2]},\"integrator\":{\"rtol\":1e-12,\"atol\":1e-14}}");
    keeper run = {.dimension = 9}, flow = {.dimension = 9};
    wick_system *system = NULL;
    check(context, wick_system_compile(context, problem, &system));
    check(context, wick_integrate(context, problem, system, keep, NULL, &run, NULL));
    wick_simulation simulation = {.engine = WICK_WEIGHTS_FLOW, .runs = 1, .threads = 1, .state_statistics = true};
    check(context, wick_simulate(context, problem, system, &simulation, keep_sample, NULL, &flow, NULL));
    for (size_t i = 0; i < 9; i++)
        if (!(fabs(run.last[i] - flow.last[i]) < 1e-10)) fail_msg("entry %zu: %.15g, %.15g", i, run.last[i], flow.last[i]);
    wick_system_free(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jacobian), cmocka_unit_test(test_set),      cmocka_unit_test(test_no_rate),
        cmocka_unit_test(test_schedule), cmocka_unit_test(test_accuracy), cmocka_unit_test(test_steps),
        cmocka_unit_test(test_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The mean field at the edges: weights that lie in the target's space, no room outside it, second layers, one student; what
 * is refused, and why; copies; and results that do not depend on the number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "wick/wick.h"

enum { TEXT_SIZE = 2048 };

/* ---- Systems of problems in JSON --------------------------------------------------------------------------------- */

typedef struct {
    wick_context *context;
    wick_problem *problem;
    wick_system *system;
    size_t dimension;
    double *state, *drift;
    double risk, excess_risk;
} setting;

static void check(const setting *s, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", wick_status_text(status), wick_context_message(s->context));
}

static void evaluate(setting *s)
{
    check(s, wick_system_drift(s->system, s->state, s->drift));
    check(s, wick_system_risk(s->system, s->state, &s->risk, &s->excess_risk));
}

/* Compiles the problem ('-quotes stand for "-quotes), and evaluates its drift and risk at the initial state. */
static setting make(const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(text, sizeof text, format, arguments) < TEXT_SIZE);
    va_end(arguments);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'') *c = '"';

    setting s = {.context = wick_context_alloc()};
    check(&s, wick_problem_alloc(s.context, &s.problem));
    check(&s, wick_problem_read_json(s.context, s.problem, text, "in.json"));
    check(&s, wick_system_compile(s.context, s.problem, &s.system));
    s.dimension = wick_system_dimension(s.system);
    s.state = malloc(s.dimension * sizeof *s.state);
    s.drift = malloc(s.dimension * sizeof *s.drift);
    assert_true(s.state != NULL && s.drift != NULL);
    check(&s, wick_system_initial_state(s.context, s.system, s.state));
    evaluate(&s);
    return s;
}

static void clear(setting *s)
{
    free(s->state);
    free(s->drift);
    wick_system_free(s->system);
    wick_problem_free(s->problem);
    wick_context_free(s->context);
}

/* The same drift and risk to the last bit. */
static void assert_same(const setting *one, const setting *other)
{
    assert_int_equal(one->dimension, other->dimension);
    assert_memory_equal(one->state, other->state, one->dimension * sizeof(double));
    assert_memory_equal(one->drift, other->drift, one->dimension * sizeof(double));
    assert_true(one->risk == other->risk && one->excess_risk == other->excess_risk);
}

static void assert_close(const setting *one, const setting *other, double tolerance)
{
    assert_int_equal(one->dimension, other->dimension);
    const double error = wick_test_error(one->drift, other->drift, one->dimension);
    if (!(error < tolerance)) fail_msg("drift: relative error %g", error);
    if (!(fabs(one->risk - other->risk) < tolerance * fabs(other->risk))) fail_msg("%.17g, %.17g", one->risk, other->risk);
}

#define MIXED "'activation': 'x^3 + x^2/2 - x', 'target_activation': 'x^4/4 + x + 1/3', 'learning_rate': 0.3"
#define THREE                                                                                                               \
    "'M': [[0.3, -0.1], [0.5, 0.7], [-0.4, 0.2]], 'P': [[1.5, 0.25], [0.25, 0.75]], 'a': [1, -0.5, 2], "                    \
    "'a_star': [0.75, 1.25]"

/* ---- Weights in the target's space ------------------------------------------------------------------------------- */

/* M P^-1 M^T of the problem THREE, entry by entry: P^-1 = [[0.75, -0.25], [-0.25, 1.5]] / 1.0625. */
static double inside(size_t i, size_t l)
{
    static const double M[3][2] = {{0.3, -0.1}, {0.5, 0.7}, {-0.4, 0.2}};
    return (0.75 * M[i][0] * M[l][0] - 0.25 * (M[i][0] * M[l][1] + M[i][1] * M[l][0]) + 1.5 * M[i][1] * M[l][1]) / 1.0625;
}

/* With q = 0 the mean field is gradient flow at Q = M P^-1 M^T, whatever d. */
static void test_no_room(void **state)
{
    (void)state;
    static const char *const places[] = {"'regime': 'mean-field', 'd': 2", "'regime': 'mean-field', 'd': 3",
                                         "'regime': 'mean-field', 'd': 1000", "'regime': 'mean-field-high-d'"};
    setting flow = make("{" MIXED ", 'regime': 'classical', 'initial': {" THREE ", 'Q': [[%.17g, %.17g, %.17g], "
                        "[%.17g, %.17g, %.17g], [%.17g, %.17g, %.17g]]}}",
                        inside(0, 0), inside(0, 1), inside(0, 2), inside(1, 0), inside(1, 1), inside(1, 2), inside(2, 0),
                        inside(2, 1), inside(2, 2));
    for (size_t i = 0; i < 4; i++) {
        setting s = make("{" MIXED ", %s, 'initial': {" THREE ", 'q': [0, 0, 0]}}", places[i]);
        assert_int_equal(s.dimension, 3 * 2 + 3);
        for (size_t j = 0; j < 3; j++) assert_true(s.drift[6 + j] == 0);
        const double error = wick_test_error(s.drift, flow.drift, 6);
        if (!(error < 1e-13)) fail_msg("%s: dM: relative error %g", places[i], error);
        assert_true(fabs(s.risk - flow.risk) < 1e-13 * flow.risk);
        clear(&s);
    }
    clear(&flow);
}

static int keep_last(void *user, const wick_point *point)
{
    setting *s = user;
    for (size_t j = 0; j < 3; j++)
        if (point->state[6 + j] != 0) return 1;
    memcpy(s->state, point->state, s->dimension * sizeof *s->state);
    return 0;
}

/* q = 0 is invariant, to the last bit, with room outside and without. */
static void test_stays_inside(void **state)
{
    (void)state;
    static const char *const places[] = {"'regime': 'mean-field', 'd': 2", "'regime': 'mean-field', 'd': 5",
                                         "'regime': 'mean-field-high-d'"};
    for (size_t i = 0; i < 3; i++) {
        setting s = make("{'activation': 'x^2', 'learning_rate': 1, %s, 'initial': {" THREE ", 'q': [0, 0, 0]}, "
                         "'time': {'end': 5, 'points': 4}}",
                         places[i]);
        const double start = s.excess_risk, first = s.state[0];
        check(&s, wick_integrate(s.context, s.problem, s.system, keep_last, NULL, &s, NULL));
        evaluate(&s);
        assert_true(s.state[0] != first && s.excess_risk < start);
        clear(&s);
    }
}

/* Label noise takes a student out of the target's space, where there is room. */
static void test_noise_leaves(void **state)
{
    (void)state;
    setting s = make("{'activation': 'x', 'learning_rate': 0.5, 'noise': 0.2, 'regime': 'mean-field', 'd': 2, "
                     "'initial': {'M': [[0.5], [0.25]], 'q': [0, 0], 'a': [1, 2]}}");
    assert_true(fabs(s.drift[2] - 0.05) < 1e-16 && fabs(s.drift[3] - 0.2) < 1e-16); /* gamma Delta a^2 / p */
    clear(&s);
}

/* Q given, equal to M P^-1 M^T but for rounding: there q is 0, not a little more. */
static void test_rounded_Q(void **state)
{
    (void)state;
    for (int m = 1; m < 100; m++) {
        const double M = m / 100.0;
        setting s = make("{'activation': 'x^2', 'learning_rate': 1, 'regime': 'mean-field', 'd': 1, "
                         "'initial': {'M': [[%.17g]], 'Q': [[%.17g]], 'P': [[0.7]]}}",
                         M, M * M / 0.7);
        assert_true(s.state[1] == 0 && s.drift[1] == 0);
        clear(&s);
    }
}

static void test_random_without_room(void **state)
{
    (void)state;
    setting s = make("{'activation': 'x^2', 'learning_rate': 1, 'regime': 'mean-field', 'p': 50, 'k': 3, 'd': 3}");
    for (size_t j = 0; j < 50; j++) assert_true(s.state[150 + j] == 0 && s.drift[150 + j] == 0);
    clear(&s);
}

/* ---- Sizes and second layers ------------------------------------------------------------------------------------- */

/* The targets' second layer counts where the students' is of ones. The other drift goes by quadrature. */
static void test_second_layer_of_targets(void **state)
{
    (void)state;
    const char *text = "{'activation': 'x^2', 'learning_rate': 1, 'regime': 'mean-field-high-d', %s"
                       "'initial': {'M': [[0.3, 0.2], [0.1, 0]], 'q': [1, 0.5], 'a_star': [0.5, 1.5]}}";
    setting s = make(text, ""), other = make(text, "'method': 'quadrature', ");
    assert_true(wick_test_error(s.drift, other.drift, s.dimension) < 1e-9);
    assert_true(fabs(s.risk - other.risk) < 1e-9);
    clear(&s);
    clear(&other);
}

/* One student has no other to be averaged with: its mean field is gradient flow, whatever d. */
static void test_one_student(void **state)
{
    (void)state;
    setting s = make("{" MIXED ", 'regime': 'mean-field', 'd': 4, 'initial': {'M': [[0.6, 0.2]], 'q': [0.3]}}");
    setting high = make("{" MIXED ", 'regime': 'mean-field-high-d', 'initial': {'M': [[0.6, 0.2]], 'q': [0.3]}}");
    setting flow = make("{" MIXED ", 'regime': 'classical', 'initial': {'M': [[0.6, 0.2]], 'Q': [[0.7]]}}");
    /* q = Q - |M|^2 */
    flow.drift[2] -= 2 * (0.6 * flow.drift[0] + 0.2 * flow.drift[1]);
    assert_close(&s, &flow, 1e-13);
    assert_close(&high, &flow, 1e-13);
    clear(&s);
    clear(&high);
    clear(&flow);
}

/* A second layer of ones is the default, and the code without one; a layer that differs from it by a rounding runs the
 * general code, and gives the same but for rounding. */
static void test_unit_layer(void **state)
{
    (void)state;
    static const char *const start = MIXED ", 'noise': 0.1, 'regime': 'mean-field', 'd': 6";
    static const char *const overlaps = "'M': [[0.3], [-0.5], [0.2]], 'q': [0.5, 0.25, 1]";
    setting none = make("{%s, 'initial': {%s}}", start, overlaps);
    setting ones = make("{%s, 'initial': {%s, 'a': [1, 1, 1]}}", start, overlaps);
    setting near = make("{%s, 'initial': {%s, 'a': [1, 1.0000000000000002, 1]}}", start, overlaps);
    assert_same(&none, &ones);
    assert_string_equal(wick_system_source(none.system), wick_system_source(ones.system));
    assert_string_not_equal(wick_system_source(none.system), wick_system_source(near.system));
    assert_close(&near, &none, 1e-13);
    clear(&none);
    clear(&ones);
    clear(&near);
}

/* A student of no weight moves as the others say, and moves none of them. */
static void test_silent_student(void **state)
{
    (void)state;
    static const char *const start = MIXED ", 'regime': 'mean-field', 'd': 6";
    setting with = make("{%s, 'initial': {'M': [[0.3], [0.2]], 'q': [0.5, 1], 'a': [2, 0]}}", start);
    setting without = make("{%s, 'initial': {'M': [[0.3]], 'q': [0.5], 'a': [1]}}", start); /* 2/2 = 1/1 */
    assert_true(fabs(with.risk - without.risk) < 1e-14);
    assert_true(fabs(with.drift[0] - 2 * without.drift[0]) < 1e-14);
    assert_true(fabs(with.drift[2] - 2 * without.drift[1]) < 1e-14);
    assert_true(with.drift[1] == 0 && with.drift[3] == 0); /* a_i = 0 */
    clear(&with);
    clear(&without);
}

/* ---- Copies and threads ------------------------------------------------------------------------------------------ */

static void check_copy(const char *layer)
{
    setting s = make("{" MIXED ", 'noise': 0.5, 'regime': 'mean-field', 'd': 5, 'initial': {'M': [[0.3, -0.1], [0.5, 0.7]], "
                     "'P': [[1.5, 0.25], [0.25, 0.75]], 'q': [0.3, 0.9]%s}}",
                     layer);
    setting copy = s;
    copy.drift = malloc(s.dimension * sizeof *copy.drift);
    assert_non_null(copy.drift);
    check(&s, wick_system_copy(s.context, s.system, &copy.system));
    evaluate(&copy);
    assert_same(&s, &copy);

    check(&copy, wick_system_set_noise(copy.context, copy.system, 0));
    evaluate(&copy);
    assert_true(copy.drift[4] != s.drift[4] && copy.risk == copy.excess_risk);
    const double before = s.drift[4];
    evaluate(&s);
    assert_true(s.drift[4] == before);

    /* The copy outlives what it was copied from. */
    wick_system_free(s.system);
    s.system = NULL;
    check(&copy, wick_system_set_noise(copy.context, copy.system, 0.5));
    evaluate(&copy);
    assert_same(&s, &copy);
    wick_system_free(copy.system);
    free(copy.drift);
    clear(&s);
}

static void test_copy(void **state)
{
    (void)state;
    check_copy("");
    check_copy(", 'a': [0.5, -1.5]");
}

static setting make_with_threads(int threads, const char *problem)
{
    omp_set_num_threads(threads);
    return make("{%s}", problem);
}

/* p = 300000 is summed by several threads if there are any. */
static void check_threads(const char *problem)
{
    const int usual = omp_get_max_threads();
    setting one = make_with_threads(1, problem);
    for (int threads = 2; threads <= 3; threads++) {
        setting more = make_with_threads(threads, problem);
        assert_same(&one, &more);
        evaluate(&more);
        assert_same(&one, &more);
        clear(&more);
    }
    omp_set_num_threads(usual);
    clear(&one);
}

static void test_threads(void **state)
{
    (void)state;
    check_threads("'activation': 'x^2', 'learning_rate': 1, 'regime': 'mean-field', 'p': 300000, 'k': 1, 'd': 3");
    check_threads(MIXED ", 'noise': 0.1, 'regime': 'mean-field', 'p': 300001, 'k': 2, 'd': 7, "
                        "'initial': {'random': {'orthonormal_target': false}}");
}

/* Series that are long enough for several threads: by tensors of the students, and by pairs of them where there are many
 * targets. */
static void test_threads_of_series(void **state)
{
    (void)state;
    check_threads("'activation': 'erf(x/sqrt(2))', 'learning_rate': 0.1, 'regime': 'mean-field-high-d', 'p': 60000, 'k': 2, "
                  "'d': 9");
    check_threads("'activation': 'erf(x/sqrt(2))', 'learning_rate': 0.1, 'regime': 'mean-field-high-d', 'p': 1000, 'k': 8, "
                  "'d': 12");
}

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void refuse(const char *text, wick_status expected, const char *message)
{
    char copy[TEXT_SIZE];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'') *c = '"';
    wick_context *context = wick_context_alloc();
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    assert_int_equal(wick_problem_alloc(context, &problem), WICK_OK);
    wick_status status = wick_problem_read_json(context, problem, copy, "in.json");
    if (status == WICK_OK) status = wick_system_compile(context, problem, &system);
    if (status != expected || strcmp(wick_context_message(context), message) != 0)
        fail_msg("%s\n  %s: %s\n  not: %s", text, wick_status_text(status), wick_context_message(context), message);
    assert_null(system);
    wick_problem_free(problem);
    wick_context_free(context);
}

#define SMALL "'activation': 'x^2', 'learning_rate': 1, 'regime': 'mean-field'"

static void test_refused(void **state)
{
    (void)state;
    refuse("{" SMALL ", 'd': 1, 'initial': {'M': [[0.5], [0.2]], 'q': [0, 0.25]}}", WICK_ERROR_PROBLEM,
           "in.json:1:72: d: d = k = 1 needs q = 0, but q[2] is 0.25");
    refuse("{" SMALL ",\n'd': 1, 'initial': {'M': [[0.5, 0.2]], 'q': [0]}}", WICK_ERROR_PROBLEM,
           "in.json:2:6: d: must be at least k = 2 in regime mean-field, found 1");
    refuse("{" SMALL ",\n'd': 2, 'p': 4, 'k': 3}", WICK_ERROR_PROBLEM,
           "in.json:2:6: d: must be at least k = 3 in regime mean-field, found 2");
    refuse("{" SMALL ", 'initial': {'M': [[0.5]], 'q': [0]}}", WICK_ERROR_PROBLEM,
           "in.json:1:1: d: missing; regime mean-field needs the input dimension");
    refuse("{" SMALL ", 'd': 9,\n'initial': {'M': [[1, 1]], 'q': [1], 'P': [[1, 1], [1, 1]]}}", WICK_ERROR_PROBLEM,
           "in.json:2:43: initial.P: must be positive definite in regime mean-field");
    refuse("{" SMALL ", 'd': 9,\n'initial': {'M': [[1, 1]], 'q': [1], 'P': [[1, 2], [2, 1]]}}", WICK_ERROR_PROBLEM,
           "in.json:2:43: initial.P: must be positive definite in regime mean-field");
    refuse("{" SMALL ", 'd': 9,\n'initial': {'M': [[0]], 'q': [1], 'P': [[0]]}}", WICK_ERROR_PROBLEM,
           "in.json:2:40: initial.P: must be positive definite in regime mean-field");
    refuse("{" SMALL ", 'd': 9,\n'second_layer': 'trained', 'initial': {'M': [[0]], 'q': [1]}}", WICK_ERROR_UNSUPPORTED,
           "in.json:2:17: second_layer: \"trained\" is not available in regime mean-field; it takes \"fixed\", with any a");
    refuse("{" SMALL ", 'd': 9,\n'initial': {'M': [[0.5], [0.2]], 'q': [0.5]}}", WICK_ERROR_PROBLEM,
           "in.json:2:39: initial.q: must have p = 2 entries, found 1");
    refuse("{" SMALL ", 'd': 9,\n'initial': {'M': [[0.5], [0.2]], 'q': [0.5, -0.5]}}", WICK_ERROR_PROBLEM,
           "in.json:2:39: initial.q: entry 2: must be at least 0, found -0.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_room),        cmocka_unit_test(test_stays_inside),
        cmocka_unit_test(test_noise_leaves),   cmocka_unit_test(test_rounded_Q),
        cmocka_unit_test(test_one_student),    cmocka_unit_test(test_random_without_room),
        cmocka_unit_test(test_unit_layer),     cmocka_unit_test(test_second_layer_of_targets),
        cmocka_unit_test(test_silent_student), cmocka_unit_test(test_copy),
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_threads_of_series),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

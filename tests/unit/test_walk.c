/* Walked plans against compiled ones: drift, risk and Jacobian are the same numbers, digit by digit. (That both are right is
 * for other tests to say, which run once with each: tests/CMakeLists.txt.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wick/wick.h"

static void check(const wick_context *context, wick_status status)
{
    if (status != WICK_OK) fail_msg("%s: %s", wick_status_text(status), wick_context_message(context));
}

typedef struct {
    const char *activation, *target, *regime, *layer;
    int p, k;
} setting;

static wick_system *make(wick_context *context, const setting *of, int walk)
{
    char text[512];
    wick_problem *problem = NULL;
    wick_system *system = NULL;
    snprintf(
        text, sizeof text,
        "{\"activation\":\"%s\",\"target_activation\":\"%s\",\"regime\":\"%s\",\"second_layer\":\"%s\",\"p\":%d,\"k\":%d,"
        "\"d\":%d,\"learning_rate\":0.3,\"noise\":0.2,\"initial\":{\"random\":{\"seed\":3,\"orthonormal_target\":false}}}",
        of->activation, of->target, of->regime, of->layer, of->p, of->k, of->p + of->k + 3);
    check(context, wick_problem_alloc(context, &problem));
    check(context, wick_problem_read_json(context, problem, text, "problem"));
    wick_context_walk(context, walk);
    check(context, wick_system_compile(context, problem, &system));
    assert_int_equal(wick_system_is_walked(system), walk);
    wick_problem_free(problem);
    return system;
}

static void compare(const setting *of)
{
    wick_context *context = wick_context_alloc();
    wick_system *compiled = make(context, of, 0), *walked = make(context, of, 1), *copy = NULL;
    const size_t n = wick_system_dimension(compiled);
    double *numbers = calloc(3 * n + 2 * n * n, sizeof *numbers), *first = numbers + n, *second = first + n;
    double *one = second + n, *other = one + n * n, risk[2];
    assert_non_null(numbers);
    check(context, wick_system_copy(context, walked, &copy));
    wick_system_free(walked);
    check(context, wick_system_initial_state(context, compiled, numbers));
    for (int round = 0; round < 2; round++) {
        check(context, wick_system_drift(compiled, numbers, first));
        check(context, wick_system_drift(copy, numbers, second));
        check(context, wick_system_risk(compiled, numbers, &risk[0], NULL));
        check(context, wick_system_risk(copy, numbers, &risk[1], NULL));
        if (memcmp(first, second, n * sizeof *first) || risk[0] != risk[1])
            fail_msg("%s learns %s, %s, %s, p = %d, k = %d: other digits", of->activation, of->target, of->regime, of->layer,
                     of->p, of->k);
        for (size_t i = 0; i < n; i++) numbers[i] += 1e-3 * first[i] / (1 + first[i] * first[i]);
    }
    wick_context_walk(context, 0);
    if (n < 200 && wick_system_jacobian(context, compiled, numbers, one) == WICK_OK) {
        wick_context_walk(context, 1);
        check(context, wick_system_jacobian(context, copy, numbers, other));
        if (memcmp(one, other, n * n * sizeof *one))
            fail_msg("%s learns %s, %s, %s, p = %d, k = %d: other digits in the Jacobian", of->activation, of->target,
                     of->regime, of->layer, of->p, of->k);
    }
    free(numbers);
    wick_system_free(compiled);
    wick_system_free(copy);
    wick_context_free(context);
}

static void test_digits(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"x^2", "x^2"},       {"x^3/3 - x + 1/7", "x^2 - x"},
                                           {"x^4 - x^3", "x^3"}, {"x^5/9 + x^2", "he3"},
                                           {"x", "x^2"},         {"x^6/11 - x^4", "x^4"}};
    static const char *const regimes[] = {"classical", "classical-noise", "high-dimensional", "mean-field",
                                          "mean-field-high-d"};
    static const int sizes[][2] = {{1, 1}, {3, 2}, {8, 4}, {9, 1}};
    for (size_t a = 0; a < sizeof pairs / sizeof *pairs; a++)
        for (size_t r = 0; r < 5; r++)
            for (size_t s = 0; s < 4; s++)
                for (int trained = 0; trained < (r < 3 ? 2 : 1); trained++)
                    compare(&(setting){pairs[a][0], pairs[a][1], regimes[r], trained ? "trained" : "fixed", sizes[s][0],
                                       sizes[s][1]});
}

/* Products that go to the BLAS, blocks of particles, and activations whose graphs are walked. */
static void test_others(void **state)
{
    (void)state;
    static const setting all[] = {{"x^2", "x^2", "high-dimensional", "fixed", 60, 5},
                                  {"x^3 - x", "x^2", "mean-field", "fixed", 1200, 2},
                                  {"tanh(2*x) + x/3", "sin(x)", "classical", "trained", 2, 2},
                                  {"gelu", "1/(1+x^2)", "high-dimensional", "fixed", 2, 1},
                                  {"softplus(x - 1/2)*x", "max(x, 0.3)", "classical-noise", "fixed", 2, 1},
                                  {"(1+x^2)^(1/3) + exp(-x^2)", "leaky_relu(x,2)", "classical", "fixed", 2, 1},
                                  {"tanh", "erf(x)", "mean-field", "fixed", 5, 2}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) compare(&all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits), cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

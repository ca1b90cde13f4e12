/* The layout of the state vector: sizes, positions, names, packing; against a plain enumeration in the documented order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dynamics/dynamics.h"

static const wick_layout layouts[] = {
    {.p = 1, .k = 1}, {.p = 2, .k = 3},
    {.p = 5, .k = 2}, {.p = 4, .k = 1, .trained = true},
    {.p = 7, .k = 4}, {.p = 3, .k = 2, .reduced = true},
    {.p = 1, .k = 2}, {.p = 6, .k = 1, .reduced = true, .trained = true},
};
enum { LAYOUT_COUNT = sizeof layouts / sizeof *layouts };

static void check_name(const wick_layout *layout, size_t index, const char *format, size_t i, size_t j)
{
    char expected[64], name[64];
    snprintf(expected, sizeof expected, format, i + 1, j + 1);
    wick_layout_name(layout, index, name);
    assert_string_equal(name, expected);
}

static void test_order(void **state)
{
    (void)state;
    for (size_t n = 0; n < LAYOUT_COUNT; n++) {
        const wick_layout *layout = &layouts[n];
        size_t next = 0, dimension = 0;
        for (size_t j = 0; j < layout->p; j++)
            for (size_t r = 0; r < layout->k; r++, next++) {
                assert_int_equal(wick_layout_M(layout, j, r), next);
                check_name(layout, next, "M[%zu,%zu]", j, r);
            }
        for (size_t j = 0; j < layout->p && layout->reduced; j++, next++) {
            assert_int_equal(wick_layout_q(layout, j), next);
            check_name(layout, next, "q[%zu]", j, 0);
        }
        for (size_t j = 0; j < layout->p && !layout->reduced; j++)
            for (size_t l = j; l < layout->p; l++, next++) {
                assert_int_equal(wick_layout_Q(layout, j, l), next);
                assert_int_equal(wick_layout_Q(layout, l, j), next);
                check_name(layout, next, "Q[%zu,%zu]", j, l);
            }
        for (size_t j = 0; j < layout->p && layout->trained; j++, next++) {
            assert_int_equal(wick_layout_a(layout, j), next);
            check_name(layout, next, "a[%zu]", j, 0);
        }
        assert_true(wick_layout_dimension(layout, &dimension));
        assert_int_equal(dimension, next);
    }
}

static void test_large(void **state)
{
    (void)state;
    size_t dimension = 0;
    assert_true(wick_layout_dimension(&(wick_layout){.p = 1000000, .k = 3, .trained = true}, &dimension));
    assert_int_equal(dimension, 3000000 + 500000500000 + 1000000);
    assert_true(
        wick_layout_dimension(&(wick_layout){.p = SIZE_MAX / 4, .k = 2, .reduced = true, .trained = true}, &dimension));
    assert_int_equal(dimension, SIZE_MAX / 4 * 4);
    static const wick_layout overflowing[] = {
        {.p = SIZE_MAX, .k = 1},
        {.p = SIZE_MAX / 2, .k = 3, .reduced = true},
        {.p = (size_t)1 << 32, .k = 1},
        {.p = SIZE_MAX / 2, .k = 2, .reduced = true},
        {.p = SIZE_MAX / 3, .k = 2, .reduced = true, .trained = true},
    };
    for (size_t n = 0; n < sizeof overflowing / sizeof *overflowing; n++)
        assert_false(wick_layout_dimension(&overflowing[n], &dimension));
}

static double *numbers(size_t count, double first)
{
    double *made = malloc((count + 1) * sizeof *made);
    assert_non_null(made);
    for (size_t i = 0; i <= count; i++) made[i] = first + (double)i;
    return made;
}

/* A symmetric matrix whose lower triangle, when `spoilt`, says something else. */
static double *symmetric(size_t p, bool spoilt)
{
    double *Q = numbers(p * p, 0);
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l < p; l++)
            Q[j * p + l] = spoilt && l < j ? -1 : (double)(100 * (j < l ? j : l) + (j < l ? l : j));
    return Q;
}

static void check_packing(const wick_layout *layout)
{
    const size_t p = layout->p, k = layout->k, second = layout->reduced ? p : p * p;
    double *M = numbers(p * k, 0.5), *a = numbers(p, 0.25), *packed = numbers(p * (k + p + 2), -7);
    double *given = layout->reduced ? numbers(p, 1000) : symmetric(p, true);
    double *expected = layout->reduced ? numbers(p, 1000) : symmetric(p, false);
    double *M_back = numbers(p * k, -1), *second_back = numbers(second, -1), *a_back = numbers(p, -1);
    size_t dimension = 0;
    assert_true(wick_layout_dimension(layout, &dimension));
    const double beyond = packed[dimension];
    wick_layout_pack(layout, M, given, a, packed);
    assert_true(packed[dimension] == beyond);
    assert_true(packed[wick_layout_M(layout, p - 1, k - 1)] == M[p * k - 1]);
    if (layout->trained) assert_true(packed[wick_layout_a(layout, p - 1)] == a[p - 1]);

    wick_layout_unpack(layout, packed, NULL, NULL, NULL);
    wick_layout_unpack(layout, packed, M_back, second_back, a_back);
    assert_memory_equal(M_back, M, p * k * sizeof *M);
    assert_memory_equal(second_back, expected, second * sizeof *expected);
    if (layout->trained)
        assert_memory_equal(a_back, a, p * sizeof *a);
    else
        assert_true(a_back[0] == -1);
    free(M), free(a), free(packed), free(given), free(expected), free(M_back), free(second_back), free(a_back);
}

static void test_packing(void **state)
{
    (void)state;
    for (size_t n = 0; n < LAYOUT_COUNT; n++) check_packing(&layouts[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

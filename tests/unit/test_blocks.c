/* The layout of the state vector: sizes, positions, names, packing; against a plain enumeration in the documented order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/blocks.h"

/* What layouts are made of. */
static const struct {
    size_t p, k;
    bool reduced, trained;
} cases[] = {
    {1, 1, false, false}, {2, 3, false, false}, {5, 2, false, false}, {4, 1, false, true},
    {7, 4, false, false}, {3, 2, true, false},  {1, 2, false, false}, {6, 1, true, true},
};
enum { CASES = sizeof cases / sizeof *cases };

static wick_layout make(size_t p, size_t k, bool reduced, bool trained)
{
    return wick_layout_of(reduced ? WICK_MEAN_FIELD : WICK_HIGH_DIMENSIONAL, trained, p, k);
}

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
    for (size_t n = 0; n < CASES; n++) {
        const bool reduced = cases[n].reduced, trained = cases[n].trained;
        const wick_layout made = make(cases[n].p, cases[n].k, reduced, trained), *layout = &made;
        size_t next = 0, dimension = 0;
        for (size_t j = 0; j < layout->p; j++)
            for (size_t r = 0; r < layout->k; r++, next++) {
                assert_int_equal(wick_layout_at(layout, WICK_BLOCK_M, j, r), next);
                check_name(layout, next, "M[%zu,%zu]", j, r);
            }
        for (size_t j = 0; j < layout->p && reduced; j++, next++) {
            assert_int_equal(wick_layout_at(layout, WICK_BLOCK_NORMS, j, 0), next);
            check_name(layout, next, "q[%zu]", j, 0);
        }
        for (size_t j = 0; j < layout->p && !reduced; j++)
            for (size_t l = j; l < layout->p; l++, next++) {
                assert_int_equal(wick_layout_at(layout, WICK_BLOCK_Q, j, l), next);
                assert_int_equal(wick_layout_at(layout, WICK_BLOCK_Q, l, j), next);
                check_name(layout, next, "Q[%zu,%zu]", j, l);
            }
        for (size_t j = 0; j < layout->p && trained; j++, next++) {
            assert_int_equal(wick_layout_at(layout, WICK_BLOCK_LAYER, j, 0), next);
            check_name(layout, next, "a[%zu]", j, 0);
        }
        assert_true(wick_layout_dimension(layout, &dimension));
        assert_int_equal(dimension, next);
    }
}

static void test_large(void **state)
{
    (void)state;
    static const struct {
        size_t p, k;
        bool reduced, trained;
    } overflowing[] = {
        {SIZE_MAX, 1, false, false},    {SIZE_MAX / 2, 3, true, false}, {(size_t)1 << 32, 1, false, false},
        {SIZE_MAX / 2, 2, true, false}, {SIZE_MAX / 3, 2, true, true},
    };
    size_t dimension = 0;
    wick_layout layout = make(1000000, 3, false, true);
    assert_true(wick_layout_dimension(&layout, &dimension));
    assert_int_equal(dimension, 3000000 + 500000500000 + 1000000);
    layout = make(SIZE_MAX / 4, 2, true, true);
    assert_true(wick_layout_dimension(&layout, &dimension));
    assert_int_equal(dimension, SIZE_MAX / 4 * 4);
    for (size_t n = 0; n < sizeof overflowing / sizeof *overflowing; n++) {
        layout = make(overflowing[n].p, overflowing[n].k, overflowing[n].reduced, overflowing[n].trained);
        assert_false(wick_layout_dimension(&layout, &dimension));
    }
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

static void check_packing(size_t p, size_t k, bool is_reduced, bool trained)
{
    const wick_layout made = make(p, k, is_reduced, trained), *layout = &made;
    const size_t second = is_reduced ? p : p * p;
    const wick_block_id second_block = is_reduced ? WICK_BLOCK_NORMS : WICK_BLOCK_Q;
    double *M = numbers(p * k, 0.5), *a = numbers(p, 0.25), *packed = numbers(p * (k + p + 2), -7);
    double *given = is_reduced ? numbers(p, 1000) : symmetric(p, true);
    double *expected = is_reduced ? numbers(p, 1000) : symmetric(p, false);
    double *M_back = numbers(p * k, -1), *second_back = numbers(second, -1), *a_back = numbers(p, -1);
    wick_arrays whole = {.array = {[WICK_BLOCK_M] = M, [WICK_BLOCK_LAYER] = a}}, nothing = {0};
    wick_arrays back = {.array = {[WICK_BLOCK_M] = M_back, [WICK_BLOCK_LAYER] = a_back}};
    whole.array[second_block] = given;
    back.array[second_block] = second_back;
    size_t dimension = 0;
    assert_true(wick_layout_dimension(layout, &dimension));
    const double beyond = packed[dimension];
    wick_layout_pack(layout, &whole, packed);
    assert_true(packed[dimension] == beyond);
    assert_true(packed[wick_layout_at(layout, WICK_BLOCK_M, p - 1, k - 1)] == M[p * k - 1]);
    if (trained) assert_true(packed[wick_layout_at(layout, WICK_BLOCK_LAYER, p - 1, 0)] == a[p - 1]);

    wick_layout_unpack(layout, packed, &nothing);
    wick_layout_unpack(layout, packed, &back);
    assert_memory_equal(M_back, M, p * k * sizeof *M);
    assert_memory_equal(second_back, expected, second * sizeof *expected);
    if (trained)
        assert_memory_equal(a_back, a, p * sizeof *a);
    else
        assert_true(a_back[0] == -1);
    free(M), free(a), free(packed), free(given), free(expected), free(M_back), free(second_back), free(a_back);
}

static void test_packing(void **state)
{
    (void)state;
    for (size_t n = 0; n < CASES; n++) check_packing(cases[n].p, cases[n].k, cases[n].reduced, cases[n].trained);
}

/* The expressions of generated code, evaluated by hand. */
static void check_start(const wick_layout *layout, wick_block_id block, const char *expected)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_layout_print_start(layout, block, "P", &text);
    assert_string_equal(text.bytes, expected);
    wick_text_clear(&text);
}

static void test_expressions(void **state)
{
    (void)state;
    const wick_layout full = make(5, 2, false, true), reduced = make(5, 2, true, true);
    check_start(&full, WICK_BLOCK_M, "0");
    check_start(&full, WICK_BLOCK_Q, "P * K");
    check_start(&full, WICK_BLOCK_LAYER, "P * K + P * (P + 1) / 2");
    check_start(&reduced, WICK_BLOCK_NORMS, "P * K");
    check_start(&reduced, WICK_BLOCK_LAYER, "P * K + P");
    assert_int_equal(wick_layout_start(&full, WICK_BLOCK_LAYER), 5 * 2 + 15);
    assert_int_equal(wick_layout_start(&reduced, WICK_BLOCK_LAYER), 5 * 2 + 5);
}

/* gamma, Delta, a* (k), P (k x k), a (p) */
static void test_given(void **state)
{
    (void)state;
    size_t dimension = 0;
    assert_int_equal(wick_given_start(5, 3, WICK_BLOCK_TARGET_LAYER), 2);
    assert_int_equal(wick_given_start(5, 3, WICK_BLOCK_P), 2 + 3);
    assert_int_equal(wick_given_start(5, 3, WICK_BLOCK_LAYER), 2 + 3 + 9);
    assert_int_equal(wick_given_size(5, 3, WICK_BLOCK_P), 9);
    assert_int_equal(wick_given_size(5, 3, WICK_BLOCK_Q), 0);
    assert_true(wick_given_dimension(5, 3, &dimension));
    assert_int_equal(dimension, 3 + 9 + 5);
    assert_false(wick_given_dimension(1, (size_t)1 << 32, &dimension));
    assert_false(wick_given_dimension(SIZE_MAX, 1, &dimension));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),       cmocka_unit_test(test_large), cmocka_unit_test(test_packing),
        cmocka_unit_test(test_expressions), cmocka_unit_test(test_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

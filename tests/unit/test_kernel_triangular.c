/* The reflections that fold the weights of the overlap process: of every SIMD level that this machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "kernels/levels.h"

enum { ROWS = 12, STRIDE = 40, LOWER_LIMIT = 9 };

static size_t find_levels(const wick_kernel_table *levels[3])
{
    size_t count = 0;
    levels[count++] = &wick_kernels_base;
#ifdef WICK_X86_LEVELS
    if (__builtin_cpu_supports("x86-64-v3")) levels[count++] = &wick_kernels_v3;
    if (__builtin_cpu_supports("x86-64-v4")) levels[count++] = &wick_kernels_v4;
#endif
    return count;
}

static double inner(const double *x, const double *y, size_t lower, size_t upper)
{
    double sum = 0;
    for (size_t b = lower; b < upper; ++b) sum += x[b] * y[b];
    return sum;
}

/* Columns below `lower` stay, a triangle follows, and inner products of rows are those of before. */
static void check(const wick_kernel_table *level, size_t rows, size_t lower, size_t columns, double *W)
{
    double before[ROWS * STRIDE], scratch[STRIDE];
    memcpy(before, W, sizeof before);
    level->triangular(rows, lower, columns, STRIDE, W, scratch);
    for (size_t j = 0; j < rows; ++j) {
        const double *row = W + j * STRIDE, *old = before + j * STRIDE;
        assert_memory_equal(row, old, lower * sizeof *row);
        assert_memory_equal(row + columns, old + columns, (STRIDE - columns) * sizeof *row);
        for (size_t b = lower + j + 1; b < columns; ++b) assert_true(row[b] == 0);
        for (size_t l = 0; l <= j; ++l) {
            const double found = inner(row, W + l * STRIDE, lower, columns),
                         expected = inner(old, before + l * STRIDE, lower, columns),
                         scale = sqrt(inner(old, old, lower, columns)) *
                                 sqrt(inner(before + l * STRIDE, before + l * STRIDE, lower, columns));
            assert_true(fabs(found - expected) <= 1e-14 * scale);
        }
    }
    memcpy(W, before, sizeof before);
}

static void test_every_shape(void **state)
{
    (void)state;
    const wick_kernel_table *levels[3];
    const size_t count = find_levels(levels);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double W[ROWS * STRIDE];
    for (size_t i = 0; i < ROWS * STRIDE; ++i) W[i] = gsl_ran_ugaussian(rng);
    for (size_t level = 0; level < count; ++level)
        for (size_t rows = 1; rows <= ROWS; ++rows)
            for (size_t lower = 0; lower <= LOWER_LIMIT; ++lower)
                for (size_t columns = 8; columns <= STRIDE; columns += 8) check(levels[level], rows, lower, columns, W);
    gsl_rng_free(rng);
}

/* Rows that are zero, equal, tiny beyond the smallest square, or of very different sizes. */
static void test_singular_rows(void **state)
{
    (void)state;
    const wick_kernel_table *levels[3];
    const size_t count = find_levels(levels);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double W[ROWS * STRIDE], tiny[ROWS * STRIDE], scratch[STRIDE];
    for (size_t i = 0; i < ROWS * STRIDE; ++i) W[i] = gsl_ran_ugaussian(rng);
    memset(W, 0, STRIDE * sizeof *W);
    memcpy(W + 2 * STRIDE, W + STRIDE, STRIDE * sizeof *W);
    for (size_t b = 0; b < STRIDE; ++b) W[3 * STRIDE + b] *= 1e-100;
    for (size_t b = 0; b < STRIDE; ++b) W[4 * STRIDE + b] *= 1e100;
    for (size_t level = 0; level < count; ++level) {
        check(levels[level], 6, 3, 24, W);
        memcpy(tiny, W, sizeof tiny);
        for (size_t b = 0; b < STRIDE; ++b) tiny[b] = 1e-160;
        levels[level]->triangular(6, 3, 24, STRIDE, tiny, scratch);
        for (size_t i = 0; i < ROWS * STRIDE; ++i) assert_true(isfinite(tiny[i]));
        for (size_t b = 3; b < 24; ++b) assert_true(tiny[b] == 0);
    }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shape),
        cmocka_unit_test(test_singular_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

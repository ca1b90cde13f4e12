/* See support.h. */
#include "support.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

double wick_test_error(const double *actual, const double *expected, size_t count)
{
    double error = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(actual[i]) || !isfinite(expected[i])) return NAN;
        error = fmax(error, fabs(actual[i] - expected[i]));
        largest = fmax(largest, fabs(expected[i]));
    }
    return largest > 0 ? error / largest : error;
}

static size_t count_numbers(const json_t *json)
{
    if (json_is_number(json)) return 1;
    assert_true(json_is_array(json));
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(json); i++) count += count_numbers(json_array_get(json, i));
    return count;
}

static double *copy_numbers(const json_t *json, double *to)
{
    if (json_is_number(json)) {
        *to = json_number_value(json);
        return to + 1;
    }
    for (size_t i = 0; i < json_array_size(json); i++) to = copy_numbers(json_array_get(json, i), to);
    return to;
}

double *wick_test_numbers(const json_t *json, size_t *count)
{
    *count = count_numbers(json);
    double *numbers = malloc((*count + 1) * sizeof *numbers);
    assert_non_null(numbers);
    copy_numbers(json, numbers);
    return numbers;
}

void wick_test_random_overlaps(gsl_rng *rng, size_t p, size_t k, size_t rank, double *Q, double *M, double *P)
{
    const size_t n = p + k;
    double *G = malloc(n * rank * sizeof *G);
    assert_non_null(G);
    for (size_t i = 0; i < n * rank; i++) G[i] = gsl_ran_gaussian(rng, 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double product = 0;
            for (size_t m = 0; m < rank; m++) product += G[i * rank + m] * G[j * rank + m];
            product /= (double)rank;
            if (i < p && j < p) Q[i * p + j] = product;
            if (i < p && j >= p) M[i * k + (j - p)] = product;
            if (i >= p && j >= p) P[(i - p) * k + (j - p)] = product;
        }
    free(G);
}

bool wick_test_is_sanitized(void)
{
    const char *sanitized = getenv("WICK_SANITIZE");
    return sanitized != NULL && strcmp(sanitized, "OFF") != 0;
}

char *wick_test_folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || *parent == '\0') parent = "/tmp";
    const size_t size = strlen(parent) + sizeof "/wick-test-XXXXXX";
    char *folder = malloc(size);
    assert_non_null(folder);
    snprintf(folder, size, "%s/wick-test-XXXXXX", parent);
    assert_non_null(mkdtemp(folder));
    return folder;
}

void wick_test_folder_remove(char *folder)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        assert_int_equal(unlinkat(dirfd(entries), entry->d_name, 0), 0);
    }
    closedir(entries);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

#undef wick_context_alloc
wick_context *wick_context_alloc(void); /* the library's, which wick.h called by the other name here */

wick_context *wick_test_context_alloc(void)
{
    wick_context *context = wick_context_alloc();
    if (context && getenv("WICK_TEST_WALK")) wick_context_walk(context, 1);
    return context;
}

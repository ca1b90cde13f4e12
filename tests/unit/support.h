/* What several unit tests need: numbers from JSON, errors relative to the largest entry, random overlaps, temporary folders,
 * sanitizers. */
#ifndef WICK_TESTS_SUPPORT_H
#define WICK_TESTS_SUPPORT_H

#include <gsl/gsl_rng.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "wick/wick.h"

/* max |actual - expected| / max |expected|; NAN if either holds anything not finite, the plain error if expected is all
 * zero. */
double wick_test_error(const double *actual, const double *expected, size_t count);

/* The numbers of a JSON array or of an array of arrays, row by row, into a new array (release with free()); their number
 * into *count. Fails the test on anything else. */
double *wick_test_numbers(const json_t *json, size_t *count);

/* Overlaps of random weights: Omega = G G^T / rank, G (p + k) x rank standard normal. Positive semidefinite, and singular if
 * rank < p + k. */
void wick_test_random_overlaps(gsl_rng *rng, size_t p, size_t k, size_t rank, double *Q, double *M, double *P);

/* wick_context_alloc(), which the tests' build renames to this; the context walks plans where WICK_TEST_WALK is set. */
wick_context *wick_test_context_alloc(void);

/* Whether the sanitizers watch, which takes its time. */
bool wick_test_is_sanitized(void);

/* A new temporary folder; wick_test_folder_remove() removes it with the files in it and releases its name. */
char *wick_test_folder_make(void);
void wick_test_folder_remove(char *folder);

#endif

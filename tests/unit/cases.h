/* Random learning problems, as plain numbers for the reference and as a wick_problem for the library.
 *
 * Coefficients of activations are dyadic (m / 2^n), so that the expression text, the exact rational that the library reads
 * and the double that the reference gets are the same number.
 */
#ifndef WICK_TESTS_CASES_H
#define WICK_TESTS_CASES_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include "reference.h"
#include "wick/wick.h"

enum { WICK_TEST_DEGREE_LIMIT = 5, WICK_TEST_TEXT_SIZE = 256 };

typedef enum {
    WICK_TEST_DENSE,       /* every power from 0 */
    WICK_TEST_NO_CONSTANT, /* every power from 1 */
    WICK_TEST_EVEN,        /* even powers from 0; an odd degree is lowered, 1 raised */
    WICK_TEST_ODD          /* odd powers; an even degree is lowered */
} wick_test_kind;

enum { WICK_TEST_KINDS = WICK_TEST_ODD + 1 };

typedef struct {
    double coefficient[WICK_TEST_DEGREE_LIMIT + 1];
    size_t degree;
    char text[WICK_TEST_TEXT_SIZE]; /* as an activation expression */
} wick_test_activation;

/* Draws the coefficients; degree is at least 1 and at most WICK_TEST_DEGREE_LIMIT. */
void wick_test_activation_draw(gsl_rng *rng, wick_test_kind kind, size_t degree, wick_test_activation *activation);

/* x^2. */
void wick_test_activation_square(wick_test_activation *activation);

typedef struct {
    wick_reference_problem plain; /* points into the fields below */
    wick_test_activation student, target;
    double *Q, *M, *P, *a, *a_star;
} wick_test_case;

/* Draws overlaps of the given rank (wick_test_random_overlaps()) and both second layers; regime, trained, gamma and Delta of
 * `plain` are for the caller to set. The case must not move; release it with wick_test_case_clear(). */
void wick_test_case_draw(gsl_rng *rng, size_t p, size_t k, size_t rank, const wick_test_activation *student,
                         const wick_test_activation *target, wick_test_case *one);
void wick_test_case_clear(wick_test_case *one);

/* The same problem for the library, set by calls. NULL and a text in the context on failure. */
wick_problem *wick_test_case_problem(wick_context *context, const wick_test_case *one);

#endif

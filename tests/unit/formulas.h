/* What the tests of printed formulas need: a closed form printed, and its equations taken apart again. */
#ifndef WICK_TESTS_FORMULAS_H
#define WICK_TESTS_FORMULAS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "wick/wick.h"

/* The closed form of two activation expressions; release with free(). Fails the test if anything goes wrong. */
char *wick_test_print(const char *student, const char *target, wick_regime regime, bool trained, wick_format format);

/* Fails the test unless braces nest and every line of an align* has what it needs. */
void wick_test_check_latex(const char *text);
/* In plain text nothing but a long activation in the head is wider than the page, and there is nothing but ASCII. */
void wick_test_check_text(const char *text);

/* A rational as the JSON format has it, "-3/2", and a polynomial of x, an array of them from the constant on. */
double wick_test_rational(const json_t *json);
double wick_test_polynomial(const json_t *coefficients, double x);

enum { WICK_TEST_EQUATION_LIMIT = 40 };

/* The equations of a closed form printed as text: "dM/dt" and the right-hand side, on one line and without the note that
 * counts diagrams. */
typedef struct {
    size_t count;
    char *name[WICK_TEST_EQUATION_LIMIT], *right[WICK_TEST_EQUATION_LIMIT];
} wick_test_equations;

/* Those above the legend and, below it, the table of symbols. */
void wick_test_equations_read(const char *text, wick_test_equations *equations);
/* NULL if there is none of that name. */
const char *wick_test_equations_find(const wick_test_equations *equations, const char *name);
void wick_test_equations_clear(wick_test_equations *equations);

#endif

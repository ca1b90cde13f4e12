/* See cases.h. */
#include "cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "support.h"

static bool kind_has(wick_test_kind kind, size_t power)
{
    if (kind == WICK_TEST_NO_CONSTANT) return power > 0;
    if (kind == WICK_TEST_EVEN) return power % 2 == 0;
    if (kind == WICK_TEST_ODD) return power % 2 == 1;
    return true;
}

/* Coefficients m / 2^(4 + power), 8 <= |m| <= 32: high powers have large moments, and are damped. */
void wick_test_activation_draw(gsl_rng *rng, wick_test_kind kind, size_t degree, wick_test_activation *activation)
{
    *activation = (wick_test_activation){.degree = degree};
    if (!kind_has(kind, degree)) activation->degree = degree > 1 ? degree - 1 : degree + 1;

    size_t length = 0;
    for (size_t power = 0; power <= activation->degree; power++) {
        if (!kind_has(kind, power)) continue;
        const long size = 8 + (long)gsl_rng_uniform_int(rng, 25), m = gsl_rng_uniform_int(rng, 2) == 0 ? size : -size;
        const long denominator = 16L << power;
        activation->coefficient[power] = (double)m / (double)denominator;
        length += (size_t)snprintf(activation->text + length, sizeof activation->text - length, "%+ld/%ld*x^%zu", m,
                                   denominator, power);
    }
}

void wick_test_activation_square(wick_test_activation *activation)
{
    *activation = (wick_test_activation){.coefficient = {0, 0, 1}, .degree = 2, .text = "x^2"};
}

static double *allocate(size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);
    if (numbers == NULL) abort();
    return numbers;
}

static double *draw_vector(gsl_rng *rng, size_t count)
{
    double *vector = allocate(count);
    for (size_t i = 0; i < count; i++) vector[i] = gsl_ran_gaussian(rng, 1);
    return vector;
}

void wick_test_case_draw(gsl_rng *rng, size_t p, size_t k, size_t rank, const wick_test_activation *student,
                         const wick_test_activation *target, wick_test_case *one)
{
    one->student = *student;
    one->target = *target;
    one->Q = allocate(p * p);
    one->M = allocate(p * k);
    one->P = allocate(k * k);
    wick_test_random_overlaps(rng, p, k, rank, one->Q, one->M, one->P);
    one->a = draw_vector(rng, p);
    one->a_star = draw_vector(rng, k);
    one->plain = (wick_reference_problem){.p = p,
                                          .k = k,
                                          .student = one->student.coefficient,
                                          .student_degree = student->degree,
                                          .target = one->target.coefficient,
                                          .target_degree = target->degree,
                                          .Q = one->Q,
                                          .M = one->M,
                                          .P = one->P,
                                          .a = one->a,
                                          .a_star = one->a_star};
}

void wick_test_case_clear(wick_test_case *one)
{
    free(one->Q);
    free(one->M);
    free(one->P);
    free(one->a);
    free(one->a_star);
}

static const char *regime_name(wick_regime regime)
{
    if (regime == WICK_CLASSICAL) return "classical";
    return regime == WICK_CLASSICAL_NOISE ? "classical-noise" : "high-dimensional";
}

static bool set_number(wick_context *context, wick_problem *problem, const char *key, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    return wick_problem_set(context, problem, key, text) == WICK_OK;
}

static bool set_all(wick_context *context, wick_problem *problem, const wick_test_case *one)
{
    const wick_reference_problem *plain = &one->plain;
    const size_t p = plain->p, k = plain->k;
    return wick_problem_set(context, problem, "activation", one->student.text) == WICK_OK &&
           wick_problem_set(context, problem, "target_activation", one->target.text) == WICK_OK &&
           set_number(context, problem, "p", (double)p) && set_number(context, problem, "k", (double)k) &&
           set_number(context, problem, "learning_rate", plain->gamma) &&
           set_number(context, problem, "noise", plain->Delta) &&
           wick_problem_set(context, problem, "regime", regime_name(plain->regime)) == WICK_OK &&
           wick_problem_set(context, problem, "second_layer", plain->trained ? "trained" : "fixed") == WICK_OK &&
           wick_problem_set_matrix(context, problem, "Q", plain->Q, p, p) == WICK_OK &&
           wick_problem_set_matrix(context, problem, "M", plain->M, p, k) == WICK_OK &&
           wick_problem_set_matrix(context, problem, "P", plain->P, k, k) == WICK_OK &&
           wick_problem_set_matrix(context, problem, "a", plain->a, 1, p) == WICK_OK &&
           wick_problem_set_matrix(context, problem, "a_star", plain->a_star, 1, k) == WICK_OK;
}

wick_problem *wick_test_case_problem(wick_context *context, const wick_test_case *one)
{
    wick_problem *problem = NULL;
    if (wick_problem_alloc(context, &problem) != WICK_OK) return NULL;
    if (set_all(context, problem, one)) return problem;
    wick_problem_free(problem);
    return NULL;
}

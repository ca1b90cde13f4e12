/* An independent, slow evaluation of the drift and the risk for polynomial activations.
 *
 * It knows only the definitions: Psi_M, Psi_GF, Psi_Var, Psi_noise, Psi_a and R are expectations of products of polynomials
 * of jointly Gaussian fields, expanded here into monomials one by one, and a monomial's moment follows from Isserlis'
 * recursion
 *
 *     E[l_1 l_2 ... l_n] = sum over i of C(1,i) E[the rest]
 *
 * in long double arithmetic. No Wick sums, no diagrams, and nothing of the library but the names of its regimes: what the
 * tests compare the library with.
 */
#ifndef WICK_TESTS_REFERENCE_H
#define WICK_TESTS_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "wick/wick.h"

typedef struct {
    size_t p, k;
    const double *student; /* coefficients of s: student[i] that of x^i, i = 0 .. student_degree */
    size_t student_degree;
    const double *target; /* those of s* */
    size_t target_degree;
    const double *Q, *M, *P;  /* p x p, p x k, k x k, row-major */
    const double *a, *a_star; /* p and k */
    double gamma, Delta;
    wick_regime regime; /* one of the three with state (M, Q) */
    bool trained;
} wick_reference_problem;

/* E[l_{field[0]} l_{field[1]} ...] of `count` fields (one may stand there several times) by Isserlis' recursion over the
 * list itself; covariance is n x n. Its time is (count - 1)!!: for short lists. */
long double wick_reference_list_moment(const long double *covariance, size_t n, const size_t *field, size_t count);

/* The same moment, E[prod_a l_a^{exponent[a]}], by the recursion over exponent vectors; every value is computed once. */
long double wick_reference_moment(const long double *covariance, size_t n, const size_t *exponent);

/* A polynomial of one field: coefficient[i] is that of x^i. */
typedef struct {
    const double *coefficient;
    size_t degree;
    size_t field;
} wick_reference_factor;

/* E of the product of at most 4 factors; covariance is n x n. Factors may share a field. */
long double wick_reference_expectation(const long double *covariance, size_t n, const wick_reference_factor *factors,
                                       size_t count);

/* dM (p x k), dQ (p x p), da (p; set only if trained, may be NULL otherwise) and the risk, Delta/2 included. Aborts if
 * memory is exhausted. */
void wick_reference_evaluate(const wick_reference_problem *problem, double *dM, double *dQ, double *da, double *risk);

#endif

/* See mean_field.h. */
#include "mean_field.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

/* ---- The average over xi ----------------------------------------------------------------------------------------- */

/* Golub and Welsch: the nodes are the eigenvalues of the Jacobi matrix of the density's orthogonal polynomials, whose
 * squared off-diagonal entries are b_1 = 1/D, b_n = n (n+D-3) / ((2n+D-2) (2n+D-4)); the weights are the squares of the
 * eigenvectors' first entries. Unlike gsl_integration_fixed_gegenbauer, which needs Gamma((D-1)/2), it holds for any D; at D
 * = 1 it decays to the nodes -1 and 1, at D infinite to 0. */
void wick_test_sphere_rule(double D, double node[WICK_TEST_NODES], double weight[WICK_TEST_NODES])
{
    gsl_matrix *jacobi = gsl_matrix_calloc(WICK_TEST_NODES, WICK_TEST_NODES);
    gsl_matrix *vectors = gsl_matrix_alloc(WICK_TEST_NODES, WICK_TEST_NODES);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(WICK_TEST_NODES);
    if (jacobi == NULL || vectors == NULL || work == NULL) abort();
    for (size_t i = 1; i < WICK_TEST_NODES && isfinite(D); i++) {
        const double n = (double)i, b = i == 1 ? 1 / D : n * (n + D - 3) / ((2 * n + D - 2) * (2 * n + D - 4));
        gsl_matrix_set(jacobi, i, i - 1, sqrt(b));
    }
    gsl_vector_view nodes = gsl_vector_view_array(node, WICK_TEST_NODES);
    if (gsl_eigen_symmv(jacobi, &nodes.vector, vectors, work) != 0) abort();
    for (size_t i = 0; i < WICK_TEST_NODES; i++) weight[i] = pow(gsl_matrix_get(vectors, 0, i), 2);
    gsl_eigen_symmv_free(work);
    gsl_matrix_free(vectors);
    gsl_matrix_free(jacobi);
}

/* ---- Pairs of fields --------------------------------------------------------------------------------------------- */

typedef struct {
    const wick_reference_problem *problem;
    const double *q;
    double *inside;  /* n x n: the part of Omega~ in the target's space; n = p + k */
    double *s_prime; /* coefficients of s' */
    size_t s_prime_degree;
    double node[WICK_TEST_NODES], weight[WICK_TEST_NODES];
} mean_field;

static double *allocate(size_t count)
{
    double *numbers = calloc(count, sizeof *numbers);
    if (numbers == NULL) abort();
    return numbers;
}

/* M P^-1 M^T, M and P: V P^-1 V^T with V = [M; P]. */
static double *make_inside(const wick_reference_problem *problem)
{
    const size_t p = problem->p, k = problem->k, n = p + k;
    double *inside = allocate(n * n), *inverse = allocate(k * k), *V = allocate(n * k);
    for (size_t i = 0; i < k * k; i++) inverse[i] = problem->P[i];
    for (size_t i = 0; i < p * k; i++) V[i] = problem->M[i];
    for (size_t i = 0; i < k * k; i++) V[p * k + i] = problem->P[i];
    gsl_matrix_view P = gsl_matrix_view_array(inverse, k, k);
    if (gsl_linalg_cholesky_decomp1(&P.matrix) != 0 || gsl_linalg_cholesky_invert(&P.matrix) != 0) abort();
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < n; l++)
            for (size_t r = 0; r < k; r++)
                for (size_t s = 0; s < k; s++) inside[i * n + l] += V[i * k + r] * inverse[r * k + s] * V[l * k + s];
    free(inverse);
    free(V);
    return inside;
}

static void start(mean_field *m, const wick_reference_problem *problem, const double *q, double d)
{
    *m = (mean_field){.problem = problem, .q = q, .inside = make_inside(problem)};
    m->s_prime = allocate(problem->student_degree + 1);
    for (size_t i = 1; i <= problem->student_degree; i++) m->s_prime[i - 1] = (double)i * problem->student[i];
    m->s_prime_degree = problem->student_degree - 1;
    const double D = d - (double)problem->k;
    wick_test_sphere_rule(D > 0 ? D : INFINITY, m->node, m->weight);
}

static void finish(mean_field *m)
{
    free(m->inside);
    free(m->s_prime);
}

static double c(const mean_field *m, size_t alpha)
{
    const wick_reference_problem *problem = m->problem;
    return alpha < problem->p ? -problem->a[alpha] / (double)problem->p
                              : problem->a_star[alpha - problem->p] / (double)problem->k;
}

static wick_reference_factor activation(const mean_field *m, size_t alpha, size_t field)
{
    const wick_reference_problem *problem = m->problem;
    if (alpha < problem->p) return (wick_reference_factor){problem->student, problem->student_degree, field};
    return (wick_reference_factor){problem->target, problem->target_degree, field};
}

/* (Q_perp)_ij; zero if one of the two is a target. */
static double outside(const mean_field *m, size_t i, size_t j, double xi)
{
    if (i >= m->problem->p || j >= m->problem->p) return 0;
    return i == j ? m->q[i] : sqrt(m->q[i] * m->q[j]) * xi;
}

static double overlap(const mean_field *m, size_t i, size_t j, double xi)
{
    return m->inside[i * (m->problem->p + m->problem->k) + j] + outside(m, i, j, xi);
}

/* Given xi: E[s'(l_i) l_r f_alpha(l_alpha)], l_r a target's field. r = i: the same with l_perp,i in its place. */
static long double gradient_at(const mean_field *m, size_t i, size_t r, size_t alpha, double xi)
{
    const double identity[2] = {0, 1};
    const size_t field[3] = {i, alpha, r}, p = m->problem->p;
    const bool perp = r < p; /* then r = i stands for l_perp,i */
    long double covariance[9];
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++)
            covariance[a * 3 + b] =
                perp && (a == 2 || b == 2) ? outside(m, field[a], field[b], xi) : overlap(m, field[a], field[b], xi);
    const wick_reference_factor factors[3] = {{m->s_prime, m->s_prime_degree, 0}, {identity, 1, 2}, activation(m, alpha, 1)};
    return wick_reference_expectation(covariance, 3, factors, 3);
}

/* Given xi: E[f_alpha(l_alpha) f_beta(l_beta)]. */
static long double product_at(const mean_field *m, size_t alpha, size_t beta, double xi)
{
    const long double covariance[4] = {overlap(m, alpha, alpha, xi), overlap(m, alpha, beta, xi),
                                       overlap(m, beta, alpha, xi), overlap(m, beta, beta, xi)};
    const wick_reference_factor factors[2] = {activation(m, alpha, 0), activation(m, beta, 1)};
    return wick_reference_expectation(covariance, 2, factors, 2);
}

/* xi varies only between two different students. */
static bool varies(const mean_field *m, size_t i, size_t alpha)
{
    return i != alpha && i < m->problem->p && alpha < m->problem->p;
}

static double gradient(const mean_field *m, size_t i, size_t r)
{
    long double sum = 0;
    for (size_t alpha = 0; alpha < m->problem->p + m->problem->k; alpha++) {
        long double average = 0;
        if (varies(m, i, alpha))
            for (size_t n = 0; n < WICK_TEST_NODES; n++) average += m->weight[n] * gradient_at(m, i, r, alpha, m->node[n]);
        else
            average = gradient_at(m, i, r, alpha, 1);
        sum += c(m, alpha) * average;
    }
    return m->problem->a[i] * (double)sum;
}

/* E[s'(l_i)^2] */
static double steepness(const mean_field *m, size_t i)
{
    const long double variance = overlap(m, i, i, 1);
    const wick_reference_factor s_prime = {m->s_prime, m->s_prime_degree, 0}, factors[2] = {s_prime, s_prime};
    return (double)wick_reference_expectation(&variance, 1, factors, 2);
}

static double excess_risk(const mean_field *m)
{
    const size_t n = m->problem->p + m->problem->k;
    long double sum = 0;
    for (size_t alpha = 0; alpha < n; alpha++)
        for (size_t beta = 0; beta < n; beta++) {
            long double average = 0;
            if (varies(m, alpha, beta))
                for (size_t i = 0; i < WICK_TEST_NODES; i++)
                    average += m->weight[i] * product_at(m, alpha, beta, m->node[i]);
            else
                average = product_at(m, alpha, beta, 1);
            sum += c(m, alpha) * c(m, beta) * average;
        }
    return (double)(sum / 2);
}

void wick_test_mean_field(const wick_reference_problem *problem, const double *q, double d, double *dM, double *dq,
                          double *risk)
{
    const size_t p = problem->p, k = problem->k;
    mean_field m;
    start(&m, problem, q, d);
    /* With d = k there is nothing outside the target's space: q is no part of the state and stays 0, whatever the noise. */
    const double room = d > (double)k ? 1 : 0;
    for (size_t i = 0; i < p; i++) {
        const double rate = room * problem->gamma / (double)p * problem->Delta * problem->a[i] * problem->a[i];
        for (size_t r = 0; r < k; r++) dM[i * k + r] = gradient(&m, i, p + r);
        dq[i] = 2 * gradient(&m, i, i) + rate * steepness(&m, i);
    }
    *risk = excess_risk(&m) + problem->Delta / 2;
    finish(&m);
}

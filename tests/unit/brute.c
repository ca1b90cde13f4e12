/* See brute.h. Drifts need E[s'(l_j) l_b f(l_a)]: with l_j along z1 and l_a in the plane of z1 and z2, l_b is its regression
 * on that plane and a rest that is independent of it. */
#include "brute.h"

#include <math.h>
#include <stdlib.h>

#include "brute_cloud.h"
#include "brute_pair.h"

struct brute {
    brute_pair_space *pairs;
    brute_cloud *cloud;
};

brute *brute_make(void)
{
    brute *space = malloc(sizeof *space);
    if (!space) abort();
    *space = (brute){brute_pair_space_make(), brute_cloud_make()};
    return space;
}

void brute_free(brute *space)
{
    if (!space) return;
    brute_pair_space_free(space->pairs);
    brute_cloud_free(space->cloud);
    free(space);
}

void brute_problem_overlaps(brute_problem *problem)
{
    const size_t n = problem->p + problem->k;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t m = 0; m < problem->rank; m++) sum += problem->weight[i][m] * problem->weight[j][m];
            problem->omega[i][j] = sum;
        }
}

/* ---- Sums of numbers --------------------------------------------------------------------------------------------- */

static void add(brute_number *sum, double factor, brute_number number)
{
    sum->value += factor * number.value;
    sum->error += fabs(factor) * (number.error + 1e-16 * fabs(number.value));
}

/* ---- The drift out of pairs -------------------------------------------------------------------------------------- */

typedef struct {
    brute_number B[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT];      /* E[s'(l_j) l_b E], j a student */
    brute_number A[BRUTE_FIELD_LIMIT];                         /* E[s(l_j) E] */
    brute_number slopes[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT]; /* E[s'(l_j) s'(l_l)], and in variance E[s' s' E^2] */
    brute_number variance[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT];
    brute_number twice_risk;
} tables;

static double coefficient(const brute_problem *problem, size_t i)
{
    const size_t p = problem->p;
    return i < p ? -problem->a[i] / (double)p : problem->a_star[i - p] / (double)problem->k;
}

static const brute_function *function_of(const brute_problem *problem, size_t i)
{
    return i < problem->p ? &problem->student : &problem->target;
}

/* What the pair (j, a) adds to E[s'(l_j) l_b E] of all fields b. */
static void add_flow(const brute_problem *problem, size_t j, size_t a, const brute_plane *plane, const brute_pair *pair,
                     tables *sums)
{
    const double(*omega)[BRUTE_FIELD_LIMIT] = problem->omega, c = coefficient(problem, a);
    for (size_t b = 0; b < problem->p + problem->k; b++) {
        const double jj = omega[j][j], first = plane->first > 0 ? omega[j][b] / plane->first : 0;
        add(&sums->B[j][b], c * first, pair->along_first);
        if (!(plane->across > 0)) continue;
        const double second = plane->first > 0
                                  ? brute_difference(omega[a][b], jj, omega[j][a], omega[j][b]) / jj / plane->across
                                  : omega[a][b] / plane->across;
        add(&sums->B[j][b], c * second, pair->along_second);
    }
}

static void add_pair(brute *space, const brute_problem *problem, size_t i, size_t a, tables *sums)
{
    const size_t p = problem->p;
    const double(*omega)[BRUTE_FIELD_LIMIT] = problem->omega, c = coefficient(problem, a);
    const brute_function *f = function_of(problem, i), *g = function_of(problem, a);
    const brute_plane plane = i == a ? (brute_plane){sqrt(omega[i][i]), sqrt(omega[i][i]), 0}
                                     : brute_plane_of(omega[i][i], omega[i][a], omega[a][a]);
    const brute_wanted wanted = {.value = i <= a || problem->trained, .moments = i < p, .slopes = a < p && i <= a};
    const brute_pair pair = brute_pair_evaluate(space->pairs, f, g, plane, wanted);
    if (i < p) add_flow(problem, i, a, &plane, &pair, sums);
    if (i < p) add(&sums->A[i], c, pair.value);
    if (i <= a) add(&sums->twice_risk, (i < a ? 2 : 1) * coefficient(problem, i) * c, pair.value);
    if (wanted.slopes) sums->slopes[i][a] = sums->slopes[a][i] = pair.slopes;
}

static void fill(brute *space, const brute_problem *problem, tables *sums)
{
    const size_t p = problem->p, n = p + problem->k;
    for (size_t i = 0; i < n; i++)
        for (size_t a = i < p ? 0 : i; a < n; a++) add_pair(space, problem, i, a, sums);
    if (problem->regime != WICK_HIGH_DIMENSIONAL) return;
    const brute_function *functions[BRUTE_FIELD_LIMIT];
    double c[BRUTE_FIELD_LIMIT];
    for (size_t i = 0; i < n; i++) {
        functions[i] = function_of(problem, i);
        c[i] = coefficient(problem, i);
    }
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++)
            sums->variance[j][l] = brute_cloud_evaluate(space->cloud, n, problem->rank, problem->weight, functions, c, j, l);
}

brute_result brute_evaluate(brute *space, const brute_problem *problem)
{
    const size_t p = problem->p, k = problem->k;
    const double *a = problem->a, rate = problem->gamma / (double)p;
    tables sums = {0};
    fill(space, problem, &sums);
    brute_result result = {0};
    brute_number *next = result.drift;
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) add(next++, a[j], sums.B[j][p + r]);
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++, next++) {
            add(next, a[j], sums.B[j][l]);
            add(next, a[l], sums.B[l][j]);
            if (problem->regime != WICK_CLASSICAL) add(next, rate * a[j] * a[l] * problem->Delta, sums.slopes[j][l]);
            if (problem->regime == WICK_HIGH_DIMENSIONAL) add(next, rate * a[j] * a[l], sums.variance[j][l]);
        }
    for (size_t j = 0; j < p && problem->trained; j++) add(next++, 1, sums.A[j]);
    result.dimension = (size_t)(next - result.drift);
    add(&result.excess_risk, 0.5, sums.twice_risk);
    return result;
}

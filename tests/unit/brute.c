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

/* Whether so little of l_a is left beside l_j that E[s'(l_j) z2 f(l_a)] is taken as across E[s'(l_j) f'(l_a)], which it is.
 * It holds what is left to nothing, too, and where rounding leaves less than that: the third field's share still counts. */
static bool nearly_coincide(const brute_problem *problem, size_t a, const brute_plane *plane)
{
    return plane->first > 0 && plane->across < 1e-2 * sqrt(problem->omega[a][a]);
}

/* What the pair (j, a) adds to E[s'(l_j) l_b E] of all fields b. */
static void add_flow(const brute_problem *problem, size_t j, size_t a, const brute_plane *plane, const brute_pair *pair,
                     tables *sums)
{
    const double(*omega)[BRUTE_FIELD_LIMIT] = problem->omega, c = coefficient(problem, a), jj = omega[j][j];
    const bool close = nearly_coincide(problem, a, plane) && !brute_function_jumps(function_of(problem, a));
    for (size_t b = 0; b < problem->p + problem->k; b++) {
        add(&sums->B[j][b], plane->first > 0 ? c * omega[j][b] / plane->first : 0, pair->along_first);
        if (j == a) continue;
        const double beside =
            plane->first > 0 ? brute_difference(omega[a][b], jj, omega[j][a], omega[j][b]) / jj : omega[a][b];
        if (close)
            add(&sums->B[j][b], c * beside, pair->slopes);
        else if (plane->across > 0)
            add(&sums->B[j][b], c * beside / plane->across, pair->along_second);
    }
}

/* A jump has no slope; it keeps a trace of distance. */
static brute_plane plane_of(const brute_problem *problem, size_t i, size_t a)
{
    const double(*omega)[BRUTE_FIELD_LIMIT] = problem->omega;
    const double length = sqrt(omega[a][a]);
    if (i == a) return (brute_plane){length, length, 0};
    brute_plane plane = brute_plane_of(omega[i][i], omega[i][a], omega[a][a]);
    if (brute_function_jumps(function_of(problem, a))) plane.across = fmax(plane.across, 1e-9 * length);
    return plane;
}

static void add_pair(brute *space, const brute_problem *problem, size_t i, size_t a, tables *sums)
{
    const size_t p = problem->p;
    const double c = coefficient(problem, a);
    const brute_function *f = function_of(problem, i), *g = function_of(problem, a);
    const brute_plane plane = plane_of(problem, i, a);
    const brute_wanted wanted = {.value = i <= a || problem->trained,
                                 .moments = i < p,
                                 .slopes = i < p && ((a < p && i <= a) || nearly_coincide(problem, a, &plane))};
    const brute_pair pair = brute_pair_evaluate(space->pairs, f, g, plane, wanted);
    if (i < p) add_flow(problem, i, a, &plane, &pair, sums);
    if (i < p) add(&sums->A[i], c, pair.value);
    if (i <= a) add(&sums->twice_risk, (i < a ? 2 : 1) * coefficient(problem, i) * c, pair.value);
    if (a < p && i <= a) sums->slopes[i][a] = sums->slopes[a][i] = pair.slopes;
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

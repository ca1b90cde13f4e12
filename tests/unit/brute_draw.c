/* See brute_draw.h. */
#include "brute_draw.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double brute_draw_power(gsl_rng *rng, double from, double to) { return pow(10, from + (to - from) * gsl_rng_uniform(rng)); }

/* ---- Activations ------------------------------------------------------------------------------------------------- */

static brute_function draw_polynomial(gsl_rng *rng)
{
    brute_function made = brute_function_make(BRUTE_POLYNOMIAL, 1, 0);
    made.degree = 1 + gsl_rng_uniform_int(rng, BRUTE_DEGREE_LIMIT);
    size_t at = 0;
    for (size_t i = 0; i <= made.degree; i++) {
        const int numerator = (int)gsl_rng_uniform_int(rng, 33) - 16;
        made.coefficient[i] = (numerator == 0 && i == made.degree ? 1 : numerator) / 16.0;
        at += (size_t)snprintf(made.text + at, sizeof made.text - at, "%s(%.4f)*x^%zu", i ? " + " : "", made.coefficient[i],
                               i);
    }
    return made;
}

static brute_function draw_spike(gsl_rng *rng)
{
    switch (gsl_rng_uniform_int(rng, 4)) {
    case 0: return brute_function_make(BRUTE_SPIKE, 100, 0.7);
    case 1: return brute_function_make(BRUTE_SPIKE, 10000, 1.2345);
    case 2: return brute_function_make(BRUTE_SPIKE, 1000, floor(20000 * gsl_rng_uniform(rng) - 10000) / 10000);
    default: return brute_function_make(BRUTE_WRINKLE, 300, 0);
    }
}

#define ONE_OF(rng, kinds) kinds[gsl_rng_uniform_int(rng, sizeof kinds / sizeof *kinds)]

brute_function brute_draw_function(gsl_rng *rng, brute_family family)
{
    static const brute_kind steep[] = {BRUTE_TANH, BRUTE_SIGMOID, BRUTE_SOFTPLUS, BRUTE_ERF, BRUTE_X_TANH, BRUTE_ATAN},
                            mild[] = {BRUTE_TANH, BRUTE_GELU, BRUTE_SINE, BRUTE_BELL, BRUTE_SWISH},
                            kinks[] = {BRUTE_RELU, BRUTE_ABS, BRUTE_LEAKY};
    switch (family) {
    case BRUTE_FAMILY_STEEP: {
        const double c = brute_draw_power(rng, -1, 3);
        return brute_function_make(ONE_OF(rng, steep), c, 0);
    }
    case BRUTE_FAMILY_MILD: return brute_function_make(ONE_OF(rng, mild), 1, 0);
    case BRUTE_FAMILY_POLYNOMIAL: return draw_polynomial(rng);
    case BRUTE_FAMILY_ERF: return brute_function_make(BRUTE_ERF, brute_draw_power(rng, -1, 1.5), 0);
    case BRUTE_FAMILY_SPIKE: return draw_spike(rng);
    case BRUTE_FAMILY_KINK: return brute_function_make(ONE_OF(rng, kinks), 1, 0.3);
    case BRUTE_FAMILY_ANGLES: return brute_function_make(ONE_OF(rng, kinks), 1, 0);
    case BRUTE_FAMILY_JUMP: return brute_function_make(gsl_rng_uniform_int(rng, 2) ? BRUTE_SIGN : BRUTE_HEAVISIDE, 1, 0.2);
    }
    abort();
}

/* ---- States ------------------------------------------------------------------------------------------------------ */

/* 10^-1 to 10^-14, and now and then 0. */
static double draw_separation(gsl_rng *rng) { return gsl_rng_uniform(rng) < 0.1 ? 0 : brute_draw_power(rng, -14, -1); }

/* Field i becomes factor times field j, moved by `separation`. */
static void approach(gsl_rng *rng, brute_problem *problem, size_t i, size_t j, double factor, double separation,
                     double scale)
{
    for (size_t m = 0; m < problem->rank; m++)
        problem->weight[i][m] = factor * problem->weight[j][m] + separation * scale * gsl_ran_gaussian(rng, 1);
}

static void draw_second_layers(gsl_rng *rng, brute_problem *problem)
{
    for (size_t i = 0; i < BRUTE_FIELD_LIMIT; i++) {
        problem->a[i] = (0.25 + gsl_rng_uniform(rng)) * (gsl_rng_uniform_int(rng, 2) ? 1 : -1);
        problem->a_star[i] = (0.25 + gsl_rng_uniform(rng)) * (gsl_rng_uniform_int(rng, 2) ? 1 : -1);
    }
}

void brute_draw_state(gsl_rng *rng, brute_state state, double scale, brute_problem *problem)
{
    const size_t p = problem->p, n = p + problem->k, rank = problem->rank;
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < rank; m++) problem->weight[i][m] = scale / sqrt((double)rank) * gsl_ran_gaussian(rng, 1);
    const double separation = draw_separation(rng), sign = gsl_rng_uniform_int(rng, 2) ? 1 : -1;
    if (state == BRUTE_STATE_CLOSE_STUDENTS && p > 1) approach(rng, problem, 1, 0, 1, separation, scale);
    if (state == BRUTE_STATE_CLOSE_TARGET) approach(rng, problem, 0, p, sign, separation, scale);
    if (state == BRUTE_STATE_ALIGNED) approach(rng, problem, 0, p, sign * (0.1 + gsl_rng_uniform(rng)), 0, scale);
    if (state == BRUTE_STATE_ORTHOGONAL && rank >= n)
        for (size_t i = 0; i < n; i++)
            for (size_t m = 0; m < rank; m++) problem->weight[i][m] *= m == i ? 1 : 0;
    if (state == BRUTE_STATE_ZERO)
        for (size_t m = 0; m < rank; m++) problem->weight[0][m] = 0;
    brute_problem_overlaps(problem);
    draw_second_layers(rng, problem);
}

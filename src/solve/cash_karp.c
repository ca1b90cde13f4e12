/* See cash_karp.h. */
#include "solve/cash_karp.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { STAGES = 6, OWN = 4, BLOCK = 1024 }; /* the arrays are walked together, in blocks that stay in the first cache */

/* Row s: the weights of the slopes in the point where slope number s + 2 is taken. */
static const double weights[STAGES - 1][STAGES - 1] = {
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {3.0 / 10, -9.0 / 10, 6.0 / 5},
    {-11.0 / 54, 5.0 / 2, -70.0 / 27, 35.0 / 27},
    {1631.0 / 55296, 175.0 / 512, 575.0 / 13824, 44275.0 / 110592, 253.0 / 4096},
};
static const double times[STAGES - 1] = {1.0 / 5, 3.0 / 10, 3.0 / 5, 1, 7.0 / 8};

/* Of order 5, and what it differs by from order 4. */
static const double result[STAGES] = {37.0 / 378, 0, 250.0 / 621, 125.0 / 594, 0, 512.0 / 1771};
static const double error[STAGES] = {
    37.0 / 378 - 2825.0 / 27648, 0, 250.0 / 621 - 18575.0 / 48384, 125.0 / 594 - 13525.0 / 55296, -277.0 / 14336,
    512.0 / 1771 - 1.0 / 4};

/* to = from + h * sum_j weight_j slope_j; from may be `to`, or NULL for zero. */
static void combine(size_t dimension, double h, const double *weight, const double *const slopes[STAGES], size_t count,
                    const double *from, double *to)
{
    for (size_t first = 0; first < dimension; first += BLOCK) {
        const size_t length = dimension - first < BLOCK ? dimension - first : BLOCK;
        if (!from) memset(to + first, 0, length * sizeof *to);
        if (from && from != to) memcpy(to + first, from + first, length * sizeof *to);
        for (size_t j = 0; j < count; ++j)
            if (weight[j] != 0) cblas_daxpy((int)length, h * weight[j], slopes[j] + first, 1, to + first, 1);
    }
}

static int apply(void *own, size_t dimension, double t, double h, double y[], double yerr[], const double dydt_in[],
                 double dydt_out[], const gsl_odeiv2_system *system)
{
    double *room[STAGES] = {NULL, own};
    for (size_t s = 2; s <= OWN; ++s) room[s] = room[s - 1] + dimension;
    room[STAGES - 1] = dydt_out;
    const double *const slopes[STAGES] = {dydt_in, room[1], room[2], room[3], room[4], room[5]};
    for (size_t s = 0; s < STAGES - 1; ++s) {
        combine(dimension, h, weights[s], slopes, s + 1, y, yerr);
        const int status = GSL_ODEIV_FN_EVAL(system, t + times[s] * h, yerr, room[s + 1]);
        if (status != GSL_SUCCESS) return status;
    }
    combine(dimension, h, result, slopes, STAGES, y, y);
    combine(dimension, h, error, slopes, STAGES, NULL, yerr);
    return GSL_ODEIV_FN_EVAL(system, t + h, y, dydt_out);
}

static void *allocate(size_t dimension) { return wick_allocate(OWN, dimension, sizeof(double)); }

/* Nothing is kept from step to step. */
static int reset(void *own, size_t dimension)
{
    (void)own;
    (void)dimension;
    return GSL_SUCCESS;
}

static int set_driver(void *own, const gsl_odeiv2_driver *driver)
{
    (void)own;
    (void)driver;
    return GSL_SUCCESS;
}

static unsigned int order(void *own)
{
    (void)own;
    return 5;
}

static const gsl_odeiv2_step_type type = {"rkck", 1, 1, allocate, apply, set_driver, reset, order, free};

const gsl_odeiv2_step_type *const wick_step_cash_karp = &type;

/* See brute_line.h. */
#include "brute_line.h"

#include <math.h>
#include <stdlib.h>

static const double EDGE = 12; /* x^18, in variances of degree 5, is over there */

static void add(brute_points *points, double at)
{
    if (!(fabs(at) < EDGE)) return;
    if (points->count == BRUTE_POINT_LIMIT) abort();
    points->at[points->count++] = at;
}

void brute_points_begin(brute_points *points)
{
    static const double base[] = {-4.6, 0, 4.6};
    points->count = 0;
    for (size_t i = 0; i < sizeof base / sizeof *base; i++) add(points, base[i]);
}

void brute_points_bend(brute_points *points, double centre, double width, bool heavy, double reach)
{
    if (!(width > 0)) {
        add(points, centre);
        return;
    }
    const double last = heavy ? reach : fmin(20 * width, reach); /* the last point lies beyond it */
    for (double far = 1.2 * width; far < 4 * last && far < 2 * EDGE + fabs(centre); far *= 4) {
        add(points, centre - far);
        add(points, centre + far);
    }
}

static int compare(const void *one, const void *other)
{
    const double x = *(const double *)one, y = *(const double *)other;
    return (x > y) - (x < y);
}

void brute_points_end(brute_points *points)
{
    if (points->count + 2 > BRUTE_POINT_LIMIT) abort();
    points->at[points->count++] = -EDGE;
    points->at[points->count++] = EDGE;
    qsort(points->at, points->count, sizeof *points->at, compare);
    size_t kept = 1;
    for (size_t i = 1; i < points->count; i++)
        if (points->at[i] - points->at[kept - 1] > 1e-15 * fabs(points->at[i])) points->at[kept++] = points->at[i];
    points->count = kept;
}

double brute_density(double z) { return 0.39894228040143267794 * exp(-0.5 * z * z); }

brute_number brute_line(const gsl_function *function, const brute_points *points, gsl_integration_workspace *workspace,
                        double precision, double noise, double *size)
{
    brute_number parts[BRUTE_POINT_LIMIT], sum = {0, 0};
    double whole = 0;
    for (size_t i = 0; i + 1 < points->count; i++) {
        double absolute, spread;
        gsl_integration_qk21(function, points->at[i], points->at[i + 1], &parts[i].value, &parts[i].error, &absolute,
                             &spread);
        whole += absolute;
    }
    const double allowed = fmax(precision * whole, noise / (double)points->count);
    if (size) *size = whole;
    for (size_t i = 0; i + 1 < points->count; i++) {
        if (parts[i].error > allowed)
            gsl_integration_qag(function, points->at[i], points->at[i + 1], allowed, 0, workspace->limit, GSL_INTEG_GAUSS21,
                                workspace, &parts[i].value, &parts[i].error);
        sum.value += parts[i].value;
        sum.error += parts[i].error;
    }
    return sum;
}

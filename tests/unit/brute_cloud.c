/* See brute_cloud.h. Axes are turned so that l_j lies along the first and l_l in the plane of the first two. */
#include "brute_cloud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIMENSIONS = 3, INTERVALS = 60 };

/* Of each interval; three dimensions would take too long at the first. */
static const double PRECISION = 2e-14, PRECISION_3 = 1e-12;

struct brute_cloud {
    gsl_integration_workspace *space[DIMENSIONS];
    size_t n, dimensions, j, l;
    double v[BRUTE_FIELD_LIMIT][DIMENSIONS];    /* fields in the turned axes */
    double rest[BRUTE_FIELD_LIMIT][DIMENSIONS]; /* norm of what lies beyond each axis */
    const brute_function *functions[BRUTE_FIELD_LIMIT];
    double c[BRUTE_FIELD_LIMIT];
    size_t known[BRUTE_FIELD_LIMIT];                /* the axis after which nothing is left of a field */
    double term[BRUTE_FIELD_LIMIT];                 /* c_i f_i(l_i), from then on */
    double mean[DIMENSIONS + 1][BRUTE_FIELD_LIMIT]; /* of the fields, given the coordinates before each axis */
    double error;                                   /* the largest of an inner integral, relative to its size */
    brute_number whole;
};

typedef struct {
    brute_cloud *cloud;
    size_t axis;
} level;

brute_cloud *brute_cloud_make(void)
{
    brute_cloud *cloud = calloc(1, sizeof *cloud);
    if (!cloud) abort();
    for (size_t i = 0; i < DIMENSIONS; i++) cloud->space[i] = gsl_integration_workspace_alloc(INTERVALS);
    return cloud;
}

void brute_cloud_free(brute_cloud *cloud)
{
    if (!cloud) return;
    for (size_t i = 0; i < DIMENSIONS; i++) gsl_integration_workspace_free(cloud->space[i]);
    free(cloud);
}

/* ---- Axes -------------------------------------------------------------------------------------------------------- */

static double norm(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

/* Turns all fields by Householder's reflection so that field `to` has nothing beyond `axis`. */
static void reflect(brute_cloud *cloud, size_t axis, size_t to)
{
    const size_t left = cloud->dimensions - axis;
    double u[DIMENSIONS];
    memcpy(u, cloud->v[to] + axis, left * sizeof *u);
    const double length = norm(u, left);
    if (!(norm(u + 1, left - 1) > 0)) return;
    u[0] += u[0] > 0 ? length : -length;
    const double square = norm(u, left) * norm(u, left);
    for (size_t i = 0; i < cloud->n; i++) {
        double *v = cloud->v[i] + axis, product = 0;
        for (size_t m = 0; m < left; m++) product += u[m] * v[m];
        for (size_t m = 0; m < left; m++) v[m] -= 2 * product / square * u[m];
    }
    for (size_t m = 1; m < left; m++) cloud->v[to][axis + m] = 0;
}

static void turn(brute_cloud *cloud)
{
    reflect(cloud, 0, cloud->j);
    if (cloud->dimensions > 1) reflect(cloud, 1, cloud->l);
    for (size_t i = 0; i < cloud->n; i++)
        for (size_t m = 0; m < cloud->dimensions; m++)
            cloud->rest[i][m] = norm(cloud->v[i] + m + 1, cloud->dimensions - m - 1);
    for (size_t i = 0; i < cloud->n; i++)
        for (cloud->known[i] = 0; cloud->rest[i][cloud->known[i]] > 0;) cloud->known[i]++;
}

/* ---- Integrals ----------------------------------------------------------------------------------------------------- */

static brute_points points_of(const brute_cloud *cloud, size_t axis)
{
    brute_points points;
    brute_bend bend;
    brute_points_begin(&points);
    for (size_t i = 0; i < cloud->n; i++) {
        const double step = cloud->v[i][axis], rest = cloud->rest[i][axis];
        if (cloud->known[i] < axis || !(fabs(step) > 0) || !brute_function_bend(cloud->functions[i], &bend)) continue;
        const double width = rest > bend.width ? fmax(bend.width, rest / 4) : bend.width;
        brute_points_bend(&points, (bend.centre - cloud->mean[axis][i]) / step, width / fabs(step), bend.heavy, 20);
    }
    brute_points_end(&points);
    return points;
}

static double integrand(double z, void *self);

static double integrate(brute_cloud *cloud, size_t axis)
{
    level next = {cloud, axis};
    const gsl_function function = {integrand, &next};
    const brute_points points = points_of(cloud, axis);
    double size;
    const brute_number number =
        brute_line(&function, &points, cloud->space[axis], cloud->dimensions > 2 ? PRECISION_3 : PRECISION, 0, &size);
    if (axis > 0 && number.error > cloud->error * size) cloud->error = number.error / size;
    if (axis > 0) return number.value;
    cloud->whole = (brute_number){number.value, number.error + (double)(cloud->dimensions - 1) * cloud->error * size};
    return number.value;
}

/* s' where its field is known for the first time. */
static double slope_at(const brute_cloud *cloud, size_t field, size_t axis)
{
    if (cloud->known[field] != axis) return 1;
    return brute_slope(cloud->functions[field], cloud->mean[axis + 1][field]);
}

/* One more coordinate: moves the fields that it moves, and evaluates those that are known now. */
static void move(brute_cloud *cloud, size_t axis, double z)
{
    double *fields = cloud->mean[axis + 1];
    for (size_t i = 0; i < cloud->n; i++) {
        if (cloud->known[i] < axis) continue;
        fields[i] = cloud->mean[axis][i] + cloud->v[i][axis] * z;
        if (cloud->known[i] == axis) cloud->term[i] = cloud->c[i] * brute_value(cloud->functions[i], fields[i]);
    }
}

static double integrand(double z, void *self)
{
    const level *at = self;
    brute_cloud *cloud = at->cloud;
    const size_t axis = at->axis;
    move(cloud, axis, z);
    const double factor = brute_density(z) * slope_at(cloud, cloud->j, axis) * slope_at(cloud, cloud->l, axis);
    if (!(fabs(factor) > 1e-40)) return 0;
    if (axis + 1 < cloud->dimensions) return factor * integrate(cloud, axis + 1);
    double sum = 0;
    for (size_t i = 0; i < cloud->n; i++) sum += cloud->term[i];
    return factor * sum * sum;
}

brute_number brute_cloud_evaluate(brute_cloud *cloud, size_t n, size_t rank,
                                  const double weight[BRUTE_FIELD_LIMIT][BRUTE_FIELD_LIMIT],
                                  const brute_function *const functions[BRUTE_FIELD_LIMIT], const double *c, size_t j,
                                  size_t l)
{
    cloud->n = n;
    cloud->dimensions = rank;
    cloud->j = j;
    cloud->l = l;
    for (size_t i = 0; i < n; i++) {
        memcpy(cloud->v[i], weight[i], rank * sizeof(double));
        cloud->functions[i] = functions[i];
        cloud->c[i] = c[i];
        cloud->mean[0][i] = 0;
    }
    turn(cloud);
    cloud->error = 0;
    integrate(cloud, 0);
    return cloud->whole;
}

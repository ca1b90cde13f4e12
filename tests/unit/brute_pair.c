/* See brute_pair.h. The integrals of a pair share their nodes, so the inner ones are kept by the outer coordinate. */
#include "brute_pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVALS = 400, OUTER_INTERVALS = 60, KEPT = 1 << 14, REPLAYED = 4096 };

static const double PRECISION = 2e-14; /* GSL's estimates end at 1.1e-14 */

enum { VALUE, ALONG_FIRST, ALONG_SECOND, SLOPES, COMPONENTS };

/* All integrands at one outer coordinate, and the errors of their inner integrals. */
typedef struct {
    double z1;
    unsigned long round; /* in which it was written; others are stale */
    double value[COMPONENTS], error[COMPONENTS];
} node;

/* g and the density at a node of an inner integral. Its siblings ask for the same nodes in the same order. */
typedef struct {
    double z2, value, density;
} inner_node;

struct brute_pair_space {
    gsl_integration_workspace *outer, *inner;
    node *nodes;
    unsigned long round;
    const brute_function *f, *g;
    brute_plane plane;
    brute_wanted wanted;
    brute_bend bend; /* of g */
    bool bends;
    double z1; /* of the inner integrals */
    size_t component;
    inner_node *replayed;
    size_t asked; /* nodes of the present inner integral */
};

static void *checked(void *memory)
{
    if (!memory) abort();
    return memory;
}

brute_pair_space *brute_pair_space_make(void)
{
    brute_pair_space *space = checked(calloc(1, sizeof *space));
    space->outer = checked(gsl_integration_workspace_alloc(OUTER_INTERVALS));
    space->inner = checked(gsl_integration_workspace_alloc(INTERVALS));
    space->nodes = checked(calloc(KEPT, sizeof *space->nodes));
    space->replayed = checked(malloc(REPLAYED * sizeof *space->replayed));
    for (size_t i = 0; i < REPLAYED; i++) space->replayed[i].z2 = INFINITY;
    return space;
}

void brute_pair_space_free(brute_pair_space *space)
{
    if (!space) return;
    gsl_integration_workspace_free(space->outer);
    gsl_integration_workspace_free(space->inner);
    free(space->nodes);
    free(space->replayed);
    free(space);
}

double brute_difference(double x, double y, double z, double w)
{
    const double product = z * w;
    return fma(x, y, -product) - fma(z, w, -product);
}

brute_plane brute_plane_of(double variance_u, double covariance, double variance_v)
{
    if (!(variance_u > 0)) return (brute_plane){0, 0, sqrt(variance_v)};
    const double rest = brute_difference(variance_u, variance_v, covariance, covariance) / variance_u;
    return (brute_plane){sqrt(variance_u), covariance / sqrt(variance_u), sqrt(fmax(rest, 0))};
}

/* ---- Inside: over z2 --------------------------------------------------------------------------------------------- */

static const inner_node *inner_find(brute_pair_space *space, double z2)
{
    inner_node *at = &space->replayed[space->asked++ % REPLAYED];
    if (at->z2 != z2)
        *at = (inner_node){z2, brute_value(space->g, space->plane.along * space->z1 + space->plane.across * z2),
                           brute_density(z2)};
    return at;
}

static double inner_value(double z2, void *self)
{
    const inner_node *at = inner_find(self, z2);
    return at->density * at->value;
}

static double inner_moment(double z2, void *self)
{
    const inner_node *at = inner_find(self, z2);
    return z2 * at->density * at->value;
}

static double inner_slope(double z2, void *self)
{
    brute_pair_space *space = self;
    const inner_node *at = inner_find(space, z2);
    return at->density * brute_slope(space->g, space->plane.along * space->z1 + space->plane.across * z2);
}

/* E[g(v) | z1], E[z2 g(v) | z1] and E[g'(v) | z1]. */
static void inner(brute_pair_space *space, brute_number numbers[3])
{
    static double (*const integrands[])(double, void *) = {inner_value, inner_moment, inner_slope};
    const brute_plane *plane = &space->plane;
    const double mean = plane->along * space->z1;
    const bool wanted[] = {true, space->wanted.moments, space->wanted.slopes};
    if (!(plane->across > 0)) {
        numbers[0] = (brute_number){brute_value(space->g, mean), 0};
        numbers[1] = (brute_number){0, 0};
        numbers[2] = (brute_number){space->wanted.slopes ? brute_slope(space->g, mean) : 0, 0};
        return;
    }
    brute_points points;
    brute_points_begin(&points);
    if (space->bends)
        brute_points_bend(&points, (space->bend.centre - mean) / plane->across, space->bend.width / plane->across,
                          space->bend.heavy, 20);
    brute_points_end(&points);
    for (size_t i = 0; i < REPLAYED && space->replayed[i].z2 < INFINITY; i++) space->replayed[i].z2 = INFINITY;
    for (size_t i = 0; i < 3; i++) {
        const gsl_function function = {integrands[i], space};
        space->asked = 0;
        numbers[i] = wanted[i] ? brute_line(&function, &points, space->inner, PRECISION, 0, NULL) : (brute_number){0, 0};
    }
}

/* ---- Outside: over z1 -------------------------------------------------------------------------------------------- */

static void evaluate_node(brute_pair_space *space, double z1, node *at)
{
    brute_number g[3];
    *at = (node){.z1 = z1, .round = space->round};
    const double u = space->plane.first * z1, density = brute_density(z1),
                 value = space->wanted.value ? brute_value(space->f, u) * density : 0,
                 slope = space->wanted.moments || space->wanted.slopes ? brute_slope(space->f, u) * density : 0;
    if (!(fabs(value) > 0) && !(fabs(slope) > 1e-40)) return;
    space->z1 = z1;
    inner(space, g);
    at->value[VALUE] = value * g[0].value;
    at->error[VALUE] = fabs(value) * g[0].error;
    at->value[ALONG_FIRST] = slope * z1 * g[0].value;
    at->error[ALONG_FIRST] = fabs(slope * z1) * g[0].error;
    at->value[ALONG_SECOND] = slope * g[1].value;
    at->error[ALONG_SECOND] = fabs(slope) * g[1].error;
    at->value[SLOPES] = slope * g[2].value;
    at->error[SLOPES] = fabs(slope) * g[2].error;
}

static size_t place_of(double z1)
{
    unsigned long long bits;
    memcpy(&bits, &z1, sizeof bits);
    bits *= 0x9e3779b97f4a7c15ULL;
    return (size_t)(bits >> 50) % KEPT;
}

/* The node at z1, from those that are kept; a place that another has taken is taken over. */
static const node *find(brute_pair_space *space, double z1)
{
    node *at = &space->nodes[place_of(z1)];
    if (at->round != space->round || at->z1 != z1) evaluate_node(space, z1, at);
    return at;
}

static double outer_value(double z1, void *self)
{
    brute_pair_space *space = self;
    return find(space, z1)->value[space->component];
}

static double outer_error(double z1, void *self)
{
    brute_pair_space *space = self;
    return find(space, z1)->error[space->component];
}

/* What the errors of the inner integrals make of the outer one. */
static double noise_of(brute_pair_space *space, const brute_points *points)
{
    const gsl_function errors = {outer_error, space};
    double noise = 0;
    for (size_t i = 0; i + 1 < points->count; i++) {
        double sum, error, absolute, spread;
        gsl_integration_qk21(&errors, points->at[i], points->at[i + 1], &sum, &error, &absolute, &spread);
        noise += fabs(sum);
    }
    return noise;
}

static brute_number outer(brute_pair_space *space, const brute_points *points, size_t component, bool wanted)
{
    if (!wanted) return (brute_number){0, 0};
    space->component = component;
    const gsl_function function = {outer_value, space};
    const double noise = noise_of(space, points);
    brute_number number = brute_line(&function, points, space->outer, PRECISION, noise, NULL);
    number.error += noise;
    return number;
}

/* Where f bends along z1, and where the mean of g over z2 does: there the normal density has to be over with the bend. */
static brute_points outer_points(const brute_pair_space *space)
{
    const brute_plane *plane = &space->plane;
    brute_points points;
    brute_bend bend;
    brute_points_begin(&points);
    if (plane->first > 0 && brute_function_bend(space->f, &bend))
        brute_points_bend(&points, bend.centre / plane->first, bend.width / plane->first, bend.heavy, 20);
    if (space->bends && fabs(plane->along) > 0)
        brute_points_bend(&points, space->bend.centre / plane->along,
                          fmax(space->bend.width, plane->across / 4) / fabs(plane->along), space->bend.heavy, 20);
    brute_points_end(&points);
    return points;
}

brute_pair brute_pair_evaluate(brute_pair_space *space, const brute_function *f, const brute_function *g, brute_plane plane,
                               brute_wanted wanted)
{
    space->f = f;
    space->g = g;
    space->plane = plane;
    space->wanted = wanted;
    space->bends = brute_function_bend(g, &space->bend);
    space->round++;
    const brute_points points = outer_points(space);
    return (brute_pair){.value = outer(space, &points, VALUE, wanted.value),
                        .along_first = outer(space, &points, ALONG_FIRST, wanted.moments),
                        .along_second = outer(space, &points, ALONG_SECOND, wanted.moments && plane.across > 0),
                        .slopes = outer(space, &points, SLOPES, wanted.slopes)};
}

brute_pair brute_pair_same(brute_pair_space *space, const brute_function *f, const brute_function *g, double first)
{
    return brute_pair_evaluate(space, f, g, (brute_plane){first, first, 0}, (brute_wanted){true, true, true});
}

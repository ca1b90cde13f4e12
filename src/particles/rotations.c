/* See rotations.h. */
#include "particles/rotations.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FEW_DIMENSIONS = 12 };

/* xi = sin(psi), with density cos(psi)^(D-2). */
static void from_angles(double freedom, wick_rotations *r)
{
    for (size_t i = 0; i < r->count; ++i) {
        r->weight[i] *= pow(cos(r->node[i]), freedom - 2);
        r->node[i] = sin(r->node[i]);
    }
}

static void normalise(wick_rotations *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->count; ++i) sum += r->weight[i];
    for (size_t i = 0; i < r->count; ++i) r->weight[i] /= sum;
}

/* Weights of Gauss-Gegenbauer nodes up to a factor, 1 / sum_{n < count} p_n^2, from the orthonormal polynomials: GSL's own
 * need Gamma((D-1)/2), which overflows from D = 345 on. */
static void set_weights(double D, wick_rotations *r)
{
    for (size_t i = 0; i < r->count; ++i) {
        double before = 0, now = 1, link = 0, sum = 1;
        for (size_t n = 1; n < r->count; ++n) {
            const double m = (double)n;
            const double next_link = sqrt(n == 1 ? 1 / D : m * (m + D - 3) / ((2 * m + D - 2) * (2 * m + D - 4)));
            const double next = (r->node[i] * now - link * before) / next_link;
            before = now;
            now = next;
            link = next_link;
            sum += now * now;
        }
        r->weight[i] = 1 / sum;
    }
}

static bool fill_gauss(double freedom, wick_rotations *r)
{
    const bool few = freedom <= FEW_DIMENSIONS;
    const double quarter = acos(0.0);
    gsl_integration_fixed_workspace *gauss =
        few ? wick_noted(gsl_integration_fixed_alloc(gsl_integration_fixed_legendre, r->count, -quarter, quarter, 0, 0))
            : wick_noted(
                  gsl_integration_fixed_alloc(gsl_integration_fixed_gegenbauer, r->count, -1, 1, (freedom - 3) / 2, 0));
    if (!gauss) return false;
    memcpy(r->node, gsl_integration_fixed_nodes(gauss), r->count * sizeof(double));
    memcpy(r->weight, gsl_integration_fixed_weights(gauss), r->count * sizeof(double));
    gsl_integration_fixed_free(gauss);
    if (few)
        from_angles(freedom, r);
    else
        set_weights(freedom, r);
    normalise(r);
    return true;
}

static bool allocate(wick_rotations *r, size_t count)
{
    *r = (wick_rotations){.count = count};
    r->node = wick_allocate(count, 1, sizeof(double));
    r->weight = wick_allocate(count, 1, sizeof(double));
    return r->node && r->weight;
}

static bool finish(bool made, wick_rotations *r)
{
    if (!made) wick_rotations_clear(r);
    return made;
}

bool wick_rotations_make(double freedom, size_t count, wick_rotations *r)
{
    const bool none = freedom <= 0 || isinf(freedom), ends = freedom > 0 && freedom < 1.5;
    bool made = allocate(r, none ? 1 : ends ? 2 : count);
    if (made && (none || ends))
        for (size_t i = 0; i < r->count; ++i) {
            r->node[i] = none ? 0 : i == 0 ? -1 : 1;
            r->weight[i] = 1 / (double)r->count;
        }
    else if (made)
        made = fill_gauss(freedom, r);
    return finish(made, r);
}

/* Panels of angles that halve towards both ends, 12 nodes in each. */
static bool fill_graded(double freedom, wick_rotations *r)
{
    enum { PANELS = 25, NODES = 12 };
    const double quarter = acos(0.0);
    gsl_integration_fixed_workspace *gauss =
        wick_noted(gsl_integration_fixed_alloc(gsl_integration_fixed_legendre, NODES, 0, 1, 0, 0));
    bool made = gauss && allocate(r, (size_t)2 * PANELS * NODES);
    for (size_t i = 0; made && i < r->count; ++i) {
        const size_t panel = i / NODES % PANELS, node = i % NODES;
        const double width = quarter * exp2(-(double)(panel + 1 < PANELS ? panel + 1 : panel));
        const double from_end = (panel + 1 < PANELS ? width : 0) + width * gsl_integration_fixed_nodes(gauss)[node];
        r->node[i] = (i < r->count / 2 ? -1 : 1) * (quarter - from_end);
        r->weight[i] = width * gsl_integration_fixed_weights(gauss)[node];
    }
    if (gauss) gsl_integration_fixed_free(gauss);
    if (!made) return false;
    from_angles(freedom, r);
    normalise(r);
    return true;
}

bool wick_rotations_make_reference(double freedom, wick_rotations *r)
{
    enum { MANY = 220 };
    if (freedom < 1.5 || freedom > FEW_DIMENSIONS) return wick_rotations_make(freedom, MANY, r);
    *r = (wick_rotations){0};
    return finish(fill_graded(freedom, r), r);
}

void wick_rotations_clear(wick_rotations *r)
{
    free(r->node);
    free(r->weight);
    *r = (wick_rotations){0};
}

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

static bool fill_gauss(double freedom, wick_rotations *r)
{
    const bool few = freedom <= FEW_DIMENSIONS;
    const double quarter = acos(0.0);
    gsl_integration_fixed_workspace *gauss =
        few ? gsl_integration_fixed_alloc(gsl_integration_fixed_legendre, r->count, -quarter, quarter, 0, 0)
            : gsl_integration_fixed_alloc(gsl_integration_fixed_gegenbauer, r->count, -1, 1, (freedom - 3) / 2, 0);
    if (!gauss) return false;
    memcpy(r->node, gsl_integration_fixed_nodes(gauss), r->count * sizeof(double));
    memcpy(r->weight, gsl_integration_fixed_weights(gauss), r->count * sizeof(double));
    gsl_integration_fixed_free(gauss);
    if (few) from_angles(freedom, r);
    double sum = 0;
    for (size_t i = 0; i < r->count; ++i) sum += r->weight[i];
    for (size_t i = 0; i < r->count; ++i) r->weight[i] /= sum;
    return true;
}

wick_status wick_rotations_make(wick_context *context, double freedom, size_t count, wick_rotations *r)
{
    const bool none = freedom <= 0 || isinf(freedom), ends = freedom > 0 && freedom < 1.5;
    *r = (wick_rotations){.count = none ? 1 : ends ? 2 : count};
    r->node = wick_allocate(r->count, 1, sizeof(double));
    r->weight = wick_allocate(r->count, 1, sizeof(double));
    bool made = r->node && r->weight;
    if (made && (none || ends))
        for (size_t i = 0; i < r->count; ++i) {
            r->node[i] = none ? 0 : i == 0 ? -1 : 1;
            r->weight[i] = 1 / (double)r->count;
        }
    else if (made)
        made = fill_gauss(freedom, r);
    if (made) return WICK_OK;
    wick_rotations_clear(r);
    return wick_fail_memory(context, "making quadrature rules");
}

void wick_rotations_clear(wick_rotations *r)
{
    free(r->node);
    free(r->weight);
    *r = (wick_rotations){0};
}

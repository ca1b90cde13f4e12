/* See series.h: what targets have beyond the order. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "particles/series.h"

enum { FURTHER = 250 }; /* orders, for pairs of targets; a target with itself needs none */

typedef struct {
    size_t k, first, count; /* orders first .. count - 1 */
    double *f, *rest;       /* k rows of count */
    double *error, *norm;   /* k */
} expansions;

static bool expand(const wick_series *series, expansions *of)
{
    const wick_hermite *target = series->target;
    for (size_t r = 0; r < of->k; ++r) {
        double *rest = of->rest + r * of->count;
        if (!target->values(target->self, series->frame->P[r * of->k + r], of->count, of->f + r * of->count, rest,
                            &of->error[r]))
            return false;
        of->norm[r] = rest[0];
    }
    return true;
}

/* Targets r and s: sum_{n>N} f_n f_n rho^n, and what it lacks. */
static double pair(const wick_frame *frame, const expansions *of, size_t r, size_t s, double *lost)
{
    const size_t k = of->k, count = of->count;
    const double rho = frame->P[r * k + s] / sqrt(frame->P[r * k + r] * frame->P[s * k + s]);
    const double *f = of->f + r * count, *g = of->f + s * count;
    double power = pow(rho, (double)of->first), sum = 0;
    for (size_t n = of->first; n + 1 < count; ++n, power *= rho) sum += f[n] * g[n] * power;
    *lost = of->rest[r * count + count - 1] * of->rest[s * count + count - 1] * fabs(power);
    return sum;
}

static void sum_pairs(const wick_series *series, const expansions *of, wick_series_targets *targets)
{
    const wick_frame *frame = series->frame;
    const size_t k = of->k;
    double errors = 0, norms = 0;
    for (size_t r = 0; r < k; ++r) {
        const double c = frame->a_star[r] / (double)k, rest = of->rest[r * of->count + of->first];
        targets->beyond += c * c * rest * rest;
        for (size_t s = 0; s < r; ++s) {
            const double both = 2 * c * frame->a_star[s] / (double)k;
            double lost;
            targets->beyond += both * pair(frame, of, r, s, &lost);
            targets->error += fabs(both) * lost;
        }
        errors += fabs(c) * of->error[r];
        norms += fabs(c) * of->norm[r];
    }
    targets->error += 4 * errors * (norms + errors);
}

void wick_series_targets_look(const wick_series *series, wick_series_targets *targets)
{
    if (targets->known) return;
    const size_t k = series->frame->k, first = series->order + 1, count = first + FURTHER;
    *targets = (wick_series_targets){.known = true};
    double *memory = wick_allocate(k, 2 * count + 2, sizeof *memory);
    expansions of = {k, first, count, memory, NULL, NULL, NULL};
    if (memory) {
        of.rest = memory + k * count;
        of.error = of.rest + k * count;
        of.norm = of.error + k;
    }
    if (memory && expand(series, &of))
        sum_pairs(series, &of, targets);
    else
        targets->error = INFINITY;
    free(memory);
}

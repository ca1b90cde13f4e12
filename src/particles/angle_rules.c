/* See angle_rules.h. */
#include "particles/angle_rules.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"

static const size_t sizes[WICK_ANGLE_RULES + 1] = {4, 6, 9, 14, 20, 28, 40, 60, 90, 140, 220};

/* delta = 2^(row + CLOSEST) and more; twice = 2^(1 - column) and less. Magnitudes are halves of a power of two at which
 * errors are measured, since they oscillate. */
enum {
    CLOSEST = -42,
    PER_ROW = 2,
    MAGNITUDES = PER_ROW * (WICK_ANGLE_DISTANCES + 2), /* from half a row before the first to one after the last */
    SHAPES = 3,
    PROBES = SHAPES * MAGNITUDES,
    AVERAGES = 3
};

/* ---- Errors
 * ------------------------------------------------------------------------------------------------------------------ */

static double distance_at(size_t magnitude) { return exp2(CLOSEST - 1 + (double)magnitude / PER_ROW); }

/* Pairs at each distance: with both ends near, with one, and with one and a smaller weight. */
static void set_probes(double *near, double *far, double *twice)
{
    static const double width[SHAPES] = {1, 0.5, 0.25};
    for (size_t m = 0; m < MAGNITUDES; ++m)
        for (size_t s = 0; s < SHAPES; ++s) {
            const double delta = distance_at(m), w = width[s] / (1 + delta), at = 4 - 4 * w;
            const size_t probe = m * SHAPES + s;
            twice[probe] = 2 * w;
            near[probe] = 2 * w * delta;
            far[probe] = s == 0 ? near[probe] : at - near[probe]; /* near + far + 2 twice = 4 */
        }
}

/* error[m]: the largest at a magnitude. */
static void compare(const double *coarse, const double *fine, double *error)
{
    static const double width[SHAPES] = {1, 0.5, 0.25};
    for (size_t m = 0; m < MAGNITUDES; ++m) {
        error[m] = 0;
        for (size_t s = 0; s < SHAPES; ++s)
            for (size_t a = 0; a < AVERAGES; ++a) {
                const size_t at = a * PROBES + m * SHAPES + s;
                error[m] = fmax(error[m], fabs(coarse[at] - fine[at]) / sqrt(width[s]));
            }
    }
}

static void measure(const wick_rotations *rules, double (*error)[MAGNITUDES])
{
    double near[PROBES], far[PROBES], twice[PROBES], averages[2][AVERAGES * PROBES];
    const wick_kernel_table *kernels = wick_kernels();
    set_probes(near, far, twice);
    for (size_t r = 0; r <= WICK_ANGLE_RULES; ++r) {
        double *found = averages[r % 2];
        kernels->angles(PROBES, rules[r].count, rules[r].node, rules[r].weight, near, far, twice, found, found + PROBES,
                        found + 2 * PROBES);
        if (r > 0) compare(averages[(r + 1) % 2], found, error[r - 1]);
    }
}

/* ---- Tables
 * ------------------------------------------------------------------------------------------------------------------ */

/* The error of a rule in a row, from half a row before to half a row after. */
static double row_error(const double *error, size_t row)
{
    double most = 0;
    for (size_t m = PER_ROW * (row + 1) - 1; m <= PER_ROW * (row + 2) + 1; ++m) most = fmax(most, error[m]);
    return most;
}

static void choose(wick_angle_rules *of, double (*error)[MAGNITUDES])
{
    enum { MARGIN = 4 }; /* a pair that passes from one rule to the next is to make no step that an integrator sees */
    for (size_t row = 0; row < WICK_ANGLE_DISTANCES; ++row)
        for (size_t column = 0; column < WICK_ANGLE_WIDTHS; ++column) {
            const double delta = exp2(CLOSEST + (double)row);
            const double scale = fmin(1, sqrt(exp2(-(double)column) * (1 + 2 * delta))); /* of twice to the largest */
            size_t level = 0;
            while (level + 1 < WICK_ANGLE_RULES && !(scale * row_error(error[level], row) * MARGIN <= of->tolerance))
                ++level;
            of->level[row][column] = (unsigned char)level;
            of->error[row][column] = scale * row_error(error[level], row);
        }
}

wick_status wick_angle_rules_make(wick_context *context, double freedom, double tolerance, wick_angle_rules *of)
{
    wick_rotations rules[WICK_ANGLE_RULES + 1];
    double error[WICK_ANGLE_RULES][MAGNITUDES];
    memset(of, 0, sizeof *of);
    of->tolerance = tolerance;
    wick_status status = WICK_OK;
    size_t made = 0;
    for (; made <= WICK_ANGLE_RULES && status == WICK_OK; ++made)
        status = wick_rotations_make(context, freedom, sizes[made], &rules[made]);
    if (status == WICK_OK) {
        measure(rules, error);
        choose(of, error);
        memcpy(of->rule, rules, sizeof of->rule);
        wick_rotations_clear(&rules[WICK_ANGLE_RULES]);
    } else
        while (made-- > 0) wick_rotations_clear(&rules[made]);
    return status;
}

void wick_angle_rules_clear(wick_angle_rules *of)
{
    for (size_t r = 0; r < WICK_ANGLE_RULES; ++r) wick_rotations_clear(&of->rule[r]);
}

/* ---- Choosing
 * ---------------------------------------------------------------------------------------------------------------- */

/* e where x = 2^e .. 2^(e+1), from `least` to `most`; least for 0 and NAN. */
static size_t magnitude(double x, int least, int most)
{
    int exponent;
    if (!(x >= ldexp(1, least))) return 0;
    if (x >= ldexp(1, most)) return (size_t)(most - least);
    frexp(x, &exponent);
    return (size_t)(exponent - 1 - least);
}

double wick_angle_rules_sort(const wick_angle_rules *of, size_t count, const double *near, const double *far,
                             const double *twice, size_t *order, size_t start[WICK_ANGLE_RULES + 1])
{
    size_t next[WICK_ANGLE_RULES], *level = order + count;
    double worst = 0;
    memset(start, 0, (WICK_ANGLE_RULES + 1) * sizeof *start);
    for (size_t i = 0; i < count; ++i) {
        const double closest = near[i] < far[i] ? near[i] : far[i];
        const size_t row = twice[i] > 0 ? magnitude(closest / twice[i], CLOSEST, CLOSEST + WICK_ANGLE_DISTANCES - 1)
                                        : WICK_ANGLE_DISTANCES - 1;
        const size_t column = WICK_ANGLE_WIDTHS - 1 - magnitude(twice[i], 1 - WICK_ANGLE_WIDTHS, 0);
        level[i] = of->level[row][column];
        if (of->error[row][column] > worst) worst = of->error[row][column];
        ++start[level[i] + 1];
    }
    for (size_t r = 0; r < WICK_ANGLE_RULES; ++r) {
        next[r] = start[r];
        start[r + 1] += start[r];
    }
    for (size_t i = 0; i < count; ++i) order[next[level[i]]++] = i;
    return worst;
}

/* See angle_rules.h. */
#include "particles/angle_rules.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/kernels.h"

static const size_t sizes[WICK_ANGLE_RULES] = {4, 6, 9, 14, 20, 28, 40, 60, 90, 140};

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

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

static const double width[SHAPES] = {1, 0.5, 0.25};

static double distance_at(size_t magnitude) { return exp2(CLOSEST - 1 + (double)magnitude / PER_ROW); }

/* Pairs at each distance: with both ends near, with one, and with one and a smaller width. */
static void set_probes(double *near, double *far, double *twice)
{
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
static void compare(const double *found, const double *exact, double *error)
{
    for (size_t m = 0; m < MAGNITUDES; ++m) {
        error[m] = 0;
        for (size_t s = 0; s < SHAPES; ++s)
            for (size_t a = 0; a < AVERAGES; ++a) {
                const size_t at = a * PROBES + m * SHAPES + s;
                error[m] = fmax(error[m], fabs(found[at] - exact[at]) / sqrt(width[s]));
            }
    }
}

static void measure(const wick_rotations *rules, const wick_rotations *reference, double (*error)[MAGNITUDES])
{
    double near[PROBES], far[PROBES], twice[PROBES], exact[AVERAGES * PROBES], found[AVERAGES * PROBES];
    set_probes(near, far, twice);
    for (size_t r = 0; r <= WICK_ANGLE_RULES; ++r) {
        const wick_rotations *rule = r == 0 ? reference : &rules[r - 1];
        double *out = r == 0 ? exact : found;
        wick_kernels()->angles(PROBES, rule->count, rule->node, rule->weight, near, far, twice, out, out + PROBES,
                               out + 2 * PROBES);
        if (r > 0) compare(found, exact, error[r - 1]);
    }
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

/* The error of a rule in a row, from half a row before to half a row after; errors oscillate also between the probes. */
static double row_error(const double *error, size_t row)
{
    enum { SAFETY = 2 };
    double most = 0;
    for (size_t m = PER_ROW * (row + 1) - 1; m <= PER_ROW * (row + 2) + 1; ++m) most = fmax(most, error[m]);
    return SAFETY * most;
}

static void choose(wick_angle_rules *of, double (*error)[MAGNITUDES])
{
    enum { MARGIN = 2 }; /* a pair that passes from one rule to the next is to make no step that an integrator sees */
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

bool wick_angle_rules_make(double freedom, double tolerance, wick_angle_rules *of)
{
    memset(of, 0, sizeof *of);
    of->tolerance = tolerance;
    for (size_t r = 0; r < WICK_ANGLE_RULES; ++r)
        if (!wick_rotations_make(freedom, sizes[r], &of->rule[r])) return false;
    of->exact = of->rule[0].count <= 2;
    if (of->exact) return true;
    double error[WICK_ANGLE_RULES][MAGNITUDES];
    wick_rotations reference;
    if (!wick_rotations_make_reference(freedom, &reference)) return false;
    measure(of->rule, &reference, error);
    choose(of, error);
    wick_rotations_clear(&reference);
    return true;
}

void wick_angle_rules_clear(wick_angle_rules *of)
{
    for (size_t r = 0; r < WICK_ANGLE_RULES; ++r) wick_rotations_clear(&of->rule[r]);
}

/* ---- Choosing ---------------------------------------------------------------------------------------------------- */

/* e - least, where x = 2^e .. 2^(e+1), for x >= 0, and at least 0, at most `most`. */
static size_t magnitude(double x, int least, int most)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int e = (int)(bits >> 52) - 1023 - least; /* IEEE's exponent */
    return (size_t)(e < 0 ? 0 : e > most ? most : e);
}

/* What one of the two square roots asks for. */
static size_t level_of(const wick_angle_rules *of, double distance, size_t column, double *error)
{
    const size_t row = magnitude(distance, CLOSEST, WICK_ANGLE_DISTANCES - 1);
    *error += of->error[row][column];
    return of->level[row][column];
}

static size_t choose_level(const wick_angle_rules *of, double near, double far, double twice, double *all)
{
    const size_t column = WICK_ANGLE_WIDTHS - 1 - magnitude(twice, 1 - WICK_ANGLE_WIDTHS, WICK_ANGLE_WIDTHS - 1);
    double error = 0;
    const size_t one = level_of(of, near / (twice + DBL_MIN), column, &error);
    const size_t other = level_of(of, far / (twice + DBL_MIN), column, &error);
    *all = error;
    return one > other ? one : other;
}

double wick_angle_rules_sort(const wick_angle_rules *of, size_t count, const double *near, const double *far,
                             const double *twice, size_t *place, size_t start[WICK_ANGLE_RULES + 1], double *error)
{
    size_t counts[WICK_ANGLE_RULES] = {0}, next[WICK_ANGLE_RULES];
    double worst = 0;
    for (size_t i = 0; i < count; ++i) {
        double own = 0;
        place[i] = of->exact ? 0 : choose_level(of, near[i], far[i], twice[i], &own);
        worst = own > worst ? own : worst;
        if (error) error[i] = own;
        ++counts[place[i]];
    }
    start[0] = 0;
    for (size_t r = 0; r < WICK_ANGLE_RULES; ++r) {
        next[r] = start[r];
        start[r + 1] = start[r] + (counts[r] + WICK_ANGLE_GROUP - 1) / WICK_ANGLE_GROUP * WICK_ANGLE_GROUP;
    }
    for (size_t i = 0; i < count; ++i) place[i] = next[place[i]]++;
    return worst;
}

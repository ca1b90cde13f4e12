/* See hermite_quadrature.h: what is left of an expansion beyond each order, and how far trapezoidal sums are from what they
 * stand for.
 *
 * Both come from another rule, panels.h, whose nodes have nothing to do with theirs. What is left beyond n is summed over
 * its nodes as the square of s' less the polynomial of degree < n, without a cancellation. A trapezoidal sum of step h
 * misses about A cos(2 pi x + phi) where its nodes are shifted by x h: two shifts tell A, which changes slowly with the
 * variance, while the phase does not. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "particles/hermite_quadrature.h"

/* sqrt(weight) he_n of many points in turn. */
typedef struct {
    size_t count, n;
    const double *z;
    double *before, *now;
} polynomials;

static void start_polynomials(polynomials *he, const double *root)
{
    he->n = 0;
    for (size_t j = 0; j < he->count; ++j) he->before[j] = 0, he->now[j] = root[j];
}

static void next_polynomials(polynomials *he)
{
    const double root = sqrt((double)he->n), inverse = 1 / sqrt((double)he->n + 1);
    double *next = he->before;
    for (size_t j = 0; j < he->count; ++j) next[j] = (he->z[j] * he->now[j] - root * he->before[j]) * inverse;
    he->before = he->now;
    he->now = next;
    ++he->n;
}

/* coefficient[n] of the function for n < count, and rest[n], the norm of what is left of it, for n <= count. parity: that of
 * the function, which is overwritten; room: two vectors. */
static void expand(const wick_panels *at, double *function, int parity, size_t count, double *room, double *coefficient,
                   double *rest)
{
    const wick_kernel_table *kernels = wick_kernels();
    polynomials he = {at->count, 0, at->z, room, room + at->count};
    for (size_t j = 0; j < at->count; ++j) function[j] *= at->root[j];
    start_polynomials(&he, at->root);
    rest[0] = sqrt(kernels->dot(0, at->count, function, function));
    for (size_t n = 0; n < count; ++n) {
        coefficient[n] = 0;
        rest[n + 1] = rest[n];
        if (parity == 0 || (n % 2 == 0) == (parity > 0)) {
            coefficient[n] = kernels->dot(0, at->count, function, he.now);
            for (size_t j = 0; j < at->count; ++j) function[j] -= coefficient[n] * he.now[j];
            rest[n + 1] = sqrt(kernels->dot(0, at->count, function, function));
        }
        next_polynomials(&he);
    }
}

/* ---- Trapezoidal sums -------------------------------------------------------------------------------------------- */

/* Slopes, then mean and mean square, with nodes shifted by `shift` steps. work: 4 vectors of `nodes` and the code's. */
static void sum_shifted(const wick_hermite_series *of, double variance, double shift, double *work, double *out)
{
    const size_t half = (of->node_count - 1) / (of->parity ? 1 : 2), count = 2 * half + 1;
    double *z = work, *x = z + count, *value = x + count, *slope = value + count, *room = slope + count;
    double *scratch = room + 2 * count;
    const double size = of->step / sqrt(2 * acos(-1.0));
    for (size_t j = 0; j < count; ++j) {
        z[j] = of->step * ((double)j - (double)half + shift);
        x[j] = sqrt(variance) * z[j];
    }
    wick_activation_evaluate(of->code, count, x, scratch, value, slope);
    double *mean = out + of->terms, *square = mean + 1;
    *mean = *square = 0;
    for (size_t j = 0; j < count; ++j) {
        x[j] = size * exp(-0.5 * z[j] * z[j]);
        *mean += x[j] * value[j];
        *square += x[j] * slope[j] * slope[j];
        x[j] = sqrt(x[j]);
        slope[j] *= x[j];
    }
    polynomials he = {count, 0, z, room, room + count};
    start_polynomials(&he, x);
    for (size_t n = 0; n < of->terms; ++n) {
        out[n] = wick_hermite_slope_vanishes(of, n) ? 0 : of->kernels->dot(0, count, slope, he.now);
        next_polynomials(&he);
    }
}

/* An error from a difference. Both rules round; what they round is a little of what they may differ by. */
static double beyond_rounding(double difference, double norm)
{
    enum { SAFETY = 2, ROUNDING = 8 };
    return SAFETY * fmax(0, difference - ROUNDING * DBL_EPSILON * norm) + DBL_EPSILON * norm;
}

/* Errors of the rule in use, from the exact slopes, mean and mean square. false if memory is exhausted. */
static bool compare(const wick_hermite_series *of, double variance, const double *exact, wick_hermite_bin *bin)
{
    const size_t count = 2 * of->node_count + 1, all = of->terms + 2;
    double *work = wick_allocate(1, 6 * count + wick_activation_code_work_for(of->code, count) + all, sizeof *work);
    if (!work) return false;
    double sums[3] = {0}, *found = work + 6 * count + wick_activation_code_work_for(of->code, count);
    for (size_t shift = 0; shift < 2; ++shift) {
        sum_shifted(of, variance, 0.25 * (double)shift, work, found);
        for (size_t i = 0; i < all; ++i) {
            const double difference = found[i] - exact[i];
            sums[i < of->terms ? 0 : i - of->terms + 1] += difference * difference;
        }
    }
    free(work);
    bin->slopes = beyond_rounding(sqrt(sums[0]), bin->rest[0]);
    bin->mean = of->parity < 0 ? 0 : beyond_rounding(sqrt(sums[1]), bin->norm);
    bin->square = beyond_rounding(sqrt(sums[2]), bin->rest[0] * bin->rest[0]);
    return true;
}

/* ---- Bins -------------------------------------------------------------------------------------------------------- */

void wick_hermite_forget(wick_hermite_series *of)
{
    for (size_t i = 0; i < WICK_VARIANCE_BINS; ++i) {
        free(of->bin[i]);
        of->bin[i] = NULL;
    }
}

/* Fields so long that they have no end: nothing is known. */
static wick_hermite_bin *make_unknown(const wick_hermite_series *of, wick_hermite_bin *bin)
{
    for (size_t n = 0; n < of->terms + 1; ++n) bin->rest[n] = INFINITY;
    bin->norm = bin->slopes = bin->mean = bin->square = INFINITY;
    return bin;
}

/* What is left in the bin, with what the panels doubt; their slopes, mean and mean square into `exact`. */
static void measure(const wick_hermite_series *of, const wick_panels *panels, double *room, double *exact,
                    wick_hermite_bin *bin)
{
    double *function = room, *mean = exact + of->terms, *square = mean + 1;
    memcpy(function, panels->slope, panels->count * sizeof *function);
    expand(panels, function, -of->parity, of->terms, room + panels->count, exact, bin->rest);
    double norm = 0;
    *mean = 0;
    for (size_t j = 0; j < panels->count; ++j) {
        const double value = panels->root[j] * panels->value[j];
        *mean += panels->root[j] * value;
        norm += value * value;
    }
    bin->norm = WICK_VARIANCE_WIDENING * (sqrt(norm) + panels->value_doubt);
    *square = bin->rest[0] * bin->rest[0];
    if (of->parity < 0) *mean = 0;
    for (size_t n = 0; n <= of->terms; ++n) bin->rest[n] = WICK_VARIANCE_WIDENING * hypot(bin->rest[n], panels->doubt);
}

static bool is_good(const wick_hermite_series *of, const wick_hermite_bin *bin)
{
    const double allowed = of->tolerance / 100, norm = fmax(1, bin->rest[0]);
    return bin->slopes <= allowed * norm && bin->mean <= allowed * norm && bin->square <= allowed * norm * norm;
}

static bool fill_bin(wick_hermite_series *of, size_t at, wick_panels *panels, wick_hermite_bin *bin)
{
    const double variance = wick_variance_bin_end(at);
    if (!wick_panels_fill(panels, of->code, of->resolution, of->parity, variance, of->order)) return false;
    double *room = wick_allocate(1, 3 * panels->count + of->terms + 2, sizeof *room);
    if (!room) return false;
    double *exact = room + 3 * panels->count;
    measure(of, panels, room, exact, bin);
    bool made = compare(of, variance, exact, bin);
    while (made && isfinite(panels->doubt) && !is_good(of, bin) && wick_hermite_refine(of))
        made = compare(of, variance, exact, bin);
    free(room);
    if (!made) return false;
    bin->slopes += panels->doubt;
    bin->mean += of->parity < 0 ? 0 : panels->value_doubt;
    bin->square += 2 * bin->rest[0] * panels->doubt;
    return true;
}

static wick_hermite_bin *make_bin(wick_hermite_series *of, size_t at)
{
    wick_hermite_bin *bin = wick_noted(malloc(sizeof *bin + (of->terms + 1) * sizeof *bin->rest));
    if (!bin || at + 1 >= WICK_VARIANCE_BINS) return bin ? make_unknown(of, bin) : NULL;
    wick_panels panels = {0};
    const bool made = fill_bin(of, at, &panels, bin);
    wick_panels_clear(&panels);
    if (made) return bin;
    free(bin);
    return NULL;
}

bool wick_hermite_examine(void *self, size_t at, wick_hermite_bounds *bounds)
{
    wick_hermite_series *of = self;
    if (!of->bin[at]) of->bin[at] = make_bin(of, at);
    const wick_hermite_bin *bin = of->bin[at];
    if (!bin) return false;
    *bounds = (wick_hermite_bounds){bin->rest, bin->norm, bin->slopes, bin->mean, bin->square};
    return true;
}

bool wick_hermite_values(const void *self, double variance, size_t count, double *f, double *rest, double *error)
{
    const wick_hermite_series *of = self;
    wick_panels panels = {0};
    bool made = wick_panels_fill(&panels, of->code, of->resolution, of->parity, variance, count);
    double *room = made ? wick_allocate(1, 2 * panels.count + 1, sizeof *room) : NULL;
    double *all = wick_allocate(count + 1, 1, sizeof *all);
    made = room && all;
    if (made) {
        expand(&panels, panels.value, of->parity, count, room, f, all);
        memcpy(rest, all, count * sizeof *rest);
        *error = panels.value_doubt;
    }
    free(all);
    free(room);
    wick_panels_clear(&panels);
    return made;
}

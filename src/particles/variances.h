/* Bins of variances, sixteen to a factor of two: what is known of a field's expansion is known for a whole bin. */
#ifndef WICK_PARTICLES_VARIANCES_H
#define WICK_PARTICLES_VARIANCES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WICK_VARIANCE_LEAST = -200, WICK_VARIANCE_MOST = 40, WICK_VARIANCE_PARTS = 16 };
/* The first bin holds what is smaller than 2^LEAST, zero too; the last what is larger than 2^MOST, and what is no number. */
enum { WICK_VARIANCE_BINS = (WICK_VARIANCE_MOST - WICK_VARIANCE_LEAST) * WICK_VARIANCE_PARTS + 2 };

/* The upper end of a bin over its lower one is at most 1 + 1/16. The root of the root of that: */
#define WICK_VARIANCE_WIDENING 1.0153

/* The bits of a positive double are in the order of its magnitude. */
static inline size_t wick_variance_bin(double v)
{
    if (!(v >= 0)) return v < 0 ? 0 : WICK_VARIANCE_BINS - 1;
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    const int64_t bin = (int64_t)(bits >> 48) - (int64_t)(1023 + WICK_VARIANCE_LEAST) * WICK_VARIANCE_PARTS + 1;
    return bin < 0 ? 0 : bin < WICK_VARIANCE_BINS - 1 ? (size_t)bin : WICK_VARIANCE_BINS - 1;
}

static inline double wick_variance_bin_end(size_t bin)
{
    if (bin + 1 >= WICK_VARIANCE_BINS) return INFINITY;
    return ldexp(1 + (double)(bin % WICK_VARIANCE_PARTS) / WICK_VARIANCE_PARTS,
                 WICK_VARIANCE_LEAST + (int)(bin / WICK_VARIANCE_PARTS));
}

#endif

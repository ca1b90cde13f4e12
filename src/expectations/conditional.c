/* See conditional.h. */
#include "expectations/conditional.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool wick_conditional_make(wick_conditional *conditional, size_t n)
{
    *conditional = (wick_conditional){.n = n};
    conditional->vectors = wick_allocate(3 * n + 3, n, sizeof(double));
    if (!conditional->vectors) return false;
    conditional->rest = conditional->vectors + n * n;
    conditional->correlation = conditional->rest + n * n;
    conditional->mean = conditional->correlation + n * n;
    conditional->spread = conditional->mean + 2 * n;
    return true;
}

void wick_conditional_clear(wick_conditional *conditional) { free(conditional->vectors); }

static double dot(size_t count, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* Pivoted Cholesky of the correlations, rows then scaled by the deviations. left[a] is what is left of the diagonal; -1
 * where nothing is to be done. An entry may exceed it at rounding level: a diagonal that is off by rounding is nothing, an
 * entry cut to the root of what rounding left would be off by much more. */
void wick_conditional_set(wick_conditional *conditional, const wick_fields *fields)
{
    const size_t n = conditional->n;
    const double slack = 16 * (double)n * DBL_EPSILON;
    double *V = conditional->vectors, *left = conditional->rest, *deviation = conditional->spread;
    memset(V, 0, n * n * sizeof *V);
    for (size_t a = 0; a < n; a++) {
        const double variance = fields->omega[a * n + a];
        deviation[a] = variance > 0 ? sqrt(variance) : 0;
        left[a] = variance > 0 ? 1 : -1;
    }
    size_t m = 0;
    for (; m < n; m++) {
        size_t pivot = 0;
        for (size_t a = 1; a < n; a++)
            if (left[a] > left[pivot]) pivot = a;
        if (!(left[pivot] > (double)n * DBL_EPSILON)) break;
        const double root = sqrt(left[pivot]);
        for (size_t a = 0; a < n; a++) {
            if (left[a] < 0) continue;
            const double r = fields->omega[a * n + pivot] / (deviation[a] * deviation[pivot]);
            const double entry = a == pivot ? root : (r - dot(m, V + a * n, V + pivot * n)) / root;
            const double most = sqrt(left[a] + slack);
            V[a * n + m] = fmax(-most, fmin(most, entry));
        }
        for (size_t a = 0; a < n; a++)
            if (!(left[a] < 0)) left[a] = a == pivot ? -1 : fmax(0, left[a] - V[a * n + m] * V[a * n + m]);
    }
    conditional->rank = m;
    for (size_t a = 0; a < n; a++)
        for (size_t i = 0; i < m; i++) V[a * n + i] *= deviation[a];
}

/* Takes the direction e out of all vectors of `rest`; its shares become mean[.][column]. */
static void take_out(wick_conditional *conditional, const double *e, size_t column)
{
    const size_t n = conditional->n, rank = conditional->rank;
    for (size_t a = 0; a < n; a++) {
        double *v = conditional->rest + a * n, total = 0;
        for (size_t pass = 0; pass < 2; pass++) { /* twice is enough for orthogonality to rounding */
            const double share = dot(rank, v, e);
            for (size_t i = 0; i < rank; i++) v[i] -= share * e[i];
            total += share;
        }
        conditional->mean[2 * a + column] = total;
    }
}

/* The direction of a vector, into e (scratch of length n); its length. */
static double direction(size_t rank, const double *v, double *e)
{
    const double length = sqrt(dot(rank, v, v));
    for (size_t i = 0; i < rank; i++) e[i] = length > 0 ? v[i] / length : 0;
    return length;
}

void wick_conditional_given(wick_conditional *conditional, size_t j, size_t l)
{
    const size_t n = conditional->n, rank = conditional->rank;
    double *e = conditional->spread; /* n numbers, before they hold spreads */
    memcpy(conditional->rest, conditional->vectors, n * n * sizeof(double));
    for (size_t a = 0; a < 2 * n; a++) conditional->mean[a] = 0;
    conditional->d1 = direction(rank, conditional->rest + j * n, e);
    take_out(conditional, e, 0);
    conditional->c = j == l ? conditional->d1 : conditional->mean[2 * l];
    conditional->d2 = 0;
    if (j != l) {
        conditional->d2 = direction(rank, conditional->rest + l * n, e);
        take_out(conditional, e, 1);
    }
    for (size_t a = 0; a < n; a++) {
        const double *v = conditional->rest + a * n, length = sqrt(dot(rank, v, v));
        const double whole = hypot(conditional->mean[2 * a], conditional->mean[2 * a + 1]);
        conditional->spread[a] = a == j || a == l || length <= 1e-14 * whole ? 0 : length;
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++) {
            const double lengths = conditional->spread[a] * conditional->spread[b];
            double r = lengths > 0 ? dot(rank, conditional->rest + a * n, conditional->rest + b * n) / lengths : 0;
            if (a == b && lengths > 0) r = 1;
            conditional->correlation[a * n + b] = conditional->correlation[b * n + a] = r > 1 ? 1 : r < -1 ? -1 : r;
        }
}

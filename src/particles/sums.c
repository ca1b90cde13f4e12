/* See sums.h: what both ways share. */
#include "particles/sums.h"

#include <math.h>

#include "particles/threads.h"

enum { LD = WICK_SERIES_BLOCK };

/* Waking threads is worth it from about 20 ms of work on. */
int wick_series_threads(double cost) { return cost < 1e8 ? 1 : wick_threads_most(); }

double wick_series_worse(double worst, double error)
{
    if (error <= worst) return worst;
    return isnan(error) ? INFINITY : error;
}

wick_series_errors wick_series_known(double drift, double risk, double floor)
{
    return (wick_series_errors){isnan(drift) ? INFINITY : drift, isnan(risk) ? INFINITY : risk, floor};
}

/* The larger of a bound and the error of a number, relative from 1 on. */
static double worse(double most, double error, double value)
{
    const double own = error / fmax(1, fabs(value));
    return own <= most ? most : own;
}

/* Entry by entry. */
static double find_error(const wick_series *series, const wick_series_block *block, double rate,
                         wick_series_block_errors errors, const double *drift)
{
    const wick_frame *frame = series->frame;
    const size_t k = frame->k;
    double most = 0;
    for (size_t i = 0; i < block->count; ++i) {
        const double a = fabs(block->a[i]), *dm = drift + block->student[i] * k;
        const double force = errors.force + errors.relative * sqrt(block->square[i]);
        for (size_t r = 0; r < k; ++r) most = worse(most, a * sqrt(frame->P[r * k + r]) * force, dm[r]);
        most = worse(most, 2 * a * block->root[i] * force + fabs(rate) * a * a * errors.square,
                     drift[frame->p * k + block->student[i]]);
    }
    return most;
}

static double larger(double a, double b) { return a > b ? a : b; }

/* The same if no entry exceeds 1. */
static double bound_error(const wick_series *series, const wick_series_block *block, double rate,
                          wick_series_block_errors errors)
{
    const wick_frame *frame = series->frame;
    double target = 0, layer = 0, root = 0, square = 0;
    for (size_t r = 0; r < frame->k; ++r) target = fmax(target, sqrt(frame->P[r * frame->k + r]));
    for (size_t i = 0; i < block->count; ++i) {
        layer = larger(layer, fabs(block->a[i]));
        root = larger(root, block->root[i]);
        square = larger(square, block->square[i]);
    }
    const double force = errors.force + errors.relative * sqrt(square);
    return layer * fmax(target, 2 * root) * force + fabs(rate) * layer * layer * errors.square;
}

double wick_series_store(const wick_series *series, const wick_series_block *block, const double *X, double *gradient,
                         const double *outside, double rate, wick_series_block_errors errors, double enough, double *drift)
{
    const wick_frame *frame = series->frame;
    const size_t k = frame->k;
    double *dq = drift + frame->p * k;
    for (size_t c = 0; c < k; ++c)
        for (size_t i = 0; i < block->count; ++i) gradient[c * LD + i] += block->u[c * LD + i] * X[i];
    for (size_t i = 0; i < block->count; ++i) {
        const double a = block->a[i];
        dq[block->student[i]] = 2 * a * (block->q[i] * X[i] + outside[i]) + rate * a * a * block->square[i];
        wick_frame_unwhiten(frame, 1, LD, &a, gradient + i, drift + block->student[i] * k);
    }
    const double bound = bound_error(series, block, rate, errors);
    return bound <= enough ? bound : find_error(series, block, rate, errors, drift);
}

/* See sums.h: what both ways share. */
#include "particles/sums.h"

#include "particles/threads.h"

enum { LD = WICK_SERIES_BLOCK };

/* Waking threads is worth it from about 20 ms of work on. */
int wick_series_threads(double cost) { return cost < 1e8 ? 1 : wick_threads_most(); }

void wick_series_store(const wick_series *series, const wick_series_block *block, const double *X, double *gradient,
                       const double *outside, double rate, double *drift)
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
}

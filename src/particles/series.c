/* See series.h: blocks of fields. */
#include "particles/series.h"

#include <math.h>
#include <string.h>

enum { LD = WICK_SERIES_BLOCK };

bool wick_series_slope_vanishes(const wick_series *series, size_t n)
{
    return series->parity != 0 && (n % 2 == 0) == (series->parity > 0);
}

bool wick_series_value_vanishes(const wick_series *series, size_t n)
{
    return series->parity != 0 && (n % 2 == 0) == (series->parity < 0);
}

double wick_series_ratio(const wick_series *series, size_t n)
{
    const double D = series->frame->freedom;
    return D > 0 && isfinite(D) ? ((double)n + 1) / ((double)n + D) : 0;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

size_t wick_series_block_size(const wick_series *series)
{
    const size_t vectors = 2 * series->frame->k + series->order + 2 + 7;
    return vectors * LD + larger(series->student->work_size(series->student->self, LD),
                                 series->target->work_size(series->target->self, LD));
}

wick_series_block wick_series_block_at(const wick_series *series, double *memory)
{
    const size_t k = series->frame->k;
    wick_series_block block = {.u = memory};
    block.unit = block.u + k * LD;
    block.q = block.unit + k * LD;
    block.share = block.q + LD;
    block.v = block.share + LD;
    block.root = block.v + LD;
    block.a = block.root + LD;
    block.mean = block.a + LD;
    block.square = block.mean + LD;
    block.slope = block.square + LD;
    block.work = block.slope + (series->order + 2) * LD;
    return block;
}

/* From u and q. Where v is 0 there is no direction, and none is needed. */
static void complete(const wick_series *series, wick_series_block *block)
{
    const size_t k = series->frame->k, count = block->count;
    memcpy(block->v, block->q, count * sizeof *block->v);
    for (size_t c = 0; c < k; ++c)
        for (size_t i = 0; i < count; ++i) block->v[i] += block->u[c * LD + i] * block->u[c * LD + i];
    for (size_t i = 0; i < count; ++i) {
        if (block->v[i] < 0) block->v[i] = 0; /* a step may leave a little less than nothing */
        block->root[i] = sqrt(block->v[i]);
        block->share[i] = block->v[i] > 0 ? block->q[i] / block->v[i] : 0;
    }
    for (size_t c = 0; c < k; ++c)
        for (size_t i = 0; i < count; ++i)
            block->unit[c * LD + i] = block->v[i] > 0 ? block->u[c * LD + i] / block->root[i] : 0;
}

void wick_series_block_expand(const wick_series *series, size_t order, wick_series_block *block)
{
    const wick_hermite *hermite = block->student ? series->student : series->target;
    block->order = order;
    hermite->fill(hermite->self, block->count, LD, block->v, order + 1, block->work, block->slope, block->mean,
                  block->square);
}

void wick_series_block_keep(const wick_series *series, double *kept, wick_series_block *block)
{
    block->slope = kept;
    block->mean = kept + (series->order + 2) * LD;
    block->square = block->mean + LD;
}

void wick_series_block_place_students(const wick_series *series, const double *state, const size_t *student, size_t count,
                                      wick_series_block *block)
{
    const wick_frame *frame = series->frame;
    const double *q = state + frame->p * frame->k;
    block->count = count;
    block->student = student;
    for (size_t i = 0; i < count; ++i) {
        block->q[i] = q[student[i]];
        block->a[i] = frame->a ? frame->a[student[i]] : 1;
        wick_frame_whiten(frame, 1, LD, state + student[i] * frame->k, block->u + i);
    }
    complete(series, block);
}

void wick_series_block_place_targets(const wick_series *series, size_t first, size_t count, wick_series_block *block)
{
    const wick_frame *frame = series->frame;
    block->count = count;
    block->student = NULL;
    block->first = first;
    for (size_t c = 0; c < frame->k; ++c)
        for (size_t i = 0; i < count; ++i) block->u[c * LD + i] = frame->L[(first + i) * frame->k + c];
    memset(block->q, 0, count * sizeof *block->q);
    memcpy(block->a, frame->a_star + first, count * sizeof *block->a);
    complete(series, block);
}

void wick_series_block_students(const wick_series *series, const double *state, const size_t *student, size_t count,
                                size_t order, wick_series_block *block)
{
    wick_series_block_place_students(series, state, student, count, block);
    wick_series_block_expand(series, order, block);
}

void wick_series_block_targets(const wick_series *series, size_t first, size_t count, size_t order, wick_series_block *block)
{
    wick_series_block_place_targets(series, first, count, block);
    wick_series_block_expand(series, order, block);
}

void wick_series_value(const wick_series_block *block, size_t n, double *out)
{
    if (n == 0) {
        memcpy(out, block->mean, block->count * sizeof *out);
        return;
    }
    const double scale = 1 / sqrt((double)n), *slope = block->slope + (n - 1) * LD;
    for (size_t i = 0; i < block->count; ++i) out[i] = scale * block->root[i] * slope[i];
}

/* See dynamics.h. */
#include "dynamics/dynamics.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static size_t triangle(size_t p) { return p % 2 ? (p + 1) / 2 * p : p / 2 * (p + 1); }

static size_t second_order(const wick_layout *layout) { return layout->reduced ? layout->p : triangle(layout->p); }

bool wick_layout_dimension(const wick_layout *layout, size_t *dimension)
{
    size_t overlaps, square;
    if (layout->p == SIZE_MAX || !wick_multiply_sizes(layout->p, layout->k, &overlaps)) return false;
    if (!layout->reduced && !wick_multiply_sizes(layout->p, layout->p + 1, &square)) return false;
    const size_t second = second_order(layout), trained = layout->trained ? layout->p : 0;
    if (second > SIZE_MAX - overlaps || trained > SIZE_MAX - overlaps - second) return false;
    *dimension = overlaps + second + trained;
    return true;
}

size_t wick_layout_M(const wick_layout *layout, size_t j, size_t r) { return j * layout->k + r; }

size_t wick_layout_Q(const wick_layout *layout, size_t j, size_t l)
{
    const size_t row = j < l ? j : l, column = j < l ? l : j;
    return layout->p * layout->k + row * layout->p - row * (row + 1) / 2 + column;
}

size_t wick_layout_q(const wick_layout *layout, size_t j) { return layout->p * layout->k + j; }

size_t wick_layout_a(const wick_layout *layout, size_t j) { return layout->p * layout->k + second_order(layout) + j; }

void wick_layout_pack(const wick_layout *layout, const double *M, const double *Q_or_q, const double *a, double *state)
{
    const size_t p = layout->p;
    memcpy(state, M, p * layout->k * sizeof *state);
    double *second = state + p * layout->k;
    if (layout->reduced) {
        memcpy(second, Q_or_q, p * sizeof *state);
    } else {
        for (size_t j = 0; j < p; ++j) {
            memcpy(second, Q_or_q + j * p + j, (p - j) * sizeof *state);
            second += p - j;
        }
    }
    if (layout->trained) memcpy(state + wick_layout_a(layout, 0), a, p * sizeof *state);
}

void wick_layout_unpack(const wick_layout *layout, const double *state, double *M, double *Q_or_q, double *a)
{
    const size_t p = layout->p;
    if (M) memcpy(M, state, p * layout->k * sizeof *state);
    if (Q_or_q && layout->reduced) memcpy(Q_or_q, state + p * layout->k, p * sizeof *state);
    if (Q_or_q && !layout->reduced) {
        for (size_t j = 0; j < p; ++j)
            for (size_t l = 0; l < p; ++l) Q_or_q[j * p + l] = state[wick_layout_Q(layout, j, l)];
    }
    if (a && layout->trained) memcpy(a, state + wick_layout_a(layout, 0), p * sizeof *state);
}

void wick_layout_name(const wick_layout *layout, size_t index, char name[64])
{
    const size_t overlaps = layout->p * layout->k, second = second_order(layout);
    if (index < overlaps) {
        snprintf(name, 64, "M[%zu,%zu]", index / layout->k + 1, index % layout->k + 1);
    } else if (index >= overlaps + second) {
        snprintf(name, 64, "a[%zu]", index - overlaps - second + 1);
    } else if (layout->reduced) {
        snprintf(name, 64, "q[%zu]", index - overlaps + 1);
    } else {
        size_t row = 0, rest = index - overlaps;
        while (rest >= layout->p - row) rest -= layout->p - row++;
        snprintf(name, 64, "Q[%zu,%zu]", row + 1, row + rest + 1);
    }
}

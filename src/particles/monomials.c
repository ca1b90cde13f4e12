/* See monomials.h. Those of one degree stand in blocks of equal g, in a block in decreasing order of e_0, e_1, ...; their
 * places follow from counting those before them. */
#include "particles/monomials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Number of monomials of degree t in c variables. */
static double choices(size_t t, size_t c)
{
    if (c == 0) return t == 0 ? 1 : 0;
    double ways = 1;
    for (size_t i = 1; i < c; ++i) ways = ways * (double)(t + i) / (double)i;
    return round(ways);
}

static bool has_room(const wick_frame *frame) { return frame->freedom > 0 && isfinite(frame->freedom); }

static size_t largest_g(const wick_frame *frame, size_t n) { return has_room(frame) ? n / 2 : 0; }

static double count_of_degree(const wick_frame *frame, size_t k, size_t n)
{
    double count = 0;
    for (size_t g = 0; g <= largest_g(frame, n); ++g) count += choices(n - 2 * g, k);
    return count;
}

double wick_monomials_count(const wick_frame *frame, size_t k, size_t order)
{
    double count = 0;
    for (size_t n = 0; n <= order; ++n) count += count_of_degree(frame, k, n);
    return count;
}

/* The place of q^g u^exponent. */
static size_t place(const wick_monomials *m, const unsigned short *exponent, size_t g)
{
    size_t left = 0, degree;
    for (size_t c = 0; c < m->k; ++c) left += exponent[c];
    degree = left + 2 * g;
    size_t at = m->start[degree];
    for (size_t before = 0; before < g; ++before) at += (size_t)choices(degree - 2 * before, m->k);
    for (size_t c = 0; c + 1 < m->k; ++c) {
        if (left > exponent[c]) at += (size_t)choices(left - exponent[c] - 1, m->k - c);
        left -= exponent[c];
    }
    return at;
}

/* The next one of the same degree in the block; false after the last. */
static bool advance(size_t k, unsigned short *exponent)
{
    if (k == 0) return false;
    size_t c = k - 1;
    const unsigned short last = exponent[k - 1];
    while (c > 0 && exponent[c - 1] == 0) --c;
    if (c == 0) return false;
    exponent[k - 1] = 0;
    --exponent[c - 1];
    exponent[c] = (unsigned short)(last + 1);
    return true;
}

static void describe(const wick_frame *frame, wick_monomials *m, size_t at, size_t n, size_t g, unsigned short *exponent)
{
    size_t c = 0;
    while (c < m->k && exponent[c] == 0) ++c;
    memcpy(m->exponent + at * m->k, exponent, m->k * sizeof *exponent);
    m->g[at] = (unsigned)g;
    m->degree[at] = n;
    m->factor[at] = c;
    if (n == 0) {
        m->number[at] = 1;
    } else if (c < m->k) {
        const double power = exponent[c]--;
        m->parent[at] = place(m, exponent, g);
        ++exponent[c];
        m->number[at] = m->number[m->parent[at]] * (double)n / power;
    } else {
        m->parent[at] = place(m, exponent, g - 1);
        m->number[at] =
            m->number[m->parent[at]] * (double)n * ((double)n - 1) / (2 * (double)g) / (frame->freedom + 2 * (double)g - 2);
    }
    for (c = 0; c < m->k && n < m->order; ++c) {
        ++exponent[c];
        m->child[at * m->k + c] = place(m, exponent, g);
        --exponent[c];
    }
}

static bool fill(const wick_frame *frame, wick_monomials *m)
{
    unsigned short *exponent = wick_allocate(m->k, 1, sizeof *exponent);
    if (!exponent) return false;
    for (size_t n = 0, at = 0; n <= m->order; ++n)
        for (size_t g = 0; g <= largest_g(frame, n); ++g) {
            if (m->k == 0 && 2 * g < n) continue;
            memset(exponent, 0, m->k * sizeof *exponent);
            if (m->k > 0) exponent[0] = (unsigned short)(n - 2 * g);
            do describe(frame, m, at++, n, g, exponent);
            while (advance(m->k, exponent));
        }
    free(exponent);
    return true;
}

bool wick_monomials_make(const wick_frame *frame, size_t k, size_t order, wick_monomials *m)
{
    *m = (wick_monomials){.k = k, .order = order, .start = wick_allocate(order + 2, 1, sizeof *m->start)};
    if (!m->start) return false;
    for (size_t n = 0; n <= order; ++n) {
        const size_t count = (size_t)count_of_degree(frame, k, n);
        m->start[n + 1] = m->start[n] + count;
        if (count > m->largest) m->largest = count;
    }
    m->count = m->start[order + 1];
    m->degree = wick_allocate(m->count, 1, sizeof *m->degree);
    m->parent = wick_allocate(m->count, 1, sizeof *m->parent);
    m->factor = wick_allocate(m->count, 1, sizeof *m->factor);
    m->g = wick_allocate(m->count, 1, sizeof *m->g);
    m->exponent = wick_allocate(m->count, m->k, sizeof *m->exponent);
    m->child = wick_allocate(m->count, m->k, sizeof *m->child);
    m->number = wick_allocate(m->count, 1, sizeof *m->number);
    if (m->degree && m->parent && m->factor && m->g && m->exponent && m->child && m->number && fill(frame, m)) return true;
    wick_monomials_clear(m);
    return false;
}

void wick_monomials_clear(wick_monomials *m)
{
    free(m->start);
    free(m->degree);
    free(m->parent);
    free(m->factor);
    free(m->g);
    free(m->exponent);
    free(m->child);
    free(m->number);
    *m = (wick_monomials){0};
}

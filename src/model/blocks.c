/* See blocks.h. */
#include "model/blocks.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static const wick_block blocks[] = {
    [WICK_BLOCK_M] = {.name = "M",
                      .meaning = "overlaps of students with targets, W W*^T/d: output time x student x target",
                      .rank = 2,
                      .over = {WICK_STUDENT, WICK_TARGET},
                      .degree = 1},
    [WICK_BLOCK_Q] = {.name = "Q",
                      .meaning = "overlaps of students, W W^T/d, symmetric: output time x student x student",
                      .rank = 2,
                      .over = {WICK_STUDENT, WICK_STUDENT},
                      .symmetric = true,
                      .degree = 2},
    [WICK_BLOCK_NORMS] = {.name = "q",
                          .meaning =
                              "squared norms of students off the target space, the diagonal of Q - M P^-1 M^T: output "
                              "time x student",
                          .rank = 1,
                          .over = {WICK_STUDENT},
                          .degree = 2},
    [WICK_BLOCK_LAYER] = {.name = "a",
                          .meaning = "second layer of the student: output time x student",
                          .rank = 1,
                          .over = {WICK_STUDENT},
                          .layer = WICK_SECOND_LAYER,
                          .degree = 1},
    [WICK_BLOCK_TARGET_LAYER] = {.name = "a_star",
                                 .meaning = "second layer of the target",
                                 .rank = 1,
                                 .over = {WICK_TARGET}},
    [WICK_BLOCK_P] = {.name = "P",
                      .meaning = "overlaps of targets, W* W*^T/d, symmetric",
                      .rank = 2,
                      .over = {WICK_TARGET, WICK_TARGET},
                      .symmetric = true},
};

const wick_block *wick_block_at(wick_block_id block) { return &blocks[block]; }

wick_layout wick_layout_of(wick_regime regime, bool trained, size_t p, size_t k)
{
    wick_layout layout = {.p = p, .k = k, .count = 2};
    layout.block[0] = WICK_BLOCK_M;
    layout.block[1] = wick_regime_at(regime)->full ? WICK_BLOCK_Q : WICK_BLOCK_NORMS;
    if (trained) layout.block[layout.count++] = WICK_BLOCK_LAYER;
    return layout;
}

const char *wick_layout_clock(const wick_layout *layout) { return layout->clock ? layout->clock : "t"; }

bool wick_layout_has(const wick_layout *layout, wick_block_id block)
{
    for (size_t i = 0; i < layout->count; ++i)
        if (layout->block[i] == block) return true;
    return false;
}

/* ---- Sizes ---------------------------------------------------------------------------------------------------------- */

static size_t extent(const wick_block *block, size_t index, size_t p, size_t k)
{
    return index >= block->rank ? 1 : block->over[index] == WICK_STUDENT ? p : k;
}

size_t wick_layout_rows(const wick_layout *layout, wick_block_id block)
{
    return extent(&blocks[block], 0, layout->p, layout->k);
}

size_t wick_layout_columns(const wick_layout *layout, wick_block_id block)
{
    return extent(&blocks[block], 1, layout->p, layout->k);
}

static size_t triangle(size_t n) { return n % 2 ? (n + 1) / 2 * n : n / 2 * (n + 1); }

/* Of a whole block or, of a symmetric one, the upper triangle; false if even the whole one overflows. */
static bool measure(const wick_block *block, bool whole, size_t p, size_t k, size_t *size)
{
    const size_t rows = extent(block, 0, p, k), columns = extent(block, 1, p, k);
    if (rows == SIZE_MAX || !wick_multiply_sizes(rows, block->symmetric ? columns + 1 : columns, size)) return false;
    *size = block->symmetric && !whole ? triangle(rows) : rows * columns;
    return true;
}

bool wick_layout_dimension(const wick_layout *layout, size_t *dimension)
{
    size_t sum = 0, size;
    for (size_t i = 0; i < layout->count; ++i) {
        if (!measure(&blocks[layout->block[i]], false, layout->p, layout->k, &size) || size > SIZE_MAX - sum) return false;
        sum += size;
    }
    *dimension = sum;
    return true;
}

size_t wick_layout_size(const wick_layout *layout, wick_block_id block)
{
    size_t size = 0;
    if (wick_layout_has(layout, block)) measure(&blocks[block], false, layout->p, layout->k, &size);
    return size;
}

size_t wick_layout_start(const wick_layout *layout, wick_block_id block)
{
    size_t start = 0;
    for (size_t i = 0; i < layout->count && layout->block[i] < block; ++i)
        start += wick_layout_size(layout, layout->block[i]);
    return start;
}

/* Of an entry, in its block. */
static size_t place(bool symmetric, size_t columns, size_t j, size_t l)
{
    if (!symmetric) return j * columns + l;
    const size_t row = j < l ? j : l, column = j < l ? l : j;
    return row * columns - row * (row + 1) / 2 + column;
}

size_t wick_layout_at(const wick_layout *layout, wick_block_id block, size_t j, size_t l)
{
    return wick_layout_start(layout, block) + place(blocks[block].symmetric, wick_layout_columns(layout, block), j, l);
}

/* ---- Arrays --------------------------------------------------------------------------------------------------------- */

void wick_layout_pack(const wick_layout *layout, const wick_arrays *arrays, double *state)
{
    for (size_t i = 0; i < layout->count; ++i) {
        const wick_block_id block = layout->block[i];
        const size_t rows = wick_layout_rows(layout, block), columns = wick_layout_columns(layout, block);
        for (size_t j = 0; j < rows; ++j) {
            const size_t first = blocks[block].symmetric ? j : 0, count = columns - first;
            memcpy(state, arrays->array[block] + j * columns + first, count * sizeof *state);
            state += count;
        }
    }
}

void wick_layout_unpack_rows(const wick_layout *layout, const double *state, wick_block_id block, size_t first, size_t count,
                             double *to)
{
    const bool symmetric = blocks[block].symmetric;
    const size_t columns = wick_layout_columns(layout, block);
    const double *from = state + wick_layout_start(layout, block);
    for (size_t j = first; j < first + count; ++j)
        for (size_t l = 0; l < columns; ++l) *to++ = from[place(symmetric, columns, j, l)];
}

void wick_layout_unpack(const wick_layout *layout, const double *state, const wick_arrays *arrays)
{
    for (size_t i = 0; i < layout->count; ++i) {
        const wick_block_id block = layout->block[i];
        double *to = arrays->array[block];
        if (to) wick_layout_unpack_rows(layout, state, block, 0, wick_layout_rows(layout, block), to);
    }
}

/* ---- Words ---------------------------------------------------------------------------------------------------------- */

/* The row in which entry `index` of a symmetric block stands; `index` becomes that in its row, from the diagonal on. */
static size_t row_in_triangle(size_t columns, size_t *index)
{
    size_t row = 0;
    while (*index >= columns - row) *index -= columns - row++;
    return row;
}

void wick_layout_name(const wick_layout *layout, size_t index, char name[64])
{
    size_t i = 0;
    for (; index >= wick_layout_size(layout, layout->block[i]); ++i) index -= wick_layout_size(layout, layout->block[i]);
    const wick_block *block = &blocks[layout->block[i]];
    const size_t columns = wick_layout_columns(layout, layout->block[i]);
    if (block->rank == 1) {
        snprintf(name, 64, "%s[%zu]", block->name, index + 1);
    } else if (!block->symmetric) {
        snprintf(name, 64, "%s[%zu,%zu]", block->name, index / columns + 1, index % columns + 1);
    } else {
        const size_t row = row_in_triangle(columns, &index);
        snprintf(name, 64, "%s[%zu,%zu]", block->name, row + 1, row + index + 1);
    }
}

static void print_size(const wick_block *block, const char *p, wick_text *text)
{
    const char *rows = block->over[0] == WICK_STUDENT ? p : "K";
    if (block->rank == 1)
        wick_text_append(text, rows);
    else if (block->symmetric)
        wick_text_printf(text, "%s * (%s + 1) / 2", rows, rows);
    else
        wick_text_printf(text, "%s * %s", rows, block->over[1] == WICK_STUDENT ? p : "K");
}

void wick_layout_print_start(const wick_layout *layout, wick_block_id id, const char *p, wick_text *text)
{
    size_t i = 0;
    for (; i < layout->count && layout->block[i] < id; ++i) {
        if (i > 0) wick_text_append(text, " + ");
        print_size(&blocks[layout->block[i]], p, text);
    }
    if (i == 0) wick_text_append(text, "0");
}

void wick_layout_print_end(const wick_layout *layout, wick_block_id id, const char *p, wick_text *text)
{
    for (size_t i = 0; i < layout->count && layout->block[i] <= id; ++i) {
        if (i > 0) wick_text_append(text, " + ");
        print_size(&blocks[layout->block[i]], p, text);
    }
}

/* ---- Given ---------------------------------------------------------------------------------------------------------- */

static const wick_block_id given[] = {WICK_BLOCK_TARGET_LAYER, WICK_BLOCK_P, WICK_BLOCK_LAYER};

enum { GIVEN = sizeof given / sizeof *given };

bool wick_given_dimension(size_t p, size_t k, size_t *dimension)
{
    size_t sum = 0, size;
    for (size_t i = 0; i < GIVEN; ++i) {
        if (!measure(&blocks[given[i]], true, p, k, &size) || size > SIZE_MAX - sum) return false;
        sum += size;
    }
    *dimension = sum;
    return true;
}

size_t wick_given_size(size_t p, size_t k, wick_block_id block)
{
    size_t size = 0;
    for (size_t i = 0; i < GIVEN; ++i)
        if (given[i] == block) measure(&blocks[block], true, p, k, &size);
    return size;
}

size_t wick_given_start(size_t p, size_t k, wick_block_id block)
{
    size_t start = WICK_PLAIN_PARAMETER_COUNT;
    for (size_t i = 0; i < GIVEN && given[i] != block; ++i) start += wick_given_size(p, k, given[i]);
    return start;
}

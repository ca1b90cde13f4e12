/* See pairs.h. */
#include "plan/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Puts the smaller description first, so that diagrams equal up to names a and b share their Z. */
static void order_fields(wick_term *term)
{
    const wick_list a = wick_term_between(term, WICK_A, WICK_L), b = wick_term_between(term, WICK_B, WICK_L);
    int order = wick_list_compare(&a, &b);
    if (order == 0) order = wick_list_compare(&term->vector[WICK_A], &term->vector[WICK_B]);
    if (order > 0) wick_term_exchange(term, WICK_A, WICK_B);
}

/* After the first elimination: sum_b Z[l,b] * (rest[l,b]). */
typedef struct {
    size_t z;
    wick_product_term rest;
} row_sum;

static int compare_row_sums(const void *a, const void *b)
{
    const size_t x = ((const row_sum *)a)->z, y = ((const row_sum *)b)->z;
    return x < y ? -1 : x > y;
}

static void prepare(wick_builder *builder, const wick_term *hard, bool exchanged, row_sum *sum)
{
    wick_term term;
    wick_term_init(&term);
    wick_term_copy(&term, hard);
    if (exchanged) wick_term_exchange(&term, WICK_J, WICK_L);
    wick_term_fix_leg(builder, &term, WICK_J, false);
    order_fields(&term);
    wick_eliminate_chain(builder, &term, WICK_A, WICK_L, WICK_B);
    wick_product_term_init(&sum->rest);
    mpq_set(sum->rest.coefficient, term.coefficient);
    sum->rest.scalar = term.scalar;
    sum->rest.row = term.vector[WICK_L];
    sum->rest.column = term.vector[WICK_B];
    sum->rest.factor = wick_term_between(&term, WICK_B, WICK_L);
    if (sum->rest.factor.count > 0) sum->z = sum->rest.factor.id[--sum->rest.factor.count]; /* the newest node: Z */
    wick_term_clear(&term);
}

void wick_plan_pairs(wick_builder *builder, const wick_terms *hard, wick_terms *done)
{
    const size_t count = 2 * hard->count; /* V = Y + Y^T: every term and its transpose */
    row_sum *sums = wick_allocate(count, 1, sizeof *sums);
    wick_product_term *rest = wick_allocate(count, 1, sizeof *rest);
    wick_product_term *parts = wick_allocate(count, 1, sizeof *parts);
    if (!sums || !rest || !parts) {
        builder->failed = true;
        goto end;
    }
    for (size_t i = 0; i < count; ++i) prepare(builder, &hard->term[i / 2], i % 2, &sums[i]);
    qsort(sums, count, sizeof *sums, compare_row_sums);
    size_t part_count = 0;
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && sums[end].z == sums[first].z; ++end) rest[end - first] = sums[end].rest;
        const size_t h = wick_make_map(builder, 2, rest, end - first);
        wick_product_term_init(&parts[part_count]);
        wick_list_add(builder, &parts[part_count++].factor, wick_make_row_dot(builder, sums[first].z, h));
    }
    wick_term result;
    wick_term_init(&result);
    const size_t row = wick_make_map(builder, 1, parts, part_count);
    result.matrix[0] = (wick_placed_matrix){wick_make_pairs(builder, row), WICK_J, WICK_L};
    result.matrix_count = 1;
    wick_terms_push(builder, done, &result);
    wick_term_clear(&result);
    for (size_t i = 0; i < count; ++i) wick_product_term_clear(&sums[i].rest);
    for (size_t i = 0; i < part_count; ++i) wick_product_term_clear(&parts[i]);
end:
    free(sums);
    free(rest);
    free(parts);
}

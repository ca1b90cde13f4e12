/* Maps: sums of products entry by entry, collected before they become a node. See nodes.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/nodes.h"

/* ---- Collecting -------------------------------------------------------------------------------------------------- */

/* Terms that agree in all of this (a list of fields, in order of weight) are added into one. */
static int compare_shape(const wick_product_term *a, const wick_product_term *b, bool with_columns)
{
    int order = wick_list_compare(&a->factor, &b->factor);
    if (order == 0) order = wick_list_compare(&a->row, &b->row);
    if (order == 0 && with_columns) order = wick_list_compare(&a->column, &b->column);
    return order;
}

static int compare_full(const void *a, const void *b)
{
    const int order = compare_shape(a, b, true);
    return order ? order
                 : wick_list_compare(&((const wick_product_term *)a)->scalar, &((const wick_product_term *)b)->scalar);
}

/* The numbers of a group of terms of one shape: coefficient * scalar, a sum of products of scalars made one node where it
 * has several terms. */
static void collect_numbers(wick_builder *builder, const wick_product_term *group, size_t count, mpq_t coefficient,
                            wick_list *scalar)
{
    bool same = true;
    for (size_t i = 1; i < count; ++i) same = same && wick_list_equal(&group[i].scalar, &group[0].scalar);
    *scalar = group[0].scalar;
    if (same) {
        mpq_set_ui(coefficient, 0, 1);
        for (size_t i = 0; i < count; ++i) mpq_add(coefficient, coefficient, group[i].coefficient);
        return;
    }
    wick_product_term *numbers = wick_allocate(count, 1, sizeof *numbers);
    if (!numbers) {
        builder->failed = true;
        return;
    }
    mpq_set(coefficient, group[0].coefficient);
    for (size_t i = 0; i < count; ++i) {
        wick_product_term_init(&numbers[i]);
        mpq_div(numbers[i].coefficient, group[i].coefficient, coefficient);
        numbers[i].scalar = group[i].scalar;
    }
    *scalar = (wick_list){0};
    wick_list_add(builder, scalar, wick_make_map(builder, 0, numbers, count));
    for (size_t i = 0; i < count; ++i) wick_product_term_clear(&numbers[i]);
    free(numbers);
}

/* Adds up runs of sorted terms that have one shape; returns how many are left. */
static size_t merge_runs(wick_builder *builder, int rank, wick_product_term *terms, size_t count)
{
    size_t kept = 0;
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count &&
               (rank == 0 ? compare_full(&terms[first], &terms[end]) : compare_shape(&terms[first], &terms[end], true)) == 0)
            ++end;
        mpq_t coefficient;
        mpq_init(coefficient);
        wick_list scalar;
        collect_numbers(builder, &terms[first], end - first, coefficient, &scalar);
        if (mpq_sgn(coefficient) != 0) {
            mpq_set(terms[kept].coefficient, coefficient);
            terms[kept].row = terms[first].row;
            terms[kept].column = terms[first].column;
            terms[kept].factor = terms[first].factor;
            terms[kept].scalar = scalar;
            ++kept;
        }
        mpq_clear(coefficient);
        first = end;
    }
    return kept;
}

/* In a matrix, sum_i number_i r_j c^i_b m_jb is r_j m_jb times one vector sum_i number_i c^i_b. */
static size_t merge_columns(wick_builder *builder, wick_product_term *terms, size_t count)
{
    size_t kept = 0;
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        bool all_have_columns = terms[first].column.count > 0;
        for (; end < count && compare_shape(&terms[first], &terms[end], false) == 0; ++end)
            all_have_columns = all_have_columns && terms[end].column.count > 0;
        if (end - first == 1 || !all_have_columns) {
            for (size_t i = first; i < end; ++i, ++kept) {
                if (kept == i) continue;
                mpq_set(terms[kept].coefficient, terms[i].coefficient);
                terms[kept].row = terms[i].row, terms[kept].column = terms[i].column;
                terms[kept].factor = terms[i].factor, terms[kept].scalar = terms[i].scalar;
            }
        } else {
            wick_product_term *vectors = wick_allocate(end - first, 1, sizeof *vectors);
            if (!vectors) {
                builder->failed = true;
                return kept;
            }
            for (size_t i = first; i < end; ++i) {
                wick_product_term_init(&vectors[i - first]);
                mpq_set(vectors[i - first].coefficient, terms[i].coefficient);
                vectors[i - first].scalar = terms[i].scalar;
                vectors[i - first].factor = terms[i].column;
            }
            const size_t vector = wick_make_map(builder, 1, vectors, end - first);
            for (size_t i = 0; i < end - first; ++i) wick_product_term_clear(&vectors[i]);
            free(vectors);
            mpq_set_ui(terms[kept].coefficient, 1, 1);
            terms[kept].row = terms[first].row, terms[kept].factor = terms[first].factor;
            terms[kept].scalar = (wick_list){0}, terms[kept].column = (wick_list){0};
            wick_list_add(builder, &terms[kept].column, vector);
            ++kept;
        }
        first = end;
    }
    return kept;
}

/* ---- The node ---------------------------------------------------------------------------------------------------- */

/* Product of more numbers than a term holds, as nested maps. */
static size_t make_scalar(wick_builder *builder, const wick_list *list)
{
    if (list->count == 0) return WICK_NONE;
    if (list->count == 1) return list->id[0];
    wick_product_term term;
    wick_product_term_init(&term);
    term.scalar = *list;
    const size_t id = wick_make_map(builder, 0, &term, 1);
    wick_product_term_clear(&term);
    return id;
}

size_t wick_make_vector(wick_builder *builder, const wick_list *list)
{
    if (list->count == 0) return WICK_NONE;
    if (list->count == 1) return list->id[0];
    wick_product_term term;
    wick_product_term_init(&term);
    term.factor = *list;
    const size_t id = wick_make_map(builder, 1, &term, 1);
    wick_product_term_clear(&term);
    return id;
}

/* Shortens a list to WICK_FACTOR_LIMIT by making products of its first entries. */
static void fold_factors(wick_builder *builder, int rank, wick_list *list)
{
    while (list->count > WICK_FACTOR_LIMIT && !builder->failed) {
        wick_product_term term;
        wick_product_term_init(&term);
        wick_list *part = rank == 0 ? &term.scalar : &term.factor;
        part->count = WICK_FACTOR_LIMIT;
        memcpy(part->id, list->id, sizeof *list->id * WICK_FACTOR_LIMIT);
        memmove(list->id, list->id + WICK_FACTOR_LIMIT, sizeof *list->id * (list->count - WICK_FACTOR_LIMIT));
        list->count -= WICK_FACTOR_LIMIT;
        wick_list_add(builder, list, wick_make_map(builder, rank, &term, 1));
        wick_product_term_clear(&term);
    }
}

static void set_map_term(wick_builder *builder, int rank, const wick_product_term *from, wick_map_term *to)
{
    wick_list factors = rank == 0 ? from->scalar : from->factor;
    fold_factors(builder, rank, &factors);
    mpq_init(to->coefficient);
    mpq_set(to->coefficient, from->coefficient);
    to->scalar = rank == 0 ? WICK_NONE : make_scalar(builder, &from->scalar);
    to->row = wick_make_vector(builder, &from->row);
    to->column = wick_make_vector(builder, &from->column);
    to->factor_count = factors.count < WICK_FACTOR_LIMIT ? factors.count : WICK_FACTOR_LIMIT;
    memcpy(to->factor, factors.id, to->factor_count * sizeof *to->factor);
}

/* Support, length and innerness follow from the parts. */
static void infer(const wick_builder *builder, wick_node *node)
{
    wick_support support = WICK_ON_NOTHING;
    bool fields = true, inner = false, paired = false;
    for (size_t i = 0; i < node->term_count; ++i) {
        const wick_map_term *t = &node->term[i];
        wick_support here = WICK_ON_FIELDS;
        if (t->column != WICK_NONE) here &= wick_node_at(builder, t->column)->support;
        for (size_t f = 0; f < t->factor_count; ++f) {
            const wick_node *factor = wick_node_at(builder, t->factor[f]);
            here &= factor->support;
            inner = inner || factor->inner;
            paired = paired || factor->paired;
            if (node->rank == 1) fields = fields && factor->fields;
        }
        const size_t others[] = {t->scalar, t->row, t->column};
        for (size_t o = 0; o < 3; ++o) {
            inner = inner || (others[o] != WICK_NONE && wick_node_at(builder, others[o])->inner);
            paired = paired || (others[o] != WICK_NONE && wick_node_at(builder, others[o])->paired);
        }
        support |= here;
    }
    node->support = support;
    node->fields = fields;
    node->inner = inner;
    node->paired = paired;
}

/* A map that only repeats one array is that array. */
static size_t finished_map(wick_builder *builder, wick_node *node)
{
    const wick_map_term *t = node->term;
    if (node->term_count == 1 && t->scalar == WICK_NONE && t->row == WICK_NONE && t->column == WICK_NONE &&
        t->factor_count == 1 && mpq_cmp_ui(t->coefficient, 1, 1) == 0) {
        const size_t id = t->factor[0];
        wick_node_clear(node);
        return id;
    }
    return wick_intern(builder, node);
}

size_t wick_make_map(wick_builder *builder, int rank, const wick_product_term *terms, size_t count)
{
    wick_product_term *copy = wick_allocate(count, 1, sizeof *copy);
    wick_map_term *kept_terms = wick_allocate(count, 1, sizeof *kept_terms);
    if (!copy || !kept_terms) {
        free(copy);
        free(kept_terms);
        builder->failed = true;
        return 0;
    }
    for (size_t i = 0; i < count; ++i) {
        wick_product_term_init(&copy[i]);
        mpq_set(copy[i].coefficient, terms[i].coefficient);
        copy[i].scalar = terms[i].scalar, copy[i].factor = terms[i].factor;
        copy[i].row = terms[i].row, copy[i].column = terms[i].column;
    }
    qsort(copy, count, sizeof *copy, compare_full);
    size_t kept = merge_runs(builder, rank, copy, count);
    if (rank == 2) kept = merge_columns(builder, copy, kept);
    for (size_t i = 0; i < kept; ++i) set_map_term(builder, rank, &copy[i], &kept_terms[i]);
    for (size_t i = 0; i < count; ++i) wick_product_term_clear(&copy[i]);
    free(copy);

    wick_node node = {.op = WICK_OP_MAP,
                      .rank = rank,
                      .operand = {WICK_NONE, WICK_NONE},
                      .function = WICK_NONE,
                      .term_count = kept,
                      .term = kept_terms};
    infer(builder, &node);
    return finished_map(builder, &node);
}

/* See cover.h. */
#define _XOPEN_SOURCE 700 /* tsearch() */

#include "plan/cover.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Candidates: products that could be made ------------------------------------------------------------------------ */

typedef struct {
    char *key;
    size_t served; /* open terms that it would serve */
} candidate;

/* The ways to serve one open term. */
enum { OWN, GROUP, GROUP_TRANSPOSED, WAY_COUNT };

typedef struct {
    candidate *way[WAY_COUNT]; /* NULL where there is no such way */
    size_t own_left;           /* OWN: the left factor and the power on the right */
    unsigned own_power;
    bool served;
} options;

static int compare_candidates(const void *a, const void *b)
{
    return strcmp(((const candidate *)a)->key, ((const candidate *)b)->key);
}

/* The candidate of that key, counted once more. Takes the key over. */
static candidate *nominate(wick_builder *builder, void **table, wick_text *key)
{
    candidate *item = malloc(sizeof *item);
    candidate **found = NULL;
    if (item && !key->failed) {
        *item = (candidate){.key = key->bytes};
        found = tsearch(item, table, compare_candidates);
    }
    if (!found || *found != item) {
        free(item);
        wick_text_clear(key);
    }
    if (!found) {
        builder->failed = true;
        return NULL;
    }
    ++(*found)->served;
    return *found;
}

static void free_candidates(void **table)
{
    while (*table) {
        candidate *first = *(candidate **)*table;
        tdelete(first, table, compare_candidates);
        free(first->key);
        free(first);
    }
}

static void print_list(wick_text *key, const wick_list *list)
{
    for (size_t i = 0; i < list->count; ++i) wick_text_printf(key, ",%zu", list->id[i]);
}

/* ---- Looking at a term ------------------------------------------------------------------------------------------- */

static bool single_power(const wick_builder *builder, const wick_list *nodes, unsigned *power)
{
    if (nodes->count != 1 || !wick_is_power(builder, nodes->id[0])) return false;
    *power = wick_node_at(builder, nodes->id[0])->power;
    return true;
}

/* Group: equal power on the right, equal outer part up to what depends on j alone. */
static candidate *nominate_group(wick_builder *builder, void **table, const wick_term *term)
{
    const wick_list right = wick_term_between(term, WICK_B, WICK_L);
    unsigned power;
    if (!single_power(builder, &right, &power)) return NULL;
    wick_text key = WICK_TEXT_EMPTY;
    wick_text_printf(&key, "group %u", power);
    print_list(&key, &term->vector[WICK_L]);
    for (size_t i = 0; i < term->matrix_count; ++i) {
        const wick_placed_matrix m = term->matrix[i];
        if (m.row == WICK_B || m.column == WICK_B) continue;
        const bool turned = m.row == WICK_L && !wick_is_power(builder, m.node);
        wick_text_printf(&key, "%c%zu", turned ? 't' : 'm', m.node);
    }
    return nominate(builder, table, &key);
}

static candidate *nominate_own(wick_builder *builder, void **table, const wick_term *term, bool transposable, options *o)
{
    const bool transposed = wick_prefers_transposed(builder, term, WICK_B, transposable);
    const wick_list left = wick_term_between(term, WICK_B, transposed ? WICK_L : WICK_J);
    const wick_list right = wick_term_between(term, WICK_B, transposed ? WICK_J : WICK_L);
    if (!single_power(builder, &right, &o->own_power)) return NULL;
    o->own_left = wick_make_left(builder, &left, &term->vector[WICK_B]);
    wick_text key = WICK_TEXT_EMPTY;
    wick_text_printf(&key, "own %zu,%u", o->own_left, o->own_power);
    return nominate(builder, table, &key);
}

/* ---- Serving terms ----------------------------------------------------------------------------------------------- */

static void mark_served(options *o)
{
    o->served = true;
    for (size_t w = 0; w < WAY_COUNT; ++w)
        if (o->way[w]) --o->way[w]->served;
}

static void serve_own(wick_builder *builder, const wick_term *term, bool transposable, options *o, wick_terms *done)
{
    wick_term *t = wick_terms_push(builder, done, term);
    if (t) wick_eliminate_between_legs(builder, t, WICK_B, transposable);
    mark_served(o);
}

/* Makes the product of a group out of its (oriented) terms. What all left factors share is drawn out of the product, so
 * that equal products are recognised: the first coefficient and common vectors over j. */
static void make_group(wick_builder *builder, wick_terms *group, wick_terms *done)
{
    const size_t count = group->count;
    wick_product_term *left = wick_allocate(count, 1, sizeof *left);
    wick_term *result = count > 0 ? wick_terms_push(builder, done, &group->term[0]) : NULL;
    if (!left || !result) {
        free(left);
        builder->failed = true;
        return;
    }
    wick_list common = group->term[0].vector[WICK_J], common_scalars = group->term[0].scalar;
    for (size_t i = 1; i < count; ++i) {
        wick_list a = common, b = group->term[i].vector[WICK_J];
        wick_list_split_common(&a, &b, &common);
        a = common_scalars, b = group->term[i].scalar;
        wick_list_split_common(&a, &b, &common_scalars);
    }
    for (size_t i = 0; i < count; ++i) {
        const wick_term *t = &group->term[i];
        wick_product_term_init(&left[i]);
        mpq_div(left[i].coefficient, t->coefficient, group->term[0].coefficient);
        wick_list a = common, ignored;
        left[i].row = t->vector[WICK_J];
        wick_list_split_common(&a, &left[i].row, &ignored);
        a = common_scalars;
        left[i].scalar = t->scalar;
        wick_list_split_common(&a, &left[i].scalar, &ignored);
        left[i].column = t->vector[WICK_B];
        left[i].factor = wick_term_between(t, WICK_B, WICK_J);
    }
    const size_t factor = wick_make_map(builder, 2, left, count);
    for (size_t i = 0; i < count; ++i) wick_product_term_clear(&left[i]);
    free(left);

    /* The result is the first term with the product in place of its sum over B. */
    const wick_term *model = &group->term[0];
    const wick_list right = wick_term_between(model, WICK_B, WICK_L);
    const size_t product = wick_make_product(builder, factor, wick_node_at(builder, right.id[0])->power);
    result->matrix_count = 0;
    for (size_t i = 0; i < model->matrix_count; ++i)
        if (model->matrix[i].row != WICK_B && model->matrix[i].column != WICK_B)
            result->matrix[result->matrix_count++] = model->matrix[i];
    result->matrix[result->matrix_count++] = (wick_placed_matrix){product, WICK_J, WICK_L};
    result->vector[WICK_B] = (wick_list){0};
    result->vector[WICK_J] = common;
    result->scalar = common_scalars;
}

static void serve_group(wick_builder *builder, wick_terms *open, options *all, const candidate *chosen, wick_terms *done)
{
    wick_terms group = {0};
    for (size_t i = 0; i < open->count; ++i) {
        if (all[i].served || (all[i].way[GROUP] != chosen && all[i].way[GROUP_TRANSPOSED] != chosen)) continue;
        wick_term *t = wick_terms_push(builder, &group, &open->term[i]);
        if (t && all[i].way[GROUP] != chosen) wick_term_exchange(t, WICK_J, WICK_L);
        mark_served(&all[i]);
    }
    make_group(builder, &group, done);
    wick_terms_clear(&group);
}

/* The candidate that serves most; a term's own product before a group, earlier terms before later ones. */
static const candidate *choose(const options *all, size_t count, size_t *way)
{
    const candidate *best = NULL;
    for (size_t w = 0; w < WAY_COUNT; ++w)
        for (size_t i = 0; i < count; ++i) {
            const candidate *c = all[i].way[w];
            if (all[i].served || !c || (best && c->served <= best->served)) continue;
            best = c;
            *way = w;
        }
    return best;
}

static void list_options(wick_builder *builder, const wick_terms *open, bool transposable, void **table, options *all)
{
    for (size_t i = 0; i < open->count; ++i) {
        wick_term *term = &open->term[i];
        all[i].way[OWN] = nominate_own(builder, table, term, transposable, &all[i]);
        all[i].way[GROUP] = nominate_group(builder, table, term);
        if (!transposable) continue;
        wick_term_exchange(term, WICK_J, WICK_L);
        all[i].way[GROUP_TRANSPOSED] = nominate_group(builder, table, term);
        if (all[i].way[GROUP_TRANSPOSED] && all[i].way[GROUP_TRANSPOSED] == all[i].way[GROUP]) {
            --all[i].way[GROUP]->served;
            all[i].way[GROUP_TRANSPOSED] = NULL;
        }
        wick_term_exchange(term, WICK_J, WICK_L);
    }
}

/* ---- Equal up to weights ------------------------------------------------------------------------------------------ */

static int compare_outer(const void *a, const void *b)
{
    const wick_term *x = a, *y = b;
    if (x->matrix_count != y->matrix_count) return x->matrix_count < y->matrix_count ? -1 : 1;
    for (size_t i = 0; i < x->matrix_count; ++i) {
        const wick_placed_matrix m = x->matrix[i], n = y->matrix[i];
        if (m.node != n.node) return m.node < n.node ? -1 : 1;
        if (m.row != n.row) return m.row < n.row ? -1 : 1;
        if (m.column != n.column) return m.column < n.column ? -1 : 1;
    }
    const int order = wick_list_compare(&x->vector[WICK_J], &y->vector[WICK_J]);
    return order ? order : wick_list_compare(&x->vector[WICK_L], &y->vector[WICK_L]);
}

/* Terms that differ only in the vector over the summed field, and in numbers, are one term with the sum of the vectors. */
static void merge_weights(wick_builder *builder, wick_terms *open)
{
    if (open->count == 0) return;
    qsort(open->term, open->count, sizeof *open->term, compare_outer);
    size_t kept = 0;
    for (size_t first = 0, end; first < open->count; first = end) {
        for (end = first + 1; end < open->count && compare_outer(&open->term[first], &open->term[end]) == 0;) ++end;
        wick_term *to = &open->term[kept++];
        if (end - first == 1) {
            if (to != &open->term[first]) wick_term_copy(to, &open->term[first]);
            continue;
        }
        wick_product_term *vectors = wick_allocate(end - first, 1, sizeof *vectors);
        if (!vectors) {
            builder->failed = true;
            return;
        }
        for (size_t i = first; i < end; ++i) {
            wick_product_term *v = &vectors[i - first];
            wick_product_term_init(v);
            mpq_set(v->coefficient, open->term[i].coefficient);
            v->scalar = open->term[i].scalar;
            v->factor = open->term[i].vector[WICK_B];
        }
        const size_t sum = wick_make_map(builder, 1, vectors, end - first);
        for (size_t i = 0; i < end - first; ++i) wick_product_term_clear(&vectors[i]);
        free(vectors);
        wick_term_copy(to, &open->term[first]);
        mpq_set_ui(to->coefficient, 1, 1);
        to->scalar = to->vector[WICK_B] = (wick_list){0};
        wick_list_add(builder, &to->vector[WICK_B], sum);
    }
    while (open->count > kept) wick_term_clear(&open->term[--open->count]);
}

void wick_cover(wick_builder *builder, wick_terms *open, bool transposable, wick_terms *done)
{
    void *table = NULL;
    merge_weights(builder, open);
    options *all = wick_allocate(open->count, 1, sizeof *all);
    if (!all) {
        builder->failed = true;
        wick_terms_clear(open);
        return;
    }
    list_options(builder, open, transposable, &table, all);
    for (size_t i = 0; i < open->count && !builder->failed; ++i)
        if (all[i].way[OWN] && wick_product_exists(builder, all[i].own_left, all[i].own_power))
            serve_own(builder, &open->term[i], transposable, &all[i], done);
    while (!builder->failed) {
        size_t way = OWN;
        const candidate *best = choose(all, open->count, &way);
        if (!best) break;
        if (way != OWN) {
            serve_group(builder, open, all, best, done);
            continue;
        }
        for (size_t i = 0; i < open->count; ++i)
            if (!all[i].served && all[i].way[OWN] == best) serve_own(builder, &open->term[i], transposable, &all[i], done);
    }
    for (size_t i = 0; i < open->count; ++i)
        if (!all[i].served) wick_builder_exceed(builder, "a summed field that no matrix product serves");
    free_candidates(&table);
    free(all);
    wick_terms_clear(open);
}

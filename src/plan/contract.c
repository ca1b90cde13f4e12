/* See contract.h. */
#include "plan/contract.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Terms ------------------------------------------------------------------------------------------------------- */

void wick_term_init(wick_term *term)
{
    memset(term, 0, sizeof *term);
    mpq_init(term->coefficient);
    mpq_set_ui(term->coefficient, 1, 1);
}

void wick_term_clear(wick_term *term) { mpq_clear(term->coefficient); }

void wick_term_copy(wick_term *to, const wick_term *from)
{
    mpq_set(to->coefficient, from->coefficient);
    to->scalar = from->scalar;
    memcpy(to->vector, from->vector, sizeof to->vector);
    memcpy(to->matrix, from->matrix, sizeof to->matrix);
    to->matrix_count = from->matrix_count;
}

wick_term *wick_terms_push(wick_builder *builder, wick_terms *terms, const wick_term *term)
{
    if (!wick_reserve(&terms->term, &terms->capacity, terms->count + 1, sizeof *terms->term)) {
        builder->failed = true;
        return NULL;
    }
    wick_term *pushed = &terms->term[terms->count++];
    wick_term_init(pushed);
    wick_term_copy(pushed, term);
    return pushed;
}

void wick_terms_clear(wick_terms *terms)
{
    for (size_t i = 0; i < terms->count; ++i) wick_term_clear(&terms->term[i]);
    free(terms->term);
    *terms = (wick_terms){0};
}

static void add_matrix(wick_builder *builder, wick_term *term, size_t node, wick_index row, wick_index column)
{
    if (term->matrix_count == WICK_MATRIX_LIMIT) {
        wick_builder_exceed(builder, "more than 8 matrices between its fields");
        return;
    }
    term->matrix[term->matrix_count++] = (wick_placed_matrix){node, row, column};
}

void wick_term_from_diagram(wick_builder *builder, const wick_closed_form *form, const wick_expansion *expansion,
                            const wick_diagram *diagram, wick_term *term)
{
    mpq_set(term->coefficient, diagram->coefficient);
    wick_index index[WICK_VERTEX_LIMIT];
    unsigned leg = WICK_J, field = WICK_A;
    mpq_t content;
    mpq_init(content);
    for (size_t v = 0; v < expansion->vertex_count; ++v) {
        const wick_role role = expansion->vertex[v].role;
        index[v] = wick_role_is_summed(role) ? (wick_index)field++ : (wick_index)leg++;
        if (role == WICK_LEG_FIELD) continue; /* the identity: its only function is 1 */
        const size_t function = wick_make_function(builder, form, diagram->order[v], role == WICK_LEG_STUDENT, content);
        mpq_mul(term->coefficient, term->coefficient, content);
        if (function != WICK_NONE) wick_list_add(builder, &term->vector[index[v]], function);
        if (wick_role_is_summed(role))
            wick_list_add(builder, &term->vector[index[v]], wick_make_weight(builder, role == WICK_SUMMED_TARGET));
    }
    mpq_clear(content);
    for (size_t v = 0; v < expansion->vertex_count; ++v)
        for (size_t w = v + 1; w < expansion->vertex_count; ++w) {
            const unsigned n = diagram->edge[wick_edge_index(v, w)];
            if (n > 0) add_matrix(builder, term, wick_make_power(builder, n), index[v], index[w]);
        }
}

void wick_term_exchange(wick_term *term, wick_index x, wick_index y)
{
    const wick_list saved = term->vector[x];
    term->vector[x] = term->vector[y];
    term->vector[y] = saved;
    for (size_t i = 0; i < term->matrix_count; ++i) {
        wick_placed_matrix *m = &term->matrix[i];
        m->row = m->row == x ? y : m->row == y ? x : m->row;
        m->column = m->column == x ? y : m->column == y ? x : m->column;
    }
}

bool wick_term_has(const wick_term *term, wick_index index)
{
    if (term->vector[index].count > 0) return true;
    for (size_t i = 0; i < term->matrix_count; ++i)
        if (term->matrix[i].row == index || term->matrix[i].column == index) return true;
    return false;
}

wick_neighbours wick_term_neighbours(const wick_term *term, wick_index index)
{
    wick_neighbours found = {0};
    for (size_t i = 0; i < term->matrix_count; ++i) {
        const wick_placed_matrix m = term->matrix[i];
        if (m.row != index && m.column != index) continue;
        const unsigned bit = 1u << (m.row == index ? m.column : m.row);
        found.count += !(found.mask & bit);
        found.mask |= bit;
    }
    return found;
}

bool wick_is_power(const wick_builder *builder, size_t node) { return wick_node_at(builder, node)->op == WICK_OP_POWER; }

wick_list wick_term_between(const wick_term *term, wick_index index, wick_index other)
{
    wick_list nodes = {0};
    for (size_t i = 0; i < term->matrix_count; ++i) {
        const wick_placed_matrix m = term->matrix[i];
        if (!(m.row == index && m.column == other) && !(m.row == other && m.column == index)) continue;
        size_t at = nodes.count++;
        for (; at > 0 && nodes.id[at - 1] > m.node; --at) nodes.id[at] = nodes.id[at - 1];
        nodes.id[at] = m.node;
    }
    return nodes;
}

/* Takes everything that carries the index out of the term. */
static void drop(wick_term *term, wick_index index)
{
    size_t kept = 0;
    for (size_t i = 0; i < term->matrix_count; ++i)
        if (term->matrix[i].row != index && term->matrix[i].column != index) term->matrix[kept++] = term->matrix[i];
    term->matrix_count = kept;
    term->vector[index] = (wick_list){0};
}

/* ---- Elimination ------------------------------------------------------------------------------------------------- */

size_t wick_make_left(wick_builder *builder, const wick_list *matrices, const wick_list *vectors)
{
    wick_product_term term;
    wick_product_term_init(&term);
    term.factor = *matrices;
    term.column = *vectors;
    const size_t id = wick_make_map(builder, 2, &term, 1);
    wick_product_term_clear(&term);
    return id;
}

void wick_eliminate_simple(wick_builder *builder, wick_term *term, wick_index index)
{
    const wick_neighbours tied = wick_term_neighbours(term, index);
    const wick_list vectors = term->vector[index];
    if (tied.count == 0) {
        drop(term, index);
        wick_list_add(builder, &term->scalar, wick_make_dot(builder, &vectors));
        return;
    }
    wick_index leg = WICK_J;
    while (!(tied.mask >> leg & 1u)) ++leg;
    wick_list matrices = wick_term_between(term, index, leg);
    drop(term, index);
    size_t result;
    if (matrices.count == 1) {
        result = wick_make_apply(builder, matrices.id[0], wick_make_vector(builder, &vectors));
    } else {
        /* The largest node number is the most computed array: a product where there is one. */
        const size_t first = matrices.id[--matrices.count];
        result = wick_make_row_dot(builder, first, wick_make_left(builder, &matrices, &vectors));
    }
    wick_list_add(builder, &term->vector[leg], result);
}

void wick_eliminate_chain(wick_builder *builder, wick_term *term, wick_index index, wick_index first, wick_index second)
{
    const wick_list vectors = term->vector[index];
    const wick_list left = wick_term_between(term, index, first), right = wick_term_between(term, index, second);
    if (right.count != 1 || !wick_is_power(builder, right.id[0])) {
        wick_builder_exceed(builder, "a summed field tied by more than a power of overlaps on both sides");
        return;
    }
    drop(term, index);
    const size_t factor = wick_make_left(builder, &left, &vectors);
    const size_t product = wick_make_product(builder, factor, wick_node_at(builder, right.id[0])->power);
    add_matrix(builder, term, product, first, second);
}

bool wick_prefers_transposed(const wick_builder *builder, const wick_term *term, wick_index index, bool transposable)
{
    const wick_list left = wick_term_between(term, index, WICK_J), right = wick_term_between(term, index, WICK_L);
    if (!transposable || left.count != 1 || !wick_is_power(builder, left.id[0])) return false;
    if (right.count != 1 || !wick_is_power(builder, right.id[0])) return true;
    return wick_node_at(builder, right.id[0])->power < wick_node_at(builder, left.id[0])->power;
}

void wick_eliminate_between_legs(wick_builder *builder, wick_term *term, wick_index index, bool transposable)
{
    const bool transposed = wick_prefers_transposed(builder, term, index, transposable);
    wick_eliminate_chain(builder, term, index, transposed ? WICK_L : WICK_J, transposed ? WICK_J : WICK_L);
}

void wick_term_fix_leg(wick_builder *builder, wick_term *term, wick_index leg, bool paired)
{
    for (size_t i = 0; i < term->vector[leg].count; ++i)
        wick_list_add(builder, &term->scalar, wick_make_entry(builder, term->vector[leg].id[i], paired));
    term->vector[leg] = (wick_list){0};
    size_t kept = 0;
    for (size_t i = 0; i < term->matrix_count; ++i) {
        const wick_placed_matrix m = term->matrix[i];
        if (m.row == leg || m.column == leg)
            wick_list_add(builder, &term->vector[m.row == leg ? m.column : m.row], wick_make_row(builder, m.node, paired));
        else
            term->matrix[kept++] = m;
    }
    term->matrix_count = kept;
}

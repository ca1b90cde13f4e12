/* See derivative.h. */
#include "plan/derivative.h"

/* ---- One factor less ----------------------------------------------------------------------------------------------- */

static bool is_leg(wick_index index) { return index == WICK_J || index == WICK_L; }

/* Both ends of what is differentiated; the first is not behind the second. */
static wick_place place_of(wick_index x, wick_index y)
{
    if (!is_leg(x)) return x == y ? WICK_BY_DIAGONAL : WICK_BY_PAIR;
    if (!is_leg(y)) return x == WICK_J ? WICK_BY_ROW_J : WICK_BY_ROW_L;
    return x != y ? WICK_BY_JL : x == WICK_J ? WICK_BY_JJ : WICK_BY_LL;
}

/* Takes `result` over: a term without the factor, times `content`, by its place. */
static void put(wick_builder *builder, wick_term *result, wick_place place, wick_index last, wick_terms *derivative)
{
    if (place != WICK_BY_PAIR && last == WICK_B) wick_term_exchange(result, WICK_A, WICK_B);
    wick_terms_push(builder, &derivative[place], result);
}

static void differentiate_matrix(wick_builder *builder, const wick_term *term, size_t at, wick_terms *derivative)
{
    const wick_placed_matrix m = term->matrix[at];
    const wick_index x = m.row < m.column ? m.row : m.column, y = m.row < m.column ? m.column : m.row;
    const unsigned power = wick_node_at(builder, m.node)->power;
    wick_term result;
    mpq_t factor;
    wick_term_init(&result);
    wick_term_copy(&result, term);
    if (power > 1)
        result.matrix[at].node = wick_make_power(builder, power - 1);
    else
        result.matrix[at] = result.matrix[--result.matrix_count];
    mpq_init(factor);
    mpq_set_ui(factor, power, 1);
    mpq_mul(result.coefficient, result.coefficient, factor);
    mpq_clear(factor);
    put(builder, &result, place_of(x, y), y, derivative);
    wick_term_clear(&result);
}

static void remove_vector(wick_list *list, size_t at)
{
    --list->count;
    for (size_t i = at; i < list->count; ++i) list->id[i] = list->id[i + 1];
}

/* WICK_PLACE_COUNT if the state does not hold what the vector depends on. */
static wick_place place_of_vector(const wick_closed_form *form, const wick_node *node, wick_index index)
{
    if (node->op == WICK_OP_WEIGHT) return form->trained && node->power == 0 ? WICK_BY_WEIGHT : WICK_PLACE_COUNT;
    return place_of(index, index);
}

static void differentiate_vector(wick_builder *builder, const wick_closed_form *form, const wick_term *term,
                                 wick_index index, size_t at, wick_terms *derivative)
{
    const size_t id = term->vector[index].id[at];
    const wick_place place = place_of_vector(form, wick_node_at(builder, id), index);
    if (place == WICK_PLACE_COUNT) return;
    size_t left = WICK_NONE;
    mpq_t content;
    mpq_init(content);
    mpq_set_ui(content, 1, 1);
    if (place == WICK_BY_DIAGONAL || place == WICK_BY_JJ || place == WICK_BY_LL)
        left = wick_make_derivative(builder, form, id, content);
    if (mpq_sgn(content) != 0) {
        wick_term result;
        wick_term_init(&result);
        wick_term_copy(&result, term);
        remove_vector(&result.vector[index], at);
        if (left != WICK_NONE) wick_list_add(builder, &result.vector[index], left);
        mpq_mul(result.coefficient, result.coefficient, content);
        put(builder, &result, place, index, derivative);
        wick_term_clear(&result);
    }
    mpq_clear(content);
}

void wick_differentiate(wick_builder *builder, const wick_closed_form *form, const wick_term *term,
                        wick_terms derivative[WICK_PLACE_COUNT])
{
    for (size_t m = 0; m < term->matrix_count; ++m) differentiate_matrix(builder, term, m, derivative);
    for (unsigned index = 0; index < WICK_INDEX_COUNT; ++index)
        for (size_t v = 0; v < term->vector[index].count; ++v)
            differentiate_vector(builder, form, term, (wick_index)index, v, derivative);
    if (form->trained) wick_terms_push(builder, &derivative[WICK_BY_NOTHING], term);
}

/* ---- What is still summed ------------------------------------------------------------------------------------------ */

static bool has_bit(wick_neighbours tied, wick_index index) { return tied.mask >> index & 1u; }

/* Between the legs, from the side that makes equal products the same node. */
static void sum_between_legs(wick_builder *builder, wick_term *term, wick_index index, bool students)
{
    if (!wick_prefers_transposed(builder, term, index, students)) {
        wick_eliminate_chain(builder, term, index, WICK_J, WICK_L);
        return;
    }
    wick_eliminate_chain(builder, term, index, WICK_L, WICK_J);
    if (builder->failed) return;
    wick_placed_matrix *made = &term->matrix[term->matrix_count - 1];
    *made = (wick_placed_matrix){wick_make_transpose(builder, made->node), WICK_J, WICK_L};
}

static void sum_over(wick_builder *builder, wick_term *term, wick_index index, bool students)
{
    const wick_neighbours tied = wick_term_neighbours(term, index);
    const wick_index other = index == WICK_A ? WICK_B : WICK_A;
    if (tied.count <= 1)
        wick_eliminate_simple(builder, term, index);
    else if (tied.count == 3)
        wick_term_fix_leg(builder, term, WICK_J, false);
    else if (has_bit(tied, other))
        wick_eliminate_chain(builder, term, index, has_bit(tied, WICK_J) ? WICK_J : WICK_L, other);
    else
        sum_between_legs(builder, term, index, students);
}

void wick_sum_derivative(wick_builder *builder, wick_term *term, wick_place place, bool students)
{
    const bool sums_a = place >= WICK_BY_JJ;
    if (place == WICK_BY_PAIR) return;
    while (!builder->failed) {
        const bool has_a = sums_a && wick_term_has(term, WICK_A), has_b = wick_term_has(term, WICK_B);
        if (!has_a && !has_b) return;
        const bool first =
            has_a && (!has_b || wick_term_neighbours(term, WICK_A).count <= wick_term_neighbours(term, WICK_B).count);
        sum_over(builder, term, first ? WICK_A : WICK_B, students);
    }
}

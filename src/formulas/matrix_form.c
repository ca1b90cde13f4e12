/* See matrix_form.h. */
#include "formulas/matrix_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Does it exist? ---------------------------------------------------------------------------------------------- */

/* Does degree + 2 g stay within the limit for every v^g in the factor? */
static bool fits(const wick_polynomial *factor, size_t degree, size_t limit)
{
    for (size_t g = 0; g < factor->count; g++)
        if (mpq_sgn(factor->coefficient[g]) != 0 && degree + 2 * g > limit) return false;
    return true;
}

static bool vertex_fits(const wick_expansion *x, const wick_factors *factors, const wick_diagram *diagram, size_t v)
{
    const size_t degree = wick_diagram_degree(x, diagram, v), order = diagram->order[v];
    const bool one_leg = x->vertex_count == 2 && wick_role_is_summed(x->vertex[1].role);
    switch (x->vertex[v].role) {
    case WICK_LEG_FIELD: return true; /* one edge, always */
    case WICK_LEG_STUDENT: return fits(&factors->student[order], degree, one_leg ? 2 : 1);
    case WICK_SUMMED_TARGET: return fits(&factors->target[order], degree, 2);
    case WICK_SUMMED_FIELD: break;
    }
    return fits(&factors->student[order], degree, 2) && fits(&factors->target[order], degree, 2);
}

bool wick_matrix_form_exists(const wick_expansion *expansion, const wick_factors *factors)
{
    for (size_t i = 0; i < expansion->count; i++)
        for (size_t v = 0; v < expansion->vertex_count; v++)
            if (!vertex_fits(expansion, factors, &expansion->diagram[i], v)) return false;
    return true;
}

/* ---- Paths and cycles -------------------------------------------------------------------------------------------- */

typedef struct {
    const wick_expansion *expansion;
    const wick_factors *factors;
    bool trained, targets;
    const wick_diagram *diagram;
    bool seen[WICK_VERTEX_LIMIT];
} builder;

typedef struct {
    size_t length, vertex[WICK_VERTEX_LIMIT];
    bool closed;
} path;

static bool is_leg(const builder *b, size_t v) { return !wick_role_is_summed(b->expansion->vertex[v].role); }

static void follow(builder *b, size_t start, path *way)
{
    way->length = 0;
    way->closed = wick_diagram_degree(b->expansion, b->diagram, start) > 1;
    for (size_t v = start, next = start; next < WICK_VERTEX_LIMIT; v = next) {
        way->vertex[way->length++] = v;
        b->seen[v] = true;
        for (next = 0; next < b->expansion->vertex_count; next++)
            if (!b->seen[next] && b->diagram->edge[wick_edge_index(v, next)] > 0) break;
        if (next == b->expansion->vertex_count) next = WICK_VERTEX_LIMIT;
    }
}

/* ---- The words of a path ----------------------------------------------------------------------------------------- */

static void append(wick_word *word, char letter)
{
    word->letter[strlen(word->letter)] = letter; /* a word is zero-filled, and longer than any path's */
}

static char overlap(bool target, bool next_target) { return target ? (next_target ? 'P' : 'm') : (next_target ? 'M' : 'Q'); }

/* Multiplies by the number F that a vertex of weight `degree` + 2 g brings, and by c's sign and size. */
static void weigh(const builder *b, size_t v, bool target, size_t g, wick_word *word)
{
    if (b->expansion->vertex[v].role == WICK_LEG_FIELD) return; /* the identity */
    const wick_polynomial *factor = &(target ? b->factors->target : b->factors->student)[b->diagram->order[v]];
    if (g < factor->count)
        mpq_mul(word->coefficient, word->coefficient, factor->coefficient[g]);
    else
        mpq_set_ui(word->coefficient, 0, 1);
    if (is_leg(b, v)) return;
    if (target)
        word->k++;
    else
        word->p++, mpq_neg(word->coefficient, word->coefficient);
}

/* A vertex without edges: its variance (g = 1), or just a number, which the sum over fields makes sum c. */
static void spell_point(const builder *b, size_t v, bool target, size_t g, wick_word *word)
{
    weigh(b, v, target, g, word);
    if (is_leg(b, v)) {
        append(word, g == 1 ? 'Q' : v == 0 ? 'e' : 'E');
        if (g == 1) word->kind = WICK_WORD_DIAGONAL;
        return;
    }
    if (g == 1 || b->trained) word->kind = WICK_WORD_TRACE;
    if (b->trained) append(word, target ? 'd' : 'D');
    if (g == 1) append(word, overlap(target, target));
    if (g == 0 && !b->trained) word->p = word->k = 0; /* p students with weight 1/p each */
}

/* bit i of `targets`: vertex number i of the path is a target. */
static void spell_path(const builder *b, const path *way, unsigned targets, wick_word *word)
{
    const size_t last = way->length - 1;
    for (size_t i = 0; i <= last; i++) {
        const size_t v = way->vertex[i];
        const bool target = targets >> i & 1, next = targets >> (i == last ? 0 : i + 1) & 1;
        const bool end = !way->closed && (i == 0 || i == last);
        weigh(b, v, target, 0, word);
        if (!is_leg(b, v) && end && i == 0) append(word, !b->trained ? 'E' : target ? 'B' : 'A');
        if (!is_leg(b, v) && end && i == last) append(word, !b->trained ? 'e' : target ? 'b' : 'a');
        if (!is_leg(b, v) && !end && b->trained) append(word, target ? 'd' : 'D');
        if (i < last || way->closed) append(word, overlap(target, next));
    }
    if (way->closed) word->kind = is_leg(b, way->vertex[0]) ? WICK_WORD_DIAGONAL : WICK_WORD_TRACE;
    if (!way->closed && way->vertex[0] == 1 && is_leg(b, 1)) wick_word_transpose(word->letter); /* the second leg: a row */
}

/* Can vertex v be a target, or a student? */
static bool may_be(const builder *b, size_t v, bool target)
{
    switch (b->expansion->vertex[v].role) {
    case WICK_LEG_STUDENT: return !target;
    case WICK_LEG_FIELD: return target == b->targets;
    case WICK_SUMMED_TARGET: return target;
    case WICK_SUMMED_FIELD: break;
    }
    return true;
}

static bool add_word(const builder *b, const path *way, unsigned targets, size_t g, wick_word_sum *sum)
{
    wick_word word = {.kind = WICK_WORD_PRODUCT};
    mpq_init(word.coefficient);
    mpq_set_ui(word.coefficient, 1, 1);
    if (way->length == 1)
        spell_point(b, way->vertex[0], targets & 1, g, &word);
    else
        spell_path(b, way, targets, &word);
    const bool fine = wick_word_sum_add(sum, &word);
    mpq_clear(word.coefficient);
    return fine;
}

/* Over all choices of students and targets, targets first. */
static bool spell_all(const builder *b, const path *way, wick_word_sum *sum)
{
    const unsigned choices = 1u << way->length;
    const size_t powers = way->length == 1 ? 2 : 1;
    for (size_t g = powers; g-- > 0;)
        for (unsigned choice = 0; choice < choices; choice++) {
            unsigned targets = 0;
            bool possible = true;
            for (size_t i = 0; i < way->length; i++) {
                const bool target = !(choice >> (way->length - 1 - i) & 1);
                targets |= (unsigned)target << i;
                possible = possible && may_be(b, way->vertex[i], target);
            }
            if (possible && !add_word(b, way, targets, g, sum)) return false;
        }
    return true;
}

/* ---- Terms and their sum ----------------------------------------------------------------------------------------- */

static void clear_term(wick_matrix_term *term)
{
    for (size_t f = 0; f < term->factor_count; f++) wick_word_sum_clear(&term->factor[f]);
    mpq_clear(term->coefficient);
}

/* A new term, 0 without factors. Terms move when one is added. */
static wick_matrix_term *push_term(wick_matrix_sum *sum)
{
    if (!wick_reserve(&sum->term, &sum->capacity, sum->count + 1, sizeof *sum->term)) return NULL;
    wick_matrix_term *term = &sum->term[sum->count++];
    *term = (wick_matrix_term){0};
    mpq_init(term->coefficient);
    return term;
}

/* Numbers go into the coefficient; the rest is put in order. */
static void place_factor(wick_matrix_term *term, wick_word_sum *sum)
{
    wick_word_sum_take_content(sum, term->coefficient);
    if (sum->count == 0) mpq_set_ui(term->coefficient, 0, 1);
    if (sum->count == 0 || (sum->count == 1 && !sum->word[0].letter[0])) {
        wick_word_sum_clear(sum);
        return;
    }
    size_t at = term->factor_count++;
    for (; at > 0 && term->factor[at - 1].place > sum->place; at--) term->factor[at] = term->factor[at - 1];
    term->factor[at] = *sum;
}

static bool add_part(builder *b, size_t start, wick_matrix_term *term)
{
    path way;
    follow(b, start, &way);
    wick_word_sum sum = {.place = !is_leg(b, start) ? WICK_PLACE_SCALAR : start == 0 ? WICK_PLACE_LEFT : WICK_PLACE_RIGHT};
    if (!spell_all(b, &way, &sum)) {
        wick_word_sum_clear(&sum);
        return false;
    }
    place_factor(term, &sum);
    return true;
}

static bool add_diagram(builder *b, wick_matrix_sum *sum)
{
    memset(b->seen, 0, sizeof b->seen);
    wick_matrix_term *term = push_term(sum);
    if (!term) return false;
    mpq_set(term->coefficient, b->diagram->coefficient);
    for (size_t cycles = 0; cycles < 2; cycles++) /* paths start at an end, so cycles must wait */
        for (size_t v = 0; v < b->expansion->vertex_count; v++) {
            if (b->seen[v] || (!cycles && wick_diagram_degree(b->expansion, b->diagram, v) > 1)) continue;
            if (!add_part(b, v, term)) return false;
        }
    if (mpq_sgn(term->coefficient) == 0) clear_term(&sum->term[--sum->count]);
    return true;
}

/* Short products first, and of those the ones with many numbers before them. */
static size_t rank(const wick_matrix_term *term)
{
    size_t matrices = 0, scalars = 0;
    for (size_t f = 0; f < term->factor_count; f++) {
        if (term->factor[f].place == WICK_PLACE_SCALAR) scalars++;
        if (term->factor[f].place != WICK_PLACE_SCALAR) matrices += wick_word_matrices(term->factor[f].word[0].letter);
    }
    return matrices * (WICK_VERTEX_LIMIT + 1) + WICK_VERTEX_LIMIT - scalars;
}

static void sort_terms(wick_matrix_sum *sum)
{
    for (size_t i = 1; i < sum->count; i++) {
        const wick_matrix_term term = sum->term[i];
        size_t at = i;
        for (; at > 0 && rank(&sum->term[at - 1]) > rank(&term); at--) sum->term[at] = sum->term[at - 1];
        sum->term[at] = term;
    }
}

wick_status wick_matrix_sum_make(wick_context *context, const wick_expansion *expansion, const wick_factors *factors,
                                 bool trained, bool targets, wick_matrix_sum *sum)
{
    *sum = (wick_matrix_sum){0};
    builder b = {.expansion = expansion, .factors = factors, .trained = trained, .targets = targets};
    for (size_t i = 0; i < expansion->count; i++) {
        b.diagram = &expansion->diagram[i];
        if (!add_diagram(&b, sum)) return wick_fail_memory(context, "printing the closed form");
    }
    sort_terms(sum);
    return WICK_OK;
}

/* ---- Transposition ----------------------------------------------------------------------------------------------- */

static bool transpose_term(wick_matrix_term *result, const wick_matrix_term *term)
{
    const bool outer = term->factor[term->factor_count - 1].place == WICK_PLACE_RIGHT; /* a column times a row */
    for (size_t f = 0; f < term->factor_count; f++) {
        const bool scalar = term->factor[f].place == WICK_PLACE_SCALAR;
        const size_t from = scalar || !outer ? f : 2 * term->factor_count - 3 - f; /* the last two change places */
        if (!wick_word_sum_transpose(&result->factor[result->factor_count++], &term->factor[from])) return false;
        result->factor[f].place = term->factor[f].place;
    }
    return true;
}

static bool terms_equal(const wick_matrix_term *a, const wick_matrix_term *b)
{
    for (size_t f = 0; f < a->factor_count; f++)
        if (!wick_word_sum_equal(&a->factor[f], &b->factor[f])) return false;
    return true;
}

/* A term that is its own transpose is doubled; else the transpose is added to the sum. */
static bool add_transpose(wick_matrix_sum *sum, size_t i)
{
    wick_matrix_term *transpose = push_term(sum);
    if (!transpose || !transpose_term(transpose, &sum->term[i])) return false;
    mpq_set(transpose->coefficient, sum->term[i].coefficient);
    if (!terms_equal(transpose, &sum->term[i])) return true;
    mpq_mul_2exp(sum->term[i].coefficient, sum->term[i].coefficient, 1);
    clear_term(transpose);
    sum->count--;
    return true;
}

wick_status wick_matrix_sum_symmetrize(wick_context *context, wick_matrix_sum *sum)
{
    const size_t count = sum->count;
    for (size_t i = 0; i < count; i++)
        if (!add_transpose(sum, i)) return wick_fail_memory(context, "printing the closed form");
    sort_terms(sum);
    return WICK_OK;
}

void wick_matrix_sum_clear(wick_matrix_sum *sum)
{
    for (size_t i = 0; i < sum->count; i++) clear_term(&sum->term[i]);
    free(sum->term);
    *sum = (wick_matrix_sum){0};
}

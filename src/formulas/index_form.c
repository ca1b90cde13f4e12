/* See index_form.h. */
#include "formulas/index_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "formulas/matrix_word.h"

enum { LONG = 60 };

/* ---- Names ------------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *text, *latex;
} name;

static size_t leg_count(const wick_expansion *x)
{
    size_t legs = 0;
    while (legs < x->vertex_count && !wick_role_is_summed(x->vertex[legs].role)) legs++;
    return legs;
}

static name vertex_name(const wick_expansion *x, size_t v)
{
    if (x->vertex[v].role == WICK_LEG_FIELD) return (name){"b", "\\beta"};
    if (x->vertex[v].role == WICK_LEG_STUDENT) return v == 0 ? (name){"j", "j"} : (name){"l", "l"};
    return v == leg_count(x) ? (name){"f", "\\alpha"} : (name){"g", "\\alpha'"};
}

/* "Omega[j,f]"; between students "Q[j,l]". */
static void put_overlap(wick_notation *n, const wick_expansion *x, size_t v, size_t w)
{
    const bool students = x->vertex[v].role == WICK_LEG_STUDENT && x->vertex[w].role == WICK_LEG_STUDENT;
    const name a = vertex_name(x, v), b = vertex_name(x, w);
    wick_put(n, students ? "Q" : "Omega", students ? "Q" : "\\Omega");
    wick_put(n, "[", "_{");
    wick_put(n, a.text, a.latex);
    wick_put(n, ",", " ");
    wick_put(n, b.text, b.latex);
    wick_put(n, "]", "}");
}

static void put_factor(wick_notation *n, const wick_expansion *x, const wick_diagram *diagram, size_t v)
{
    const name vertex = vertex_name(x, v);
    char text[32], latex[32];
    const char symbol = x->vertex[v].role == WICK_LEG_STUDENT ? 'S' : 'F';
    snprintf(text, sizeof text, "%c_%u[", symbol, diagram->order[v]);
    snprintf(latex, sizeof latex, "%c^{(%u)}_{", symbol, diagram->order[v]);
    wick_put(n, text, latex);
    wick_put(n, vertex.text, vertex.latex);
    wick_put(n, "]", "}");
}

/* "sum_{f,g} c_f c_g", if there are summed fields. */
static bool put_summation(wick_notation *n, const wick_expansion *x)
{
    const size_t legs = leg_count(x);
    if (legs == x->vertex_count) return false;
    const bool two = x->vertex_count - legs == 2;
    if (two)
        wick_put(n, "sum_{f,g} c_f c_g", "\\sum_{\\alpha, \\alpha'} c_{\\alpha} c_{\\alpha'}");
    else
        wick_put(n, "sum_f c_f", "\\sum_{\\alpha} c_{\\alpha}");
    return true;
}

/* ---- Terms ------------------------------------------------------------------------------------------------------- */

typedef struct {
    mpq_t coefficient; /* numbers among the factors included */
    const wick_diagram *diagram;
} term;

typedef struct {
    wick_notation *n;
    const wick_expansion *expansion;
    const wick_factors *factors;
    wick_index_symbols *symbols;
    size_t legs;
} printer;

static void remember(const wick_expansion *x, const wick_diagram *d, size_t v, wick_index_symbols *symbols)
{
    if (x->vertex[v].role == WICK_LEG_FIELD) return;
    if (x->vertex[v].role != WICK_SUMMED_TARGET) symbols->student[d->order[v]] = true;
    if (wick_role_is_summed(x->vertex[v].role)) symbols->target[d->order[v]] = true;
}

/* Is the factor at v the same number wherever it stands? Then multiplies *coefficient by it, if that is not NULL. */
static bool is_number(const printer *p, const wick_diagram *d, size_t v, mpq_ptr coefficient)
{
    if (p->expansion->vertex[v].role == WICK_LEG_FIELD) return true;
    const wick_polynomial *student = &p->factors->student[d->order[v]], *target = &p->factors->target[d->order[v]];
    if (p->expansion->vertex[v].role == WICK_SUMMED_TARGET) student = target;
    if (student->count != 1) return false;
    if (p->expansion->vertex[v].role == WICK_SUMMED_FIELD && !wick_polynomial_equal(student, target)) return false;
    if (coefficient) mpq_mul(coefficient, coefficient, student->coefficient[0]);
    return true;
}

/* The factors at vertices first .. last - 1, then the overlaps among the legs, or all other ones. */
static void put_vertices(const printer *p, const wick_diagram *d, size_t first, size_t last, const char *gap)
{
    for (size_t v = first; v < last; v++) {
        if (is_number(p, d, v, NULL)) continue;
        remember(p->expansion, d, v, p->symbols);
        wick_put_same(p->n, gap);
        put_factor(p->n, p->expansion, d, v);
        gap = " ";
    }
    for (size_t w = 1; w < last; w++)
        for (size_t v = 0; v < w; v++) {
            const size_t multiplicity = d->edge[wick_edge_index(v, w)];
            if (w < first || multiplicity == 0) continue;
            wick_put_same(p->n, gap);
            put_overlap(p->n, p->expansion, v, w);
            wick_put_power(p->n, multiplicity);
            gap = " ";
        }
}

static bool has_vertices(const printer *p, const wick_diagram *d, size_t first, size_t last)
{
    for (size_t v = first; v < last; v++) {
        if (!is_number(p, d, v, NULL)) return true;
        for (size_t w = 0; w < v; w++)
            if (d->edge[wick_edge_index(v, w)] > 0) return true;
    }
    return false;
}

static bool is_one(const mpq_t q) { return mpz_cmpabs(mpq_numref(q), mpq_denref(q)) == 0; }

/* sign, |coefficient|, and what follows it: all vertices from the given one on. */
static void put_term(const printer *p, const term *t, const mpq_t coefficient, size_t from, bool first)
{
    const size_t end = p->expansion->vertex_count;
    const bool more = has_vertices(p, t->diagram, from, end) || (from == 0 && has_vertices(p, t->diagram, 0, p->legs));
    wick_put_sign(p->n, mpq_sgn(coefficient) < 0, first);
    if (!is_one(coefficient) || !more) wick_put_magnitude(p->n, coefficient);
    const char *gap = is_one(coefficient) ? "" : " ";
    if (from == 0 && has_vertices(p, t->diagram, 0, p->legs)) {
        put_vertices(p, t->diagram, 0, p->legs, gap);
        gap = " ";
    }
    put_vertices(p, t->diagram, p->legs, end, gap);
}

/* ---- Groups of terms with the same legs -------------------------------------------------------------------------- */

static int compare_legs(const printer *p, const wick_diagram *a, const wick_diagram *b)
{
    const int edge = p->legs == 2 ? a->edge[wick_edge_index(0, 1)] - b->edge[wick_edge_index(0, 1)] : 0;
    return edge != 0 ? edge : memcmp(a->order, b->order, p->legs);
}

/* Insertion, which keeps the order of what is equal; there are few. */
static void sort_terms(const printer *p, term *terms, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const term moved = terms[i];
        size_t at = i;
        for (; at > 0 && compare_legs(p, terms[at - 1].diagram, moved.diagram) > 0; at--) terms[at] = terms[at - 1];
        terms[at] = moved;
    }
}

/* common = what the coefficients share, with the sign of the first; they are divided by it. */
static void take_content(term *terms, size_t count, mpq_t common)
{
    mpz_set_ui(mpq_numref(common), 0);
    mpz_set_ui(mpq_denref(common), 0);
    for (size_t i = 0; i < count; i++) wick_content_include(mpq_numref(common), mpq_denref(common), terms[i].coefficient);
    mpq_canonicalize(common);
    if (mpq_sgn(terms[0].coefficient) < 0) mpq_neg(common, common);
    for (size_t i = 0; i < count; i++) mpq_div(terms[i].coefficient, terms[i].coefficient, common);
}

static void put_group(const printer *p, term *terms, size_t count, bool first)
{
    const bool legs = has_vertices(p, terms[0].diagram, 0, p->legs);
    if (count == 1) {
        put_term(p, &terms[0], terms[0].coefficient, 0, first);
        return;
    }
    mpq_t common;
    mpq_init(common);
    take_content(terms, count, common);
    const bool number = !is_one(common), enclose = number || legs || mpq_sgn(common) < 0;
    if (enclose) {
        wick_put_sign(p->n, mpq_sgn(common) < 0, first);
        if (number) wick_put_magnitude(p->n, common);
        if (legs) put_vertices(p, terms[0].diagram, 0, p->legs, number ? " " : "");
        if (number || legs) wick_put_same(p->n, " ");
        wick_put_open(p->n, "(");
    }
    for (size_t i = 0; i < count; i++) put_term(p, &terms[i], terms[i].coefficient, p->legs, i == 0 && (enclose || first));
    if (enclose) wick_put_close(p->n, ")");
    mpq_clear(common);
}

static size_t group_end(const printer *p, const term *terms, size_t start, size_t count)
{
    size_t end = start + 1;
    while (end < count && compare_legs(p, terms[start].diagram, terms[end].diagram) == 0) end++;
    return end;
}

static void put_groups(const printer *p, term *terms, size_t count)
{
    for (size_t start = 0, end; start < count; start = end) {
        end = group_end(p, terms, start, count);
        put_group(p, terms + start, end - start, start == 0);
    }
}

/* scale sum_f c_f ( ... ) */
static void put_terms(const printer *p, term *terms, size_t count)
{
    const bool summed = put_summation(p->n, p->expansion), enclose = summed && count > 1;
    if (summed) wick_put_same(p->n, " ");
    if (enclose) wick_put_open(p->n, "(");
    put_groups(p, terms, count);
    if (enclose) wick_put_close(p->n, ")");
}

wick_status wick_index_sum_put(wick_context *context, wick_notation *notation, const wick_expansion *expansion,
                               const wick_factors *factors, const mpq_t scale, wick_index_symbols *symbols)
{
    const printer p = {notation, expansion, factors, symbols, leg_count(expansion)};
    term *terms = wick_allocate(expansion->count, 1, sizeof *terms);
    if (!terms) return wick_fail_memory(context, "printing the closed form");
    for (size_t i = 0; i < expansion->count; i++) {
        terms[i].diagram = &expansion->diagram[i];
        mpq_init(terms[i].coefficient);
        mpq_mul(terms[i].coefficient, scale, expansion->diagram[i].coefficient);
        for (size_t v = 0; v < expansion->vertex_count; v++) is_number(&p, terms[i].diagram, v, terms[i].coefficient);
    }
    sort_terms(&p, terms, expansion->count);
    put_terms(&p, terms, expansion->count);
    for (size_t i = 0; i < expansion->count; i++) mpq_clear(terms[i].coefficient);
    free(terms);
    return WICK_OK;
}

/* ---- The general formula ----------------------------------------------------------------------------------------- */

bool wick_index_sum_is_long(const wick_expansion *expansion)
{
    return expansion->count > LONG && !wick_role_is_summed(expansion->vertex[0].role) &&
           expansion->vertex[1].role != WICK_LEG_FIELD;
}

/* "n_jf" */
static void put_multiplicity(wick_notation *n, const wick_expansion *x, size_t v, size_t w)
{
    const name a = vertex_name(x, v < w ? v : w), b = vertex_name(x, v < w ? w : v);
    wick_put(n, "n_", "n_{");
    wick_put(n, a.text, a.latex);
    wick_put(n, b.text, b.latex);
    wick_put(n, "", "}");
}

static void put_overlap_power(wick_notation *n, const wick_expansion *x, size_t v, size_t w)
{
    wick_put(n, "", "\\frac{");
    put_overlap(n, x, v, w);
    wick_put(n, "^", "^{");
    put_multiplicity(n, x, v, w);
    wick_put(n, "/", "}}{");
    put_multiplicity(n, x, v, w);
    wick_put(n, "!", "!}");
}

/* S_(1 + n_jl + n_jf + n_jg)[j] */
static void put_general_factor(wick_notation *n, const wick_expansion *x, size_t v)
{
    const bool student = x->vertex[v].role == WICK_LEG_STUDENT;
    char derivative[32] = "";
    wick_put(n, student ? "S_(" : "F_(", student ? "S^{(" : "F^{(");
    if (x->vertex[v].derivative > 0) snprintf(derivative, sizeof derivative, "%u+", x->vertex[v].derivative);
    wick_put_same(n, derivative);
    for (size_t w = 0, count = 0; w < x->vertex_count; w++) {
        if (w == v) continue;
        if (count++ > 0) wick_put_same(n, "+");
        put_multiplicity(n, x, v, w);
    }
    const name vertex = vertex_name(x, v);
    wick_put(n, ")[", ")}_{");
    wick_put(n, vertex.text, vertex.latex);
    wick_put(n, "]", "}");
}

void wick_index_sum_put_general(wick_notation *notation, const wick_expansion *expansion, wick_index_symbols *symbols)
{
    char count[32];
    if (put_summation(notation, expansion)) wick_put_same(notation, " ");
    wick_put(notation, "sum_{n >= 0}", "\\sum_{n \\ge 0}");
    for (size_t w = 1; w < expansion->vertex_count; w++)
        for (size_t v = 0; v < w; v++) {
            wick_put_break(notation);
            put_overlap_power(notation, expansion, v, w);
        }
    for (size_t v = 0; v < expansion->vertex_count; v++) {
        wick_put_break(notation);
        put_general_factor(notation, expansion, v);
    }
    snprintf(count, sizeof count, "%zu", expansion->count);
    wick_put_break(notation);
    wick_put(notation, "(", "\\quad \\text{(");
    wick_put_same(notation, count);
    wick_put(notation, " diagrams up to symmetry; the JSON format lists them)", " diagrams up to symmetry)}");
    for (size_t i = 0; i < expansion->count; i++)
        for (size_t v = 0; v < expansion->vertex_count; v++) remember(expansion, &expansion->diagram[i], v, symbols);
}

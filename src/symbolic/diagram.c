/* See diagram.h. The sum is walked edge by edge; a vertex's degree never passes what its function can bear. */
#include "symbolic/diagram.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const unsigned char edge_ends[WICK_EDGE_LIMIT][2] = {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}};

size_t wick_edge_index(size_t v, size_t w)
{
    const size_t low = v < w ? v : w, high = v < w ? w : v;
    return high * (high - 1) / 2 + low;
}

/* ---- The walk ------------------------------------------------------------------------------------------------ */

typedef struct {
    wick_expansion *expansion;
    size_t edge_count;
    size_t degree_limit[WICK_VERTEX_LIMIT];
    const bool *alive[WICK_VERTEX_LIMIT]; /* alive[v][m]: F_v^{(m)} is not zero */
    unsigned char edge[WICK_EDGE_LIMIT];
    size_t degree[WICK_VERTEX_LIMIT];
} walk;

bool wick_role_is_summed(wick_role role) { return role == WICK_SUMMED_FIELD || role == WICK_SUMMED_TARGET; }

/* Renames vertices (v becomes name[v]) in a set of edge multiplicities. */
static void rename_edges(const walk *w, const size_t name[WICK_VERTEX_LIMIT], const unsigned char *edge,
                         unsigned char *renamed)
{
    for (size_t e = 0; e < w->edge_count; ++e)
        renamed[wick_edge_index(name[edge_ends[e][0]], name[edge_ends[e][1]])] = edge[e];
}

/* The symmetries under which diagrams are equal (exchange of two summed fields) or transposes (exchange of the legs). */
static size_t list_symmetries(const wick_expansion *x, size_t symmetry[4][WICK_VERTEX_LIMIT])
{
    const bool fields = x->vertex_count == 2   ? wick_role_is_summed(x->vertex[0].role)
                        : x->vertex_count == 4 ? wick_role_is_summed(x->vertex[2].role)
                                               : false;
    const size_t first = x->vertex_count == 4 ? 2 : 0;
    size_t count = 0;
    for (size_t swap_legs = 0; swap_legs <= (x->halved ? 1u : 0u); ++swap_legs)
        for (size_t swap_fields = 0; swap_fields <= (fields ? 1u : 0u); ++swap_fields, ++count) {
            for (size_t v = 0; v < WICK_VERTEX_LIMIT; ++v) symmetry[count][v] = v;
            if (swap_legs) symmetry[count][0] = 1, symmetry[count][1] = 0;
            if (swap_fields) symmetry[count][first] = first + 1, symmetry[count][first + 1] = first;
        }
    return count;
}

/* Number of distinct diagrams that the symmetries make of this one, 0 if a larger one stands for them all. */
static size_t orbit_size(const walk *w)
{
    size_t symmetry[4][WICK_VERTEX_LIMIT];
    unsigned char image[4][WICK_EDGE_LIMIT];
    const size_t count = list_symmetries(w->expansion, symmetry);
    size_t distinct = 0;
    for (size_t s = 0; s < count; ++s) {
        rename_edges(w, symmetry[s], w->edge, image[s]);
        if (memcmp(image[s], w->edge, w->edge_count) > 0) return 0;
        bool seen = false;
        for (size_t t = 0; t < s && !seen; ++t) seen = memcmp(image[s], image[t], w->edge_count) == 0;
        distinct += !seen;
    }
    return distinct;
}

static bool record(const walk *w)
{
    wick_expansion *x = w->expansion;
    const size_t orbit = orbit_size(w);
    if (orbit == 0) return true;
    if (!wick_reserve(&x->diagram, &x->capacity, x->count + 1, sizeof *x->diagram)) return false;
    wick_diagram *d = &x->diagram[x->count++];
    memset(d, 0, sizeof *d);
    memcpy(d->edge, w->edge, w->edge_count);
    for (size_t v = 0; v < x->vertex_count; ++v) d->order[v] = (unsigned char)(x->vertex[v].derivative + w->degree[v]);
    mpq_init(d->coefficient);
    mpz_set_ui(mpq_numref(d->coefficient), orbit);
    if (x->halved) mpz_set_ui(mpq_denref(d->coefficient), 2);
    mpz_t factorial;
    mpz_init(factorial);
    for (size_t e = 0; e < w->edge_count; ++e) {
        mpz_fac_ui(factorial, w->edge[e]);
        mpz_mul(mpq_denref(d->coefficient), mpq_denref(d->coefficient), factorial);
    }
    mpz_clear(factorial);
    mpq_canonicalize(d->coefficient);
    return true;
}

static bool walk_edges(walk *w, size_t e)
{
    if (e == w->edge_count) {
        for (size_t v = 0; v < w->expansion->vertex_count; ++v)
            if (!w->alive[v][w->expansion->vertex[v].derivative + w->degree[v]]) return true;
        return record(w);
    }
    const size_t v = edge_ends[e][0], u = edge_ends[e][1];
    bool fine = true;
    size_t n = 0;
    for (; fine && w->degree[v] <= w->degree_limit[v] && w->degree[u] <= w->degree_limit[u]; ++n) {
        w->edge[e] = (unsigned char)n;
        fine = walk_edges(w, e + 1);
        ++w->degree[v], ++w->degree[u];
    }
    w->degree[v] -= n, w->degree[u] -= n;
    w->edge[e] = 0;
    return fine;
}

/* ---- Which F_v^{(m)} vanish -------------------------------------------------------------------------------------- */

/* alive[m] for m = 0 .. size-1: is E[a^{(m)}(sqrt(q) z)] a non-zero polynomial of q? */
static bool mark_alive(const wick_polynomial *a, bool *alive, size_t size)
{
    wick_polynomial mean = WICK_POLYNOMIAL_ZERO;
    for (size_t m = 0; m < size && m < a->count; ++m) {
        if (!wick_polynomial_gaussian_mean(&mean, a, m)) {
            wick_polynomial_clear(&mean);
            return false;
        }
        alive[m] = alive[m] || !wick_polynomial_is_zero(&mean);
    }
    wick_polynomial_clear(&mean);
    return true;
}

wick_status wick_expand(wick_context *context, const wick_polynomial *student, const wick_polynomial *target,
                        const wick_vertex *vertices, size_t vertex_count, bool halved, wick_expansion *expansion)
{
    *expansion = (wick_expansion){.vertex_count = vertex_count, .halved = halved};
    memcpy(expansion->vertex, vertices, vertex_count * sizeof *vertices);

    const size_t size = (student->count > target->count ? student->count : target->count) + 2;
    bool *student_alive = wick_allocate(size, 3, sizeof *student_alive);
    if (!student_alive) return wick_fail_memory(context, "expanding diagrams");
    bool *field_alive = student_alive + size, *target_alive = field_alive + size;
    static const bool identity_alive[] = {false, true};
    bool fine = mark_alive(student, student_alive, size) && mark_alive(student, field_alive, size) &&
                mark_alive(target, field_alive, size) && mark_alive(target, target_alive, size);

    walk w = {.expansion = expansion, .edge_count = vertex_count * (vertex_count - 1) / 2};
    bool empty = false; /* a function with too many derivatives taken is zero */
    for (size_t v = 0; v < vertex_count; ++v) {
        const wick_role role = vertices[v].role;
        const size_t count = role == WICK_LEG_STUDENT ? student->count : role == WICK_LEG_FIELD ? 2 : size - 2;
        w.alive[v] = role == WICK_LEG_STUDENT     ? student_alive
                     : role == WICK_LEG_FIELD     ? identity_alive
                     : role == WICK_SUMMED_TARGET ? target_alive
                                                  : field_alive;
        empty = empty || vertices[v].derivative + 1 > count;
        w.degree_limit[v] = empty ? 0 : count - 1 - vertices[v].derivative;
    }
    if (!empty) fine = fine && walk_edges(&w, 0);
    free(student_alive);
    if (fine) return WICK_OK;
    wick_expansion_clear(expansion);
    return wick_fail_memory(context, "expanding diagrams");
}

void wick_expansion_clear(wick_expansion *expansion)
{
    for (size_t i = 0; i < expansion->count; ++i) mpq_clear(expansion->diagram[i].coefficient);
    free(expansion->diagram);
    *expansion = (wick_expansion){0};
}

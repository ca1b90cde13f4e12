/* Wick's theorem for polynomials of Gaussian fields, as a sum over diagrams.
 *
 * For jointly Gaussian fields l_v with covariance Omega and polynomials f_v,
 *
 *     E[prod_v f_v(l_v)] = sum over multigraphs  prod_{v<w} Omega_vw^{n_vw} / n_vw!  *  prod_v F_v^{(deg v)}(Omega_vv),
 *     F_v^{(m)}(q) = E[f_v^{(m)}(sqrt(q) z)],  z ~ N(0, 1),  deg v = sum_w n_vw
 *
 * (Isserlis' theorem after summing each vertex's self-contractions). A diagram is one term: the multiplicities n_vw, the
 * order of each F_v, and an exact coefficient. Diagrams in which some F_v vanishes identically are never made, so degree
 * and parity cut the sum by themselves.
 *
 * A vertex is either a leg, which stays (its index is an index of the result), or a summed field: a sum over alpha of
 * c_alpha f_alpha(l_alpha) over students and targets together. Exchanging two summed fields that carry the same function
 * changes nothing, so only one of each such pair of diagrams is kept, with its coefficient doubled.
 */
#ifndef WICK_SYMBOLIC_DIAGRAM_H
#define WICK_SYMBOLIC_DIAGRAM_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "activation/polynomial.h"
#include "base/context.h"

enum { WICK_VERTEX_LIMIT = 4, WICK_EDGE_LIMIT = 6 };

typedef enum {
    WICK_LEG_STUDENT,  /* s^{(derivative)}(l_j), j a student: stays */
    WICK_LEG_FIELD,    /* l_beta itself, beta any field: stays */
    WICK_SUMMED_FIELD, /* sum_alpha c_alpha f_alpha(l_alpha) */
    WICK_SUMMED_TARGET /* the same over targets alone */
} wick_role;

bool wick_role_is_summed(wick_role role);

typedef struct {
    wick_role role;
    unsigned derivative; /* of the vertex's function, before any edge */
} wick_vertex;

typedef struct {
    mpq_t coefficient;
    unsigned char edge[WICK_EDGE_LIMIT];    /* n_vw, at wick_edge_index(v, w) */
    unsigned char order[WICK_VERTEX_LIMIT]; /* derivative + deg v: the order of F_v */
} wick_diagram;

typedef struct {
    size_t vertex_count;
    wick_vertex vertex[WICK_VERTEX_LIMIT];
    /* The result is a symmetric matrix over the first two legs, held as Y with V = Y + Y^T: of a diagram and its
     * transpose one is kept. */
    bool halved;
    size_t count, capacity;
    wick_diagram *diagram;
} wick_expansion;

/* Position of the edge v-w (v != w) in wick_diagram.edge. */
size_t wick_edge_index(size_t v, size_t w);

/* Expands E[prod of the vertices' functions]; student and target are s and s*. `halved` asks for V = Y + Y^T and needs
 * the first two vertices to be equal legs. Release with wick_expansion_clear(). */
wick_status wick_expand(wick_context *context, const wick_polynomial *student, const wick_polynomial *target,
                        const wick_vertex *vertices, size_t vertex_count, bool halved, wick_expansion *expansion);
void wick_expansion_clear(wick_expansion *expansion);

#endif

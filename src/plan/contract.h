/* Diagrams as contraction terms, and the elimination of their summed fields. Private to the planner.
 *
 * A term is a coefficient times numbers, vectors and matrices that carry indices; summed fields a, b are indices that
 * stand on no output. Eliminating an index replaces everything that carries it by one array.
 */
#ifndef WICK_PLAN_CONTRACT_H
#define WICK_PLAN_CONTRACT_H

#include "plan/nodes.h"

typedef enum { WICK_J, WICK_L, WICK_A, WICK_B, WICK_INDEX_COUNT } wick_index;

enum { WICK_MATRIX_LIMIT = 8 };

typedef struct {
    size_t node;
    wick_index row, column;
} wick_placed_matrix;

typedef struct {
    mpq_t coefficient;
    wick_list scalar, vector[WICK_INDEX_COUNT];
    size_t matrix_count;
    wick_placed_matrix matrix[WICK_MATRIX_LIMIT];
} wick_term;

typedef struct {
    size_t count, capacity;
    wick_term *term;
} wick_terms;

/* What a summed field is tied to. */
typedef struct {
    unsigned mask; /* bit i: index i */
    size_t count;
} wick_neighbours;

/* A copy of `term` at the end of `terms`; NULL (and builder->failed) if memory is exhausted. */
wick_term *wick_terms_push(wick_builder *builder, wick_terms *terms, const wick_term *term);
void wick_terms_clear(wick_terms *terms);
void wick_term_init(wick_term *term);
void wick_term_clear(wick_term *term);
void wick_term_copy(wick_term *to, const wick_term *from);

/* The term of one diagram, times `factor`. The vertices' indices are J, L for legs and A, B for summed fields. */
void wick_term_from_diagram(wick_builder *builder, const wick_closed_form *form, const wick_expansion *expansion,
                            const wick_diagram *diagram, wick_term *term);

/* Exchanges two indices. */
void wick_term_exchange(wick_term *term, wick_index x, wick_index y);

bool wick_term_has(const wick_term *term, wick_index index);
wick_neighbours wick_term_neighbours(const wick_term *term, wick_index index);
bool wick_is_power(const wick_builder *builder, size_t node);

/* The matrices between two indices. */
wick_list wick_term_between(const wick_term *term, wick_index index, wick_index other);

/* Sums over an index with at most one neighbour (several matrices may tie it there). */
void wick_eliminate_simple(wick_builder *builder, wick_term *term, wick_index index);

/* Sums over an index with the two neighbours `first`, a leg, and `second`, tied by a single power of Omega. */
void wick_eliminate_chain(wick_builder *builder, wick_term *term, wick_index index, wick_index first, wick_index second);

/* Sums over an index between the legs J and L, from the side that makes equal products the same node. */
void wick_eliminate_between_legs(wick_builder *builder, wick_term *term, wick_index index, bool transposable);

/* Is the product of wick_eliminate_between_legs() made with rows L? */
bool wick_prefers_transposed(const wick_builder *builder, const wick_term *term, wick_index index, bool transposable);

/* Takes a leg out of a term: its vectors become numbers and its matrices rows, of the row j of the loop that runs over it
 * or, paired, of the row l of the loop inside that one. */
void wick_term_fix_leg(wick_builder *builder, wick_term *term, wick_index leg, bool paired);

/* The left factor of a product: matrices and a column vector, entry by entry. */
size_t wick_make_left(wick_builder *builder, const wick_list *matrices, const wick_list *vectors);

#endif

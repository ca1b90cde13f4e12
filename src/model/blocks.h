/* The blocks of numbers that the equations speak of, and where they stand in a state vector and among the parameters.
 *
 *     of the state     M[j,r]  Q[j,l] or q[j]  a[j] if the second layer is trained      in this order, each row by row;
 *                                                                                       of Q the upper triangle
 *     given            a*[r]  P[r,s]  a[j]     after gamma and Delta, each whole, row by row
 *
 * This is the only place that knows the order; kernels are handed pointers, and generated code expressions in P and K.
 */
#ifndef WICK_MODEL_BLOCKS_H
#define WICK_MODEL_BLOCKS_H

#include <stddef.h>

#include "base/text.h"
#include "model/parameters.h"
#include "model/regime.h"

typedef enum {
    WICK_BLOCK_M,            /* overlaps of students with targets, W W*^T / d */
    WICK_BLOCK_Q,            /* overlaps of students, W W^T / d */
    WICK_BLOCK_NORMS,        /* q, the diagonal of Q - M P^-1 M^T */
    WICK_BLOCK_LAYER,        /* a, the students' second layer */
    WICK_BLOCK_TARGET_LAYER, /* a* */
    WICK_BLOCK_P,            /* overlaps of targets, W* W*^T / d */
    WICK_BLOCK_COUNT
} wick_block_id;

typedef enum { WICK_STUDENT, WICK_TARGET } wick_species;

/* What SGD learns. */
typedef enum { WICK_WEIGHTS, WICK_SECOND_LAYER, WICK_LAYER_COUNT } wick_layer;

typedef struct {
    const char *name;    /* in headers and in problems: "M" */
    const char *meaning; /* as attributes of results have it */
    size_t rank;         /* number of indices, 1 or 2 */
    wick_species over[2];
    bool symmetric;
    wick_layer layer; /* an entry is homogeneous in what of it the students have, of this degree; 0 for what is given */
    unsigned degree;
} wick_block;

const wick_block *wick_block_at(wick_block_id block);

/* An array for each block, whole matrices row by row; NULL where there is none. */
typedef struct {
    double *array[WICK_BLOCK_COUNT];
} wick_arrays;

typedef struct {
    size_t p, k;
    const char *clock;                     /* the symbol of time beside states, where it is not "t"; NULL elsewhere */
    size_t count;                          /* blocks in the state */
    wick_block_id block[WICK_BLOCK_COUNT]; /* which, in the order of the state */
} wick_layout;

wick_layout wick_layout_of(wick_regime regime, bool trained, size_t p, size_t k);
/* The symbol of time: "t" or "tau". */
const char *wick_layout_clock(const wick_layout *layout);

bool wick_layout_has(const wick_layout *layout, wick_block_id block);

/* Number of entries of the state; false if it overflows. */
bool wick_layout_dimension(const wick_layout *layout, size_t *dimension);

/* Where a block begins, and how many entries of the state are its own; a block that the state lacks begins where its
 * successors do, and has none. */
size_t wick_layout_start(const wick_layout *layout, wick_block_id block);
size_t wick_layout_size(const wick_layout *layout, wick_block_id block);

/* The shape of a block, whole: a vector has one column. */
size_t wick_layout_rows(const wick_layout *layout, wick_block_id block);
size_t wick_layout_columns(const wick_layout *layout, wick_block_id block);

/* The position of an entry, counted from zero; the indices of a symmetric block in any order; l is 0 for a vector. */
size_t wick_layout_at(const wick_layout *layout, wick_block_id block, size_t j, size_t l);

/* Arrays to state (of a symmetric block, the upper triangle is read) and back; back, a NULL array is left out. */
void wick_layout_pack(const wick_layout *layout, const wick_arrays *arrays, double *state);
void wick_layout_unpack(const wick_layout *layout, const double *state, const wick_arrays *arrays);
/* Of one block, `count` rows from `first` on. */
void wick_layout_unpack_rows(const wick_layout *layout, const double *state, wick_block_id block, size_t first, size_t count,
                             double *to);

/* The name of entry `index`, as in CSV headers: "M[1,1]", "Q[1,2]", "q[3]", "a[1]" (counted from one). */
void wick_layout_name(const wick_layout *layout, size_t index, char name[64]);

/* Where a block begins, as an expression of C in K and what stands for p: "P * K"; and where it ends. */
void wick_layout_print_start(const wick_layout *layout, wick_block_id block, const char *p, wick_text *text);
void wick_layout_print_end(const wick_layout *layout, wick_block_id block, const char *p, wick_text *text);

/* The parameters of compiled code: gamma and Delta, and after them the given blocks a*, P, and a, which is not read
 * where it is in the state. The entries of the blocks together, false if that overflows; of one, and where it begins. */
bool wick_given_dimension(size_t p, size_t k, size_t *dimension);
size_t wick_given_size(size_t p, size_t k, wick_block_id block);
size_t wick_given_start(size_t p, size_t k, wick_block_id block);

#endif

/* Where the arguments of kinks, steps, divisors and the like change their sign on the line: exact roots of what is a
 * polynomial piece by piece, interval bisection with derivatives of everything else. Private to this stage. */
#ifndef WICK_ACTIVATION_PIECES_H
#define WICK_ACTIVATION_PIECES_H

#include "activation/graph.h"

typedef enum {
    WICK_PIECES_KNOWN,
    WICK_PIECES_MANY,   /* more than WICK_KINK_LIMIT kinks */
    WICK_PIECES_UNSURE, /* too much work to tell */
    WICK_PIECES_MEMORY
} wick_pieces_status;

typedef struct {
    const wick_graph *f;
    bool used[WICK_GRAPH_LIMIT];
    size_t count; /* of kinks so far, in increasing order */
    double kink[WICK_KINK_LIMIT];
    wick_graph copy;   /* of f, with derivatives of arguments as they are needed */
    size_t boxes;      /* intervals that may still be looked at */
    size_t expansions; /* nodes that may still be written as polynomials */
    double unsure_at;  /* where it was too much work */
} wick_pieces;

/* Marks what `node` is made of. */
void wick_graph_mark(const wick_graph *f, size_t node, bool *used);

/* Finds all kinks of the value. Release with wick_pieces_clear() whatever the status. */
wick_pieces_status wick_pieces_find(wick_pieces *pieces, const wick_graph *f);
void wick_pieces_clear(wick_pieces *pieces);

/* What an operand must be everywhere. */
typedef enum { WICK_NOT_ZERO, WICK_POSITIVE } wick_demand;

/* Is the node so on the whole line, once the kinks are found? If not, *at is a point where it is not, or where that cannot
 * be told (WICK_PIECES_UNSURE). */
wick_pieces_status wick_pieces_check(wick_pieces *pieces, size_t node, wick_demand demand, bool *holds, double *at);

#endif

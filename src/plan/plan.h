/* The plan: arrays and contractions that compute a closed form, common parts once. The only place that thinks about cost.
 *
 * A plan is a list of nodes; a node is an array computed from earlier ones:
 *
 *     rank 0  a number
 *     rank 1  a vector over students (p entries) or over all fields (n = p + k entries)
 *     rank 2  a matrix; rows are students (all fields for POWER), columns students or all fields
 *
 * Equal nodes are the same node (hash-consing), so a product that two diagrams need is computed once. Nodes that belong
 * to the loop over pairs (below) are marked inner: they exist for one row j at a time and their rows run over l <= j. The
 * Jacobian (jacobian.h) has a second loop inside that one: its nodes are marked paired too, and exist for one j and one l.
 *
 * How a diagram becomes nodes: its summed fields are eliminated one by one. A field tied to nothing gives a number, to one
 * vertex a matrix-vector product, to two a matrix product. Many diagrams can go through one matrix product, because
 * products distribute over sums: cover.c chooses products, each time the one that serves most diagrams. Only a
 * diagram whose two summed fields are both tied to both legs and to each other needs more: the loop over pairs.
 *
 * Sizes stay symbolic (p, k), so a plan serves every width.
 */
#ifndef WICK_PLAN_PLAN_H
#define WICK_PLAN_PLAN_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbolic/closed_form.h"

#define WICK_NONE SIZE_MAX
enum { WICK_FACTOR_LIMIT = 3 };

typedef enum {
    WICK_OP_NOISE,     /* number: Delta */
    WICK_OP_RATE,      /* number: gamma / p */
    WICK_OP_WEIGHT,    /* vector: c_alpha; with power 1, of targets alone */
    WICK_OP_DIAGONAL,  /* vector: Omega_alpha,alpha */
    WICK_OP_FUNCTION,  /* vector: polynomial `function` of Omega_alpha,alpha */
    WICK_OP_POWER,     /* matrix n x n: Omega to `power`, entry by entry */
    WICK_OP_MAP,       /* any rank: sum of products of earlier arrays, entry by entry */
    WICK_OP_DOT,       /* number: sum_alpha x_alpha y_alpha; y may be missing (a plain sum) */
    WICK_OP_APPLY,     /* vector: sum_b X_jb y_b */
    WICK_OP_ROW_DOT,   /* vector: sum_b X_jb Y_jb */
    WICK_OP_PRODUCT,   /* matrix: sum_a X_ja (Omega^power)_ab */
    WICK_OP_TRANSPOSE, /* matrix p x p */
    WICK_OP_ENTRY,     /* inner number: x_j, or paired: x_l */
    WICK_OP_ROW,       /* inner vector: X_j., or paired: X_l. */
    WICK_OP_PAIRS,     /* matrix p x p, lower triangle: row j is the inner vector x, its diagonal entry halved */

    /* Of tangents and adjoints (tangent.h, adjoint.h). */
    WICK_OP_DIRECTION,       /* matrix n x n: V, how Omega moves; nothing among targets */
    WICK_OP_LAYER_DIRECTION, /* vector: how c moves; nothing for targets */
    WICK_OP_SLOPE,           /* matrix n x n: how Omega to `power` moves, power Omega^(power-1) V, entry by entry */
    WICK_OP_FLOW_SEED,       /* matrix: what <u, drift> takes of B */
    WICK_OP_VARIANCE_SEED,   /* matrix: what it takes of Y, nothing beyond students */
    WICK_OP_LAYER_SEED,      /* vector: what it takes of A; u itself */
    WICK_OP_APPLY_LEFT,      /* vector over fields: sum_j y_j X_jb */
    WICK_OP_OUTER,           /* matrix n x n: sum_j X_ja Y_jb */
    WICK_OP_FOLD,            /* matrix p x n: X_jb + X_bj of a matrix n x n */
    WICK_OP_EXTEND,          /* vector over fields: x of students, nothing for targets */
    WICK_OP_HALVED,          /* matrix p x p: X with its diagonal halved */
    WICK_OP_COLLECT_ROWS,    /* matrix: row j is the inner vector x */
    WICK_OP_COLLECT_ENTRIES, /* vector: entry j is the inner number x */
    WICK_OP_COLLECT_SUM,     /* any rank: the sum over j of what is inner, over l <= j where that has such rows */

    WICK_OP_LAYER, /* vector over students: a */

    /* Leaves of particle plans (particles.h), where a vector runs over particles. */
    WICK_OP_COORDINATE, /* vector: component `power` of u = L^-1 m */
    WICK_OP_PERP,       /* vector: q */
    WICK_OP_TENSOR,     /* number: entry `power` of the tensors */
    WICK_OP_PARAMETER   /* number: run-time parameter `power` */
} wick_op;

/* Where a vector, or the columns of a matrix, can be non-zero. */
typedef enum { WICK_ON_NOTHING = 0, WICK_ON_STUDENTS = 1, WICK_ON_TARGETS = 2, WICK_ON_FIELDS = 3 } wick_support;

/* coefficient * scalar * row_j * column_b * factor_jb * ...; missing parts are WICK_NONE. A map of rank 0 or 1 has no row
 * and column; its factors are of its own rank. */
typedef struct {
    mpq_t coefficient;
    size_t scalar, row, column;
    size_t factor_count, factor[WICK_FACTOR_LIMIT];
} wick_map_term;

typedef struct {
    wick_op op;
    int rank;
    bool fields;        /* rank 1: n entries; rank 2: n columns. Otherwise p. */
    bool inner, paired; /* paired nodes are inner too */
    wick_support support;
    unsigned power;
    size_t operand[2];
    size_t function;
    size_t term_count;
    wick_map_term *term;
} wick_node;

/* F^{(order)} of both species divided by a rational, so that proportional ones are the same function. */
typedef struct {
    wick_polynomial student, target; /* in Omega_alpha,alpha */
    unsigned order;                  /* the lowest order it stands for */
} wick_function;

/* What one call computes, as node numbers in the order of computation. Inner nodes stand before their PAIRS node. */
typedef struct {
    size_t count;
    size_t *node;
    size_t *slot; /* for each node number: its storage, an index among arrays of the same kind; WICK_NONE: none */
} wick_program;

typedef struct {
    size_t node_count, node_capacity;
    wick_node *node;
    size_t function_count, function_capacity;
    wick_function *function;

    /* Outputs; WICK_NONE where the problem has no such part. */
    size_t flow;         /* matrix p x n: B */
    size_t variance;     /* matrix p x p: Y, with X = Y + Y^T, Delta part included */
    size_t second_layer; /* vector p: A */
    size_t risk;         /* number: E[E^2] without its Delta part */

    /* Sums of products in matrices of p columns are computed over whole rows: what is beyond is not read. */
    bool whole_rows;

    wick_program drift_program, risk_program;
    size_t vector_slots, student_slots, field_slots; /* storage: ld, p * ld and n * ld doubles each */
} wick_plan;

/* A plan without nodes and outputs. */
#define WICK_PLAN_EMPTY ((wick_plan){.flow = WICK_NONE, .variance = WICK_NONE, .second_layer = WICK_NONE, .risk = WICK_NONE})

/* Plans `form`. Release with wick_plan_clear(). */
wick_status wick_plan_build(wick_context *context, const wick_closed_form *form, wick_plan *plan);
void wick_plan_clear(wick_plan *plan);

/* The number of the node in the program at which the loop over pairs ends that begins at number `first`. */
size_t wick_program_loop_end(const wick_plan *plan, const wick_program *program, size_t first);

/* Number of nodes of one kind in a program: what tests and people ask a plan. */
size_t wick_program_count(const wick_plan *plan, const wick_program *program, wick_op op);

/* True if the node is a matrix with n rows rather than p. */
bool wick_node_has_field_rows(const wick_node *node);

/* True if the node is made in the loop over pairs and is whole after it. */
bool wick_node_is_collected(const wick_node *node);

#endif

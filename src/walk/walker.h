/* One call of a program of a plan, node by node: each node by the kernel that compiled code calls for it, in the same order
 * and with the same numbers, so that the digits are those of the code. Private to src/walk.
 */
#ifndef WICK_WALK_WALKER_H
#define WICK_WALK_WALKER_H

#include "kernels/kernels.h"
#include "plan/plan.h"

/* The exact numbers of a plan as doubles. Release with wick_walk_numbers_clear(), also after a failure. */
typedef struct {
    double **coefficient;       /* by node: of the terms of a map */
    double **student, **target; /* by function: coefficients of its polynomials */
    size_t node_count, function_count;
} wick_walk_numbers;

bool wick_walk_numbers_make(const wick_plan *plan, wick_walk_numbers *numbers); /* false if memory is exhausted */
void wick_walk_numbers_clear(wick_walk_numbers *numbers);

typedef struct {
    const wick_plan *plan;
    const wick_walk_numbers *numbers;
    const wick_kernel_table *kernels;
    size_t p, k, n, ld, lp; /* in particle plans n = ld: the block */
    const double *parameters, *state, *a;
    const double *direction;                  /* of tangents and adjoints: v, or u */
    const double *u, *q, *tensors, *run_time; /* of particle plans */
    size_t stride;                            /* of u */
    double *work;
    /* Maps of particle plans that have no storage of their own go where the drift is wanted; NULL elsewhere. */
    const size_t *gradient, *perp; /* k nodes, and one */
    double *gradient_place, *perp_place;
    double *number;       /* by node of rank 0: its value */
    const double **array; /* by other nodes: where it is */
    size_t j, l;          /* of inner and of paired nodes */
} wick_walker;

/* Doubles beyond the scratch of compiled code that `number` and `array` take: they go to its end, at `room`. */
size_t wick_walker_room(const wick_plan *plan);
void wick_walker_settle(wick_walker *walker, double *room);

/* One node; what it needs was walked before. */
void wick_walk_node(wick_walker *walker, const wick_program *program, size_t id);

/* The whole program, with its loops over pairs. */
void wick_walk_program(wick_walker *walker, const wick_program *program);

#endif

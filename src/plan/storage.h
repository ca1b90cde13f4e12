/* Which nodes each program computes, in which order, and where they are stored. Private to the planner. */
#ifndef WICK_PLAN_STORAGE_H
#define WICK_PLAN_STORAGE_H

#include "plan/jacobian.h"
#include "plan/plan.h"

/* Fills in the programs, the widths of matrices and the slots; false if memory is exhausted. */
bool wick_plan_lay_out(wick_plan *plan);

/* Kinds of storage, in which slots are counted. */
typedef enum {
    WICK_NOWHERE, /* a C variable, or a pointer to what exists */
    WICK_VECTORS,
    WICK_STUDENT_MATRICES,
    WICK_FIELD_MATRICES,
    WICK_ROOM_COUNT
} wick_room;

wick_room wick_node_room(const wick_node *node);

/* Calls visit(node, data) for every operand. */
void wick_visit_operands(const wick_node *node, void (*visit)(size_t id, void *data), void *data);

/* Orders what the outputs need and assigns slots; slots[room] becomes the number used, at least what it was. */
bool wick_program_lay_out(const wick_plan *plan, const size_t *outputs, size_t output_count, wick_program *program,
                          size_t slots[WICK_ROOM_COUNT]);
void wick_program_clear(wick_program *program);

/* The one program of a plan of a tangent or an adjoint. The output `wide` and the plan's own B have all columns. */
bool wick_derived_lay_out(wick_plan *plan, const size_t *outputs, size_t output_count, size_t wide, wick_program *program);

/* The same for the programs of a Jacobian. */
bool wick_jacobian_lay_out(wick_jacobian_plan *jacobian);

#endif

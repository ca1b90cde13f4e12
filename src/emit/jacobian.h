/* A Jacobian's plan as C statements. Private to src/emit; see plan/jacobian.h for its rows and their parts. */
#ifndef WICK_EMIT_JACOBIAN_H
#define WICK_EMIT_JACOBIAN_H

#include "emit/statements.h"
#include "plan/jacobian.h"

/* Appends the statements that fill `jacobian`, row by row; they use what wick_emit_program() does, DIMENSION (the entries of
 * a state), `layer` (a) and the functions of templates/jacobian.c.in or the kernels of the same names. */
void wick_emit_jacobian(wick_text *text, const wick_jacobian_plan *jacobian, wick_dialect dialect);

#endif

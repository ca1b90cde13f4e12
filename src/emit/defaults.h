/* The body of a generated NAME_defaults(): the problem's own values. Private to src/emit. */
#ifndef WICK_EMIT_DEFAULTS_H
#define WICK_EMIT_DEFAULTS_H

#include "base/text.h"
#include "problem/problem.h"

void wick_print_defaults(wick_text *text, const wick_problem *problem);
/* For particle libraries, whose second layer is an array of the caller's. */
void wick_print_particle_defaults(wick_text *text, const wick_problem *problem);

#endif

/* The parts of wick_problem_check() that have files of their own. Each decodes some keys of problem->complete, whose single
 * values are known to be right, into plain fields, and verifies what they say together. */
#ifndef WICK_PROBLEM_STAGES_H
#define WICK_PROBLEM_STAGES_H

#include "problem/problem.h"

/* problem->given over the defaults of the table. NULL if memory is exhausted. */
json_t *wick_complete_values(const wick_problem *problem);

/* p and k as given, or as the shapes of the given initial state tell them; 0 if nothing does. */
size_t wick_complete_p(const json_t *complete);
size_t wick_complete_k(const json_t *complete);

/* M, P, a, a_star and Q or q. initial.c; random.c if the state is a random one. */
wick_status wick_check_initial(wick_context *context, wick_problem *problem);
wick_status wick_draw_initial(wick_context *context, wick_problem *problem);

/* times and time_count. */
wick_status wick_check_times(wick_context *context, wick_problem *problem);

/* The first of several output times, given or by default. */
double wick_complete_start(const json_t *complete);
/* The integrator, as given or by default: rk8pd, or rkck in the mean-field regimes, whose states may fill the memory. */
const char *wick_complete_method(const json_t *complete);

/* Numbers and texts of keys that are there, given or by default. */
double wick_complete_number(const json_t *complete, const char *path);
const char *wick_complete_text(const json_t *complete, const char *path);

/* Number of entries of an array, of rows of a matrix; 0 if the key is not there. */
size_t wick_complete_rows(const json_t *complete, const char *path);

#endif

/* The drift, the risk and the Jacobian of full-state systems, walked: what code compiled in memory computes, digit by digit,
 * where the system gives no memory that machine code may stand in.
 *
 * What was planned is never changed, so that any number of threads may walk it (wick_code_of() counts who does); each has
 * scratch of its own, all zero at first.
 */
#ifndef WICK_WALK_OVERLAPS_WALK_H
#define WICK_WALK_OVERLAPS_WALK_H

#include "base/context.h"
#include "plan/jacobian.h"
#include "plan/plan.h"

typedef struct wick_overlaps_walk wick_overlaps_walk;

/* Takes the plan over, also on failure. */
wick_status wick_overlaps_walk_make(wick_context *context, wick_plan *plan, size_t p, size_t k, bool trained,
                                    wick_overlaps_walk **walk);
void wick_overlaps_walk_free(void *walk);

/* Doubles of scratch. */
size_t wick_overlaps_walk_work(const wick_overlaps_walk *walk);

/* As the compiled functions of templates/jit.c.in; parameters: model/blocks.h. */
void wick_overlaps_walk_drift(const wick_overlaps_walk *walk, const double *parameters, const double *state, double *work,
                              double *out);
double wick_overlaps_walk_excess_risk(const wick_overlaps_walk *walk, const double *parameters, const double *state,
                                      double *work);

/* The same for a Jacobian. */
typedef struct wick_jacobian_walk wick_jacobian_walk;

wick_status wick_jacobian_walk_make(wick_context *context, wick_jacobian_plan *plan, size_t p, size_t k,
                                    wick_jacobian_walk **walk);
void wick_jacobian_walk_free(void *walk);
size_t wick_jacobian_walk_work(const wick_jacobian_walk *walk);
void wick_jacobian_walk_fill(const wick_jacobian_walk *walk, const double *parameters, const double *state, double *work,
                             double *jacobian);

#endif

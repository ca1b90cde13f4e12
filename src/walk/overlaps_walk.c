/* See overlaps_walk.h: drift and risk. */
#include "walk/overlaps_walk.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/blocks.h"
#include "walk/walker.h"

struct wick_overlaps_walk {
    wick_plan plan;
    wick_walk_numbers numbers;
    size_t p, k, array_size; /* array_size: doubles of the plan's arrays, of which the walker's own follow */
    bool trained;
};

wick_status wick_overlaps_walk_make(wick_context *context, wick_plan *plan, size_t p, size_t k, bool trained,
                                    wick_overlaps_walk **walk)
{
    const size_t n = p + k, ld = (n + 7) / 8 * 8;
    wick_overlaps_walk *made = calloc(1, sizeof *made);
    if (!made) {
        wick_plan_clear(plan);
        return wick_fail_memory(context, "preparing to walk a plan");
    }
    made->plan = *plan;
    *plan = WICK_PLAN_EMPTY;
    made->p = p;
    made->k = k;
    made->trained = trained;
    made->array_size = (made->plan.vector_slots + made->plan.student_slots * p + made->plan.field_slots * n) * ld;
    if (!wick_walk_numbers_make(&made->plan, &made->numbers)) {
        wick_overlaps_walk_free(made);
        return wick_fail_memory(context, "preparing to walk a plan");
    }
    *walk = made;
    return WICK_OK;
}

void wick_overlaps_walk_free(void *program)
{
    wick_overlaps_walk *walk = program;
    if (!walk) return;
    wick_walk_numbers_clear(&walk->numbers);
    wick_plan_clear(&walk->plan);
    free(walk);
}

size_t wick_overlaps_walk_work(const wick_overlaps_walk *walk) { return walk->array_size + wick_walker_room(&walk->plan); }

static wick_walker start(const wick_overlaps_walk *walk, const double *parameters, const double *state, double *work)
{
    const size_t p = walk->p, k = walk->k, n = p + k;
    wick_walker w = {.plan = &walk->plan,
                     .numbers = &walk->numbers,
                     .kernels = wick_kernels(),
                     .p = p,
                     .k = k,
                     .n = n,
                     .ld = (n + 7) / 8 * 8,
                     .lp = (p + 7) / 8 * 8,
                     .parameters = parameters,
                     .state = state,
                     .a = walk->trained ? state + p * k + p * (p + 1) / 2
                                        : parameters + wick_given_start(p, k, WICK_BLOCK_LAYER),
                     .work = work};
    wick_walker_settle(&w, work + walk->array_size);
    return w;
}

void wick_overlaps_walk_drift(const wick_overlaps_walk *walk, const double *parameters, const double *state, double *work,
                              double *out)
{
    const wick_plan *plan = &walk->plan;
    wick_walker w = start(walk, parameters, state, work);
    wick_walk_program(&w, &plan->drift_program);
    const double *variance = plan->variance != WICK_NONE ? w.array[plan->variance] : NULL;
    const double *second_layer = plan->second_layer != WICK_NONE ? w.array[plan->second_layer] : NULL;
    w.kernels->drift(w.p, w.k, w.ld, parameters[WICK_LEARNING_RATE] / (double)w.p, w.a, w.array[plan->flow], variance,
                     second_layer, out);
}

double wick_overlaps_walk_excess_risk(const wick_overlaps_walk *walk, const double *parameters, const double *state,
                                      double *work)
{
    wick_walker w = start(walk, parameters, state, work);
    wick_walk_program(&w, &walk->plan.risk_program);
    return 0.5 * w.number[walk->plan.risk];
}

/* See derived_walk.h, and templates/tangent_jit.c.in and adjoint_jit.c.in for what the functions do. */
#include "walk/derived_walk.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/blocks.h"
#include "walk/walker.h"

struct wick_derived_walk {
    bool transposed; /* an adjoint */
    wick_tangent_plan tangent;
    wick_adjoint_plan adjoint;
    wick_walk_numbers numbers;
    size_t p, k, array_size;
};

static const wick_plan *plan_of(const wick_derived_walk *walk)
{
    return walk->transposed ? &walk->adjoint.plan : &walk->tangent.plan;
}

static wick_status make(wick_context *context, bool transposed, wick_tangent_plan *tangent, wick_adjoint_plan *adjoint,
                        size_t p, size_t k, wick_derived_walk **walk)
{
    const size_t n = p + k, ld = (n + 7) / 8 * 8;
    wick_derived_walk *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "preparing to walk a derivative");
    *made = (wick_derived_walk){.transposed = transposed, .p = p, .k = k};
    if (tangent) made->tangent = *tangent, *tangent = (wick_tangent_plan){.plan = WICK_PLAN_EMPTY};
    if (adjoint) made->adjoint = *adjoint, *adjoint = (wick_adjoint_plan){.plan = WICK_PLAN_EMPTY};
    const wick_plan *plan = plan_of(made);
    made->array_size = (plan->vector_slots + plan->student_slots * p + plan->field_slots * n) * ld;
    if (!wick_walk_numbers_make(plan, &made->numbers)) {
        wick_derived_walk_free(made);
        return wick_fail_memory(context, "preparing to walk a derivative");
    }
    *walk = made;
    return WICK_OK;
}

wick_status wick_tangent_walk_make(wick_context *context, wick_tangent_plan *tangent, size_t p, size_t k,
                                   wick_derived_walk **walk)
{
    const wick_status status = make(context, false, tangent, NULL, p, k, walk);
    wick_tangent_clear(tangent);
    return status;
}

wick_status wick_adjoint_walk_make(wick_context *context, wick_adjoint_plan *adjoint, size_t p, size_t k,
                                   wick_derived_walk **walk)
{
    const wick_status status = make(context, true, NULL, adjoint, p, k, walk);
    wick_adjoint_clear(adjoint);
    return status;
}

void wick_derived_walk_free(void *program)
{
    wick_derived_walk *walk = program;
    if (!walk) return;
    wick_walk_numbers_clear(&walk->numbers);
    wick_tangent_clear(&walk->tangent);
    wick_adjoint_clear(&walk->adjoint);
    free(walk);
}

size_t wick_derived_walk_work(const wick_derived_walk *walk) { return walk->array_size + wick_walker_room(plan_of(walk)); }

static const double *array(const wick_walker *w, size_t id) { return id == WICK_NONE ? NULL : w->array[id]; }

static void fill_tangent(const wick_tangent_plan *tangent, wick_walker *w, double rate, double *out)
{
    wick_walk_program(w, &tangent->program);
    const size_t B = tangent->trained ? tangent->plan.flow : WICK_NONE;
    const size_t Y = tangent->trained ? tangent->plan.variance : WICK_NONE;
    const double *layer = w->direction + w->p * w->k + w->p * (w->p + 1) / 2;
    w->kernels->put_tangent(w->p, w->k, w->ld, rate, w->a, tangent->trained ? layer : NULL, array(w, B), array(w, Y),
                            (double *)array(w, tangent->flow), array(w, tangent->variance), array(w, tangent->second_layer),
                            out);
}

static void fill_adjoint(const wick_adjoint_plan *adjoint, wick_walker *w, double rate, double *out)
{
    wick_walk_program(w, &adjoint->program);
    const size_t B = adjoint->trained ? adjoint->plan.flow : WICK_NONE;
    const size_t Y = adjoint->trained ? adjoint->plan.variance : WICK_NONE;
    w->kernels->put_adjoint(w->p, w->k, w->ld, rate, adjoint->trained, w->a, w->direction, array(w, B), array(w, Y),
                            array(w, adjoint->omega), array(w, adjoint->diagonal), array(w, adjoint->weight), out);
}

void wick_derived_walk_fill(const wick_derived_walk *walk, const double *parameters, const double *state,
                            const double *direction, double *work, double *out)
{
    const size_t p = walk->p, k = walk->k, n = p + k;
    const bool trained = walk->transposed ? walk->adjoint.trained : walk->tangent.trained;
    wick_walker w = {.plan = plan_of(walk),
                     .numbers = &walk->numbers,
                     .kernels = wick_kernels(),
                     .p = p,
                     .k = k,
                     .n = n,
                     .ld = (n + 7) / 8 * 8,
                     .lp = (p + 7) / 8 * 8,
                     .parameters = parameters,
                     .state = state,
                     .direction = direction,
                     .a = trained ? state + p * k + p * (p + 1) / 2 : parameters + wick_given_start(p, k, WICK_BLOCK_LAYER),
                     .work = work};
    wick_walker_settle(&w, work + walk->array_size);
    const double rate = parameters[WICK_LEARNING_RATE] / (double)p;
    if (walk->transposed)
        fill_adjoint(&walk->adjoint, &w, rate, out);
    else
        fill_tangent(&walk->tangent, &w, rate, out);
}

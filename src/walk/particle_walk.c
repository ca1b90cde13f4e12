/* See particle_walk.h, and templates/particles_jit.c.in for what the functions do. */
#include "walk/particle_walk.h"

#include <stdlib.h>

#include "base/memory.h"
#include "walk/walker.h"

struct wick_particle_walk {
    wick_particle_plan plan;
    wick_walk_numbers numbers;
};

wick_status wick_particle_walk_make(wick_context *context, wick_particle_plan *plan, wick_particle_walk **walk)
{
    wick_particle_walk *made = calloc(1, sizeof *made);
    if (!made) {
        wick_particles_clear(plan);
        return wick_fail_memory(context, "preparing to walk a plan");
    }
    made->plan = *plan;
    *plan = (wick_particle_plan){0};
    if (!wick_walk_numbers_make(&made->plan.nodes, &made->numbers)) {
        wick_particle_walk_free(made);
        return wick_fail_memory(context, "preparing to walk a plan");
    }
    *walk = made;
    return WICK_OK;
}

void wick_particle_walk_free(void *program)
{
    wick_particle_walk *walk = program;
    if (!walk) return;
    wick_walk_numbers_clear(&walk->numbers);
    wick_particles_clear(&walk->plan);
    free(walk);
}

/* The plan's vectors, and the walker's own. */
size_t wick_particle_walk_slots(const wick_particle_walk *walk, size_t block)
{
    const size_t room = wick_walker_room(&walk->plan.nodes);
    return walk->plan.vector_slots + (room + block - 1) / block;
}

/* The plan's vectors are `count` doubles long; the walker's own come after those of a whole block. */
static wick_walker start(const wick_particle_walk *walk, const double *numbers, size_t count, size_t stride, double *work)
{
    wick_walker w = {.plan = &walk->plan.nodes,
                     .numbers = &walk->numbers,
                     .kernels = wick_kernels(),
                     .p = count,
                     .k = walk->plan.k,
                     .n = count,
                     .ld = count,
                     .lp = count,
                     .run_time = numbers,
                     .stride = stride,
                     .work = work};
    wick_walker_settle(&w, work + walk->plan.vector_slots * stride);
    return w;
}

static void add_sums(const wick_particle_walk *walk, wick_walker *w, const wick_program *program, const size_t *sum,
                     double *sums)
{
    wick_walk_program(w, program);
    for (size_t i = 0; i < walk->plan.tensor_count; ++i)
        if (sum[i] != WICK_NONE) sums[i] += w->number[sum[i]];
}

static void student_sums(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                         const double *q, const double *a, double *work, double *sums)
{
    const wick_particle_walk *walk = self;
    wick_walker w = start(walk, numbers, count, stride, work);
    w.u = u;
    w.q = q;
    w.a = a;
    add_sums(walk, &w, &walk->plan.student_program, walk->plan.student_sum, sums);
}

static void target_sums(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                        const double *q, const double *a, double *work, double *sums)
{
    const wick_particle_walk *walk = self;
    wick_walker w = start(walk, numbers, count, stride, work);
    w.u = u;
    w.q = q;
    w.a = a;
    add_sums(walk, &w, &walk->plan.target_program, walk->plan.target_sum, sums);
}

/* Outputs without storage are computed where they go, others are copied there. */
static void update(const void *self, const double *numbers, const double *t, size_t count, size_t stride, const double *u,
                   const double *q, const double *a, double *work, double *gradient, double *perp)
{
    const wick_particle_walk *walk = self;
    const size_t k = walk->plan.k;
    const wick_kernel_table *kernels = wick_kernels();
    wick_walker w = start(walk, numbers, count, stride, work);
    w.u = u;
    w.q = q;
    w.a = a;
    w.tensors = t;
    w.perp = &walk->plan.perp;
    w.perp_place = perp;
    w.gradient = walk->plan.gradient;
    w.gradient_place = gradient;
    wick_walk_program(&w, &walk->plan.update_program);
    for (size_t c = 0; c <= k; ++c) {
        const size_t output = c < k ? walk->plan.gradient[c] : walk->plan.perp;
        double *const place = c < k ? gradient + c * stride : perp;
        if (!wick_particles_in_place(&walk->plan, output))
            kernels->map1(1, count, count, place, 0, 1.0, NULL, NULL, w.array[output]);
    }
}

static double self_risk(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                        const double *q, const double *a, double *work)
{
    const wick_particle_walk *walk = self;
    wick_walker w = start(walk, numbers, count, stride, work);
    w.u = u;
    w.q = q;
    w.a = a;
    wick_walk_program(&w, &walk->plan.self_program);
    return w.number[walk->plan.self_risk];
}

static double tensor_risk(const void *self, const double *numbers, const double *t, size_t stride, double *work)
{
    const wick_particle_walk *walk = self;
    wick_walker w = start(walk, numbers, 0, stride, work);
    w.tensors = t;
    wick_walk_program(&w, &walk->plan.risk_program);
    return w.number[walk->plan.risk];
}

wick_particle_functions wick_particle_walk_functions(const wick_particle_walk *walk)
{
    return (wick_particle_functions){walk, student_sums, target_sums, update, self_risk, tensor_risk};
}

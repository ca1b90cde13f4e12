/* See particles.h. */
#include "plan/particles.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/particle_terms.h"
#include "plan/storage.h"

static void make_variables(wick_particle_planner *p)
{
    wick_builder *builder = &p->builder;
    p->v = WICK_NONE;
    p->q = wick_make_leaf(builder, WICK_OP_PERP, 1, 0);
    p->a = p->unit_layer ? WICK_NONE : wick_make_leaf(builder, WICK_OP_LAYER, 1, 0);
    wick_sum x = {0}, v = {0};
    for (size_t c = 0; c < p->plan->k; ++c) {
        wick_product_term *term = wick_sum_add(p, &x);
        if (term) wick_list_put(p, &term->factor, wick_particle_coordinate(p, c), 2);
    }
    p->x = wick_sum_finish(p, &x, 1);
    wick_product_term *term = wick_sum_add(p, &v);
    if (term) wick_list_put(p, &term->factor, p->x, 1);
    term = wick_sum_add(p, &v);
    if (term) wick_list_put(p, &term->factor, p->q, 1);
    p->v = wick_sum_finish(p, &v, 1);
}

bool wick_particles_in_place(const wick_particle_plan *plan, size_t output)
{
    return plan->nodes.node[output].op == WICK_OP_MAP && plan->update_program.slot[output] == WICK_NONE;
}

/* A map that is one output and only one needs no slot. */
static void place_outputs(wick_particle_plan *plan, const size_t *outputs)
{
    for (size_t i = 0; i <= plan->k; ++i) {
        size_t uses = 0;
        for (size_t j = 0; j <= plan->k; ++j) uses += outputs[j] == outputs[i];
        if (uses == 1 && plan->nodes.node[outputs[i]].op == WICK_OP_MAP) plan->update_program.slot[outputs[i]] = WICK_NONE;
    }
}

static bool lay_out(wick_particle_plan *plan)
{
    size_t slots[WICK_ROOM_COUNT] = {0};
    const wick_plan *nodes = &plan->nodes;
    size_t *update = wick_allocate(plan->k + 1, 1, sizeof *update);
    if (!update) return false;
    memcpy(update, plan->gradient, plan->k * sizeof *update);
    update[plan->k] = plan->perp;
    const bool fine = wick_program_lay_out(nodes, plan->student_sum, plan->tensor_count, &plan->student_program, slots) &&
                      wick_program_lay_out(nodes, plan->target_sum, plan->tensor_count, &plan->target_program, slots) &&
                      wick_program_lay_out(nodes, update, plan->k + 1, &plan->update_program, slots) &&
                      wick_program_lay_out(nodes, &plan->self_risk, 1, &plan->self_program, slots) &&
                      wick_program_lay_out(nodes, &plan->risk, 1, &plan->risk_program, slots);
    if (fine) place_outputs(plan, update);
    free(update);
    plan->vector_slots = slots[WICK_VECTORS];
    return fine;
}

static void plan_all(wick_particle_planner *p)
{
    wick_particle_plan *plan = p->plan;
    make_variables(p);
    wick_list_tensors(p);
    plan->student_sum = wick_allocate(plan->tensor_count, 1, sizeof *plan->student_sum);
    plan->target_sum = wick_allocate(plan->tensor_count, 1, sizeof *plan->target_sum);
    plan->gradient = wick_allocate(plan->k, 1, sizeof *plan->gradient);
    if (!plan->student_sum || !plan->target_sum || !plan->gradient) p->builder.failed = true;
    if (p->builder.failed) return;
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        plan->student_sum[i] = wick_tensor_sum(p, &plan->tensor[i], &p->form->student, p->v);
        plan->target_sum[i] =
            plan->tensor[i].g > 0 ? WICK_NONE : wick_tensor_sum(p, &plan->tensor[i], &p->form->target, p->x);
    }
    wick_plan_particle_update(p);
    wick_plan_particle_risk(p);
}

wick_status wick_particles_plan(wick_context *context, const wick_closed_form *form, size_t k, bool unit_layer,
                                wick_particle_plan *plan)
{
    *plan = (wick_particle_plan){.nodes = WICK_PLAN_EMPTY, .k = k};
    const size_t count = form->student.count > form->target.count ? form->student.count : form->target.count;
    wick_particle_planner p = {.builder = {.plan = &plan->nodes},
                               .form = form,
                               .plan = plan,
                               .unit_layer = unit_layer,
                               .degree = count > 0 ? (unsigned)count - 1 : 0};
    plan_all(&p);
    wick_builder_clear(&p.builder);
    wick_status status = wick_builder_status(context, &p.builder, "planning the drift");
    if (status == WICK_OK && !lay_out(plan)) status = wick_fail_memory(context, "planning the drift");
    if (status != WICK_OK) wick_particles_clear(plan);
    return status;
}

void wick_particles_clear(wick_particle_plan *plan)
{
    for (size_t i = 0; i < plan->tensor_count; ++i) free(plan->tensor[i].exponent);
    free(plan->tensor);
    free(plan->student_sum);
    free(plan->target_sum);
    free(plan->gradient);
    wick_program *programs[] = {&plan->student_program, &plan->target_program, &plan->update_program, &plan->self_program,
                                &plan->risk_program};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; ++i) wick_program_clear(programs[i]);
    wick_plan_clear(&plan->nodes);
    *plan = (wick_particle_plan){0};
}

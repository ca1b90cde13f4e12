/* See plan.h. From expansions to the outputs' nodes; storage.c then orders them and gives them room. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/contract.h"
#include "plan/cover.h"
#include "plan/outputs.h"
#include "plan/pairs.h"
#include "plan/storage.h"

/* ---- One expansion ----------------------------------------------------------------------------------------------- */

/* The terms of an expansion, by what remains to be done. */
typedef struct {
    wick_terms done; /* no summed field left */
    wick_terms open; /* one, B, between the legs */
    wick_terms hard; /* two, each tied to both legs and to the other */
} sorted_terms;

/* Takes over the term's content. */
static void reduce(wick_builder *builder, wick_term *term, bool transposable, sorted_terms *sorted)
{
    while (!builder->failed) {
        const bool has_a = wick_term_has(term, WICK_A), has_b = wick_term_has(term, WICK_B);
        if (!has_a && !has_b) {
            wick_terms_push(builder, &sorted->done, term);
            return;
        }
        const wick_neighbours of_a = wick_term_neighbours(term, WICK_A), of_b = wick_term_neighbours(term, WICK_B);
        const wick_index index = !has_b || (has_a && of_a.count <= of_b.count) ? WICK_A : WICK_B;
        const wick_index other = index == WICK_A ? WICK_B : WICK_A;
        const wick_neighbours tied = index == WICK_A ? of_a : of_b;
        const bool to_other = tied.mask >> other & 1u, to_first = tied.mask >> WICK_J & 1u;
        if (tied.count <= 1) {
            wick_eliminate_simple(builder, term, index);
        } else if (tied.count == 3) {
            wick_terms_push(builder, &sorted->hard, term);
            return;
        } else if (to_other) {
            if (!to_first) wick_term_exchange(term, WICK_J, WICK_L); /* only where transposing is allowed */
            if (!to_first && !transposable)
                wick_builder_exceed(builder, "a chain of summed fields that ends on the second leg");
            wick_eliminate_chain(builder, term, index, WICK_J, other);
        } else if (has_a && has_b) {
            wick_eliminate_between_legs(builder, term, index, transposable);
        } else {
            if (index == WICK_A) wick_term_exchange(term, WICK_A, WICK_B);
            wick_terms_push(builder, &sorted->open, term);
            return;
        }
    }
}

/* Appends to `done` terms without summed fields that add up to the expansion times `factor` (WICK_NONE: 1). */
static void plan_expansion(wick_builder *builder, const wick_closed_form *form, const wick_expansion *expansion,
                           size_t factor, wick_terms *done)
{
    sorted_terms sorted = {0};
    for (size_t i = 0; i < expansion->count && !builder->failed; ++i) {
        wick_term term;
        wick_term_init(&term);
        wick_builder_turn_to(builder, builder->output, i + 1);
        wick_term_from_diagram(builder, form, expansion, &expansion->diagram[i], &term);
        if (factor != WICK_NONE) wick_list_add(builder, &term.scalar, factor);
        reduce(builder, &term, expansion->halved, &sorted);
        wick_term_clear(&term);
    }
    wick_builder_turn_to(builder, builder->output, 0);
    wick_cover(builder, &sorted.open, expansion->halved, &sorted.done);
    if (sorted.hard.count > 0) wick_plan_pairs(builder, &sorted.hard, &sorted.done);
    for (size_t i = 0; i < sorted.done.count; ++i) wick_terms_push(builder, done, &sorted.done.term[i]);
    wick_terms_clear(&sorted.done);
    wick_terms_clear(&sorted.hard);
}

/* ---- Outputs ----------------------------------------------------------------------------------------------------- */

/* The sum of finished terms as one array: a number (rank 0), a vector over J or a matrix over J, L. */
static size_t finish(wick_builder *builder, wick_terms *done, int rank)
{
    wick_product_term *product = wick_allocate(done->count, 1, sizeof *product);
    if (!product) {
        builder->failed = true;
        return 0;
    }
    for (size_t i = 0; i < done->count; ++i) {
        const wick_term *t = &done->term[i];
        wick_product_term *to = &product[i];
        wick_product_term_init(to);
        mpq_set(to->coefficient, t->coefficient);
        to->scalar = t->scalar;
        if (rank == 1) to->factor = t->vector[WICK_J];
        if (rank != 2) continue;
        to->row = t->vector[WICK_J];
        to->column = t->vector[WICK_L];
        for (size_t m = 0; m < t->matrix_count; ++m) {
            const bool turned = t->matrix[m].row == WICK_L && !wick_is_power(builder, t->matrix[m].node);
            wick_list_add(builder, &to->factor,
                          turned ? wick_make_transpose(builder, t->matrix[m].node) : t->matrix[m].node);
        }
    }
    const size_t id = wick_make_map(builder, rank, product, done->count);
    for (size_t i = 0; i < done->count; ++i) wick_product_term_clear(&product[i]);
    free(product);
    wick_terms_clear(done);
    return id;
}

void wick_plan_drift(wick_builder *builder, const wick_closed_form *form)
{
    wick_plan *plan = builder->plan;
    wick_terms done = {0};
    /* The variance first: it needs most, and what it makes the rest finds ready. */
    if (form->noise.vertex_count > 0) {
        wick_builder_turn_to(builder, "the variance", 0);
        plan_expansion(builder, form, &form->noise, wick_make_noise(builder), &done);
        plan_expansion(builder, form, &form->variance, WICK_NONE, &done);
        plan->variance = finish(builder, &done, 2);
    }
    wick_builder_turn_to(builder, "the gradient flow", 0);
    plan_expansion(builder, form, &form->flow, WICK_NONE, &done);
    plan->flow = finish(builder, &done, 2);
    if (form->trained) {
        wick_builder_turn_to(builder, "the second layer's drift", 0);
        plan_expansion(builder, form, &form->second_layer, WICK_NONE, &done);
        plan->second_layer = finish(builder, &done, 1);
    }
    wick_terms_clear(&done);
}

void wick_plan_risk(wick_builder *builder, const wick_closed_form *form)
{
    wick_terms done = {0};
    wick_builder_turn_to(builder, "the risk", 0);
    plan_expansion(builder, form, &form->risk, WICK_NONE, &done);
    builder->plan->risk = finish(builder, &done, 0);
    wick_terms_clear(&done);
}

static void mark(size_t id, void *live) { ((bool *)live)[id] = true; }

void wick_mark_drift(const wick_plan *plan, bool *live)
{
    const size_t outputs[] = {plan->flow, plan->variance, plan->second_layer};
    for (size_t i = 0; i < 3; ++i)
        if (outputs[i] != WICK_NONE) live[outputs[i]] = true;
    for (size_t i = plan->node_count; i-- > 0;)
        if (live[i]) wick_visit_operands(&plan->node[i], mark, live);
}

wick_status wick_plan_build(wick_context *context, const wick_closed_form *form, wick_plan *plan)
{
    *plan = WICK_PLAN_EMPTY;
    wick_builder builder = {.plan = plan};
    wick_plan_drift(&builder, form);
    wick_plan_risk(&builder, form);
    wick_builder_clear(&builder);
    wick_status status = wick_builder_status(context, &builder, "planning the drift");
    if (status == WICK_OK && !wick_plan_lay_out(plan)) status = wick_fail_memory(context, "planning the drift");
    if (status != WICK_OK) wick_plan_clear(plan);
    return status;
}

void wick_plan_clear(wick_plan *plan)
{
    for (size_t i = 0; i < plan->node_count; ++i) {
        for (size_t t = 0; t < plan->node[i].term_count; ++t) mpq_clear(plan->node[i].term[t].coefficient);
        free(plan->node[i].term);
    }
    for (size_t i = 0; i < plan->function_count; ++i) {
        wick_polynomial_clear(&plan->function[i].student);
        wick_polynomial_clear(&plan->function[i].target);
    }
    free(plan->node);
    free(plan->function);
    wick_program_clear(&plan->drift_program);
    wick_program_clear(&plan->risk_program);
    *plan = (wick_plan){0};
}

size_t wick_program_loop_end(const wick_plan *plan, const wick_program *program, size_t first)
{
    size_t end = first;
    while (plan->node[program->node[end]].inner) ++end;
    while (end < program->count && wick_node_is_collected(&plan->node[program->node[end]])) ++end;
    return end - 1;
}

size_t wick_program_count(const wick_plan *plan, const wick_program *program, wick_op op)
{
    size_t count = 0;
    for (size_t i = 0; i < program->count; ++i) count += plan->node[program->node[i]].op == op;
    return count;
}

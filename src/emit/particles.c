/* See particles.h. */
#include "emit/particles.h"

#include "emit/statements.h"
#include "emit/template.h"

/* The bodies that differ from problem to problem. */
typedef struct {
    wick_text coordinates, student_sums, target_sums, update, self_risk, risk;
} bodies;

static void clear_bodies(bodies *b)
{
    wick_text *const all[] = {&b->coordinates, &b->student_sums, &b->target_sums, &b->update, &b->self_risk, &b->risk};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) wick_text_clear(all[i]);
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

static void print_sums(wick_text *text, const wick_particle_plan *plan, const wick_program *program, const size_t *sums)
{
    char name[32];
    wick_emit_program(text, &plan->nodes, program, WICK_KERNEL_CALLS);
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        if (sums[i] == WICK_NONE) continue;
        wick_node_name(&plan->nodes, sums[i], name);
        wick_text_printf(text, "    sums[%zu] += %s;\n", i, name);
    }
}

/* Outputs that the plan gave no storage are computed where they go; others are copied there. */
static void print_update(wick_text *text, const wick_particle_plan *plan)
{
    wick_text copies = WICK_TEXT_EMPTY;
    for (size_t c = 0; c <= plan->k; ++c) {
        char name[32], place[64] = "perp";
        const size_t output = c < plan->k ? plan->gradient[c] : plan->perp;
        if (c < plan->k) snprintf(place, sizeof place, "gradient + %zu * stride", c);
        wick_node_name(&plan->nodes, output, name);
        if (wick_particles_in_place(plan, output))
            wick_text_printf(text, "    double *const %s = %s;\n", name, place);
        else
            wick_text_printf(&copies, "    map1(1, count, count, %s, 0, 1.0, 0, 0, %s);\n", place, name);
    }
    wick_emit_program(text, &plan->nodes, &plan->update_program, WICK_KERNEL_CALLS);
    if (copies.bytes) wick_text_append(text, copies.bytes);
    if (copies.failed) text->failed = true;
    wick_text_clear(&copies);
}

static void print_bodies(const wick_particle_plan *plan, bodies *b)
{
    char name[32];
    for (size_t c = 0; c < plan->k; ++c)
        wick_text_printf(&b->coordinates, "    const double *const u%zu = u + %zu * stride;\n", c + 1, c);
    print_sums(&b->student_sums, plan, &plan->student_program, plan->student_sum);
    print_sums(&b->target_sums, plan, &plan->target_program, plan->target_sum);
    print_update(&b->update, plan);
    wick_emit_program(&b->self_risk, &plan->nodes, &plan->self_program, WICK_KERNEL_CALLS);
    wick_node_name(&plan->nodes, plan->self_risk, name);
    wick_text_printf(&b->self_risk, "    return %s;\n", name);
    wick_emit_program(&b->risk, &plan->nodes, &plan->risk_program, WICK_KERNEL_CALLS);
    wick_node_name(&plan->nodes, plan->risk, name);
    wick_text_printf(&b->risk, "    return %s;\n", name);
}

wick_status wick_emit_particles_jit(wick_context *context, const wick_particle_plan *plan, char **source)
{
    bodies b = {0};
    print_bodies(plan, &b);
    const wick_placeholder values[] = {
        {"COORDINATES", text_of(&b.coordinates)}, {"STUDENT_SUMS", text_of(&b.student_sums)},
        {"TARGET_SUMS", text_of(&b.target_sums)}, {"UPDATE", text_of(&b.update)},
        {"SELF_RISK", text_of(&b.self_risk)},     {"RISK", text_of(&b.risk)},
    };
    const bool failed = b.coordinates.failed || b.student_sums.failed || b.target_sums.failed || b.update.failed ||
                        b.self_risk.failed || b.risk.failed;
    wick_text text = WICK_TEXT_EMPTY;
    wick_status status =
        failed ? wick_fail_memory(context, "emitting code")
               : wick_template_expand(context, "particles_jit.c.in", values, sizeof values / sizeof *values, &text);
    if (status == WICK_OK) status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    clear_bodies(&b);
    return status;
}

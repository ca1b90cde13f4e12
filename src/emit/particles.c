/* See particles.h. */
#include "emit/particles.h"

#include "base/memory.h"
#include "emit/comments.h"
#include "emit/defaults.h"
#include "emit/statements.h"
#include "model/regime.h"
#include "template/template.h"

/* The bodies that differ from problem to problem. */
typedef struct {
    wick_text student_sums, target_sums, update, self_risk, risk;
} bodies;

static void clear_bodies(bodies *b)
{
    wick_text *const all[] = {&b->student_sums, &b->target_sums, &b->update, &b->self_risk, &b->risk};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) wick_text_clear(all[i]);
}

static bool bodies_failed(const bodies *b)
{
    return b->student_sums.failed || b->target_sums.failed || b->update.failed || b->self_risk.failed || b->risk.failed;
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

static void print_sums(wick_text *text, const wick_particle_plan *plan, const wick_program *program, const size_t *sums,
                       wick_dialect dialect)
{
    char name[32];
    wick_emit_program(text, &plan->nodes, program, dialect);
    for (size_t i = 0; i < plan->tensor_count; ++i) {
        if (sums[i] == WICK_NONE) continue;
        wick_node_name(&plan->nodes, sums[i], name);
        wick_text_printf(text, "    sums[%zu] += %s;\n", i, name);
    }
}

static void print_copy(wick_text *text, wick_dialect dialect, const char *to, const char *from)
{
    if (dialect == WICK_LOOPS)
        wick_text_printf(text, "    for (size_t i = 0; i < N; ++i) (%s)[i] = %s[i];\n", to, from);
    else
        wick_text_printf(text, "    map1(1, count, count, %s, 0, 1.0, 0, 0, %s);\n", to, from);
}

/* Outputs that the plan gave no storage are computed where they go; others are copied there. */
static void print_update(wick_text *text, const wick_particle_plan *plan, wick_dialect dialect)
{
    const char *const stride = dialect == WICK_LOOPS ? "LD" : "stride";
    wick_text copies = WICK_TEXT_EMPTY;
    for (size_t c = 0; c <= plan->k; ++c) {
        char name[32], place[64] = "perp";
        const size_t output = c < plan->k ? plan->gradient[c] : plan->perp;
        if (c < plan->k) snprintf(place, sizeof place, "gradient + %zu * %s", c, stride);
        wick_node_name(&plan->nodes, output, name);
        if (wick_particles_in_place(plan, output))
            wick_text_printf(text, "    double *const %s = %s;\n", name, place);
        else
            print_copy(&copies, dialect, place, name);
    }
    wick_emit_program(text, &plan->nodes, &plan->update_program, dialect);
    if (copies.bytes) wick_text_append(text, copies.bytes);
    if (copies.failed) text->failed = true;
    wick_text_clear(&copies);
}

static void print_bodies(const wick_particle_plan *plan, wick_dialect dialect, bodies *b)
{
    char name[32];
    print_sums(&b->student_sums, plan, &plan->student_program, plan->student_sum, dialect);
    print_sums(&b->target_sums, plan, &plan->target_program, plan->target_sum, dialect);
    print_update(&b->update, plan, dialect);
    wick_emit_program(&b->self_risk, &plan->nodes, &plan->self_program, dialect);
    wick_node_name(&plan->nodes, plan->self_risk, name);
    wick_text_printf(&b->self_risk, "    return %s;\n", name);
    wick_emit_program(&b->risk, &plan->nodes, &plan->risk_program, dialect);
    wick_node_name(&plan->nodes, plan->risk, name);
    wick_text_printf(&b->risk, "    return %s;\n", name);
}

wick_status wick_emit_particles_jit(wick_context *context, const wick_particle_plan *plan, char **source)
{
    bodies b = {0};
    print_bodies(plan, WICK_KERNEL_CALLS, &b);
    const wick_placeholder values[] = {
        {"STUDENT_SUMS", text_of(&b.student_sums)},
        {"TARGET_SUMS", text_of(&b.target_sums)},
        {"UPDATE", text_of(&b.update)},
        {"SELF_RISK", text_of(&b.self_risk)},
        {"RISK", text_of(&b.risk)},
    };
    const bool failed = bodies_failed(&b);
    wick_text text = WICK_TEXT_EMPTY;
    wick_status status =
        failed ? wick_fail_memory(context, "emitting code")
               : wick_template_expand(context, "particles_jit.c.in", values, sizeof values / sizeof *values, &text);
    if (status == WICK_OK) status = wick_text_take(context, &text, source);
    wick_text_clear(&text);
    clear_bodies(&b);
    return status;
}

/* ---- The library ------------------------------------------------------------------------------------------------- */

/* Doubles of scratch, as templates/particles.c.in lays them out. */
static bool work_size(const wick_particle_plan *plan, size_t *doubles)
{
    enum { BLOCK = 256 };
    const size_t k = plan->k, numbers = WICK_MOMENTS + plan->moment_count;
    size_t square, vectors;
    if (!wick_multiply_sizes(k, k, &square) || square > SIZE_MAX / 8 || plan->vector_slots > SIZE_MAX / 8) return false;
    if (!wick_multiply_sizes(2 * k + 1 + plan->vector_slots, BLOCK, &vectors)) return false;
    *doubles = vectors + 2 * (plan->tensor_count + 1) + numbers + 2 * square;
    return *doubles >= vectors;
}

wick_status wick_emit_particles_library(wick_context *context, const wick_particle_plan *plan, const wick_closed_form *form,
                                        const wick_problem *problem, const char *name, wick_values *values)
{
    bodies b = {0};
    wick_head head = {0};
    wick_text defaults = WICK_TEXT_EMPTY;
    char k[32], tensors[32], moments[32], slots[32], work[32];
    size_t doubles;
    if (!work_size(plan, &doubles))
        return wick_fail(context, WICK_ERROR_MEMORY, "k = %zu: the scratch does not fit in memory", plan->k);
    snprintf(k, sizeof k, "%zu", plan->k);
    snprintf(tensors, sizeof tensors, "%zu", plan->tensor_count);
    snprintf(moments, sizeof moments, "%u", plan->moment_count);
    snprintf(slots, sizeof slots, "%zu", plan->vector_slots);
    snprintf(work, sizeof work, "%zu", doubles);
    print_bodies(plan, WICK_LOOPS, &b);
    wick_print_particle_defaults(&defaults, problem);
    wick_status status = wick_head_print(context, form, problem, name, &head);
    if (status == WICK_OK && (bodies_failed(&b) || defaults.failed)) status = wick_fail_memory(context, "emitting code");
    const wick_placeholder all[] = {
        {"NAME", name},
        {"GUARD", text_of(&head.guard)},
        {"ABOUT", text_of(&head.about)},
        {"ORIGIN", text_of(&head.origin)},
        {"FORMULAS", text_of(&head.formulas)},
        {"K", k},
        {"WORK", work},
        {"TENSORS", tensors},
        {"MOMENTS", moments},
        {"SLOTS", slots},
        {"HAS_ROOM", form->parts->finite_d ? "D > 0.0" : "1"},
        {"D_USE", form->parts->finite_d ? "" : ": not used, it is infinite"},
        {"DEFAULTS", text_of(&defaults)},
        {"STUDENT_SUMS", text_of(&b.student_sums)},
        {"TARGET_SUMS", text_of(&b.target_sums)},
        {"UPDATE", text_of(&b.update)},
        {"SELF_RISK", text_of(&b.self_risk)},
        {"RISK", text_of(&b.risk)},
    };
    if (status == WICK_OK) wick_values_set_all(values, all, sizeof all / sizeof *all);
    if (status == WICK_OK) status = wick_values_check(context, values);
    wick_head_clear(&head);
    wick_text_clear(&defaults);
    clear_bodies(&b);
    return status;
}

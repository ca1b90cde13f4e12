/* The Jacobian of compiled drifts. It is derived, planned and compiled when it is first wanted: most systems never ask. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "walk/overlaps_walk.h"

static void jacobian(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    (void)time;
    system->jacobian.function(system->parameters, state, system->jacobian.work, out);
}

static void walked_jacobian(void *self, double time, const double *state, double *out)
{
    const wick_system *system = self;
    const wick_jacobian_code *kept = &system->jacobian;
    (void)time;
    wick_jacobian_walk_fill(wick_code_program(kept->code), system->parameters, state, kept->work, out);
}

wick_status wick_keep_jacobian(wick_context *context, const wick_closed_form *form, wick_system *system)
{
    wick_jacobian_code *kept = &system->jacobian;
    kept->regime = form->regime;
    kept->rules = form->rules;
    system->plain.jacobian = jacobian;
    return wick_polynomial_copy(&kept->student, &form->student) && wick_polynomial_copy(&kept->target, &form->target)
               ? WICK_OK
               : wick_fail_memory(context, "making a system");
}

wick_status wick_copy_jacobian(wick_context *context, const wick_system *from, wick_system *to)
{
    const wick_jacobian_code *made = &from->jacobian;
    to->jacobian = (wick_jacobian_code){.regime = made->regime, .rules = made->rules};
    if (made->code) {
        to->jacobian.work = wick_allocate_work(made->work_size, &to->jacobian.work_block);
        if (!to->jacobian.work) return wick_fail_memory(context, "copying a system");
        to->jacobian.code = wick_code_share(made->code);
        to->jacobian.function = made->function;
        to->jacobian.work_size = made->work_size;
    }
    return wick_polynomial_copy(&to->jacobian.student, &from->jacobian.student) &&
                   wick_polynomial_copy(&to->jacobian.target, &from->jacobian.target)
               ? WICK_OK
               : wick_fail_memory(context, "copying a system");
}

void wick_jacobian_code_clear(wick_jacobian_code *kept)
{
    wick_polynomial_clear(&kept->student);
    wick_polynomial_clear(&kept->target);
    wick_code_free(kept->code);
    free(kept->work_block);
    *kept = (wick_jacobian_code){0};
}

/* Of code whose scratch has work_size doubles. */
static wick_status allocate_work(wick_context *context, wick_jacobian_code *kept)
{
    kept->work = wick_allocate_work(kept->work_size, &kept->work_block);
    if (kept->work) return WICK_OK;
    wick_code_free(kept->code);
    kept->code = NULL;
    return wick_fail_memory(context, "making room for a Jacobian");
}

static wick_status compile(wick_context *context, const char *source, wick_jacobian_code *kept)
{
    static const char *const names[] = {"system_jacobian"};
    void *symbol;
    WICK_TRY(wick_code_compile_symbols(context, source, names, &symbol, 1, &kept->code));
    memcpy(&kept->function, &symbol, sizeof symbol); /* POSIX: pointers to data and functions are alike */
    return allocate_work(context, kept);
}

/* Without memory for machine code the plan, which is taken over, is walked. */
static wick_status walk_instead(wick_context *context, wick_jacobian_plan *plan, const wick_layout *layout,
                                wick_jacobian_code *kept)
{
    wick_jacobian_walk *walk;
    WICK_TRY(wick_jacobian_walk_make(context, plan, layout->p, layout->k, &walk));
    kept->code = wick_code_of(walk, wick_jacobian_walk_free);
    if (!kept->code) {
        wick_jacobian_walk_free(walk);
        return wick_fail_memory(context, "making room for a Jacobian");
    }
    wick_forget(context);
    kept->work_size = wick_jacobian_walk_work(walk);
    return allocate_work(context, kept);
}

static wick_status plan_and_compile(wick_context *context, const wick_layout *layout, const wick_closed_form *form,
                                    wick_jacobian_code *kept)
{
    wick_jacobian_plan plan;
    char *source = NULL;
    WICK_TRY(wick_jacobian_build(context, form, &plan));
    wick_status status = WICK_OK;
    if (!wick_work_size(&plan.plan, layout->p, layout->k, &kept->work_size))
        status = wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the Jacobian does not fit in memory", layout->p,
                           layout->k);
    if (status == WICK_OK) status = wick_emit_jacobian_jit(context, &plan, layout->p, layout->k, &source);
    if (status == WICK_OK) status = compile(context, source, kept);
    if (status == WICK_ERROR_EXECUTABLE) status = walk_instead(context, &plan, layout, kept);
    wick_jacobian_clear(&plan);
    free(source);
    return status;
}

wick_status wick_prepare_jacobian(wick_context *context, wick_system *system)
{
    wick_jacobian_code *kept = &system->jacobian;
    if ((system->plain.jacobian != jacobian && system->plain.jacobian != walked_jacobian) || kept->code) return WICK_OK;
    const wick_layout *layout = &system->dynamics.layout;
    wick_closed_form form = {0};
    wick_status status = wick_closed_form_derive_ruled(context, &kept->student, &kept->target, kept->regime,
                                                       wick_layout_has(layout, WICK_BLOCK_LAYER), kept->rules, &form);
    if (status == WICK_OK) status = plan_and_compile(context, layout, &form, kept);
    wick_closed_form_clear(&form);
    if (status == WICK_OK && !kept->function) {
        system->plain.jacobian = walked_jacobian;
        wick_apply_rules(system);
    }
    return status;
}

wick_status wick_system_jacobian_at(wick_context *context, wick_system *system, double time, const double *state,
                                    double *out)
{
    if (!system->dynamics.jacobian)
        return wick_fail(context, WICK_ERROR_UNSUPPORTED,
                         "this system has no Jacobian: the regime's state is reduced, or expectations are computed by "
                         "quadrature");
    WICK_TRY(wick_prepare_jacobian(context, system));
    system->fresh = false;
    system->dynamics.jacobian(system->dynamics.self, time, state, out);
    return WICK_OK;
}

wick_status wick_system_jacobian(wick_context *context, wick_system *system, const double *state, double *out)
{
    return wick_system_jacobian_at(context, system, 0, state, out);
}

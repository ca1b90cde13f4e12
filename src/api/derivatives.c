/* Tangents, adjoints and gradients of the risk. Those of compiled drifts are derived, planned and compiled when they are
 * first wanted. See api.h. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"
#include "emit/derived.h"
#include "emit/emit.h"
#include "walk/derived_walk.h"

/* ---- As dynamics ------------------------------------------------------------------------------------------------------ */

static void run(const wick_system *system, wick_derived which, const double *state, const double *direction, double *out)
{
    const wick_derived_code *kept = &system->derived[which];
    if (kept->function)
        kept->function(system->parameters, state, direction, kept->work, out);
    else
        wick_derived_walk_fill(wick_code_program(kept->code), system->parameters, state, direction, kept->work, out);
}

static void tangent(void *self, double time, const double *state, const double *v, double *out)
{
    (void)time;
    run(self, WICK_TANGENT, state, v, out);
}

static void adjoint(void *self, double time, const double *state, const double *u, double *out)
{
    (void)time;
    run(self, WICK_ADJOINT, state, u, out);
}

static void risk_gradient(void *self, const double *state, double *out) { run(self, WICK_RISK_GRADIENT, state, NULL, out); }

void wick_keep_derived(wick_system *system)
{
    system->plain.tangent = tangent;
    system->plain.adjoint = adjoint;
    system->plain.risk_gradient = risk_gradient;
}

/* ---- Making them ------------------------------------------------------------------------------------------------------ */

static wick_status allocate_work(wick_context *context, wick_derived_code *kept)
{
    kept->work = wick_allocate_work(kept->work_size, &kept->work_block);
    if (kept->work) return WICK_OK;
    wick_code_free(kept->code);
    *kept = (wick_derived_code){0};
    return wick_fail_memory(context, "making room for a derivative");
}

static wick_status measure(wick_context *context, const wick_plan *plan, const wick_layout *layout, wick_derived_code *kept)
{
    if (wick_work_size(plan, layout->p, layout->k, &kept->work_size)) return WICK_OK;
    return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: a derivative does not fit in memory", layout->p,
                     layout->k);
}

static wick_status compile(wick_context *context, const char *source, wick_derived_code *kept)
{
    static const char *const names[] = {"system_derived"};
    void *symbol;
    WICK_TRY(wick_code_compile_symbols(context, source, names, &symbol, 1, &kept->code));
    memcpy(&kept->function, &symbol, sizeof symbol); /* POSIX: pointers to data and functions are alike */
    return WICK_OK;
}

static wick_status walk_instead(wick_context *context, wick_derived_walk *walk, wick_derived_code *kept)
{
    kept->code = wick_code_of(walk, wick_derived_walk_free);
    if (!kept->code) {
        wick_derived_walk_free(walk);
        return wick_fail_memory(context, "making room for a derivative");
    }
    wick_forget(context);
    kept->work_size = wick_derived_walk_work(walk);
    return WICK_OK;
}

static wick_status make_tangent(wick_context *context, const wick_layout *layout, const wick_closed_form *form,
                                wick_derived_code *kept)
{
    wick_tangent_plan plan;
    wick_derived_walk *walk = NULL;
    char *source = NULL;
    WICK_TRY(wick_tangent_build(context, form, &plan));
    wick_status status = measure(context, &plan.plan, layout, kept);
    if (status == WICK_OK) status = wick_emit_tangent_jit(context, &plan, layout->p, layout->k, &source);
    if (status == WICK_OK) status = compile(context, source, kept);
    if (status == WICK_ERROR_EXECUTABLE) {
        status = wick_tangent_walk_make(context, &plan, layout->p, layout->k, &walk);
        if (status == WICK_OK) status = walk_instead(context, walk, kept);
    }
    wick_tangent_clear(&plan);
    free(source);
    return status;
}

static wick_status make_adjoint(wick_context *context, const wick_layout *layout, const wick_closed_form *form,
                                wick_adjoint_seed seed, wick_derived_code *kept)
{
    wick_adjoint_plan plan;
    wick_derived_walk *walk = NULL;
    char *source = NULL;
    WICK_TRY(wick_adjoint_build(context, form, seed, &plan));
    wick_status status = measure(context, &plan.plan, layout, kept);
    if (status == WICK_OK) status = wick_emit_adjoint_jit(context, &plan, layout->p, layout->k, &source);
    if (status == WICK_OK) status = compile(context, source, kept);
    if (status == WICK_ERROR_EXECUTABLE) {
        status = wick_adjoint_walk_make(context, &plan, layout->p, layout->k, &walk);
        if (status == WICK_OK) status = walk_instead(context, walk, kept);
    }
    wick_adjoint_clear(&plan);
    free(source);
    return status;
}

static wick_status make(wick_context *context, const wick_layout *layout, const wick_closed_form *form, wick_derived which,
                        wick_derived_code *kept)
{
    const wick_status status =
        which == WICK_TANGENT ? make_tangent(context, layout, form, kept)
                              : make_adjoint(context, layout, form,
                                             which == WICK_ADJOINT ? WICK_ADJOINT_OF_DRIFT : WICK_ADJOINT_OF_RISK, kept);
    return status == WICK_OK ? allocate_work(context, kept) : status;
}

wick_status wick_prepare_derived(wick_context *context, wick_system *system, wick_derived which)
{
    wick_derived_code *kept = &system->derived[which];
    if (system->evaluator && !wick_evaluator_prepare(system->evaluator))
        return wick_fail_memory(context, "making room for a derivative");
    if (system->plain.tangent != tangent || kept->code) return WICK_OK;
    const wick_layout *layout = &system->dynamics.layout;
    const wick_jacobian_code *of = &system->jacobian;
    wick_closed_form form = {0};
    wick_status status = wick_closed_form_derive_ruled(context, &of->student, &of->target, of->regime,
                                                       wick_layout_has(layout, WICK_BLOCK_LAYER), of->rules, &form);
    if (status == WICK_OK) status = make(context, layout, &form, which, kept);
    wick_closed_form_clear(&form);
    return status;
}

wick_status wick_copy_derived(wick_context *context, const wick_system *from, wick_system *to)
{
    for (size_t i = 0; i < WICK_DERIVED_COUNT; ++i) to->derived[i] = (wick_derived_code){0};
    for (size_t i = 0; i < WICK_DERIVED_COUNT; ++i) {
        const wick_derived_code *made = &from->derived[i];
        if (!made->code) continue;
        to->derived[i] = (wick_derived_code){
            .code = wick_code_share(made->code), .function = made->function, .work_size = made->work_size};
        WICK_TRY(allocate_work(context, &to->derived[i]));
    }
    return WICK_OK;
}

void wick_derived_clear(wick_system *system)
{
    for (size_t i = 0; i < WICK_DERIVED_COUNT; ++i) {
        wick_code_free(system->derived[i].code);
        free(system->derived[i].work_block);
        system->derived[i] = (wick_derived_code){0};
    }
}

/* ---- The calls -------------------------------------------------------------------------------------------------------- */

static wick_status fail_to_derive(wick_context *context, const char *what)
{
    return wick_fail(context, WICK_ERROR_UNSUPPORTED,
                     "this system has no %s: the regime's state is reduced, or expectations are computed by quadrature",
                     what);
}

wick_status wick_system_tangent_at(wick_context *context, wick_system *system, double time, const double *state,
                                   const double *v, double *out)
{
    if (!system->dynamics.tangent) return fail_to_derive(context, "tangent");
    WICK_TRY(wick_prepare_derived(context, system, WICK_TANGENT));
    system->fresh = false;
    system->dynamics.tangent(system->dynamics.self, time, state, v, out);
    return WICK_OK;
}

wick_status wick_system_tangent(wick_context *context, wick_system *system, const double *state, const double *v,
                                double *out)
{
    return wick_system_tangent_at(context, system, 0, state, v, out);
}

wick_status wick_system_adjoint_at(wick_context *context, wick_system *system, double time, const double *state,
                                   const double *u, double *out)
{
    if (!system->dynamics.adjoint) return fail_to_derive(context, "adjoint");
    WICK_TRY(wick_prepare_derived(context, system, WICK_ADJOINT));
    system->fresh = false;
    system->dynamics.adjoint(system->dynamics.self, time, state, u, out);
    return WICK_OK;
}

wick_status wick_system_adjoint(wick_context *context, wick_system *system, const double *state, const double *u,
                                double *out)
{
    return wick_system_adjoint_at(context, system, 0, state, u, out);
}

wick_status wick_system_risk_gradient(wick_context *context, wick_system *system, const double *state, double *out)
{
    if (!system->dynamics.risk_gradient) return fail_to_derive(context, "gradient of the risk");
    WICK_TRY(wick_prepare_derived(context, system, WICK_RISK_GRADIENT));
    system->fresh = false;
    system->dynamics.risk_gradient(system->dynamics.self, state, out);
    return WICK_OK;
}

/* The values of templates/derived.*.in for polynomials. See derived.h. */
#include <string.h>

#include "emit/derived.h"
#include "emit/emit.h"
#include "emit/overlaps.h"
#include "emit/statements.h"
#include "template/templates.h"

wick_derived_program wick_tangent_program(const wick_tangent_plan *tangent)
{
    const wick_plan *plan = &tangent->plan;
    return (wick_derived_program){plan,
                                  &tangent->program,
                                  tangent->trained,
                                  {tangent->trained ? plan->flow : WICK_NONE, tangent->trained ? plan->variance : WICK_NONE,
                                   tangent->flow, tangent->variance, tangent->second_layer}};
}

wick_derived_program wick_adjoint_program(const wick_adjoint_plan *adjoint)
{
    const wick_plan *plan = &adjoint->plan;
    return (wick_derived_program){plan,
                                  &adjoint->program,
                                  adjoint->trained,
                                  {adjoint->trained ? plan->flow : WICK_NONE, adjoint->trained ? plan->variance : WICK_NONE,
                                   adjoint->omega, adjoint->diagonal, adjoint->weight}};
}

void wick_print_parts(wick_text *text, const wick_derived_program *of)
{
    for (size_t i = 0; i < WICK_DERIVED_PARTS; ++i) {
        char name[32] = "0";
        if (of->part[i] != WICK_NONE) wick_node_name(of->plan, of->part[i], name);
        wick_text_printf(text, "%s%s", i > 0 ? ", " : "", name);
    }
}

static void set_program(wick_values *values, const char *statements, const char *parts, const wick_derived_program *of)
{
    wick_text body = WICK_TEXT_EMPTY, names = WICK_TEXT_EMPTY;
    wick_emit_program(&body, of->plan, of->program, WICK_LOOPS);
    wick_print_parts(&names, of);
    wick_values_take(values, statements, &body);
    wick_values_take(values, parts, &names);
}

static wick_status set_tangent(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                               size_t *work, wick_values *values)
{
    wick_tangent_plan tangent;
    WICK_TRY(wick_tangent_build(context, form, &tangent));
    const wick_derived_program of = wick_tangent_program(&tangent);
    set_program(values, "TANGENT", "TANGENT_PARTS", &of);
    const bool fits = wick_work_size(of.plan, problem->p, problem->k, work);
    wick_tangent_clear(&tangent);
    return fits ? WICK_OK : wick_fail_overlaps_size(context, problem);
}

static wick_status set_adjoint(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                               size_t *work, wick_values *values)
{
    wick_adjoint_plan adjoint;
    WICK_TRY(wick_adjoint_build(context, form, WICK_ADJOINT_OF_DRIFT, &adjoint));
    const wick_derived_program of = wick_adjoint_program(&adjoint);
    set_program(values, "ADJOINT", "ADJOINT_PARTS", &of);
    const bool fits = wick_work_size(of.plan, problem->p, problem->k, work);
    wick_adjoint_clear(&adjoint);
    return fits ? WICK_OK : wick_fail_overlaps_size(context, problem);
}

wick_status wick_set_derived(wick_context *context, const wick_closed_form *form, const wick_problem *problem,
                             wick_values *values)
{
    size_t tangent = 0, adjoint = 0;
    WICK_TRY(set_tangent(context, form, problem, &tangent, values));
    WICK_TRY(set_adjoint(context, form, problem, &adjoint, values));
    const char *kernels = wick_values_get(values, "KERNELS");
    if (!kernels) return wick_fail_memory(context, "emitting code");
    const char *products = strstr(kernels, "product_block") ? "" : wick_template("product.h");
    wick_values_printf(values, "DERIVED_KERNELS", "%s%s", products, wick_template("derived.h"));
    wick_values_set(values, "ADJOINT_LATER", "");
    return wick_set_derived_values(context, problem, tangent > adjoint ? tangent : adjoint, values);
}

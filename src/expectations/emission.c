/* See emission.h. */
#include "expectations/emission.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "emit/overlaps.h"
#include "model/regime.h"
#include "template/templates.h"

bool wick_description_is_closed(const wick_description *of)
{
    const wick_integrals *in = &of->integrals;
    const bool four = !of->parts->variance || in->four == WICK_INTEGRAL_CLOSED;
    return in->two == WICK_INTEGRAL_CLOSED && in->three == WICK_INTEGRAL_CLOSED && four;
}

/* Names of a family of activations in generated code: its kernels begin with `name`. */
typedef struct {
    const char *name, *meaning, *first, *second;
} family_names;

static const family_names erf_family = {"erf", "scale erf(rho x / sqrt(2))", "activation_scale", "activation_rho"};
static const family_names piecewise_family = {"piecewise", "slope x + kink max(x, 0)", "activation_slope",
                                              "activation_kink"};

static const family_names *family_of(const wick_description *of)
{
    return of->integrals.kind == WICK_KIND_ERF ? &erf_family : &piecewise_family;
}

/* Doubles of scratch of the drift and the risk, and of the Jacobian, as templates/closed_*.in lay them out; false if they
 * overflow. */
static bool work_sizes(const wick_problem *problem, size_t *work, size_t *jacobian)
{
    const size_t p = problem->p, k = problem->k;
    if (p > SIZE_MAX / 64 || k > SIZE_MAX / 64) return false;
    const bool high = problem->parts->variance, trained = problem->second_layer_trained;
    const size_t n = p + k, ld = (n + 7) / 8 * 8;
    const size_t flow = n + 1 + 4 * p; /* rows: omega, c, X, Y, G, B */
    const size_t variance = high ? n + 7 : 0, second_layer = trained ? p + 1 : 0, risk = 2 * n + 1;
    const size_t drift = flow + (variance > second_layer ? variance : second_layer);
    const size_t derivatives = flow + (trained ? 9 : 6) * p + (high ? p + 2 * n + 10 : 0);
    return wick_multiply_sizes(drift > risk ? drift : risk, ld, work) && wick_multiply_sizes(derivatives, ld, jacobian);
}

/* ---- The kernels ----------------------------------------------------------------------------------------------------- */

/* key becomes the kernels that are used: what is static and is not makes compilers complain. */
static void set_kernels(wick_values *values, const char *key, const char *const *names, size_t count)
{
    wick_text text = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < count; ++i)
        if (names[i]) wick_text_printf(&text, "%s%s", text.length > 0 ? "\n" : "", wick_template(names[i]));
    wick_values_take(values, key, &text);
}

static void set_all_kernels(const family_names *family, const wick_problem *problem, wick_values *values)
{
    const bool erf = family == &erf_family, high = problem->parts->variance;
    const bool noise = problem->parts->noise, trained = problem->second_layer_trained;
    const char *const expectations[] = {erf ? "erf.h" : "piecewise.h", high ? "erf_variance.h" : NULL, "tables.h",
                                        noise ? "tables_noise.h" : NULL, trained ? "tables_second_layer.h" : NULL};
    const char *const gradients[] = {erf ? "erf_gradients.h" : "piecewise_gradients.h",
                                     "tables_place.h",
                                     "tables_jacobian.h",
                                     noise ? "tables_noise_jacobian.h" : NULL,
                                     high ? "erf_variance_jacobian.h" : NULL,
                                     trained ? "tables_second_layer_jacobian.h" : NULL};
    set_kernels(values, "EXPECTATIONS", expectations, sizeof expectations / sizeof *expectations);
    set_kernels(values, "GRADIENTS", gradients, sizeof gradients / sizeof *gradients);
    wick_values_set(values, "PRODUCT", wick_template("product.h"));
}

static void set_activations(const wick_description *of, const family_names *family, wick_values *values)
{
    const wick_integrals *in = &of->integrals;
    wick_values_set(values, "FAMILY", family->name);
    wick_values_set(values, "FAMILY_MEANING", family->meaning);
    wick_values_set(values, "FIRST_NAME", family->first);
    wick_values_set(values, "SECOND_NAME", family->second);
    wick_values_printf(values, "FIRST", "%s, %s", wick_number(in->scale[0]).text, wick_number(in->scale[1]).text);
    wick_values_printf(values, "SECOND", "%s, %s", wick_number(in->rate[0]).text, wick_number(in->rate[1]).text);
    wick_values_printf(values, "ACTIVATIONS", "%s, %s", family->first, family->second);
}

/* ---- The statements -------------------------------------------------------------------------------------------------- */

/* A piece of the drift, or nothing. */
static wick_status set_piece(wick_context *context, wick_values *values, const char *key, const char *template_name)
{
    if (template_name) return wick_values_expand(context, values, key, template_name);
    wick_values_set(values, key, "");
    return WICK_OK;
}

static wick_status set_statements(wick_context *context, const wick_description *of, const wick_problem *problem,
                                  wick_values *values)
{
    const family_names *family = family_of(of);
    const char *second_order = of->parts->variance ? "closed_variance.in" : of->parts->noise ? "closed_noise.in" : NULL;
    const bool correlation = problem->rules & WICK_CORRELATION;
    wick_values_set(values, "LOSS",
                    correlation ? "\n    for (size_t i = 0; i < P; ++i) c[i] = 0.0; /* the loss is -y f */" : "");
    wick_values_set(values, "DC", of->trained && !correlation ? "dc" : "0");
    wick_values_set(values, "VARIANCE_MOVES", correlation ? "0" : "TRAINED");
    wick_values_set(values, "MOVES", of->trained && !correlation ? "1" : "0");
    set_activations(of, family, values);
    set_all_kernels(family, problem, values);
    WICK_TRY(wick_values_expand(context, values, "CLOSED_KERNELS", "closed_kernels.in"));
    WICK_TRY(set_piece(context, values, "SECOND_ORDER", second_order));
    WICK_TRY(set_piece(context, values, "SECOND_LAYER_EXPECTATIONS", of->trained ? "closed_second_layer.in" : NULL));
    WICK_TRY(wick_values_expand(context, values, "CLOSED_DRIFT", "closed_drift.in"));
    return wick_values_expand(context, values, "CLOSED_RISK", "closed_risk.in");
}

static wick_status set_jacobian(wick_context *context, const wick_description *of, const wick_problem *problem, size_t work,
                                wick_values *values)
{
    const char *second_order = of->parts->variance ? "closed_variance_jacobian.in"
                               : of->parts->noise  ? "closed_noise_jacobian.in"
                                                   : NULL;
    wick_values_set(values, "TRAINED", !of->trained ? "0" : problem->rules & WICK_CORRELATION ? "2" : "1");
    wick_values_set(values, "JACOBIAN_PYTHON", "True");
    wick_values_set(values, "HAS_JACOBIAN", "1");
    wick_values_printf(values, "JACOBIAN_WORK", "%zu", work);
    WICK_TRY(set_piece(context, values, "JACOBIAN_SECOND_ORDER", second_order));
    WICK_TRY(set_piece(context, values, "JACOBIAN_SECOND_LAYER", of->trained ? "closed_second_layer_jacobian.in" : NULL));
    WICK_TRY(wick_values_expand(context, values, "JACOBIAN_DECLARATION", "jacobian.h.in"));
    return wick_values_expand(context, values, "JACOBIAN", "closed_jacobian.in");
}

/* The scratch of a tangent and of an adjoint, as templates/closed_tangent.in and closed_adjoint.in lay it out. */
static bool derived_size(const wick_problem *problem, size_t *work)
{
    const size_t p = problem->p, n = p + problem->k, ld = (n + 7) / 8 * 8; /* not huge: work_sizes() looked */
    return wick_multiply_sizes(4 * n + 22 * p + 20, ld, work);
}

static wick_status set_derived(wick_context *context, const wick_description *of, const wick_problem *problem,
                               wick_values *values)
{
    const bool noise = of->parts->noise, high = of->parts->variance, trained = of->trained;
    const char *const kernels[] = {"derived.h",
                                   "tables_tangent.h",
                                   "tables_adjoint.h",
                                   noise ? "tables_noise_tangent.h" : NULL,
                                   noise ? "tables_noise_adjoint.h" : NULL,
                                   trained ? "tables_second_layer_tangent.h" : NULL,
                                   trained ? "tables_second_layer_adjoint.h" : NULL,
                                   high ? "erf_variance_tangent.h" : NULL,
                                   high ? "erf_variance_adjoint.h" : NULL};
    size_t work;
    if (!derived_size(problem, &work)) return wick_fail_overlaps_size(context, problem);
    set_kernels(values, "DERIVED_KERNELS", kernels, sizeof kernels / sizeof *kernels);
    const char *tangent = high ? "closed_variance_tangent.in" : noise ? "closed_noise_tangent.in" : NULL;
    const char *adjoint = high ? "closed_variance_adjoint.in" : noise ? "closed_noise_adjoint.in" : NULL;
    WICK_TRY(set_piece(context, values, "TANGENT_SECOND_ORDER", tangent));
    WICK_TRY(set_piece(context, values, "ADJOINT_SECOND_ORDER", adjoint));
    WICK_TRY(set_piece(context, values, "TANGENT_SECOND_LAYER", trained ? "closed_second_layer_tangent.in" : NULL));
    WICK_TRY(set_piece(context, values, "ADJOINT_SECOND_LAYER", trained ? "closed_second_layer_adjoint.in" : NULL));
    WICK_TRY(wick_values_expand(context, values, "TANGENT", "closed_tangent.in"));
    WICK_TRY(wick_values_expand(context, values, "ADJOINT", "closed_adjoint.in"));
    const char *flow = trained ? "flow" : "0", *of_noise = noise ? "noise" : "0";
    wick_values_printf(values, "TANGENT_PARTS", "%s, %s, moved, %s, %s", flow, of_noise, noise ? "moved_noise" : "0",
                       trained ? "dA" : "0");
    wick_values_printf(values, "ADJOINT_PARTS", "%s, %s, S, diagonal_of, %s", flow, of_noise,
                       problem->rules & WICK_CORRELATION ? "0" : "weight");
    wick_values_set(values, "ADJOINT_LATER", high ? "    add(SECOND_LAYER + TRAINED_LAYER * P, later, out);" : "");
    return wick_set_derived_values(context, problem, work, values);
}

static wick_status set_values(wick_context *context, const wick_description *of, const wick_problem *problem,
                              const char *name, const wick_head *head, wick_values *values)
{
    size_t work, jacobian_work;
    if (!work_sizes(problem, &work, &jacobian_work)) return wick_fail_overlaps_size(context, problem);
    WICK_TRY(set_statements(context, of, problem, values));
    const wick_overlaps_code code = {.head = head,
                                     .work = work,
                                     .kernels = wick_values_get(values, "CLOSED_KERNELS"),
                                     .drift = wick_values_get(values, "CLOSED_DRIFT"),
                                     .risk = wick_values_get(values, "CLOSED_RISK"),
                                     .flow = "flow",
                                     .variance = of->parts->noise ? "noise" : "",
                                     .second_layer = "A",
                                     .squared_error = "squared_error"};
    WICK_TRY(wick_overlaps_values(context, problem, name, &code, values));
    WICK_TRY(set_jacobian(context, of, problem, jacobian_work, values));
    return set_derived(context, of, problem, values);
}

wick_status wick_emit_expectations(wick_context *context, const wick_description *of, const wick_problem *problem,
                                   const char *name, wick_values *values)
{
    wick_head head = {0};
    wick_text formulas = WICK_TEXT_EMPTY;
    wick_description_print_formulas(of, &formulas);
    wick_status status = formulas.failed ? wick_fail_memory(context, "emitting code")
                                         : wick_head_print_expectations(context, problem, formulas.bytes, name, &head);
    if (status == WICK_OK) status = set_values(context, of, problem, name, &head, values);
    wick_text_clear(&formulas);
    wick_head_clear(&head);
    return status;
}

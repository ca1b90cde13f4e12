/* See overlaps.h. */
#include "emit/overlaps.h"

#include <stdint.h>

#include "emit/defaults.h"
#include "model/blocks.h"

wick_status wick_fail_overlaps_size(wick_context *context, const wick_problem *problem)
{
    return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", problem->p,
                     problem->k);
}

static void print_drift_of_Q(wick_text *text, const char *flow, const char *variance)
{
    if (*variance == '\0') {
        wick_text_printf(
            text,
            "\n    /* dQ[j,l]/dt = a[j] B[j,l] + a[l] B[l,j] */\n"
            "    for (size_t j = 0; j < P; ++j)\n"
            "        for (size_t l = j; l < P; ++l) *drift++ = a[j] * %s[j * LD + l] + a[l] * %s[l * LD + j];\n",
            flow, flow);
        return;
    }
    wick_text_printf(
        text,
        "\n    /* dQ[j,l]/dt = a[j] B[j,l] + a[l] B[l,j] + (gamma/p) a[j] a[l] (%s[j,l] + %s[l,j]) */\n"
        "    for (size_t j = 0; j < P; ++j)\n"
        "        for (size_t l = j; l < P; ++l)\n"
        "            *drift++ = a[j] * %s[j * LD + l] + a[l] * %s[l * LD + j]\n"
        "                + parameters->learning_rate / (double)P * a[j] * a[l] * (%s[j * LD + l] + %s[l * LD + j]);\n",
        variance, variance, flow, flow, variance, variance);
}

static const char *text_of(const wick_text *text) { return text->bytes ? text->bytes : ""; }

/* Where the second layer is: among the parameters, or at the end of the state. */
static void set_second_layer(const wick_layout *layout, const char *name, wick_values *values)
{
    const bool trained = wick_layout_has(layout, WICK_BLOCK_LAYER);
    wick_text place = WICK_TEXT_EMPTY;
    wick_text_append(&place, trained ? "state + " : "parameters->a");
    if (trained) wick_layout_print_start(layout, WICK_BLOCK_LAYER, "P", &place);
    wick_values_take(values, "SECOND_LAYER", &place);
    const wick_placeholder all[] = {
        {"STATE_A", trained ? ",\n *     a (p)" : ""},
        {"A_USE", trained ? ": not used, it is part of the state" : ""},
        {"PACK_A", trained ? ", a (p)" : ""},
        {"PACK_A_IN", trained ? "const double *a, " : ""},
        {"PACK_A_OUT", trained ? ", double *a" : ""},
        {"PACK_A_LOOP", trained ? "    for (size_t j = 0; j < P; ++j) *state++ = a[j];\n" : ""},
        {"UNPACK_A_LOOP", trained ? "    for (size_t j = 0; j < P; ++j) a[j] = *state++;\n" : ""},
    };
    wick_values_set_all(values, all, sizeof all / sizeof *all);
    if (trained)
        wick_values_printf(values, "DRIFT_A",
                           "\n    /* da[j]/dt = A[j] */\n    for (size_t j = 0; j < P; ++j) *drift++ = %s[j];\n", name);
    else
        wick_values_set(values, "DRIFT_A", "");
}

wick_status wick_overlaps_values(wick_context *context, const wick_problem *problem, const char *name,
                                 const wick_overlaps_code *code, wick_values *values)
{
    const wick_layout layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k);
    size_t dimension;
    if (!wick_layout_dimension(&layout, &dimension)) return wick_fail_overlaps_size(context, problem);
    wick_text defaults = WICK_TEXT_EMPTY, drift_q = WICK_TEXT_EMPTY;
    wick_print_defaults(&defaults, problem);
    print_drift_of_Q(&drift_q, code->flow, code->variance);
    const wick_placeholder all[] = {
        {"NAME", name},
        {"GUARD", text_of(&code->head->guard)},
        {"ABOUT", text_of(&code->head->about)},
        {"ORIGIN", text_of(&code->head->origin)},
        {"FORMULAS", text_of(&code->head->formulas)},
        {"KERNELS", code->kernels},
        {"DRIFT", code->drift},
        {"RISK", code->risk},
        {"FLOW", code->flow},
        {"E", code->squared_error},
    };
    wick_values_set_all(values, all, sizeof all / sizeof *all);
    wick_values_take(values, "DEFAULTS", &defaults);
    wick_values_take(values, "DRIFT_Q", &drift_q);
    wick_values_printf(values, "P", "%zu", problem->p);
    wick_values_printf(values, "K", "%zu", problem->k);
    wick_values_printf(values, "DIMENSION", "%zu", dimension);
    wick_values_printf(values, "WORK", "%zu", code->work);
    set_second_layer(&layout, code->second_layer, values);
    return wick_values_check(context, values);
}

wick_status wick_set_derived_values(wick_context *context, const wick_problem *problem, size_t work, wick_values *values)
{
    const wick_layout layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k);
    size_t dimension;
    if (!wick_layout_dimension(&layout, &dimension) || work > SIZE_MAX - dimension)
        return wick_fail_overlaps_size(context, problem);
    wick_values_set(values, "TRAINED", problem->second_layer_trained ? "1" : "0");
    wick_values_printf(values, "DERIVED_WORK", "%zu", work + dimension);
    WICK_TRY(wick_values_expand(context, values, "DERIVED_DECLARATION", "derived.h.in"));
    return wick_values_expand(context, values, "DERIVED", "derived.c.in");
}

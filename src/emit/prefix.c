/* See prefix.h. A scanner that knows comments, strings and identifiers is all it takes. */
#include "emit/prefix.h"

#include <string.h>

#include "base/ascii.h"

static const char *const internal[] = {
    "P",
    "K",
    "N",
    "LD",
    "LP",
    "overlaps",
    "weights",
    "LANES",
    "lanes",
    "KERNEL_PART",
    "product",
    "product_block",
    "product_rows",
    "activation_scale",
    "activation_rho",
    "activation_slope",
    "activation_kink",
    "erf_slopes",
    "erf_values",
    "erf_apart",
    "erf_angle",
    "erf_plane",
    "erf_given_entry",
    "erf_given",
    "erf_steep_entry",
    "erf_row_sum",
    "erf_steep_row_sum",
    "erf_four_fields",
    "erf_rescale",
    "erf_variance",
    "erf_gradients",
    "erf_conditional",
    "erf_add_gradient",
    "erf_pair_jacobian",
    "erf_variance_jacobian",
    "piecewise_root",
    "piecewise_opening",
    "piecewise_slopes",
    "piecewise_values",
    "piecewise_gradients",
    "tables_flow",
    "tables_noise",
    "tables_second_layer",
    "tables_squared_error",
    "tables_place",
    "tables_add_flow",
    "tables_flow_jacobian",
    "tables_noise_jacobian",
    "tables_second_layer_jacobian",
    "OVERLAPS",
    "DIMENSION",
    "place",
    "set_line",
    "add_row",
    "add_gradient",
    "set_layer_gradient",
    "direction_overlaps",
    "direction_weights",
    "slope",
    "flow_seed",
    "variance_seed",
    "extend",
    "add",
    "fold",
    "halve_diagonal",
    "outer_block",
    "outer_rows",
    "outer",
    "tangent_row",
    "put_tangent",
    "adjoint_of_layer",
    "put_adjoint",
    "SECOND_LAYER",
    "TRAINED_LAYER",
    "SCALED",
    "tables_moved",
    "tables_flow_tangent",
    "tables_second_layer_tangent",
    "tables_noise_tangent",
    "tables_take",
    "tables_flow_adjoint",
    "tables_omega_adjoint",
    "tables_second_layer_adjoint",
    "tables_noise_adjoint",
    "erf_variance_tangent",
    "erf_variance_adjoint",
    "TENSORS",
    "MOMENTS",
    "NUMBERS",
    "SLOTS",
    "block_size",
    "scratch",
    "lay_out",
    "factorise",
    "prepare",
    "whiten",
    "student_sums",
    "target_sums",
    "update",
    "self_risk",
    "tensor_risk",
    "sum_tensors",
};

static bool is_internal(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof internal / sizeof *internal; ++i)
        if (strlen(internal[i]) == length && memcmp(internal[i], word, length) == 0) return true;
    return false;
}

/* Length of the comment or the string at `at`; 0 if there is none. */
static size_t quoted_length(const char *at)
{
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? (size_t)(end - at) + 2 : strlen(at);
    }
    if (*at != '"') return 0;
    size_t length = 1;
    while (at[length] && at[length] != '"') length += at[length] == '\\' && at[length + 1] ? 2 : 1;
    return at[length] ? length + 1 : length;
}

static bool begins_name(char c) { return wick_is_letter(c) || c == '_'; }

static bool continues_name(char c) { return begins_name(c) || wick_is_digit(c); }

void wick_prefix_internal_names(wick_text *text, const char *source, const char *name)
{
    for (const char *at = source; *at;) {
        size_t length = quoted_length(at);
        if (length == 0 && continues_name(*at)) {
            while (continues_name(at[length])) ++length; /* a number too */
            const bool member = at > source && (at[-1] == '.' || (at[-1] == '>' && at - source > 1 && at[-2] == '-'));
            if (begins_name(*at) && !member && is_internal(at, length)) wick_text_printf(text, "%s_", name);
        }
        if (length == 0) length = 1;
        wick_text_append_bytes(text, at, length);
        at += length;
    }
}

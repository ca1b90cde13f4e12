/* See graph.h: is a function defined, with its derivative, on the whole line? First a few points, which finds what is
 * wrong in most expressions at a natural point; then every divisor, logarithm and root is verified. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "activation/graph.h"
#include "activation/pieces.h"
#include "base/locale.h"

__attribute__((format(printf, 2, 3))) static void tell(wick_activation_error *fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    wick_vsnprintf(fault->reason, sizeof fault->reason, format, arguments);
    va_end(arguments);
}

/* ---- Points ------------------------------------------------------------------------------------------------------------
 */

/* Symmetric about 0, densest there, 0 included. */
static double grid_point(int index) { return (index % 2 ? -1 : 1) * ((index + 1) / 2) * 0.01; }

enum { GRID = 2001 };

/* The first point where the value or the derivative is not finite. */
static bool find_point(const wick_graph *f, double *at, bool *derivative)
{
    for (int i = 0; i < GRID; i++) {
        *at = grid_point(i);
        *derivative = isfinite(wick_graph_at(f, f->value, *at));
        if (!*derivative || !isfinite(wick_graph_at(f, f->derivative, *at))) return true;
    }
    return false;
}

static void tell_undefined(wick_activation_error *fault, double at, bool derivative)
{
    if (derivative)
        tell(fault, "its derivative, which the drift needs, does not exist at x = %.8g", at);
    else
        tell(fault, "not defined at x = %.8g: pre-activations are Gaussian and take every real value", at);
}

/* ---- Operations that are not defined everywhere ------------------------------------------------------------------------
 */

typedef struct {
    size_t operand;
    wick_demand demand;
    bool derivative, fractional; /* is it the derivative, or a power's smoothness, that fails where the operand is 0? */
} partial;

/* What the operation asks of its operand; false: nothing. */
static bool is_partial(const wick_graph_node *of, partial *found)
{
    *found = (partial){.operand = of->left, .demand = WICK_POSITIVE};
    switch (of->operation) {
    case WICK_QUOTIENT: *found = (partial){.operand = of->right, .demand = WICK_NOT_ZERO}; return true;
    case WICK_LOG: return true;
    case WICK_SQRT: found->derivative = true; return true;
    case WICK_REAL_POWER:
        if (of->denominator == 1) found->demand = WICK_NOT_ZERO;
        found->fractional = of->denominator > 1 && of->numerator > 0;
        return true;
    default: return false;
    }
}

static void tell_partial(wick_activation_error *fault, const wick_graph *f, const partial *of, double at)
{
    const double value = wick_graph_at(f, of->operand, at);
    if (of->fractional && !(value < 0))
        tell(fault, "not smooth at x = %.8g, where a fractional power meets 0", at);
    else
        tell_undefined(fault, at, of->derivative && !(value < 0));
}

static void tell_unsure(wick_activation_error *fault, wick_pieces_status status, double at)
{
    if (status == WICK_PIECES_MANY)
        tell(fault, "more than %d points where it is not smooth", WICK_KINK_LIMIT);
    else
        tell(fault,
             "not verified to be defined, or smooth but for finitely many points, on the whole line: near x = %.8g "
             "bounds on the expression do not tell; write it in another form",
             at);
}

static wick_pieces_status check_partials(wick_pieces *pieces, const wick_graph *f, wick_activation_error *fault)
{
    for (size_t i = 0; i <= f->value && fault->reason[0] == '\0'; i++) {
        partial of;
        bool holds;
        double at;
        if (!pieces->used[i] || f->node[i].constant || !is_partial(&f->node[i], &of)) continue;
        const wick_pieces_status status = wick_pieces_check(pieces, of.operand, of.demand, &holds, &at);
        if (status != WICK_PIECES_KNOWN) {
            tell_unsure(fault, status, at);
            return status;
        }
        if (!holds) tell_partial(fault, f, &of, at);
    }
    return WICK_PIECES_KNOWN;
}

bool wick_graph_find_fault(const wick_graph *f, wick_activation_error *fault)
{
    double at = 0;
    bool derivative = false;
    *fault = (wick_activation_error){.column = 0};
    const bool point = find_point(f, &at, &derivative);
    wick_pieces pieces;
    wick_pieces_status status = wick_pieces_find(&pieces, f);
    if (status != WICK_PIECES_KNOWN)
        tell_unsure(fault, status, pieces.unsure_at);
    else
        status = check_partials(&pieces, f, fault);
    wick_pieces_clear(&pieces);
    if (status == WICK_PIECES_MEMORY) return false;
    if (!point) return true;
    if (fault->reason[0] != '\0')
        tell_undefined(fault, at, derivative);
    else
        tell(fault, "%s at x = %.8g is beyond the range of double precision, 1.8e308",
             derivative ? "its derivative" : "its value", at);
    return true;
}

wick_status wick_graph_check_domain(wick_context *context, const char *key, const wick_graph *f)
{
    wick_activation_error fault;
    if (!wick_graph_find_fault(f, &fault)) return wick_fail_memory(context, "checking where an activation is defined");
    if (fault.reason[0] == '\0') return WICK_OK;
    return wick_fail(context, WICK_ERROR_PROBLEM, "%s: %s", key, fault.reason);
}

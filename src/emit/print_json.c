/* The closed form as JSON, for programs: exact, complete, and the same bytes for the same closed form.
 *
 *     {
 *       "wick": "0.1.0",                                                            the version
 *       "activation": {"expression": "x^2", "coefficients": ["0", "0", "1"]},       s; coefficients[i] is that of x^i
 *       "target_activation": {...},                                                 s*
 *       "regime": "classical", "second_layer": "fixed",
 *       "factors": {"student": [["0", "1"], [], ["2"]], "target": [...]},
 *       "expansions": {
 *         "flow": {
 *           "vertices": [{"role": "student", "derivative": 1}, {"role": "field", "derivative": 0},
 *                        {"role": "summed", "derivative": 0}],
 *           "halved": false,
 *           "diagrams": [{"coefficient": "1", "edges": [[0, 1, 1]], "orders": [2, 1, 0]}, ...]
 *         }, ...
 *       }
 *     }
 *
 * All coefficients are rationals as strings, such as "-3/4"; the zero polynomial is [].
 *
 * factors.student[m][g] is the coefficient of v^g in F^{(m)}(v) = E[s^{(m)}(sqrt(v) z)], z ~ N(0, 1); target likewise.
 *
 * An expansion is the sum of its diagrams. Give every vertex v a field l_v: vertices with role "student" are indices of the
 * result and students, the one with role "field" is an index as well, but of any field, and "summed" ones run over all
 * fields, each with weight c = -a/p for a student and a-star/k for a target. A diagram's value is
 *
 *     coefficient * product over edges [v, w, n] of Omega[l_v, l_w]^n * product over v of F_v^{(orders[v])}(Omega[l_v, l_v])
 *
 * with v < w and n > 0 in every edge. F_v is the student's factor at a student, the target's at a target, and 1 at "field"
 * (whose function is the identity). If "halved", the expansion is that sum plus its transpose. The expansions, of which
 * those that the problem has are present:
 *
 *     flow          B[j,b] = E[s'(l_j) l_b E]         dM[j,r]/dt = a_j B[j,r], dQ[j,l]/dt = a_j B[j,l] + a_l B[l,j]
 *     second_layer  A[j] = E[s(l_j) E]                da_j/dt = A[j]                                 (trained)
 *     variance      V[j,l] = E[s'(l_j) s'(l_l) E^2]   dQ[j,l]/dt += (gamma/p) a_j a_l V[j,l]         (high-dimensional)
 *     noise         N[j,l] = E[s'(l_j) s'(l_l)]       dQ[j,l]/dt += (gamma/p) a_j a_l Delta N[j,l]   (not classical)
 *     risk          E[E^2]                            R = risk/2 + Delta/2
 *
 * with E = f* - f, without label noise.
 */
#include <jansson.h>
#include <stdlib.h>

#include "emit/emit.h"
#include "emit/factors.h"

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static json_t *rational_value(const mpq_t q)
{
    char *digits = wick_rational_string(q);
    json_t *value = digits ? json_string(digits) : NULL;
    free(digits);
    return value;
}

/* Takes `item` over; NULL, and the array released, if either is NULL or memory is exhausted. */
static json_t *append(json_t *array, json_t *item)
{
    if (json_array_append_new(array, item) == 0) return array;
    json_decref(array);
    return NULL;
}

static json_t *coefficients_value(const wick_polynomial *a)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < a->count; i++) array = append(array, rational_value(a->coefficient[i]));
    return array;
}

static json_t *activation_value(const wick_polynomial *a)
{
    wick_text expression = WICK_TEXT_EMPTY;
    wick_polynomial_print(&expression, a, "x");
    json_t *value = expression.failed || !expression.bytes
                        ? NULL
                        : json_pack("{s:s, s:o}", "expression", expression.bytes, "coefficients", coefficients_value(a));
    wick_text_clear(&expression);
    return value;
}

static json_t *factors_value(const wick_polynomial *factors, size_t count)
{
    json_t *array = json_array();
    for (size_t m = 0; array && m < count; m++) array = append(array, coefficients_value(&factors[m]));
    return array;
}

static json_t *vertices_value(const wick_expansion *x)
{
    static const char *const roles[] = {
        [WICK_LEG_STUDENT] = "student", [WICK_LEG_FIELD] = "field", [WICK_SUMMED_FIELD] = "summed"};
    json_t *array = json_array();
    for (size_t v = 0; array && v < x->vertex_count; v++)
        array = append(
            array, json_pack("{s:s, s:i}", "role", roles[x->vertex[v].role], "derivative", (int)x->vertex[v].derivative));
    return array;
}

static json_t *edges_value(const wick_expansion *x, const wick_diagram *diagram)
{
    json_t *array = json_array();
    for (size_t w = 1; w < x->vertex_count; w++)
        for (size_t v = 0; array && v < w; v++) {
            const int multiplicity = diagram->edge[wick_edge_index(v, w)];
            if (multiplicity > 0) array = append(array, json_pack("[i, i, i]", (int)v, (int)w, multiplicity));
        }
    return array;
}

static json_t *orders_value(const wick_expansion *x, const wick_diagram *diagram)
{
    json_t *array = json_array();
    for (size_t v = 0; array && v < x->vertex_count; v++) array = append(array, json_integer(diagram->order[v]));
    return array;
}

static json_t *diagram_value(const wick_expansion *x, const wick_diagram *diagram)
{
    return json_pack("{s:o, s:o, s:o}", "coefficient", rational_value(diagram->coefficient), "edges",
                     edges_value(x, diagram), "orders", orders_value(x, diagram));
}

/* ---- Layout: a diagram a line ------------------------------------------------------------------------------------ */

/* Prints the value on the line and releases it; NULL counts as memory exhausted. */
static void print_value(wick_text *text, json_t *value)
{
    char *line = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    json_decref(value);
    if (line)
        wick_text_append(text, line);
    else
        text->failed = true;
    free(line);
}

static void print_key(wick_text *text, const char *key, json_t *value)
{
    wick_text_printf(text, "  \"%s\": ", key);
    print_value(text, value);
    wick_text_append(text, ",\n");
}

static void print_expansion(wick_text *text, const char *name, const wick_expansion *x, bool *first)
{
    if (x->vertex_count == 0) return;
    wick_text_printf(text, "%s\n    \"%s\": {\n      \"vertices\": ", *first ? "" : ",", name);
    *first = false;
    print_value(text, vertices_value(x));
    wick_text_printf(text, ",\n      \"halved\": %s,\n      \"diagrams\": [", x->halved ? "true" : "false");
    for (size_t i = 0; i < x->count && !text->failed; i++) {
        wick_text_append(text, i == 0 ? "\n        " : ",\n        ");
        print_value(text, diagram_value(x, &x->diagram[i]));
    }
    wick_text_append(text, x->count > 0 ? "\n      ]\n    }" : "]\n    }");
}

static void print_all(wick_text *text, const wick_closed_form *form, const wick_factors *factors)
{
    wick_text_append(text, "{\n");
    print_key(text, "wick", json_string(WICK_VERSION));
    print_key(text, "activation", activation_value(&form->student));
    print_key(text, "target_activation", activation_value(&form->target));
    print_key(text, "regime", json_string(wick_regime_name(form->regime)));
    print_key(text, "second_layer", json_string(form->trained ? "trained" : "fixed"));
    print_key(text, "factors",
              json_pack("{s:o, s:o}", "student", factors_value(factors->student, factors->count), "target",
                        factors_value(factors->target, factors->count)));
    bool first = true;
    wick_text_append(text, "  \"expansions\": {");
    print_expansion(text, "flow", &form->flow, &first);
    print_expansion(text, "second_layer", &form->second_layer, &first);
    print_expansion(text, "variance", &form->variance, &first);
    print_expansion(text, "noise", &form->noise, &first);
    print_expansion(text, "risk", &form->risk, &first);
    wick_text_append(text, "\n  }\n}\n");
}

wick_status wick_print_json(wick_context *context, const wick_closed_form *form, wick_text *text)
{
    wick_factors factors;
    WICK_TRY(wick_factors_make(context, form, &factors));
    print_all(text, form, &factors);
    wick_factors_clear(&factors);
    return text->failed ? wick_fail_memory(context, "printing the closed form") : WICK_OK;
}

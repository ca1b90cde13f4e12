/* The closed form as JSON, for programs: exact, complete, and the same bytes for the same closed form. examples/formulas.md
 * says what every key is, and a test that those are all. */
#include <jansson.h>
#include <stdlib.h>

#include "base/json.h"
#include "formulas/factors.h"
#include "formulas/formulas.h"
#include "formulas/mean_field_form.h"
#include "model/regime.h"
#include "model/rules_print.h"

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
    static const char *const roles[] = {[WICK_LEG_STUDENT] = "student",
                                        [WICK_LEG_FIELD] = "field",
                                        [WICK_SUMMED_FIELD] = "summed",
                                        [WICK_SUMMED_TARGET] = "summed_target"};
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
    wick_json_print(text, value, JSON_ENCODE_ANY);
    json_decref(value);
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

/* ---- Mean field -------------------------------------------------------------------------------------------------- */

/* A key of a term, unless it would say nothing. */
static void set_power(json_t *object, const char *key, unsigned power, bool *fine)
{
    if (power > 0) *fine = json_object_set_new(object, key, json_integer(power)) == 0 && *fine;
}

static void set(json_t *object, const char *key, json_t *value, bool *fine)
{
    *fine = json_object_set_new(object, key, value) == 0 && *fine;
}

static void set_symbol(json_t *object, const wick_mean_field_term *term, bool *fine)
{
    if (term->symbol == WICK_MEAN_FIELD_TENSOR) {
        set(object, "T", json_pack("[i, i]", (int)term->n, (int)term->g), fine);
        set_power(object, "contracted", term->contracted, fine);
    }
    if (term->symbol == WICK_MEAN_FIELD_NORM) set(object, "norm", json_pack("[i, i]", (int)term->n, (int)term->g), fine);
    if (term->symbol == WICK_MEAN_FIELD_K) set_power(object, "K", term->n, fine);
    if (term->symbol == WICK_MEAN_FIELD_J) set_power(object, "J", term->n, fine);
}

static json_t *term_value(const wick_mean_field_term *term)
{
    bool fine = true;
    json_t *object = json_object(), *orders = NULL;
    set(object, "coefficient", rational_value(term->coefficient), &fine);
    set_power(object, "mu", term->moment, &fine);
    set_power(object, "v", term->v, &fine);
    set_power(object, "q", term->q, &fine);
    set_power(object, "uu", term->length, &fine);
    if (term->order_count > 0) orders = json_array();
    for (unsigned o = 0; orders && o < term->order_count; o++) orders = append(orders, json_integer(term->order[o]));
    if (term->order_count > 0) set(object, "S", orders, &fine);
    set_symbol(object, term, &fine);
    set_power(object, "u", term->along, &fine);
    if (fine) return object;
    json_decref(object);
    return NULL;
}

/* An array, an item a line. */
static void print_items(wick_text *text, json_t *(*value)(const void *, size_t), const void *of, size_t count)
{
    wick_text_append(text, "[");
    for (size_t i = 0; i < count && !text->failed; i++) {
        wick_text_append(text, i == 0 ? "\n      " : ",\n      ");
        print_value(text, value(of, i));
    }
    wick_text_append(text, count > 0 ? "\n    ]" : "]");
}

static json_t *sum_item(const void *of, size_t i) { return term_value(&((const wick_mean_field_sum *)of)->term[i]); }

static json_t *sum_value(const wick_mean_field_sum *sum)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < sum->count; i++) array = append(array, term_value(&sum->term[i]));
    return array;
}

static json_t *tensor_item(const void *of, size_t i)
{
    const wick_mean_field_tensor *tensor = &((const wick_mean_field_form *)of)->tensor[i];
    return json_pack("{s:i, s:i, s:o, s:o}", "n", (int)tensor->n, "g", (int)tensor->g, "student",
                     sum_value(&tensor->student), "target", sum_value(&tensor->target));
}

/* {"2": [...], ...}: the sums that are there, by number. */
static json_t *numbered_value(const wick_mean_field_sum *sums, size_t count)
{
    bool fine = true;
    json_t *object = json_object();
    for (size_t i = 0; object && i < count; i++) {
        char key[32];
        snprintf(key, sizeof key, "%zu", i);
        if (sums[i].count > 0) set(object, key, sum_value(&sums[i]), &fine);
    }
    if (fine) return object;
    json_decref(object);
    return NULL;
}

static void print_mean_field(wick_text *text, const wick_mean_field_form *form)
{
    const struct {
        const char *name;
        const wick_mean_field_sum *sum;
    } sums[] = {{"U", &form->potential},         {"dU/du", &form->gradient},  {"dU/dq", &form->perp},  {"G", &form->self},
                {"dG/du", &form->self_gradient}, {"dG/dq", &form->self_perp}, {"risk", &form->squares}};
    wick_text_printf(text, "  \"mean_field\": {\n    \"moments\": %u,\n    \"tensors\": ", form->moments);
    print_items(text, tensor_item, form, form->tensor_count);
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        wick_text_printf(text, ",\n    \"%s\": ", sums[i].name);
        print_items(text, sum_item, sums[i].sum, sums[i].sum->count);
    }
    wick_text_append(text, ",\n    \"K\": ");
    print_value(text, numbered_value(form->K, form->order_count));
    wick_text_append(text, ",\n    \"J\": ");
    print_value(text, numbered_value(form->J, form->order_count));
    wick_text_append(text, ",\n    \"noise\": ");
    print_value(text, coefficients_value(&form->noise));
    wick_text_append(text, "\n  }\n}\n");
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static void print_expansions(wick_text *text, const wick_closed_form *form)
{
    bool first = true;
    wick_text_append(text, "  \"expansions\": {");
    print_expansion(text, "flow", &form->flow, &first);
    print_expansion(text, "second_layer", &form->second_layer, &first);
    print_expansion(text, "variance", &form->variance, &first);
    print_expansion(text, "noise", &form->noise, &first);
    print_expansion(text, "risk", &form->risk, &first);
    wick_text_append(text, "\n  }\n}\n");
}

static void print_head(wick_text *text, const wick_closed_form *form, const wick_factors *factors)
{
    wick_text_append(text, "{\n");
    print_key(text, "wick", json_string(WICK_VERSION));
    print_key(text, "activation", activation_value(&form->student));
    print_key(text, "target_activation", activation_value(&form->target));
    print_key(text, "regime", json_string(form->parts->name));
    print_key(text, "second_layer", json_string(form->trained ? "trained" : "fixed"));
    if (form->rules) print_key(text, "rules", wick_rule_json(form->rules));
    print_key(text, "factors",
              json_pack("{s:o, s:o}", "student", factors_value(factors->student, factors->count), "target",
                        factors_value(factors->target, factors->count)));
}

wick_status wick_print_json(wick_context *context, const wick_closed_form *form, wick_text *text)
{
    wick_factors factors;
    wick_mean_field_form mean_field;
    wick_status status = WICK_OK;
    WICK_TRY(wick_factors_make(context, form, &factors));
    print_head(text, form, &factors);
    if (!form->parts->full) {
        status = wick_mean_field_form_make(context, form, &factors, &mean_field);
        if (status == WICK_OK) {
            print_mean_field(text, &mean_field);
            wick_mean_field_form_clear(&mean_field);
        }
    } else {
        print_expansions(text, form);
    }
    wick_factors_clear(&factors);
    return status == WICK_OK && text->failed ? wick_fail_memory(context, "printing the closed form") : status;
}

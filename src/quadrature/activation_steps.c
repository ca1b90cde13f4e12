/* See activation_steps.h. */
#include "quadrature/activation_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "quadrature/arrays.h"

/* ---- Which calls ------------------------------------------------------------------------------------------------------ */

static const char *unary_name(wick_operation operation)
{
    switch (operation) {
    case WICK_EXP: return "exp";
    case WICK_LOG: return "log";
    case WICK_SQRT: return "sqrt";
    case WICK_SIN: return "sin";
    case WICK_COS: return "cos";
    case WICK_TANH: return "tanh";
    case WICK_ERF: return "erf";
    case WICK_SIGMOID: return "sigmoid";
    case WICK_ERFC: return "erfc";
    case WICK_ATAN: return "atan";
    case WICK_ASINH: return "asinh";
    case WICK_SINH: return "sinh";
    case WICK_COSH: return "cosh";
    case WICK_SECH: return "sech";
    default: return "softplus";
    }
}

static const void *address_of(const char *name)
{
    for (size_t i = 0; i < wick_array_symbol_count; i++)
        if (strcmp(wick_array_symbols[i].name + strlen("array_"), name) == 0) return wick_array_symbols[i].address;
    return NULL;
}

static void choose_pair(const wick_graph *f, const wick_graph_node *of, wick_activation_step *step)
{
    const bool scale = f->node[of->left].constant != f->node[of->right].constant, left = f->node[of->left].constant;
    step->left = of->left;
    step->right = of->right;
    step->form = WICK_STEP_BINARY;
    step->name = of->operation == WICK_SUM ? "add" : of->operation == WICK_PRODUCT ? "multiply" : "divide";
    if (!scale || of->operation == WICK_SUM || (left && of->operation == WICK_QUOTIENT)) return;
    step->form = WICK_STEP_VALUED;
    step->name = "scale";
    step->left = left ? of->right : of->left;
    step->value = of->operation == WICK_PRODUCT ? wick_graph_at(f, left ? of->left : of->right, 0)
                                                : 1 / wick_graph_at(f, of->right, 0);
}

/* The exponents that derivatives bring get their own functions. */
static void choose_real_power(const wick_graph_node *of, wick_activation_step *step)
{
    if (of->numerator == -1 && of->denominator <= 2) {
        step->name = of->denominator == 1 ? "inverse" : "inverse_sqrt";
        return;
    }
    step->form = WICK_STEP_VALUED;
    step->name = "real_power";
    step->numerator = of->numerator;
    step->denominator = of->denominator;
    step->value = (double)of->numerator / (double)of->denominator;
}

static bool take_polynomial(const wick_polynomial *a, wick_activation_step *step)
{
    step->form = a->count > 0 ? WICK_STEP_POLYNOMIAL : WICK_STEP_FILL;
    step->name = a->count > 0 ? "polynomial" : "fill";
    if (a->count == 0) return true;
    step->exponent = a->count - 1;
    step->coefficient = wick_allocate(a->count, 1, sizeof *step->coefficient);
    for (size_t m = 0; m < a->count && step->coefficient; m++) step->coefficient[m] = wick_rational_value(a->coefficient[m]);
    return step->coefficient != NULL;
}

static bool make_step(const wick_graph *f, size_t node, wick_activation_step *step)
{
    const wick_graph_node *of = &f->node[node];
    bool made = true;
    *step = (wick_activation_step){.form = WICK_STEP_UNARY, .node = node, .left = of->left};
    if (of->constant) {
        step->form = WICK_STEP_FILL;
        step->name = "fill";
        step->value = wick_graph_at(f, node, 0);
    } else if (of->operation == WICK_POLYNOMIAL_NODE) {
        made = take_polynomial(&of->polynomial, step);
    } else if (of->operation == WICK_SUM || of->operation == WICK_PRODUCT || of->operation == WICK_QUOTIENT) {
        choose_pair(f, of, step);
    } else if (of->operation == WICK_POWER) {
        step->form = WICK_STEP_POWER;
        step->name = "power";
        step->exponent = of->exponent;
    } else if (of->operation == WICK_REAL_POWER) {
        choose_real_power(of, step);
    } else if (of->operation == WICK_LEAKY || of->operation == WICK_STEP) {
        step->form = WICK_STEP_VALUED;
        step->name = of->operation == WICK_LEAKY ? "leaky" : "step";
        step->value = of->slope;
    } else {
        step->name = unary_name(of->operation);
    }
    step->function = address_of(step->name);
    return made;
}

/* Constant operands are numbers of their users, except where both an addition and a division want an array. */
static bool wants_array(const wick_graph_node *user) { return user->operation != WICK_PRODUCT; }

static void find_used(const wick_graph *f, size_t root, bool *used)
{
    used[root] = true;
    for (size_t i = root + 1; i-- > 0;) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i] || of->constant || of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI) continue;
        if (!f->node[of->left].constant || wants_array(of)) used[of->left] = true;
        if (!f->node[of->right].constant || (wants_array(of) && of->operation != WICK_QUOTIENT)) used[of->right] = true;
    }
}

bool wick_activation_steps_make(const wick_graph *f, size_t root, wick_activation_steps *steps)
{
    bool used[WICK_GRAPH_LIMIT] = {false}, made;
    *steps = (wick_activation_steps){.root = root};
    steps->step = wick_allocate(root + 1, 1, sizeof *steps->step);
    made = steps->step != NULL;
    find_used(f, root, used);
    for (size_t i = 0; i <= root && made; i++)
        if (used[i]) made = make_step(f, i, &steps->step[steps->count++]);
    return made;
}

void wick_activation_steps_clear(wick_activation_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) free(steps->step[i].coefficient);
    free(steps->step);
    *steps = (wick_activation_steps){0};
}

/* ---- As C ------------------------------------------------------------------------------------------------------------- */

static void print_polynomial(wick_text *text, const wick_activation_step *of)
{
    wick_text_printf(text, "    { static const double c[] = {");
    for (size_t m = 0; m <= of->exponent; m++)
        wick_text_printf(text, "%s%s", m ? ", " : "", wick_number(of->coefficient[m]).text);
    wick_text_printf(text, "}; array_polynomial(n, %zu, c, x, t + n * %zu); }\n", of->exponent, of->node);
}

static void print_step(wick_text *text, const wick_activation_step *of)
{
    if (of->form == WICK_STEP_POLYNOMIAL) {
        print_polynomial(text, of);
        return;
    }
    wick_text_printf(text, "    array_%s(n, ", of->name);
    if (of->denominator > 0)
        wick_text_printf(text, "%ld.0 / %ld, ", of->numerator, of->denominator);
    else if (of->form == WICK_STEP_VALUED || of->form == WICK_STEP_FILL)
        wick_text_printf(text, "%s, ", wick_number(of->value).text);
    if (of->form == WICK_STEP_POWER) wick_text_printf(text, "%zu, ", of->exponent);
    if (of->form != WICK_STEP_FILL) wick_text_printf(text, "t + n * %zu, ", of->left);
    if (of->form == WICK_STEP_BINARY) wick_text_printf(text, "t + n * %zu, ", of->right);
    wick_text_printf(text, "t + n * %zu);\n", of->node);
}

void wick_activation_steps_print(wick_text *text, const wick_activation_steps *steps, const char *name)
{
    wick_text_printf(text, "void %s(size_t n, const double *x, double *t, double *y)\n{\n", name);
    for (size_t i = 0; i < steps->count; i++) print_step(text, &steps->step[i]);
    wick_text_printf(text, "    array_scale(n, 1, t + n * %zu, y);\n}\n", steps->root);
}

/* ---- One by one ------------------------------------------------------------------------------------------------------- */

/* What stands at an address, as POSIX has it; the form says which it is. */
typedef union {
    const void *address;
    void (*fill)(size_t, double, double *);
    void (*unary)(size_t, const double *, double *);
    void (*valued)(size_t, double, const double *, double *);
    void (*binary)(size_t, const double *, const double *, double *);
    void (*power)(size_t, size_t, const double *, double *);
    void (*polynomial)(size_t, size_t, const double *, const double *, double *);
} function;

void wick_activation_steps_walk(const wick_activation_steps *steps, size_t n, const double *x, double *t, double *y)
{
    for (size_t i = 0; i < steps->count; i++) {
        const wick_activation_step *of = &steps->step[i];
        const function call = {.address = of->function};
        const double *left = t + n * of->left, *right = t + n * of->right;
        double *const to = t + n * of->node;
        switch (of->form) {
        case WICK_STEP_FILL: call.fill(n, of->value, to); break;
        case WICK_STEP_UNARY: call.unary(n, left, to); break;
        case WICK_STEP_VALUED: call.valued(n, of->value, left, to); break;
        case WICK_STEP_BINARY: call.binary(n, left, right, to); break;
        case WICK_STEP_POWER: call.power(n, of->exponent, left, to); break;
        case WICK_STEP_POLYNOMIAL: call.polynomial(n, of->exponent, of->coefficient, x, to); break;
        }
    }
    memcpy(y, t + n * steps->root, n * sizeof *y);
}

/* See activation_code.h. */
#include "quadrature/activation_code.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "quadrature/arrays.h"

enum { BLOCK = 256 }; /* points at a time: a few arrays of them stay in the first cache */

typedef void (*block_function)(size_t n, const double *x, double *work, double *y);

struct wick_activation_code {
    wick_code *code;
    char *source;
    block_function value, derivative;
    size_t slots;
    atomic_size_t references;
};

/* ---- Source ---------------------------------------------------------------------------------------------------------- */

static void print_polynomial(wick_text *text, const wick_polynomial *a, size_t slot)
{
    if (a->count == 0) {
        wick_text_printf(text, "    array_fill(n, 0, t + n * %zu);\n", slot);
        return;
    }
    wick_text_printf(text, "    { static const double c[] = {");
    for (size_t m = 0; m < a->count; m++)
        wick_text_printf(text, "%s%s", m ? ", " : "", wick_number(wick_rational_value(a->coefficient[m])).text);
    wick_text_printf(text, "}; array_polynomial(n, %zu, c, x, t + n * %zu); }\n", a->count - 1, slot);
}

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

static void print_pair(wick_text *text, const wick_graph *f, size_t node)
{
    const wick_graph_node *of = &f->node[node];
    const bool scale = f->node[of->left].constant != f->node[of->right].constant;
    const bool left = f->node[of->left].constant;
    if (scale && of->operation == WICK_PRODUCT) {
        wick_text_printf(text, "    array_scale(n, %s, t + n * %zu, t + n * %zu);\n",
                         wick_number(wick_graph_at(f, left ? of->left : of->right, 0)).text, left ? of->right : of->left,
                         node);
    } else if (scale && !left && of->operation == WICK_QUOTIENT) {
        wick_text_printf(text, "    array_scale(n, %s, t + n * %zu, t + n * %zu);\n",
                         wick_number(1 / wick_graph_at(f, of->right, 0)).text, of->left, node);
    } else {
        const char *name = of->operation == WICK_SUM ? "add" : of->operation == WICK_PRODUCT ? "multiply" : "divide";
        wick_text_printf(text, "    array_%s(n, t + n * %zu, t + n * %zu, t + n * %zu);\n", name, of->left, of->right, node);
    }
}

/* The exponents that derivatives bring get their own functions. */
static void print_real_power(wick_text *text, const wick_graph_node *of, size_t node)
{
    if (of->numerator == -1 && of->denominator <= 2)
        wick_text_printf(text, "    array_inverse%s(n, t + n * %zu, t + n * %zu);\n", of->denominator == 1 ? "" : "_sqrt",
                         of->left, node);
    else
        wick_text_printf(text, "    array_real_power(n, %ld.0 / %ld, t + n * %zu, t + n * %zu);\n", of->numerator,
                         of->denominator, of->left, node);
}

/* A node's array is t + n * node. */
static void print_node(wick_text *text, const wick_graph *f, size_t node)
{
    const wick_graph_node *of = &f->node[node];
    if (of->constant) {
        wick_text_printf(text, "    array_fill(n, %s, t + n * %zu);\n", wick_number(wick_graph_at(f, node, 0)).text, node);
        return;
    }
    switch (of->operation) {
    case WICK_POLYNOMIAL_NODE: print_polynomial(text, &of->polynomial, node); break;
    case WICK_PI: break;
    case WICK_SUM:
    case WICK_PRODUCT:
    case WICK_QUOTIENT: print_pair(text, f, node); break;
    case WICK_POWER:
        wick_text_printf(text, "    array_power(n, %zu, t + n * %zu, t + n * %zu);\n", of->exponent, of->left, node);
        break;
    case WICK_REAL_POWER: print_real_power(text, of, node); break;
    case WICK_LEAKY:
    case WICK_STEP:
        wick_text_printf(text, "    array_%s(n, %s, t + n * %zu, t + n * %zu);\n",
                         of->operation == WICK_LEAKY ? "leaky" : "step", wick_number(of->slope).text, of->left, node);
        break;
    default:
        wick_text_printf(text, "    array_%s(n, t + n * %zu, t + n * %zu);\n", unary_name(of->operation), of->left, node);
        break;
    }
}

/* Constant operands are printed into their users, except where both an addition and a division want an array. */
static bool wants_array(const wick_graph_node *user) { return user->operation != WICK_PRODUCT; }

static void print_function(wick_text *text, const wick_graph *f, size_t root, const char *name)
{
    bool used[WICK_GRAPH_LIMIT] = {false};
    used[root] = true;
    for (size_t i = root + 1; i-- > 0;) {
        const wick_graph_node *of = &f->node[i];
        if (!used[i] || of->constant || of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI) continue;
        if (!f->node[of->left].constant || wants_array(of)) used[of->left] = true;
        if (!f->node[of->right].constant || (wants_array(of) && of->operation != WICK_QUOTIENT)) used[of->right] = true;
    }
    wick_text_printf(text, "void %s(size_t n, const double *x, double *t, double *y)\n{\n", name);
    for (size_t i = 0; i <= root; i++)
        if (used[i]) print_node(text, f, i);
    wick_text_printf(text, "    array_scale(n, 1, t + n * %zu, y);\n}\n", root);
}

/* ---- Compiling ------------------------------------------------------------------------------------------------------- */

static wick_status compile(wick_context *context, const wick_graph *f, wick_activation_code *code)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, wick_array_declarations);
    print_function(&text, f, f->value, "activation_value");
    print_function(&text, f, f->derivative, "activation_derivative");
    const wick_status status = wick_text_take(context, &text, &code->source);
    wick_text_clear(&text);
    WICK_TRY(status);
    static const char *const names[] = {"activation_value", "activation_derivative"};
    void *symbols[2];
    WICK_TRY(wick_code_compile_with(context, code->source, wick_array_symbols, wick_array_symbol_count, names, symbols, 2,
                                    &code->code));
    memcpy(&code->value, &symbols[0], sizeof symbols[0]); /* POSIX: pointers to data and functions are alike */
    memcpy(&code->derivative, &symbols[1], sizeof symbols[1]);
    code->slots = f->count;
    return WICK_OK;
}

wick_status wick_activation_code_make(wick_context *context, const wick_graph *function, wick_activation_code **code)
{
    *code = NULL;
    wick_activation_code *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "compiling an activation");
    atomic_init(&made->references, 1);
    const wick_status status = compile(context, function, made);
    if (status == WICK_OK)
        *code = made;
    else
        wick_activation_code_free(made);
    return status;
}

wick_activation_code *wick_activation_code_share(wick_activation_code *code)
{
    atomic_fetch_add(&code->references, 1);
    return code;
}

void wick_activation_code_free(wick_activation_code *code)
{
    if (!code || atomic_fetch_sub(&code->references, 1) != 1) return;
    wick_code_free(code->code);
    free(code->source);
    free(code);
}

const char *wick_activation_code_source(const wick_activation_code *code) { return code->source; }

size_t wick_activation_code_work(const wick_activation_code *code) { return code->slots * BLOCK; }

size_t wick_activation_code_work_for(const wick_activation_code *code, size_t n)
{
    return code->slots * (n < BLOCK ? n : BLOCK);
}

void wick_activation_evaluate(const wick_activation_code *code, size_t n, const double *x, double *work, double *s,
                              double *derivative)
{
    for (size_t done = 0; done < n; done += BLOCK) {
        const size_t count = n - done < BLOCK ? n - done : BLOCK;
        if (s) code->value(count, x + done, work, s + done);
        if (derivative) code->derivative(count, x + done, work, derivative + done);
    }
}

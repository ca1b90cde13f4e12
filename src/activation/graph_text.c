/* See graph.h: a function as an expression of the grammar in activation.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "base/number.h"

/* How tightly an expression holds together: what binds less is put in parentheses. */
enum { OF_SUM, OF_PRODUCT, OF_POWER, OF_ATOM };

size_t wick_graph_size(const wick_graph *f, size_t node)
{
    unsigned short sizes[WICK_GRAPH_LIMIT];
    for (size_t i = 0; i <= node; i++) {
        const wick_graph_node *of = &f->node[i];
        size_t size = 1;
        if (of->operation == WICK_POLYNOMIAL_NODE)
            size += of->polynomial.count;
        else if (of->operation != WICK_PI)
            size +=
                (size_t)sizes[of->left] + (of->right != of->left || of->operation <= WICK_QUOTIENT ? sizes[of->right] : 0);
        sizes[i] = (unsigned short)(size < WICK_SIZE_LIMIT ? size : WICK_SIZE_LIMIT);
    }
    return sizes[node];
}

static bool is_rational(const wick_graph *f, size_t at)
{
    return f->node[at].operation == WICK_POLYNOMIAL_NODE && f->node[at].polynomial.count <= 1;
}

static int polynomial_level(const wick_polynomial *a)
{
    size_t terms = 0;
    for (size_t i = 0; i < a->count; i++) terms += mpq_sgn(a->coefficient[i]) != 0;
    if (terms == 0) return OF_ATOM;
    mpq_srcptr last = a->coefficient[a->count - 1];
    if (terms > 1 || mpq_sgn(last) < 0) return OF_SUM;
    if (a->count == 1) return mpz_cmp_ui(mpq_denref(last), 1) == 0 ? OF_ATOM : OF_PRODUCT;
    return mpq_cmp_si(last, 1, 1) != 0 ? OF_PRODUCT : a->count == 2 ? OF_ATOM : OF_POWER;
}

/* Constants stand first in a product. */
static bool is_turned(const wick_graph *f, const wick_graph_node *product)
{
    return f->node[product->right].constant && !f->node[product->left].constant;
}

static bool is_negative(const wick_graph *f, size_t at)
{
    const wick_graph_node *node = &f->node[at];
    if (node->operation == WICK_PRODUCT) return is_negative(f, is_turned(f, node) ? node->right : node->left);
    return is_rational(f, at) && node->polynomial.count == 1 && mpq_sgn(node->polynomial.coefficient[0]) < 0;
}

static int level_of(const wick_graph *f, size_t at)
{
    const wick_graph_node *node = &f->node[at];
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: return polynomial_level(&node->polynomial);
    case WICK_SUM: return OF_SUM;
    case WICK_STEP: return node->slope == 0 || node->slope == -1 ? OF_ATOM : OF_SUM;
    case WICK_PRODUCT: return is_negative(f, at) ? OF_SUM : OF_PRODUCT;
    case WICK_QUOTIENT: return is_negative(f, node->left) ? OF_SUM : OF_PRODUCT;
    case WICK_POWER:
    case WICK_REAL_POWER: return OF_POWER;
    default: return OF_ATOM;
    }
}

static const char *name_of(const wick_graph_node *node)
{
    switch (node->operation) {
    case WICK_EXP: return "exp";
    case WICK_LOG: return "log";
    case WICK_SQRT: return "sqrt";
    case WICK_SIN: return "sin";
    case WICK_COS: return "cos";
    case WICK_TANH: return "tanh";
    case WICK_ERF: return "erf";
    case WICK_SIGMOID: return "sigmoid";
    case WICK_SOFTPLUS: return "softplus";
    case WICK_ERFC: return "erfc";
    case WICK_ATAN: return "atan";
    case WICK_ASINH: return "asinh";
    case WICK_SINH: return "sinh";
    case WICK_COSH: return "cosh";
    case WICK_SECH: return "sech";
    case WICK_LEAKY: return node->slope == 0 ? "relu" : node->slope == -1 ? "abs" : "leaky_relu";
    default: return node->slope == -1 ? "sign" : "heaviside";
    }
}

static void print_node(wick_text *text, const wick_graph *f, size_t at, int level);

/* A sum's right side brings its own minus, if it has one. */
static void print_sum(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    wick_text right = WICK_TEXT_EMPTY;
    print_node(text, f, node->left, OF_SUM);
    print_node(&right, f, node->right, OF_SUM);
    if (right.failed || !right.bytes)
        text->failed = true;
    else if (right.bytes[0] == '-')
        wick_text_printf(text, " - %s", right.bytes + 1);
    else
        wick_text_printf(text, " + %s", right.bytes);
    wick_text_clear(&right);
}

static void print_product(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool turned = is_turned(f, node);
    const size_t first = turned ? node->right : node->left, second = turned ? node->left : node->right;
    const bool minus =
        is_negative(f, first) && is_rational(f, first) && mpq_cmp_si(f->node[first].polynomial.coefficient[0], -1, 1) == 0;
    if (minus) {
        wick_text_append(text, "-");
    } else {
        print_node(text, f, first, is_negative(f, first) ? OF_SUM : OF_PRODUCT);
        wick_text_append(text, "*");
    }
    /* a*(b/c) is not a*b/c once rounding counts, and -x^2 of a negative factor needs its parentheses. */
    print_node(text, f, second, f->node[second].operation == WICK_POLYNOMIAL_NODE ? OF_POWER : OF_PRODUCT);
}

static void print_quotient(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    print_node(text, f, node->left, is_negative(f, node->left) ? OF_SUM : OF_PRODUCT);
    wick_text_append(text, "/");
    print_node(text, f, node->right, OF_POWER);
}

static void print_call(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool step = node->operation == WICK_STEP && level_of(f, (size_t)(node - f->node)) == OF_SUM;
    if (step) {
        wick_text_append(text, wick_number(node->slope).text);
        wick_text_append(text, " + ");
        wick_text_append(text, wick_number(1 - node->slope).text);
        wick_text_append(text, "*");
    }
    wick_text_printf(text, "%s(", name_of(node));
    print_node(text, f, node->left, OF_SUM);
    if (node->operation == WICK_LEAKY && node->slope != 0 && node->slope != -1) {
        wick_text_append(text, ", ");
        wick_text_append(text, wick_number(node->slope).text);
    }
    wick_text_append(text, ")");
}

/* A decimal with many digits reads better than a fraction of two long numbers. */
static void print_polynomial(wick_text *text, const wick_graph_node *node)
{
    const wick_polynomial *a = &node->polynomial;
    const bool constant = a->count == 1 && mpz_sizeinbase(mpq_denref(a->coefficient[0]), 2) > 20;
    mpq_t rounded;
    mpq_init(rounded);
    if (constant) {
        mpz_set_ui(mpq_numref(rounded), 10);
        mpz_pow_ui(mpq_numref(rounded), mpq_numref(rounded), 16);
        mpq_mul(rounded, rounded, a->coefficient[0]);
    }
    const bool decimal = constant && mpz_cmp_ui(mpq_denref(rounded), 1) == 0 && mpz_sizeinbase(mpq_numref(rounded), 2) < 57;
    mpq_clear(rounded);
    if (decimal)
        wick_text_append(text, wick_number(node->rounded[0]).text);
    else
        wick_polynomial_print(text, a, "x");
}

static void print_inside(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: print_polynomial(text, node); break;
    case WICK_PI: wick_text_append(text, "pi"); break;
    case WICK_SUM: print_sum(text, f, node); break;
    case WICK_PRODUCT: print_product(text, f, node); break;
    case WICK_QUOTIENT: print_quotient(text, f, node); break;
    case WICK_POWER:
        print_node(text, f, node->left, OF_ATOM);
        wick_text_printf(text, "^%zu", node->exponent);
        break;
    case WICK_REAL_POWER:
        print_node(text, f, node->left, OF_ATOM);
        wick_text_printf(text, node->denominator == 1 ? "^(%ld)" : "^(%ld/%ld)", node->numerator, node->denominator);
        break;
    default: print_call(text, f, node);
    }
}

static void print_node(wick_text *text, const wick_graph *f, size_t at, int level)
{
    const bool enclosed = level_of(f, at) < level;
    if (enclosed) wick_text_append(text, "(");
    print_inside(text, f, &f->node[at]);
    if (enclosed) wick_text_append(text, ")");
}

void wick_graph_print(wick_text *text, const wick_graph *f, size_t node)
{
    if (wick_graph_size(f, node) < WICK_SIZE_LIMIT)
        print_node(text, f, node, OF_SUM);
    else
        wick_text_append(text, "(too long to be written out)");
}

/* See function.h. */
#include "formulas/function.h"

#include <string.h>

#include "formulas/notation.h"

/* How tightly a formula holds together: what binds less is put in parentheses. */
enum { OF_SUM, OF_PRODUCT, OF_POWER, OF_ATOM };

static int polynomial_level(const wick_polynomial *a)
{
    size_t terms = 0;
    for (size_t i = 0; i < a->count; i++) terms += mpq_sgn(a->coefficient[i]) != 0;
    if (terms == 0) return OF_ATOM;
    mpq_srcptr last = a->coefficient[a->count - 1];
    if (terms > 1 || mpq_sgn(last) < 0) return OF_SUM;
    const bool one = mpq_cmp_si(last, 1, 1) == 0, whole = mpz_cmp_ui(mpq_denref(last), 1) == 0;
    if (a->count == 1) return whole ? OF_ATOM : OF_PRODUCT;
    return !one ? OF_PRODUCT : a->count == 2 ? OF_ATOM : OF_POWER;
}

/* Constants stand first in a product. */
static bool is_turned(const wick_graph *f, const wick_graph_node *product)
{
    return f->node[product->right].constant && !f->node[product->left].constant;
}

/* Does the formula of a node begin with a minus? */
static bool is_negative(const wick_graph *f, size_t at)
{
    const wick_graph_node *node = &f->node[at];
    if (node->operation == WICK_PRODUCT) return is_negative(f, is_turned(f, node) ? node->right : node->left);
    const wick_polynomial *a = &node->polynomial;
    return node->operation == WICK_POLYNOMIAL_NODE && a->count == 1 && mpq_sgn(a->coefficient[0]) < 0;
}

static int level_of(const wick_graph *f, size_t at)
{
    const wick_graph_node *node = &f->node[at];
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: return polynomial_level(&node->polynomial);
    case WICK_SUM: return OF_SUM;
    case WICK_PRODUCT: return is_negative(f, at) ? OF_SUM : OF_PRODUCT;
    case WICK_QUOTIENT: return OF_PRODUCT;
    case WICK_POWER:
    case WICK_REAL_POWER: return OF_POWER;
    default: return OF_ATOM;
    }
}

static const char *name_of(wick_operation operation)
{
    switch (operation) {
    case WICK_EXP: return "\\exp";
    case WICK_LOG: return "\\log";
    case WICK_SIN: return "\\sin";
    case WICK_COS: return "\\cos";
    case WICK_TANH: return "\\tanh";
    case WICK_ERF: return "\\operatorname{erf}";
    case WICK_SIGMOID: return "\\operatorname{sigmoid}";
    case WICK_SOFTPLUS: return "\\operatorname{softplus}";
    case WICK_ERFC: return "\\operatorname{erfc}";
    case WICK_ATAN: return "\\arctan";
    case WICK_ASINH: return "\\operatorname{arsinh}";
    case WICK_SINH: return "\\sinh";
    case WICK_COSH: return "\\cosh";
    case WICK_SECH: return "\\operatorname{sech}";
    default: return "\\operatorname{relu}";
    }
}

static void print_node(wick_text *text, const wick_graph *f, size_t at, int level);
static void print_enclosed(wick_text *text, const wick_graph *f, size_t at);

/* u for u > 0, slope u below: relu, the absolute value, or leaky relu. */
static void print_leaky(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool absolute = node->slope == -1, plain = node->slope == 0;
    wick_text_append(text, absolute ? "\\lvert " : plain ? "\\operatorname{relu}(" : "\\operatorname{leaky\\_relu}(");
    print_node(text, f, node->left, OF_SUM);
    if (absolute)
        wick_text_append(text, " \\rvert");
    else if (plain)
        wick_text_append(text, ")");
    else
        wick_text_printf(text, ", %.10g)", node->slope);
}

/* 1 for u > 0, slope below: the step of Heaviside, the sign, or any. */
static void print_step(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool sign = node->slope == -1, plain = node->slope == 0;
    if (!sign && !plain) wick_text_printf(text, "%.10g + %.10g\\, ", node->slope, 1 - node->slope);
    wick_text_append(text, sign ? "\\operatorname{sign}" : "\\theta");
    print_enclosed(text, f, node->left);
}

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

/* In parentheses as large as what they hold. */
static void print_enclosed(wick_text *text, const wick_graph *f, size_t at)
{
    wick_text inside = WICK_TEXT_EMPTY;
    print_node(&inside, f, at, OF_SUM);
    const bool tall = inside.bytes && strstr(inside.bytes, "frac{");
    if (inside.failed)
        text->failed = true;
    else
        wick_text_printf(text, tall ? "\\left(%s\\right)" : "(%s)", inside.bytes);
    wick_text_clear(&inside);
}

static void print_product(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool turned = is_turned(f, node);
    const size_t first = turned ? node->right : node->left, second = turned ? node->left : node->right;
    const wick_polynomial *a = &f->node[first].polynomial;
    const bool negative = is_negative(f, first);
    if (negative && f->node[first].operation == WICK_POLYNOMIAL_NODE && mpq_cmp_si(a->coefficient[0], -1, 1) == 0) {
        wick_text_append(text, "-");
    } else {
        print_node(text, f, first, negative ? OF_SUM : OF_PRODUCT);
        wick_text_append(text, "\\, ");
    }
    print_node(text, f, second, OF_PRODUCT);
}

static void print_quotient(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    const bool small = level_of(f, node->left) == OF_ATOM && level_of(f, node->right) == OF_ATOM;
    wick_text_append(text, small ? "" : "\\frac{");
    print_node(text, f, node->left, OF_SUM);
    wick_text_append(text, small ? "/" : "}{");
    print_node(text, f, node->right, OF_SUM);
    wick_text_append(text, small ? "" : "}");
}

static void print_inside(wick_text *text, const wick_graph *f, const wick_graph_node *node)
{
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: wick_print_polynomial(text, true, &node->polynomial, "x"); break;
    case WICK_PI: wick_text_append(text, "\\pi"); break;
    case WICK_SUM: print_sum(text, f, node); break;
    case WICK_PRODUCT: print_product(text, f, node); break;
    case WICK_QUOTIENT: print_quotient(text, f, node); break;
    case WICK_POWER:
        print_node(text, f, node->left, OF_ATOM);
        wick_text_printf(text, "^{%zu}", node->exponent);
        break;
    case WICK_SQRT:
        wick_text_append(text, "\\sqrt{");
        print_node(text, f, node->left, OF_SUM);
        wick_text_append(text, "}");
        break;
    case WICK_REAL_POWER:
        print_node(text, f, node->left, OF_ATOM);
        wick_text_printf(text, node->denominator == 1 ? "^{%ld}" : "^{%ld/%ld}", node->numerator, node->denominator);
        break;
    case WICK_LEAKY: print_leaky(text, f, node); break;
    case WICK_STEP: print_step(text, f, node); break;
    default: wick_text_append(text, name_of(node->operation)); print_enclosed(text, f, node->left);
    }
}

static void print_node(wick_text *text, const wick_graph *f, size_t at, int level)
{
    if (level_of(f, at) < level)
        print_enclosed(text, f, at);
    else
        print_inside(text, f, &f->node[at]);
}

void wick_print_function(wick_text *text, const wick_graph *f)
{
    if (wick_graph_size(f, f->value) < WICK_SIZE_LIMIT)
        print_node(text, f, f->value, OF_SUM);
    else
        wick_text_append(text, "\\text{(too long to be written out)}");
}

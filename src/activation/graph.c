/* See graph.h: nodes, constructors, derivatives, values. */
#include "activation/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation/activation.h"
#include "activation/rewrite.h"
#include "base/memory.h"

void wick_graph_clear(wick_graph *function)
{
    for (size_t i = 0; i < function->count; i++) wick_polynomial_clear(&function->node[i].polynomial);
    free(function->node);
    *function = WICK_GRAPH_EMPTY;
}

bool wick_graph_copy(wick_graph *result, const wick_graph *f)
{
    const wick_polynomial zero = WICK_POLYNOMIAL_ZERO;
    if (!wick_reserve(&result->node, &result->capacity, f->count, sizeof *f->node)) return false;
    for (size_t i = 0; i < f->count; i++) {
        result->node[i] = f->node[i];
        result->node[i].polynomial = zero;
        result->count = i + 1;
        if (wick_polynomial_copy(&result->node[i].polynomial, &f->node[i].polynomial)) continue;
        wick_graph_clear(result);
        return false;
    }
    result->value = f->value;
    result->derivative = f->derivative;
    return true;
}

/* ---- Nodes ------------------------------------------------------------------------------------------------------- */

static bool same(const wick_graph_node *a, const wick_graph_node *b)
{
    return a->operation == b->operation && a->left == b->left && a->right == b->right && a->exponent == b->exponent &&
           a->numerator == b->numerator && a->denominator == b->denominator &&
           !(a->slope < b->slope || a->slope > b->slope) && wick_polynomial_equal(&a->polynomial, &b->polynomial);
}

/* The node equal to `wanted`, made if there is none. The polynomial of `wanted` is taken over. */
static bool intern(wick_graph *f, wick_graph_node *wanted, size_t *result)
{
    for (size_t i = 0; i < f->count; i++) {
        if (!same(&f->node[i], wanted)) continue;
        wick_polynomial_clear(&wanted->polynomial);
        *result = i;
        return true;
    }
    if (f->count >= WICK_GRAPH_LIMIT || !wick_reserve(&f->node, &f->capacity, f->count + 1, sizeof *f->node)) {
        wick_polynomial_clear(&wanted->polynomial);
        return false;
    }
    f->node[f->count] = *wanted;
    *result = f->count++;
    return true;
}

/* The node of `f` that equals `wanted`, whose operands are nodes of `f`; f->count if there is none. */
static size_t find(const wick_graph *f, const wick_graph_node *wanted)
{
    size_t i = 0;
    while (i < f->count && !same(&f->node[i], wanted)) i++;
    return i;
}

static bool has_operands(wick_operation operation) { return operation != WICK_POLYNOMIAL_NODE && operation != WICK_PI; }

bool wick_graph_equal(const wick_graph *a, const wick_graph *b)
{
    size_t twin[WICK_GRAPH_LIMIT]; /* of each node of a, in b */
    for (size_t i = 0; i <= a->value; i++) {
        wick_graph_node wanted = a->node[i];
        twin[i] = b->count;
        if (has_operands(wanted.operation)) {
            const size_t left = twin[wanted.left], right = twin[wanted.right];
            if (left == b->count || right == b->count) continue;
            const bool commutes = wanted.operation == WICK_SUM || wanted.operation == WICK_PRODUCT;
            wanted.left = commutes && right < left ? right : left;
            wanted.right = commutes && right < left ? left : right;
        }
        twin[i] = find(b, &wanted);
    }
    return twin[a->value] == b->value;
}

static const wick_polynomial *polynomial_of(const wick_graph *f, size_t node)
{
    return f->node[node].operation == WICK_POLYNOMIAL_NODE ? &f->node[node].polynomial : NULL;
}

static bool is_rational(const wick_polynomial *a, long value)
{
    if (!a || a->count > 1) return false;
    return value == 0 ? a->count == 0 : a->count == 1 && mpq_cmp_si(a->coefficient[0], value, 1) == 0;
}

static bool take_polynomial(wick_graph *f, wick_polynomial *polynomial, size_t *result)
{
    wick_graph_node node = {
        .operation = WICK_POLYNOMIAL_NODE, .polynomial = *polynomial, .constant = polynomial->count <= 1};
    for (size_t i = 0; i < polynomial->count && i <= WICK_DEGREE_LIMIT; i++)
        node.rounded[i] = wick_rational_value(polynomial->coefficient[i]);
    return intern(f, &node, result);
}

bool wick_graph_polynomial(wick_graph *f, const wick_polynomial *polynomial, size_t *result)
{
    wick_polynomial copy = WICK_POLYNOMIAL_ZERO;
    return wick_polynomial_copy(&copy, polynomial) && take_polynomial(f, &copy, result);
}

bool wick_graph_rational(wick_graph *f, long numerator, unsigned long denominator, size_t *result)
{
    mpq_t value;
    mpq_init(value);
    mpq_set_si(value, numerator, denominator);
    mpq_canonicalize(value);
    wick_polynomial constant = WICK_POLYNOMIAL_ZERO;
    const bool made = wick_polynomial_set_monomial(&constant, value, 0);
    mpq_clear(value);
    return made && take_polynomial(f, &constant, result);
}

bool wick_graph_is_rational(const wick_graph *f, size_t node, double *value)
{
    const wick_polynomial *a = polynomial_of(f, node);
    if (!a || a->count > 1) return false;
    *value = f->node[node].rounded[0];
    return true;
}

/* ---- Constructors that simplify ---------------------------------------------------------------------------------- */

typedef bool (*polynomial_operation)(wick_polynomial *, const wick_polynomial *, const wick_polynomial *);

static bool fold(wick_graph *f, polynomial_operation operation, size_t left, size_t right, size_t *result)
{
    wick_polynomial folded = WICK_POLYNOMIAL_ZERO;
    if (operation(&folded, polynomial_of(f, left), polynomial_of(f, right))) return take_polynomial(f, &folded, result);
    wick_polynomial_clear(&folded);
    return false;
}

/* Divides by a constant that is not zero. */
static bool fold_quotient(wick_polynomial *result, const wick_polynomial *a, const wick_polynomial *b)
{
    mpq_t inverse;
    mpq_init(inverse);
    mpq_inv(inverse, b->coefficient[0]);
    const bool done = wick_polynomial_scale(result, a, inverse);
    mpq_clear(inverse);
    return done;
}

static bool make(wick_graph *f, wick_operation operation, size_t left, size_t right, size_t *result)
{
    wick_graph_node node = {.operation = operation, .left = left, .right = right};
    node.constant = f->node[left].constant && f->node[right].constant;
    return intern(f, &node, result);
}

static size_t degree(const wick_polynomial *a) { return a->count == 0 ? 0 : a->count - 1; }

bool wick_graph_combine(wick_graph *f, wick_operation operation, size_t left, size_t right, size_t *result)
{
    const wick_polynomial *a = polynomial_of(f, left), *b = polynomial_of(f, right);
    *result = left;
    if (operation == WICK_SUM) {
        if (a && b) return fold(f, wick_polynomial_add, left, right, result);
        if (is_rational(b, 0)) return true;
        if (is_rational(a, 0)) return *result = right, true;
    } else if (operation == WICK_PRODUCT) {
        if (a && b && degree(a) + degree(b) <= WICK_DEGREE_LIMIT)
            return fold(f, wick_polynomial_multiply, left, right, result);
        if (is_rational(a, 0) || is_rational(b, 1)) return true;
        if (is_rational(b, 0) || is_rational(a, 1)) return *result = right, true;
    } else {
        if (a && b && b->count == 1) return fold(f, fold_quotient, left, right, result);
        if (is_rational(a, 0) || is_rational(b, 1)) return true;
    }
    const wick_rewriting rewritten = wick_rewrite_pair(f, operation, left, right, result);
    if (rewritten != WICK_REWRITE_NONE) return rewritten == WICK_REWRITE_DONE;
    if (operation != WICK_QUOTIENT && right < left) return make(f, operation, right, left, result); /* both commute */
    return make(f, operation, left, right, result);
}

bool wick_graph_power(wick_graph *f, size_t base, size_t exponent, size_t *result)
{
    *result = base;
    if (exponent == 1) return true;
    if (exponent == 0) return wick_graph_rational(f, 1, 1, result);
    const wick_polynomial *a = polynomial_of(f, base);
    if (a && degree(a) * exponent <= WICK_DEGREE_LIMIT && exponent <= WICK_DEGREE_LIMIT) {
        wick_polynomial power = WICK_POLYNOMIAL_ZERO;
        return wick_polynomial_power(&power, a, exponent) && take_polynomial(f, &power, result);
    }
    const wick_rewriting rewritten = wick_rewrite_power(f, base, (long)exponent, 1, result);
    if (rewritten != WICK_REWRITE_NONE) return rewritten == WICK_REWRITE_DONE;
    wick_graph_node node = {
        .operation = WICK_POWER, .left = base, .right = base, .exponent = exponent, .constant = f->node[base].constant};
    return intern(f, &node, result);
}

static unsigned long common_divisor(unsigned long a, unsigned long b)
{
    while (b != 0) {
        const unsigned long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

bool wick_graph_real_power(wick_graph *f, size_t base, long numerator, long denominator, size_t *result)
{
    const unsigned long size = numerator < 0 ? -(unsigned long)numerator : (unsigned long)numerator;
    const long divisor = (long)common_divisor(size, (unsigned long)denominator);
    numerator /= divisor;
    denominator /= divisor;
    if (denominator == 1 && numerator >= 0) return wick_graph_power(f, base, (size_t)numerator, result);
    if (denominator == 2 && numerator == 1) return wick_graph_apply(f, WICK_SQRT, base, 0, result);
    const wick_rewriting rewritten = wick_rewrite_power(f, base, numerator, denominator, result);
    if (rewritten != WICK_REWRITE_NONE) return rewritten == WICK_REWRITE_DONE;
    wick_graph_node node = {.operation = WICK_REAL_POWER,
                            .left = base,
                            .right = base,
                            .numerator = numerator,
                            .denominator = denominator,
                            .constant = f->node[base].constant};
    return intern(f, &node, result);
}

bool wick_graph_apply(wick_graph *f, wick_operation operation, size_t argument, double slope, size_t *result)
{
    const wick_rewriting rewritten =
        operation == WICK_PI ? WICK_REWRITE_NONE : wick_rewrite_function(f, operation, argument, result);
    if (rewritten != WICK_REWRITE_NONE) return rewritten == WICK_REWRITE_DONE;
    wick_graph_node node = {.operation = operation,
                            .left = argument,
                            .right = argument,
                            .slope = slope,
                            .constant = operation != WICK_PI && f->node[argument].constant};
    if (operation == WICK_PI) node = (wick_graph_node){.operation = WICK_PI, .constant = true};
    return intern(f, &node, result);
}

/* ---- Derivatives ------------------------------------------------------------------------------------------------- */

/* 1 - u^2 */
static bool one_minus_square(wick_graph *f, size_t u, size_t *result)
{
    size_t square, one, minus;
    return wick_graph_power(f, u, 2, &square) && wick_graph_rational(f, -1, 1, &minus) &&
           wick_graph_rational(f, 1, 1, &one) && wick_graph_combine(f, WICK_PRODUCT, minus, square, &square) &&
           wick_graph_combine(f, WICK_SUM, one, square, result);
}

/* 2/sqrt(pi) exp(-u^2) */
static bool erf_slope(wick_graph *f, size_t u, size_t *result)
{
    size_t square, minus, two, root;
    return wick_graph_power(f, u, 2, &square) && wick_graph_rational(f, -1, 1, &minus) &&
           wick_graph_combine(f, WICK_PRODUCT, minus, square, &square) &&
           wick_graph_apply(f, WICK_EXP, square, 0, &square) && wick_graph_apply(f, WICK_PI, 0, 0, &root) &&
           wick_graph_apply(f, WICK_SQRT, root, 0, &root) && wick_graph_rational(f, 2, 1, &two) &&
           wick_graph_combine(f, WICK_QUOTIENT, two, root, &two) && wick_graph_combine(f, WICK_PRODUCT, two, square, result);
}

/* 1 + u^2, to the power -1/2 or -1 */
static bool one_plus_square(wick_graph *f, size_t u, bool root, size_t *result)
{
    size_t square, one;
    return wick_graph_power(f, u, 2, &square) && wick_graph_rational(f, 1, 1, &one) &&
           wick_graph_combine(f, WICK_SUM, one, square, &square) &&
           wick_graph_real_power(f, square, -1, root ? 2 : 1, result);
}

/* -sech(u) tanh(u) */
static bool sech_slope(wick_graph *f, size_t node, size_t u, size_t *result)
{
    size_t minus, slope;
    return wick_graph_rational(f, -1, 1, &minus) && wick_graph_apply(f, WICK_TANH, u, 0, &slope) &&
           wick_graph_combine(f, WICK_PRODUCT, node, slope, &slope) &&
           wick_graph_combine(f, WICK_PRODUCT, minus, slope, result);
}

/* r u^(r - 1) */
static bool power_slope(wick_graph *f, size_t u, long numerator, long denominator, size_t *result)
{
    size_t factor, power;
    return wick_graph_rational(f, numerator, (unsigned long)denominator, &factor) &&
           wick_graph_real_power(f, u, numerator - denominator, denominator, &power) &&
           wick_graph_combine(f, WICK_PRODUCT, factor, power, result);
}

/* u (1 - u) */
static bool sigmoid_slope(wick_graph *f, size_t u, size_t *result)
{
    size_t one, minus;
    return wick_graph_rational(f, -1, 1, &minus) && wick_graph_rational(f, 1, 1, &one) &&
           wick_graph_combine(f, WICK_PRODUCT, minus, u, &minus) && wick_graph_combine(f, WICK_SUM, one, minus, &one) &&
           wick_graph_combine(f, WICK_PRODUCT, u, one, result);
}

/* scale * (operation of u) */
static bool scaled(wick_graph *f, long scale, wick_operation operation, size_t u, size_t *result)
{
    size_t factor;
    return wick_graph_rational(f, scale, 1, &factor) && wick_graph_apply(f, operation, u, 0, result) &&
           wick_graph_combine(f, WICK_PRODUCT, factor, *result, result);
}

/* The derivative of a function of one argument u with respect to u; `node` is its value. */
static bool outer_slope(wick_graph *f, size_t node, size_t *result)
{
    const wick_graph_node of = f->node[node];
    size_t one, two, minus;
    if (!wick_graph_rational(f, 1, 1, &one) || !wick_graph_rational(f, 2, 1, &two)) return false;
    switch (of.operation) {
    case WICK_EXP: return *result = node, true;
    case WICK_LOG: return wick_graph_combine(f, WICK_QUOTIENT, one, of.left, result);
    case WICK_SQRT:
        return wick_graph_combine(f, WICK_PRODUCT, two, node, &two) &&
               wick_graph_combine(f, WICK_QUOTIENT, one, two, result);
    case WICK_SIN: return wick_graph_apply(f, WICK_COS, of.left, 0, result);
    case WICK_COS: return scaled(f, -1, WICK_SIN, of.left, result);
    case WICK_TANH: return one_minus_square(f, node, result);
    case WICK_ERF: return erf_slope(f, of.left, result);
    case WICK_SIGMOID: return sigmoid_slope(f, node, result);
    case WICK_SOFTPLUS: return wick_graph_apply(f, WICK_SIGMOID, of.left, 0, result);
    case WICK_LEAKY: return wick_graph_apply(f, WICK_STEP, of.left, of.slope, result);
    case WICK_ERFC:
        return wick_graph_rational(f, -1, 1, &minus) && erf_slope(f, of.left, result) &&
               wick_graph_combine(f, WICK_PRODUCT, minus, *result, result);
    case WICK_ATAN: return one_plus_square(f, of.left, false, result);
    case WICK_ASINH: return one_plus_square(f, of.left, true, result);
    case WICK_SINH: return wick_graph_apply(f, WICK_COSH, of.left, 0, result);
    case WICK_COSH: return wick_graph_apply(f, WICK_SINH, of.left, 0, result);
    case WICK_SECH: return sech_slope(f, node, of.left, result);
    case WICK_REAL_POWER: return power_slope(f, of.left, of.numerator, of.denominator, result);
    default: return wick_graph_rational(f, 0, 1, result); /* a step: flat on both sides */
    }
}

/* left' * right + left * right', or the quotient rule */
static bool derive_pair(wick_graph *f, const wick_graph_node *of, size_t left, size_t right, size_t *result)
{
    size_t first, second, minus, square;
    if (of->operation == WICK_SUM) return wick_graph_combine(f, WICK_SUM, left, right, result);
    if (of->operation == WICK_PRODUCT)
        return wick_graph_combine(f, WICK_PRODUCT, left, of->right, &first) &&
               wick_graph_combine(f, WICK_PRODUCT, of->left, right, &second) &&
               wick_graph_combine(f, WICK_SUM, first, second, result);
    return wick_graph_rational(f, -1, 1, &minus) && wick_graph_combine(f, WICK_QUOTIENT, left, of->right, &first) &&
           wick_graph_combine(f, WICK_PRODUCT, of->left, right, &second) && wick_graph_power(f, of->right, 2, &square) &&
           wick_graph_combine(f, WICK_QUOTIENT, second, square, &second) &&
           wick_graph_combine(f, WICK_PRODUCT, minus, second, &second) &&
           wick_graph_combine(f, WICK_SUM, first, second, result);
}

static bool derive_one(wick_graph *f, size_t node, const size_t *done, size_t *result)
{
    const wick_graph_node of = f->node[node];
    if (of.constant) return wick_graph_rational(f, 0, 1, result);
    if (of.operation == WICK_POLYNOMIAL_NODE) {
        wick_polynomial slope = WICK_POLYNOMIAL_ZERO;
        return wick_polynomial_derivative(&slope, &of.polynomial, 1) && take_polynomial(f, &slope, result);
    }
    if (of.operation == WICK_SUM || of.operation == WICK_PRODUCT || of.operation == WICK_QUOTIENT)
        return derive_pair(f, &of, done[of.left], done[of.right], result);
    size_t slope;
    if (of.operation == WICK_POWER) {
        size_t factor;
        if (!wick_graph_power(f, of.left, of.exponent - 1, &slope) ||
            !wick_graph_rational(f, (long)of.exponent, 1, &factor) ||
            !wick_graph_combine(f, WICK_PRODUCT, factor, slope, &slope))
            return false;
    } else if (!outer_slope(f, node, &slope)) {
        return false;
    }
    return wick_graph_combine(f, WICK_PRODUCT, slope, done[of.left], result);
}

/* Operands stand before their users, so one pass upward derives all that `node` is made of. */
bool wick_graph_derive(wick_graph *f, size_t node, size_t *result)
{
    size_t *done = wick_allocate(node + 1, 1, sizeof *done);
    bool fine = done != NULL;
    for (size_t i = 0; i <= node && fine; i++) fine = derive_one(f, i, done, &done[i]);
    if (fine) *result = done[node];
    free(done);
    return fine;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* As wick_polynomial_value(), with the coefficients rounded once for all. */
static double polynomial_at(const wick_graph_node *node, double x)
{
    if (node->polynomial.count > WICK_DEGREE_LIMIT + 1) return wick_polynomial_value(&node->polynomial, x);
    double sum = 0;
    for (size_t i = node->polynomial.count; i-- > 0;) sum = sum * x + node->rounded[i];
    return sum;
}

double wick_graph_apply_node(const wick_graph_node *node, double left, double right, double x)
{
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: return polynomial_at(node, x);
    case WICK_PI: return acos(-1.0);
    case WICK_SUM: return left + right;
    case WICK_PRODUCT: return left * right;
    case WICK_QUOTIENT: return left / right;
    case WICK_POWER: return pow(left, (double)node->exponent);
    case WICK_EXP: return exp(left);
    case WICK_LOG: return log(left);
    case WICK_SQRT: return sqrt(left);
    case WICK_SIN: return sin(left);
    case WICK_COS: return cos(left);
    case WICK_TANH: return tanh(left);
    case WICK_ERF: return erf(left);
    case WICK_SIGMOID: return left > 0 ? 1 / (1 + exp(-left)) : exp(left) / (1 + exp(left));
    case WICK_SOFTPLUS: return left > 0 ? left + log1p(exp(-left)) : log1p(exp(left));
    case WICK_LEAKY: return left > 0 ? left : node->slope * left;
    case WICK_STEP: return left > 0 ? 1 : left < 0 ? node->slope : (1 + node->slope) / 2;
    case WICK_ERFC: return erfc(left);
    case WICK_ATAN: return atan(left);
    case WICK_ASINH: return asinh(left);
    case WICK_SINH: return sinh(left);
    case WICK_COSH: return cosh(left);
    case WICK_SECH: return 1 / cosh(left);
    case WICK_REAL_POWER: return pow(left, (double)node->numerator / (double)node->denominator);
    }
    return NAN;
}

double wick_graph_at(const wick_graph *f, size_t node, double x)
{
    double values[WICK_GRAPH_LIMIT];
    for (size_t i = 0; i <= node; i++) {
        const wick_graph_node *of = &f->node[i];
        const bool leaf = of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI;
        values[i] = wick_graph_apply_node(of, leaf ? 0 : values[of->left], leaf ? 0 : values[of->right], x);
    }
    return values[node];
}

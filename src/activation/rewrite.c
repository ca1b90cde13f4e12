/* See rewrite.h. exp and cosh overflow from about 710 on, where what is made of them does not: exp(x)/(1 + exp(x)) would be
 * infinity over infinity there. Each rule is an identity on the whole line, and what it makes is right to rounding. */
#include "activation/rewrite.h"

#include <math.h>

static bool is(const wick_graph *f, size_t node, wick_operation operation) { return f->node[node].operation == operation; }

static bool is_number(const wick_graph *f, size_t node, double value)
{
    double found;
    return wick_graph_is_rational(f, node, &found) && !(found < value) && !(found > value);
}

static wick_rewriting done(bool fine) { return fine ? WICK_REWRITE_DONE : WICK_REWRITE_FAILED; }

static bool scale(wick_graph *f, long numerator, unsigned long denominator, size_t node, size_t *result)
{
    size_t factor;
    return wick_graph_rational(f, numerator, denominator, &factor) &&
           wick_graph_combine(f, WICK_PRODUCT, factor, node, result);
}

/* operation(rate u) */
static bool apply_scaled(wick_graph *f, wick_operation operation, long rate, size_t u, size_t *result)
{
    return scale(f, rate, 1, u, result) && wick_graph_apply(f, operation, *result, 0, result);
}

/* Is v = -u? Making -u may fail, which the caller's next step will notice. */
static bool is_negative_of(wick_graph *f, size_t v, size_t u)
{
    size_t minus;
    return scale(f, -1, 1, u, &minus) && minus == v;
}

/* A product with a constant: which node is multiplied, and by which. Anything else: itself. */
static size_t split(const wick_graph *f, size_t node, size_t *factor)
{
    const wick_graph_node *of = &f->node[node];
    if (of->operation != WICK_PRODUCT) return node;
    const bool left = f->node[of->left].constant, right = f->node[of->right].constant;
    if (left == right) return node;
    *factor = left ? of->left : of->right;
    return left ? of->right : of->left;
}

/* ---- Sums ---------------------------------------------------------------------------------------------------------- */

/* exp(u) + exp(-u) = 2 cosh(u), exp(u) - exp(-u) = 2 sinh(u) */
static wick_rewriting rewrite_sum(wick_graph *f, size_t left, size_t right, size_t *result)
{
    if (!is(f, left, WICK_EXP)) return WICK_REWRITE_NONE;
    size_t factor = right;
    const size_t other = split(f, right, &factor), u = f->node[left].left;
    if (!is(f, other, WICK_EXP) || f->node[other].constant || (other != right && !is_number(f, factor, -1)))
        return WICK_REWRITE_NONE;
    if (!is_negative_of(f, f->node[other].left, u)) return WICK_REWRITE_NONE;
    return done(wick_graph_apply(f, other == right ? WICK_COSH : WICK_SINH, u, 0, result) &&
                scale(f, 2, 1, *result, result));
}

/* ---- Products ------------------------------------------------------------------------------------------------------- */

/* exp(u) sigmoid(-u)^n = sigmoid(u) sigmoid(-u)^(n - 1) */
static wick_rewriting rewrite_sigmoids(wick_graph *f, size_t left, size_t right, size_t *result)
{
    const bool power = is(f, right, WICK_POWER);
    const size_t sigmoid = power ? f->node[right].left : right, exponent = power ? f->node[right].exponent : 1;
    if (!is(f, sigmoid, WICK_SIGMOID)) return WICK_REWRITE_NONE;
    const size_t u = f->node[left].left;
    if (!is_negative_of(f, f->node[sigmoid].left, u)) return WICK_REWRITE_NONE;
    size_t rest;
    return done(wick_graph_power(f, sigmoid, exponent - 1, &rest) && wick_graph_apply(f, WICK_SIGMOID, u, 0, result) &&
                wick_graph_combine(f, WICK_PRODUCT, *result, rest, result));
}

static wick_rewriting rewrite_product(wick_graph *f, size_t left, size_t right, size_t *result)
{
    const wick_graph_node one = f->node[left], two = f->node[right];
    if (two.operation == WICK_STEP && two.left == left)
        return done(wick_graph_apply(f, WICK_LEAKY, left, two.slope, result));
    if (one.operation == WICK_SINH && two.operation == WICK_SECH && one.left == two.left)
        return done(wick_graph_apply(f, WICK_TANH, one.left, 0, result));
    if (one.operation != WICK_EXP || one.constant) return WICK_REWRITE_NONE;
    if (two.operation == WICK_EXP && !two.constant)
        return done(wick_graph_combine(f, WICK_SUM, one.left, two.left, result) &&
                    wick_graph_apply(f, WICK_EXP, *result, 0, result));
    size_t factor;
    const size_t rest = split(f, right, &factor);
    if (rest != right && is(f, rest, WICK_EXP))
        return done(wick_graph_combine(f, WICK_PRODUCT, left, rest, result) &&
                    wick_graph_combine(f, WICK_PRODUCT, factor, *result, result));
    return rewrite_sigmoids(f, left, right, result);
}

/* ---- Quotients ------------------------------------------------------------------------------------------------------- */

/* The inverse of a node, if it has a form of its own: exp(-u), sech(u), sigmoid(-u) for 1 + exp(u). */
static wick_rewriting invert(wick_graph *f, size_t node, size_t *result)
{
    const wick_graph_node of = f->node[node];
    if (of.constant) return WICK_REWRITE_NONE;
    if (of.operation == WICK_EXP) return done(apply_scaled(f, WICK_EXP, -1, of.left, result));
    if (of.operation == WICK_COSH) return done(wick_graph_apply(f, WICK_SECH, of.left, 0, result));
    if (of.operation == WICK_POWER) {
        const wick_rewriting base = invert(f, of.left, result);
        return base == WICK_REWRITE_DONE ? done(wick_graph_power(f, *result, of.exponent, result)) : base;
    }
    if (of.operation != WICK_SUM) return WICK_REWRITE_NONE;
    const bool turned = is(f, of.left, WICK_EXP);
    const size_t one = turned ? of.right : of.left, power = turned ? of.left : of.right;
    if (!is_number(f, one, 1) || !is(f, power, WICK_EXP)) return WICK_REWRITE_NONE;
    return done(apply_scaled(f, WICK_SIGMOID, -1, f->node[power].left, result));
}

static wick_rewriting rewrite_quotient(wick_graph *f, size_t left, size_t right, size_t *result)
{
    size_t above = left, below = right, inverse, ratio;
    const size_t numerator = split(f, left, &above), denominator = split(f, right, &below);
    const wick_rewriting found = invert(f, denominator, &inverse);
    if (found != WICK_REWRITE_DONE) return found;
    if (denominator == right)
        return done(numerator == left ? wick_graph_combine(f, WICK_PRODUCT, left, inverse, result)
                                      : wick_graph_combine(f, WICK_PRODUCT, numerator, inverse, &ratio) &&
                                            wick_graph_combine(f, WICK_PRODUCT, above, ratio, result));
    if (numerator == left && !wick_graph_rational(f, 1, 1, &above)) return WICK_REWRITE_FAILED;
    return done(wick_graph_combine(f, WICK_QUOTIENT, above, below, &ratio) &&
                wick_graph_combine(f, WICK_PRODUCT, numerator, inverse, result) &&
                wick_graph_combine(f, WICK_PRODUCT, ratio, *result, result));
}

wick_rewriting wick_rewrite_pair(wick_graph *f, wick_operation operation, size_t left, size_t right, size_t *result)
{
    if (operation == WICK_QUOTIENT) return rewrite_quotient(f, left, right, result);
    wick_rewriting (*const rewrite)(wick_graph *, size_t, size_t, size_t *) =
        operation == WICK_SUM ? rewrite_sum : rewrite_product;
    const wick_rewriting first = rewrite(f, left, right, result);
    return first == WICK_REWRITE_NONE ? rewrite(f, right, left, result) : first;
}

/* ---- Powers and functions --------------------------------------------------------------------------------------------- */

wick_rewriting wick_rewrite_power(wick_graph *f, size_t base, long numerator, long denominator, size_t *result)
{
    if (f->node[base].constant) return WICK_REWRITE_NONE;
    if (is(f, base, WICK_EXP))
        return done(scale(f, numerator, (unsigned long)denominator, f->node[base].left, result) &&
                    wick_graph_apply(f, WICK_EXP, *result, 0, result));
    if (denominator != 1 || numerator >= 0) return WICK_REWRITE_NONE;
    const wick_rewriting found = invert(f, base, result);
    return found == WICK_REWRITE_DONE ? done(wick_graph_power(f, *result, (size_t)-numerator, result)) : found;
}

/* log(cosh(u)) = softplus(2 u) - u - log(2) */
static bool log_cosh(wick_graph *f, size_t u, size_t *result)
{
    size_t minus, two;
    return apply_scaled(f, WICK_SOFTPLUS, 2, u, result) && scale(f, -1, 1, u, &minus) &&
           wick_graph_combine(f, WICK_SUM, *result, minus, result) && wick_graph_rational(f, 2, 1, &two) &&
           wick_graph_apply(f, WICK_LOG, two, 0, &two) && scale(f, -1, 1, two, &two) &&
           wick_graph_combine(f, WICK_SUM, *result, two, result);
}

static wick_rewriting rewrite_log(wick_graph *f, size_t argument, size_t *result)
{
    const wick_graph_node of = f->node[argument];
    if (of.operation == WICK_EXP) return *result = of.left, WICK_REWRITE_DONE;
    if (of.operation == WICK_COSH) return done(log_cosh(f, of.left, result));
    size_t factor = argument;
    const size_t rest = split(f, argument, &factor);
    if (rest != argument && is(f, rest, WICK_COSH) && wick_graph_at(f, factor, 0) > 0)
        return done(wick_graph_apply(f, WICK_LOG, factor, 0, &factor) && log_cosh(f, f->node[rest].left, result) &&
                    wick_graph_combine(f, WICK_SUM, *result, factor, result));
    if (of.operation != WICK_SUM) return WICK_REWRITE_NONE;
    const bool turned = is(f, of.left, WICK_EXP);
    const size_t one = turned ? of.right : of.left, power = turned ? of.left : of.right;
    if (!is_number(f, one, 1) || !is(f, power, WICK_EXP)) return WICK_REWRITE_NONE;
    return done(wick_graph_apply(f, WICK_SOFTPLUS, f->node[power].left, 0, result));
}

wick_rewriting wick_rewrite_function(wick_graph *f, wick_operation operation, size_t argument, size_t *result)
{
    if (f->node[argument].constant) return WICK_REWRITE_NONE;
    if (operation == WICK_LOG) return rewrite_log(f, argument, result);
    if (operation != WICK_SQRT || !is(f, argument, WICK_EXP)) return WICK_REWRITE_NONE;
    return done(scale(f, 1, 2, f->node[argument].left, result) && wick_graph_apply(f, WICK_EXP, *result, 0, result));
}

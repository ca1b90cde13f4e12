/* See bounds.h. Sums and products are rounded outward only where they are inexact, so that 1 - cos(x) keeps its bound 0;
 * what the C library computes is taken to be right to ULPS units in the last place (glibc states at most 4 for these). */
#include "activation/bounds.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { ULPS = 6 };

static const wick_interval whole = {-INFINITY, INFINITY};

static wick_interval hull(double a, double b) { return a < b ? (wick_interval){a, b} : (wick_interval){b, a}; }

static bool is_whole(wick_interval a) { return !(a.lower > -INFINITY || a.upper < INFINITY); }

/* ---- Rounding ------------------------------------------------------------------------------------------------------ */

/* A result with a rounding error of the sign of `error`, rounded down; overflow leaves the largest double. Rounding up is
 * rounding down with the signs turned. */
static double below(double value, double error)
{
    if (value > DBL_MAX) return DBL_MAX;
    return error < 0 ? nextafter(value, -INFINITY) : value;
}

/* a + b - sum, exactly (Knuth). */
static double sum_error(double a, double b, double sum)
{
    const double part = sum - a;
    return (a - (sum - part)) + (b - part);
}

static double add_below(double a, double b)
{
    if (a < -DBL_MAX || b < -DBL_MAX) return -INFINITY;
    const double sum = a + b;
    return isfinite(sum) ? below(sum, sum_error(a, b, sum)) : below(sum, 0);
}

static double add_above(double a, double b) { return -add_below(-a, -b); }

/* -1, 0, 1 as the sign of a b - product; near underflow, where that is not to be had, `side`. */
static double product_error(double a, double b, double product, double side)
{
    if (!(a < 0 || a > 0) || !(b < 0 || b > 0)) return 0;
    return fabs(product) < 1e-280 ? side : fma(a, b, -product);
}

/* 0 times infinity is 0: the infinite end is never reached. */
static double multiply(double a, double b) { return !(a < 0 || a > 0) || !(b < 0 || b > 0) ? 0 : a * b; }

static double multiply_below(double a, double b)
{
    const double product = multiply(a, b);
    return isfinite(product) ? below(product, product_error(a, b, product, -1))
                             : below(product, isfinite(a) && isfinite(b) && product < 0 ? -1 : 0);
}

static double multiply_above(double a, double b) { return -multiply_below(-a, b); }

/* `ulps` units in the last place further out. */
static double widen_below(double value, double ulps)
{
    if (value > DBL_MAX) return DBL_MAX;
    return value < -DBL_MAX ? value : value - ulps * (fabs(value) * DBL_EPSILON + DBL_TRUE_MIN);
}

static double widen_above(double value, double ulps) { return -widen_below(-value, ulps); }

/* ---- Sums, products, quotients --------------------------------------------------------------------------------------- */

static wick_interval add(wick_interval a, wick_interval b)
{
    return (wick_interval){add_below(a.lower, b.lower), add_above(a.upper, b.upper)};
}

static wick_interval times(wick_interval a, wick_interval b)
{
    const double one = multiply_below(a.lower, b.lower), two = multiply_below(a.lower, b.upper);
    const double three = multiply_below(a.upper, b.lower), four = multiply_below(a.upper, b.upper);
    const double first = multiply_above(a.lower, b.lower), second = multiply_above(a.lower, b.upper);
    const double third = multiply_above(a.upper, b.lower), fourth = multiply_above(a.upper, b.upper);
    return (wick_interval){fmin(fmin(one, two), fmin(three, four)), fmax(fmax(first, second), fmax(third, fourth))};
}

/* Of an interval without 0. */
static wick_interval inverse(wick_interval a)
{
    return (wick_interval){widen_below(1 / a.upper, 1), widen_above(1 / a.lower, 1)};
}

static wick_interval intersection(wick_interval a, wick_interval b)
{
    return (wick_interval){fmax(a.lower, b.lower), fmin(a.upper, b.upper)};
}

static wick_interval divide(wick_interval a, wick_interval b)
{
    if (!(b.lower > 0) && !(b.upper < 0)) return whole;
    const wick_interval result = times(a, inverse(b));
    const bool equal = !(b.lower < b.upper) && isfinite(b.lower); /* a constant: tighter, and exact where it can be */
    if (!equal || !isfinite(a.lower) || !isfinite(a.upper)) return result;
    const wick_interval ends = hull(a.lower / b.lower, a.upper / b.lower);
    return intersection(result, (wick_interval){widen_below(ends.lower, 1), widen_above(ends.upper, 1)});
}

static double integer_power(double x, size_t exponent, double side)
{
    double result = 1;
    for (size_t i = 0; i < exponent; i++) result = side < 0 ? multiply_below(result, x) : multiply_above(result, x);
    return result;
}

/* x >= 0 to a whole power: step by step while that is short, which keeps exact values exact. */
static double power_at(double x, size_t exponent, double side)
{
    if (exponent <= 12) return integer_power(x, exponent, side);
    const double value = pow(x, (double)exponent);
    return side < 0 ? fmax(0, widen_below(value, ULPS)) : widen_above(value, ULPS);
}

static double signed_power(double x, size_t exponent, double side)
{
    if (x >= 0 || exponent % 2 == 0) return power_at(fabs(x), exponent, side);
    return -power_at(-x, exponent, -side);
}

static wick_interval power(wick_interval a, size_t exponent)
{
    if (exponent == 0) return (wick_interval){1, 1};
    if (exponent % 2 == 1) return (wick_interval){signed_power(a.lower, exponent, -1), signed_power(a.upper, exponent, 1)};
    const double far = fmax(fabs(a.lower), fabs(a.upper));
    const double near = a.lower > 0 ? a.lower : a.upper < 0 ? -a.upper : 0;
    return (wick_interval){power_at(near, exponent, -1), power_at(far, exponent, 1)};
}

/* ---- Polynomials ----------------------------------------------------------------------------------------------------- */

enum { TERMS = WICK_DEGREE_LIMIT + 1 };

static bool is_exact(const mpq_t q)
{
    return mpz_popcount(mpq_denref(q)) == 1 && mpz_sizeinbase(mpq_numref(q), 2) <= 53 &&
           mpz_sizeinbase(mpq_denref(q), 2) <= 900;
}

static void coefficients(const wick_graph_node *node, wick_interval c[TERMS])
{
    for (size_t i = 0; i < node->polynomial.count; i++) {
        const double value = node->rounded[i];
        c[i] = (wick_interval){value, value};
        if (is_exact(node->polynomial.coefficient[i])) continue;
        c[i] = (wick_interval){nextafter(value, -INFINITY), nextafter(value, INFINITY)};
    }
}

static wick_interval sum_of_powers(const wick_interval *c, size_t count, wick_interval x)
{
    wick_interval sum = {0, 0};
    for (size_t i = 0; i < count; i++) sum = add(sum, i == 0 ? c[0] : times(c[i], power(x, i)));
    return sum;
}

/* The coefficients about the point `at`. */
static void shift(wick_interval *c, size_t count, double at)
{
    const wick_interval x = {at, at};
    for (size_t i = 0; i + 1 < count; i++)
        for (size_t j = count - 1; j-- > i;) c[j] = add(c[j], times(x, c[j + 1]));
}

static wick_interval about(const wick_interval *c, size_t count, wick_interval x)
{
    wick_interval moved[TERMS];
    for (size_t i = 0; i < count; i++) moved[i] = c[i];
    const bool left = isfinite(x.lower), right = isfinite(x.upper);
    const double at = left && right ? 0.5 * x.lower + 0.5 * x.upper : left ? x.lower : x.upper;
    shift(moved, count, at);
    const wick_interval offset = {add_below(x.lower, -at), add_above(x.upper, -at)};
    return sum_of_powers(moved, count, offset);
}

/* x^degree times a polynomial in 1/x, for intervals without 0: far out the highest power decides. */
static wick_interval by_highest_power(const wick_interval *c, size_t count, wick_interval x)
{
    wick_interval turned[TERMS];
    for (size_t i = 0; i < count; i++) turned[i] = c[count - 1 - i];
    return times(power(x, count - 1), sum_of_powers(turned, count, inverse(x)));
}

static wick_interval polynomial(const wick_graph_node *node, wick_interval x)
{
    const size_t count = node->polynomial.count;
    wick_interval c[TERMS] = {{0, 0}};
    if (count > TERMS) return whole;
    coefficients(node, c);
    wick_interval bounds = sum_of_powers(c, count, x);
    if (count <= 2 || is_whole(x)) return bounds;
    if (x.lower < x.upper) bounds = intersection(bounds, about(c, count, x));
    return x.lower > 1 || x.upper < -1 ? intersection(bounds, by_highest_power(c, count, x)) : bounds;
}

/* ---- Functions ------------------------------------------------------------------------------------------------------- */

typedef double (*function)(double);

/* A rising function with values in [least, most]. */
static wick_interval rising(wick_interval a, function f, double least, double most)
{
    const double lower = fmax(widen_below(f(a.lower), ULPS), least), upper = fmin(widen_above(f(a.upper), ULPS), most);
    return (wick_interval){lower, upper};
}

static wick_interval negative(wick_interval a) { return (wick_interval){-a.upper, -a.lower}; }

static wick_interval absolute(wick_interval a)
{
    if (a.lower >= 0) return a;
    return a.upper <= 0 ? negative(a) : (wick_interval){0, fmax(-a.lower, a.upper)};
}

static double sigmoid(double x) { return x > 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

static double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

static double negative_erfc(double x) { return -erfc(x); }

static double negative_sech(double x) { return -1 / cosh(x); }

/* Is one of the points offset + 2 pi k in the interval, as far as rounding tells? */
static bool meets(wick_interval a, double offset)
{
    const double turn = 2 * acos(-1.0), first = (a.lower - offset) / turn, last = (a.upper - offset) / turn;
    const double slack = 4 * DBL_EPSILON * (2 + fabs(first) + fabs(last));
    return floor(last + slack) >= ceil(first - slack);
}

/* sin (quarter = 1) or cos (quarter = 0). */
static wick_interval wave(wick_interval a, int quarter)
{
    const double pi = acos(-1.0), crest = 0.5 * pi * quarter;
    if (!(fabs(a.lower) < 1e9) || !(fabs(a.upper) < 1e9) || a.upper - a.lower > 6.28) return (wick_interval){-1, 1};
    const double one = quarter ? sin(a.lower) : cos(a.lower), two = quarter ? sin(a.upper) : cos(a.upper);
    const wick_interval ends = hull(one, two);
    return (wick_interval){meets(a, crest + pi) ? -1 : fmax(-1, widen_below(ends.lower, ULPS)),
                           meets(a, crest) ? 1 : fmin(1, widen_above(ends.upper, ULPS))};
}

static wick_interval leaky(wick_interval a, double slope)
{
    const wick_interval below_zero = {fmin(a.lower, 0), fmin(a.upper, 0)}, factor = {slope, slope};
    const wick_interval scaled = times(factor, below_zero);
    if (a.upper <= 0) return scaled;
    if (a.lower >= 0) return a;
    return (wick_interval){fmin(scaled.lower, 0), fmax(scaled.upper, a.upper)};
}

static wick_interval step(wick_interval a, double slope)
{
    if (a.lower > 0) return (wick_interval){1, 1};
    if (a.upper < 0) return (wick_interval){slope, slope};
    return hull(slope, 1);
}

static double real_power_at(double x, double exponent, double side)
{
    const double value = pow(x, exponent);
    const double ulps = ULPS + (isfinite(x) && x > 0 ? 2 * fabs(exponent * log(x)) : 0); /* of the exponent's rounding */
    return side < 0 ? fmax(0, widen_below(value, ulps)) : widen_above(value, ulps);
}

static wick_interval real_power(wick_interval a, const wick_graph_node *node)
{
    const double exponent = (double)node->numerator / (double)node->denominator;
    if (node->denominator == 1 && a.upper < 0) { /* a whole negative power */
        const wick_interval size = real_power(negative(a), node);
        return node->numerator % 2 == 0 ? size : negative(size);
    }
    if (a.lower < 0 || (!(a.lower > 0) && exponent < 0)) return whole;
    if (exponent > 0) return (wick_interval){real_power_at(a.lower, exponent, -1), real_power_at(a.upper, exponent, 1)};
    return (wick_interval){real_power_at(a.upper, exponent, -1), real_power_at(a.lower, exponent, 1)};
}

static wick_interval of_node(const wick_graph *f, size_t at, wick_interval x, wick_interval a, wick_interval b)
{
    const wick_graph_node *node = &f->node[at];
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: return polynomial(node, x);
    case WICK_PI: return (wick_interval){3.14159265358979311600, 3.14159265358979356009};
    case WICK_SUM: return add(a, b);
    case WICK_PRODUCT: return node->left == node->right ? power(a, 2) : times(a, b);
    case WICK_QUOTIENT: return divide(a, b);
    case WICK_POWER: return power(a, node->exponent);
    case WICK_EXP: return rising(a, exp, 0, INFINITY);
    case WICK_LOG: return a.lower > 0 ? rising(a, log, -INFINITY, INFINITY) : whole;
    case WICK_SQRT: return a.lower >= 0 ? rising(a, sqrt, 0, INFINITY) : whole;
    case WICK_SIN: return wave(a, 1);
    case WICK_COS: return wave(a, 0);
    case WICK_TANH: return rising(a, tanh, -1, 1);
    case WICK_ERF: return rising(a, erf, -1, 1);
    case WICK_SIGMOID: return rising(a, sigmoid, 0, 1);
    case WICK_SOFTPLUS: return rising(a, softplus, 0, INFINITY);
    case WICK_LEAKY: return leaky(a, node->slope);
    case WICK_STEP: return step(a, node->slope);
    case WICK_ERFC: return negative(rising(a, negative_erfc, -2, 0));
    case WICK_ATAN: return rising(a, atan, -1.57079632679489667800, 1.57079632679489667800);
    case WICK_ASINH: return rising(a, asinh, -INFINITY, INFINITY);
    case WICK_SINH: return rising(a, sinh, -INFINITY, INFINITY);
    case WICK_COSH: return rising(absolute(a), cosh, 1, INFINITY);
    case WICK_SECH: return negative(rising(absolute(a), negative_sech, -1, 0));
    case WICK_REAL_POWER: return real_power(a, node);
    }
    return whole;
}

void wick_graph_bounds(const wick_graph *f, size_t node, double lower, double upper, const bool *used, wick_interval *bounds)
{
    const wick_interval x = {lower, upper};
    for (size_t i = 0; i <= node; i++) {
        if (used && !used[i]) continue;
        const wick_graph_node *of = &f->node[i];
        const bool leaf = of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI;
        bounds[i] = of_node(f, i, x, leaf ? whole : bounds[of->left], leaf ? whole : bounds[of->right]);
        if (isnan(bounds[i].lower) || isnan(bounds[i].upper)) bounds[i] = whole;
    }
}

void wick_graph_bound(const wick_graph *f, size_t node, double lower, double upper, double *lo, double *hi)
{
    wick_interval bounds[WICK_GRAPH_LIMIT];
    wick_graph_bounds(f, node, lower, upper, NULL, bounds);
    *lo = bounds[node].lower;
    *hi = bounds[node].upper;
}

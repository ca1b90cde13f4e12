/* See enclosure.h. */
#include "activation/enclosure.h"

#include <math.h>

static const wick_rectangle plane = {-INFINITY, INFINITY, INFINITY};
static const double half_pi = 1.57079632679489661923;

static wick_rectangle disc(double radius) { return (wick_rectangle){-radius, radius, radius}; }

double wick_rectangle_modulus(wick_rectangle a) { return hypot(fmax(fabs(a.lower), fabs(a.upper)), a.height); }

static bool is_bounded(wick_rectangle a) { return isfinite(a.lower) && isfinite(a.upper) && isfinite(a.height); }

/* The smallest modulus of a real part. */
static double nearest(wick_rectangle a) { return a.lower > 0 ? a.lower : a.upper < 0 ? -a.upper : 0; }

static double farthest(wick_rectangle a) { return fmax(fabs(a.lower), fabs(a.upper)); }

static wick_rectangle negative(wick_rectangle a) { return (wick_rectangle){-a.upper, -a.lower, a.height}; }

/* The function of the real part, give or take `spread` in both directions. */
static wick_rectangle around(double lower, double upper, double spread)
{
    return (wick_rectangle){lower - spread, upper + spread, spread};
}

/* ---- Arithmetic ---------------------------------------------------------------------------------------------------- */

static wick_rectangle add(wick_rectangle a, wick_rectangle b)
{
    return (wick_rectangle){a.lower + b.lower, a.upper + b.upper, a.height + b.height};
}

static wick_rectangle times(wick_rectangle a, wick_rectangle b)
{
    const double one = a.lower * b.lower, two = a.lower * b.upper, three = a.upper * b.lower, four = a.upper * b.upper;
    const double turned = a.height * b.height;
    return (wick_rectangle){fmin(fmin(one, two), fmin(three, four)) - turned,
                            fmax(fmax(one, two), fmax(three, four)) + turned,
                            farthest(a) * b.height + farthest(b) * a.height};
}

static wick_rectangle square(wick_rectangle a)
{
    const double near = nearest(a), far = farthest(a);
    return (wick_rectangle){near * near - a.height * a.height, far * far, 2 * far * a.height};
}

static wick_rectangle inverse(wick_rectangle a)
{
    if (a.upper < 0) return negative(inverse(negative(a)));
    if (!(a.lower > 0)) return plane;
    const double h = a.height;
    const double least = fmin(a.lower / (a.lower * a.lower + h * h), a.upper / (a.upper * a.upper + h * h));
    const double height = h < a.lower ? h / (a.lower * a.lower + h * h) : 0.5 / a.lower;
    return (wick_rectangle){fmin(least, 1 / a.lower), 1 / a.lower, height};
}

static wick_rectangle power(wick_rectangle a, size_t exponent)
{
    wick_rectangle result = {1, 1, 0};
    if (exponent > 64) return disc(pow(wick_rectangle_modulus(a), (double)exponent));
    for (wick_rectangle factor = a; exponent > 0; exponent /= 2, factor = square(factor))
        if (exponent % 2) result = times(result, factor);
    return result;
}

/* About the middle of x, where cancellations do not widen it. */
static wick_rectangle polynomial(const wick_graph_node *node, wick_rectangle x)
{
    const size_t count = node->polynomial.count;
    if (count > WICK_DEGREE_LIMIT + 1) return plane;
    double c[WICK_DEGREE_LIMIT + 1] = {0};
    const double middle = 0.5 * x.lower + 0.5 * x.upper;
    for (size_t i = 0; i < count; i++) c[i] = node->rounded[i];
    for (size_t i = 0; i + 1 < count; i++)
        for (size_t j = count - 1; j-- > i;) c[j] += middle * c[j + 1];
    const wick_rectangle offset = {x.lower - middle, x.upper - middle, x.height};
    wick_rectangle sum = {c[0], c[0], 0}, factor = {1, 1, 0};
    for (size_t i = 1; i < count; i++) {
        factor = i == 2 ? square(offset) : times(factor, offset);
        sum = add(sum, times((wick_rectangle){c[i], c[i], 0}, factor));
    }
    return sum;
}

/* ---- Functions that are entire --------------------------------------------------------------------------------------- */

static wick_rectangle exponential(wick_rectangle a)
{
    const double most = exp(a.upper), cosine = a.height < 2 * half_pi ? cos(a.height) : -1;
    const double sine = a.height < half_pi ? sin(a.height) : 1;
    return (wick_rectangle){cosine > 0 ? exp(a.lower) * cosine : most * cosine, most, most * sine};
}

/* The range of sin over the reals in a. */
static wick_rectangle sine_range(double lower, double upper)
{
    const double turn = 4 * half_pi;
    if (!(upper - lower < turn) || !(fabs(lower) < 1e9)) return (wick_rectangle){-1, 1, 0};
    const double one = sin(lower), two = sin(upper);
    const bool top = floor((upper - half_pi) / turn) > floor((lower - half_pi) / turn);
    const bool bottom = floor((upper + half_pi) / turn) > floor((lower + half_pi) / turn);
    return (wick_rectangle){bottom ? -1 : fmin(one, two), top ? 1 : fmax(one, two), 0};
}

/* sin(x) cosh(y) + i cos(x) sinh(y) */
static wick_rectangle sine(wick_rectangle a)
{
    const wick_rectangle s = sine_range(a.lower, a.upper), c = sine_range(a.lower + half_pi, a.upper + half_pi);
    const wick_rectangle real = times(s, (wick_rectangle){1, cosh(a.height), 0});
    return (wick_rectangle){real.lower, real.upper, farthest(c) * sinh(a.height)};
}

/* sinh(x) cos(y) + i cosh(x) sin(y), and cosh(x) cos(y) + i sinh(x) sin(y) */
static wick_rectangle hyperbolic(wick_rectangle a, bool even)
{
    const double h = a.height, low = even ? cosh(nearest(a)) : sinh(a.lower),
                 high = even ? cosh(farthest(a)) : sinh(a.upper);
    const wick_rectangle real = times((wick_rectangle){low, high, 0}, (wick_rectangle){h < 2 * half_pi ? cos(h) : -1, 1, 0});
    const double other = even ? sinh(farthest(a)) : cosh(farthest(a));
    return (wick_rectangle){real.lower, real.upper, other * (h < half_pi ? sin(h) : 1)};
}

/* |erf(x + iy) - erf(x)| <= 2/sqrt(pi) exp(-x^2) int_0^y exp(t^2) dt, and Dawson's integral is below min(y, 0.5411). */
static double erf_spread(wick_rectangle a)
{
    const double x = nearest(a), y = a.height;
    return y > 0 ? 1.1283791670955126 * exp(y * y - x * x) * fmin(y, 0.5411) : 0;
}

/* ---- Functions with poles or branch points --------------------------------------------------------------------------- */

/* For Re x > 0 large, tanh(x) = 1 - 2 w/(1 + w), |w| = exp(-2 Re x). Near the line |y| < pi/4 the real part rises with x. In
 * general |tanh|^2 = (cosh 2x - cos 2y)/(cosh 2x + cos 2y). */
static wick_rectangle hyperbolic_tangent(wick_rectangle a)
{
    if (a.upper < 0 && a.lower < 0) return negative(hyperbolic_tangent(negative(a)));
    const double w = exp(-2 * a.lower), far = a.lower > 0.5 ? 2 * w / (1 - w) : INFINITY;
    const wick_rectangle outer = {1 - far, 1 + far, far};
    if (far < 0.1) return outer;
    if (a.height < 0.5 * half_pi) {
        const double c = cos(2 * a.height), least = a.lower < 0 ? c : 1, most = a.upper > 0 ? c : 1;
        const double spread = sin(2 * a.height) / (cosh(2 * nearest(a)) + c);
        return (wick_rectangle){sinh(2 * fmax(a.lower, -300)) / (cosh(2 * fmax(a.lower, -300)) + least),
                                sinh(2 * fmin(a.upper, 300)) / (cosh(2 * fmin(a.upper, 300)) + most), spread};
    }
    const double c = a.height < half_pi ? cos(2 * a.height) : -1, size = cosh(2 * fmin(nearest(a), 300));
    const double radius = size + c > 0 ? sqrt((size - c) / (size + c)) : INFINITY;
    return far < radius ? outer : disc(radius);
}

static wick_rectangle sigmoid(wick_rectangle a)
{
    const wick_rectangle t = hyperbolic_tangent((wick_rectangle){0.5 * a.lower, 0.5 * a.upper, 0.5 * a.height});
    return (wick_rectangle){0.5 + 0.5 * t.lower, 0.5 + 0.5 * t.upper, 0.5 * t.height};
}

/* log(1 + exp(x)): far right x and far left 0, but for log(1 + w); near the line |1 + exp(x)| >= sin(height). */
static wick_rectangle softplus(wick_rectangle a)
{
    const double right = exp(-a.lower), left = exp(a.upper);
    if (right < 0.2) return add(a, disc(-log1p(-right)));
    if (left < 0.2) return disc(-log1p(-left));
    if (!(a.height < 2 * half_pi)) return plane;
    const double least = a.height < half_pi ? 0 : log(sin(a.height));
    return (wick_rectangle){least, a.upper > 30 ? a.upper + 1e-12 : log1p(left), a.height};
}

static wick_rectangle logarithm(wick_rectangle a)
{
    if (!(a.lower > 0)) return plane;
    return (wick_rectangle){log(a.lower), log(hypot(a.upper, a.height)), atan2(a.height, a.lower)};
}

static wick_rectangle square_root(wick_rectangle a)
{
    if (!(a.lower > 0)) return plane;
    const double far = hypot(a.upper, a.height);
    return (wick_rectangle){sqrt(a.lower), sqrt(0.5 * (far + a.upper)), 0.5 * a.height / sqrt(a.lower)};
}

/* The least |1 + x^2| = |x - i| |x + i|: branch points of atan and asinh at i and -i. */
static double least_distance(wick_rectangle a)
{
    const double x = nearest(a), gap = a.height < 1 ? 1 - a.height : 0;
    return hypot(x, gap) * hypot(x, 1);
}

static wick_rectangle along(double lower, double upper, double height, double slope)
{
    return height > 0 && !(slope < INFINITY) ? plane : around(lower, upper, height > 0 ? height * slope : 0);
}

static wick_rectangle hyperbolic_secant(wick_rectangle a)
{
    if (!(a.height > 0)) return (wick_rectangle){1 / cosh(farthest(a)), 1 / cosh(nearest(a)), 0};
    const double s = sinh(fmin(nearest(a), 300)), c = a.height < half_pi ? cos(a.height) : 0;
    return s > 0 || c > 0 ? disc(1 / hypot(s, c)) : plane;
}

static wick_rectangle real_power(wick_rectangle a, const wick_graph_node *node)
{
    const double exponent = (double)node->numerator / (double)node->denominator;
    if (node->denominator == 1 && a.upper < 0) {
        const wick_rectangle size = real_power(negative(a), node);
        return node->numerator % 2 == 0 ? size : negative(size);
    }
    const wick_rectangle log_of = logarithm(a);
    if (!is_bounded(log_of)) return plane;
    const wick_rectangle e = {exponent, exponent, 0};
    return exponential(times(e, log_of));
}

/* ---- The graph --------------------------------------------------------------------------------------------------- */

static wick_rectangle of_node(const wick_graph_node *node, wick_rectangle x, wick_rectangle a, wick_rectangle b,
                              const wick_interval *middle)
{
    const double pi = 2 * half_pi;
    switch (node->operation) {
    case WICK_POLYNOMIAL_NODE: return polynomial(node, x);
    case WICK_PI: return (wick_rectangle){pi, pi, 0};
    case WICK_SUM: return add(a, b);
    case WICK_PRODUCT: return node->left == node->right ? square(a) : times(a, b);
    case WICK_QUOTIENT: return times(a, inverse(b));
    case WICK_POWER: return power(a, node->exponent);
    case WICK_EXP: return exponential(a);
    case WICK_LOG: return logarithm(a);
    case WICK_SQRT: return square_root(a);
    case WICK_SIN: return sine(a);
    case WICK_COS: return sine((wick_rectangle){a.lower + half_pi, a.upper + half_pi, a.height});
    case WICK_TANH: return hyperbolic_tangent(a);
    case WICK_ERF: return around(erf(a.lower), erf(a.upper), erf_spread(a));
    case WICK_ERFC: return around(erfc(a.upper), erfc(a.lower), erf_spread(a));
    case WICK_SIGMOID: return sigmoid(a);
    case WICK_SOFTPLUS: return softplus(a);
    case WICK_LEAKY:
        if (middle[node->left].lower > 0) return a;
        return middle[node->left].upper < 0 ? times((wick_rectangle){node->slope, node->slope, 0}, a) : plane;
    case WICK_STEP:
        if (middle[node->left].lower > 0) return (wick_rectangle){1, 1, 0};
        return middle[node->left].upper < 0 ? (wick_rectangle){node->slope, node->slope, 0} : plane;
    case WICK_ATAN: return along(atan(a.lower), atan(a.upper), a.height, 1 / least_distance(a));
    case WICK_ASINH: return along(asinh(a.lower), asinh(a.upper), a.height, 1 / sqrt(least_distance(a)));
    case WICK_SINH: return hyperbolic(a, false);
    case WICK_COSH: return hyperbolic(a, true);
    case WICK_SECH: return hyperbolic_secant(a);
    case WICK_REAL_POWER: return real_power(a, node);
    }
    return plane;
}

void wick_graph_enclose(const wick_graph *f, size_t node, wick_rectangle x, const bool *used, const wick_interval *middle,
                        wick_rectangle *bounds)
{
    for (size_t i = 0; i <= node; i++) {
        if (!used[i]) continue;
        const wick_graph_node *of = &f->node[i];
        const bool leaf = of->operation == WICK_POLYNOMIAL_NODE || of->operation == WICK_PI;
        bounds[i] = of_node(of, x, leaf ? plane : bounds[of->left], leaf ? plane : bounds[of->right], middle);
        if (isnan(bounds[i].lower) || isnan(bounds[i].upper) || isnan(bounds[i].height)) bounds[i] = plane;
    }
}

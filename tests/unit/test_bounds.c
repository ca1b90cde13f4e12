/* Bounds of activations over intervals: values lie within them, and they are tight where that decides something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "activation/bounds.h"

static wick_graph parse(const char *text)
{
    wick_context *context = wick_context_alloc();
    wick_graph graph;
    if (wick_graph_parse(context, "activation", text, &graph) != WICK_OK)
        fail_msg("%s: %s", text, wick_context_message(context));
    wick_context_free(context);
    return graph;
}

static const char *const texts[] = {
    "x^3 - 3*x",
    "x^12/100 - 0.1*x^5 + 1/3",
    "tanh(3*x)",
    "erf(x/sqrt(2))",
    "x*sigmoid(x)",
    "softplus(2*x - 1)",
    "sin(7*x) + cos(3*x)",
    "exp(-x^2)*x",
    "log(1 + x^2)",
    "sqrt(x^2 + 1/10)",
    "leaky_relu(x, -0.3)^3",
    "abs(x - 1/2)/(2 + cos(x))",
    "exp(sin(x))^2",
    "pi*x - tanh(x)^5",
    "atan(3*x) + asinh(x)",
    "sinh(x/2)/cosh(x) + erfc(x)",
    "sech(2*x)*cosh(x/3)",
    "(1 + x^2)^(-3/2)",
    "(2 + sin(5*x))^-3",
    "mish(x) + selu(2*x - 1)",
    "sign(x - 1/3)*heaviside(sin(x))",
};

/* The value and the derivative at points of an interval lie within the bounds over it. */
static void check_inside(const wick_graph *f, size_t node, const char *text, double lower, double upper)
{
    double lo, hi;
    wick_graph_bound(f, node, lower, upper, &lo, &hi);
    const double from = fmax(lower, -50), to = fmin(upper, 50);
    for (int i = 0; i <= 20; i++) {
        const double x = fmin(from + (to - from) * i / 20, to), value = wick_graph_at(f, node, x);
        const double rounding = 1e-13 * (1 + fabs(value)); /* of the value; the bounds are those of the exact function */
        if (!(value >= lo - rounding && value <= hi + rounding))
            fail_msg("%s: %.17g at %g outside [%.17g, %.17g] over [%g, %g]", text, value, x, lo, hi, lower, upper);
    }
}

static void test_values_lie_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wick_graph f = parse(texts[i]);
        for (int n = -30; n <= 30; n++) {
            const double at = 0.173 * n;
            for (double width = 4; width > 1e-9; width /= 8) {
                check_inside(&f, f.value, texts[i], at, at + width);
                check_inside(&f, f.derivative, texts[i], at, at + width);
            }
            check_inside(&f, f.value, texts[i], at, INFINITY);
            check_inside(&f, f.value, texts[i], -INFINITY, at);
            check_inside(&f, f.derivative, texts[i], -INFINITY, INFINITY);
        }
        wick_graph_clear(&f);
    }
}

static bool agrees(double found, double right)
{
    return isinf(right) ? isinf(found) && found * right > 0 : fabs(found - right) <= 1e-12 * fabs(right);
}

static void expect(const char *text, double lower, double upper, double lo, double hi)
{
    double found_lo, found_hi;
    wick_graph f = parse(text);
    wick_graph_bound(&f, f.value, lower, upper, &found_lo, &found_hi);
    if (!agrees(found_lo, lo) || !agrees(found_hi, hi))
        fail_msg("%s over [%g, %g]: [%.17g, %.17g], should be [%g, %g]", text, lower, upper, found_lo, found_hi, lo, hi);
    wick_graph_clear(&f);
}

static void test_bounds_are_tight(void **state)
{
    (void)state;
    expect("x^2 + 1", -1, 1, 1, 2);
    expect("1 - cos(x)", -0.1, 0.1, 0, 1 - cos(0.1));
    expect("tanh(x)", -INFINITY, INFINITY, -1, 1);
    expect("1 + exp(x)", -INFINITY, 0, 1, 2);
    expect("x^2 - 4*x + 5", 3, INFINITY, 2, INFINITY);
    expect("exp(x)", -INFINITY, INFINITY, 0, INFINITY);
    expect("tanh(x)*tanh(x)", -1, 1, 0, tanh(1) * tanh(1));
    expect("log(x)", -1, 1, -INFINITY, INFINITY);
    expect("1/(2 + cos(x))", -INFINITY, INFINITY, 1.0 / 3, 1);
    expect("exp(x)/(x^2 - 1)", 0, 2, -INFINITY, INFINITY);
    expect("sin(x)", 1, 2, sin(1), 1);
    expect("cos(x)", 3, 4, -1, cos(4));
    expect("cosh(x)", -1, 2, 1, cosh(2));
    expect("1/cosh(x)", -1, 2, 1 / cosh(2), 1);
    expect("sinh(x)", -1, 2, sinh(-1), sinh(2));
    expect("atan(x)", -1, 2, atan(-1), atan(2));
    expect("asinh(x)", -1, 2, asinh(-1), asinh(2));
    expect("erfc(x)", -1, 2, erfc(2), erfc(-1));
    expect("sign(x)", -1, 2, -1, 1);
    expect("heaviside(x)", 1, 2, 1, 1);
    expect("x^-1", -4, -2, -0.5, -0.25);
    expect("x^-2", -4, -2, 1.0 / 16, 0.25);
    expect("x^-2", -1, 2, -INFINITY, INFINITY);
    expect("x^(3/2)", 1, 4, 1, 8);
    expect("x^(3/2)", -1, 4, -INFINITY, INFINITY);
    expect("(1 + x^2)^-1.5", -1, 1, pow(2, -1.5), 1);
    expect("x^4 - x^3", 1e60, INFINITY, 1e240, INFINITY);
    expect("abs(x)", -3, 2, 0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_lie_inside),
        cmocka_unit_test(test_bounds_are_tight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Activations as graphs: values, derivatives, what they are recognised as, their kinks, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "activation/graph.h"

static wick_graph parse(const char *text)
{
    wick_context *context = wick_context_alloc();
    wick_graph graph;
    if (wick_graph_parse(context, "activation", text, &graph) != WICK_OK)
        fail_msg("%s: %s", text, wick_context_message(context));
    wick_context_free(context);
    return graph;
}

static double relu(double x) { return x > 0 ? x : 0; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

#define FUNCTION(name, expression)                                                                                          \
    static double name(double x) { return expression; }
FUNCTION(f_erf, erf(x / sqrt(2)))
FUNCTION(f_swish, x *sigmoid(x))
FUNCTION(f_soft, log1p(exp(2 * x)))
FUNCTION(f_wave, sin(x) * cos(3 * x - 1) + exp(-x * x / 2))
FUNCTION(f_root, sqrt(1 + x * x))
FUNCTION(f_log, log(1 + exp(x)))
FUNCTION(f_fraction, tanh(x) / (2 + cos(x)))
FUNCTION(f_power, pow(tanh(x), 3) - pow(2, 3))
FUNCTION(f_gelu, 0.5 * x * erfc(-x / sqrt(2)))
FUNCTION(f_relu, relu(2 * x - 1))
FUNCTION(f_leaky, x > 0 ? x : 0.25 * x)
FUNCTION(f_abs, fabs(x *x - 2))
FUNCTION(f_pi, sin(acos(-1.0) * x) - acos(-1.0))
FUNCTION(f_minus, -tanh(x) - (x * x - relu(x)))

static const struct {
    const char *text;
    double (*value)(double x);
} known[] = {
    {"erf(x/sqrt(2))", f_erf},
    {"x*sigmoid(x)", f_swish},
    {"softplus(2*x)", f_soft},
    {"sin(x)*cos(3*x - 1) + exp(-x^2/2)", f_wave},
    {"sqrt(1 + x^2)", f_root},
    {"log(1 + exp(x))", f_log},
    {"tanh(x)/(2 + cos(x))", f_fraction},
    {"tanh(x)^3 - 2^3", f_power},
    {"gelu", f_gelu},
    {"gelu(x)", f_gelu},
    {"relu(2*x - 1)", f_relu},
    {"leaky_relu(x, 1/4)", f_leaky},
    {"abs(x^2 - 2)", f_abs},
    {"sin(pi*x) - pi", f_pi},
    {"-tanh - (square - relu(x))", f_minus},
};

/* Away from kinks; the derivative against Richardson's central difference. */
static void test_values_and_derivatives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        wick_graph graph = parse(known[i].text);
        for (int n = -20; n <= 20; n++) {
            const double x = 0.1371 * n + 0.01, h = 1e-3;
            double (*const f)(double) = known[i].value;
            const double one = (f(x + h) - f(x - h)) / (2 * h), two = (f(x + 2 * h) - f(x - 2 * h)) / (4 * h);
            const double value = wick_graph_at(&graph, graph.value, x);
            const double derivative = wick_graph_at(&graph, graph.derivative, x), slope = (4 * one - two) / 3;
            if (!(fabs(value - f(x)) <= 1e-14 * (1 + fabs(f(x))))) fail_msg("%s at %g: %g", known[i].text, x, value);
            if (!(fabs(derivative - slope) <= 1e-8 * (1 + fabs(slope))))
                fail_msg("%s, derivative at %g: %g, should be %g", known[i].text, x, derivative, slope);
        }
        wick_graph_clear(&graph);
    }
}

/* Whatever contains no function is the polynomial it was, and so is what cancels or multiplies to one. */
static void test_polynomials_stay_exact(void **state)
{
    (void)state;
    static const char *const texts[] = {"(x-1)^3/2 + x", "he3", "0.1*x^2 + 1/3", "x^2 + 0*tanh(x)", "tanh(x)^0 * x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wick_graph graph = parse(texts[i]);
        assert_non_null(wick_graph_as_polynomial(&graph));
        wick_graph_clear(&graph);
    }
    wick_graph graph = parse("x/sqrt(4) + exp(x)");
    assert_null(wick_graph_as_polynomial(&graph));
    wick_graph_clear(&graph);
}

static void test_recognition(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool erf, piecewise;
        double one, two; /* scale and rate, or slope and kink */
    } cases[] = {
        {"erf(x/sqrt(2))", true, false, 1, 0.70710678118654752},
        {"erf(x)", true, false, 1, 1},
        {"-3*erf(0.5*x)/2", true, false, -1.5, 0.5},
        {"erf(sqrt(pi)/2*x)*2", true, false, 2, 0.88622692545275801},
        {"erf(x + 1)", false, false, 0, 0},
        {"erf(x) + x", false, false, 0, 0},
        {"tanh(x)", false, false, 0, 0},
        {"relu(x)", false, true, 0, 1},
        {"abs(x)", false, true, -1, 2},
        {"leaky_relu(x, 0.25)", false, true, 0.25, 0.75},
        {"relu(-2*x)", false, true, -2, 2},
        {"relu(x) - relu(-x)", false, true, 1, 0},
        {"(x + 3*relu(x))/2", false, true, 0.5, 1.5},
        {"x", false, true, 1, 0},
        {"relu(x - 1)", false, false, 0, 0},
        {"relu(x) + 1", false, false, 0, 0},
        {"relu(x)^2", false, false, 0, 0},
        {"erfc(x)", false, false, 0, 0},
        {"gelu", false, false, 0, 0},
        {"hardtanh", false, false, 0, 0},
        {"relu6", false, false, 0, 0},
        {"elu", false, false, 0, 0},
        {"2|x|", false, true, -2, 4},
        {"max(x, 0)", false, true, 0, 1},
        {"max(0.1x, x)", false, true, 0.1, 0.9},
        {"min(0, -x)", false, true, 0, -1},
        {"x*heaviside(x)", false, true, 0, 1},
        {"x*sign(x)", false, true, -1, 2},
        {"ERF(x/\u221a2)", true, false, 1, 0.70710678118654752},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wick_graph graph = parse(cases[i].text);
        double one = 0, two = 0;
        const bool erf_found = wick_graph_is_erf(&graph, &one, &two);
        if (erf_found != cases[i].erf) fail_msg("%s: erf %d", cases[i].text, erf_found);
        const bool piecewise = !erf_found && wick_graph_is_piecewise_linear(&graph, &one, &two);
        if (piecewise != cases[i].piecewise) fail_msg("%s: piecewise %d", cases[i].text, piecewise);
        if ((erf_found || piecewise) && !(fabs(one - cases[i].one) < 1e-15 && fabs(two - cases[i].two) < 1e-15))
            fail_msg("%s: %.17g, %.17g", cases[i].text, one, two);
        wick_graph_clear(&graph);
    }
}

static void expect_kinks(const char *text, size_t count, const double *expected)
{
    double kinks[WICK_KINK_LIMIT];
    wick_graph graph = parse(text);
    const size_t found = wick_graph_kinks(&graph, kinks);
    if (found != count) fail_msg("%s: %zu kinks, should be %zu", text, found, count);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(kinks[i] - expected[i]) < 1e-12)) fail_msg("%s: kink %zu at %.17g", text, i, kinks[i]);
    wick_graph_clear(&graph);
}

static void test_kinks(void **state)
{
    (void)state;
    expect_kinks("relu(x)", 1, (double[]){0});
    expect_kinks("relu(3*x - 1)", 1, (double[]){1.0 / 3});
    expect_kinks("abs(x^2 - 2)", 2, (double[]){-sqrt(2), sqrt(2)});
    expect_kinks("relu(x - 1/2) + abs(x)*relu(x + 1/2)", 3, (double[]){-0.5, 0, 0.5});
    expect_kinks("relu(tanh(x) - 1/2)", 1, (double[]){atanh(0.5)});
    expect_kinks("relu(x^2)", 0, NULL);
    expect_kinks("leaky_relu(x, 1) + tanh(x)", 0, NULL);
    expect_kinks("tanh(x)", 0, NULL);
    /* Between the points of any grid, and beyond it. */
    expect_kinks("abs(x - 1e-5)*x", 1, (double[]){1e-5});
    expect_kinks("relu(x - 50)", 1, (double[]){50});
    expect_kinks("relu(x + 1e6)", 1, (double[]){-1e6});
    expect_kinks("relu((x-1)^2 - 1e-9)", 2, (double[]){1 - sqrt(1e-9), 1 + sqrt(1e-9)});
    expect_kinks("relu(tanh(1e6*x) - 1/2)", 1, (double[]){atanh(0.5) / 1e6});
    expect_kinks("relu(exp(-1e6*(x-0.3)^2) - 1/2)", 2, (double[]){0.3 - sqrt(log(2)) / 1e3, 0.3 + sqrt(log(2)) / 1e3});
    expect_kinks("relu(x^2)*relu((x-1)^3)", 1, (double[]){1});
    expect_kinks("relu(x - sqrt(2))", 1, (double[]){sqrt(2)});
    /* Of what is kinked itself. */
    expect_kinks("hardtanh(1e14*x)", 2, (double[]){-1e-14, 1e-14});
    expect_kinks("relu6", 2, (double[]){0, 6});
    expect_kinks("||x|-1|", 3, (double[]){-1, 0, 1});
    expect_kinks("max(x, x^2)", 2, (double[]){0, 1});
    expect_kinks("abs(abs(tanh(x)) - 0.3)", 3, (double[]){-atanh(0.3), 0, atanh(0.3)});
    /* What touches 0 without a change of sign, or is small there to third order. */
    expect_kinks("relu(1 - cos(x))", 0, NULL);
    expect_kinks("relu(exp(x) - 1 - x)", 0, NULL);
    expect_kinks("max(x, tanh(x))", 1, (double[]){0});
    expect_kinks("sign(x)", 1, (double[]){0});
    expect_kinks("sinh(heaviside(3*x - 1))", 1, (double[]){1.0 / 3});
}

static void expect_jumps(const char *text, size_t count, const double *points, const double *heights)
{
    double found_points[WICK_KINK_LIMIT], found_heights[WICK_KINK_LIMIT];
    wick_graph graph = parse(text);
    const size_t found = wick_graph_jumps(&graph, found_points, found_heights);
    if (found != count) fail_msg("%s: %zu jumps, should be %zu", text, found, count);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(found_points[i] - points[i]) < 1e-12 && fabs(found_heights[i] - heights[i]) < 1e-12 * fabs(heights[i])))
            fail_msg("%s: jump %zu at %.17g by %.17g", text, i, found_points[i], found_heights[i]);
    wick_graph_clear(&graph);
}

static void test_jumps(void **state)
{
    (void)state;
    expect_jumps("sign(x)", 1, (double[]){0}, (double[]){2});
    expect_jumps("heaviside(1 - 2*x)", 1, (double[]){0.5}, (double[]){-1});
    expect_jumps("1e-20*sgn(x)", 1, (double[]){0}, (double[]){2e-20});
    expect_jumps("step(x - 1)*x^2 + tanh(x)", 1, (double[]){1}, (double[]){1});
    expect_jumps("sign(x)*tanh(x) + heaviside(x, 0.5)", 1, (double[]){0}, (double[]){1});
    expect_jumps("sign(x^3 - 2*x)", 3, (double[]){-sqrt(2), 0, sqrt(2)}, (double[]){2, -2, 2});
    expect_jumps("exp(sign(x - 1/3))", 1, (double[]){1.0 / 3}, (double[]){exp(1) - exp(-1)});
    expect_jumps("sign(relu(x) - 1)", 1, (double[]){1}, (double[]){2});
    expect_jumps("x*sign(x)", 0, NULL, NULL);
    expect_jumps("(x - 1/3)*sign(3*x - 1)", 0, NULL, NULL);
    expect_jumps("(x^2 - 2)*sign(2*x^2 - 4)", 0, NULL, NULL);
    expect_jumps("sign(x)^2", 0, NULL, NULL);
    expect_jumps("sign(1 + x^2)", 0, NULL, NULL);
    expect_jumps("relu(x)", 0, NULL, NULL);
}

static void fails(const char *text, const char *expected)
{
    wick_context *context = wick_context_alloc();
    wick_graph graph;
    assert_int_equal(wick_graph_parse(context, "activation", text, &graph), WICK_ERROR_PROBLEM);
    if (!strstr(wick_context_message(context), expected))
        fail_msg("%s: %s, should hold: %s", text, wick_context_message(context), expected);
    assert_int_equal(graph.count, 0);
    wick_context_free(context);
}

static void test_errors(void **state)
{
    (void)state;
    fails("tanhh(x)", "activation: 1: unknown name \"tanhh\"; the variable is x, and the known names are linear");
    fails("mishh(x)",
          "he5, pi, e, erf, erfc, exp, tanh, sigmoid, softplus, relu, leaky_relu, abs, sin, cos, sinh, cosh, sech, "
          "atan, asinh, log, sqrt, sign, heaviside, gelu, silu, mish, elu");
    fails("x + tanh(x", "activation: 11: missing ')' for the '(' in column 9");
    fails("tanh(x, 2)", "activation: 7: tanh takes one argument");
    fails("leaky_relu(x)", "leaky_relu takes two arguments: write leaky_relu(x, 0.1)");
    fails("leaky_relu", "leaky_relu takes two arguments");
    fails("leaky_relu(x, x)", "activation: 15: the second argument of leaky_relu must be a number, without x");
    fails("leaky_relu(x, 1, 2)", "leaky_relu takes two arguments");
    fails("tanh()", "activation: 6: expected");
    fails("tanh(x)/0", "activation: 9: division by zero");
    fails("tanh(x)^x", "activation: 9: an exponent that contains x");
    fails("tanh(x)^tanh(x)", "an exponent that is no rational number");
    fails("(-2)^sin(x)", "activation: 6: only a positive number can be raised to this power");
    fails("exp(800)*x", "activation: 1: exp(800) is beyond the range of double precision, 1.8e308");
    fails("x + exp(-800)*x", "activation: 5: exp(-800) is below the range of double precision, 4.9e-324");
    fails("log(0)", "activation: 1: log(0) is not defined");
    fails("x*(-2)^0.5", "activation: 8: sqrt(-2) is not defined");
    fails("x^x", "activation: 3: an exponent that contains x");
    fails("tanh(x)^1001", "at most power 1000 of a function is allowed");
    fails("(1 + x^2)^0.1234567", "at most power 1000 of a function is allowed, and fractions with denominators up to 1000");
    fails("tanh x", "activation: 6: the argument of tanh must stand in parentheses: write tanh(...), or tanh(x)*... for");
    fails("sin 2x", "activation: 5: the argument of sin must stand in parentheses");
    fails("tanh^2(x)", "activation: 7: a power of a function goes behind its argument: write for instance tanh(x)^2");
    fails("e^2x", "activation: 4: does this belong to the exponent? Write ^2*x, or ^(2*x)");
    fails("1/2tanh(x)", "activation: 4: does this belong to the divisor?");
    fails("\u221a2x", "activation: 3: does the root go over this?");
    fails("\u221ax^2", "activation: 3: does the root go over the power?");
    fails("e(x)", "activation: 2: write e^(...) for a power of e, or e*(...) for a product");
    fails("elu(x, x)", "activation: 8: the second argument of elu must be a number, without x");
    fails("clip(x, 0, x)", "activation: 12: the third argument of clip must be a number, without x");
    fails("clip(x, 2, 1)", "activation: 1: the second argument of clip must be less than the third, found 2 and 1");
    fails("celu(x, -1)", "activation: 1: the second argument of celu must be positive, found -1");
    fails("clip(x)", "clip takes three arguments: write clip(x, -1, 1)");
    fails("max(x)", "max takes two arguments: write max(x, 0)");
    fails("elu(x, 1, 2)", "activation: 9: elu takes one or two arguments");
    fails("hardtanh(x, 1, 2, 3)", "hardtanh takes one to three arguments");
    fails("x + he3(x^5)", "activation: 5: this power has degree 15: at most 12 is allowed");
    fails("x/(1 - 1)", "activation: 3: division by zero");
    fails("tanh(x^13)", "this power has degree 13");
    fails("tanh(x) 2", "missing operator");
    fails("tanh(x))", "')' without a '(' before it");
}

/* With exactly this message, or one that begins so if `expected` ends in a blank. */
static void domain_fails(const char *text, const char *expected)
{
    const bool begins = expected[strlen(expected) - 1] == ' ';
    char message[512];
    snprintf(message, sizeof message, "activation: %s", expected);
    wick_context *context = wick_context_alloc();
    wick_graph graph = parse(text);
    if (wick_graph_check_domain(context, "activation", &graph) != WICK_ERROR_PROBLEM) fail_msg("%s is not refused", text);
    if (strncmp(wick_context_message(context), message, begins ? strlen(message) : sizeof message) != 0)
        fail_msg("%s: %s, should be %s", text, wick_context_message(context), message);
    wick_graph_clear(&graph);
    wick_context_free(context);
}

static void is_undefined(const char *text, const char *point)
{
    char expected[256];
    snprintf(expected, sizeof expected, "not defined at x = %s: pre-activations are Gaussian and take every real value",
             point);
    domain_fails(text, expected);
}

static void has_no_derivative(const char *text, const char *point)
{
    char expected[256];
    snprintf(expected, sizeof expected, "its derivative, which the drift needs, does not exist at x = %s", point);
    domain_fails(text, expected);
}

static void test_domain(void **state)
{
    (void)state;
    is_undefined("log(x + 2)", "-2");
    is_undefined("tanh(x)/x", "0");
    is_undefined("sqrt(abs(x) - 1) + log(2)", "0");
    is_undefined("1/x", "0");
    is_undefined("tanh(x)^-1", "0");
    is_undefined("x^-2", "0");
    is_undefined("1/(x - 1.2345)", "1.2345");
    is_undefined("sqrt(x^2 - 1e-6)", "0");
    is_undefined("log(x + 25)", "-25");
    is_undefined("log(30 - x)", "30");
    is_undefined("tan(x)", "1.5707963");
    is_undefined("tan(x/100)", "157.07963");
    is_undefined("arctanh(x)", "-1");
    is_undefined("ln", "0");
    is_undefined("x^1.5", "-0.01");
    is_undefined("1/(1 - |x|)", "-1");
    is_undefined("1/(x^2 - 2)", "-1.4142136");
    is_undefined("1/(exp(x) - 3)", "1.0986123");
    is_undefined("1/((x - 1.2345)^2)", "1.2345");
    is_undefined("1/(sigmoid(x) - x)", "0.65904607");
    is_undefined("cbrt(atan(x - 26/9))", "2.8888889");
    has_no_derivative("sqrt(x)", "0");
    has_no_derivative("x^0.5", "0");
    has_no_derivative("sqrt(abs(x))", "0");
    has_no_derivative("sqrt((x - 1.2345)^2)", "1.2345");
    has_no_derivative("acos(x)", "-1");
    domain_fails("(x^2)^1.5", "not smooth at x = 0, where a fractional power meets 0");
    domain_fails("relu(x - 0.123)^1.5", "not smooth at x = -0.877, where a fractional power meets 0");
    domain_fails("exp(exp(x))", "its derivative at x = 6.56 is beyond the range of double precision, 1.8e308");
    domain_fails("relu(sin(200*x))", "more than 64 points where it is not smooth");
    domain_fails("1/(2 + sin(x) + sin(3*x))", "not verified to be defined, or smooth but for finitely many points, on the "
                                              "whole line: near x = ");
    static const char *const fine[] = {
        "1/(1 + x^2)",      "(1 + x^2)^0.5",     "log(x^2 + 1e-9)",        "1/(2 + x*exp(-x^2))", "1/(1.0001 + sin(x))",
        "log(softplus(x))", "x/(1 + |x|)",       "tan(tanh(x))",           "1/(1 + relu(x)^2)",   "exp(x^2)",
        "1/(x^4 - x + 1)",  "log(1 + erf(x)^2)", "sqrt(1 + 1e-8 - cos(x))"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        wick_context *context = wick_context_alloc();
        wick_graph graph = parse(fine[i]);
        if (wick_graph_check_domain(context, "activation", &graph) != WICK_OK)
            fail_msg("%s: %s", fine[i], wick_context_message(context));
        wick_graph_clear(&graph);
        wick_context_free(context);
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        wick_graph graph = parse(known[i].text);
        assert_int_equal(wick_graph_check_domain(NULL, "activation", &graph), WICK_OK);
        wick_graph_clear(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_derivatives),
        cmocka_unit_test(test_polynomials_stay_exact),
        cmocka_unit_test(test_recognition),
        cmocka_unit_test(test_kinks),
        cmocka_unit_test(test_jumps),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

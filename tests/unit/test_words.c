/* The words people type for activations: each is read, means what it means elsewhere, and has its derivative everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation/graph.h"
#include "quadrature/activation_code.h"

static wick_graph parse(const char *text)
{
    wick_context *context = wick_context_alloc();
    wick_graph graph;
    if (wick_graph_parse(context, "activation", text, &graph) != WICK_OK ||
        wick_graph_check_domain(context, "activation", &graph) != WICK_OK)
        fail_msg("%s: %s", text, wick_context_message(context));
    wick_context_free(context);
    return graph;
}

static double relu(double x) { return x > 0 ? x : 0; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return relu(x) + log1p(exp(-fabs(x))); }
static double clip(double x, double lower, double upper) { return fmin(fmax(x, lower), upper); }

#define FUNCTION(name, expression)                                                                                          \
    static double name(double x) { return expression; }
FUNCTION(f_silu, x *sigmoid(x))
FUNCTION(f_silu_steep, 100 * x * sigmoid(100 * x))
FUNCTION(f_swish_two, x *sigmoid(2 * x))
FUNCTION(f_elu, x > 0 ? x : expm1(x))
FUNCTION(f_elu_half, x > 0 ? x : 0.5 * expm1(x))
FUNCTION(f_celu_two, x > 0 ? x : 2 * expm1(x / 2))
FUNCTION(f_selu, 1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * expm1(x)))
FUNCTION(f_mish, x *tanh(softplus(x)))
FUNCTION(f_gelu, 0.5 * x * erfc(-x / sqrt(2)))
FUNCTION(f_hardtanh, clip(x, -1, 1))
FUNCTION(f_hardtanh_two, clip(x, -2, 0.5))
FUNCTION(f_hardsigmoid, clip(x + 3, 0, 6) / 6)
FUNCTION(f_hardswish, x *clip(x + 3, 0, 6) / 6)
FUNCTION(f_relu6, clip(x, 0, 6))
FUNCTION(f_softsign, x / (1 + fabs(x)))
FUNCTION(f_logsigmoid, -softplus(-x))
FUNCTION(f_tanhshrink, x - tanh(x))
FUNCTION(f_softshrink, x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0)
FUNCTION(f_sinh, sinh(x / 2))
FUNCTION(f_cosh, cosh(x / 2))
FUNCTION(f_sech, 1 / cosh(x))
FUNCTION(f_sech_steep, 1 / cosh(500 * x))
FUNCTION(f_tan, tan(tanh(x)))
FUNCTION(f_atanh, atanh(sin(x) / 2))
FUNCTION(f_asin, asin(sin(x) / 2))
FUNCTION(f_acos, acos(sin(x) / 2))
FUNCTION(f_ln, log(1 + x * x))
FUNCTION(f_log_two, log2(2 + x * x))
FUNCTION(f_log_ten, log10(2 + x * x))
FUNCTION(f_exp_two, exp2(-x *x))
FUNCTION(f_expm1, expm1(-x *x))
FUNCTION(f_cbrt, cbrt(1 + x * x))
FUNCTION(f_minus_cbrt, cbrt(-1 - x * x))
FUNCTION(f_max, fmax(x, 1 - x))
FUNCTION(f_min, fmin(x, 1))
FUNCTION(f_min_steep, fmin(1000 * x, 1.0 / 3))
FUNCTION(f_clip, clip(x, -1, 2))
FUNCTION(f_clip_steep, clip(1000 * x, -1, 2))
FUNCTION(f_he_three, x *x *x - 3 * x)
FUNCTION(f_he_three_two, 8 * x * x * x - 6 * x)
FUNCTION(f_he_two_tanh, tanh(x) * tanh(x) - 1)
FUNCTION(f_square, x *x)
FUNCTION(f_cubic, (x + 1) * (x + 1) * (x + 1))
FUNCTION(f_lorentz, 1 / (1 + x * x))
FUNCTION(f_root, sqrt(1 + x * x))
FUNCTION(f_power, pow(1 + x * x, -1.5))
FUNCTION(f_quarter, pow(1 + x * x, 0.25))
FUNCTION(f_inverse, 1 / (2 + sin(x)) / (2 + sin(x)))
FUNCTION(f_half, 0.5 * x)
FUNCTION(f_twice, 2 * x)
FUNCTION(f_line, 2 * x + 2)
FUNCTION(f_product, x *tanh(x))
FUNCTION(f_cube, x *x *x - 3 * x)
FUNCTION(f_pi, acos(-1.0) * x)
FUNCTION(f_abs, fabs(x))
FUNCTION(f_nested, fabs(fabs(x) - 1))
FUNCTION(f_two_abs, 2 * fabs(x) * x)
FUNCTION(f_exp, exp(x / 4))
FUNCTION(f_gauss, 2 * exp(-x * x))
FUNCTION(f_less, 1 - x)
FUNCTION(f_two, exp2(x / 4))
FUNCTION(f_cosh_power, pow(cosh(x / 9), acos(-1.0)))
FUNCTION(f_logistic, sigmoid(x) * sigmoid(-x))
FUNCTION(f_log_cosh, fabs(x) + log1p(exp(-2 * fabs(x))) - log(2))
FUNCTION(f_log_two_cosh, fabs(x) + log1p(exp(-2 * fabs(x))))
FUNCTION(f_product_of_exp, exp(x - x * x))
FUNCTION(f_gumbel, exp(-exp(x)))
FUNCTION(f_relu_square, relu(x) * relu(x))

static const struct {
    const char *text;
    double (*value)(double x);
} words[] = {
    {"silu", f_silu},
    {"SiLU(x)", f_silu},
    {"swish", f_silu},
    {"silu(100*x)", f_silu_steep},
    {"swish(x, 2)", f_swish_two},
    {"elu", f_elu},
    {"ELU(x)", f_elu},
    {"elu(x, 0.5)", f_elu_half},
    {"celu", f_elu},
    {"celu(x, 2)", f_celu_two},
    {"selu", f_selu},
    {"mish", f_mish},
    {"gelu", f_gelu},
    {"hardtanh", f_hardtanh},
    {"hardtanh(x, -2, 0.5)", f_hardtanh_two},
    {"hardsigmoid", f_hardsigmoid},
    {"hardswish", f_hardswish},
    {"relu6", f_relu6},
    {"ReLU6(x)", f_relu6},
    {"softsign", f_softsign},
    {"logsigmoid", f_logsigmoid},
    {"tanhshrink", f_tanhshrink},
    {"softshrink", f_softshrink},
    {"ReLU", relu},
    {"RELU(x)", relu},
    {"TANH", tanh},
    {"logistic", sigmoid},
    {"erfc", erfc},
    {"atan", atan},
    {"arctan(x)", atan},
    {"asinh", asinh},
    {"arcsinh", asinh},
    {"sinh(x/2)", f_sinh},
    {"cosh(x/2)", f_cosh},
    {"sech", f_sech},
    {"1/cosh(x)", f_sech},
    {"cosh(x)^-1", f_sech},
    {"1/cosh(500*x)", f_sech_steep},
    {"tan(tanh(x))", f_tan},
    {"atanh(sin(x)/2)", f_atanh},
    {"asin(sin(x)/2)", f_asin},
    {"arccos(sin(x)/2)", f_acos},
    {"ln(1 + x^2)", f_ln},
    {"log1p(x^2)", f_ln},
    {"log2(2 + x^2)", f_log_two},
    {"log10(2 + x^2)", f_log_ten},
    {"exp2(-x^2)", f_exp_two},
    {"expm1(-x^2)", f_expm1},
    {"cbrt(1 + x^2)", f_cbrt},
    {"cbrt(-1 - x^2)", f_minus_cbrt},
    {"max(x, 1 - x)", f_max},
    {"max(x, 0)", relu},
    {"max(0, x)", relu},
    {"min(x, 1)", f_min},
    {"min(1/3, 1000*x)", f_min_steep},
    {"clip(x, -1, 2)", f_clip},
    {"clip(1000*x, -1, 2)", f_clip_steep},
    {"clamp(x, -1, 2)", f_clip},
    {"he3(x)", f_he_three},
    {"He3", f_he_three},
    {"he3(2*x)", f_he_three_two},
    {"he2(tanh(x))", f_he_two_tanh},
    {"square(x)", f_square},
    {"cubic(x + 1)", f_cubic},
    {"1/(1+x^2)", f_lorentz},
    {"(1+x^2)^-1", f_lorentz},
    {"(1+x^2)^0.5", f_root},
    {"pow(1 + x^2, 1/2)", f_root},
    {"(1+x^2)^(-3/2)", f_power},
    {"(1+x^2)^0.25", f_quarter},
    {"(2 + sin(x))^-2", f_inverse},
    {"2^-1*x", f_half},
    {"4^-0.5*x", f_half},
    {"2x", f_twice},
    {"2(x+1)", f_line},
    {"(x)(x)", f_square},
    {"x(x)", f_square},
    {"X^2", f_square},
    {"x tanh(x)", f_product},
    {"tanh(x)x", f_product},
    {"x tanh", f_product},
    {"x\u00b7x", f_square},
    {"2\u00d7x", f_twice},
    {"x\u00b2", f_square},
    {"x\u00b3 \u2212 3x", f_cube},
    {"(1+x\u00b2)\u207b\u00b9", f_lorentz},
    {"\u221a(1 + x\u00b2)", f_root},
    {"x/\u221a4", f_half},
    {"\u03c0x", f_pi},
    {"PI x", f_pi},
    {"|x|", f_abs},
    {"||x|-1|", f_nested},
    {"2|x|x", f_two_abs},
    {"e^(x/4)", f_exp},
    {"E^(x/4)", f_exp},
    {"2e^-x^2", f_gauss},
    {"2 e^-x\u00b2", f_gauss},
    {"x**2", f_square},
    {"1\u2212x", f_less},
    {"2^(x/4)", f_two},
    {"cosh(x/9)^pi", f_cosh_power},
    {"relu(x)^2", f_relu_square},
    {"exp(x)/(1 + exp(x))", sigmoid},
    {"1/(1 + exp(-x))", sigmoid},
    {"exp(x)/(exp(x) + 1)^2", f_logistic},
    {"(exp(x) - exp(-x))/(exp(x) + exp(-x))", tanh},
    {"sinh(x)/cosh(x)", tanh},
    {"2/(exp(x) + exp(-x))", f_sech},
    {"log(1 + exp(x))", softplus},
    {"log(cosh(x))", f_log_cosh},
    {"log(exp(x) + exp(-x))", f_log_two_cosh},
    {"exp(-x^2/2)*exp(x)*exp(-x^2/2)", f_product_of_exp},
    {"exp(-exp(x))", f_gumbel},
    {"x*sign(x)", f_abs},
    {"x*heaviside(x)", relu},
};

/* Values everywhere up to 1000, where sinh and its kin stay within doubles. */
static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        wick_graph graph = parse(words[i].text);
        for (double x = 1e-3; x <= 1e3; x *= 1.37)
            for (int sign = -1; sign <= 1; sign += 2) {
                const double right = words[i].value(sign * x), found = wick_graph_at(&graph, graph.value, sign * x);
                if (!(fabs(found - right) <= 4e-15 * (1 + fabs(right)) * fmax(1, x)))
                    fail_msg("%s at %g: %.17g, should be %.17g", words[i].text, sign * x, found, right);
                if (!isfinite(wick_graph_at(&graph, graph.derivative, sign * x)))
                    fail_msg("%s, derivative at %g", words[i].text, sign * x);
            }
        wick_graph_clear(&graph);
    }
}

/* Is a kink within `reach` of x? */
static bool is_near_kink(const wick_graph *graph, double x, double reach)
{
    double kinks[WICK_KINK_LIMIT];
    const size_t count = wick_graph_kinks(graph, kinks);
    for (size_t i = 0; i < count; i++)
        if (fabs(kinks[i] - x) < reach) return true;
    return false;
}

/* Away from kinks; against Richardson's central difference. */
static void test_derivatives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        wick_graph graph = parse(words[i].text);
        const bool steep = strstr(words[i].text, "00*x") != NULL;
        for (double x = 0.0123; x <= 600; x *= 1.7)
            for (int sign = -1; sign <= 1; sign += 2) {
                const double at = sign * x, h = steep ? 1e-5 : 1e-3;
                if (is_near_kink(&graph, at, 3 * h)) continue;
                double (*const f)(double) = words[i].value;
                const double one = (f(at + h) - f(at - h)) / (2 * h), two = (f(at + 2 * h) - f(at - 2 * h)) / (4 * h);
                const double slope = (4 * one - two) / 3, found = wick_graph_at(&graph, graph.derivative, at);
                const double rounding = 1e-15 * (fabs(f(at)) + x) / h;
                if (!(fabs(found - slope) <= 2e-7 * (1 + fabs(slope)) + rounding))
                    fail_msg("%s, derivative at %g: %.17g, should be %.17g", words[i].text, at, found, slope);
            }
        wick_graph_clear(&graph);
    }
}

/* What is printed reads back as the same function. */
static void test_prints_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        wick_graph graph = parse(words[i].text);
        wick_text text = WICK_TEXT_EMPTY;
        wick_graph_print(&text, &graph, graph.value);
        wick_graph again = parse(text.bytes);
        for (double x = -3; x <= 3; x += 0.37) {
            const double one = wick_graph_at(&graph, graph.value, x), two = wick_graph_at(&again, again.value, x);
            if (!(fabs(one - two) <= 4e-16 * fabs(one))) fail_msg("%s as %s at %g", words[i].text, text.bytes, x);
        }
        wick_text_clear(&text);
        wick_graph_clear(&graph);
        wick_graph_clear(&again);
    }
}

/* Compiled as arrays, for quadrature and simulation, they are the same functions. */
static void test_arrays(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    double x[COUNT], value[COUNT], derivative[COUNT];
    for (size_t n = 0; n < COUNT; n++) x[n] = (n % 2 ? -1 : 1) * 1e-3 * pow(1e6, (double)n / COUNT);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        wick_graph graph = parse(words[i].text);
        wick_activation_code *code;
        assert_int_equal(wick_activation_code_make(NULL, &graph, &code), WICK_OK);
        double *work = calloc(wick_activation_code_work(code), sizeof *work);
        assert_non_null(work);
        wick_activation_evaluate(code, COUNT, x, work, value, derivative);
        for (size_t n = 0; n < COUNT; n++) {
            const double one = wick_graph_at(&graph, graph.value, x[n]);
            const double two = wick_graph_at(&graph, graph.derivative, x[n]);
            if (!(fabs(value[n] - one) <= 1e-13 * fabs(one) + 1e-15))
                fail_msg("%s at %g: %.17g, should be %.17g", words[i].text, x[n], value[n], one);
            if (!(fabs(derivative[n] - two) <= 1e-13 * fabs(two) + 1e-15))
                fail_msg("%s, derivative at %g: %.17g, should be %.17g", words[i].text, x[n], derivative[n], two);
        }
        free(work);
        wick_activation_code_free(code);
        wick_graph_clear(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_prints_read_back),
        cmocka_unit_test(test_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

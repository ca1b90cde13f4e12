/* Activations that are no polynomials, as LaTeX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formulas/function.h"
#include "wick/wick.h"

static void check(const char *expression, const char *expected)
{
    wick_context *context = wick_context_alloc();
    wick_graph function;
    wick_text text = WICK_TEXT_EMPTY;
    if (wick_graph_parse(context, "activation", expression, &function) != WICK_OK)
        fail_msg("%s", wick_context_message(context));
    wick_print_function(&text, &function);
    assert_false(text.failed);
    assert_string_equal(text.bytes, expected);
    wick_text_clear(&text);
    wick_graph_clear(&function);
    wick_context_free(context);
}

static void test_functions(void **state)
{
    (void)state;
    check("erf(x/sqrt(2))", "\\operatorname{erf}(x/\\sqrt{2})");
    check("tanh", "\\tanh(x)");
    check("sigmoid(x/2)", "\\operatorname{sigmoid}\\left(\\tfrac{1}{2} x\\right)");
    check("log(softplus(x))", "\\log(\\operatorname{softplus}(x))");
    check("silu", "x\\, \\operatorname{sigmoid}(x)");
    check("erfc(x)", "\\operatorname{erfc}(x)");
    check("atan(x)", "\\arctan(x)");
    check("asinh(x)", "\\operatorname{arsinh}(x)");
    check("sinh(x)", "\\sinh(x)");
    check("cosh(x)", "\\cosh(x)");
    check("1/cosh(x)", "\\operatorname{sech}(x)");
    check("sign(x)", "\\operatorname{sign}(x)");
    check("heaviside(x)", "\\theta(x)");
    check("abs(x)", "\\lvert x \\rvert");
    check("relu(x^2 - 1)", "\\operatorname{relu}(x^{2} - 1)");
    check("leaky_relu(x, 1/4)", "\\operatorname{leaky\\_relu}(x, 0.25)");
}

static void test_sums_and_products(void **state)
{
    (void)state;
    check("x*tanh(x)", "x\\, \\tanh(x)");
    check("tanh(x)*3", "3\\, \\tanh(x)");
    check("x - tanh(x)", "x - \\tanh(x)");
    check("tanh(x) - 2*erf(x)", "\\tanh(x) - 2\\, \\operatorname{erf}(x)");
    check("-3/2*erf(x)", "-\\tfrac{3}{2}\\, \\operatorname{erf}(x)");
    check("(x + 1)*exp(x)", "\\exp(x)\\, (x + 1)");
    check("tanh(x)*(cos(x) + sin(x))", "\\tanh(x)\\, (\\cos(x) + \\sin(x))");
    check("x*(-tanh(x))", "x\\, (-\\tanh(x))");
}

static void test_powers_and_quotients(void **state)
{
    (void)state;
    check("tanh(x)^3", "\\tanh(x)^{3}");
    check("(x + tanh(x))^2", "(x + \\tanh(x))^{2}");
    check("exp(x)/(2 + exp(x))", "\\frac{\\exp(x)}{\\exp(x) + 2}");
    check("exp(x)/(1 + exp(x))", "\\operatorname{sigmoid}(x)");
    check("(1 + x^2)^(-3/2)", "(x^{2} + 1)^{-3/2}");
    check("1/(1 + x^2)", "\\frac{1}{x^{2} + 1}");
    check("tanh(x)^-1", "\\tanh(x)^{-1}");
    check("sin(pi*x)/pi", "\\sin(\\pi\\, x)/\\pi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_functions), cmocka_unit_test(test_sums_and_products),
                                       cmocka_unit_test(test_powers_and_quotients)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

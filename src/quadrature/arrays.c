/* See arrays.h. */
#include "quadrature/arrays.h"

#include <math.h>

#define ARRAY(name, expression)                                                                                             \
    static void array_##name(size_t n, const double *x, double *y)                                                          \
    {                                                                                                                       \
        for (size_t i = 0; i < n; ++i) y[i] = (expression);                                                                 \
    }

ARRAY(exp, exp(x[i]))
ARRAY(log, log(x[i]))
ARRAY(sqrt, sqrt(x[i]))
ARRAY(sin, sin(x[i]))
ARRAY(cos, cos(x[i]))
ARRAY(tanh, tanh(x[i]))
ARRAY(erf, erf(x[i]))
ARRAY(sigmoid, 1 / (1 + exp(-x[i])))
ARRAY(softplus, (x[i] > 0 ? x[i] : 0) + log1p(exp(-fabs(x[i]))))

ARRAY(erfc, erfc(x[i]))
ARRAY(atan, atan(x[i]))
ARRAY(asinh, asinh(x[i]))
ARRAY(sinh, sinh(x[i]))
ARRAY(cosh, cosh(x[i]))
ARRAY(sech, 1 / cosh(x[i]))
ARRAY(inverse, 1 / x[i])
ARRAY(inverse_sqrt, 1 / sqrt(x[i]))

static void array_real_power(size_t n, double exponent, const double *x, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = pow(x[i], exponent);
}

static void array_leaky(size_t n, double slope, const double *x, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static void array_step(size_t n, double slope, const double *x, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = x[i] > 0 ? 1 : x[i] < 0 ? slope : 0.5 * (1 + slope);
}

static void array_fill(size_t n, double value, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = value;
}

static void array_add(size_t n, const double *a, const double *b, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = a[i] + b[i];
}

static void array_multiply(size_t n, const double *a, const double *b, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = a[i] * b[i];
}

static void array_scale(size_t n, double factor, const double *a, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = factor * a[i];
}

static void array_divide(size_t n, const double *a, const double *b, double *y)
{
    for (size_t i = 0; i < n; ++i) y[i] = a[i] / b[i];
}

static void array_power(size_t n, size_t exponent, const double *x, double *y)
{
    for (size_t i = 0; i < n; ++i) {
        double result = 1, factor = x[i];
        for (size_t left = exponent; left > 0; left /= 2, factor *= factor)
            if (left % 2) result *= factor;
        y[i] = result;
    }
}

static void array_polynomial(size_t n, size_t degree, const double *c, const double *x, double *y)
{
    for (size_t i = 0; i < n; ++i) {
        double sum = c[degree];
        for (size_t m = degree; m-- > 0;) sum = sum * x[i] + c[m];
        y[i] = sum;
    }
}

/* A function's address as the bytes of a data pointer, which POSIX makes the same. */
#define SYMBOL(name)                                                                                                        \
    {                                                                                                                       \
        "array_" #name, (const void *)(size_t)array_##name                                                                  \
    }

const wick_code_symbol wick_array_symbols[] = {
    SYMBOL(exp),     SYMBOL(log),          SYMBOL(sqrt),       SYMBOL(sin),    SYMBOL(cos),   SYMBOL(tanh),
    SYMBOL(erf),     SYMBOL(sigmoid),      SYMBOL(softplus),   SYMBOL(leaky),  SYMBOL(step),  SYMBOL(fill),
    SYMBOL(add),     SYMBOL(scale),        SYMBOL(multiply),   SYMBOL(divide), SYMBOL(power), SYMBOL(polynomial),
    SYMBOL(erfc),    SYMBOL(atan),         SYMBOL(asinh),      SYMBOL(sinh),   SYMBOL(cosh),  SYMBOL(sech),
    SYMBOL(inverse), SYMBOL(inverse_sqrt), SYMBOL(real_power),
};
const size_t wick_array_symbol_count = sizeof wick_array_symbols / sizeof *wick_array_symbols;

#define UNARY(name) "void array_" name "(size_t, const double *, double *);\n"

const char wick_array_declarations[] = "typedef __SIZE_TYPE__ size_t;\n" UNARY("exp") UNARY("log") UNARY("sqrt") UNARY("sin")
    UNARY("cos") UNARY("tanh") UNARY("erf") UNARY("sigmoid") UNARY("erfc") UNARY("atan") UNARY("asinh") UNARY("sinh")
        UNARY("cosh") UNARY("sech") UNARY("inverse") UNARY("inverse_sqrt")
            UNARY("softplus") "void array_leaky(size_t, double, const double *, double *);\n"
                              "void array_step(size_t, double, const double *, double *);\n"
                              "void array_real_power(size_t, double, const double *, double *);\n"
                              "void array_scale(size_t, double, const double *, double *);\n"
                              "void array_fill(size_t, double, double *);\n"
                              "void array_add(size_t, const double *, const double *, double *);\n"
                              "void array_multiply(size_t, const double *, const double *, double *);\n"
                              "void array_divide(size_t, const double *, const double *, double *);\n"
                              "void array_power(size_t, size_t, const double *, double *);\n"
                              "void array_polynomial(size_t, size_t, const double *, const double *, "
                              "double *);\n";

/* See brute_function.h. */
#include "brute_function.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SQRT_2 1.41421356237309504880
#define PI     3.14159265358979323846

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static const char *pattern(brute_kind kind)
{
    static const char *const patterns[BRUTE_KINDS] = {
        [BRUTE_TANH] = "tanh(%s*x)",
        [BRUTE_SIGMOID] = "sigmoid(%s*x)",
        [BRUTE_SOFTPLUS] = "softplus(%s*x)/%s",
        [BRUTE_ERF] = "erf(%s*x)",
        [BRUTE_X_TANH] = "x*tanh(%s*x)",
        [BRUTE_ATAN] = "atan(%s*x)",
        [BRUTE_GELU] = "gelu(x)",
        [BRUTE_SINE] = "sin(3*x)",
        [BRUTE_BELL] = "exp(-x^2)",
        [BRUTE_SWISH] = "x*sigmoid(x)",
        [BRUTE_ABS] = "abs(x)",
        [BRUTE_LEAKY] = "leaky_relu(x, 0.25)",
        [BRUTE_WRINKLE] = "x + 1e-3*tanh(300*x)",
        [BRUTE_SIGN] = "sign(x)",
        [BRUTE_POLYNOMIAL] = "x",
    };
    return patterns[kind];
}

brute_function brute_function_make(brute_kind kind, double c, double shift)
{
    brute_function made = {.kind = kind, .shift = shift};
    char number[40];
    snprintf(number, sizeof number, "%.5g", c);
    made.c = atof(number);
    if (kind == BRUTE_SPIKE)
        snprintf(made.text, sizeof made.text, "exp(-%.0f*(x - %.4f)^2)", made.c * made.c, shift);
    else if (kind == BRUTE_RELU)
        snprintf(made.text, sizeof made.text, "relu(x - %.4f)", shift);
    else if (kind == BRUTE_HEAVISIDE)
        snprintf(made.text, sizeof made.text, "heaviside(x - %.4f)", shift);
    else
        snprintf(made.text, sizeof made.text, pattern(kind), number, number);
    return made;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static double polynomial(const brute_function *function, double x)
{
    double value = 0;
    for (size_t i = function->degree + 1; i-- > 0;) value = value * x + function->coefficient[i];
    return value;
}

static double polynomial_slope(const brute_function *function, double x)
{
    double value = 0;
    for (size_t i = function->degree; i > 0; i--) value = value * x + (double)i * function->coefficient[i];
    return value;
}

static double sigmoid(double x)
{
    const double e = exp(-fabs(x));
    return x > 0 ? 1 / (1 + e) : e / (1 + e);
}

static double sigmoid_slope(double x)
{
    const double e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

static double tanh_slope(double x)
{
    const double e = exp(-2 * fabs(x));
    return 4 * e / ((1 + e) * (1 + e));
}

double brute_value(const brute_function *function, double x)
{
    const double c = function->c, y = x - function->shift;
    switch (function->kind) {
    case BRUTE_TANH: return tanh(c * x);
    case BRUTE_SIGMOID: return sigmoid(c * x);
    case BRUTE_SOFTPLUS: return fmax(x, 0) + log1p(exp(-fabs(c * x))) / c;
    case BRUTE_ERF: return erf(c * x);
    case BRUTE_X_TANH: return x * tanh(c * x);
    case BRUTE_ATAN: return atan(c * x);
    case BRUTE_GELU: return 0.5 * x * erfc(-x / SQRT_2);
    case BRUTE_SINE: return sin(3 * x);
    case BRUTE_BELL: return exp(-x * x);
    case BRUTE_SWISH: return x * sigmoid(x);
    case BRUTE_SPIKE: return exp(-c * c * y * y);
    case BRUTE_RELU: return fmax(y, 0);
    case BRUTE_ABS: return fabs(x);
    case BRUTE_LEAKY: return x > 0 ? x : 0.25 * x;
    case BRUTE_WRINKLE: return x + 1e-3 * tanh(300 * x);
    case BRUTE_SIGN: return (double)((x > 0) - (x < 0));
    case BRUTE_HEAVISIDE: return y > 0 ? 1 : 0;
    case BRUTE_POLYNOMIAL: return polynomial(function, x);
    case BRUTE_KINDS: break;
    }
    abort();
}

double brute_slope(const brute_function *function, double x)
{
    const double c = function->c, y = x - function->shift;
    switch (function->kind) {
    case BRUTE_TANH: return c * tanh_slope(c * x);
    case BRUTE_SIGMOID: return c * sigmoid_slope(c * x);
    case BRUTE_SOFTPLUS: return sigmoid(c * x);
    case BRUTE_ERF: return 2 * c / sqrt(PI) * exp(-c * c * x * x);
    case BRUTE_X_TANH: return tanh(c * x) + c * x * tanh_slope(c * x);
    case BRUTE_ATAN: return c / (1 + c * c * x * x);
    case BRUTE_GELU: return 0.5 * erfc(-x / SQRT_2) + x * exp(-0.5 * x * x) / sqrt(2 * PI);
    case BRUTE_SINE: return 3 * cos(3 * x);
    case BRUTE_BELL: return -2 * x * exp(-x * x);
    case BRUTE_SWISH: return sigmoid(x) + x * sigmoid_slope(x);
    case BRUTE_SPIKE: return -2 * c * c * y * exp(-c * c * y * y);
    case BRUTE_RELU: return y > 0 ? 1 : 0;
    case BRUTE_ABS: return x > 0 ? 1 : -1;
    case BRUTE_LEAKY: return x > 0 ? 1 : 0.25;
    case BRUTE_WRINKLE: return 1 + 0.3 * tanh_slope(300 * x);
    case BRUTE_SIGN:
    case BRUTE_HEAVISIDE: return 0;
    case BRUTE_POLYNOMIAL: return polynomial_slope(function, x);
    case BRUTE_KINDS: break;
    }
    abort();
}

/* ---- Shape ------------------------------------------------------------------------------------------------------- */

bool brute_function_jumps(const brute_function *function)
{
    return function->kind == BRUTE_SIGN || function->kind == BRUTE_HEAVISIDE;
}

bool brute_function_has_kink(const brute_function *function)
{
    return function->kind == BRUTE_RELU || function->kind == BRUTE_ABS || function->kind == BRUTE_LEAKY;
}

bool brute_function_bend(const brute_function *function, brute_bend *bend)
{
    const double c = function->c;
    switch (function->kind) {
    case BRUTE_TANH:
    case BRUTE_SIGMOID:
    case BRUTE_SOFTPLUS:
    case BRUTE_ERF:
    case BRUTE_X_TANH: *bend = (brute_bend){0, 1 / c, false}; return true;
    case BRUTE_ATAN: *bend = (brute_bend){0, 1 / c, true}; return true;
    case BRUTE_GELU:
    case BRUTE_BELL:
    case BRUTE_SWISH: *bend = (brute_bend){0, 1, false}; return true;
    case BRUTE_SPIKE: *bend = (brute_bend){function->shift, 1 / c, false}; return true;
    case BRUTE_WRINKLE: *bend = (brute_bend){0, 1.0 / 300, false}; return true;
    case BRUTE_RELU:
    case BRUTE_HEAVISIDE: *bend = (brute_bend){function->shift, 0, false}; return true;
    case BRUTE_ABS:
    case BRUTE_LEAKY:
    case BRUTE_SIGN: *bend = (brute_bend){0, 0, false}; return true;
    case BRUTE_SINE:
    case BRUTE_POLYNOMIAL:
    case BRUTE_KINDS: break;
    }
    return false;
}

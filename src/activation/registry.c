/* See registry.h and, for help texts, activation.h. Where libraries differ, names mean what they mean in PyTorch. */
#include "activation/registry.h"

#include <string.h>

#include "activation/activation.h"
#include "activation/scanner.h"

#define POLYNOMIAL(word, text)                                                                                              \
    {                                                                                                                       \
        .name = word, .definition = text, .polynomial = true                                                                \
    }
#define WORD(word, another, text)                                                                                           \
    {                                                                                                                       \
        .name = word, .other = another, .definition = text                                                                  \
    }
#define NUMBERS(word, another, text, count, a, b, need)                                                                     \
    {                                                                                                                       \
        .name = word, .other = another, .definition = text, .parameters = count, .standard = {a, b}, .needs = need          \
    }
#define PAIR(word, another, text, both, call)                                                                               \
    {                                                                                                                       \
        .name = word, .other = another, .definition = text, .parameters = 1, .functions = true, .symmetric = both,          \
        .example = call                                                                                                     \
    }

static const wick_registry_word words[] = {
    POLYNOMIAL("linear", "x"),
    POLYNOMIAL("square", "x^2"),
    POLYNOMIAL("cubic", "x^3"),
    POLYNOMIAL("quartic", "x^4"),
    POLYNOMIAL("he2", "x^2 - 1"),
    POLYNOMIAL("he3", "x^3 - 3*x"),
    POLYNOMIAL("he4", "x^4 - 6*x^2 + 3"),
    POLYNOMIAL("he5", "x^5 - 10*x^3 + 15*x"),
    WORD("gelu", NULL, "1/2*x*(1 + erf(x/sqrt(2)))"),
    NUMBERS("silu", "swish", "x*sigmoid(a*x)", 1, "1", NULL, WICK_NEEDS_NOTHING),
    WORD("mish", NULL, "x*tanh(softplus(x))"),
    NUMBERS("elu", NULL, "relu(x) + a*(exp(-relu(-x)) - 1)", 1, "1", NULL, WICK_NEEDS_NOTHING),
    NUMBERS("celu", NULL, "relu(x) + a*(exp(-relu(-x)/a) - 1)", 1, "1", NULL, WICK_NEEDS_POSITIVE),
    WORD("selu", NULL, "1.0507009873554805*elu(x, 1.6732632423543772)"),
    NUMBERS("hardtanh", "hard_tanh", "clip(x, a, b)", 2, "-1", "1", WICK_NEEDS_ORDER),
    WORD("hardsigmoid", "hard_sigmoid", "relu6(x + 3)/6"),
    WORD("hardswish", "hard_swish", "x*hardsigmoid(x)"),
    WORD("relu6", NULL, "clip(x, 0, 6)"),
    WORD("softsign", NULL, "x/(1 + abs(x))"),
    WORD("logsigmoid", "log_sigmoid", "-softplus(-x)"),
    WORD("tanhshrink", NULL, "x - tanh(x)"),
    NUMBERS("softshrink", NULL, "relu(x - a) - relu(-x - a)", 1, "1/2", NULL, WICK_NEEDS_POSITIVE),
    WORD("tan", NULL, "sin(x)/cos(x)"),
    WORD("asin", "arcsin", "atan(x/sqrt(1 - x^2))"),
    WORD("acos", "arccos", "pi/2 - asin(x)"),
    WORD("atanh", "arctanh", "log((1 + x)/(1 - x))/2"),
    WORD("expm1", NULL, "exp(x) - 1"),
    WORD("exp2", NULL, "exp(log(2)*x)"),
    WORD("log1p", NULL, "log(1 + x)"),
    WORD("log2", NULL, "log(x)/log(2)"),
    WORD("log10", NULL, "log(x)/log(10)"),
    WORD("cbrt", NULL, "x*(x^2)^(-1/3)"),
    PAIR("max", "maximum", "a + relu(x - a)", true, "max(x, 0)"),
    PAIR("min", "minimum", "a - relu(a - x)", true, "min(x, 1)"),
    PAIR("pow", "power", "x^a", false, "pow(x, 2)"),
    {.name = "clip",
     .other = "clamp",
     .definition = "a + relu(b - a - relu(b - x))",
     .parameters = 2,
     .example = "clip(x, -1, 1)",
     .needs = WICK_NEEDS_ORDER},
};

static const wick_registry_function functions[] = {
    {"erf", NULL, WICK_ERF, 0, false},
    {"erfc", NULL, WICK_ERFC, 0, false},
    {"exp", NULL, WICK_EXP, 0, false},
    {"tanh", NULL, WICK_TANH, 0, false},
    {"sigmoid", "logistic", WICK_SIGMOID, 0, false},
    {"softplus", NULL, WICK_SOFTPLUS, 0, false},
    {"relu", NULL, WICK_LEAKY, 0, false},
    {"leaky_relu", "leakyrelu", WICK_LEAKY, 0, true},
    {"abs", NULL, WICK_LEAKY, -1, false},
    {"sin", NULL, WICK_SIN, 0, false},
    {"cos", NULL, WICK_COS, 0, false},
    {"sinh", NULL, WICK_SINH, 0, false},
    {"cosh", NULL, WICK_COSH, 0, false},
    {"sech", NULL, WICK_SECH, 0, false},
    {"atan", "arctan", WICK_ATAN, 0, false},
    {"asinh", "arcsinh", WICK_ASINH, 0, false},
    {"log", "ln", WICK_LOG, 0, false},
    {"sqrt", NULL, WICK_SQRT, 0, false},
    {"sign", "sgn", WICK_STEP, -1, false},
    {"heaviside", "step", WICK_STEP, 0, false},
};

size_t wick_registry_word_count(void) { return sizeof words / sizeof *words; }

const wick_registry_word *wick_registry_word_at(size_t index) { return &words[index]; }

static bool is_named(const char *name, size_t length, const char *one, const char *other)
{
    return wick_scanner_same_name(name, length, one) || (other && wick_scanner_same_name(name, length, other));
}

const wick_registry_word *wick_registry_find_word(const char *name, size_t length)
{
    for (size_t i = 0; i < wick_registry_word_count(); i++)
        if (is_named(name, length, words[i].name, words[i].other)) return &words[i];
    return NULL;
}

size_t wick_registry_function_count(void) { return sizeof functions / sizeof *functions; }

const wick_registry_function *wick_registry_function_at(size_t index) { return &functions[index]; }

const wick_registry_function *wick_registry_find_function(const char *name, size_t length)
{
    for (size_t i = 0; i < wick_registry_function_count(); i++)
        if (is_named(name, length, functions[i].name, functions[i].other)) return &functions[i];
    return NULL;
}

bool wick_registry_is_no_polynomial(const char *name, size_t length)
{
    const wick_registry_word *word = wick_registry_find_word(name, length);
    return (word && !word->polynomial) || wick_registry_find_function(name, length);
}

size_t wick_activation_name_count(void)
{
    size_t count = 0;
    while (words[count].polynomial) count++;
    return count;
}

const char *wick_activation_name(size_t index) { return words[index].name; }

const char *wick_activation_expression(size_t index) { return words[index].definition; }

/* See registry.h and, for help texts, activation.h. */
#include "activation/registry.h"

#include <string.h>

#include "activation/activation.h"
#include "base/ascii.h"

typedef struct {
    const char *name, *expression;
} named_expression;

static const named_expression known[] = {
    {"linear", "x"},    {"square", "x^2"},    {"cubic", "x^3"},           {"quartic", "x^4"},
    {"he2", "x^2 - 1"}, {"he3", "x^3 - 3*x"}, {"he4", "x^4 - 6*x^2 + 3"}, {"he5", "x^5 - 10*x^3 + 15*x"},
};

static const wick_registry_function functions[] = {
    {"erf", WICK_ERF, 0, false, false},           {"exp", WICK_EXP, 0, false, false},
    {"tanh", WICK_TANH, 0, false, false},         {"sigmoid", WICK_SIGMOID, 0, false, false},
    {"softplus", WICK_SOFTPLUS, 0, false, false}, {"relu", WICK_LEAKY, 0, false, false},
    {"leaky_relu", WICK_LEAKY, 0, true, false},   {"abs", WICK_LEAKY, -1, false, false},
    {"sin", WICK_SIN, 0, false, false},           {"cos", WICK_COS, 0, false, false},
    {"log", WICK_LOG, 0, false, false},           {"sqrt", WICK_SQRT, 0, false, false},
    {"gelu", WICK_ERF, 0, false, true},
};

/* Known only to be refused with a helpful text where only polynomials are allowed. */
static const char *const no_polynomial[] = {
    "tanh",   "relu", "erf",      "sigmoid",  "logistic",   "gelu", "silu",   "swish", "mish",      "elu",
    "selu",   "celu", "softplus", "hardtanh", "leaky_relu", "sign", "sgn",    "step",  "heaviside", "erfc",
    "probit", "exp",  "log",      "ln",       "sqrt",       "cbrt", "abs",    "max",   "min",       "pow",
    "sin",    "cos",  "tan",      "sinh",     "cosh",       "atan", "arctan",
};

size_t wick_activation_name_count(void) { return sizeof known / sizeof known[0]; }

const char *wick_activation_name(size_t index) { return known[index].name; }

const char *wick_activation_expression(size_t index) { return known[index].expression; }

const char *wick_registry_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) return known[i].expression;
    return NULL;
}

bool wick_registry_is_no_polynomial(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof no_polynomial / sizeof no_polynomial[0]; i++)
        if (strlen(no_polynomial[i]) == length && wick_same_word(no_polynomial[i], name, length)) return true;
    return false;
}

size_t wick_registry_function_count(void) { return sizeof functions / sizeof functions[0]; }

const wick_registry_function *wick_registry_function_at(size_t index) { return &functions[index]; }

const wick_registry_function *wick_registry_find_function(const char *name, size_t length)
{
    for (size_t i = 0; i < wick_registry_function_count(); i++)
        if (strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0) return &functions[i];
    return NULL;
}

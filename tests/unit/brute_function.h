/* Activations for brute force: value, slope and the places where they bend, written down here by hand. Nothing of the
 * library stands behind them. */
#ifndef WICK_TESTS_BRUTE_FUNCTION_H
#define WICK_TESTS_BRUTE_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    BRUTE_TANH,       /* tanh(c x) */
    BRUTE_SIGMOID,    /* sigmoid(c x) */
    BRUTE_SOFTPLUS,   /* softplus(c x)/c */
    BRUTE_ERF,        /* erf(c x) */
    BRUTE_X_TANH,     /* x tanh(c x) */
    BRUTE_ATAN,       /* atan(c x) */
    BRUTE_GELU,       /* x (1 + erf(x/sqrt(2)))/2 */
    BRUTE_SINE,       /* sin(3 x) */
    BRUTE_BELL,       /* exp(-x^2) */
    BRUTE_SWISH,      /* x sigmoid(x) */
    BRUTE_SPIKE,      /* exp(-c^2 (x - shift)^2), c^2 a power of ten */
    BRUTE_RELU,       /* relu(x - shift) */
    BRUTE_ABS,        /* |x| */
    BRUTE_LEAKY,      /* leaky_relu(x, 0.25) */
    BRUTE_WRINKLE,    /* x + 0.001 tanh(300 x) */
    BRUTE_SIGN,       /* sign(x) */
    BRUTE_HEAVISIDE,  /* heaviside(x - shift) */
    BRUTE_POLYNOMIAL, /* of degree up to 5 */
    BRUTE_KINDS
} brute_kind;

enum { BRUTE_TEXT_SIZE = 256, BRUTE_DEGREE_LIMIT = 5 };

typedef struct {
    brute_kind kind;
    double c, shift;
    double coefficient[BRUTE_DEGREE_LIMIT + 1]; /* coefficient[i] is that of x^i */
    size_t degree;
    char text[BRUTE_TEXT_SIZE]; /* as an activation expression */
} brute_function;

/* c is rounded to what the text says; shift counts for relu, heaviside and spikes. */
brute_function brute_function_make(brute_kind kind, double c, double shift);

double brute_value(const brute_function *function, double x);
double brute_slope(const brute_function *function, double x); /* of sign and heaviside 0, off the jump */

/* Whether the function has a jump, and whether its slope has one. */
bool brute_function_jumps(const brute_function *function);
bool brute_function_has_kink(const brute_function *function);

/* Around `centre` the function changes its shape over `width`; 0 for kinks and jumps. Far away it differs from what it is
 * without the bend by a power of the distance if heavy, else exponentially. */
typedef struct {
    double centre, width;
    bool heavy;
} brute_bend;

/* Whether there is a bend; each of these functions has one at most. */
bool brute_function_bend(const brute_function *function, brute_bend *bend);

#endif

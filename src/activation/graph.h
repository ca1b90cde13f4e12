/* Activations that need not be polynomials: expressions as graphs, with exact derivatives.
 *
 * A function owns its nodes; operands stand before what uses them, and equal nodes are one (x in tanh(x)*tanh(x) is stored
 * once, and so is tanh(x)), so that derivatives share what they can. Whatever is a polynomial in x is one exact polynomial
 * node, and the constructors simplify: sums and products of polynomials, terms of zero, factors of zero and one.
 *
 * relu(u), abs(u) and leaky_relu(u, c) are one operation, u for u > 0 and c u for u < 0, with c = 0, -1 and any; its
 * derivative is a step from c to 1; as a value of its own, a step is heaviside (c = 0) or sign (c = -1). What else the
 * grammar offers (registry.c) is made of the operations below.
 */
#ifndef WICK_ACTIVATION_GRAPH_H
#define WICK_ACTIVATION_GRAPH_H

#include "activation/activation.h"
#include "activation/polynomial.h"
#include "base/context.h"

typedef enum {
    WICK_POLYNOMIAL_NODE, /* an exact polynomial in x */
    WICK_PI,
    WICK_SUM,      /* left + right */
    WICK_PRODUCT,  /* left * right */
    WICK_QUOTIENT, /* left / right */
    WICK_POWER,    /* left ^ exponent */
    WICK_EXP,      /* of left, as all below */
    WICK_LOG,
    WICK_SQRT,
    WICK_SIN,
    WICK_COS,
    WICK_TANH,
    WICK_ERF,
    WICK_SIGMOID,
    WICK_SOFTPLUS,
    WICK_LEAKY, /* left for left > 0, slope * left below */
    WICK_STEP,  /* 1 for left > 0, slope below, their mean at 0 */
    WICK_ERFC,
    WICK_ATAN,
    WICK_ASINH,
    WICK_SINH,
    WICK_COSH,
    WICK_SECH,      /* 1 / cosh(left), which does not overflow */
    WICK_REAL_POWER /* left ^ (numerator / denominator): in lowest terms, and neither a whole number >= 0 nor 1/2 */
} wick_operation;

enum { WICK_GRAPH_LIMIT = 4000, WICK_KINK_LIMIT = 64 };

typedef struct {
    wick_operation operation;
    size_t left, right;
    size_t exponent;
    double slope;
    long numerator, denominator; /* of the exponent of a real power; denominator > 0 */
    wick_polynomial polynomial;
    double rounded[WICK_DEGREE_LIMIT + 1]; /* the coefficients of a polynomial of at most that degree */
    bool constant;                         /* does not depend on x */
} wick_graph_node;

typedef struct {
    size_t count, capacity;
    wick_graph_node *node;
    size_t value, derivative; /* nodes: s and s' */
} wick_graph;

#define WICK_GRAPH_EMPTY ((wick_graph){0, 0, NULL, 0, 0})

void wick_graph_clear(wick_graph *function);
bool wick_graph_copy(wick_graph *result, const wick_graph *f); /* into an empty one; false: memory is exhausted */

/* Constructors: each puts the node that stands for the result into *result. false: memory is exhausted, or the function has
 * WICK_GRAPH_LIMIT nodes (then count says so). A polynomial that would pass degree WICK_DEGREE_LIMIT stays a product. */
bool wick_graph_polynomial(wick_graph *f, const wick_polynomial *polynomial, size_t *result); /* copied */
bool wick_graph_rational(wick_graph *f, long numerator, unsigned long denominator, size_t *result);
bool wick_graph_combine(wick_graph *f, wick_operation operation, size_t left, size_t right, size_t *result);
bool wick_graph_power(wick_graph *f, size_t base, size_t exponent, size_t *result);
bool wick_graph_real_power(wick_graph *f, size_t base, long numerator, long denominator, size_t *result); /* any rational */
bool wick_graph_apply(wick_graph *f, wick_operation operation, size_t argument, double slope, size_t *result);
bool wick_graph_derive(wick_graph *f, size_t node, size_t *result); /* d/dx */

/* The value of a node at x. NAN or an infinity where it is not defined. */
double wick_graph_at(const wick_graph *f, size_t node, double x);

/* One node's value from those of its operands. */
double wick_graph_apply_node(const wick_graph_node *node, double left, double right, double x);

/* Parses `text` (the grammar of activation.h with functions) and derives it once. On failure `function` is empty. */
wick_status wick_graph_parse(wick_context *context, const char *key, const char *text, wick_graph *function);

/* The same, with what an error says and where, for callers that know where the text stands. `error` may be NULL. */
wick_status wick_graph_read(wick_context *context, const char *key, const char *text, wick_graph *function,
                            wick_activation_error *error);

/* The same with another name for x. */
wick_status wick_graph_read_in(wick_context *context, const char *key, const char *text, const char *variable,
                               wick_graph *function, wick_activation_error *error);

/* A node as an expression that reads back as the same function, or a remark that it is too long to be written out. */
void wick_graph_print(wick_text *text, const wick_graph *f, size_t node);

/* How many operations a node is as a formula, where what is shared counts each time; at most WICK_SIZE_LIMIT. */
size_t wick_graph_size(const wick_graph *f, size_t node);

enum { WICK_SIZE_LIMIT = 1000 };

/* Is the node a rational number? Its value, rounded. */
bool wick_graph_is_rational(const wick_graph *f, size_t node, double *value);

/* Are they one function, up to the order of summands and factors? Then their values agree to the last digit. */
bool wick_graph_equal(const wick_graph *a, const wick_graph *b);

/* The exact polynomial that the function is, or NULL. */
const wick_polynomial *wick_graph_as_polynomial(const wick_graph *f);

/* Is it scale * erf(rate x)? */
bool wick_graph_is_erf(const wick_graph *f, double *scale, double *rate);

/* Is it slope * x + kink * relu(x)? */
bool wick_graph_is_piecewise_linear(const wick_graph *f, double *slope, double *kink);

/* +1, -1: s is even, odd, as far as rounding tells; 0: neither. */
int wick_graph_parity(const wick_graph *f);

/* The points, in increasing order, where the argument of a kink or a step changes its sign: there s, s' or a higher
 * derivative may jump. All of them, where wick_graph_check_domain() is content; else at most WICK_KINK_LIMIT. */
size_t wick_graph_kinks(const wick_graph *f, double kinks[WICK_KINK_LIMIT]);

/* Those of them where the value itself jumps, and by how much: the limit from the right minus that from the left. */
size_t wick_graph_jumps(const wick_graph *f, double points[WICK_KINK_LIMIT], double heights[WICK_KINK_LIMIT]);

/* Fails, naming the point, unless s and s' are known to be defined on the whole line, all kinks are known, and values near 0
 * are within the range of double precision. What interval arithmetic cannot verify is refused. */
wick_status wick_graph_check_domain(wick_context *context, const char *key, const wick_graph *f);

/* The same for callers that know where the text stands: *fault holds what is wrong, or is "" if nothing is. false: memory is
 * exhausted. */
bool wick_graph_find_fault(const wick_graph *f, wick_activation_error *fault);

#endif

/* See activation.h and graph.h: wick_activation_parse() and wick_graph_parse() by recursive descent, one function for
 * each line of the grammar. For polynomials there is no tree: every rule expands its operands at once, so what a rule
 * returns is already a polynomial, and the limits on degrees and coefficients are enforced where the operation is about to
 * happen. What meets a function becomes a node of the function's graph. */
#include "activation/activation.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "activation/graph.h"
#include "activation/registry.h"
#include "activation/scanner.h"
#include "base/text.h"

typedef struct {
    wick_scanner scanner;
    size_t depth;         /* parentheses and exponents open at this point; each is a recursion */
    wick_graph *function; /* where nodes go; NULL if only polynomials are allowed */
} parser;

/* What a rule returns: a polynomial or, where `graph` is set, a node of the function. */
typedef struct {
    wick_polynomial polynomial;
    bool graph;
    size_t node;
} operand;

#define OPERAND_ZERO ((operand){WICK_POLYNOMIAL_ZERO, false, 0})

static wick_status parse_sum(parser *p, operand *result);
static wick_status parse_unary(parser *p, operand *result);

static wick_status out_of_memory(const parser *p) { return wick_fail_memory(p->scanner.context, "expanding an activation"); }

/* ---- Operations and their limits --------------------------------------------------------------------------------- */

static size_t degree(const wick_polynomial *a) { return a->count == 0 ? 0 : a->count - 1; }

static size_t integer_bits(const mpz_t n) { return mpz_sizeinbase(n, 2); }

static wick_status fail_size(const parser *p, const char *at)
{
    return wick_scanner_fail(&p->scanner, at,
                             "a coefficient gets too long here: numerators and denominators may have at most %d bits "
                             "(about 301 digits)",
                             WICK_COEFFICIENT_BITS);
}

/* Operands within the limit make results that are at most some hundred times longer, so one check after each operation is
 * soon enough for all but powers of constants. */
static wick_status check_size(const parser *p, const char *at, const wick_polynomial *a)
{
    for (size_t i = 0; i < a->count; i++) {
        if (integer_bits(mpq_numref(a->coefficient[i])) > WICK_COEFFICIENT_BITS ||
            integer_bits(mpq_denref(a->coefficient[i])) > WICK_COEFFICIENT_BITS)
            return fail_size(p, at);
    }
    return WICK_OK;
}

static wick_status multiply(parser *p, const wick_token *operation, wick_polynomial *a, const wick_polynomial *b)
{
    const bool zero = wick_polynomial_is_zero(a) || wick_polynomial_is_zero(b);
    const size_t found = degree(a) + degree(b);
    if (!zero && found > WICK_DEGREE_LIMIT)
        return wick_scanner_fail(&p->scanner, operation->start, "this product has degree %zu: at most %d is allowed", found,
                                 WICK_DEGREE_LIMIT);
    return wick_polynomial_multiply(a, a, b) ? WICK_OK : out_of_memory(p);
}

static wick_status divide(parser *p, const char *divisor, wick_polynomial *a, const wick_polynomial *b)
{
    if (wick_polynomial_is_zero(b)) return wick_scanner_fail(&p->scanner, divisor, "division by zero");
    if (degree(b) > 0)
        return wick_scanner_fail(&p->scanner, divisor,
                                 "division by an expression that contains x; only constants can divide here");
    mpq_t inverse;
    mpq_init(inverse);
    mpq_inv(inverse, b->coefficient[0]);
    const bool done = wick_polynomial_scale(a, a, inverse);
    mpq_clear(inverse);
    return done ? WICK_OK : out_of_memory(p);
}

/* Reads an exponent as a number; what does not fit becomes SIZE_MAX, which is over every limit. `odd` is exact always. */
static wick_status read_exponent(const parser *p, const char *at, const wick_polynomial *a, size_t *exponent, bool *odd)
{
    *exponent = 0;
    *odd = false;
    if (wick_polynomial_is_zero(a)) return WICK_OK;
    if (degree(a) > 0)
        return wick_scanner_fail(&p->scanner, at, "an exponent that contains x: allowed are non-negative integers");
    mpq_srcptr value = a->coefficient[0];
    const bool fractional = mpz_cmp_ui(mpq_denref(value), 1) != 0;
    if (fractional || mpq_sgn(value) < 0) {
        wick_text found = WICK_TEXT_EMPTY;
        wick_polynomial_print(&found, a, "x");
        const bool long_text = found.length > 40;
        const wick_status status = wick_scanner_fail(
            &p->scanner, at, "a %s exponent, found %.*s%s: allowed are non-negative integers",
            fractional ? "fractional" : "negative", 40, found.bytes ? found.bytes : "", long_text ? "..." : "");
        wick_text_clear(&found);
        return status;
    }
    mpz_srcptr integer = mpq_numref(value);
    *exponent = mpz_fits_ulong_p(integer) ? mpz_get_ui(integer) : SIZE_MAX;
    *odd = mpz_odd_p(integer);
    return WICK_OK;
}

/* For a constant other than 0, 1 and -1: |a|^exponent or its inverse is at least 2^((bits - 1) exponent), and a result that
 * passes this check has at most twice the bits allowed. */
static wick_status check_constant_power(const parser *p, const char *at, const wick_polynomial *a, size_t exponent)
{
    const size_t numerator = integer_bits(mpq_numref(a->coefficient[0]));
    const size_t denominator = integer_bits(mpq_denref(a->coefficient[0]));
    const size_t bits = numerator > denominator ? numerator : denominator;
    return exponent > WICK_COEFFICIENT_BITS / (bits - 1) ? fail_size(p, at) : WICK_OK;
}

static bool is_unit_or_zero(const wick_polynomial *a)
{
    return wick_polynomial_is_zero(a) || (degree(a) == 0 && mpz_cmpabs_ui(mpq_numref(a->coefficient[0]), 1) == 0 &&
                                          mpz_cmp_ui(mpq_denref(a->coefficient[0]), 1) == 0);
}

static wick_status check_degree_of_power(const parser *p, const char *at, size_t base, size_t exponent)
{
    if (exponent <= WICK_DEGREE_LIMIT / base) return WICK_OK;
    if (exponent > 1000000000)
        return wick_scanner_fail(&p->scanner, at, "this power has a degree over 1000000000: at most %d is allowed",
                                 WICK_DEGREE_LIMIT);
    return wick_scanner_fail(&p->scanner, at, "this power has degree %zu: at most %d is allowed", base * exponent,
                             WICK_DEGREE_LIMIT);
}

static wick_status power(parser *p, const wick_token *operation, const char *exponent_at, wick_polynomial *a,
                         const wick_polynomial *b)
{
    size_t exponent;
    bool odd;
    WICK_TRY(read_exponent(p, exponent_at, b, &exponent, &odd));
    if (is_unit_or_zero(a)) {
        if (exponent > 2) exponent = odd ? 1 : 2; /* the same result, however large the exponent */
    } else if (degree(a) == 0) {
        WICK_TRY(check_constant_power(p, operation->start, a, exponent));
    } else {
        WICK_TRY(check_degree_of_power(p, operation->start, degree(a), exponent));
    }
    return wick_polynomial_power(a, a, exponent) ? WICK_OK : out_of_memory(p);
}

/* a = a (operation) b for polynomials, where b begins at the byte `right`. */
static wick_status apply_to_polynomials(parser *p, const wick_token *operation, const char *right, wick_polynomial *a,
                                        const wick_polynomial *b)
{
    wick_status status = WICK_OK;
    switch (operation->kind) {
    case WICK_TOKEN_PLUS: status = wick_polynomial_add(a, a, b) ? WICK_OK : out_of_memory(p); break;
    case WICK_TOKEN_MINUS: status = wick_polynomial_subtract(a, a, b) ? WICK_OK : out_of_memory(p); break;
    case WICK_TOKEN_TIMES: status = multiply(p, operation, a, b); break;
    case WICK_TOKEN_DIVIDE: status = divide(p, right, a, b); break;
    default: status = power(p, operation, right, a, b); break;
    }
    return status == WICK_OK ? check_size(p, operation->start, a) : status;
}

/* ---- Graphs -------------------------------------------------------------------------------------------------------- */

static wick_status fail_graph(const parser *p, const char *at)
{
    if (p->function->count < WICK_GRAPH_LIMIT) return out_of_memory(p);
    return wick_scanner_fail(&p->scanner, at, "the expression is too long: at most %d operations on functions",
                             WICK_GRAPH_LIMIT);
}

/* Moves a polynomial into the graph. */
static bool into_graph(parser *p, operand *a)
{
    if (a->graph) return true;
    if (!wick_graph_polynomial(p->function, &a->polynomial, &a->node)) return false;
    wick_polynomial_clear(&a->polynomial);
    return a->graph = true;
}

static wick_status power_of_graph(parser *p, const char *right, operand *a, const operand *b)
{
    size_t exponent;
    bool odd;
    if (b->graph)
        return wick_scanner_fail(&p->scanner, right,
                                 "an exponent that is no rational number: allowed are non-negative "
                                 "integers; write exp(... * log(...)) for other powers");
    WICK_TRY(read_exponent(p, right, &b->polynomial, &exponent, &odd));
    if (exponent > 1000) return wick_scanner_fail(&p->scanner, right, "at most power 1000 of a function is allowed");
    return wick_graph_power(p->function, a->node, exponent, &a->node) ? WICK_OK : fail_graph(p, right);
}

static bool combine(parser *p, const wick_token *operation, size_t left, size_t right, size_t *result)
{
    wick_graph *f = p->function;
    size_t minus;
    switch (operation->kind) {
    case WICK_TOKEN_PLUS: return wick_graph_combine(f, WICK_SUM, left, right, result);
    case WICK_TOKEN_MINUS:
        return wick_graph_rational(f, -1, 1, &minus) && wick_graph_combine(f, WICK_PRODUCT, minus, right, &right) &&
               wick_graph_combine(f, WICK_SUM, left, right, result);
    case WICK_TOKEN_TIMES: return wick_graph_combine(f, WICK_PRODUCT, left, right, result);
    default: return wick_graph_combine(f, WICK_QUOTIENT, left, right, result);
    }
}

/* a = a (operation) b, where b begins at the byte `right`. */
static wick_status apply(parser *p, const wick_token *operation, const char *right, operand *a, operand *b)
{
    if (!a->graph && !b->graph) return apply_to_polynomials(p, operation, right, &a->polynomial, &b->polynomial);
    if (operation->kind == WICK_TOKEN_DIVIDE && !b->graph && wick_polynomial_is_zero(&b->polynomial))
        return wick_scanner_fail(&p->scanner, right, "division by zero");
    if (!into_graph(p, a)) return fail_graph(p, operation->start);
    if (operation->kind == WICK_TOKEN_POWER) return power_of_graph(p, right, a, b);
    return into_graph(p, b) && combine(p, operation, a->node, b->node, &a->node) ? WICK_OK : fail_graph(p, operation->start);
}

/* ---- What does not belong ---------------------------------------------------------------------------------------- */

typedef struct {
    char text[64];
} quotation;

/* A token as it stands in an error; parentheses stand for the whole group. */
static quotation quote(const wick_token *token)
{
    quotation quoted;
    if (token->kind == WICK_TOKEN_OPEN || token->kind == WICK_TOKEN_CLOSE) {
        strcpy(quoted.text, "(...)");
    } else {
        const bool cut = token->length > 40;
        snprintf(quoted.text, sizeof quoted.text, "%.*s%s", cut ? 40 : (int)token->length, token->start, cut ? "..." : "");
    }
    return quoted;
}

/* Characters that people paste, and what they mean by them. */
static const char *const look_alike[][2] = {
    {"\u00b2", "^2"}, {"\u00b3", "^3"}, {"\u2074", "^4"}, {"\u2075", "^5"}, {"\u2076", "^6"}, {"\u00d7", "*"},
    {"\u00b7", "*"},  {"\u22c5", "*"},  {"\u00f7", "/"},  {"\u2212", "-"},  {"\u2013", "-"},  {"[", "("},
    {"]", ")"},       {"{", "("},       {"}", ")"},       {",", "."},
};

static wick_status fail_stray(const parser *p)
{
    const wick_token *token = &p->scanner.token;
    for (size_t i = 0; i < sizeof look_alike / sizeof look_alike[0]; i++)
        if (strlen(look_alike[i][0]) == token->length && memcmp(look_alike[i][0], token->start, token->length) == 0)
            return wick_scanner_fail(&p->scanner, token->start, "stray character '%s': write '%s'", look_alike[i][0],
                                     look_alike[i][1]);
    const unsigned char byte = (unsigned char)token->start[0];
    if (token->length == 1 && (byte < 0x20 || byte >= 0x7f))
        return wick_scanner_fail(&p->scanner, token->start,
                                 "stray byte 0x%02x: allowed are numbers, x, names, + - * / ^ and parentheses", byte);
    return wick_scanner_fail(&p->scanner, token->start,
                             "stray character '%.*s': allowed are numbers, x, names, + - * / ^ and parentheses",
                             (int)token->length, token->start);
}

/* An operand right behind another one, with no operator between. */
static wick_status fail_juxtaposed(const parser *p)
{
    const wick_token *left = &p->scanner.previous, *right = &p->scanner.token;
    if (left->kind == WICK_TOKEN_NAME && right->kind == WICK_TOKEN_OPEN) {
        const char *expression = wick_registry_find(left->start, left->length);
        if (expression)
            return wick_scanner_fail(&p->scanner, right->start, "\"%s\" takes no argument: it stands for %s",
                                     quote(left).text, expression);
    }
    return wick_scanner_fail(&p->scanner, right->start, "missing operator: write %s*%s", quote(left).text,
                             quote(right).text);
}

/* A token that cannot follow a complete operand. */
static wick_status fail_trailing(const parser *p)
{
    const wick_token *token = &p->scanner.token;
    switch (token->kind) {
    case WICK_TOKEN_CLOSE: return wick_scanner_fail(&p->scanner, token->start, "')' without a '(' before it");
    case WICK_TOKEN_OTHER: return fail_stray(p);
    default: return fail_juxtaposed(p);
    }
}

/* A token that cannot begin an operand. */
static wick_status fail_operand(const parser *p)
{
    const wick_token *token = &p->scanner.token;
    static const char wanted[] = "a number, x, a name or '('";
    if (token->kind == WICK_TOKEN_OTHER) return fail_stray(p);
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "the expression ends where %s is expected", wanted);
    return wick_scanner_fail(&p->scanner, token->start, "expected %s, found '%.*s'", wanted, (int)token->length,
                             token->start);
}

static wick_status fail_name(const parser *p)
{
    const wick_token *token = &p->scanner.token;
    if (token->start[0] == 'x' && strspn(token->start + 1, "0123456789") == token->length - 1)
        return wick_scanner_fail(&p->scanner, token->start, "unknown name \"%s\": write x^%s or x*%s", quote(token).text,
                                 quote(token).text + 1, quote(token).text + 1);
    wick_text names = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < wick_activation_name_count(); i++)
        wick_text_printf(&names, "%s%s", i == 0 ? "" : ", ", wick_activation_name(i));
    const bool function = !p->function && wick_registry_is_no_polynomial(token->start, token->length);
    if (p->function) {
        wick_text_append(&names, ", pi");
        for (size_t i = 0; i < wick_registry_function_count(); i++)
            wick_text_printf(&names, ", %s", wick_registry_function_at(i)->name);
    }
    const wick_status status =
        wick_scanner_fail(&p->scanner, token->start, "%s \"%s\"%s; the variable is x, and the known names are %s",
                          function ? "no closed form for" : "unknown name", quote(token).text,
                          function ? ": only polynomials are allowed here" : "", names.bytes ? names.bytes : "");
    wick_text_clear(&names);
    return status;
}

/* ---- Grammar ----------------------------------------------------------------------------------------------------- */

static wick_status enter(parser *p, const char *at)
{
    if (p->depth >= WICK_NESTING_LIMIT)
        return wick_scanner_fail(&p->scanner, at,
                                 "nested too deeply: at most %d parentheses and exponents inside each other",
                                 WICK_NESTING_LIMIT);
    p->depth++;
    return WICK_OK;
}

static wick_status set_constant(const parser *p, operand *result, const mpq_t value, size_t exponent)
{
    return wick_polynomial_set_monomial(&result->polynomial, value, exponent) ? WICK_OK : out_of_memory(p);
}

static wick_status parse_number(parser *p, operand *result)
{
    mpq_t value;
    mpq_init(value);
    wick_status status = wick_scanner_number(&p->scanner, &p->scanner.token, value);
    if (status == WICK_OK) status = set_constant(p, result, value, 0);
    mpq_clear(value);
    return status == WICK_OK ? check_size(p, p->scanner.token.start, &result->polynomial) : status;
}

static wick_status parse_x(parser *p, operand *result)
{
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    const wick_status status = set_constant(p, result, one, 1);
    mpq_clear(one);
    return status;
}

/* ---- Functions --------------------------------------------------------------------------------------------------- */

static bool at_comma(const parser *p)
{
    const wick_token *token = &p->scanner.token;
    return token->kind == WICK_TOKEN_OTHER && token->start[0] == ',';
}

/* The second argument: a number that does not depend on x. */
static wick_status parse_slope(parser *p, const wick_token *name, double *slope)
{
    if (!at_comma(p))
        return wick_scanner_fail(&p->scanner, p->scanner.token.start, "%.*s takes two arguments: write %.*s(x, 0.1)",
                                 (int)name->length, name->start, (int)name->length, name->start);
    wick_scanner_advance(&p->scanner);
    const char *at = p->scanner.token.start;
    operand second = OPERAND_ZERO;
    wick_status status = parse_sum(p, &second);
    if (status == WICK_OK && !into_graph(p, &second)) status = fail_graph(p, at);
    if (status == WICK_OK && !p->function->node[second.node].constant)
        status = wick_scanner_fail(&p->scanner, at, "the second argument of %.*s must be a number, without x",
                                   (int)name->length, name->start);
    if (status == WICK_OK) *slope = wick_graph_at(p->function, second.node, 0);
    if (status == WICK_OK && !isfinite(*slope)) status = wick_scanner_fail(&p->scanner, at, "this is no finite number");
    wick_polynomial_clear(&second.polynomial);
    return status;
}

/* Between the parentheses of a call; leaves the current token at ')'. */
static wick_status parse_arguments(parser *p, const wick_token *name, const wick_registry_function *function,
                                   operand *result, double *slope)
{
    const char *open = p->scanner.token.start;
    WICK_TRY(enter(p, open));
    wick_scanner_advance(&p->scanner);
    WICK_TRY(parse_sum(p, result));
    if (function->two_arguments) WICK_TRY(parse_slope(p, name, slope));
    p->depth--;
    const wick_token *token = &p->scanner.token;
    if (at_comma(p))
        return wick_scanner_fail(&p->scanner, token->start, "%.*s takes %s", (int)name->length, name->start,
                                 function->two_arguments ? "two arguments" : "one argument");
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "missing ')' for the '(' in column %zu",
                                 wick_scanner_column(&p->scanner, open));
    return token->kind == WICK_TOKEN_CLOSE ? WICK_OK : fail_trailing(p);
}

/* gelu(u) = u (1 + erf(u / sqrt(2))) / 2 */
static bool make_gelu(wick_graph *f, size_t u, size_t *result)
{
    size_t root, half, one, sum;
    return wick_graph_rational(f, 2, 1, &root) && wick_graph_apply(f, WICK_SQRT, root, 0, &root) &&
           wick_graph_combine(f, WICK_QUOTIENT, u, root, &sum) && wick_graph_apply(f, WICK_ERF, sum, 0, &sum) &&
           wick_graph_rational(f, 1, 1, &one) && wick_graph_combine(f, WICK_SUM, one, sum, &sum) &&
           wick_graph_rational(f, 1, 2, &half) && wick_graph_combine(f, WICK_PRODUCT, half, u, &half) &&
           wick_graph_combine(f, WICK_PRODUCT, half, sum, result);
}

/* A function without parentheses is one of x. */
static wick_status parse_function(parser *p, const wick_registry_function *function, operand *result)
{
    const wick_token name = p->scanner.token;
    double slope = function->slope;
    wick_scanner next = p->scanner;
    wick_scanner_advance(&next);
    if (next.token.kind == WICK_TOKEN_OPEN) {
        wick_scanner_advance(&p->scanner);
        WICK_TRY(parse_arguments(p, &name, function, result, &slope));
    } else if (function->two_arguments) {
        return wick_scanner_fail(&p->scanner, name.start, "%.*s takes two arguments: write %.*s(x, 0.1)", (int)name.length,
                                 name.start, (int)name.length, name.start);
    } else {
        WICK_TRY(parse_x(p, result));
    }
    if (!into_graph(p, result)) return fail_graph(p, name.start);
    const bool made = function->gelu
                          ? make_gelu(p->function, result->node, &result->node)
                          : wick_graph_apply(p->function, function->operation, result->node, slope, &result->node);
    return made ? WICK_OK : fail_graph(p, name.start);
}

static wick_status parse_pi(parser *p, operand *result)
{
    result->graph = true;
    return wick_graph_apply(p->function, WICK_PI, 0, 0, &result->node) ? WICK_OK : fail_graph(p, p->scanner.token.start);
}

static wick_status parse_name(parser *p, operand *result)
{
    const wick_token *token = &p->scanner.token;
    if (token->length == 1 && token->start[0] == 'x') return parse_x(p, result);
    const char *expression = wick_registry_find(token->start, token->length);
    if (expression) return wick_activation_parse(p->scanner.context, p->scanner.key, expression, &result->polynomial);
    const wick_registry_function *function = p->function ? wick_registry_find_function(token->start, token->length) : NULL;
    if (function) return parse_function(p, function, result);
    if (p->function && token->length == 2 && memcmp(token->start, "pi", 2) == 0) return parse_pi(p, result);
    return fail_name(p);
}

static wick_status parse_parentheses(parser *p, operand *result)
{
    const char *open = p->scanner.token.start;
    WICK_TRY(enter(p, open));
    wick_scanner_advance(&p->scanner);
    WICK_TRY(parse_sum(p, result));
    p->depth--;
    const wick_token *token = &p->scanner.token;
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "missing ')' for the '(' in column %zu",
                                 wick_scanner_column(&p->scanner, open));
    return token->kind == WICK_TOKEN_CLOSE ? WICK_OK : fail_trailing(p);
}

static wick_status parse_atom(parser *p, operand *result)
{
    switch (p->scanner.token.kind) {
    case WICK_TOKEN_NUMBER: WICK_TRY(parse_number(p, result)); break;
    case WICK_TOKEN_NAME: WICK_TRY(parse_name(p, result)); break;
    case WICK_TOKEN_OPEN: WICK_TRY(parse_parentheses(p, result)); break;
    default: return fail_operand(p);
    }
    wick_scanner_advance(&p->scanner);
    return WICK_OK;
}

typedef wick_status (*rule)(parser *p, operand *result);

/* At an operator: result = result (operation) operand, the operand read by `parse_operand`. */
static wick_status parse_right(parser *p, rule parse_operand, operand *result)
{
    const wick_token operation = p->scanner.token;
    wick_scanner_advance(&p->scanner);
    const char *right = p->scanner.token.start;
    operand other = OPERAND_ZERO;
    wick_status status = parse_operand(p, &other);
    if (status == WICK_OK) status = apply(p, &operation, right, result, &other);
    wick_polynomial_clear(&other.polynomial);
    return status;
}

static wick_status parse_power(parser *p, operand *result)
{
    WICK_TRY(parse_atom(p, result));
    if (p->scanner.token.kind != WICK_TOKEN_POWER) return WICK_OK;
    WICK_TRY(enter(p, p->scanner.token.start));
    WICK_TRY(parse_right(p, parse_unary, result));
    p->depth--;
    return WICK_OK;
}

/* A loop, so that a thousand signs are no thousand recursions. */
static wick_status parse_unary(parser *p, operand *result)
{
    bool negative = false;
    for (; p->scanner.token.kind == WICK_TOKEN_PLUS || p->scanner.token.kind == WICK_TOKEN_MINUS;
         wick_scanner_advance(&p->scanner))
        if (p->scanner.token.kind == WICK_TOKEN_MINUS) negative = !negative;
    const char *at = p->scanner.token.start;
    WICK_TRY(parse_power(p, result));
    if (!negative) return WICK_OK;
    if (result->graph) {
        size_t minus;
        return wick_graph_rational(p->function, -1, 1, &minus) &&
                       wick_graph_combine(p->function, WICK_PRODUCT, minus, result->node, &result->node)
                   ? WICK_OK
                   : fail_graph(p, at);
    }
    const wick_polynomial zero = WICK_POLYNOMIAL_ZERO;
    return wick_polynomial_subtract(&result->polynomial, &zero, &result->polynomial) ? WICK_OK : out_of_memory(p);
}

static wick_status parse_product(parser *p, operand *result)
{
    WICK_TRY(parse_unary(p, result));
    while (p->scanner.token.kind == WICK_TOKEN_TIMES || p->scanner.token.kind == WICK_TOKEN_DIVIDE)
        WICK_TRY(parse_right(p, parse_unary, result));
    return WICK_OK;
}

static wick_status parse_sum(parser *p, operand *result)
{
    WICK_TRY(parse_product(p, result));
    while (p->scanner.token.kind == WICK_TOKEN_PLUS || p->scanner.token.kind == WICK_TOKEN_MINUS)
        WICK_TRY(parse_right(p, parse_product, result));
    return WICK_OK;
}

static wick_status parse_all(parser *p, operand *result)
{
    if (p->scanner.token.kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, p->scanner.text,
                                 "the expression is empty: write a polynomial in x, for instance x^2 - 1");
    WICK_TRY(parse_sum(p, result));
    return p->scanner.token.kind == WICK_TOKEN_END ? WICK_OK : fail_trailing(p);
}

wick_status wick_activation_parse(wick_context *context, const char *key, const char *text, wick_polynomial *polynomial)
{
    parser p = {.scanner = wick_scanner_begin(context, key, text), .depth = 0};
    operand result = OPERAND_ZERO;
    const wick_status status = parse_all(&p, &result);
    if (status != WICK_OK) {
        wick_polynomial_clear(&result.polynomial);
        return status;
    }
    wick_polynomial_clear(polynomial);
    *polynomial = result.polynomial;
    return WICK_OK;
}

wick_status wick_graph_parse(wick_context *context, const char *key, const char *text, wick_graph *function)
{
    *function = WICK_GRAPH_EMPTY;
    parser p = {.scanner = wick_scanner_begin(context, key, text), .depth = 0, .function = function};
    operand result = OPERAND_ZERO;
    wick_status status = parse_all(&p, &result);
    if (status == WICK_OK && !into_graph(&p, &result)) status = fail_graph(&p, text);
    function->value = result.node;
    if (status == WICK_OK && !wick_graph_derive(function, result.node, &function->derivative)) status = fail_graph(&p, text);
    wick_polynomial_clear(&result.polynomial);
    if (status != WICK_OK) wick_graph_clear(function);
    return status;
}

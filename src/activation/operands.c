/* See parser.h: what + - * / ^ make of operands. Polynomials stay exact polynomials as long as they can, and the limits on
 * degrees and coefficients are enforced where an operation is about to happen; what meets a function, is divided by x, or
 * has a power that no polynomial has, becomes a node of the function's graph. */
#include <math.h>
#include <stdint.h>

#include "activation/activation.h"
#include "activation/parser.h"
#include "base/text.h"

wick_status wick_parser_fail_memory(const wick_parser *p)
{
    return wick_fail_memory(p->scanner.context, "expanding an activation");
}

wick_status wick_parser_fail_graph(const wick_parser *p, const char *at)
{
    if (p->function->count < WICK_GRAPH_LIMIT) return wick_parser_fail_memory(p);
    return wick_scanner_fail(&p->scanner, at, "the expression is too long: at most %d operations on functions",
                             WICK_GRAPH_LIMIT);
}

wick_status wick_operand_copy(wick_parser *p, wick_operand *result, const wick_operand *from)
{
    result->graph = from->graph;
    result->node = from->node;
    return wick_polynomial_copy(&result->polynomial, &from->polynomial) ? WICK_OK : wick_parser_fail_memory(p);
}

bool wick_operand_into_graph(wick_parser *p, wick_operand *a)
{
    if (a->graph) return true;
    if (!wick_graph_polynomial(p->function, &a->polynomial, &a->node)) return false;
    wick_polynomial_clear(&a->polynomial);
    return a->graph = true;
}

/* ---- Constants ----------------------------------------------------------------------------------------------------- */

static bool may_vanish(wick_operation operation)
{
    return operation == WICK_EXP || operation == WICK_SECH || operation == WICK_ERFC || operation == WICK_POWER ||
           operation == WICK_REAL_POWER;
}

/* What is wrong with a constant of this value, or NULL. */
static const char *fault_of(const wick_graph *f, const wick_graph_node *node, double value)
{
    const bool leaf = node->operation == WICK_PI, quotient = node->operation == WICK_QUOTIENT;
    const double left = leaf ? 1 : wick_graph_at(f, quotient ? node->right : node->left, 0);
    const bool zero = !(value < 0 || value > 0), of_zero = !(left < 0) && !(left > 0);
    if (isnan(value) || (isinf(value) && (node->operation == WICK_LOG || of_zero))) return "is not defined";
    if (isinf(value)) return "is beyond the range of double precision, 1.8e308";
    if (zero && may_vanish(node->operation) && fabs(left) > 0) return "is below the range of double precision, 4.9e-324";
    return NULL;
}

wick_status wick_operand_check_constant(const wick_parser *p, const char *at, size_t node)
{
    const wick_graph *f = p->function;
    if (!f->node[node].constant || f->node[node].operation == WICK_POLYNOMIAL_NODE) return WICK_OK;
    const char *fault = fault_of(f, &f->node[node], wick_graph_at(f, node, 0));
    if (!fault) return WICK_OK;
    wick_text name = WICK_TEXT_EMPTY;
    wick_graph_print(&name, f, node);
    const wick_status status = wick_scanner_fail(&p->scanner, at, "%.*s%s %s", 60, name.bytes ? name.bytes : "this constant",
                                                 name.length > 60 ? "..." : "", fault);
    wick_text_clear(&name);
    return status;
}

/* ---- Polynomials and their limits ---------------------------------------------------------------------------------- */

static size_t degree(const wick_polynomial *a) { return a->count == 0 ? 0 : a->count - 1; }

static size_t integer_bits(const mpz_t n) { return mpz_sizeinbase(n, 2); }

static wick_status fail_size(const wick_parser *p, const char *at)
{
    return wick_scanner_fail(&p->scanner, at,
                             "a coefficient gets too long here: numerators and denominators may have at most %d bits "
                             "(about 301 digits)",
                             WICK_COEFFICIENT_BITS);
}

/* Operands within the limit make results that are at most some hundred times longer, so one check after each operation is
 * soon enough for all but powers of constants. */
wick_status wick_operand_check_size(const wick_parser *p, const char *at, const wick_polynomial *a)
{
    for (size_t i = 0; i < a->count; i++) {
        if (integer_bits(mpq_numref(a->coefficient[i])) > WICK_COEFFICIENT_BITS ||
            integer_bits(mpq_denref(a->coefficient[i])) > WICK_COEFFICIENT_BITS)
            return fail_size(p, at);
    }
    return WICK_OK;
}

static wick_status multiply(wick_parser *p, const wick_token *operation, wick_polynomial *a, const wick_polynomial *b)
{
    const bool zero = wick_polynomial_is_zero(a) || wick_polynomial_is_zero(b);
    const size_t found = degree(a) + degree(b);
    if (!zero && found > WICK_DEGREE_LIMIT)
        return wick_scanner_fail(&p->scanner, operation->start, "this product has degree %zu: at most %d is allowed", found,
                                 WICK_DEGREE_LIMIT);
    return wick_polynomial_multiply(a, a, b) ? WICK_OK : wick_parser_fail_memory(p);
}

static wick_status divide(wick_parser *p, const char *divisor, wick_polynomial *a, const wick_polynomial *b)
{
    if (degree(b) > 0)
        return wick_scanner_fail(&p->scanner, divisor,
                                 "division by an expression that contains x; only constants can divide here");
    mpq_t inverse;
    mpq_init(inverse);
    mpq_inv(inverse, b->coefficient[0]);
    const bool done = wick_polynomial_scale(a, a, inverse);
    mpq_clear(inverse);
    return done ? WICK_OK : wick_parser_fail_memory(p);
}

/* ---- Powers of polynomials ----------------------------------------------------------------------------------------- */

/* For a constant other than 0, 1 and -1: |a|^exponent or its inverse is at least 2^((bits - 1) exponent), and a result that
 * passes this check has at most twice the bits allowed. */
static wick_status check_constant_power(const wick_parser *p, const char *at, const wick_polynomial *a, size_t exponent)
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

static wick_status check_degree_of_power(const wick_parser *p, const char *at, size_t base, size_t exponent)
{
    if (exponent <= WICK_DEGREE_LIMIT / base) return WICK_OK;
    if (exponent > 1000000000)
        return wick_scanner_fail(&p->scanner, at, "this power has a degree over 1000000000: at most %d is allowed",
                                 WICK_DEGREE_LIMIT);
    return wick_scanner_fail(&p->scanner, at, "this power has degree %zu: at most %d is allowed", base * exponent,
                             WICK_DEGREE_LIMIT);
}

/* a^|exponent| for a whole exponent. What does not fit into a size is over every limit. */
static wick_status whole_power(wick_parser *p, const char *at, wick_polynomial *a, mpz_srcptr exponent)
{
    mpz_t size;
    mpz_init(size);
    mpz_abs(size, exponent);
    size_t count = mpz_fits_ulong_p(size) ? mpz_get_ui(size) : SIZE_MAX;
    const bool odd = mpz_odd_p(size);
    mpz_clear(size);
    if (is_unit_or_zero(a)) {
        if (count > 2) count = odd ? 1 : 2; /* the same result, however large the exponent */
    } else if (degree(a) == 0) {
        WICK_TRY(check_constant_power(p, at, a, count));
    } else {
        WICK_TRY(check_degree_of_power(p, at, degree(a), count));
    }
    return wick_polynomial_power(a, a, count) ? WICK_OK : wick_parser_fail_memory(p);
}

static wick_status fail_exponent(const wick_parser *p, const char *at, const wick_polynomial *exponent)
{
    const bool fractional = mpz_cmp_ui(mpq_denref(exponent->coefficient[0]), 1) != 0;
    wick_text found = WICK_TEXT_EMPTY;
    wick_polynomial_print(&found, exponent, "x");
    const wick_status status = wick_scanner_fail(
        &p->scanner, at, "a %s exponent, found %.*s%s: allowed are non-negative integers",
        fractional ? "fractional" : "negative", 40, found.bytes ? found.bytes : "", found.length > 40 ? "..." : "");
    wick_text_clear(&found);
    return status;
}

/* a constant's root of order `order`, if that is rational: 4^(1/2) is 2. */
static bool take_root(wick_polynomial *a, unsigned long order)
{
    if (degree(a) > 0 || wick_polynomial_is_zero(a) || mpq_sgn(a->coefficient[0]) < 0) return wick_polynomial_is_zero(a);
    mpq_t root;
    mpq_init(root);
    const bool exact = mpz_root(mpq_numref(root), mpq_numref(a->coefficient[0]), order) != 0 &&
                       mpz_root(mpq_denref(root), mpq_denref(a->coefficient[0]), order) != 0;
    if (exact) mpq_set(a->coefficient[0], root);
    mpq_clear(root);
    return exact;
}

/* ---- Powers --------------------------------------------------------------------------------------------------------- */

enum { POWER_LIMIT = 1000 };

/* u^r as a node. */
static wick_status real_power(wick_parser *p, const char *at, wick_operand *a, mpq_srcptr exponent)
{
    if (mpz_cmpabs_ui(mpq_numref(exponent), 1000 * POWER_LIMIT) > 0 || mpz_cmp_ui(mpq_denref(exponent), 1000) > 0 ||
        fabs(mpq_get_d(exponent)) > POWER_LIMIT)
        return wick_scanner_fail(&p->scanner, at,
                                 "at most power %d of a function is allowed, and fractions with denominators up to 1000",
                                 POWER_LIMIT);
    return wick_operand_into_graph(p, a) && wick_graph_real_power(p->function, a->node, mpz_get_si(mpq_numref(exponent)),
                                                                  mpz_get_si(mpq_denref(exponent)), &a->node)
               ? wick_operand_check_constant(p, at, a->node)
               : wick_parser_fail_graph(p, at);
}

/* a to the power of a rational number. */
static wick_status rational_power(wick_parser *p, const char *operation, const char *right, wick_operand *a,
                                  const wick_polynomial *b)
{
    mpq_t zero;
    mpq_init(zero);
    mpq_srcptr exponent = wick_polynomial_is_zero(b) ? zero : b->coefficient[0];
    const bool whole = mpz_cmp_ui(mpq_denref(exponent), 1) == 0, negative = mpq_sgn(exponent) < 0;
    wick_status status = WICK_OK;
    const bool constant = !a->graph && degree(&a->polynomial) == 0;
    const bool rooted = !whole && constant && mpz_cmp_ui(mpq_denref(exponent), 1000) <= 0 &&
                        take_root(&a->polynomial, mpz_get_ui(mpq_denref(exponent)));
    const bool exact = !a->graph && (whole || rooted) && (!negative || constant);
    if (constant && negative && wick_polynomial_is_zero(&a->polynomial))
        status = wick_scanner_fail(&p->scanner, right, "division by zero: a negative power of 0");
    else if (exact)
        status = whole_power(p, operation, &a->polynomial, mpq_numref(exponent));
    else if (!p->function)
        status = fail_exponent(p, right, b);
    else
        status = real_power(p, right, a, exponent);
    if (status == WICK_OK && exact && negative) mpq_inv(a->polynomial.coefficient[0], a->polynomial.coefficient[0]);
    mpq_clear(zero);
    return status;
}

/* exp(exponent log(base)); of e^u, exp(u). */
static bool exponential(wick_graph *f, size_t base, size_t exponent, size_t *result)
{
    const wick_graph_node *node = &f->node[base];
    double one;
    const bool natural =
        node->operation == WICK_EXP && wick_graph_is_rational(f, node->left, &one) && !(one < 1) && !(one > 1);
    if (natural) return wick_graph_apply(f, WICK_EXP, exponent, 0, result);
    size_t factor;
    return wick_graph_apply(f, WICK_LOG, base, 0, &factor) &&
           wick_graph_combine(f, WICK_PRODUCT, exponent, factor, &factor) &&
           wick_graph_apply(f, WICK_EXP, factor, 0, result);
}

/* a^b where b contains x, or is a constant that is not rational. */
static wick_status general_power(wick_parser *p, const char *at, wick_operand *a, wick_operand *b)
{
    static const char advice[] = "allowed are rational numbers, numbers to any power, as in 2^x, and any number as the "
                                 "exponent; write exp(... * log(...)) for other powers";
    wick_graph *f = p->function;
    const bool polynomial = !b->graph;
    if (!f) return wick_scanner_fail(&p->scanner, at, "an exponent that contains x: allowed are non-negative integers");
    if (!wick_operand_into_graph(p, a) || !wick_operand_into_graph(p, b)) return wick_parser_fail_graph(p, at);
    if (!f->node[a->node].constant && !f->node[b->node].constant)
        return wick_scanner_fail(&p->scanner, at, "%s: %s",
                                 polynomial ? "an exponent that contains x" : "an exponent that is no rational number",
                                 advice);
    if (f->node[a->node].constant && !(wick_graph_at(f, a->node, 0) > 0))
        return wick_scanner_fail(&p->scanner, at, "only a positive number can be raised to this power");
    return exponential(f, a->node, b->node, &a->node) ? wick_operand_check_constant(p, at, a->node)
                                                      : wick_parser_fail_graph(p, at);
}

static wick_status power(wick_parser *p, const char *operation, const char *right, wick_operand *a, wick_operand *b)
{
    return b->graph || degree(&b->polynomial) > 0 ? general_power(p, right, a, b)
                                                  : rational_power(p, operation, right, a, &b->polynomial);
}

wick_status wick_operand_raise(wick_parser *p, const char *at, wick_operand *a, long exponent)
{
    mpq_t value;
    mpq_init(value);
    mpq_set_si(value, exponent, 1);
    wick_polynomial b = WICK_POLYNOMIAL_ZERO;
    wick_status status = wick_polynomial_set_monomial(&b, value, 0) ? WICK_OK : wick_parser_fail_memory(p);
    mpq_clear(value);
    if (status == WICK_OK) status = rational_power(p, at, at, a, &b);
    if (status == WICK_OK && !a->graph) status = wick_operand_check_size(p, at, &a->polynomial);
    wick_polynomial_clear(&b);
    return status;
}

/* ---- Any operation --------------------------------------------------------------------------------------------------- */

static bool combine(wick_parser *p, const wick_token *operation, size_t left, size_t right, size_t *result)
{
    wick_graph *f = p->function;
    size_t minus;
    switch (operation->kind) {
    case WICK_TOKEN_PLUS: return wick_graph_combine(f, WICK_SUM, left, right, result);
    case WICK_TOKEN_MINUS:
        return wick_graph_rational(f, -1, 1, &minus) && wick_graph_combine(f, WICK_PRODUCT, minus, right, &right) &&
               wick_graph_combine(f, WICK_SUM, left, right, result);
    case WICK_TOKEN_DIVIDE: return wick_graph_combine(f, WICK_QUOTIENT, left, right, result);
    default: return wick_graph_combine(f, WICK_PRODUCT, left, right, result);
    }
}

/* a = a (operation) b for polynomials; any operation that is none of the others is a product without a sign. */
static wick_status apply_to_polynomials(wick_parser *p, const wick_token *operation, const char *right, wick_polynomial *a,
                                        const wick_polynomial *b)
{
    switch (operation->kind) {
    case WICK_TOKEN_PLUS: return wick_polynomial_add(a, a, b) ? WICK_OK : wick_parser_fail_memory(p);
    case WICK_TOKEN_MINUS: return wick_polynomial_subtract(a, a, b) ? WICK_OK : wick_parser_fail_memory(p);
    case WICK_TOKEN_DIVIDE: return divide(p, right, a, b);
    default: return multiply(p, operation, a, b);
    }
}

static bool is_zero(const wick_operand *a) { return !a->graph && wick_polynomial_is_zero(&a->polynomial); }

static wick_status apply_to_nodes(wick_parser *p, const wick_token *operation, wick_operand *a, wick_operand *b)
{
    return wick_operand_into_graph(p, a) && wick_operand_into_graph(p, b) &&
                   combine(p, operation, a->node, b->node, &a->node)
               ? wick_operand_check_constant(p, operation->start, a->node)
               : wick_parser_fail_graph(p, operation->start);
}

wick_status wick_operand_apply(wick_parser *p, const wick_token *operation, const char *right, wick_operand *a,
                               wick_operand *b)
{
    const bool division = operation->kind == WICK_TOKEN_DIVIDE;
    wick_status status;
    if (division && is_zero(b)) return wick_scanner_fail(&p->scanner, right, "division by zero");
    if (operation->kind == WICK_TOKEN_POWER)
        status = power(p, operation->start, right, a, b);
    else if (a->graph || b->graph || (p->function && division && degree(&b->polynomial) > 0))
        status = apply_to_nodes(p, operation, a, b);
    else
        status = apply_to_polynomials(p, operation, right, &a->polynomial, &b->polynomial);
    return status == WICK_OK && !a->graph ? wick_operand_check_size(p, operation->start, &a->polynomial) : status;
}

wick_status wick_operand_negate(wick_parser *p, const char *at, wick_operand *a)
{
    size_t minus;
    if (a->graph)
        return wick_graph_rational(p->function, -1, 1, &minus) &&
                       wick_graph_combine(p->function, WICK_PRODUCT, minus, a->node, &a->node)
                   ? WICK_OK
                   : wick_parser_fail_graph(p, at);
    const wick_polynomial zero = WICK_POLYNOMIAL_ZERO;
    return wick_polynomial_subtract(&a->polynomial, &zero, &a->polynomial) ? WICK_OK : wick_parser_fail_memory(p);
}

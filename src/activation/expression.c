/* See activation.h and graph.h: wick_activation_parse() and wick_graph_parse() by recursive descent, one function for
 * each line of the grammar. For polynomials there is no tree: every rule expands its operands at once, so what a rule
 * returns is already a polynomial. What meets a function becomes a node of the function's graph. */
#include "activation/activation.h"

#include <stdio.h>
#include <string.h>

#include "activation/graph.h"
#include "activation/parser.h"

static wick_status parse_unary(wick_parser *p, wick_operand *result);

/* ---- What does not belong ---------------------------------------------------------------------------------------- */

/* Characters that people paste, and what they mean by them. */
static const char *const look_alike[][2] = {{"[", "("}, {"]", ")"}, {"{", "("}, {"}", ")"}, {",", "."}};

static wick_status fail_stray(const wick_parser *p)
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

/* A number right behind an operand. */
static wick_status fail_juxtaposed(const wick_parser *p)
{
    const wick_token *left = &p->scanner.previous, *right = &p->scanner.token;
    return wick_scanner_fail(&p->scanner, right->start, "missing operator: write %s*%s", wick_parser_quote(left).text,
                             wick_parser_quote(right).text);
}

/* A token that cannot follow a complete operand. */
wick_status wick_parser_fail_trailing(const wick_parser *p)
{
    const wick_token *token = &p->scanner.token;
    switch (token->kind) {
    case WICK_TOKEN_CLOSE: return wick_scanner_fail(&p->scanner, token->start, "')' without a '(' before it");
    case WICK_TOKEN_OTHER: return fail_stray(p);
    case WICK_TOKEN_BAR: return wick_scanner_fail(&p->scanner, token->start, "'|' without another one before it");
    case WICK_TOKEN_POWER:
    case WICK_TOKEN_SUPERSCRIPT:
        return wick_scanner_fail(&p->scanner, token->start, "an exponent behind an exponent: put one in parentheses");
    default: return fail_juxtaposed(p);
    }
}

/* A token that cannot begin an operand. */
static wick_status fail_operand(const wick_parser *p)
{
    const wick_token *token = &p->scanner.token;
    static const char wanted[] = "a number, x, a name or '('";
    if (token->kind == WICK_TOKEN_OTHER) return fail_stray(p);
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "the expression ends where %s is expected", wanted);
    return wick_scanner_fail(&p->scanner, token->start, "expected %s, found '%.*s'", wanted, (int)token->length,
                             token->start);
}

/* ---- Grammar ----------------------------------------------------------------------------------------------------- */

wick_status wick_parser_enter(wick_parser *p, const char *at)
{
    if (p->depth >= WICK_NESTING_LIMIT)
        return wick_scanner_fail(&p->scanner, at,
                                 "nested too deeply: at most %d parentheses and exponents inside each other",
                                 WICK_NESTING_LIMIT);
    p->depth++;
    return WICK_OK;
}

static wick_status parse_number(wick_parser *p, wick_operand *result)
{
    mpq_t value;
    mpq_init(value);
    wick_status status = wick_scanner_number(&p->scanner, &p->scanner.token, value);
    if (status == WICK_OK && !wick_polynomial_set_monomial(&result->polynomial, value, 0))
        status = wick_parser_fail_memory(p);
    mpq_clear(value);
    return status == WICK_OK ? wick_operand_check_size(p, p->scanner.token.start, &result->polynomial) : status;
}

/* From an opening parenthesis or bar to the closing one, which stays the current token. */
static wick_status parse_enclosed(wick_parser *p, bool bars, wick_operand *result)
{
    const char *open = p->scanner.token.start;
    const size_t outside = p->bars;
    WICK_TRY(wick_parser_enter(p, open));
    p->bars = bars ? outside + 1 : 0;
    wick_scanner_advance(&p->scanner);
    WICK_TRY(wick_parser_sum(p, result));
    p->bars = outside;
    p->depth--;
    const wick_token *token = &p->scanner.token;
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "missing '%s for the '%s in column %zu", bars ? "|'" : ")'",
                                 bars ? "|'" : "('", wick_scanner_column(&p->scanner, open));
    return token->kind == (bars ? WICK_TOKEN_BAR : WICK_TOKEN_CLOSE) ? WICK_OK : wick_parser_fail_trailing(p);
}

static wick_status parse_absolute(wick_parser *p, wick_operand *result)
{
    const char *open = p->scanner.token.start;
    WICK_TRY(parse_enclosed(p, true, result));
    return wick_parser_call(p, "abs", open, result);
}

static wick_status parse_atom(wick_parser *p, wick_operand *result);

/* A root goes over one atom. */
static wick_status parse_root(wick_parser *p, wick_operand *result)
{
    const char *sign = p->scanner.token.start;
    WICK_TRY(wick_parser_enter(p, sign));
    wick_scanner_advance(&p->scanner);
    const bool enclosed = p->scanner.token.kind == WICK_TOKEN_OPEN;
    WICK_TRY(parse_atom(p, result));
    p->depth--;
    p->end = enclosed ? WICK_END_PLAIN : WICK_END_ROOT;
    return wick_parser_call(p, "sqrt", sign, result);
}

static wick_status parse_atom(wick_parser *p, wick_operand *result)
{
    p->end = WICK_END_PLAIN;
    switch (p->scanner.token.kind) {
    case WICK_TOKEN_NUMBER: WICK_TRY(parse_number(p, result)); break;
    case WICK_TOKEN_PI:
    case WICK_TOKEN_NAME: WICK_TRY(wick_parser_name(p, result)); break;
    case WICK_TOKEN_OPEN:
    case WICK_TOKEN_BAR:
        WICK_TRY(p->scanner.token.kind == WICK_TOKEN_OPEN ? parse_enclosed(p, false, result) : parse_absolute(p, result));
        p->end = WICK_END_PLAIN;
        break;
    case WICK_TOKEN_ROOT: return parse_root(p, result);
    default: return fail_operand(p);
    }
    wick_scanner_advance(&p->scanner);
    return WICK_OK;
}

typedef wick_status (*rule)(wick_parser *p, wick_operand *result);

/* result = result (operation) operand, the operand read by `parse_operand` from the current token on. */
static wick_status parse_right(wick_parser *p, const wick_token *operation, rule parse_operand, wick_operand *result)
{
    const char *right = p->scanner.token.start;
    wick_operand other = WICK_OPERAND_ZERO;
    wick_status status = parse_operand(p, &other);
    if (status == WICK_OK) status = wick_operand_apply(p, operation, right, result, &other);
    wick_polynomial_clear(&other.polynomial);
    return status;
}

/* The same at an operator. */
static wick_status parse_operation(wick_parser *p, rule parse_operand, wick_operand *result)
{
    const wick_token operation = p->scanner.token;
    wick_scanner_advance(&p->scanner);
    return parse_right(p, &operation, parse_operand, result);
}

static wick_status parse_superscript(wick_parser *p, wick_operand *result)
{
    const wick_token token = p->scanner.token;
    WICK_TRY(wick_operand_raise(p, token.start, result, wick_scanner_superscript(&token)));
    wick_scanner_advance(&p->scanner);
    const wick_token_kind next = p->scanner.token.kind;
    return next == WICK_TOKEN_POWER || next == WICK_TOKEN_SUPERSCRIPT ? wick_parser_fail_trailing(p) : WICK_OK;
}

static wick_status parse_exponent(wick_parser *p, wick_operand *result)
{
    WICK_TRY(wick_parser_enter(p, p->scanner.token.start));
    wick_scanner next = p->scanner;
    wick_scanner_advance(&next);
    WICK_TRY(parse_operation(p, parse_unary, result));
    p->depth--;
    if (next.token.kind != WICK_TOKEN_OPEN || p->end != WICK_END_PLAIN) p->end = WICK_END_EXPONENT;
    return WICK_OK;
}

static wick_status parse_power(wick_parser *p, wick_operand *result)
{
    WICK_TRY(parse_atom(p, result));
    const wick_token_kind kind = p->scanner.token.kind;
    if (kind != WICK_TOKEN_POWER && kind != WICK_TOKEN_SUPERSCRIPT) return WICK_OK;
    if (p->end == WICK_END_ROOT)
        return wick_scanner_fail(&p->scanner, p->scanner.token.start,
                                 "does the root go over the power? Put what it goes over in parentheses");
    const bool bare = p->end == WICK_END_BARE;
    p->end = WICK_END_PLAIN;
    WICK_TRY(kind == WICK_TOKEN_POWER ? parse_exponent(p, result) : parse_superscript(p, result));
    if (bare) p->end = WICK_END_BARE_POWER;
    return WICK_OK;
}

/* A loop, so that a thousand signs are no thousand recursions. */
static wick_status parse_unary(wick_parser *p, wick_operand *result)
{
    bool negative = false;
    for (; p->scanner.token.kind == WICK_TOKEN_PLUS || p->scanner.token.kind == WICK_TOKEN_MINUS;
         wick_scanner_advance(&p->scanner))
        if (p->scanner.token.kind == WICK_TOKEN_MINUS) negative = !negative;
    const char *at = p->scanner.token.start;
    WICK_TRY(parse_power(p, result));
    return negative ? wick_operand_negate(p, at, result) : WICK_OK;
}

/* Can the current token begin a factor that needs no sign before it? A bar closes if one is open. */
static bool begins_factor(const wick_parser *p)
{
    switch (p->scanner.token.kind) {
    case WICK_TOKEN_NAME:
    case WICK_TOKEN_PI:
    case WICK_TOKEN_ROOT:
    case WICK_TOKEN_OPEN: return true;
    case WICK_TOKEN_NUMBER: return p->end == WICK_END_BARE;
    case WICK_TOKEN_BAR: return p->bars == 0;
    default: return false;
    }
}

/* A product without a sign is read where it can mean one thing only. */
static wick_status check_unsigned_product(const wick_parser *p, bool divided)
{
    const wick_token *left = &p->scanner.previous, *right = &p->scanner.token;
    const wick_quotation one = wick_parser_quote(left), two = wick_parser_quote(right);
    if (p->end == WICK_END_BARE)
        return wick_scanner_fail(&p->scanner, right->start,
                                 "the argument of %s must stand in parentheses: write %s(...), or %s(x)*... for a product",
                                 one.text, one.text, one.text);
    if (p->end == WICK_END_BARE_POWER)
        return wick_scanner_fail(&p->scanner, right->start,
                                 "a power of a function goes behind its argument: write for instance tanh(x)^2");
    if (p->end == WICK_END_EXPONENT)
        return wick_scanner_fail(&p->scanner, right->start, "does this belong to the exponent? Write ^%s*%s, or ^(%s*%s)",
                                 one.text, two.text, one.text, two.text);
    if (p->end == WICK_END_ROOT)
        return wick_scanner_fail(&p->scanner, right->start,
                                 "does the root go over this? Put what it goes over in parentheses");
    if (divided)
        return wick_scanner_fail(&p->scanner, right->start,
                                 "does this belong to the divisor? Write /(%s*%s), or the quotient in parentheses", one.text,
                                 two.text);
    if (left->kind == WICK_TOKEN_NAME && right->kind == WICK_TOKEN_OPEN &&
        wick_scanner_same_name(left->start, left->length, "e"))
        return wick_scanner_fail(&p->scanner, right->start, "write e^(...) for a power of e, or e*(...) for a product");
    return WICK_OK;
}

static wick_status parse_product(wick_parser *p, wick_operand *result)
{
    WICK_TRY(parse_unary(p, result));
    bool divided = false;
    for (;;) {
        const wick_token_kind kind = p->scanner.token.kind;
        if (kind == WICK_TOKEN_TIMES || kind == WICK_TOKEN_DIVIDE) {
            divided = kind == WICK_TOKEN_DIVIDE;
            WICK_TRY(parse_operation(p, parse_unary, result));
        } else if (begins_factor(p)) {
            WICK_TRY(check_unsigned_product(p, divided));
            const wick_token product = {WICK_TOKEN_TIMES, p->scanner.token.start, 0};
            WICK_TRY(parse_right(p, &product, parse_power, result));
        } else {
            return WICK_OK;
        }
    }
}

wick_status wick_parser_sum(wick_parser *p, wick_operand *result)
{
    WICK_TRY(parse_product(p, result));
    while (p->scanner.token.kind == WICK_TOKEN_PLUS || p->scanner.token.kind == WICK_TOKEN_MINUS)
        WICK_TRY(parse_operation(p, parse_product, result));
    return WICK_OK;
}

static wick_status parse_all(wick_parser *p, wick_operand *result)
{
    if (p->scanner.token.kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, p->scanner.text,
                                 "the expression is empty: write a polynomial in x, for instance x^2 - 1");
    WICK_TRY(wick_parser_sum(p, result));
    return p->scanner.token.kind == WICK_TOKEN_END ? WICK_OK : wick_parser_fail_trailing(p);
}

wick_status wick_activation_parse(wick_context *context, const char *key, const char *text, wick_polynomial *polynomial)
{
    wick_parser p = {.scanner = wick_scanner_begin(context, key, text), .variable = "x"};
    wick_operand result = WICK_OPERAND_ZERO;
    const wick_status status = parse_all(&p, &result);
    if (status != WICK_OK) {
        wick_polynomial_clear(&result.polynomial);
        return status;
    }
    wick_polynomial_clear(polynomial);
    *polynomial = result.polynomial;
    return WICK_OK;
}

wick_status wick_graph_read_in(wick_context *context, const char *key, const char *text, const char *variable,
                               wick_graph *function, wick_activation_error *error)
{
    *function = WICK_GRAPH_EMPTY;
    wick_parser p = {.scanner = wick_scanner_begin(context, key, text), .variable = variable, .function = function};
    p.scanner.error = error;
    wick_operand result = WICK_OPERAND_ZERO;
    wick_status status = parse_all(&p, &result);
    if (status == WICK_OK && !wick_operand_into_graph(&p, &result)) status = wick_parser_fail_graph(&p, text);
    function->value = result.node;
    if (status == WICK_OK && !wick_graph_derive(function, result.node, &function->derivative))
        status = wick_parser_fail_graph(&p, text);
    wick_polynomial_clear(&result.polynomial);
    if (status != WICK_OK) wick_graph_clear(function);
    return status;
}

wick_status wick_graph_read(wick_context *context, const char *key, const char *text, wick_graph *function,
                            wick_activation_error *error)
{
    return wick_graph_read_in(context, key, text, "x", function, error);
}

wick_status wick_graph_parse(wick_context *context, const char *key, const char *text, wick_graph *function)
{
    return wick_graph_read(context, key, text, function, NULL);
}

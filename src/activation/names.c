/* See parser.h: what a name in an expression stands for: x, a number, a function, or a word with a definition. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "activation/activation.h"
#include "activation/parser.h"
#include "base/text.h"

enum { ARGUMENT_LIMIT = 1 + WICK_PARAMETER_LIMIT };

/* What is being called, and how many arguments it takes. */
typedef struct {
    wick_token name;
    const wick_registry_function *function; /* one of these two */
    const wick_registry_word *word;
    size_t least, most;
    bool numbers; /* must all arguments but the first be numbers? */
} callee;

static const char *const ordinals[] = {"first", "second", "third"};

static const char *const counts[] = {"no", "one", "two", "three"};

wick_quotation wick_parser_quote(const wick_token *token)
{
    wick_quotation quoted;
    if (token->kind == WICK_TOKEN_OPEN || token->kind == WICK_TOKEN_CLOSE) {
        strcpy(quoted.text, "(...)");
    } else {
        const bool cut = token->length > 40;
        snprintf(quoted.text, sizeof quoted.text, "%.*s%s", cut ? 40 : (int)token->length, token->start, cut ? "..." : "");
    }
    return quoted;
}

/* ---- Errors -------------------------------------------------------------------------------------------------------- */

static wick_status fail_name(const wick_parser *p)
{
    const wick_token *token = &p->scanner.token;
    const wick_quotation name = wick_parser_quote(token);
    if (token->length > 1 && token->start[0] == 'x' && p->variable[0] == 'x' &&
        strspn(token->start + 1, "0123456789") == token->length - 1)
        return wick_scanner_fail(&p->scanner, token->start, "unknown name \"%s\": write x^%s or x*%s", name.text,
                                 name.text + 1, name.text + 1);
    wick_text names = WICK_TEXT_EMPTY;
    for (size_t i = 0; i < wick_activation_name_count(); i++)
        wick_text_printf(&names, "%s%s", i == 0 ? "" : ", ", wick_activation_name(i));
    const bool function = !p->function && wick_registry_is_no_polynomial(token->start, token->length);
    if (p->function) {
        wick_text_append(&names, ", pi, e");
        for (size_t i = 0; i < wick_registry_function_count(); i++)
            wick_text_printf(&names, ", %s", wick_registry_function_at(i)->name);
        for (size_t i = wick_activation_name_count(); i < wick_registry_word_count(); i++)
            wick_text_printf(&names, ", %s", wick_registry_word_at(i)->name);
    }
    const wick_status status = wick_scanner_fail(
        &p->scanner, token->start, "%s \"%s\"%s; the variable is %s, and the known names are %s",
        function ? "no closed form for" : "unknown name", name.text, function ? ": only polynomials are allowed here" : "",
        p->variable, names.bytes ? names.bytes : "");
    wick_text_clear(&names);
    return status;
}

static wick_status fail_count(const wick_parser *p, const callee *called, const char *at)
{
    const wick_quotation name = wick_parser_quote(&called->name);
    const char *example = called->word                      ? called->word->example
                          : called->function->two_arguments ? "leaky_relu(x, 0.1)"
                                                            : NULL;
    const bool range = called->most > called->least;
    return wick_scanner_fail(&p->scanner, at, "%s takes %s%s%s argument%s%s%s", name.text, counts[called->least],
                             !range                              ? ""
                             : called->most == called->least + 1 ? " or "
                                                                 : " to ",
                             range ? counts[called->most] : "", called->most == 1 ? "" : "s", example ? ": write " : "",
                             example ? example : "");
}

/* ---- Arguments ------------------------------------------------------------------------------------------------------- */

static bool at_comma(const wick_parser *p)
{
    const wick_token *token = &p->scanner.token;
    return token->kind == WICK_TOKEN_OTHER && token->start[0] == ',';
}

static bool is_constant(const wick_parser *p, const wick_operand *a)
{
    return a->graph ? p->function->node[a->node].constant : a->polynomial.count <= 1;
}

static double value_of(const wick_parser *p, const wick_operand *a)
{
    return a->graph ? wick_graph_at(p->function, a->node, 0) : wick_polynomial_value(&a->polynomial, 0);
}

static wick_status read_argument(wick_parser *p, const callee *called, size_t index, wick_operand *result)
{
    const char *at = p->scanner.token.start;
    WICK_TRY(wick_parser_sum(p, result));
    if (index == 0 || !called->numbers || is_constant(p, result)) return WICK_OK;
    return wick_scanner_fail(&p->scanner, at, "the %s argument of %s must be a number, without x", ordinals[index],
                             wick_parser_quote(&called->name).text);
}

/* Between the parentheses of a call; leaves the current token at ')'. */
static wick_status read_arguments(wick_parser *p, const callee *called, wick_operand *arguments, size_t *count)
{
    const char *open = p->scanner.token.start;
    const size_t bars = p->bars;
    WICK_TRY(wick_parser_enter(p, open));
    p->bars = 0;
    do {
        wick_scanner_advance(&p->scanner);
        WICK_TRY(read_argument(p, called, *count, &arguments[*count]));
        ++*count;
    } while (*count < called->most && at_comma(p));
    p->depth--;
    p->bars = bars;
    const wick_token *token = &p->scanner.token;
    if (*count < called->least || at_comma(p)) return fail_count(p, called, token->start);
    if (token->kind == WICK_TOKEN_END)
        return wick_scanner_fail(&p->scanner, token->start, "missing ')' for the '(' in column %zu",
                                 wick_scanner_column(&p->scanner, open));
    return token->kind == WICK_TOKEN_CLOSE ? WICK_OK : wick_parser_fail_trailing(p);
}

static wick_status set_x(const wick_parser *p, wick_operand *result)
{
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    const bool done = wick_polynomial_set_monomial(&result->polynomial, one, 1);
    mpq_clear(one);
    return done ? WICK_OK : wick_parser_fail_memory(p);
}

/* What is not given is x or its standard. */
static wick_status complete_arguments(wick_parser *p, const callee *called, wick_operand *arguments, size_t *count)
{
    if (*count == 0) {
        WICK_TRY(set_x(p, &arguments[0]));
        *count = 1;
    }
    for (; called->word && *count < called->most; ++*count)
        WICK_TRY(wick_activation_parse(p->scanner.context, p->scanner.key, called->word->standard[*count - 1],
                                       &arguments[*count].polynomial));
    return WICK_OK;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------------ */

static wick_status apply_function(wick_parser *p, const callee *called, wick_operand *arguments, size_t count,
                                  wick_operand *result)
{
    const wick_registry_function *function = called->function;
    const char *at = called->name.start;
    const double slope = function->two_arguments && count > 1 ? value_of(p, &arguments[1]) : function->slope;
    if (!isfinite(slope)) return wick_scanner_fail(&p->scanner, at, "its second argument is no finite number");
    if (!wick_operand_into_graph(p, &arguments[0])) return wick_parser_fail_graph(p, at);
    result->graph = true;
    return wick_graph_apply(p->function, function->operation, arguments[0].node, slope, &result->node)
               ? wick_operand_check_constant(p, at, result->node)
               : wick_parser_fail_graph(p, at);
}

static wick_status check_parameters(const wick_parser *p, const callee *called, const wick_operand *arguments)
{
    const wick_quotation name = wick_parser_quote(&called->name);
    if (called->word->needs == WICK_NEEDS_POSITIVE && !(value_of(p, &arguments[1]) > 0))
        return wick_scanner_fail(&p->scanner, called->name.start, "the second argument of %s must be positive, found %g",
                                 name.text, value_of(p, &arguments[1]));
    if (called->word->needs == WICK_NEEDS_ORDER && !(value_of(p, &arguments[1]) < value_of(p, &arguments[2])))
        return wick_scanner_fail(&p->scanner, called->name.start,
                                 "the second argument of %s must be less than the third, found %g and %g", name.text,
                                 value_of(p, &arguments[1]), value_of(p, &arguments[2]));
    return WICK_OK;
}

/* Reads the word's definition, with the arguments in place of its names. */
static wick_status apply_word(wick_parser *p, const callee *called, const wick_operand *arguments, wick_operand *result)
{
    const wick_registry_word *word = called->word;
    WICK_TRY(check_parameters(p, called, arguments));
    wick_parser inner = {.scanner = wick_scanner_begin(p->scanner.context, p->scanner.key, word->definition),
                         .variable = p->variable,
                         .depth = p->depth,
                         .function = p->function,
                         .word = word,
                         .argument = {&arguments[0], &arguments[1], &arguments[2]}};
    inner.scanner.outer = &p->scanner;
    inner.scanner.outer_at = called->name.start;
    /* Of two numbers at a distance, the one that stays is kept exactly: max(-1, x) is max(x, -1). */
    if (word->symmetric && is_constant(p, &arguments[0])) {
        inner.argument[0] = &arguments[1];
        inner.argument[1] = &arguments[0];
    }
    WICK_TRY(wick_parser_enter(p, called->name.start));
    WICK_TRY(wick_parser_sum(&inner, result));
    p->depth--;
    return WICK_OK;
}

static wick_status apply(wick_parser *p, const callee *called, wick_operand *arguments, size_t *count, wick_operand *result)
{
    wick_scanner next = p->scanner;
    wick_scanner_advance(&next);
    const bool bare = next.token.kind != WICK_TOKEN_OPEN;
    if (bare && called->least > 1) return fail_count(p, called, called->name.start);
    if (!bare) {
        wick_scanner_advance(&p->scanner);
        WICK_TRY(read_arguments(p, called, arguments, count));
    }
    WICK_TRY(complete_arguments(p, called, arguments, count));
    WICK_TRY(called->word ? apply_word(p, called, arguments, result) : apply_function(p, called, arguments, *count, result));
    p->end = bare ? WICK_END_BARE : WICK_END_PLAIN;
    return WICK_OK;
}

static wick_status call(wick_parser *p, const callee *called, wick_operand *result)
{
    wick_operand arguments[ARGUMENT_LIMIT] = {WICK_OPERAND_ZERO, WICK_OPERAND_ZERO, WICK_OPERAND_ZERO};
    size_t count = 0;
    const wick_status status = apply(p, called, arguments, &count, result);
    for (size_t i = 0; i < ARGUMENT_LIMIT; i++) wick_polynomial_clear(&arguments[i].polynomial);
    return status;
}

static bool find(const wick_parser *p, const wick_token *name, callee *called)
{
    const wick_registry_word *word = wick_registry_find_word(name->start, name->length);
    const wick_registry_function *function = wick_registry_find_function(name->start, name->length);
    if ((word && !word->polynomial && !p->function) || (function && !p->function)) return false;
    *called = (callee){.name = *name, .function = function, .word = word, .least = 1, .most = 1, .numbers = true};
    if (word) {
        called->numbers = !word->functions;
        called->most = 1 + word->parameters;
        if (word->parameters > 0 && !word->standard[0]) called->least = called->most;
    } else if (function) {
        const bool heaviside = function->operation == WICK_STEP && !(function->slope < 0); /* (x, its value at 0) */
        called->most = function->two_arguments || heaviside ? 2 : 1;
        called->least = function->two_arguments ? 2 : 1;
    }
    return word || function;
}

wick_status wick_parser_call(wick_parser *p, const char *name, const char *at, wick_operand *result)
{
    callee called;
    wick_operand argument = *result;
    const wick_token token = {WICK_TOKEN_NAME, name, strlen(name)};
    *result = WICK_OPERAND_ZERO;
    wick_status status = WICK_OK;
    if (!find(p, &token, &called)) {
        status = wick_scanner_fail(&p->scanner, at, "no closed form for \"%s\": only polynomials are allowed here", name);
    } else {
        called.name.start = at;
        called.name.length = 1;
        status = apply_function(p, &called, &argument, 1, result);
    }
    wick_polynomial_clear(&argument.polynomial);
    return status;
}

/* ---- Names ------------------------------------------------------------------------------------------------------------ */

static wick_status read_number(wick_parser *p, wick_operation operation, wick_operand *result)
{
    size_t one;
    result->graph = true;
    return wick_graph_rational(p->function, 1, 1, &one) && wick_graph_apply(p->function, operation, one, 0, &result->node)
               ? WICK_OK
               : wick_parser_fail_graph(p, p->scanner.token.start);
}

wick_status wick_parser_name(wick_parser *p, wick_operand *result)
{
    const wick_token *token = &p->scanner.token;
    static const char names[ARGUMENT_LIMIT] = {'x', 'a', 'b'};
    for (size_t i = 0; p->word && token->length == 1 && i < ARGUMENT_LIMIT; i++)
        if (token->start[0] == names[i]) return wick_operand_copy(p, result, p->argument[i]);
    if (wick_scanner_same_name(token->start, token->length, p->variable)) return set_x(p, result);
    const bool pi = token->kind == WICK_TOKEN_PI || wick_scanner_same_name(token->start, token->length, "pi");
    if (p->function && pi) return read_number(p, WICK_PI, result);
    if (p->function && wick_scanner_same_name(token->start, token->length, "e")) return read_number(p, WICK_EXP, result);
    callee called;
    return find(p, token, &called) ? call(p, &called, result) : fail_name(p);
}

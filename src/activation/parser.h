/* What the parts of the parser share: its state, its operands, and how it fails. Private to this stage. */
#ifndef WICK_ACTIVATION_PARSER_H
#define WICK_ACTIVATION_PARSER_H

#include "activation/graph.h"
#include "activation/registry.h"
#include "activation/scanner.h"

/* What a rule returns: a polynomial or, where `graph` is set, a node of the function. */
typedef struct {
    wick_polynomial polynomial;
    bool graph;
    size_t node;
} wick_operand;

#define WICK_OPERAND_ZERO ((wick_operand){WICK_POLYNOMIAL_ZERO, false, 0})

/* How the factor just read ended: after some ends a product without a sign would be ambiguous. */
typedef enum {
    WICK_END_PLAIN,
    WICK_END_BARE,       /* a function's name without an argument */
    WICK_END_BARE_POWER, /* the same, to a power */
    WICK_END_EXPONENT,   /* an exponent that is not in parentheses */
    WICK_END_ROOT        /* a root over what is not in parentheses */
} wick_factor_end;

typedef struct {
    wick_scanner scanner;
    size_t depth;                    /* parentheses, exponents and definitions open at this point; each is a recursion */
    size_t bars;                     /* bars open since the last parenthesis */
    wick_factor_end end;             /* of the factor before the current token */
    wick_graph *function;            /* where nodes go; NULL if only polynomials are allowed */
    const char *variable;            /* "x", or what stands for it */
    const wick_registry_word *word;  /* inside a definition: what its names stand for */
    const wick_operand *argument[3]; /* x and the word's parameters */
} wick_parser;

/* ---- expression.c ---- */

wick_status wick_parser_sum(wick_parser *p, wick_operand *result);
wick_status wick_parser_enter(wick_parser *p, const char *at); /* one more recursion; p->depth-- leaves it */
wick_status wick_parser_fail_trailing(const wick_parser *p);   /* at a token that cannot follow a complete operand */

/* ---- names.c ---- */

/* At a name or the letter pi; leaves the current token at the last one read. */
wick_status wick_parser_name(wick_parser *p, wick_operand *result);

/* Applies the known function of one argument called `name` to *result. */
wick_status wick_parser_call(wick_parser *p, const char *name, const char *at, wick_operand *result);

/* A name's token, as it stands in an error; parentheses stand for the whole group. */
typedef struct {
    char text[64];
} wick_quotation;

wick_quotation wick_parser_quote(const wick_token *token);

/* ---- operands.c ---- */

wick_status wick_operand_copy(wick_parser *p, wick_operand *result, const wick_operand *from);

/* a = a (operation) b, where b begins at the byte `right`. */
wick_status wick_operand_apply(wick_parser *p, const wick_token *operation, const char *right, wick_operand *a,
                               wick_operand *b);

/* a = a^exponent, for the raised digits at `at`. */
wick_status wick_operand_raise(wick_parser *p, const char *at, wick_operand *a, long exponent);

wick_status wick_operand_negate(wick_parser *p, const char *at, wick_operand *a);

/* Coefficients within their limits? */
wick_status wick_operand_check_size(const wick_parser *p, const char *at, const wick_polynomial *a);

/* Moves a polynomial into the graph. */
bool wick_operand_into_graph(wick_parser *p, wick_operand *a);

/* Fails if the node is a constant that is no number in double precision. */
wick_status wick_operand_check_constant(const wick_parser *p, const char *at, size_t node);

wick_status wick_parser_fail_graph(const wick_parser *p, const char *at); /* no memory, or too many nodes */
wick_status wick_parser_fail_memory(const wick_parser *p);

#endif

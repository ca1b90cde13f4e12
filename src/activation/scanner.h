/* An expression cut into tokens, and errors that point into it. */
#ifndef WICK_ACTIVATION_SCANNER_H
#define WICK_ACTIVATION_SCANNER_H

#include <gmp.h>
#include <stddef.h>

#include "activation/activation.h"
#include "base/context.h"

typedef enum {
    WICK_TOKEN_END,
    WICK_TOKEN_NUMBER,
    WICK_TOKEN_NAME, /* a letter, then letters, digits and underscores: x too */
    WICK_TOKEN_PLUS,
    WICK_TOKEN_MINUS,
    WICK_TOKEN_TIMES,
    WICK_TOKEN_DIVIDE,
    WICK_TOKEN_POWER, /* "^" or "**" */
    WICK_TOKEN_OPEN,
    WICK_TOKEN_CLOSE,
    WICK_TOKEN_SUPERSCRIPT, /* a run of raised digits, perhaps with a minus before it */
    WICK_TOKEN_ROOT,
    WICK_TOKEN_BAR,
    WICK_TOKEN_PI,   /* the letter; the name is a name */
    WICK_TOKEN_OTHER /* one character that belongs nowhere */
} wick_token_kind;

typedef struct {
    wick_token_kind kind;
    const char *start;
    size_t length; /* bytes */
} wick_token;

/* Of a definition that an expression uses, errors are those of the place of use: `outer` and `outer_at` say where. */
typedef struct wick_scanner {
    wick_context *context;
    const char *key, *text;
    wick_token previous, token; /* the one before, and the current one */
    wick_activation_error *error;
    const struct wick_scanner *outer;
    const char *outer_at;
} wick_scanner;

/* Starts at the first token of `text`. */
wick_scanner wick_scanner_begin(wick_context *context, const char *key, const char *text);

/* Moves to the next token; stays at the end. */
void wick_scanner_advance(wick_scanner *scanner);

/* The exact value of a number token; an error if it is malformed or out of range. */
wick_status wick_scanner_number(const wick_scanner *scanner, const wick_token *token, mpq_t value);

/* WICK_ERROR_PROBLEM with the message of wick_activation_parse(), caret at the byte `at` of the text. */
__attribute__((format(printf, 3, 4))) wick_status wick_scanner_fail(const wick_scanner *scanner, const char *at,
                                                                    const char *format, ...);

/* The whole number that raised digits stand for; what is beyond a million stays there. */
long wick_scanner_superscript(const wick_token *token);

/* Are the names equal but for the case of letters? */
bool wick_scanner_same_name(const char *name, size_t length, const char *other);

/* The column of byte `at`: characters from 1. */
size_t wick_scanner_column(const wick_scanner *scanner, const char *at);

#endif

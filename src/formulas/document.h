/* A whole LaTeX document around equations. */
#ifndef WICK_FORMULAS_DOCUMENT_H
#define WICK_FORMULAS_DOCUMENT_H

#include "base/text.h"
#include "problem/problem.h"

typedef struct {
    const char *student, *target; /* activations, in math mode */
    const wick_regime_row *parts;
    bool trained;
    bool polynomials; /* else expectations */
} wick_document;

/* `equations` are paragraphs and displays. */
wick_status wick_print_document(wick_context *context, const wick_document *of, const char *equations, wick_text *text);

#endif

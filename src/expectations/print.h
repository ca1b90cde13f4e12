/* The drift of activations that are no polynomials as formulas: which integrals it is made of, which of them are closed
 * forms and which quadrature, and the closed ones written out. */
#ifndef WICK_EXPECTATIONS_PRINT_H
#define WICK_EXPECTATIONS_PRINT_H

#include "base/text.h"
#include "expectations/evaluator.h"
#include "model/rules.h"

typedef struct {
    char *student, *target;             /* expressions, as the user wrote them */
    char *student_read, *target_read;   /* the same as they were read: words written out */
    char *student_latex, *target_latex; /* in math mode */
    const wick_regime_row *parts;
    bool trained;
    wick_rule_set rules;
    wick_integrals integrals;
} wick_description;

wick_status wick_description_print(wick_context *context, const wick_description *of, wick_format format, wick_text *text);

/* The equations, the integrals and the symbols alone, as text. */
void wick_description_print_formulas(const wick_description *of, wick_text *text);

#endif

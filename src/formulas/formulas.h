/* Formulas out of closed forms, for people and for other programs: as text, as LaTeX, as a documented JSON tree. */
#ifndef WICK_FORMULAS_FORMULAS_H
#define WICK_FORMULAS_FORMULAS_H

#include "base/text.h"
#include "problem/problem.h"
#include "symbolic/closed_form.h"

wick_status wick_print_text(wick_context *context, const wick_closed_form *form, wick_text *text);
wick_status wick_print_latex(wick_context *context, const wick_closed_form *form, wick_text *text);
wick_status wick_print_json(wick_context *context, const wick_closed_form *form, wick_text *text);

#endif

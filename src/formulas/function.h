/* An activation that need not be a polynomial, as LaTeX in math mode. Private to what prints. */
#ifndef WICK_FORMULAS_FUNCTION_H
#define WICK_FORMULAS_FUNCTION_H

#include "activation/graph.h"
#include "base/text.h"

void wick_print_function(wick_text *text, const wick_graph *f);

#endif

/* The right-hand side of an equation with the learning rules around it. Private to src/formulas. */
#ifndef WICK_FORMULAS_PUT_RULES_H
#define WICK_FORMULAS_PUT_RULES_H

#include "formulas/notation.h"
#include "model/rules_print.h"

/* Before what plain SGD has. */
void wick_put_rule_before(wick_notation *notation, wick_rule_set rules, wick_block_id block);
/* After it, before the equation ends; the block's entry in both notations. */
void wick_put_rule_after(wick_notation *notation, wick_rule_set rules, wick_block_id block, const char *text,
                         const char *latex);

#endif

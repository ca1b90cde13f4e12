/* Learning rules in formulas: what stands before and after the right-hand side of plain SGD, and what its symbols mean. */
#ifndef WICK_MODEL_RULES_PRINT_H
#define WICK_MODEL_RULES_PRINT_H

#include <jansson.h>

#include "base/text.h"
#include "model/rules.h"

/* "(eta_a/gamma) [" or nothing. */
void wick_rule_print_before(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex);

/* "]" and " - 2 kappa Q", or nothing; `symbol` is how the equation writes an entry of the block. */
void wick_rule_print_after(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex, const char *symbol);

/* A line, in LaTeX a sentence, for each parameter. */
void wick_rule_print_legend(wick_text *text, wick_rule_set rules, bool latex);

/* {"second_layer": {"rate": "second_layer_rate", "decay": "second_layer_decay"}}: keys of a problem, by layer; "batch":
 * "batch", which divides X; "loss": "correlation"; and "clock":
 * "steps" where they are counted. NULL if memory is exhausted. */
json_t *wick_rule_json(wick_rule_set rules);

/* The whole equation: the left-hand side with what stands between, the right-hand side of plain SGD, a line's end. */
void wick_rule_print_equation(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex, const char *left,
                              const char *right, const char *symbol);

#endif

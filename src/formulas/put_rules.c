/* See put_rules.h. */
#include "formulas/put_rules.h"

/* The same in both notations, of which only one is kept. */
static void put(wick_notation *notation, wick_text *text)
{
    if (text->bytes) wick_put_same(notation, text->bytes);
    if (text->failed) notation->line.failed = true;
    wick_text_clear(text);
}

void wick_put_rule_before(wick_notation *notation, wick_rule_set rules, wick_block_id block)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_rule_print_before(&text, rules, block, notation->latex);
    put(notation, &text);
}

void wick_put_rule_after(wick_notation *notation, wick_rule_set rules, wick_block_id block, const char *text,
                         const char *latex)
{
    wick_text after = WICK_TEXT_EMPTY;
    wick_rule_print_after(&after, rules, block, notation->latex, notation->latex ? latex : text);
    put(notation, &after);
}

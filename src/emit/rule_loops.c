/* See rule_loops.h, and model/rules.h for the equations. */
#include "emit/rule_loops.h"

#include "model/regime.h"

/* What the loops are over. */
typedef struct {
    wick_rule_set rules;
    wick_layout layout;
    const char *p;        /* in C */
    bool jacobian, steps; /* steps are counted: everything is times gamma/p */
} loops;

static const char *gamma(void) { return wick_parameter_at(WICK_LEARNING_RATE)->key; }

/* "2.0 * parameters->weight_decay", times gamma/p where steps are counted. */
static void print_decay(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *decay)
{
    if (block->degree != 1) wick_text_printf(text, "%u.0 * ", block->degree);
    if (over->steps) wick_text_printf(text, "parameters->%s / (double)%s * ", gamma(), over->p);
    wick_text_printf(text, "parameters->%s", decay->key);
}

/* A layer's own rate, or gamma, over gamma; over p where steps are counted. */
static void print_rate(wick_text *text, const loops *over, const wick_parameter *rate)
{
    wick_text_printf(text, "parameters->%s / ", rate ? rate->key : gamma());
    wick_text_printf(text, over->steps ? "(double)%s" : "parameters->%s", over->steps ? over->p : gamma());
}

/* drift[i] = rate * drift[i] - decay * state[i] */
static void print_entry(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                        const wick_parameter *decay)
{
    const bool scaled = rate || over->steps;
    wick_text_append(text, scaled ? "drift[i] = " : "drift[i] -= ");
    if (scaled) print_rate(text, over, rate);
    if (scaled) wick_text_append(text, decay ? " * drift[i] - " : " * drift[i]");
    if (decay) print_decay(text, over, block, decay);
    wick_text_append(text, decay ? " * state[i];" : ";");
}

/* The row of an entry, scaled, and what it has on the diagonal. */
static void print_row(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                      const wick_parameter *decay)
{
    wick_text_append(text, "{");
    if (rate || over->steps) {
        wick_text_append(text, "\n        for (size_t s = 0; s < DIMENSION; ++s) jacobian[i * DIMENSION + s] *= ");
        print_rate(text, over, rate);
        wick_text_append(text, ";");
    }
    if (decay) {
        wick_text_append(text, "\n        jacobian[i * DIMENSION + i] -= ");
        print_decay(text, over, block, decay);
        wick_text_append(text, ";");
    }
    wick_text_append(text, "\n    }");
}

static void print_block(wick_text *text, const loops *over, wick_block_id id)
{
    const wick_parameter *rate = wick_rule_rate(over->rules, id), *decay = wick_rule_decay(over->rules, id);
    if (!rate && !decay && !over->steps) return;
    wick_text_append(text, "\n    for (size_t i = ");
    wick_layout_print_start(&over->layout, id, over->p, text);
    wick_text_append(text, "; i < ");
    wick_layout_print_end(&over->layout, id, over->p, text);
    wick_text_append(text, "; ++i) ");
    (over->jacobian ? print_row : print_entry)(text, over, wick_block_at(id), rate, decay);
}

static void set(const loops *over, const char *key, const char *before, wick_values *values)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, over->rules ? before : "");
    for (size_t i = 0; i < over->layout.count && over->rules; ++i) print_block(&text, over, over->layout.block[i]);
    wick_values_take(values, key, &text);
}

void wick_rule_values(const wick_problem *problem, const char *name, wick_values *values)
{
    const bool full = wick_regime_at(problem->regime)->full;
    wick_text before = WICK_TEXT_EMPTY;
    loops over = {.rules = problem->rules,
                  .layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
                  .p = full ? "P" : "p",
                  .steps = problem->rules & WICK_CLOCK_OF_STEPS};
    wick_text_append(&before, "    /* learning rules */");
    if (full) wick_text_printf(&before, "\n    drift -= %s_dimension;", name);
    set(&over, "RULES", before.bytes ? before.bytes : "", values);
    over.jacobian = true;
    set(&over, "JACOBIAN_RULES", "    /* learning rules */", values);
    wick_text_clear(&before);
}

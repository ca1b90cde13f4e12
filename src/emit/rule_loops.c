/* See rule_loops.h, and model/rules.h for the equations. */
#include "emit/rule_loops.h"

#include "model/regime.h"

/* What the loops are over. */
typedef struct loops loops;

struct loops {
    wick_rule_set rules;
    wick_layout layout;
    const char *p, *to, *from; /* in C */
    void (*print)(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                  const wick_parameter *decay);
    bool steps;        /* are counted: everything is times gamma/p */
    const char *given; /* what points to the parameters as they were given */
};

static const char *gamma(void) { return wick_parameter_at(WICK_LEARNING_RATE)->key; }

/* "2.0 * parameters->weight_decay", times gamma/p where steps are counted. */
static void print_decay(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *decay)
{
    if (block->degree != 1) wick_text_printf(text, "%u.0 * ", block->degree);
    if (over->steps) wick_text_printf(text, "%s->%s / (double)%s * ", over->given, gamma(), over->p);
    wick_text_printf(text, "%s->%s", over->given, decay->key);
}

/* A layer's own rate, or gamma, over gamma; over p where steps are counted. */
static void print_rate(wick_text *text, const loops *over, const wick_parameter *rate)
{
    wick_text_printf(text, "%s->%s / ", over->given, rate ? rate->key : gamma());
    if (over->steps)
        wick_text_printf(text, "(double)%s", over->p);
    else
        wick_text_printf(text, "%s->%s", over->given, gamma());
}

/* drift[i] = rate * drift[i] - decay * state[i] */
static void print_entry(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                        const wick_parameter *decay)
{
    const bool scaled = rate || over->steps;
    wick_text_printf(text, scaled ? "%s[i] = " : "%s[i] -= ", over->to);
    if (scaled) print_rate(text, over, rate);
    if (scaled) wick_text_printf(text, decay ? " * %s[i] - " : " * %s[i]", over->to);
    if (decay) print_decay(text, over, block, decay);
    if (decay) wick_text_printf(text, " * %s[i]", over->from);
    wick_text_append(text, ";");
}

/* Before an adjoint: scaled[i] = rate * u[i] */
static void print_scale(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                        const wick_parameter *decay)
{
    (void)block, (void)decay;
    wick_text_append(text, "scaled[i] = ");
    if (rate || over->steps) print_rate(text, over, rate);
    wick_text_append(text, rate || over->steps ? " * u[i];" : "u[i];");
}

/* After it: out[i] -= decay * u[i] */
static void print_transposed(wick_text *text, const loops *over, const wick_block *block, const wick_parameter *rate,
                             const wick_parameter *decay)
{
    (void)rate;
    wick_text_append(text, "out[i] -= ");
    print_decay(text, over, block, decay);
    wick_text_append(text, " * u[i];");
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
    const bool all = over->print == print_scale, decays = over->print == print_transposed;
    if (!all && (decays ? !decay : !rate && !decay && !over->steps)) return;
    wick_text_append(text, "\n    for (size_t i = ");
    wick_layout_print_start(&over->layout, id, over->p, text);
    wick_text_append(text, "; i < ");
    wick_layout_print_end(&over->layout, id, over->p, text);
    wick_text_append(text, "; ++i) ");
    over->print(text, over, wick_block_at(id), rate, decay);
}

static void set(const loops *over, const char *key, const char *before, wick_values *values)
{
    wick_text text = WICK_TEXT_EMPTY;
    wick_text_append(&text, over->rules ? before : "");
    for (size_t i = 0; i < over->layout.count && over->rules; ++i) print_block(&text, over, over->layout.block[i]);
    wick_values_take(values, key, &text);
}

/* Plain SGD has the X of a batch at gamma/B. */
static void set_batch(const wick_problem *problem, const char *name, wick_values *values)
{
    wick_values_set(values, "BATCHED", "");
    if (!wick_rule_has(problem->rules, WICK_BATCH)) return;
    wick_values_printf(values, "BATCHED",
                       "\n    const %s_parameters *const given = parameters;\n    %s_parameters batched = *parameters;\n"
                       "    batched.learning_rate /= parameters->batch; /* what is of second order is X/B */\n"
                       "    parameters = &batched;\n    (void)given;",
                       name, name);
}

void wick_rule_values(const wick_problem *problem, const char *name, wick_values *values)
{
    const bool full = problem->parts->full;
    wick_text before = WICK_TEXT_EMPTY;
    loops over = {.rules = problem->rules,
                  .layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
                  .p = full ? "P" : "p",
                  .given = wick_rule_has(problem->rules, WICK_BATCH) ? "given" : "parameters",
                  .to = "drift",
                  .from = "state",
                  .print = print_entry,
                  .steps = problem->rules & WICK_CLOCK_OF_STEPS};
    set_batch(problem, name, values);
    wick_text_append(&before, "    /* learning rules */");
    if (full) wick_text_printf(&before, "\n    drift -= %s_dimension;", name);
    set(&over, "RULES", before.bytes ? before.bytes : "", values);
    over.print = print_row;
    set(&over, "JACOBIAN_RULES", "    /* learning rules */", values);
    over.to = "out";
    over.from = "direction";
    over.print = print_entry;
    set(&over, "TANGENT_RULES", "    /* learning rules */", values);
    over.print = print_transposed;
    set(&over, "ADJOINT_RULES", "    /* learning rules */", values);
    over.print = print_scale;
    if (problem->rules)
        set(&over, "ADJOINT_SCALE",
            "    double *const scaled = work + SCALED, *const direction = scaled; /* u, with the rates of the learning "
            "rules */",
            values);
    else
        wick_values_set(values, "ADJOINT_SCALE", "    const double *const direction = u;");
    wick_text_clear(&before);
}

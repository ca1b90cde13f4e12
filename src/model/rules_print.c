/* See rules_print.h. */
#include "model/rules_print.h"

static const char *symbol_of(const wick_parameter *parameter, bool latex)
{
    return latex ? parameter->latex : parameter->symbol;
}

void wick_rule_print_before(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex)
{
    const wick_parameter *rate = wick_rule_rate(rules, block), *gamma = wick_parameter_at(WICK_LEARNING_RATE);
    if (!rate) return;
    wick_text_printf(text, latex ? "\\frac{%s}{%s} \\bigl[" : "(%s/%s) [", symbol_of(rate, latex), symbol_of(gamma, latex));
}

void wick_rule_print_after(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex, const char *symbol)
{
    const wick_parameter *decay = wick_rule_decay(rules, block);
    const unsigned degree = wick_block_at(block)->degree;
    if (wick_rule_rate(rules, block)) wick_text_append(text, latex ? "\\bigr]" : "]");
    if (decay) wick_text_append(text, " - ");
    if (decay && degree > 1) wick_text_printf(text, "%u ", degree);
    if (decay) wick_text_printf(text, "%s %s", symbol_of(decay, latex), symbol);
}

static void print_constraint(wick_text *text, wick_rule_set rules, bool latex)
{
    const char *flow = rules & WICK_SPHERE ? "" : latex ? ", with $X = 0$" : ", with X = 0";
    wick_text_printf(
        text,
        latex
            ? "Students are kept on spheres: of the right-hand sides so far, $F$, there remain\n"
              "$F_{jr} - y_j M_{jr}$ and $F_{jl} - (y_j + y_l) Q_{jl}$, where $y_j = F_{jj}/(2 Q_{jj})$%s.\n"
            : "    on spheres: of the right-hand sides F there remain F[j,r] - y_j M[j,r] and F[j,l] - (y_j + y_l) Q[j,l],\n"
              "        y_j = F[j,j]/(2 Q[j,j])%s\n",
        flow);
}

void wick_rule_print_legend(wick_text *text, wick_rule_set rules, bool latex)
{
    for (wick_parameter_id i = (wick_parameter_id)WICK_PLAIN_PARAMETER_COUNT; i < WICK_PARAMETER_COUNT; ++i) {
        const wick_parameter *parameter = wick_parameter_at(i);
        if (!wick_rule_has(rules, i)) continue;
        wick_text_printf(text, latex ? "Here $%s$ is %s.\n" : "    %s: %s\n", symbol_of(parameter, latex), parameter->about);
    }
    if (rules & WICK_CONSTRAINTS) print_constraint(text, rules, latex);
    if (rules & WICK_CORRELATION)
        wick_text_append(text, latex ? "The loss is $-y f$: but for $R$, sums over fields run over targets alone.\n"
                                     : "    the loss is -y f: but for R, sums over fields run over targets alone\n");
    if (rules & WICK_CLOCK_OF_STEPS)
        wick_text_append(text, latex ? "Time is read as $\\tau$, the number of steps over $d$: $\\frac{d}{d\\tau} = "
                                       "\\frac{\\gamma}{p} \\frac{d}{dt}$.\n"
                                     : "    time is read as tau, the number of steps over d: d/dtau = (gamma/p) d/dt\n");
}

void wick_rule_print_equation(wick_text *text, wick_rule_set rules, wick_block_id block, bool latex, const char *left,
                              const char *right, const char *symbol)
{
    wick_text_printf(text, "    %s", left);
    wick_rule_print_before(text, rules, block, latex);
    wick_text_append(text, right);
    wick_rule_print_after(text, rules, block, latex, symbol);
    wick_text_append(text, latex ? " \\\\\n" : "\n");
}

json_t *wick_rule_json(wick_rule_set rules)
{
    static const struct {
        const char *name;
        wick_block_id block; /* one of the layer */
    } layers[WICK_LAYER_COUNT] = {
        [WICK_WEIGHTS] = {"weights", WICK_BLOCK_M},
        [WICK_SECOND_LAYER] = {"second_layer", WICK_BLOCK_LAYER},
    };
    json_t *all = json_object();
    bool fine = all != NULL;
    for (size_t i = 0; i < WICK_LAYER_COUNT && fine; ++i) {
        const wick_parameter *rate = wick_rule_rate(rules, layers[i].block),
                             *decay = wick_rule_decay(rules, layers[i].block);
        if (!rate && !decay) continue;
        json_t *layer = json_pack("{s:s*, s:s*}", "rate", rate ? rate->key : NULL, "decay", decay ? decay->key : NULL);
        fine = layer && json_object_set_new(all, layers[i].name, layer) == 0;
    }
    if (fine && wick_rule_has(rules, WICK_BATCH))
        fine = json_object_set_new(all, "batch", json_string(wick_parameter_at(WICK_BATCH)->key)) == 0;
    if (fine && rules & WICK_CONSTRAINTS)
        fine =
            json_object_set_new(all, "constraint", json_string(rules & WICK_SPHERE ? "sphere" : "spherical-gradient")) == 0;
    if (fine && rules & WICK_CORRELATION) fine = json_object_set_new(all, "loss", json_string("correlation")) == 0;
    if (fine && rules & WICK_CLOCK_OF_STEPS) fine = json_object_set_new(all, "clock", json_string("steps")) == 0;
    if (fine) return all;
    json_decref(all);
    return NULL;
}

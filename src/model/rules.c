/* See rules.h. */
#include "model/rules.h"

#include <math.h>

#define NONE WICK_PARAMETER_COUNT

typedef struct {
    wick_parameter_id rate, decay; /* NONE if the layer has no such parameter */
} layer_row;

static const layer_row layers[WICK_LAYER_COUNT] = {
    [WICK_WEIGHTS] = {NONE, WICK_WEIGHT_DECAY},
    [WICK_SECOND_LAYER] = {WICK_SECOND_LAYER_RATE, WICK_SECOND_LAYER_DECAY},
};

bool wick_rule_has(wick_rule_set rules, wick_parameter_id parameter) { return parameter < NONE && rules >> parameter & 1; }

const char *wick_rule_clock(wick_rule_set rules) { return rules & WICK_CLOCK_OF_STEPS ? "tau" : "t"; }

bool wick_rule_layer(wick_parameter_id parameter, wick_layer *layer)
{
    for (wick_layer i = 0; i < WICK_LAYER_COUNT; ++i) {
        *layer = i;
        if (parameter < NONE && (layers[i].rate == parameter || layers[i].decay == parameter)) return true;
    }
    return false;
}

bool wick_rule_is_rate(wick_parameter_id parameter)
{
    for (size_t i = 0; i < WICK_LAYER_COUNT; ++i)
        if (parameter < NONE && layers[i].rate == parameter) return true;
    return false;
}

const wick_parameter *wick_rule_decay(wick_rule_set rules, wick_block_id block)
{
    const wick_parameter_id parameter = layers[wick_block_at(block)->layer].decay;
    return wick_rule_has(rules, parameter) ? wick_parameter_at(parameter) : NULL;
}

const wick_parameter *wick_rule_rate(wick_rule_set rules, wick_block_id block)
{
    const wick_parameter_id parameter = layers[wick_block_at(block)->layer].rate;
    return wick_rule_has(rules, parameter) ? wick_parameter_at(parameter) : NULL;
}

/* Of a layer, in the clock of distances. */
static wick_layer_rule rule_of(const layer_row *row, const double parameter[WICK_PARAMETER_COUNT])
{
    const double gamma = parameter[WICK_LEARNING_RATE];
    wick_layer_rule rule = {.rate = 1, .decay = row->decay < NONE ? parameter[row->decay] : 0};
    if (row->rate < NONE && !isnan(parameter[row->rate])) {
        rule.rate = parameter[row->rate] / gamma;
        rule.rate_slope = -rule.rate / gamma;
    }
    return rule;
}

/* The same where steps are counted. */
static wick_layer_rule count_steps(const layer_row *row, wick_layer_rule rule, double p,
                                   const double parameter[WICK_PARAMETER_COUNT])
{
    const double gamma = parameter[WICK_LEARNING_RATE];
    const bool own = row->rate < NONE && !isnan(parameter[row->rate]);
    rule.rate = own ? parameter[row->rate] / p : gamma / p;
    rule.rate_slope = own ? 0 : 1 / p;
    rule.decay_slope = rule.decay / p;
    rule.decay *= gamma / p;
    return rule;
}

wick_rules wick_rules_of(wick_rule_set rules, size_t p, const double parameter[WICK_PARAMETER_COUNT])
{
    const bool steps = rules & WICK_CLOCK_OF_STEPS;
    wick_rules made = {.step = steps ? 1 : parameter[WICK_LEARNING_RATE] / (double)p, .plain = !steps};
    for (wick_layer i = 0; i < WICK_LAYER_COUNT; ++i) {
        const wick_layer_rule rule = rule_of(&layers[i], parameter);
        made.layer[i] = steps ? count_steps(&layers[i], rule, (double)p, parameter) : rule;
        if (rule.rate != 1 || rule.decay != 0) made.plain = false;
    }
    return made;
}

double wick_rules_plain_rate(const double parameter[WICK_PARAMETER_COUNT])
{
    return parameter[WICK_LEARNING_RATE] / parameter[WICK_BATCH];
}

bool wick_rules_are_finite(const wick_rules *rules)
{
    for (size_t i = 0; i < WICK_LAYER_COUNT; ++i)
        if (!isfinite(rules->layer[i].rate)) return false;
    return true;
}

double wick_rules_apply(const wick_rules *rules, const wick_layout *layout, const double *state, double *drift)
{
    double weight = 1;
    for (size_t b = 0; b < layout->count; ++b) {
        const wick_block *block = wick_block_at(layout->block[b]);
        const wick_layer_rule *rule = &rules->layer[block->layer];
        const double rate = rule->rate, decay = (double)block->degree * rule->decay;
        const size_t start = wick_layout_start(layout, layout->block[b]);
        const size_t end = start + wick_layout_size(layout, layout->block[b]);
        for (size_t i = start; i < end; ++i) {
            const double before = fmax(1, fabs(drift[i]));
            drift[i] = rate * drift[i] - decay * state[i];
            weight = fmax(weight, rate * before / fmax(1, fabs(drift[i])));
        }
    }
    return weight;
}

/* out = rate out - m decay x, block by block; without the rate if it was there before. */
static void combine(const wick_rules *rules, const wick_layout *layout, bool scaled, const double *x, double *out)
{
    for (size_t b = 0; b < layout->count; ++b) {
        const wick_block *block = wick_block_at(layout->block[b]);
        const wick_layer_rule *rule = &rules->layer[block->layer];
        const double rate = scaled ? rule->rate : 1, decay = (double)block->degree * rule->decay;
        const size_t start = wick_layout_start(layout, layout->block[b]);
        const size_t end = start + wick_layout_size(layout, layout->block[b]);
        for (size_t i = start; i < end; ++i) out[i] = rate * out[i] - decay * x[i];
    }
}

void wick_rules_apply_tangent(const wick_rules *rules, const wick_layout *layout, const double *v, double *out)
{
    combine(rules, layout, true, v, out);
}

void wick_rules_apply_adjoint(const wick_rules *rules, const wick_layout *layout, const double *u, double *out)
{
    combine(rules, layout, false, u, out);
}

void wick_rules_scale(const wick_rules *rules, const wick_layout *layout, const double *u, double *scaled)
{
    for (size_t b = 0; b < layout->count; ++b) {
        const double rate = rules->layer[wick_block_at(layout->block[b])->layer].rate;
        const size_t start = wick_layout_start(layout, layout->block[b]);
        const size_t end = start + wick_layout_size(layout, layout->block[b]);
        for (size_t i = start; i < end; ++i) scaled[i] = rate * u[i];
    }
}

void wick_rules_apply_jacobian(const wick_rules *rules, const wick_layout *layout, double *jacobian)
{
    size_t dimension = 0;
    wick_layout_dimension(layout, &dimension);
    for (size_t b = 0; b < layout->count; ++b) {
        const wick_block *block = wick_block_at(layout->block[b]);
        const wick_layer_rule *rule = &rules->layer[block->layer];
        const size_t start = wick_layout_start(layout, layout->block[b]);
        const size_t end = start + wick_layout_size(layout, layout->block[b]);
        for (size_t i = start; i < end; ++i) {
            double *const row = jacobian + i * dimension;
            for (size_t s = 0; s < dimension; ++s) row[s] *= rule->rate;
            row[i] -= (double)block->degree * rule->decay;
        }
    }
}

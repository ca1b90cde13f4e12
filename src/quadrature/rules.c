/* See rules.h. */
#include "quadrature/rules.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const size_t sizes[WICK_HERMITE_COUNT] = {8, 12, 16, 20, 28, 40, 56, 80, 112, 160, 224, 300, 400};

struct wick_rules {
    wick_rule hermite[WICK_HERMITE_COUNT], trapezoid[WICK_TRAPEZOID_COUNT], wide[WICK_TRAPEZOID_COUNT];
    atomic_size_t references;
};

/* Odd and even nodes exactly opposite, as they are in truth. */
static void symmetrise(wick_rule *rule)
{
    for (size_t i = 0, j = rule->count - 1; i < j; i++, j--) {
        rule->node[j] = 0.5 * (rule->node[j] - rule->node[i]);
        rule->node[i] = -rule->node[j];
        rule->weight[i] = rule->weight[j] = 0.5 * (rule->weight[i] + rule->weight[j]);
    }
    if (rule->count % 2) rule->node[rule->count / 2] = 0;
}

static void fill_table(wick_rule *rule)
{
    for (size_t i = 0; i < rule->count; i++) {
        double *row = rule->table + i * rule->terms, before = 0, now = 1;
        const double x = rule->node[i];
        for (size_t m = 0; m < rule->terms; m++) {
            row[m] = rule->weight[i] * now;
            const double next = (x * now - sqrt((double)m) * before) / sqrt((double)m + 1);
            before = now;
            now = next;
        }
    }
}

static wick_status make_rule(wick_context *context, size_t count, wick_rule *rule)
{
    rule->count = count;
    rule->terms = 2 * count / 3;
    rule->node = wick_allocate(count, 1, sizeof(double));
    rule->weight = wick_allocate(count, 1, sizeof(double));
    rule->table = wick_allocate(count, rule->terms, sizeof(double));
    gsl_integration_fixed_workspace *gauss = gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, count, 0, 0.5, 0, 0);
    const bool made = rule->node && rule->weight && rule->table && gauss;
    if (made) {
        memcpy(rule->node, gsl_integration_fixed_nodes(gauss), count * sizeof(double));
        memcpy(rule->weight, gsl_integration_fixed_weights(gauss), count * sizeof(double));
        double sum = 0;
        for (size_t i = 0; i < count; i++) sum += rule->weight[i];
        for (size_t i = 0; i < count; i++) rule->weight[i] /= sum;
        symmetrise(rule);
        fill_table(rule);
    }
    if (gauss) gsl_integration_fixed_free(gauss);
    return made ? WICK_OK : wick_fail_memory(context, "making quadrature rules");
}

/* The larger the index, the finer and the wider. */
static double narrow_reach(size_t index) { return 5 + 0.15 * (double)index + 0.04 * (double)(index * index); }

double wick_rules_spacing(size_t index) { return 0.9 * pow(1.2, -(double)index); }

static double wide_reach(size_t index) { return 6.5 + 0.3 * (double)index; }

static wick_status make_trapezoid(wick_context *context, double step, double reach, wick_rule *rule)
{
    const size_t half = (size_t)ceil(reach / step);
    rule->count = 2 * half + 1;
    rule->node = wick_allocate(rule->count, 1, sizeof(double));
    rule->weight = wick_allocate(rule->count, 1, sizeof(double));
    rule->terms = 2 * rule->count / 3;
    rule->table = wick_allocate(rule->count, rule->terms, sizeof(double));
    if (!rule->node || !rule->weight || !rule->table) return wick_fail_memory(context, "making quadrature rules");
    const double density = step / sqrt(2 * acos(-1.0));
    for (size_t i = 0; i < rule->count; i++) {
        const double z = step * ((double)i - (double)half);
        rule->node[i] = z;
        rule->weight[i] = density * exp(-0.5 * z * z);
    }
    fill_table(rule);
    return WICK_OK;
}

wick_status wick_rules_make(wick_context *context, wick_rules **rules)
{
    *rules = NULL;
    wick_rules *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making quadrature rules");
    atomic_init(&made->references, 1);
    wick_status status = WICK_OK;
    for (size_t i = 0; i < WICK_HERMITE_COUNT && status == WICK_OK; i++)
        status = make_rule(context, sizes[i], &made->hermite[i]);
    for (size_t i = 0; i < WICK_TRAPEZOID_COUNT && status == WICK_OK; i++)
        status = make_trapezoid(context, wick_rules_spacing(i), narrow_reach(i), &made->trapezoid[i]);
    for (size_t i = 0; i < WICK_TRAPEZOID_COUNT && status == WICK_OK; i++)
        status = make_trapezoid(context, 0.88 * pow(1.18, -(double)i), wide_reach(i), &made->wide[i]);
    if (status == WICK_OK)
        *rules = made;
    else
        wick_rules_free(made);
    return status;
}

wick_rules *wick_rules_share(wick_rules *rules)
{
    atomic_fetch_add(&rules->references, 1);
    return rules;
}

static void clear(wick_rule *rule)
{
    free(rule->node);
    free(rule->weight);
    free(rule->table);
}

void wick_rules_free(wick_rules *rules)
{
    if (!rules || atomic_fetch_sub(&rules->references, 1) != 1) return;
    for (size_t i = 0; i < WICK_HERMITE_COUNT; i++) clear(&rules->hermite[i]);
    for (size_t i = 0; i < WICK_TRAPEZOID_COUNT; i++) clear(&rules->trapezoid[i]);
    for (size_t i = 0; i < WICK_TRAPEZOID_COUNT; i++) clear(&rules->wide[i]);
    free(rules);
}

const wick_rule *wick_rules_hermite(const wick_rules *rules, size_t index) { return &rules->hermite[index]; }

const wick_rule *wick_rules_trapezoid(const wick_rules *rules, size_t index) { return &rules->trapezoid[index]; }

const wick_rule *wick_rules_wide_trapezoid(const wick_rules *rules, size_t index) { return &rules->wide[index]; }

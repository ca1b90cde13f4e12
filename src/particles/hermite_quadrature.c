/* See hermite.h: slopes as sums over nodes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/hermite.h"
#include "quadrature/activation_code.h"
#include "quadrature/rules.h"

typedef struct {
    wick_activation_code *code;
    wick_rules *rules;
    const wick_kernel_table *kernels;
    int parity;
    bool polynomial;
    size_t level;             /* the rule in use */
    double verified, error;   /* up to this variance, with this error */
    size_t order;             /* and this order */
    size_t node_count, terms; /* of the rule with nodes of one sign dropped where parity makes them superfluous: */
    double *node, *weight, *table;
    double *check, *work; /* of prepare() */
} series;

enum { LAST = WICK_TRAPEZOID_COUNT - 1 };

static const wick_rule *rule_of(const series *of, size_t level)
{
    return of->polynomial ? wick_rules_hermite(of->rules, level) : wick_rules_wide_trapezoid(of->rules, level);
}

/* The parity of s' is the opposite of that of s. */
static bool vanishes(const series *of, size_t n) { return of->parity != 0 && (n % 2 == 0) == (of->parity > 0); }

/* Takes over a rule, folded: with a parity, nodes z < 0 say the same as z > 0. */
static bool use_rule(series *of, size_t level)
{
    const wick_rule *rule = rule_of(of, level);
    const size_t first = of->parity == 0 ? 0 : rule->count / 2, count = rule->count - first;
    double *numbers = wick_allocate(count, rule->terms + 2, sizeof *numbers);
    if (!numbers) return false;
    free(of->node);
    of->node = numbers;
    of->weight = numbers + count;
    of->table = numbers + 2 * count;
    of->node_count = count;
    of->terms = rule->terms;
    of->level = level;
    for (size_t i = 0; i < count; ++i) {
        const double z = rule->node[first + i], twice = of->parity != 0 && z > 0 ? 2 : 1;
        of->node[i] = z;
        of->weight[i] = twice * rule->weight[first + i];
        for (size_t m = 0; m < rule->terms; ++m)
            of->table[i * rule->terms + m] = vanishes(of, m) ? 0 : twice * rule->table[(first + i) * rule->terms + m];
    }
    return true;
}

static size_t work_size(const void *self, size_t ld)
{
    const series *of = self;
    return 5 * ld + wick_activation_code_work_for(of->code, ld);
}

static void fill(const void *self, size_t count, size_t ld, const double *variance, size_t order, double *work,
                 double *slopes, double *mean, double *square)
{
    const series *of = self;
    double *x = work, *value = x + ld, *derivative = value + ld, *product = derivative + ld, *one = product + ld;
    double *scratch = one + ld;
    const size_t terms = order + 1 < of->terms ? order + 1 : of->terms;
    for (size_t n = 0; n <= order; ++n) memset(slopes + n * ld, 0, count * sizeof *slopes);
    for (size_t i = 0; i < count; ++i) mean[i] = square[i] = 0, one[i] = 1;
    for (size_t node = 0; node < of->node_count; ++node) {
        for (size_t i = 0; i < count; ++i) x[i] = sqrt(fmax(0, variance[i])) * of->node[node];
        wick_activation_evaluate(of->code, count, x, scratch, of->parity < 0 ? NULL : value, derivative);
        const double weight = of->weight[node];
        for (size_t i = 0; i < count; ++i) {
            if (of->parity >= 0) mean[i] += weight * value[i];
            square[i] += weight * derivative[i] * derivative[i];
        }
        of->kernels->multiply_add(count, derivative, one, product, terms, ld, of->table + node * of->terms, slopes);
    }
}

/* sum_n (fine_n - coarse_n)^2, and sum_n fine_n^2 into norm. */
static double distance(size_t order, const double *fine, const double *coarse, double *norm)
{
    double sum = 0;
    *norm = 0;
    for (size_t n = 0; n <= order; ++n) {
        sum += (fine[n] - coarse[n]) * (fine[n] - coarse[n]);
        *norm += fine[n] * fine[n];
    }
    return sum;
}

/* Slopes at one variance by the rule in use, its mean and mean square in the last two places. */
static void probe(const series *of, double variance, size_t order, double *out)
{
    fill(of, 1, 1, &variance, order, of->work, out, out + order + 1, out + order + 2);
}

static double prepare(void *self, double variance, size_t order, double tolerance)
{
    series *of = self;
    if (variance <= of->verified && order <= of->order) return of->error;
    double *fine = of->check, *coarse = of->check + of->terms + rule_of(of, LAST)->terms + 3;
    for (size_t level = of->level > 1 ? of->level : 1; level <= LAST; ++level) {
        if (rule_of(of, level)->terms <= order && level < LAST) continue;
        if (!use_rule(of, level - 1)) return INFINITY;
        probe(of, variance, order, coarse);
        if (!use_rule(of, level)) return INFINITY;
        probe(of, variance, order, fine);
        double norm;
        const size_t common = rule_of(of, level - 1)->terms - 1;
        const double squares = distance(order < common ? order : common, fine, coarse, &norm);
        of->error = 2 * sqrt(squares) / fmax(1, sqrt(norm));
        if (!isfinite(of->error) || of->error <= tolerance / 2) break;
    }
    of->verified = variance;
    of->order = order;
    return of->error;
}

static void release(void *self)
{
    series *of = self;
    if (!of) return;
    wick_activation_code_free(of->code);
    wick_rules_free(of->rules);
    free(of->node);
    free(of->check);
    free(of->work);
    free(of);
}

static bool allocate(series *of)
{
    const size_t terms = rule_of(of, LAST)->terms;
    of->check = wick_allocate(4, terms + 8, sizeof *of->check);
    of->work = wick_allocate(work_size(of, 1), 1, sizeof *of->work);
    return of->check && of->work && use_rule(of, 1);
}

static void *copy(const void *self)
{
    const series *from = self;
    series *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    of->code = wick_activation_code_share(from->code);
    of->rules = wick_rules_share(from->rules);
    of->node = of->check = of->work = NULL;
    if (allocate(of) && use_rule(of, from->level)) return of;
    release(of);
    return NULL;
}

wick_status wick_hermite_quadrature(wick_context *context, const wick_graph *function, wick_text *source,
                                    wick_hermite *hermite)
{
    series *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "expanding an activation");
    *of = (series){.kernels = wick_kernels(),
                   .parity = wick_graph_parity(function),
                   .polynomial = wick_graph_as_polynomial(function) != NULL,
                   .verified = -1};
    wick_status status = wick_activation_code_make(context, function, &of->code);
    if (status == WICK_OK) status = wick_rules_make(context, &of->rules);
    if (status == WICK_OK && !allocate(of)) status = wick_fail_memory(context, "expanding an activation");
    if (status != WICK_OK) {
        release(of);
        return status;
    }
    wick_text_append(source, wick_activation_code_source(of->code));
    *hermite = (wick_hermite){.self = of,
                              .parity = of->parity,
                              .order_limit = rule_of(of, LAST)->terms - 1,
                              .prepare = prepare,
                              .fill = fill,
                              .work_size = work_size,
                              .copy = copy,
                              .release = release};
    return WICK_OK;
}

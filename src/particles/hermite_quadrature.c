/* See hermite.h: slopes as trapezoidal sums over nodes z.
 *
 * he_n(z) exp(-z^2/4) is bounded and oscillates like sqrt(n); with a step of pi / (sqrt(n) + margin) what the sum misses
 * falls geometrically with the margin for functions that are analytic in a strip, and faster for entire ones. Sums with two
 * margins tell the error. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/hermite.h"
#include "quadrature/activation_code.h"

enum { ORDER_LIMIT = 260 };
static const double margins[] = {2, 4, 7, 11, 16, 22, 30}, reach = 12;
enum { LAST = sizeof margins / sizeof *margins - 1 };

typedef struct {
    wick_activation_code *code;
    const wick_kernel_table *kernels;
    int parity;
    double verified, error;   /* up to this variance, with this error */
    size_t order, level;      /* for slopes up to this order, with this margin */
    size_t node_count, terms; /* nodes of one sign where parity makes the others superfluous */
    double *node, *weight, *table;
    double *check, *work; /* of prepare() */
} series;

/* The parity of s' is the opposite of that of s. */
static bool vanishes(const series *of, size_t n) { return of->parity != 0 && (n % 2 == 0) == (of->parity > 0); }

/* Row of the table: weight * he_n(z). */
static void fill_row(const series *of, double z, double weight, double *row)
{
    double before = 0, now = 1;
    for (size_t n = 0; n < of->terms; ++n) {
        row[n] = vanishes(of, n) ? 0 : weight * now;
        const double next = (z * now - sqrt((double)n) * before) / sqrt((double)n + 1);
        before = now;
        now = next;
    }
}

/* false if memory is exhausted; the rule is then as it was. */
static bool use_rule(series *of, size_t order, size_t level)
{
    const double step = acos(-1.0) / (sqrt((double)order) + margins[level]), density = step / sqrt(2 * acos(-1.0));
    const size_t half = (size_t)ceil(reach / step), count = of->parity ? half + 1 : 2 * half + 1;
    double *numbers = wick_allocate(count, order + 3, sizeof *numbers);
    if (!numbers) return false;
    free(of->node);
    of->node = numbers;
    of->weight = numbers + count;
    of->table = numbers + 2 * count;
    of->node_count = count;
    of->terms = order + 1;
    of->order = order;
    of->level = level;
    for (size_t i = 0; i < count; ++i) {
        const double z = step * (of->parity ? (double)i : (double)i - (double)half);
        of->node[i] = z;
        of->weight[i] = (of->parity && i > 0 ? 2 : 1) * density * exp(-0.5 * z * z);
        fill_row(of, z, of->weight[i], of->table + i * of->terms);
    }
    return true;
}

static size_t work_size(const void *self, size_t ld)
{
    const series *of = self;
    return 3 * ld + wick_activation_code_work_for(of->code, ld);
}

static void fill(const void *self, size_t count, size_t ld, const double *variance, size_t order, double *work,
                 double *slopes, double *mean, double *square)
{
    const series *of = self;
    double *x = work, *value = x + ld, *derivative = value + ld, *scratch = derivative + ld;
    const size_t terms = order < of->order ? order + 1 : of->terms;
    for (size_t n = 0; n <= order; ++n) memset(slopes + n * ld, 0, count * sizeof *slopes);
    for (size_t i = 0; i < count; ++i) mean[i] = square[i] = 0;
    for (size_t node = 0; node < of->node_count; ++node) {
        for (size_t i = 0; i < count; ++i) x[i] = sqrt(fmax(0, variance[i])) * of->node[node];
        wick_activation_evaluate(of->code, count, x, scratch, of->parity < 0 ? NULL : value, derivative);
        const double weight = of->weight[node];
        for (size_t i = 0; i < count; ++i) {
            if (of->parity >= 0) mean[i] += weight * value[i];
            square[i] += weight * derivative[i] * derivative[i];
        }
        of->kernels->add_multiples(count, derivative, terms, ld, of->table + node * of->terms, slopes);
    }
}

/* Slopes at one variance by the rule in use, its mean and mean square in the last two places. */
static void probe(const series *of, double variance, double *out)
{
    fill(of, 1, 1, &variance, of->order, of->work, out, out + of->order + 1, out + of->order + 2);
}

/* Twice the distance of two sets of slopes times their norm: the error of a product summed over n, relative over 1. */
static double distance(size_t order, const double *fine, const double *coarse)
{
    double difference = 0, norm = 0;
    for (size_t n = 0; n <= order; ++n) {
        difference += (fine[n] - coarse[n]) * (fine[n] - coarse[n]);
        norm += fine[n] * fine[n];
    }
    return 2 * sqrt(difference) / fmax(1, sqrt(norm));
}

static double prepare(void *self, double variance, size_t order, double tolerance)
{
    series *of = self;
    if (variance <= of->verified && order == of->order) return of->error;
    const double ahead = 1.1 * variance; /* so that not every step asks again */
    double *fine = of->check, *coarse = of->check + ORDER_LIMIT + 3;
    for (size_t level = of->level > 1 ? of->level : 1; level <= LAST; ++level) {
        if (!use_rule(of, order, level - 1)) return INFINITY;
        probe(of, ahead, coarse);
        if (!use_rule(of, order, level)) return INFINITY;
        probe(of, ahead, fine);
        of->error = distance(order, fine, coarse);
        if (!isfinite(of->error) || of->error <= tolerance / 2) break;
    }
    of->verified = ahead;
    return of->error;
}

static void release(void *self)
{
    series *of = self;
    if (!of) return;
    wick_activation_code_free(of->code);
    free(of->node);
    free(of->check);
    free(of->work);
    free(of);
}

static bool allocate(series *of)
{
    of->check = wick_allocate(2, ORDER_LIMIT + 3, sizeof *of->check);
    of->work = wick_allocate(work_size(of, 1), 1, sizeof *of->work);
    return of->check && of->work && use_rule(of, of->order, of->level);
}

static void *copy(const void *self)
{
    const series *from = self;
    series *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    of->code = wick_activation_code_share(from->code);
    of->node = of->check = of->work = NULL;
    if (allocate(of)) return of;
    release(of);
    return NULL;
}

wick_status wick_hermite_quadrature(wick_context *context, const wick_graph *function, wick_text *source,
                                    wick_hermite *hermite)
{
    series *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "expanding an activation");
    *of = (series){.kernels = wick_kernels(), .parity = wick_graph_parity(function), .level = 1, .verified = -1};
    wick_status status = wick_activation_code_make(context, function, &of->code);
    if (status == WICK_OK && !allocate(of)) status = wick_fail_memory(context, "expanding an activation");
    if (status != WICK_OK) {
        release(of);
        return status;
    }
    wick_text_append(source, wick_activation_code_source(of->code));
    *hermite = (wick_hermite){.self = of,
                              .parity = of->parity,
                              .order_limit = ORDER_LIMIT,
                              .prepare = prepare,
                              .fill = fill,
                              .work_size = work_size,
                              .copy = copy,
                              .release = release};
    return WICK_OK;
}

/* See hermite.h: slopes as trapezoidal sums over nodes z.
 *
 * he_n(z) exp(-z^2/4) is bounded and oscillates like sqrt(n); with a step of pi / (sqrt(n) + margin) what the sum misses
 * falls geometrically with the margin for functions that are analytic in a strip, and faster for entire ones. The margin
 * grows until hermite_bounds.c is content. */
#include "particles/hermite_quadrature.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The last reaches further out, for what grows fast. */
static const struct {
    double margin, reach;
} levels[] = {{2, 12}, {4, 12}, {7, 12}, {11, 12}, {16, 12}, {22, 12}, {30, 12}, {45, 12}, {70, 12}, {70, 25}};
enum { LEVELS = sizeof levels / sizeof *levels };

typedef wick_hermite_series series;

/* The parity of s' is the opposite of that of s. */
bool wick_hermite_slope_vanishes(const series *of, size_t n) { return of->parity != 0 && (n % 2 == 0) == (of->parity > 0); }

/* The slopes that parity leaves: n = first, first + step, ... */
static size_t first_slope(const series *of) { return of->parity > 0 ? 1 : 0; }

static size_t slope_step(const series *of) { return of->parity ? 2 : 1; }

static size_t slope_count(const series *of, size_t terms)
{
    return terms > first_slope(of) ? (terms - first_slope(of) - 1) / slope_step(of) + 1 : 0;
}

/* Row of the table: weight * he_n(z) of the slopes that do not vanish. */
static void fill_row(const series *of, double z, double weight, double *row)
{
    double before = 0, now = 1;
    for (size_t n = 0; n < of->terms; ++n) {
        if (!wick_hermite_slope_vanishes(of, n)) *row++ = weight * now;
        const double next = (z * now - sqrt((double)n) * before) / sqrt((double)n + 1);
        before = now;
        now = next;
    }
}

/* false if memory is exhausted; the rule is then as it was. */
static bool use_rule(series *of, size_t order, size_t level)
{
    const double step = acos(-1.0) / (sqrt((double)order) + levels[level].margin), density = step / sqrt(2 * acos(-1.0));
    const size_t half = (size_t)ceil(levels[level].reach / step), count = of->parity ? half + 1 : 2 * half + 1;
    double *numbers = wick_allocate(count, order + 3, sizeof *numbers);
    if (!numbers) return false;
    free(of->node);
    of->node = numbers;
    of->weight = numbers + count;
    of->table = numbers + 2 * count;
    of->step = step;
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

bool wick_hermite_refine(series *of) { return of->level + 1 < LEVELS && use_rule(of, of->order, of->level + 1); }

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
    const size_t rows = slope_count(of, order < of->order ? order + 1 : of->terms), step = slope_step(of);
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
        of->kernels->add_multiples(count, derivative, rows, step * ld, of->table + node * of->terms,
                                   slopes + first_slope(of) * ld);
    }
}

static bool prepare(void *self, size_t order, double tolerance)
{
    series *of = self;
    if (order == of->order && tolerance == of->tolerance) return true;
    wick_hermite_forget(of);
    of->tolerance = tolerance;
    return order == of->order || use_rule(of, order, of->level);
}

static void release(void *self)
{
    series *of = self;
    if (!of) return;
    wick_activation_code_free(of->code);
    wick_resolution_free(of->resolution);
    wick_hermite_forget(of);
    free(of->node);
    free(of);
}

static void *copy(const void *self)
{
    const series *from = self;
    series *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    of->code = wick_activation_code_share(from->code);
    of->resolution = wick_resolution_share(from->resolution);
    of->node = NULL;
    memset(of->bin, 0, sizeof of->bin);
    if (use_rule(of, of->order, of->level)) return of;
    release(of);
    return NULL;
}

wick_status wick_hermite_quadrature(wick_context *context, const wick_graph *function, wick_text *source,
                                    wick_hermite *hermite)
{
    series *of = calloc(1, sizeof *of);
    if (!of) return wick_fail_memory(context, "expanding an activation");
    of->kernels = wick_kernels();
    of->parity = wick_graph_parity(function);
    wick_status status = wick_activation_code_make(context, function, &of->code);
    if (status == WICK_OK) status = wick_resolution_make(context, function, &of->resolution);
    if (status == WICK_OK && !use_rule(of, 0, 0)) status = wick_fail_memory(context, "expanding an activation");
    if (status != WICK_OK) {
        release(of);
        return status;
    }
    wick_text_append(source, wick_activation_code_source(of->code));
    *hermite = (wick_hermite){.self = of,
                              .parity = of->parity,
                              .order_limit = WICK_HERMITE_ORDER_LIMIT,
                              .prepare = prepare,
                              .examine = wick_hermite_examine,
                              .fill = fill,
                              .work_size = work_size,
                              .values = wick_hermite_values,
                              .copy = copy,
                              .release = release};
    return WICK_OK;
}

/* See interaction.h: series, of as many terms as the tolerance needs.
 *
 * The order N only rises, in steps, so that the drift is smooth but for jumps below the tolerance. At each order the cheaper
 * way to sum is taken. */
#include <math.h>
#include <stdlib.h>

#include "particles/interaction.h"
#include "particles/sums.h"

typedef struct {
    const wick_frame *frame;
    wick_hermite hermite[2];
    double tolerance;
    wick_series series;
    wick_series_sums sums; /* self is NULL before the first use */
} adaptive;

static const size_t orders[] = {4, 6, 8, 12, 16, 20, 26, 34, 44, 56, 72, 92, 116, 146, 180, 216, 250};
enum { ORDERS = sizeof orders / sizeof *orders };

/* More multiplications than this for one drift are not worth waiting for. */
static const double cost_limit = 1e11;

static void forget(adaptive *of)
{
    if (of->sums.self) of->sums.release(of->sums.self);
    of->sums = (wick_series_sums){0};
}

/* Is the order within reach of the activations, of memory and of patience? */
static bool is_allowed(const adaptive *of, size_t order)
{
    for (size_t i = 0; i < 2; ++i)
        if (order + 1 > of->hermite[i].order_limit) return false;
    return fmin(wick_series_tensors_cost(&of->series, order), wick_series_pairs_cost(&of->series, order)) < cost_limit;
}

static bool lay_out(adaptive *of, size_t order)
{
    forget(of);
    of->series.order = order;
    const bool tensors = wick_series_tensors_cost(&of->series, order) <= wick_series_pairs_cost(&of->series, order);
    return tensors ? wick_series_tensors(&of->series, &of->sums) : wick_series_pairs(&of->series, &of->sums);
}

/* The next order that is allowed, or 0. */
static size_t next_order(const adaptive *of)
{
    for (size_t i = 0; i < ORDERS; ++i)
        if (orders[i] > of->series.order) return is_allowed(of, orders[i]) ? orders[i] : 0;
    return 0;
}

/* Slopes good enough for this state and order: their error. */
static double prepare(adaptive *of, const double *state, size_t order)
{
    const double student = of->hermite[0].prepare(of->hermite[0].self, wick_series_largest_variance(of->frame, state),
                                                  order + 1, of->tolerance);
    const double target =
        of->hermite[1].prepare(of->hermite[1].self, wick_series_largest_target(of->frame), order + 1, of->tolerance);
    return wick_worse_error(student, target);
}

/* Lays out the sums for an order, whose targets want their slopes first. */
static bool use_order(adaptive *of, const double *state, size_t order)
{
    prepare(of, state, order);
    return lay_out(of, order);
}

/* Raises the order until the tolerance is met or no more is allowed; returns the error. The sums have then seen the state.
 */
static double look(adaptive *of, const double *state)
{
    if (!of->sums.self && !use_order(of, state, orders[0])) return INFINITY;
    for (;;) {
        const double slopes = prepare(of, state, of->series.order);
        const double cut = of->sums.look(of->sums.self, state, of->tolerance);
        const double error = wick_worse_error(cut, slopes);
        if (isnan(cut) || cut <= of->tolerance) return error;
        const size_t next = next_order(of);
        if (next == 0) return error;
        if (!use_order(of, state, next)) return INFINITY;
    }
}

static double drift(void *self, const double *state, double rate, double *out)
{
    adaptive *of = self;
    const double error = look(of, state);
    if (of->sums.self)
        of->sums.move(of->sums.self, state, rate, out);
    else
        wick_frame_no_drift(of->frame, out);
    return error;
}

static double excess_risk(void *self, const double *state, double *risk)
{
    adaptive *of = self;
    const double error = look(of, state);
    *risk = of->sums.self ? of->sums.excess_risk(of->sums.self, state) : NAN;
    return error;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    adaptive *of = self;
    if (!of) return;
    forget(of);
    for (size_t i = 0; i < 2; ++i)
        if (of->hermite[i].self) of->hermite[i].release(of->hermite[i].self);
    free(of);
}

static void set_series(adaptive *of, const wick_frame *frame)
{
    const int s = of->hermite[0].parity, t = of->hermite[1].parity;
    of->frame = frame;
    of->series = (wick_series){frame, &of->hermite[0], &of->hermite[1], of->series.order, s == t ? s : 0};
}

static void *copy(const void *self, const wick_frame *frame)
{
    const adaptive *from = self;
    adaptive *of = malloc(sizeof *of);
    if (!of) return NULL;
    *of = *from;
    of->sums = (wick_series_sums){0};
    of->hermite[0].self = from->hermite[0].copy(from->hermite[0].self);
    of->hermite[1].self = from->hermite[1].copy(from->hermite[1].self);
    set_series(of, frame);
    const bool used = from->sums.self != NULL; /* else there is no order yet, and no slopes for it */
    if (of->hermite[0].self && of->hermite[1].self && (!used || lay_out(of, of->series.order))) return of;
    release(of);
    return NULL;
}

static wick_status expand(wick_context *context, const wick_evaluation *of, const wick_graph *function, wick_text *source,
                          wick_hermite *hermite)
{
    double scale, rate;
    if (!of->forced && wick_graph_is_erf(function, &scale, &rate)) return wick_hermite_erf(context, scale, rate, hermite);
    return wick_hermite_quadrature(context, function, source, hermite);
}

wick_status wick_interact_by_series(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_text *source, wick_interaction *interaction)
{
    adaptive *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a mean field");
    made->tolerance = of->tolerance;
    wick_status status = expand(context, of, of->student, source, &made->hermite[0]);
    if (status == WICK_OK) status = expand(context, of, of->target, source, &made->hermite[1]);
    if (status != WICK_OK) {
        release(made);
        return status;
    }
    set_series(made, frame);
    *interaction = (wick_interaction){made, drift, excess_risk, copy, release};
    return WICK_OK;
}

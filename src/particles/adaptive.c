/* See interaction.h: series, of as many terms as the tolerance needs.
 *
 * The order N only rises, in steps, so that the drift is smooth but for jumps below the tolerance. At each order the cheaper
 * way to sum is taken. */
#include <math.h>
#include <stdlib.h>

#include "particles/interaction.h"
#include "particles/sums.h"
#include "particles/variances.h"

typedef struct {
    const wick_frame *frame;
    wick_hermite hermite[2];
    double tolerance;
    wick_series series;
    wick_series_sums sums; /* self is NULL before the first use */
} adaptive;

static const size_t orders[] = {4,   6,   8,   12,  16,  20,  26,  34,  40,  48,  56,  64,  74, 86,
                                100, 116, 134, 156, 180, 208, 240, 276, 316, 362, 412, 464, 510};
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

/* Lays out the sums for an order, whose targets want their slopes first, as good as they must be. */
static bool use_order(adaptive *of, size_t order)
{
    for (size_t i = 0; i < 2; ++i)
        if (!of->hermite[i].prepare(of->hermite[i].self, order + 1, of->tolerance)) return false;
    for (size_t r = 0; r < of->frame->k; ++r) {
        wick_hermite_bounds bounds;
        const size_t bin = wick_variance_bin(of->frame->P[r * of->frame->k + r]);
        if (!of->hermite[1].examine(of->hermite[1].self, bin, &bounds)) return false;
    }
    return lay_out(of, order);
}

static bool is_met(const adaptive *of, wick_series_errors errors)
{
    return errors.drift <= of->tolerance && errors.risk <= of->tolerance;
}

/* No order makes finite what is not, nor helps where coefficients and rounding are most of the error. */
static bool is_hopeless(const adaptive *of, wick_series_errors errors)
{
    if (!isfinite(errors.drift + errors.risk)) return true;
    return errors.risk <= of->tolerance && errors.drift <= 2 * errors.floor;
}

/* Raises the order until the tolerance is met or no more is allowed. The sums have then seen the state. Errors are those of
 * numbers up to 1; relative to larger ones they are less. */
static wick_series_errors look(adaptive *of, const double *state)
{
    const wick_series_errors unknown = {INFINITY, INFINITY, 0};
    if (!of->sums.self && !use_order(of, orders[0])) return unknown;
    for (;;) {
        const wick_series_errors errors = of->sums.look(of->sums.self, state, of->tolerance);
        if (is_met(of, errors) || is_hopeless(of, errors)) return errors;
        const size_t next = next_order(of);
        if (next == 0) return errors;
        if (!use_order(of, next)) {
            forget(of);
            return unknown;
        }
    }
}

static double drift(void *self, const double *state, double rate, double *out)
{
    adaptive *of = self;
    const wick_series_errors errors = look(of, state);
    if (!of->sums.self || isnan(errors.drift)) {
        wick_frame_no_drift(of->frame, out);
        return errors.drift;
    }
    const double error = of->sums.move(of->sums.self, state, rate, out);
    return isfinite(errors.drift) ? error : INFINITY;
}

static double excess_risk(void *self, const double *state, double *risk)
{
    adaptive *of = self;
    const wick_series_errors errors = look(of, state);
    *risk = NAN;
    if (!of->sums.self || isnan(errors.risk)) return errors.risk;
    *risk = of->sums.excess_risk(of->sums.self, state);
    return errors.risk / fmax(1, fabs(*risk));
}

static void set_tolerance(void *self, double tolerance)
{
    adaptive *of = self;
    of->tolerance = tolerance;
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
    *interaction = (wick_interaction){made, drift, excess_risk, set_tolerance, copy, release};
    return WICK_OK;
}

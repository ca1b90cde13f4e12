/* See mean_field.h. */
#include "particles/mean_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "particles/interaction.h"

struct wick_mean_field {
    wick_frame frame;
    wick_interaction interaction;
    double rate, tolerance, error, last;
    char *source;
};

static wick_status check_pairs(wick_context *context, size_t p)
{
    enum { MOST = 10000 };
    if (p <= MOST) return WICK_OK;
    return wick_fail(context, WICK_ERROR_UNSUPPORTED,
                     "p is %zu, but activations with kinks go pair by pair in the mean-field regimes: at most %d students",
                     p, MOST);
}

static wick_status interact(wick_context *context, const wick_evaluation *of, wick_mean_field *made)
{
    const wick_kind kind = wick_evaluation_integrals(of).kind;
    const bool angles = kind == WICK_KIND_PIECEWISE, kinks = kind == WICK_KIND_KINKS;
    const wick_frame *frame = &made->frame;
    if (angles || kinks) WICK_TRY(check_pairs(context, frame->p));
    wick_text source = WICK_TEXT_EMPTY;
    wick_status status = angles  ? wick_interact_by_angles(context, of, frame, &made->interaction)
                         : kinks ? wick_interact_by_tables(context, of, frame, &source, &made->interaction)
                                 : wick_interact_by_series(context, of, frame, &source, &made->interaction);
    if (status == WICK_OK) status = wick_text_take(context, &source, &made->source);
    wick_text_clear(&source);
    return status;
}

wick_status wick_mean_field_make(wick_context *context, const wick_evaluation *of, const wick_frame_sizes *sizes,
                                 wick_mean_field **mean_field)
{
    *mean_field = NULL;
    wick_mean_field *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a mean field");
    made->tolerance = of->tolerance;
    wick_status status = wick_frame_make(context, sizes, &made->frame);
    if (status == WICK_OK) status = interact(context, of, made);
    if (status == WICK_OK)
        *mean_field = made;
    else
        wick_mean_field_free(made);
    return status;
}

wick_status wick_mean_field_move(wick_context *context, const wick_mean_field *from, const wick_frame_sizes *sizes,
                                 wick_mean_field **moved)
{
    *moved = NULL;
    wick_mean_field *made = malloc(sizeof *made);
    if (!made) return wick_fail_memory(context, "copying a mean field");
    *made = *from;
    made->interaction.self = NULL;
    made->source = NULL;
    wick_status status = wick_frame_make(context, sizes, &made->frame);
    if (status == WICK_OK) {
        made->source = wick_copy_string(from->source);
        made->interaction.self = from->interaction.copy(from->interaction.self, &made->frame);
        if (!made->source || !made->interaction.self) status = wick_fail_memory(context, "copying a mean field");
    }
    if (status == WICK_OK)
        *moved = made;
    else
        wick_mean_field_free(made);
    return status;
}

wick_status wick_mean_field_copy(wick_context *context, const wick_mean_field *from, wick_mean_field **copy)
{
    const wick_frame *frame = &from->frame;
    const wick_frame_sizes sizes = {frame->p, frame->k, frame->freedom, frame->P, frame->a, frame->a_star};
    return wick_mean_field_move(context, from, &sizes, copy);
}

const wick_frame *wick_mean_field_frame(const wick_mean_field *mean_field) { return &mean_field->frame; }

void wick_mean_field_free(wick_mean_field *mean_field)
{
    if (!mean_field) return;
    if (mean_field->interaction.self) mean_field->interaction.release(mean_field->interaction.self);
    wick_frame_clear(&mean_field->frame);
    free(mean_field->source);
    free(mean_field);
}

void wick_mean_field_set_noise_rate(wick_mean_field *of, double rate)
{
    of->rate = of->frame.freedom > 0 ? rate : 0; /* with d = k no direction is left for the noise to spread into */
}

/* NAN tells of a state that is not finite, which is told by its user. */
static void keep_error(wick_mean_field *of, double error)
{
    of->last = error;
    if (!(error <= of->error)) of->error = error;
}

void wick_mean_field_drift(void *self, double time, const double *state, double *drift)
{
    wick_mean_field *of = self;
    (void)time;
    keep_error(of, of->interaction.drift(of->interaction.self, state, of->rate, drift));
}

double wick_mean_field_excess_risk(void *self, const double *state)
{
    wick_mean_field *of = self;
    double risk;
    keep_error(of, of->interaction.excess_risk(of->interaction.self, state, &risk));
    return risk;
}

double wick_mean_field_error(const wick_mean_field *of) { return of->error; }

double wick_mean_field_last_error(const wick_mean_field *of) { return of->last; }

double wick_mean_field_tolerance(const wick_mean_field *of) { return of->tolerance; }

double wick_mean_field_find_tolerance(wick_mean_field *of, const double *state, double *drift)
{
    if (!isfinite(of->error)) return INFINITY;
    for (double power = ceil(log10(of->error)); power < 0; ++power) {
        of->tolerance = pow(10, power);
        of->interaction.set_tolerance(of->interaction.self, of->tolerance);
        of->error = 0;
        wick_mean_field_drift(of, 0, state, drift);
        wick_mean_field_excess_risk(of, state);
        if (of->error <= of->tolerance) return of->tolerance;
    }
    return INFINITY;
}

const char *wick_mean_field_source(const wick_mean_field *of) { return of->source; }

/* The mean-field drift and risk of activations that are no polynomials, behind the signature of compiled code: smooth ones
 * by series (series.h), those with kinks pair by pair, from closed forms or quadrature averaged over xi (kinks.c). */
#ifndef WICK_PARTICLES_MEAN_FIELD_H
#define WICK_PARTICLES_MEAN_FIELD_H

#include "expectations/evaluator.h"
#include "particles/frame.h"

typedef struct wick_mean_field wick_mean_field;

/* `of` says which activations, which tolerance, and whether closed forms are allowed. */
wick_status wick_mean_field_make(wick_context *context, const wick_evaluation *of, const wick_frame_sizes *sizes,
                                 wick_mean_field **mean_field);
wick_status wick_mean_field_copy(wick_context *context, const wick_mean_field *from, wick_mean_field **copy);
/* A copy for another P, second layer or number of directions, of one that was never used. */
wick_status wick_mean_field_move(wick_context *context, const wick_mean_field *from, const wick_frame_sizes *sizes,
                                 wick_mean_field **moved);
const wick_frame *wick_mean_field_frame(const wick_mean_field *mean_field);
void wick_mean_field_free(wick_mean_field *mean_field);

/* gamma Delta / p, the rate of Psi_noise. */
void wick_mean_field_set_noise_rate(wick_mean_field *mean_field, double rate);

/* State and drift: M (p x k), then q (p). self is the mean field. Where the tolerance needs more terms than before, memory
 * grows; if there is none, the error is infinite. */
void wick_mean_field_drift(void *self, double time, const double *state, double *drift);
double wick_mean_field_excess_risk(void *self, const double *state);

/* The largest bound on an error so far, of entries of drifts and of risks, relative where these exceed 1; the tolerance. */
double wick_mean_field_error(const wick_mean_field *mean_field);
double wick_mean_field_last_error(const wick_mean_field *of); /* of the last drift or risk alone */
double wick_mean_field_tolerance(const wick_mean_field *mean_field);

/* The least power of ten that is met as a tolerance at a state where its own is not, tried; INFINITY if none below 1 is. The
 * mean field has that tolerance then. */
double wick_mean_field_find_tolerance(wick_mean_field *mean_field, const double *state, double *drift);

/* The compiled source of the activations; "" where none is compiled. */
const char *wick_mean_field_source(const wick_mean_field *mean_field);

#endif

/* See accuracy.h. */
#include "expectations/accuracy.h"

#include <float.h>
#include <math.h>

/* A sum of products also has rounding errors, relative to its terms. */
static const double rounding = 4 * DBL_EPSILON;

static double with_rounding(double error, double value) { return error + rounding * fabs(value); }

/* bounds[j][b]: the error of E[s'(l_j) l_b E] = sum_a c_a (X_ja Omega_jb + Y_ja Omega_ab). */
static void bound_flow(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, double *bounds)
{
    const size_t n = fields->n;
    for (size_t j = 0; j < fields->p; j++) {
        double along = 0, *row = bounds + j * n;
        for (size_t a = 0; a < n; a++)
            along += fabs(fields->c[a]) * with_rounding(errors->X[j * n + a], tables->X[j * n + a]);
        for (size_t b = 0; b < n; b++) row[b] = along * fabs(fields->omega[j * n + b]);
        for (size_t a = 0; a < n; a++) {
            const double share = fabs(fields->c[a]) * with_rounding(errors->Y[j * n + a], tables->Y[j * n + a]);
            for (size_t b = 0; b < n; b++) row[b] += share * fabs(fields->omega[a * n + b]);
        }
    }
}

/* What a number may be off in any case: overlaps are rounded, and so are sums. */
static const double least = 64 * DBL_EPSILON;

/* The worst so far, and one more number. */
static double worse(double worst, double error, double value)
{
    return isfinite(value) ? wick_worse_error(worst, least + error / fmax(1, fabs(value))) : NAN;
}

double wick_drift_error(const wick_drift_weights *weights, const wick_fields *fields, const wick_tables *tables,
                        const wick_tables *errors, const double *drift, double *scratch)
{
    const size_t p = weights->p, k = weights->k, n = p + k;
    const double *a = weights->a, *entry = drift;
    double worst = 0;
    bound_flow(fields, tables, errors, scratch);
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++, entry++) worst = worse(worst, fabs(a[j]) * scratch[j * n + p + r], *entry);
    for (size_t j = 0; j < p; j++)
        for (size_t l = j; l < p; l++, entry++) {
            double error = fabs(a[j]) * scratch[j * n + l] + fabs(a[l]) * scratch[l * n + j], second = 0;
            if (weights->second_order && tables->V) second = with_rounding(errors->V[j * p + l], tables->V[j * p + l]);
            if (weights->second_order) second += weights->noise * with_rounding(errors->Y[j * n + l], tables->Y[j * n + l]);
            error += fabs(weights->rate * a[j] * a[l]) * second;
            worst = worse(worst, error, *entry);
        }
    for (size_t j = 0; j < p && tables->Z; j++, entry++) {
        double error = 0;
        for (size_t b = 0; b < n; b++)
            error += fabs(fields->c[b]) * with_rounding(errors->Z[j * n + b], tables->Z[j * n + b]);
        worst = worse(worst, error, *entry);
    }
    return worst;
}

double wick_risk_error(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, double risk)
{
    const size_t n = fields->n;
    double error = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            error += fabs(fields->c[a] * fields->c[b]) * with_rounding(errors->Z[a * n + b], tables->Z[a * n + b]);
    return worse(0, 0.5 * error, risk);
}

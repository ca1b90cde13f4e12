/* Errors of what is returned, out of errors of the tables: for each number, error / max(1, |value|). */
#ifndef WICK_EXPECTATIONS_ACCURACY_H
#define WICK_EXPECTATIONS_ACCURACY_H

#include "expectations/expectations.h"

typedef struct {
    size_t p, k;
    double rate, noise; /* gamma / p, Delta */
    const double *a;    /* students' second layer */
    bool second_order;  /* the drift of Q has V, or the noise's Delta Y */
} wick_drift_weights;

/* The largest of all entries of a drift (order of the state). NAN if one is not finite. `scratch`: p x n. */
double wick_drift_error(const wick_drift_weights *weights, const wick_fields *fields, const wick_tables *tables,
                        const wick_tables *errors, const double *drift, double *scratch);

/* Of 1/2 sum c_a c_b Z_ab. */
double wick_risk_error(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, double risk);

#endif

/* What an evaluator is made of, and the steps that its drift and its derivatives share. Private to src/expectations. */
#ifndef WICK_EXPECTATIONS_EVALUATOR_PARTS_H
#define WICK_EXPECTATIONS_EVALUATOR_PARTS_H

#include "expectations/evaluator.h"
#include "model/blocks.h"
#include "model/regime.h"

struct wick_evaluator {
    size_t p, k;
    bool trained, correlation;
    const wick_regime_row *parts;
    wick_layout layout; /* of states */
    double tolerance, error, last;
    wick_expectations expectations;
    char *source;
    double *block;                     /* holds the arrays below */
    double *omega, *c, *B, *G, *A, *V; /* G: also for the second order */
    double *D;                         /* derivatives of the tables, where they are known */
    double *bounds;                    /* scratch of accuracy.h */
    wick_tables tables, errors;
    double *derived; /* the arrays of tangents and adjoints, once they were wanted */
};

/* Students' second layers. */
const double *wick_evaluator_layer(const wick_evaluator *evaluator, const double *parameters, const double *state);

/* Fills omega and c: of the error, in the risk, or of what steps take for it, in the drift. */
wick_fields wick_evaluator_fields(wick_evaluator *evaluator, const double *parameters, const double *a, const double *state,
                                  bool drift);

/* G, and B = G Omega, too, out of the tables. */
void wick_evaluator_fill_gradient(wick_evaluator *evaluator);
void wick_evaluator_fill_flow(wick_evaluator *evaluator);

#endif

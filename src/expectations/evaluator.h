/* The drift and the risk of activations that are no polynomials, behind the signature of compiled code. */
#ifndef WICK_EXPECTATIONS_EVALUATOR_H
#define WICK_EXPECTATIONS_EVALUATOR_H

#include "activation/graph.h"
#include "base/text.h"
#include "expectations/expectations.h"
#include "model/regime.h"

/* Which integrals are closed, which are quadrature: for readers. */
typedef enum { WICK_INTEGRAL_CLOSED, WICK_INTEGRAL_QUADRATURE } wick_integral;

/* What student and target are together. */
typedef enum { WICK_KIND_ERF, WICK_KIND_PIECEWISE, WICK_KIND_SMOOTH, WICK_KIND_KINKS } wick_kind;

typedef struct {
    wick_kind kind;
    wick_integral two, three, four;
    double scale[2], rate[2]; /* students, targets: scale erf(rate x/sqrt(2)), or scale x + rate relu(x) */
} wick_integrals;

/* What is asked. */
typedef struct {
    const wick_graph *student, *target;
    const wick_regime_row *parts;
    bool trained;
    bool correlation; /* the drift is that of the loss -y f */
    bool forced;      /* quadrature also where a closed form exists */
    double tolerance; /* of quadrature */
    size_t p, k;
} wick_evaluation;

/* "erf", "piecewise linear", "smooth", "with kinks". */
const char *wick_kind_name(wick_kind kind);

wick_integrals wick_evaluation_integrals(const wick_evaluation *of);

/* What serves them: closed forms where there are, else quadrature, whose compiled source is appended to `source`. tolerance:
 * 0 if all is closed. */
wick_status wick_evaluation_choose(wick_context *context, const wick_evaluation *of, wick_text *source, double *tolerance,
                                   wick_expectations *expectations);

typedef struct wick_evaluator wick_evaluator;

wick_status wick_evaluator_make(wick_context *context, const wick_evaluation *of, wick_evaluator **evaluator);
wick_evaluator *wick_evaluator_copy(const wick_evaluator *evaluator); /* NULL if memory is exhausted */
void wick_evaluator_free(wick_evaluator *evaluator);

/* parameters: gamma, Delta, a* (k), P (k x k), a (p). */
void wick_evaluator_drift(wick_evaluator *evaluator, const double *parameters, const double *state, double *drift);
/* The drift's derivative by the state, row-major; where every table has known derivatives. */
bool wick_evaluator_has_jacobian(const wick_evaluator *evaluator);
void wick_evaluator_jacobian(wick_evaluator *evaluator, const double *parameters, const double *state, double *jacobian);

/* J v, J^T u, and the derivative of the risk by the state; where there is a Jacobian, and after wick_evaluator_prepare(),
 * which is false if memory is exhausted. */
bool wick_evaluator_prepare(wick_evaluator *evaluator);
void wick_evaluator_tangent(wick_evaluator *evaluator, const double *parameters, const double *state, const double *v,
                            double *out);
void wick_evaluator_adjoint(wick_evaluator *evaluator, const double *parameters, const double *state, const double *u,
                            double *out);
void wick_evaluator_risk_gradient(wick_evaluator *evaluator, const double *parameters, const double *state, double *out);

double wick_evaluator_excess_risk(wick_evaluator *evaluator, const double *parameters, const double *state);

/* The largest error estimated so far, and the tolerance; both 0 if there is no quadrature in it. */
double wick_evaluator_error(const wick_evaluator *evaluator);
double wick_evaluator_last_error(const wick_evaluator *evaluator); /* of the last drift or risk alone */
double wick_evaluator_tolerance(const wick_evaluator *evaluator);

/* The least power of ten below 1 that, as a tolerance, is met at a state where the one asked for is not; infinite if there
 * is none. Tried, not guessed. `drift` is scratch. */
double wick_evaluator_find_tolerance(wick_evaluator *evaluator, const double *parameters, const double *state,
                                     double *drift);

/* The compiled source of the activations; "" where none is compiled. */
const char *wick_evaluator_source(const wick_evaluator *evaluator);

#endif

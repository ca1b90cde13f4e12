/* See evaluator.h. Which expectations serve a problem, and the drift and the risk out of their tables. */
#include "expectations/evaluator.h"

#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "closed/closed.h"
#include "expectations/accuracy.h"
#include "expectations/evaluator_parts.h"
#include "kernels/kernels.h"
#include "kernels/tables.h"
#include "kernels/tables_noise.h"
#include "kernels/tables_place.h"
#include "kernels/tables_second_layer.h"

#include "kernels/tables_jacobian.h"
#include "kernels/tables_noise_jacobian.h"
#include "kernels/tables_second_layer_jacobian.h"
#include "model/blocks.h"
#include "quadrature/piecewise_variance.h"
#include "quadrature/quadrature.h"

/* ---- Which expectations ---------------------------------------------------------------------------------------------- */

typedef struct {
    double scale[2], rate[2]; /* scale erf(rate x) */
    double slope[2], kink[2]; /* slope x + kink relu(x) */
    bool erf, piecewise, kinks;
} recognised;

static recognised recognise(const wick_evaluation *of)
{
    const wick_graph *f[2] = {of->student, of->target};
    recognised found = {.erf = !of->forced, .piecewise = !of->forced};
    double kinks[WICK_KINK_LIMIT];
    for (size_t i = 0; i < 2; i++) {
        found.erf = found.erf && wick_graph_is_erf(f[i], &found.scale[i], &found.rate[i]);
        found.piecewise = found.piecewise && wick_graph_is_piecewise_linear(f[i], &found.slope[i], &found.kink[i]);
        found.kinks = found.kinks || wick_graph_kinks(f[i], kinks) > 0;
    }
    return found;
}

const char *wick_kind_name(wick_kind kind)
{
    static const char *const names[] = {[WICK_KIND_ERF] = "erf",
                                        [WICK_KIND_PIECEWISE] = "piecewise linear",
                                        [WICK_KIND_SMOOTH] = "smooth",
                                        [WICK_KIND_KINKS] = "with kinks"};
    return names[kind];
}

static wick_integrals describe(const recognised *found)
{
    const wick_integral closed = WICK_INTEGRAL_CLOSED, quadrature = WICK_INTEGRAL_QUADRATURE;
    const double root = sqrt(2.0);
    if (found->erf)
        return (wick_integrals){WICK_KIND_ERF,
                                closed,
                                closed,
                                closed,
                                {found->scale[0], found->scale[1]},
                                {root * found->rate[0], root * found->rate[1]}};
    if (found->piecewise)
        return (wick_integrals){WICK_KIND_PIECEWISE,
                                closed,
                                closed,
                                quadrature,
                                {found->slope[0], found->slope[1]},
                                {found->kink[0], found->kink[1]}};
    return (wick_integrals){
        found->kinks ? WICK_KIND_KINKS : WICK_KIND_SMOOTH, quadrature, quadrature, quadrature, {0, 0}, {0, 0}};
}

wick_integrals wick_evaluation_integrals(const wick_evaluation *of)
{
    const recognised found = recognise(of);
    return describe(&found);
}

/* The variance is the only integral that is not closed. */
static wick_status make_piecewise(wick_context *context, const wick_evaluation *of, const recognised *found,
                                  double *tolerance, wick_expectations *expectations)
{
    if (!of->parts->variance) return wick_closed_piecewise_make(context, found->slope, found->kink, NULL, expectations);
    wick_expectations variance;
    *tolerance = of->tolerance;
    WICK_TRY(wick_piecewise_variance_make(context, found->slope, found->kink, of->p + of->k, &variance));
    const wick_status status = wick_closed_piecewise_make(context, found->slope, found->kink, &variance, expectations);
    if (status != WICK_OK) variance.release(variance.self);
    return status;
}

wick_status wick_evaluation_choose(wick_context *context, const wick_evaluation *of, wick_text *source, double *tolerance,
                                   wick_expectations *expectations)
{
    const recognised found = recognise(of);
    *tolerance = 0;
    if (found.erf) return wick_closed_erf_make(context, found.scale, found.rate, of->p, of->k, expectations);
    if (found.piecewise) return make_piecewise(context, of, &found, tolerance, expectations);
    *tolerance = of->tolerance;
    const wick_graph *const functions[2] = {of->student, of->target};
    return wick_quadrature_make(context, functions, of->p, of->k, of->parts->variance, source, expectations);
}

static wick_status choose(wick_context *context, const wick_evaluation *of, wick_evaluator *evaluator)
{
    wick_text source = WICK_TEXT_EMPTY;
    wick_status status = wick_evaluation_choose(context, of, &source, &evaluator->tolerance, &evaluator->expectations);
    if (status == WICK_OK) status = wick_text_take(context, &source, &evaluator->source);
    wick_text_clear(&source);
    return status;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static bool allocate(wick_evaluator *of)
{
    const size_t p = of->p, k = of->k, n = p + k;
    of->block = wick_allocate(3 * n + 16 * p + 2, n, sizeof(double));
    if (!of->block) return false;
    double *next = of->block;
    of->omega = next, next += n * n;
    of->tables.Z = next, next += n * n;
    of->tables.X = next, next += p * n;
    of->tables.Y = next, next += p * n;
    of->B = next, next += p * n;
    of->G = next, next += p * n;
    of->c = next, next += n;
    of->A = next, next += n;
    of->errors.Z = next, next += n * n;
    of->errors.X = next, next += p * n;
    of->errors.Y = next, next += p * n;
    of->bounds = next, next += p * n;
    of->D = next;
    of->V = wick_allocate(p, 2 * p, sizeof(double));
    of->errors.V = of->V ? of->V + p * p : NULL;
    return of->V != NULL;
}

wick_status wick_evaluator_make(wick_context *context, const wick_evaluation *of, wick_evaluator **evaluator)
{
    *evaluator = NULL;
    wick_evaluator *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making an evaluator");
    made->p = of->p;
    made->k = of->k;
    made->trained = of->trained;
    made->correlation = of->correlation;
    made->parts = of->parts;
    made->layout = wick_layout_of(of->parts->regime, of->trained, of->p, of->k);
    wick_status status = allocate(made) ? choose(context, of, made) : wick_fail_memory(context, "making an evaluator");
    if (status == WICK_OK)
        *evaluator = made;
    else
        wick_evaluator_free(made);
    return status;
}

wick_evaluator *wick_evaluator_copy(const wick_evaluator *evaluator)
{
    wick_evaluator *made = malloc(sizeof *made);
    if (!made) return NULL;
    *made = *evaluator;
    made->block = made->V = made->derived = NULL;
    made->source = evaluator->source ? wick_copy_string(evaluator->source) : NULL;
    made->expectations.self = evaluator->expectations.copy(evaluator->expectations.self);
    if (made->expectations.self && (made->source || !evaluator->source) && allocate(made)) return made;
    wick_evaluator_free(made);
    return NULL;
}

void wick_evaluator_free(wick_evaluator *evaluator)
{
    if (!evaluator) return;
    if (evaluator->expectations.self) evaluator->expectations.release(evaluator->expectations.self);
    free(evaluator->source);
    free(evaluator->block);
    free(evaluator->V);
    free(evaluator->derived);
    free(evaluator);
}

/* ---- Using one --------------------------------------------------------------------------------------------------- */

const double *wick_evaluator_layer(const wick_evaluator *of, const double *parameters, const double *state)
{
    return of->trained ? state + wick_layout_start(&of->layout, WICK_BLOCK_LAYER)
                       : parameters + wick_given_start(of->p, of->k, WICK_BLOCK_LAYER);
}

wick_fields wick_evaluator_fields(wick_evaluator *of, const double *parameters, const double *a, const double *state,
                                  bool drift)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const wick_kernel_table *kernels = wick_kernels();
    kernels->overlaps(p, k, n, state, parameters + wick_given_start(p, k, WICK_BLOCK_P), of->omega);
    kernels->weights(p, k, a, parameters + wick_given_start(p, k, WICK_BLOCK_TARGET_LAYER), of->c);
    for (size_t j = 0; j < p && drift && of->correlation; ++j) of->c[j] = 0;
    return (wick_fields){.p = p, .n = n, .omega = of->omega, .c = of->c, .tolerance = of->tolerance};
}

/* Errors only add up where they are estimated: NAN stays. */
static void keep_error(wick_evaluator *of, double error)
{
    of->last = error;
    if (!(error <= of->error)) of->error = error;
}

void wick_evaluator_fill_gradient(wick_evaluator *of)
{
    const size_t p = of->p, n = of->p + of->k;
    tables_flow(p, n, n, of->c, of->tables.X, of->tables.Y, of->G);
}

void wick_evaluator_fill_flow(wick_evaluator *of)
{
    const size_t p = of->p, n = of->p + of->k;
    wick_evaluator_fill_gradient(of);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)p, (int)n, (int)n, 1.0, of->G, (int)n, of->omega, (int)n,
                0.0, of->B, (int)n);
}

/* Out of the tables. */
static void assemble(wick_evaluator *of, const double *parameters, const double *a, const wick_tables *tables, double *drift)
{
    const size_t p = of->p, k = of->k, n = p + k;
    wick_evaluator_fill_flow(of);
    if (of->trained) tables_second_layer(p, n, n, of->c, of->tables.Z, of->A);
    const bool second_order = of->parts->noise;
    if (second_order) tables_noise(p, n, parameters[WICK_NOISE], tables->V, p, of->tables.Y, of->G);
    wick_kernels()->drift(p, k, n, parameters[WICK_LEARNING_RATE] / (double)p, a, of->B, second_order ? of->G : NULL,
                          of->trained ? of->A : NULL, drift);
}

enum { ATTEMPTS = 6 };

/* What is asked of the tables next, when that led to `error`; 0: nothing, or they are not as good as asked already. */
static double tighten(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors, double error,
                      double tolerance)
{
    if (!(error > tolerance) || !(error < INFINITY)) return 0;
    if (!(wick_tables_error(fields, tables, errors) <= fields->tolerance)) return 0;
    return 0.25 * fields->tolerance * tolerance / error;
}

/* The tables that are not as good as asked, the variance or the others. */
static wick_tables leave_out(const wick_fields *fields, const wick_tables *tables, const wick_tables *errors)
{
    const wick_tables two = {tables->X, tables->Y, tables->Z, NULL}, four = {NULL, NULL, NULL, tables->V};
    if (wick_tables_error(fields, &four, errors) <= fields->tolerance) return two;
    return wick_tables_error(fields, &two, errors) <= fields->tolerance ? four : *tables;
}

void wick_evaluator_drift(wick_evaluator *of, const double *parameters, const double *state, double *drift)
{
    const size_t p = of->p, k = of->k;
    const double *a = wick_evaluator_layer(of, parameters, state);
    wick_fields fields = wick_evaluator_fields(of, parameters, a, state, true);
    const wick_tables tables = {of->tables.X, of->tables.Y, of->trained ? of->tables.Z : NULL,
                                of->parts->variance ? of->V : NULL};
    const wick_drift_weights weights = {
        p, k, parameters[WICK_LEARNING_RATE] / (double)p, parameters[WICK_NOISE], a, of->parts->noise};
    wick_tables wanted = tables;
    double error = INFINITY;
    for (size_t i = 0; i < ATTEMPTS; i++) {
        of->expectations.fill(of->expectations.self, &fields, &wanted, &of->errors);
        assemble(of, parameters, a, &tables, drift);
        if (!(of->tolerance > 0)) return;
        error = wick_drift_error(&weights, &fields, &tables, &of->errors, drift, of->bounds);
        const double next = tighten(&fields, &tables, &of->errors, error, of->tolerance);
        if (!(next > 0)) break;
        fields.tolerance = next;
        wanted = leave_out(&fields, &tables, &of->errors);
    }
    keep_error(of, error);
}

bool wick_evaluator_has_jacobian(const wick_evaluator *of)
{
    return of->expectations.gradients && (!of->parts->variance || of->expectations.variance);
}

void wick_evaluator_jacobian(wick_evaluator *of, const double *parameters, const double *state, double *jacobian)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const double *a = wick_evaluator_layer(of, parameters, state), *X = of->tables.X;
    size_t dimension = 0;
    wick_layout_dimension(&of->layout, &dimension);
    const double rate = parameters[WICK_LEARNING_RATE] / (double)p, *Y = of->tables.Y;
    const wick_fields fields = wick_evaluator_fields(of, parameters, a, state, true);
    const wick_tables tables = {of->tables.X, of->tables.Y, of->trained ? of->tables.Z : NULL, NULL};
    const int moves = of->trained ? (of->correlation ? 2 : 1) : 0;
    const wick_jacobian_rows rows = {dimension, moves == 1, rate, a, jacobian};
    const bool high = of->parts->variance;
    memset(jacobian, 0, dimension * dimension * sizeof *jacobian);
    of->expectations.fill(of->expectations.self, &fields, &tables, &of->errors);
    of->expectations.gradients(of->expectations.self, &fields, of->trained, of->D);
    wick_evaluator_fill_flow(of);
    tables_flow_jacobian(p, n, n, dimension, moves, a, of->omega, of->c, X, Y, of->G, of->B, of->D, jacobian);
    if (high) of->expectations.variance(of->expectations.self, &fields, &rows, of->V);
    if (of->parts->noise)
        tables_noise_jacobian(p, n, n, dimension, of->trained, rate, parameters[WICK_NOISE], a, high ? of->V : NULL, p, Y,
                              of->D, jacobian);
    if (moves > 0) tables_second_layer_jacobian(p, n, n, dimension, moves, of->c, of->tables.Z, of->D, jacobian);
}

double wick_evaluator_excess_risk(wick_evaluator *of, const double *parameters, const double *state)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const double *a = wick_evaluator_layer(of, parameters, state);
    wick_fields fields = wick_evaluator_fields(of, parameters, a, state, false);
    const wick_tables tables = {NULL, NULL, of->tables.Z, NULL};
    double error = INFINITY, risk = NAN;
    for (size_t i = 0; i < ATTEMPTS; i++) {
        of->expectations.fill(of->expectations.self, &fields, &tables, &of->errors);
        risk = 0.5 * tables_squared_error(n, n, of->c, of->tables.Z);
        if (risk < 0) risk = 0; /* a mean square, off by rounding */
        if (!(of->tolerance > 0)) return risk;
        error = wick_risk_error(&fields, &tables, &of->errors, risk);
        const double next = tighten(&fields, &tables, &of->errors, error, of->tolerance);
        if (!(next > 0)) break;
        fields.tolerance = next;
    }
    keep_error(of, error);
    return risk;
}

double wick_evaluator_error(const wick_evaluator *evaluator) { return evaluator->error; }

double wick_evaluator_last_error(const wick_evaluator *evaluator) { return evaluator->last; }

double wick_evaluator_find_tolerance(wick_evaluator *evaluator, const double *parameters, const double *state, double *drift)
{
    const double asked = evaluator->tolerance, reached = evaluator->error;
    double found = INFINITY;
    for (double power = ceil(log10(reached)); isfinite(reached) && power < 0 && !isfinite(found); ++power) {
        evaluator->tolerance = pow(10, power);
        evaluator->error = 0;
        wick_evaluator_drift(evaluator, parameters, state, drift);
        wick_evaluator_excess_risk(evaluator, parameters, state);
        if (evaluator->error <= evaluator->tolerance) found = evaluator->tolerance;
    }
    evaluator->tolerance = asked;
    evaluator->error = reached;
    return found;
}

double wick_evaluator_tolerance(const wick_evaluator *evaluator) { return evaluator->tolerance; }

const char *wick_evaluator_source(const wick_evaluator *evaluator) { return evaluator->source ? evaluator->source : ""; }

/* Tangents, adjoints and gradients of the risk out of tables and their derivatives. See evaluator.h, and
 * kernels/tables_tangent.h and tables_adjoint.h for the equations. */
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "expectations/evaluator_parts.h"
#include "kernels/kernels.h"
#include "kernels/tables_adjoint.h"
#include "kernels/tables_noise_adjoint.h"
#include "kernels/tables_risk_adjoint.h"
#include "kernels/tables_second_layer_adjoint.h"
#include "kernels/tables_tangent.h"

#include "kernels/tables_noise.h"
#include "kernels/tables_noise_tangent.h"
#include "kernels/tables_second_layer_tangent.h"

/* Views of evaluator->derived. */
typedef struct {
    double *square;                     /* n x n: the direction V, or T */
    double *first, *second, *third, *S; /* p x n */
    double *moved_V;                    /* p x p */
    double *vector, *other, *diagonal;  /* n */
    double *state;                      /* as long as a state */
} arrays;

static arrays arrays_of(const wick_evaluator *of)
{
    const size_t p = of->p, n = of->p + of->k;
    arrays at;
    double *next = of->derived;
    at.square = next, next += n * n;
    at.first = next, next += p * n;
    at.second = next, next += p * n;
    at.third = next, next += p * n;
    at.S = next, next += p * n;
    at.moved_V = next, next += p * p;
    at.vector = next, next += n;
    at.other = next, next += n;
    at.diagonal = next, next += n;
    at.state = next;
    return at;
}

bool wick_evaluator_prepare(wick_evaluator *of)
{
    const size_t p = of->p, n = of->p + of->k;
    if (!of->derived) of->derived = wick_allocate(2 * n + 6 * p + 8, n, sizeof *of->derived);
    return of->derived != NULL;
}

/* C (+)= A B, p x n times n x n. */
static void multiply(size_t p, size_t n, const double *A, const double *B, double keep, double *C)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)p, (int)n, (int)n, 1.0, A, (int)n, B, (int)n, keep, C,
                (int)n);
}

/* The tables that a drift needs, their derivatives, G and, with a trained second layer, B. */
static wick_fields fill_tables(wick_evaluator *of, const double *parameters, const double *a, const double *state)
{
    const wick_fields fields = wick_evaluator_fields(of, parameters, a, state, true);
    const wick_tables tables = {of->tables.X, of->tables.Y, of->trained ? of->tables.Z : NULL, NULL};
    of->expectations.fill(of->expectations.self, &fields, &tables, &of->errors);
    of->expectations.gradients(of->expectations.self, &fields, of->trained, of->D);
    if (of->trained)
        wick_evaluator_fill_flow(of);
    else
        wick_evaluator_fill_gradient(of);
    return fields;
}

static wick_jacobian_rows rows_of(const wick_evaluator *of, const double *parameters, const double *a)
{
    wick_jacobian_rows rows = {.trained = of->trained && !of->correlation,
                               .rate = parameters[WICK_LEARNING_RATE] / (double)of->p,
                               .a = a,
                               .jacobian = NULL};
    wick_layout_dimension(&of->layout, &rows.dimension);
    return rows;
}

void wick_evaluator_tangent(wick_evaluator *of, const double *parameters, const double *state, const double *v, double *out)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const double *a = wick_evaluator_layer(of, parameters, state), *da = of->trained ? v + (a - state) : NULL;
    const arrays at = arrays_of(of);
    const wick_kernel_table *kernels = wick_kernels();
    const wick_fields fields = fill_tables(of, parameters, a, state);
    const wick_jacobian_rows rows = rows_of(of, parameters, a);
    const double delta = parameters[WICK_NOISE], *dc = of->trained && !of->correlation ? at.vector : NULL;
    const double *V = of->parts->variance ? of->V : NULL, *moved_V = of->parts->variance ? at.moved_V : NULL;
    double *const dB = at.second, *const Y = at.third, *const dY = at.first;
    kernels->direction_overlaps(p, k, n, v, at.square);
    kernels->diagonal(n, n, at.square, at.diagonal);
    if (dc) kernels->direction_weights(p, k, da, at.vector);
    tables_flow_tangent(p, n, n, at.square, at.diagonal, of->c, dc, of->tables.X, of->tables.Y, of->D, at.first);
    multiply(p, n, at.first, of->omega, 0, dB);
    multiply(p, n, of->G, at.square, 1, dB);
    if (of->trained) tables_second_layer_tangent(p, n, n, at.square, at.diagonal, of->c, dc, of->tables.Z, of->D, at.other);
    if (V) of->expectations.variance_tangent(of->expectations.self, &fields, &rows, v, at.state, of->V, at.moved_V);
    if (of->parts->noise) {
        tables_noise(p, n, delta, V, p, of->tables.Y, Y);
        tables_noise_tangent(p, n, delta, moved_V, p, at.square, at.diagonal, of->D, dY);
    }
    kernels->put_tangent(p, k, n, rows.rate, a, da, of->B, of->parts->noise ? Y : NULL, dB, of->parts->noise ? dY : NULL,
                         of->trained ? at.other : NULL, out);
}

static void clear(const wick_evaluator *of, const arrays *at)
{
    const size_t p = of->p, n = of->p + of->k;
    memset(at->S, 0, p * n * sizeof *at->S);
    memset(at->vector, 0, n * sizeof *at->vector);
    memset(at->diagonal, 0, n * sizeof *at->diagonal);
}

void wick_evaluator_adjoint(wick_evaluator *of, const double *parameters, const double *state, const double *u, double *out)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const double *a = wick_evaluator_layer(of, parameters, state);
    const arrays at = arrays_of(of);
    const wick_kernel_table *kernels = wick_kernels();
    const wick_fields fields = fill_tables(of, parameters, a, state);
    const wick_jacobian_rows rows = rows_of(of, parameters, a);
    const double delta = parameters[WICK_NOISE];
    const bool noise = of->parts->noise, high = of->parts->variance;
    double *const taken_B = at.first, *const taken_G = at.second, *const seed = at.third, *const Y = at.third;
    clear(of, &at);
    kernels->flow_seed(p, k, n, a, u, taken_B);
    multiply(p, n, taken_B, of->omega, 0, taken_G);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)n, (int)p, 1.0, of->G, (int)n, taken_B, (int)n, 0.0,
                at.square, (int)n);
    tables_omega_adjoint(p, n, n, at.square, at.S);
    tables_flow_adjoint(p, n, n, of->c, of->tables.X, of->tables.Y, of->D, taken_G, at.S, at.diagonal, at.vector);
    if (noise) {
        kernels->variance_seed(p, k, n, rows.rate, a, u, seed);
        tables_noise_adjoint(p, n, delta, seed, of->D, at.S, at.diagonal);
    }
    if (of->trained)
        tables_second_layer_adjoint(p, n, n, of->c, of->tables.Z, of->D, u + (a - state), at.S, at.diagonal, at.vector);
    memset(at.state, 0, rows.dimension * sizeof *at.state);
    if (high) of->expectations.variance_adjoint(of->expectations.self, &fields, &rows, u, of->V, at.state);
    if (noise) tables_noise(p, n, delta, high ? of->V : NULL, p, of->tables.Y, Y);
    kernels->put_adjoint(p, k, n, rows.rate, of->trained, a, u, of->B, noise ? Y : NULL, at.S, at.diagonal,
                         of->correlation ? NULL : at.vector, out);
    kernels->add(rows.dimension, at.state, out);
}

void wick_evaluator_risk_gradient(wick_evaluator *of, const double *parameters, const double *state, double *out)
{
    const size_t p = of->p, k = of->k, n = p + k;
    const double *a = wick_evaluator_layer(of, parameters, state);
    const arrays at = arrays_of(of);
    const wick_fields fields = wick_evaluator_fields(of, parameters, a, state, false);
    const wick_tables tables = {NULL, NULL, of->tables.Z, NULL};
    of->expectations.fill(of->expectations.self, &fields, &tables, &of->errors);
    of->expectations.gradients(of->expectations.self, &fields, true, of->D);
    clear(of, &at);
    tables_risk_adjoint(p, n, n, of->c, of->tables.Z, of->D, at.S, at.diagonal, at.vector);
    wick_kernels()->put_adjoint(p, k, n, 0, of->trained, a, NULL, NULL, NULL, at.S, at.diagonal, at.vector, out);
}

/* See interaction.h: tables of pairs, for activations with kinks, whose series would be slow.
 *
 * For each node of a rule over xi the two-field tables X, Y (or Z) of all fields come from whoever serves them, closed forms
 * or quadrature; their sums over fields are averaged. The cost is that of p^2 entries for each node. Two rules, one finer
 * than the other, tell the error of the average; the finer one rises as the tolerance needs. */
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "particles/interaction.h"
#include "particles/rotations.h"

static const size_t sizes[] = {4, 6, 9, 14, 20, 28, 40, 60, 90};
enum { RULES = sizeof sizes / sizeof *sizes };

/* How much better tables are than the tolerance, as many of their entries make one of the drift. */
enum { MARGIN = 20 };

typedef struct {
    const wick_frame *frame;
    wick_expectations expectations;
    double tolerance;
    wick_rotations rules[RULES];
    size_t level;
    double *block;                     /* holds the arrays below */
    double *u, *root, *v, *c;          /* n x k; n: sqrt(q), |u|^2 + q, weights */
    double *inner, *omega, *X, *Y, *Z; /* n x n; X, Y: p x n; Z: in their place */
    wick_tables errors;                /* of X, Y; of Z */
    double *fine, *coarse;             /* sums: X, outside, slopes' squares and k of the gradient, p each */
    double *before;                    /* a drift, by the coarser rule */
    double entry;                      /* the largest entry of the tables */
} tables;

static size_t sums_size(const wick_frame *frame) { return (frame->k + 3) * frame->p; }

/* ---- The fields at a state --------------------------------------------------------------------------------------- */

/* false if the state is not finite, which quadrature would be long about. */
static bool set_fields(tables *of, const double *state)
{
    bool finite = true;
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k, n = p + k;
    memcpy(of->u + p * k, frame->L, k * k * sizeof *of->u);
    for (size_t i = 0; i < p; ++i) {
        wick_frame_whiten(frame, 1, 1, state + i * k, of->u + i * k);
        const double q = state[p * k + i];
        of->root[i] = q < 0 ? 0 : sqrt(q); /* a step of an integrator may leave q a little below 0: that is 0 */
    }
    for (size_t r = 0; r < k; ++r) of->root[p + r] = 0;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)n, (int)k, 1.0, of->u, (int)k, of->u, (int)k, 0.0,
                of->inner, (int)n);
    for (size_t i = 0; i < n; ++i) {
        of->v[i] = of->inner[i * n + i] + of->root[i] * of->root[i];
        finite = finite && isfinite(of->v[i]);
    }
    return finite;
}

/* Omega at one xi. */
static void set_overlaps(const tables *of, double xi)
{
    const size_t n = of->frame->p + of->frame->k;
    for (size_t i = 0; i < n; ++i) {
        const double share = xi * of->root[i];
        for (size_t l = 0; l < n; ++l) of->omega[i * n + l] = of->inner[i * n + l] + share * of->root[l];
        of->omega[i * n + i] = of->v[i];
    }
}

/* ---- Averages ---------------------------------------------------------------------------------------------------- */

/* What is no number is as large as can be. */
static double largest_entry(const double *table, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; ++i) most = isnan(table[i]) ? INFINITY : fmax(most, fabs(table[i]));
    return most;
}

/* Adds one node's sums; c_l enters here. */
static void add_sums(const tables *of, double xi, double weight, double *sums)
{
    const size_t p = of->frame->p, k = of->frame->k, n = p + k;
    for (size_t i = 0; i < p; ++i) {
        const double *X = of->X + i * n, *Y = of->Y + i * n;
        double along = 0, outside = 0, *gradient = sums + 3 * p + i * k;
        for (size_t l = 0; l < n; ++l) {
            const double y = of->c[l] * Y[l];
            along += of->c[l] * X[l];
            outside += l == i ? y * of->root[i] : y * xi * of->root[l];
            for (size_t c = 0; c < k; ++c) gradient[c] += weight * y * of->u[l * k + c];
        }
        sums[i] += weight * along;
        sums[p + i] += weight * of->root[i] * outside;
        sums[2 * p + i] += weight * Y[i];
    }
}

static double average(tables *of, const wick_rotations *rule, double *sums)
{
    const size_t p = of->frame->p, n = p + of->frame->k;
    const wick_fields fields = {.p = p, .n = n, .omega = of->omega, .c = of->c, .tolerance = of->tolerance / MARGIN};
    const wick_tables wanted = {.X = of->X, .Y = of->Y};
    double worst = 0;
    memset(sums, 0, sums_size(of->frame) * sizeof *sums);
    for (size_t i = 0; i < rule->count; ++i) {
        set_overlaps(of, rule->node[i]);
        of->expectations.fill(of->expectations.self, &fields, &wanted, &of->errors);
        worst = fmax(worst, fmax(largest_entry(of->errors.X, p * n), largest_entry(of->errors.Y, p * n)));
        of->entry = fmax(of->entry, fmax(largest_entry(of->X, p * n), largest_entry(of->Y, p * n)));
        add_sums(of, rule->node[i], rule->weight[i], sums);
    }
    return worst;
}

static double average_risk(tables *of, const wick_rotations *rule, double *risk)
{
    const size_t p = of->frame->p, n = p + of->frame->k;
    const wick_fields fields = {.p = p, .n = n, .omega = of->omega, .c = of->c, .tolerance = of->tolerance / MARGIN};
    const wick_tables wanted = {.Z = of->Z};
    double worst = 0;
    *risk = 0;
    for (size_t i = 0; i < rule->count; ++i) {
        set_overlaps(of, rule->node[i]);
        of->expectations.fill(of->expectations.self, &fields, &wanted, &of->errors);
        worst = fmax(worst, largest_entry(of->errors.Z, n * n));
        of->entry = fmax(of->entry, largest_entry(of->Z, n * n));
        double sum = 0;
        for (size_t a = 0; a < n; ++a) sum += of->c[a] * cblas_ddot((int)n, of->Z + a * n, 1, of->c, 1);
        *risk += 0.5 * rule->weight[i] * sum;
    }
    return worst;
}

static bool is_exact(const wick_rotations *rule) { return rule->count <= 2; }

/* ---- With an error ----------------------------------------------------------------------------------------------- */

/* The drift of sums, whose gradient is overwritten. */
static void store(const tables *of, const double *state, double rate, double *sums, double *out)
{
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k;
    double *gradient = sums + 3 * p;
    const double *X = sums, *outside = X + p, *square = outside + p, *q = state + p * k;
    for (size_t i = 0; i < p; ++i) {
        const double a = frame->a ? frame->a[i] : 1;
        for (size_t c = 0; c < k; ++c) gradient[i * k + c] += of->u[i * k + c] * X[i];
        wick_frame_unwhiten(frame, 1, 1, &a, gradient + i * k, out + i * k);
        out[p * k + i] = 2 * a * (q[i] * X[i] + outside[i]) + rate * a * a * square[i];
    }
}

/* The largest difference of two drifts, relative from 1 on. */
static double difference(const tables *of, const double *one, const double *other)
{
    double most = 0;
    for (size_t i = 0; i < of->frame->p * (of->frame->k + 1); ++i) {
        if (!isfinite(one[i]) || !isfinite(other[i])) return NAN;
        most = fmax(most, fabs(one[i] - other[i]) / fmax(1, fabs(one[i])));
    }
    return most;
}

/* What errors of the tables' entries, `error` of all, make of the drift: those of a force, see series.h. */
static double table_error(const tables *of, double error, double rate, const double *out)
{
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k, n = p + k;
    double weights = 0, norms = 0, most = 0;
    for (size_t l = 0; l < n; ++l) {
        weights += fabs(of->c[l]);
        norms += fabs(of->c[l]) * sqrt(of->v[l]);
    }
    for (size_t i = 0; i < p; ++i) {
        const double a = frame->a ? fabs(frame->a[i]) : 1, norm = sqrt(of->v[i]), force = error * (norm * weights + norms);
        for (size_t r = 0; r < k; ++r)
            most = fmax(most, a * sqrt(frame->P[r * k + r]) * force / fmax(1, fabs(out[i * k + r])));
        most = fmax(most, (2 * a * norm * force + fabs(rate) * a * a * error) / fmax(1, fabs(out[p * k + i])));
    }
    return most;
}

/* Rounding of the tables' sums is as if entries were wrong by that much. */
static const double rounding = 16 * DBL_EPSILON;

static double drift(void *self, const double *state, double rate, double *out)
{
    tables *of = self;
    bool known = is_exact(&of->rules[0]);
    if (!set_fields(of, state)) {
        wick_frame_no_drift(of->frame, out);
        return NAN;
    }
    double error, rotations = 0;
    of->entry = 0;
    for (;; ++of->level) {
        if (!known) {
            average(of, &of->rules[of->level - 1], of->coarse);
            store(of, state, rate, of->coarse, of->before);
        }
        error = average(of, &of->rules[of->level], of->fine);
        store(of, state, rate, of->fine, out);
        if (is_exact(&of->rules[0])) break;
        rotations = difference(of, out, of->before);
        if (isnan(rotations) || rotations <= of->tolerance / 2 || of->level + 1 == RULES) break;
        memcpy(of->before, out, of->frame->p * (of->frame->k + 1) * sizeof *out);
        known = true;
    }
    if (isnan(error) || isnan(rotations)) return NAN;
    return table_error(of, (error + rounding * of->entry), rate, out) + rotations;
}

static double excess_risk(void *self, const double *state, double *risk)
{
    tables *of = self;
    const size_t n = of->frame->p + of->frame->k;
    *risk = NAN;
    if (!set_fields(of, state)) return NAN;
    double coarse, weights = 0;
    for (size_t l = 0; l < n; ++l) weights += fabs(of->c[l]);
    of->entry = 0;
    const bool exact = is_exact(&of->rules[0]);
    if (!exact) average_risk(of, &of->rules[of->level - 1], &coarse);
    for (;; ++of->level) {
        const double error = average_risk(of, &of->rules[of->level], risk);
        const double scale = fmax(1, fabs(*risk)), rotations = exact ? 0 : fabs(*risk - coarse) / scale;
        if (isnan(rotations) || isnan(error)) return NAN;
        if (rotations <= of->tolerance / 2 || of->level + 1 == RULES)
            return rotations + (error + rounding * of->entry) * weights * weights / (2 * scale);
        coarse = *risk;
    }
}

static void set_tolerance(void *self, double tolerance)
{
    tables *of = self;
    of->tolerance = tolerance;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    tables *of = self;
    if (!of) return;
    if (of->expectations.self) of->expectations.release(of->expectations.self);
    for (size_t i = 0; i < RULES; ++i) wick_rotations_clear(&of->rules[i]);
    free(of->block);
    free(of);
}

/* false if memory is exhausted; what there is then must be released. */
static bool allocate(tables *of, const wick_frame *frame)
{
    const size_t p = frame->p, k = frame->k, n = p + k, sums = sums_size(frame);
    of->frame = frame;
    of->block = wick_allocate(6 * n + k + 3 + 3 * (k + 3), n, sizeof(double));
    if (!of->block) return false;
    double *next = of->block;
    double **const squares[] = {&of->inner, &of->omega, &of->X, &of->Y, &of->errors.X, &of->errors.Y};
    for (size_t i = 0; i < 6; ++i) *squares[i] = next, next += n * n;
    of->Z = of->X;
    of->errors.Z = of->errors.X;
    of->u = next, next += n * k;
    of->root = next, next += n;
    of->v = next, next += n;
    of->c = next, next += n;
    of->fine = next, next += sums;
    of->coarse = next, next += sums;
    of->before = next;
    wick_frame_weights(frame, of->c);
    for (size_t i = 0; i < RULES; ++i)
        if (!wick_rotations_make(frame->freedom, sizes[i], &of->rules[i])) return false;
    return true;
}

static void *copy(const void *self, const wick_frame *frame)
{
    const tables *from = self;
    tables *of = calloc(1, sizeof *of);
    if (!of) return NULL;
    of->tolerance = from->tolerance;
    of->level = from->level;
    of->expectations = from->expectations;
    of->expectations.self = from->expectations.copy(from->expectations.self);
    if (of->expectations.self && allocate(of, frame)) return of;
    release(of);
    return NULL;
}

wick_status wick_interact_by_tables(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_text *source, wick_interaction *interaction)
{
    tables *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making a mean field");
    made->level = 1;
    made->tolerance = of->tolerance;
    wick_evaluation two = *of; /* no four-field integrals */
    double tolerance;
    two.parts = wick_regime_at(WICK_CLASSICAL);
    two.tolerance = of->tolerance / MARGIN;
    wick_status status = wick_evaluation_choose(context, &two, source, &tolerance, &made->expectations);
    if (status == WICK_OK && !allocate(made, frame)) status = wick_fail_memory(context, "making a mean field");
    if (status != WICK_OK) {
        release(made);
        return status;
    }
    *interaction = (wick_interaction){made, drift, excess_risk, set_tolerance, copy, release};
    return WICK_OK;
}

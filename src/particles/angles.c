/* See interaction.h: the mean field of f(x) = slope x + kink max(x, 0), whose expectations depend on the angle between two
 * fields alone: with unit vectors e = (u, sqrt(q) g)/sqrt(v), v = |u|^2 + q, and theta between e_i and e_l,
 *
 *     X_il = kink kink' / (2 pi) sqrt(v_l / v_i) sin theta,   Y_il = straight + kink kink' / (2 pi) (pi - theta),
 *     Z_il = straight Omega_il + kink kink' / (2 pi) sqrt(v_i v_l) (sin theta + (pi - theta) cos theta),
 *
 * straight = slope slope' + (slope kink' + kink slope') / 2. Each pair is treated once, for both its fields. What is
 * straight needs no pairs. The average over xi = <g, g'> takes as many nodes as the pair needs, see angle_rules.h.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/angle_rules.h"
#include "particles/interaction.h"
#include "particles/threads.h"

/* Rows are dealt out to chunks, whose sums are added in order: the digits do not depend on the number of threads. */
enum { CHUNKS = 16, FEW_STUDENTS = 256 };

typedef struct {
    const wick_frame *frame;
    const wick_kernel_table *kernels;
    wick_angle_rules rules;
    double slope[2], kink[2];
    size_t n, chunks,
        sums;         /* all fields; chunks; doubles that a chunk sums: X, outside, k of the gradient, errors, p each */
    double *block;    /* holds the arrays below */
    double *u, *unit; /* k vectors of n: u, u/sqrt(v) */
    double *q, *root, *share, *norm; /* n each: q, sqrt(q), sqrt(q/v), sqrt(v) */
    double *c, *w;                   /* n each: c, and c kink / (2 pi) */
    double *wu, *w_norm, *w_root;    /* k vectors of n, n, n: w times u, sqrt(v), sqrt(q) */
    double *chunk;                   /* sums and scratch of each chunk */
    double largest;                  /* sqrt(v) of all fields */
    double tolerance, norms, layer;  /* norms: sum of |w| sqrt(v); layer: the largest second layer of a student */
} angles;

/* A field against those that follow it. */
typedef struct {
    double *near, *far, *twice, *sine, *opening, *along; /* see kernels.h */
    double *error;                                       /* of each of the averages */
    double *sorted;                                      /* six vectors as those, in the order of their rules */
    size_t *place;                                       /* in that order */
} row;

static size_t padded(const angles *of) { return of->n + (size_t)WICK_ANGLE_RULES * WICK_ANGLE_GROUP; }

static size_t type_of(const angles *of, size_t i) { return i < of->frame->p ? 0 : 1; }

static double straight(const angles *of, size_t i, size_t l)
{
    const double *s = of->slope, *k = of->kink;
    return s[i] * s[l] + 0.5 * (s[i] * k[l] + k[i] * s[l]);
}

/* E[s'^2] of a field. */
static double square(const angles *of, size_t i)
{
    const size_t t = type_of(of, i);
    return straight(of, t, t) + of->kink[t] * of->kink[t] * (of->norm[i] > 0 ? 0.5 : 0.25);
}

/* ---- The fields at a state --------------------------------------------------------------------------------------- */

/* A step of an integrator may leave q a little below 0, where a student aligns with the targets' space: that is 0. */
static void set_field(angles *of, size_t i, double trial)
{
    const size_t k = of->frame->k, n = of->n;
    const double q = trial < 0 ? 0 : trial;
    double v = q;
    for (size_t c = 0; c < k; ++c) v += of->u[c * n + i] * of->u[c * n + i];
    const double norm = sqrt(v), inverse = v > 0 ? 1 / norm : 0 * v;
    of->q[i] = trial; /* decays to 0 from both sides */
    of->root[i] = sqrt(q);
    of->norm[i] = norm;
    of->share[i] = of->root[i] * inverse;
    of->w_norm[i] = of->w[i] * norm;
    of->w_root[i] = of->w[i] * of->root[i];
    for (size_t c = 0; c < k; ++c) {
        of->unit[c * n + i] = of->u[c * n + i] * inverse;
        of->wu[c * n + i] = of->w[i] * of->u[c * n + i];
    }
    if (!(norm <= of->largest)) of->largest = norm; /* NAN too */
}

/* false if the state is not finite. */
static bool set_fields(angles *of, const double *state)
{
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k, n = of->n;
    for (size_t r = 0; r < k; ++r)
        for (size_t c = 0; c < k; ++c) of->u[c * n + p + r] = frame->L[r * k + c];
    wick_frame_whiten(frame, p, n, state, of->u);
    of->largest = of->norms = 0;
    for (size_t i = 0; i < n; ++i) {
        set_field(of, i, i < p ? state[p * k + i] : 0);
        of->norms += fabs(of->w_norm[i]);
        if (!isfinite(of->largest)) break;
    }
    return isfinite(of->largest);
}

/* ---- Pairs ------------------------------------------------------------------------------------------------------- */

static void start_row(const angles *of, size_t i, const row *r)
{
    const size_t n = of->n, first = i + 1, count = n - first;
    for (size_t l = 0; l < count; ++l) {
        const double difference = of->share[i] - of->share[first + l];
        r->near[l] = r->far[l] = difference * difference;
        r->twice[l] = 2 * of->share[i] * of->share[first + l];
    }
    for (size_t c = 0; c < of->frame->k; ++c) {
        const double x = of->unit[c * n + i], *y = of->unit + c * n + first;
        for (size_t l = 0; l < count; ++l) {
            const double minus = x - y[l], plus = x + y[l];
            r->near[l] += minus * minus;
            r->far[l] += plus * plus;
        }
    }
}

/* The averages of field i with all that follow it, and their errors. */
static void average_row(const angles *of, size_t i, const row *r)
{
    const size_t count = of->n - i - 1;
    start_row(of, i, r);
    size_t start[WICK_ANGLE_RULES + 1];
    wick_angle_rules_sort(&of->rules, count, r->near, r->far, r->twice, r->place, start, r->error);
    double *s[6];
    for (size_t x = 0; x < 6; ++x) s[x] = r->sorted + x * padded(of);
    for (size_t at = 0; at < start[WICK_ANGLE_RULES]; ++at) s[0][at] = s[1][at] = 2, s[2][at] = 0; /* where no pair goes */
    for (size_t l = 0; l < count; ++l) {
        s[0][r->place[l]] = r->near[l];
        s[1][r->place[l]] = r->far[l];
        s[2][r->place[l]] = r->twice[l];
    }
    for (size_t level = 0; level < WICK_ANGLE_RULES; ++level) {
        const wick_rotations *rule = &of->rules.rule[level];
        const size_t at = start[level];
        if (start[level + 1] > at)
            of->kernels->angles(start[level + 1] - at, rule->count, rule->node, rule->weight, s[0] + at, s[1] + at,
                                s[2] + at, s[3] + at, s[4] + at, s[5] + at);
    }
    for (size_t l = 0; l < count; ++l) {
        r->sine[l] = s[3][r->place[l]];
        r->opening[l] = s[4][r->place[l]];
        r->along[l] = s[5][r->place[l]];
    }
}

static void add_scaled(size_t count, double x, const double *y, double *restrict sum)
{
    for (size_t l = 0; l < count; ++l) sum[l] += x * y[l];
}

/* What student i and the fields that follow it do to each other. */
static void add_row(const angles *of, size_t i, const row *r, double *sums)
{
    const size_t p = of->frame->p, k = of->frame->k, n = of->n, next = i + 1, all = n - next, students = p - next;
    double *X = sums, *outside = sums + p, *gradient = outside + p;
    X[i] += of->kernels->dot(0, all, of->w_norm + next, r->sine);
    add_scaled(students, of->w_norm[i], r->sine, X + next);
    outside[i] += of->kernels->dot(0, all, of->w_root + next, r->along);
    add_scaled(students, of->w_root[i], r->along, outside + next);
    for (size_t c = 0; c < k; ++c) {
        gradient[c * p + i] += of->kernels->dot(0, all, of->wu + c * n + next, r->opening);
        add_scaled(students, of->wu[c * n + i], r->opening, gradient + c * p + next);
    }
}

/* sum over l > i of c_i c_l times what is not straight in Z_il */
static double row_risk(const angles *of, size_t i, const row *r)
{
    const size_t first = i + 1, count = of->n - first;
    double sum = 0;
    for (size_t l = 0; l < count; ++l)
        sum += of->w_norm[first + l] * (r->sine[l] + (r->far[l] - r->near[l]) / 4 * r->opening[l] + /* u^_i.u^_l */
                                        r->twice[l] / 2 * r->along[l]);
    return sum * of->w_norm[i];
}

/* ---- Chunks ------------------------------------------------------------------------------------------------------ */

typedef struct {
    double *sums, *risk, *error;
    row row;
} chunk;

static size_t chunk_size(const angles *of) { return of->sums + 2 + 8 * of->n + 6 * padded(of); }

static chunk chunk_at(const angles *of, size_t at)
{
    const size_t n = of->n;
    double *next = of->chunk + at * chunk_size(of), *rows = next + of->sums + 2;
    const row own = {.near = rows,
                     .far = rows + n,
                     .twice = rows + 2 * n,
                     .sine = rows + 3 * n,
                     .opening = rows + 4 * n,
                     .along = rows + 5 * n,
                     .error = rows + 6 * n,
                     .place = (size_t *)(void *)(rows + 7 * n), /* a size_t fits into a double */
                     .sorted = rows + 8 * n};
    return (chunk){next, next + of->sums, next + of->sums + 1, own};
}

/* Returns sum |w_i w_l| sqrt(v_i v_l) error_il over the fields that follow i; adds to sums of |w_l| sqrt(v_l) error_il. */
static double add_errors(const angles *of, size_t i, const row *r, double *errors)
{
    const size_t p = of->frame->p, next = i + 1, all = of->n - next;
    double sum = 0;
    for (size_t l = 0; l < all; ++l) sum += fabs(of->w_norm[next + l]) * r->error[l];
    if (!errors) return fabs(of->w_norm[i]) * sum;
    errors[i] += sum;
    add_scaled(p - next, fabs(of->w_norm[i]), r->error, errors + next);
    return 0;
}

static void run_chunk(const angles *of, size_t at, bool risk)
{
    const chunk own = chunk_at(of, at);
    const size_t rows = risk ? of->n : of->frame->p;
    memset(own.sums, 0, (of->sums + 2) * sizeof(double));
    for (size_t i = at; i < rows; i += of->chunks) {
        average_row(of, i, &own.row);
        if (!of->rules.exact)
            *own.error += add_errors(of, i, &own.row, risk ? NULL : own.sums + (of->frame->k + 2) * of->frame->p);
        if (risk)
            *own.risk += row_risk(of, i, &own.row);
        else
            add_row(of, i, &own.row, own.sums);
    }
}

/* All chunks, summed into the first. */
static void run_chunks(const angles *of, bool risk)
{
    const int threads = of->chunks > 1 ? wick_threads_now(wick_threads_most()) : 1;
    if (threads > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
        for (size_t at = 0; at < of->chunks; ++at) run_chunk(of, at, risk);
    } else {
        for (size_t at = 0; at < of->chunks; ++at) run_chunk(of, at, risk);
    }
    const chunk first = chunk_at(of, 0);
    for (size_t at = 1; at < of->chunks; ++at) {
        const chunk next = chunk_at(of, at);
        for (size_t i = 0; i < of->sums + 2; ++i) first.sums[i] += next.sums[i]; /* and the risk and its error behind them */
    }
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

/* Errors of angles are one of at most 2 kink sum |w| sqrt(v) error in a force on a student; see series.h for what that makes
 * in the drift. Rounding is as if angles were wrong by that much. */
static const double angle_rounding = 16 * DBL_EPSILON;

static double force_error(const angles *of, double sum) { return 2 * fabs(of->kink[0]) * sum; }

/* What is straight rounds, too. */
static double straight_rounding(const angles *of)
{
    double sum = 0;
    for (size_t i = 0; i < of->n; ++i) sum += fabs(of->c[i] * straight(of, 0, type_of(of, i))) * of->norm[i];
    return angle_rounding * sum;
}

static double relative(double error, double value) { return error / fmax(1, fabs(value)); }

/* Of the drift's entries, relative from 1 on. */
static double drift_error(const angles *of, const double *errors, double rate, const double *out)
{
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k;
    const double rounding = force_error(of, angle_rounding * of->norms) + straight_rounding(of);
    double most = 0;
    for (size_t i = 0; i < p; ++i) {
        const double force = force_error(of, errors[i]) + rounding;
        const double a = frame->a ? fabs(frame->a[i]) : 1, noise = fabs(rate) * a * a * square(of, i) * angle_rounding;
        for (size_t r = 0; r < k; ++r) most = fmax(most, relative(a * sqrt(frame->P[r * k + r]) * force, out[i * k + r]));
        most = fmax(most, relative(2 * a * of->norm[i] * force + noise, out[p * k + i]));
    }
    return most;
}

/* error: sum over pairs of |w w'| sqrt(v v') times that of the angle. */
static double risk_error(const angles *of, double error, double risk)
{
    const double turn = 4 * acos(0.0);
    double all = 0;
    for (size_t i = 0; i < of->n; ++i) {
        const size_t t = type_of(of, i);
        all += fabs(of->c[i]) * sqrt(fabs(straight(of, t, t)) + of->kink[t] * of->kink[t]) * of->norm[i];
    }
    return relative(2 * turn * error + angle_rounding * all * all, risk);
}

/* Rules so good that no number up to 1 is wrong by more than the tolerance. false if memory is exhausted. */
static bool make_rules(angles *of)
{
    double target = 0;
    for (size_t r = 0; r < of->frame->k; ++r) target = fmax(target, sqrt(of->frame->P[r * of->frame->k + r]));
    const double lever = of->layer * fmax(target, 2 * of->largest) * force_error(of, of->norms);
    const double risk = risk_error(of, of->norms * of->norms / 2, 0), asked = of->tolerance / fmax(1, fmax(lever, risk));
    if (of->rules.exact || of->rules.tolerance <= asked || !(asked > 0)) return true;
    wick_angle_rules_clear(&of->rules);
    return wick_angle_rules_make(of->frame->freedom, asked / 2, &of->rules); /* so that not every step asks again */
}

/* ---- Drift and risk ---------------------------------------------------------------------------------------------- */

/* sum over all fields of c straight u, for a student */
static void straight_gradient(const angles *of, double *gradient)
{
    const size_t p = of->frame->p, n = of->n;
    const double student = straight(of, 0, 0), target = straight(of, 0, 1);
    for (size_t c = 0; c < of->frame->k; ++c) {
        const double *u = of->u + c * n;
        gradient[c] = student * of->kernels->dot(0, p, of->c, u) + target * of->kernels->dot(0, n - p, of->c + p, u + p);
    }
}

static void store(const angles *of, const double *sums, const double *all, double *scratch, double rate, double *out)
{
    const wick_frame *frame = of->frame;
    const size_t p = frame->p, k = frame->k, n = of->n;
    const double *outside = sums + p, *gradient = outside + p, kink = of->kink[0], open = straight(of, 0, 0);
    for (size_t i = 0; i < p; ++i) {
        const double a = frame->a ? frame->a[i] : 1, slopes = square(of, i), own = of->c[i] * (slopes - open);
        const double X = of->norm[i] > 0 ? kink / of->norm[i] * sums[i] : 0;
        for (size_t c = 0; c < k; ++c) {
            const double u = of->u[c * n + i];
            scratch[c] = u * X + all[c] + kink * gradient[c * p + i] + own * u; /* its straight part is in `all` */
        }
        wick_frame_unwhiten(frame, 1, 1, &a, scratch, out + i * k);
        const double perpendicular = of->root[i] * (kink * outside[i] + of->c[i] * slopes * of->root[i]);
        out[p * k + i] = 2 * a * (of->q[i] * X + perpendicular) + rate * a * a * slopes;
    }
}

static double drift(void *self, const double *state, double rate, double *out)
{
    angles *of = self;
    if (!set_fields(of, state)) {
        wick_frame_no_drift(of->frame, out);
        return NAN;
    }
    if (!make_rules(of)) {
        wick_frame_no_drift(of->frame, out);
        return INFINITY;
    }
    run_chunks(of, false);
    const chunk first = chunk_at(of, 0);
    double *all = first.row.near; /* n > k */
    straight_gradient(of, all);
    store(of, first.sums, all, first.row.far, rate, out);
    return drift_error(of, first.sums + (of->frame->k + 2) * of->frame->p, rate, out);
}

/* sum over all pairs of c c' straight E[Omega], and what is not straight of pairs of a field with itself */
static double straight_risk(const angles *of)
{
    const size_t p = of->frame->p, k = of->frame->k, n = of->n;
    double sum = 0;
    for (size_t c = 0; c < k; ++c) {
        const double *u = of->u + c * n;
        const double of_students = of->kernels->dot(0, p, of->c, u);
        const double of_targets = of->kernels->dot(0, k, of->c + p, u + p);
        sum += straight(of, 0, 0) * of_students * of_students + 2 * straight(of, 0, 1) * of_students * of_targets +
               straight(of, 1, 1) * of_targets * of_targets;
    }
    for (size_t i = 0; i < n; ++i) {
        const size_t t = type_of(of, i);
        const double c = of->c[i] * of->c[i], kink = of->kink[t];
        sum += c * (straight(of, t, t) * of->q[i] + kink * kink / 2 * of->norm[i] * of->norm[i]);
    }
    return sum;
}

static double excess_risk(void *self, const double *state, double *risk)
{
    angles *of = self;
    *risk = NAN;
    if (!set_fields(of, state)) return NAN;
    if (!make_rules(of)) return INFINITY;
    run_chunks(of, true);
    const double turn = 4 * acos(0.0); /* 2 pi: w has it twice */
    *risk = 0.5 * straight_risk(of) + turn * *chunk_at(of, 0).risk;
    return risk_error(of, *chunk_at(of, 0).error, *risk);
}

static void set_tolerance(void *self, double tolerance)
{
    angles *of = self;
    of->tolerance = tolerance;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

static void release(void *self)
{
    angles *of = self;
    if (!of) return;
    wick_angle_rules_clear(&of->rules);
    free(of->block);
    free(of->chunk);
    free(of);
}

static void set_weights(angles *of)
{
    const wick_frame *frame = of->frame;
    of->layer = frame->a ? 0 : 1;
    for (size_t i = 0; i < frame->p && frame->a; ++i) of->layer = fmax(of->layer, fabs(frame->a[i]));
    wick_frame_weights(of->frame, of->c);
    for (size_t i = 0; i < of->n; ++i) of->w[i] = of->c[i] * of->kink[type_of(of, i)] / (4 * acos(0.0));
}

/* false if memory is exhausted; what there is then must be released. */
static bool make(const wick_frame *frame, double tolerance, const wick_integrals *integrals, angles **made)
{
    angles *of = calloc(1, sizeof *of);
    *made = of;
    if (!of) return false;
    const size_t p = frame->p, k = frame->k, n = p + k;
    *of = (angles){.frame = frame, .kernels = wick_kernels(), .n = n, .sums = (k + 3) * p};
    of->chunks = p < FEW_STUDENTS ? 1 : CHUNKS;
    for (size_t i = 0; i < 2; ++i) of->slope[i] = integrals->scale[i], of->kink[i] = integrals->rate[i];
    of->tolerance = tolerance;
    if (!wick_angle_rules_make(frame->freedom, tolerance, &of->rules)) return false;
    of->block = wick_allocate(3 * k + 8, n, sizeof(double));
    of->chunk = wick_allocate(of->chunks, chunk_size(of), sizeof(double));
    if (!of->block || !of->chunk) return false;
    double **const matrices[] = {&of->u, &of->unit, &of->wu};
    double **const vectors[] = {&of->q, &of->root, &of->share, &of->norm, &of->c, &of->w, &of->w_norm, &of->w_root};
    double *next = of->block;
    for (size_t i = 0; i < 3; ++i) *matrices[i] = next, next += k * n;
    for (size_t i = 0; i < 8; ++i) *vectors[i] = next, next += n;
    set_weights(of);
    return true;
}

static void *copy(const void *self, const wick_frame *frame)
{
    const angles *from = self;
    const wick_integrals integrals = {.scale = {from->slope[0], from->slope[1]}, .rate = {from->kink[0], from->kink[1]}};
    angles *of;
    if (make(frame, from->tolerance, &integrals, &of)) return of;
    release(of);
    return NULL;
}

wick_status wick_interact_by_angles(wick_context *context, const wick_evaluation *of, const wick_frame *frame,
                                    wick_interaction *interaction)
{
    const wick_integrals integrals = wick_evaluation_integrals(of);
    angles *made;
    if (!make(frame, of->tolerance, &integrals, &made)) {
        release(made);
        return wick_fail_memory(context, "making a mean field");
    }
    *interaction = (wick_interaction){made, drift, excess_risk, set_tolerance, copy, release};
    return WICK_OK;
}

/* Random initial states: the overlaps of W = scale * N(0, 1)^(p x d) with W*, orthonormal or itself N(0, 1)^(k x d).
 *
 * No vector of R^d is needed. In coordinates of an orthonormal basis that grows row by row (Gram and Schmidt applied to the
 * rows of W*, then of W), row i of a Gaussian matrix has i independent N(0, 1) entries, then one chi_{d-i}, then zeros
 * (Bartlett's decomposition of a Wishart matrix). So the state has the law it would have with all the p d entries drawn, for
 * any d at the same cost. In these coordinates
 *
 *     W* = [ T  0 ],  W = scale [ B  C ],     M = W W*^T / d,  Q = W W^T / d,  P = T T^T / d,
 *
 * with T = sqrt(d) I if W* is orthonormal. Drawn are T, then B and the lengths |C_j|^2 ~ chi^2_{d-k} row by row, and only
 * then the directions of the C_j: so the regimes that keep q_j = scale^2 |C_j|^2 / d and those that keep Q start from one
 * state. */
#include <gsl/gsl_cblas.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "model/regime.h"
#include "problem/linear.h"
#include "problem/merge.h"
#include "problem/places.h"
#include "problem/stages.h"

typedef struct {
    gsl_rng *rng;
    double d, scale;
    bool orthonormal, reduced;
    size_t p, k;
    size_t inside;   /* columns of T and B: min(k, d) */
    size_t outside;  /* columns of C: min(p, d - k), at least 0 */
    double *T;       /* k x inside */
    double *W;       /* p x columns: B and C side by side */
    size_t columns;  /* inside, and outside unless reduced */
    double *lengths; /* |C_j|^2 */
} drawing;

/* `index` entries N(0, 1), then one chi with `freedom` degrees of freedom, as far as there are columns. */
static void draw_row(gsl_rng *rng, double *row, size_t index, size_t columns, double freedom)
{
    for (size_t i = 0; i < index && i < columns; i++) row[i] = gsl_ran_gaussian_ziggurat(rng, 1);
    if (index < columns) row[index] = sqrt(gsl_ran_chisq(rng, freedom));
}

static void draw_target(drawing *draw)
{
    for (size_t r = 0; r < draw->k; r++) {
        double *row = draw->T + r * draw->inside;
        if (draw->orthonormal)
            row[r] = sqrt(draw->d);
        else
            draw_row(draw->rng, row, r, draw->inside, draw->d - (double)r);
    }
}

static void draw_student_lengths(drawing *draw)
{
    const double freedom = draw->d - (double)draw->k;
    for (size_t j = 0; j < draw->p; j++) {
        draw_row(draw->rng, draw->W + j * draw->columns, draw->inside, draw->inside, 0);
        draw->lengths[j] = freedom > 0 ? gsl_ran_chisq(draw->rng, freedom) : 0;
    }
}

static void draw_student_directions(drawing *draw)
{
    for (size_t j = 0; j < draw->p && draw->outside > 0; j++) {
        double *row = draw->W + j * draw->columns + draw->inside;
        draw_row(draw->rng, row, j, draw->outside, draw->d - (double)draw->k - (double)j);
        const double length = cblas_dnrm2((int)draw->outside, row, 1);
        cblas_dscal((int)draw->outside, sqrt(draw->lengths[j]) / length, row, 1);
    }
}

static void fill_P(const drawing *draw, double *P)
{
    const size_t k = draw->k;
    if (draw->orthonormal) {
        for (size_t r = 0; r < k; r++) P[r * k + r] = 1;
        return;
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)k, (int)draw->inside, 1 / draw->d, draw->T, (int)draw->inside,
                0, P, (int)k);
    wick_mirror_lower(P, k);
}

/* The lower triangle of W W^T times `factor`, by blocks of columns of the result. Row j of W ends after `inside` + j + 1
 * columns, so that a block needs no more of W than the block's last row has: a third of the work of dsyrk. */
static void fill_Q(const drawing *draw, double factor, double *Q)
{
    enum { BLOCK = 64 };
    const size_t p = draw->p, columns = draw->columns;
    for (size_t first = 0; first < p; first += BLOCK) {
        const size_t end = first + BLOCK < p ? first + BLOCK : p;
        const size_t used = draw->inside + end < columns ? draw->inside + end : columns;
        const double *rows = draw->W + first * columns;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(p - first), (int)(end - first), (int)used, factor, rows,
                    (int)columns, rows, (int)columns, 0, Q + first * p + first, (int)p);
    }
    wick_mirror_lower(Q, p);
}

static void fill_overlaps(const drawing *draw, wick_problem *problem)
{
    const int p = (int)draw->p, k = (int)draw->k, inside = (int)draw->inside, columns = (int)draw->columns;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, p, k, inside, draw->scale / draw->d, draw->W, columns, draw->T,
                inside, 0, problem->M, k);
    fill_P(draw, problem->P);
    const double square = draw->scale * draw->scale / draw->d;
    if (draw->reduced) {
        for (size_t j = 0; j < draw->p; j++) problem->q[j] = square * draw->lengths[j];
    } else {
        fill_Q(draw, square, problem->Q);
    }
}

static size_t smaller(size_t count, double bound) { return bound <= 0 ? 0 : bound < (double)count ? (size_t)bound : count; }

static wick_status draw_all(wick_context *context, wick_problem *problem, drawing *draw)
{
    draw->inside = smaller(draw->k, draw->d);
    draw->outside = smaller(draw->p, draw->d - (double)draw->k);
    draw->columns = draw->inside + (draw->reduced ? 0 : draw->outside);
    draw->rng = gsl_rng_alloc(gsl_rng_mt19937);
    draw->T = wick_allocate(draw->k, draw->inside, sizeof *draw->T);
    draw->W = wick_allocate(draw->p, draw->columns, sizeof *draw->W);
    draw->lengths = wick_allocate(draw->p, 1, sizeof *draw->lengths);
    if (!draw->rng || !draw->T || !draw->W || !draw->lengths) return wick_fail_memory(context, "drawing an initial state");
    gsl_rng_set(draw->rng, (unsigned long)wick_complete_number(problem->complete, "initial.random.seed"));
    draw_target(draw);
    draw_student_lengths(draw);
    if (!draw->reduced) draw_student_directions(draw);
    fill_overlaps(draw, problem);
    return WICK_OK;
}

wick_status wick_draw_initial(wick_context *context, wick_problem *problem)
{
    const json_t *complete = problem->complete, *places = problem->places;
    drawing draw = {.d = problem->d,
                    .scale = wick_complete_number(complete, "initial.random.scale"),
                    .orthonormal = json_is_true(wick_json_at(complete, "initial.random.orthonormal_target")),
                    .reduced = !problem->parts->full,
                    .p = problem->p,
                    .k = problem->k};
    if (draw.d == 0)
        return wick_places_fail(context, places, "d",
                                "missing; a random initial state (the default) is that of weights in R^d: "
                                "give d, or initial.M and initial.%s",
                                draw.reduced ? "q" : "Q");
    if ((draw.orthonormal || draw.reduced) && draw.d < (double)draw.k)
        return wick_places_fail(context, places, "d", "must be at least k = %zu for %s, found %.0f", draw.k,
                                draw.orthonormal ? "an orthonormal target" : "a P that is positive definite", draw.d);
    const wick_status status = draw_all(context, problem, &draw);
    gsl_rng_free(draw.rng);
    free(draw.T);
    free(draw.W);
    free(draw.lengths);
    return status;
}

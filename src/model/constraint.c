/* See constraint.h. */
#include "model/constraint.h"

#include <math.h>

static size_t diagonal(const wick_layout *layout, size_t j) { return wick_layout_at(layout, WICK_BLOCK_Q, j, j); }

/* y_j of a flow. */
static double pull(const wick_layout *layout, const double *state, const double *flow, size_t j)
{
    const size_t at = diagonal(layout, j);
    return flow[at] / (2 * state[at]);
}

/* out_jr -= y_j x_jr, out_jl -= (y_j + y_l) x_jl, y_j that of `flow`. */
static void take_away(const wick_layout *layout, const double *state, const double *flow, const double *x, double *out)
{
    const size_t p = layout->p, k = layout->k;
    for (size_t j = 0; j < p; ++j) {
        const double y = pull(layout, state, flow, j);
        for (size_t r = 0; r < k; ++r) {
            const size_t at = wick_layout_at(layout, WICK_BLOCK_M, j, r);
            out[at] -= y * x[at];
        }
        for (size_t l = j; l < p; ++l) {
            const size_t at = wick_layout_at(layout, WICK_BLOCK_Q, j, l);
            out[at] -= (y + pull(layout, state, flow, l)) * x[at];
        }
    }
}

static void rest_diagonal(const wick_layout *layout, double *out)
{
    for (size_t j = 0; j < layout->p; ++j) out[diagonal(layout, j)] = 0;
}

/* The largest of |M_jr| and 2 |Q_jl| over 2 Q_jj: what an error of F_jj makes of others. */
static double spread_of(const wick_layout *layout, const double *state)
{
    double most = 0;
    for (size_t j = 0; j < layout->p; ++j) {
        const double own = state[diagonal(layout, j)];
        for (size_t r = 0; r < layout->k; ++r)
            most = fmax(most, fabs(state[wick_layout_at(layout, WICK_BLOCK_M, j, r)]) / (2 * own));
        for (size_t l = 0; l < layout->p; ++l)
            most = fmax(most, fabs(state[wick_layout_at(layout, WICK_BLOCK_Q, j, l)]) / own);
    }
    return most;
}

double wick_constraint_apply(const wick_layout *layout, bool sphere, const double *state, const double *flow, double *drift)
{
    double largest = 1;
    for (size_t j = 0; j < layout->p; ++j) largest = fmax(largest, fabs(flow[diagonal(layout, j)]));
    take_away(layout, state, flow, state, drift);
    if (sphere) rest_diagonal(layout, drift);
    return 1 + 2 * largest * spread_of(layout, state);
}

void wick_constraint_apply_tangent(const wick_layout *layout, bool sphere, const double *state, const double *v,
                                   const double *flow, const double *moved_flow, double *out)
{
    const size_t p = layout->p, k = layout->k;
    take_away(layout, state, flow, v, out);
    for (size_t j = 0; j < p; ++j) { /* and dy_j times the state */
        const size_t jj = diagonal(layout, j);
        const double moved = (moved_flow[jj] - 2 * pull(layout, state, flow, j) * v[jj]) / (2 * state[jj]);
        for (size_t r = 0; r < k; ++r) {
            const size_t at = wick_layout_at(layout, WICK_BLOCK_M, j, r);
            out[at] -= moved * state[at];
        }
        for (size_t l = 0; l < p; ++l) {
            const size_t at = wick_layout_at(layout, WICK_BLOCK_Q, j, l);
            out[at] -= (l == j ? 2 : 1) * moved * state[at];
        }
    }
    if (sphere) rest_diagonal(layout, out);
}

/* What <u, drift> takes of -y_j. */
static double taken_of_pull(const wick_layout *layout, const double *state, const double *u, size_t j)
{
    double sum = 0;
    for (size_t r = 0; r < layout->k; ++r) {
        const size_t at = wick_layout_at(layout, WICK_BLOCK_M, j, r);
        sum += u[at] * state[at];
    }
    for (size_t l = 0; l < layout->p; ++l) {
        const size_t at = wick_layout_at(layout, WICK_BLOCK_Q, j, l);
        sum += (l == j ? 2 : 1) * u[at] * state[at];
    }
    return sum;
}

void wick_constraint_take_flow(const wick_layout *layout, const double *state, const double *u, double *taken)
{
    size_t dimension = 0;
    wick_layout_dimension(layout, &dimension);
    for (size_t i = 0; i < dimension; ++i) taken[i] = 0;
    for (size_t j = 0; j < layout->p; ++j) {
        const size_t jj = diagonal(layout, j);
        taken[jj] = -taken_of_pull(layout, state, u, j) / (2 * state[jj]);
    }
}

void wick_constraint_apply_adjoint(const wick_layout *layout, const double *state, const double *flow, const double *u,
                                   double *out)
{
    take_away(layout, state, flow, u, out);
    for (size_t j = 0; j < layout->p; ++j) {
        const size_t jj = diagonal(layout, j);
        out[jj] += taken_of_pull(layout, state, u, j) * pull(layout, state, flow, j) / state[jj];
    }
}

/* row -= state_i (y_j row_of_y + ...) for one entry i that y_j pulls `times` times. */
static void pull_row(const wick_layout *layout, const double *state, const double *flow, const double *rows, size_t j,
                     double times, size_t i, size_t dimension, double *jacobian)
{
    const size_t jj = diagonal(layout, j);
    const double y = pull(layout, state, flow, j), scale = times * state[i] / (2 * state[jj]);
    double *const row = jacobian + i * dimension;
    for (size_t s = 0; s < dimension; ++s) row[s] -= scale * rows[j * dimension + s];
    row[jj] += scale * 2 * y;
    row[i] -= times * y;
}

void wick_constraint_apply_jacobian(const wick_layout *layout, bool sphere, const double *state, const double *flow,
                                    const double *rows, double *jacobian)
{
    const size_t p = layout->p, k = layout->k;
    size_t dimension = 0;
    wick_layout_dimension(layout, &dimension);
    for (size_t j = 0; j < p; ++j) {
        for (size_t r = 0; r < k; ++r)
            pull_row(layout, state, flow, rows, j, 1, wick_layout_at(layout, WICK_BLOCK_M, j, r), dimension, jacobian);
        for (size_t l = 0; l < p; ++l)
            pull_row(layout, state, flow, rows, j, l == j ? 2 : 1, wick_layout_at(layout, WICK_BLOCK_Q, j, l), dimension,
                     jacobian);
    }
    for (size_t j = 0; j < p && sphere; ++j)
        for (size_t s = 0; s < dimension; ++s) jacobian[diagonal(layout, j) * dimension + s] = 0;
}

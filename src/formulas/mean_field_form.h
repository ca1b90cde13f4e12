/* The equations of the mean-field regimes as sums of terms, exact, with vanishing orders left out.
 *
 * The mathematics is that of plan/particles.h. With v = |u|^2 + q and
 *
 *     U(u, q) = sum_n S_n(v)/n! sum_g C(n,2g) mu_g q^g <T_{n,g}, u^{n-2g}>     what all fields together do to a student
 *     G(u, q) = sum_n S_n(v)^2/n! K_n                                          what xi_ii = 1 changes in it
 *     K_n = v^n - sum_g C(n,2g) mu_g q^{2g} |u|^{2(n-2g)}
 *
 * the equations are, at u = u_i and q = q_i,
 *
 *     dm_i/dt = a_i L (dU/du - a_i/(2p) dG/du)
 *     dq_i/dt = 4 a_i q (dU/dq - a_i/(2p) dG/dq) + (gamma/p) Delta a_i^2 N,     N = E[s'(l_i)^2]
 *     R       = sum_{n,g} C(n,2g) mu_g |T_{n,g}|^2/(2 n!) + sum_i a_i^2 G(u_i, q_i)/(2p^2) + Delta/2
 *
 * (half of G's derivatives: the student's own contribution is symmetric in its two places, of which the drift moves one).
 * As dS_n/dv = S_{n+2}/2, d(S_n^2)/dv = S_n S_{n+2}, and with J_n = v^n - sum_{g>=1} C(n,2g-1) mu_g q^{2g-1} |u|^{2(n+1-2g)}
 *
 *     dK_n/du = 2 n K_{n-1} u,   dK_n/dq = n J_{n-1}.
 *
 * Private to src/formulas.
 */
#ifndef WICK_FORMULAS_MEAN_FIELD_FORM_H
#define WICK_FORMULAS_MEAN_FIELD_FORM_H

#include "formulas/factors.h"

typedef enum {
    WICK_MEAN_FIELD_NOTHING,
    WICK_MEAN_FIELD_TENSOR, /* <T_{n,g}, u^contracted>: a number, or a vector if one index is left */
    WICK_MEAN_FIELD_NORM,   /* |T_{n,g}|^2 */
    WICK_MEAN_FIELD_K,      /* K_n */
    WICK_MEAN_FIELD_J       /* J_n */
} wick_mean_field_symbol;

/* coefficient mu_moment v^v q^q |u|^(2 length) S_order ... symbol, times the vector u if `along`. An S_n of one term is
 * part of coefficient and v; K_1 = q, J_0 = 1 and, where d is infinite, J_n = v^n are not symbols either. */
typedef struct {
    mpq_t coefficient;
    unsigned moment, v, q, length; /* mu_0 = 1 */
    unsigned order_count, order[2];
    wick_mean_field_symbol symbol;
    unsigned n, g, contracted;
    bool along;
} wick_mean_field_term;

typedef struct {
    size_t count, capacity;
    wick_mean_field_term *term;
} wick_mean_field_sum;

/* T_{n,g} = sum over students c_j student u_j^{n-2g} + sum over targets c_r target u_r^{n-2g}; each sum has one term or
 * none. Orders of `target` are orders of S*. */
typedef struct {
    unsigned n, g;
    wick_mean_field_sum student, target;
} wick_mean_field_tensor;

typedef struct {
    bool finite;      /* is d? else there is no mu */
    bool plain;       /* no learning rules: the equations are R's gradient flow */
    unsigned moments; /* mu_1 .. mu_moments occur */
    wick_polynomial noise;
    wick_mean_field_sum potential, gradient, perp;      /* U, dU/du, dU/dq */
    wick_mean_field_sum self, self_gradient, self_perp; /* G, dG/du, dG/dq */
    wick_mean_field_sum squares;                        /* of the risk */
    size_t tensor_count, tensor_capacity;
    wick_mean_field_tensor *tensor;
    size_t order_count;               /* orders run below it */
    wick_mean_field_sum *K, *J;       /* by n, empty where not used */
    bool *student_used, *target_used; /* which S_n and S*_n occur as symbols */
} wick_mean_field_form;

wick_status wick_mean_field_form_make(wick_context *context, const wick_closed_form *form, const wick_factors *factors,
                                      wick_mean_field_form *made);
void wick_mean_field_form_clear(wick_mean_field_form *form);

/* Appends the equations, and below them what their symbols mean, as text or as LaTeX. */
wick_status wick_mean_field_print(wick_context *context, const wick_closed_form *form, bool latex, wick_text *text);
/* What the symbols mean, in words. */
void wick_mean_field_legend(const wick_mean_field_form *form, bool latex, wick_text *text);

#endif

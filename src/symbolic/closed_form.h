/* The closed form of a learning problem: the expansions of which its drift and its risk are made.
 *
 * With E = sum_alpha c_alpha f_alpha(l_alpha) + sqrt(Delta) z (students: c = -a/p, targets: c = a-star/k),
 *
 *     B[j,beta]    = E[s'(l_j) l_beta E]       Psi_M = a_j B[j, targets],  Psi_GF[j,l] = a_j B[j,l] + a_l B[l,j]
 *     A[j]         = E[s(l_j) E]               Psi_a
 *     V[j,l]       = E[s'(l_j) s'(l_l) E^2]    Psi_Var = a_j a_l V[j,l], without its Delta part
 *     N[j,l]       = E[s'(l_j) s'(l_l)]        Psi_noise = Delta a_j a_l N[j,l]
 *     R            = E[E^2]                    risk = R/2 + Delta/2, without the Delta part
 *
 * dM/dt = Psi_M, dQ/dt = Psi_GF + (gamma/p) X, da/dt = Psi_a; X = 0, Psi_noise, or Psi_Var (Delta part included).
 * V and N are held halved (see wick_expansion).
 */
#ifndef WICK_SYMBOLIC_CLOSED_FORM_H
#define WICK_SYMBOLIC_CLOSED_FORM_H

#include "activation/polynomial.h"
#include "model/regime.h"
#include "model/rules.h"
#include "symbolic/diagram.h"

typedef struct {
    wick_polynomial student, target; /* s and s* */
    wick_regime regime;
    const wick_regime_row *parts; /* of the regime */
    bool trained;
    wick_rule_set rules;         /* for the printers, but for the loss: all other expansions are those of plain SGD */
    wick_expansion flow;         /* B: vertices j, beta, alpha */
    wick_expansion second_layer; /* A: vertices j, alpha; empty unless trained */
    wick_expansion variance;     /* V: vertices j, l, alpha, alpha'; empty unless high-dimensional */
    wick_expansion noise;        /* N: vertices j, l; empty in the classical regime */
    wick_expansion risk;         /* R: vertices alpha, alpha' */
} wick_closed_form;

/* Derives it; student and target are copied. Release with wick_closed_form_clear(). */
wick_status wick_closed_form_derive(wick_context *context, const wick_polynomial *student, const wick_polynomial *target,
                                    wick_regime regime, bool trained, wick_closed_form *form);
/* The same with learning rules. */
wick_status wick_closed_form_derive_ruled(wick_context *context, const wick_polynomial *student,
                                          const wick_polynomial *target, wick_regime regime, bool trained,
                                          wick_rule_set rules, wick_closed_form *form);
void wick_closed_form_clear(wick_closed_form *form);

#endif

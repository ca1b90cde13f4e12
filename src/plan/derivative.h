/* Derivatives of a drift's terms with respect to what the state holds. Private to the planner.
 *
 * A term is a product over the indices J, L (legs) and A, B (summed fields); dOmega_xy turns one of its powers of Omega, or
 * one of its functions of Omega_alpha,alpha, into the next lower one and ties the indices of that factor to x and y:
 *
 *     d/dOmega_xy  sum_a Omega_ja^m g_a  =  m Omega_jy^(m-1) g_y  where x = j.
 *
 * So the derivative of a sum has one sum less, and a place in the row of the Jacobian: where both ends were summed it fills
 * the row, where one was a leg it fills Omega's row of that leg, and where both were legs it is a single number. What is
 * still summed is then eliminated as in the drift (contract.h), with the freed index in the part of a leg. The derivative
 * costs as many numbers as it has, which no propagation of tangents through products of matrices could reach.
 *
 * Edges are differentiated with one orientation; entry Omega_xy = Omega_yx of the state adds that of both (x = y: once).
 */
#ifndef WICK_PLAN_DERIVATIVE_H
#define WICK_PLAN_DERIVATIVE_H

#include "plan/contract.h"

/* Where in a row of the Jacobian a derivative stands. */
typedef enum {
    WICK_BY_PAIR,     /* Omega_AB */
    WICK_BY_ROW_J,    /* Omega_JA */
    WICK_BY_ROW_L,    /* Omega_LA */
    WICK_BY_DIAGONAL, /* Omega_AA */
    WICK_BY_WEIGHT,   /* c_A */
    WICK_BY_JJ,       /* the single numbers Omega_JJ, Omega_JL, Omega_LL; */
    WICK_BY_JL,
    WICK_BY_LL,
    WICK_BY_NOTHING, /* the term itself */
    WICK_PLACE_COUNT
} wick_place;

/* Appends the derivatives of a term to the lists of their places and, if a is trained, that with respect to the weights and
 * the term itself. Freed indices come first: A, or A and B. */
void wick_differentiate(wick_builder *builder, const wick_closed_form *form, const wick_term *term,
                        wick_terms derivative[WICK_PLACE_COUNT]);

/* Eliminates what is still summed. students: L is a student, so that arrays may have it as their row. */
void wick_sum_derivative(wick_builder *builder, wick_term *term, wick_place place, bool students);

#endif

/* An activation over a standard normal variable z, s(sqrt(v) z) and s'(sqrt(v) z), at the nodes of Gauss-Legendre rules on
 * panels: the rule that others are checked by.
 *
 * Where the activation bends is told by its expression (quadrature/resolution.h), so that no feature hides between nodes.
 * Panels are then halved until both functions are resolved on each as values at the nodes tell. A panel is resolved if the
 * last of its Legendre coefficients are small, in the norm of L2 that the density gives them. What is left of them adds up
 * to `doubt`: expectations of s' times anything of norm 1 are wrong by no more. */
#ifndef WICK_PARTICLES_PANELS_H
#define WICK_PARTICLES_PANELS_H

#include <stdbool.h>
#include <stddef.h>

#include "quadrature/activation_code.h"
#include "quadrature/resolution.h"

typedef struct {
    size_t count, capacity;
    double *z, *root, *value,
        *slope;                /* root: that of the weight, with the density, which far out is too small for a number */
    double doubt, value_doubt; /* of s' and of s; INFINITY where they are not finite */
} wick_panels;

/* For expectations with Hermite polynomials up to `order`. parity: that of s; where it is not 0, only z > 0 is taken, with
 * weights of both signs. false if memory is exhausted. */
bool wick_panels_fill(wick_panels *panels, const wick_activation_code *code, const wick_resolution *resolution, int parity,
                      double variance, size_t order);
void wick_panels_clear(wick_panels *panels);

#endif

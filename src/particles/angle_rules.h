/* Rules over xi for functions of the angle of two unit vectors, |e - e'|^2 = near + twice (1 - xi) and
 * |e + e'|^2 = far + twice (1 + xi) (angles.c).
 *
 * The angle has square roots where one of these vanishes, at a distance delta = min(near, far) / twice outside of [-1, 1].
 * It decides how many nodes a pair needs: a dozen mostly, a hundred in the worst case. When the rules are made, each is
 * compared with the next finer one at delta of all magnitudes, where twice is as large as it can be; for smaller ones errors
 * fall as the root of it, or faster. */
#ifndef WICK_PARTICLES_ANGLE_RULES_H
#define WICK_PARTICLES_ANGLE_RULES_H

#include "particles/rotations.h"

enum { WICK_ANGLE_RULES = 10, WICK_ANGLE_DISTANCES = 48, WICK_ANGLE_WIDTHS = 64 };

typedef struct {
    double tolerance;
    wick_rotations rule[WICK_ANGLE_RULES];
    /* For magnitudes of delta and of twice: which rule, and its error (of an angle or its sine). */
    unsigned char level[WICK_ANGLE_DISTANCES][WICK_ANGLE_WIDTHS];
    double error[WICK_ANGLE_DISTANCES][WICK_ANGLE_WIDTHS];
} wick_angle_rules;

wick_status wick_angle_rules_make(wick_context *context, double freedom, double tolerance, wick_angle_rules *rules);
void wick_angle_rules_clear(wick_angle_rules *rules);

/* Sorts pairs by the rule that each needs: those of rule r are order[start[r]] .. order[start[r + 1] - 1]. `order`
 * holds 2 count numbers. Returns the largest error. */
double wick_angle_rules_sort(const wick_angle_rules *rules, size_t count, const double *near, const double *far,
                             const double *twice, size_t *order, size_t start[WICK_ANGLE_RULES + 1]);

#endif

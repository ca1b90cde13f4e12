/* Rules over xi for functions of the angle of two unit vectors, |e - e'|^2 = near + twice (1 - xi) and
 * |e + e'|^2 = far + twice (1 + xi) (angles.c).
 *
 * The angle has square roots where one of these vanishes, at the distances delta = near / twice and far / twice outside of
 * [-1, 1]. They decide how many nodes a pair needs: a dozen mostly, a hundred in the worst case. When the rules are made,
 * each is compared with a reference at delta of all magnitudes, where twice is as large as it can be; for smaller ones
 * errors fall as the root of it, or faster. */
#ifndef WICK_PARTICLES_ANGLE_RULES_H
#define WICK_PARTICLES_ANGLE_RULES_H

#include "particles/rotations.h"

enum { WICK_ANGLE_RULES = 10, WICK_ANGLE_DISTANCES = 48, WICK_ANGLE_WIDTHS = 64, WICK_ANGLE_GROUP = 8 };

typedef struct {
    double tolerance;
    bool exact; /* all rules are the same, and without error */
    wick_rotations rule[WICK_ANGLE_RULES];
    /* For magnitudes of delta and of twice: which rule, and its error (of an angle or its sine). */
    unsigned char level[WICK_ANGLE_DISTANCES][WICK_ANGLE_WIDTHS];
    double error[WICK_ANGLE_DISTANCES][WICK_ANGLE_WIDTHS];
} wick_angle_rules;

/* false if memory is exhausted; they must be cleared all the same. */
bool wick_angle_rules_make(double freedom, double tolerance, wick_angle_rules *rules);
void wick_angle_rules_clear(wick_angle_rules *rules);

/* Sorts pairs by the rule that each needs: pair i goes to place[i], and rule r has the places from start[r] to
 * start[r + 1] - 1, padded to whole groups. Returns the largest error, and leaves all of them in `error` if that is not
 * NULL. */
double wick_angle_rules_sort(const wick_angle_rules *rules, size_t count, const double *near, const double *far,
                             const double *twice, size_t *place, size_t start[WICK_ANGLE_RULES + 1], double *error);

#endif

/* The mean field of polynomials, walked: the functions of compiled particle code (particles/compiled.h), digit by digit, for
 * a system without memory that machine code may stand in. */
#ifndef WICK_WALK_PARTICLE_WALK_H
#define WICK_WALK_PARTICLE_WALK_H

#include "particles/compiled.h"
#include "plan/particles.h"

typedef struct wick_particle_walk wick_particle_walk;

/* Takes the plan over, also on failure. */
wick_status wick_particle_walk_make(wick_context *context, wick_particle_plan *plan, wick_particle_walk **walk);
void wick_particle_walk_free(void *walk);

/* The functions, with the walk as their `self`; and how many vectors of a block of `block` particles they want as scratch.
 */
wick_particle_functions wick_particle_walk_functions(const wick_particle_walk *walk);
size_t wick_particle_walk_slots(const wick_particle_walk *walk, size_t block);

#endif

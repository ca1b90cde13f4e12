/* Source code out of particle plans (plan/particles.h). */
#ifndef WICK_EMIT_PARTICLES_H
#define WICK_EMIT_PARTICLES_H

#include "base/text.h"
#include "plan/particles.h"

/* The source for compilation in memory, as templates/particles_jit.c.in declares it. */
wick_status wick_emit_particles_jit(wick_context *context, const wick_particle_plan *plan, char **source);

#endif

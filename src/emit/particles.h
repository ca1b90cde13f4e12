/* Source code out of particle plans (plan/particles.h). */
#ifndef WICK_EMIT_PARTICLES_H
#define WICK_EMIT_PARTICLES_H

#include "base/text.h"
#include "emit/emit.h"
#include "plan/particles.h"

/* The source for compilation in memory, as templates/particles_jit.c.in declares it. */
wick_status wick_emit_particles_jit(wick_context *context, const wick_particle_plan *plan, char **source);

/* The target "library": NAME.h and NAME.c, for every p. The plan must be one without unit_layer. */
wick_status wick_emit_particles_library(wick_context *context, const wick_particle_plan *plan, const wick_closed_form *form,
                                        const wick_problem *problem, const char *name, wick_files *files);

#endif

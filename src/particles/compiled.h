/* The mean-field drift and risk of compiled particle code, for any number of students.
 *
 * The state is walked in blocks that fit a processor's first cache: once to sum the tensors, once to move the students.
 * Blocks are gathered into chunks of fixed size, chunks are shared among OpenMP threads, and the chunks' sums are added in
 * order: results do not depend on the number of threads. P, a and a* are fixed when the engine is made;
 * wick_particle_engine_move() makes another.
 */
#ifndef WICK_PARTICLES_COMPILED_H
#define WICK_PARTICLES_COMPILED_H

#include "base/context.h"
#include "jit/jit.h"
#include "particles/frame.h"
#include "plan/particles.h"

/* The compiled functions (templates/particles_jit.c.in), for which `self` means nothing, or others in their place. */
typedef struct {
    const void *self;
    void (*student_sums)(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                         const double *q, const double *a, double *work, double *sums);
    void (*target_sums)(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                        const double *q, const double *a, double *work, double *sums);
    void (*update)(const void *self, const double *numbers, const double *t, size_t count, size_t stride, const double *u,
                   const double *q, const double *a, double *work, double *gradient, double *perp);
    double (*self_risk)(const void *self, const double *numbers, size_t count, size_t stride, const double *u,
                        const double *q, const double *a, double *work);
    double (*tensor_risk)(const void *self, const double *numbers, const double *t, size_t stride, double *work);
} wick_particle_functions;

typedef struct {
    wick_frame_sizes frame;
    size_t tensor_count, moment_count, vector_slots;
} wick_particle_sizes;

enum { WICK_PARTICLE_BLOCK = 512 }; /* particles that a function works on at a time: their vectors stay in the first cache */

typedef struct wick_particle_engine wick_particle_engine;

wick_status wick_particle_compile(wick_context *context, const char *source, wick_particle_functions *functions,
                                  wick_code **code);

/* WICK_ERROR_PROBLEM if P is not positive definite. */
wick_status wick_particle_engine_alloc(wick_context *context, const wick_particle_functions *functions,
                                       const wick_particle_sizes *sizes, wick_particle_engine **engine);
wick_status wick_particle_engine_copy(wick_context *context, const wick_particle_engine *engine,
                                      wick_particle_engine **copy);
/* The same code for another P, second layer or number of directions. */
wick_status wick_particle_engine_move(wick_context *context, const wick_particle_engine *engine,
                                      const wick_frame_sizes *frame, wick_particle_engine **moved);
const wick_frame *wick_particle_engine_frame(const wick_particle_engine *engine);
void wick_particle_engine_free(wick_particle_engine *engine);

/* gamma Delta / p, the rate of Psi_noise. */
void wick_particle_engine_set_noise_rate(wick_particle_engine *engine, double rate);

/* State and drift: M (p x k), then q (p). self is the engine. */
void wick_particle_drift(void *self, double time, const double *state, double *drift);
double wick_particle_excess_risk(void *self, const double *state);

#endif

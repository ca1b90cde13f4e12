/* See particles.h. */
#include "particles/compiled.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "particles/threads.h"

enum {
    BLOCK = WICK_PARTICLE_BLOCK,
    CHUNK_BLOCKS = 16,    /* blocks that one thread sums in one go */
    THREADED_CHUNKS = 32, /* fewer are not worth waking threads for */
    STREAMED = 200000     /* from this many particles on a drift does not fit the caches, and is written past them */
};

struct wick_particle_engine {
    wick_particle_functions functions;
    void (*stream)(size_t count, const double *from, double *to); /* this machine's kernel */
    wick_frame frame;
    size_t p, k, tensor_count, number_count, vector_slots;
    size_t chunk_count;
    int thread_count;
    bool no_room;        /* d = k: q is 0 and stays so */
    double *numbers;     /* run-time numbers of the plan */
    double *target_sums; /* the targets' part of the tensors, which never changes */
    double *tensors;
    double *chunk_sums; /* chunk_count x (tensor_count + 1) */
    double *scratch;    /* thread_count x scratch_size() */
};

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

/* One thread's scratch: u, gradient, ones, dq/dt, and the statements' vectors. */
static size_t scratch_size(const wick_particle_engine *engine) { return (2 * engine->k + 2 + engine->vector_slots) * BLOCK; }

typedef struct {
    double *u, *gradient, *ones, *perp, *work;
} scratch;

static scratch scratch_of(const wick_particle_engine *engine, int thread)
{
    double *start = engine->scratch + (size_t)thread * scratch_size(engine);
    double *ones = start + 2 * engine->k * BLOCK;
    return (scratch){start, start + engine->k * BLOCK, ones, ones + BLOCK, ones + (size_t)2 * BLOCK};
}

/* With one target of norm 1, u is M and dM its gradient where there is no second layer. */
static bool is_plain(const wick_particle_engine *engine)
{
    return engine->k == 1 && engine->frame.L[0] == 1 && !engine->frame.a;
}

/* Returns where u is: M itself if that is it, else the buffer, filled. */
static const double *whiten(const wick_particle_engine *engine, size_t count, const double *M, double *u)
{
    if (is_plain(engine)) return M;
    wick_frame_whiten(&engine->frame, count, BLOCK, M, u);
    return u;
}

/* ---- Walking the state ------------------------------------------------------------------------------------------- */

static const double *layer(const wick_particle_engine *engine, const scratch *s, size_t first)
{
    return engine->frame.a ? engine->frame.a + first : s->ones;
}

/* Asks for the block after this one: its arrays start on other pages, which the processor does not foresee. */
static void prefetch_block(const wick_particle_engine *engine, const double *state, size_t first)
{
    if (first >= engine->p) return;
    const size_t count = minimum(BLOCK, engine->p - first);
    const double *M = state + first * engine->k, *q = state + engine->p * engine->k + first;
    for (size_t i = 0; i < count * engine->k; i += 8) __builtin_prefetch(M + i, 0, 2);
    for (size_t i = 0; i < count; i += 8) __builtin_prefetch(q + i, 0, 2);
}

/* A chunk's part of the tensors, or, if `self` is asked for, of the risk's correction. */
static void sum_chunk(const wick_particle_engine *engine, const scratch *s, const double *state, size_t chunk, bool self)
{
    double *sums = engine->chunk_sums + chunk * (engine->tensor_count + 1);
    memset(sums, 0, (engine->tensor_count + 1) * sizeof *sums);
    const double *q = state + engine->p * engine->k;
    const size_t end = minimum(engine->p, (chunk + 1) * CHUNK_BLOCKS * BLOCK);
    for (size_t first = chunk * CHUNK_BLOCKS * BLOCK; first < end; first += BLOCK) {
        const size_t count = minimum(BLOCK, end - first);
        const double *a = layer(engine, s, first);
        prefetch_block(engine, state, first + BLOCK);
        const double *u = whiten(engine, count, state + first * engine->k, s->u);
        engine->functions.student_sums(engine->functions.self, engine->numbers, count, BLOCK, u, q + first, a, s->work,
                                       sums);
        if (self)
            sums[engine->tensor_count] +=
                engine->functions.self_risk(engine->functions.self, engine->numbers, count, BLOCK, u, q + first, a, s->work);
    }
}

/* A thread's chunks: the same in every pass, so that its part of the state may still be in its caches. */
typedef struct {
    size_t first, end;
} share;

static share share_of(const wick_particle_engine *engine, int thread, int threads)
{
    const size_t at = (size_t)thread, count = (size_t)threads;
    return (share){engine->chunk_count * at / count, engine->chunk_count * (at + 1) / count};
}

static void sum_share(const wick_particle_engine *engine, const double *state, bool self, int thread, int threads)
{
    const scratch s = scratch_of(engine, thread);
    const share own = share_of(engine, thread, threads);
    for (size_t chunk = own.first; chunk < own.end; ++chunk) sum_chunk(engine, &s, state, chunk, self);
}

/* Adds the chunks' sums in order: the tensors into engine->tensors, the sum of the self terms as result. */
static double add_chunks(wick_particle_engine *engine)
{
    double self_sum = 0;
    const double student = -engine->numbers[WICK_INVERSE_P];
    memcpy(engine->tensors, engine->target_sums, engine->tensor_count * sizeof *engine->tensors);
    for (size_t chunk = 0; chunk < engine->chunk_count; ++chunk) {
        const double *sums = engine->chunk_sums + chunk * (engine->tensor_count + 1);
        for (size_t i = 0; i < engine->tensor_count; ++i) engine->tensors[i] += student * sums[i];
        self_sum += sums[engine->tensor_count];
    }
    return self_sum;
}

static void move_chunk(const wick_particle_engine *engine, const scratch *s, const double *state, double *drift,
                       size_t chunk)
{
    const double *q = state + engine->p * engine->k;
    double *perp = drift + engine->p * engine->k;
    const size_t end = minimum(engine->p, (chunk + 1) * CHUNK_BLOCKS * BLOCK);
    for (size_t first = chunk * CHUNK_BLOCKS * BLOCK; first < end; first += BLOCK) {
        const size_t count = minimum(BLOCK, end - first);
        const double *a = layer(engine, s, first);
        prefetch_block(engine, state, first + BLOCK);
        const double *u = whiten(engine, count, state + first * engine->k, s->u);
        const bool streamed = engine->p >= STREAMED;
        double *dM = drift + first * engine->k, *dq = streamed ? s->perp : perp + first;
        double *gradient = is_plain(engine) && !streamed ? dM : s->gradient;
        engine->functions.update(engine->functions.self, engine->numbers, engine->tensors, count, BLOCK, u, q + first, a,
                                 s->work, gradient, dq);
        if (!is_plain(engine))
            wick_frame_unwhiten(&engine->frame, count, BLOCK, a, gradient, dM);
        else if (streamed)
            engine->stream(count, gradient, dM);
        if (streamed) engine->stream(count, dq, perp + first);
    }
}

/* Backwards, from what was read last. */
static void move_share(const wick_particle_engine *engine, const double *state, double *drift, int thread, int threads)
{
    const scratch s = scratch_of(engine, thread);
    const share own = share_of(engine, thread, threads);
    for (size_t chunk = own.end; chunk-- > own.first;) move_chunk(engine, &s, state, drift, chunk);
    atomic_thread_fence(memory_order_seq_cst); /* after streamed stores */
}

static void share_drift(wick_particle_engine *engine, const double *state, double *drift, int most)
{
#pragma omp parallel num_threads(most)
    {
        const int thread = omp_get_thread_num(), threads = omp_get_num_threads();
        sum_share(engine, state, false, thread, threads);
#pragma omp barrier
#pragma omp single
        add_chunks(engine);
        move_share(engine, state, drift, thread, threads);
    }
}

void wick_particle_drift(void *self, double time, const double *state, double *drift)
{
    wick_particle_engine *engine = self;
    const int threads = wick_threads_now(engine->thread_count);
    (void)time;
    if (threads > 1) {
        share_drift(engine, state, drift, threads);
        return;
    }
    sum_share(engine, state, false, 0, 1);
    add_chunks(engine);
    move_share(engine, state, drift, 0, 1);
}

double wick_particle_excess_risk(void *self, const double *state)
{
    wick_particle_engine *engine = self;
    const int threads = wick_threads_now(engine->thread_count);
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        sum_share(engine, state, true, omp_get_thread_num(), omp_get_num_threads());
    } else {
        sum_share(engine, state, true, 0, 1);
    }
    const double inverse_p = engine->numbers[WICK_INVERSE_P], own = add_chunks(engine);
    return 0.5 * (engine->functions.tensor_risk(engine->functions.self, engine->numbers, engine->tensors, BLOCK,
                                                scratch_of(engine, 0).work) +
                  inverse_p * inverse_p * own);
}

void wick_particle_engine_set_noise_rate(wick_particle_engine *engine, double rate)
{
    if (engine->no_room) rate = 0; /* no direction is left for the noise to spread into */
    engine->numbers[WICK_NOISE_RATE] = rate;
}

/* ---- Making one -------------------------------------------------------------------------------------------------- */

wick_status wick_particle_compile(wick_context *context, const char *source, wick_particle_functions *functions,
                                  wick_code **code)
{
    static const char *const names[] = {"system_student_sums", "system_target_sums", "system_update", "system_self_risk",
                                        "system_tensor_risk"};
    void *symbols[5];
    WICK_TRY(wick_code_compile_symbols(context, source, names, symbols, 5, code));
    functions->self = NULL;
    memcpy(&functions->student_sums, &symbols[0], sizeof symbols[0]); /* POSIX: pointers to data and functions are alike */
    memcpy(&functions->target_sums, &symbols[1], sizeof symbols[1]);
    memcpy(&functions->update, &symbols[2], sizeof symbols[2]);
    memcpy(&functions->self_risk, &symbols[3], sizeof symbols[3]);
    memcpy(&functions->tensor_risk, &symbols[4], sizeof symbols[4]);
    return WICK_OK;
}

/* The targets are k particles with u_r = row r of L and q = 0. */
static void sum_targets(wick_particle_engine *engine)
{
    const size_t k = engine->k;
    const scratch s = scratch_of(engine, 0);
    for (size_t first = 0; first < k; first += BLOCK) {
        const size_t count = minimum(BLOCK, k - first);
        for (size_t c = 0; c < k; ++c)
            for (size_t i = 0; i < count; ++i) s.u[c * BLOCK + i] = engine->frame.L[(first + i) * k + c];
        memset(s.gradient, 0, count * sizeof *s.gradient); /* q */
        engine->functions.target_sums(engine->functions.self, engine->numbers, count, BLOCK, s.u, s.gradient,
                                      engine->frame.a_star + first, s.work, engine->target_sums);
    }
    for (size_t i = 0; i < engine->tensor_count; ++i) engine->target_sums[i] /= (double)k;
}

static bool allocate(wick_particle_engine *engine)
{
    const size_t p = engine->p, size = sizeof(double);
    engine->chunk_count = (p + CHUNK_BLOCKS * BLOCK - 1) / (CHUNK_BLOCKS * BLOCK);
    engine->thread_count = engine->chunk_count < THREADED_CHUNKS ? 1 : wick_threads_most();
    engine->numbers = wick_allocate(engine->number_count, 1, size);
    engine->target_sums = wick_allocate(engine->tensor_count, 1, size);
    engine->tensors = wick_allocate(engine->tensor_count, 1, size);
    engine->chunk_sums = wick_allocate(engine->chunk_count, engine->tensor_count + 1, size);
    engine->scratch = wick_allocate((size_t)engine->thread_count, scratch_size(engine), size);
    return engine->numbers && engine->target_sums && engine->tensors && engine->chunk_sums && engine->scratch;
}

static wick_status prepare(wick_context *context, const wick_particle_sizes *sizes, wick_particle_engine *engine)
{
    WICK_TRY(wick_frame_make(context, &sizes->frame, &engine->frame));
    if (!allocate(engine)) return wick_fail_memory(context, "making room for particles");
    engine->no_room = sizes->frame.freedom <= 0;
    engine->numbers[WICK_INVERSE_P] = 1 / (double)engine->p;
    wick_frame_moments(&engine->frame, engine->number_count - WICK_MOMENTS, engine->numbers + WICK_MOMENTS);
    for (int thread = 0; thread < engine->thread_count; ++thread) {
        const scratch s = scratch_of(engine, thread);
        for (size_t i = 0; i < BLOCK; ++i) s.ones[i] = 1;
    }
    sum_targets(engine);
    return WICK_OK;
}

wick_status wick_particle_engine_alloc(wick_context *context, const wick_particle_functions *functions,
                                       const wick_particle_sizes *sizes, wick_particle_engine **engine)
{
    *engine = NULL;
    wick_particle_engine *made = calloc(1, sizeof *made);
    if (!made) return wick_fail_memory(context, "making room for particles");
    *made = (wick_particle_engine){.functions = *functions,
                                   .stream = wick_kernels()->stream,
                                   .p = sizes->frame.p,
                                   .k = sizes->frame.k,
                                   .tensor_count = sizes->tensor_count,
                                   .number_count = WICK_MOMENTS + sizes->moment_count,
                                   .vector_slots = sizes->vector_slots};
    const wick_status status = prepare(context, sizes, made);
    if (status != WICK_OK) {
        wick_particle_engine_free(made);
        return status;
    }
    *engine = made;
    return WICK_OK;
}

wick_status wick_particle_engine_move(wick_context *context, const wick_particle_engine *engine,
                                      const wick_frame_sizes *frame, wick_particle_engine **moved)
{
    const wick_particle_sizes sizes = {.frame = *frame,
                                       .tensor_count = engine->tensor_count,
                                       .moment_count = engine->number_count - WICK_MOMENTS,
                                       .vector_slots = engine->vector_slots};
    WICK_TRY(wick_particle_engine_alloc(context, &engine->functions, &sizes, moved));
    wick_particle_engine_set_noise_rate(*moved, engine->numbers[WICK_NOISE_RATE]);
    return WICK_OK;
}

wick_status wick_particle_engine_copy(wick_context *context, const wick_particle_engine *engine, wick_particle_engine **copy)
{
    const wick_frame *frame = &engine->frame;
    const wick_frame_sizes sizes = {frame->p, frame->k, frame->freedom, frame->P, frame->a, frame->a_star};
    return wick_particle_engine_move(context, engine, &sizes, copy);
}

const wick_frame *wick_particle_engine_frame(const wick_particle_engine *engine) { return &engine->frame; }

void wick_particle_engine_free(wick_particle_engine *engine)
{
    if (!engine) return;
    double *const all[] = {engine->numbers, engine->target_sums, engine->tensors, engine->chunk_sums, engine->scratch};
    wick_frame_clear(&engine->frame);
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) free(all[i]);
    free(engine);
}

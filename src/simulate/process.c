/* See process.h. A step's update waits until the next sample is drawn, so that W is walked through once a sample. */
#include "simulate/process.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What the kernels ask of row strides. */
enum { LANE_GROUP = 8 };

static size_t rounded_up(size_t count) { return (count + LANE_GROUP - 1) / LANE_GROUP * LANE_GROUP; }

struct wick_chain {
    const wick_process *process;
    gsl_rng *rng;
    double steps, time;
    size_t columns; /* of W and z in use: the dimension of the span so far */
    double *scale;  /* by student: the weights are scale_j W_j */
    double *norms;  /* Q_jj, where students are on spheres */
    double *W;      /* p x stride; columns beyond those in use are zero, and so are the entries of both z */
    double *a;
    double *z;                /* the samples of the step to be taken next, `stride` apart */
    double *last, *last_rate; /* W_jb += last_rate_j last_b is still to be done, for each sample of the last step */
    double *along;            /* by student: sum of the samples' rates times l_j, in the step at work */
    double *next_rate;        /* the same of the step at work */
    double *layer_step;       /* what it adds to a */
    double *fields, *values;  /* l, s(l) */
    double *target_fields, *target_values;
    double *scratch; /* of the activations */
};

/* ---- What chains share ------------------------------------------------------------------------------------------- */

static wick_status copy_parameters(wick_context *context, const wick_problem *problem, wick_process *process)
{
    const size_t p = process->p, k = process->k, inside = process->start.inside;
    process->target_stride = rounded_up(inside);
    process->a = wick_allocate(p, 1, sizeof *process->a);
    process->a_star = wick_allocate(k, 1, sizeof *process->a_star);
    process->T = wick_allocate(k, process->target_stride, sizeof *process->T);
    if (!process->a || !process->a_star || !process->T) return wick_fail_memory(context, "preparing a simulation");
    memcpy(process->a, problem->a, p * sizeof *process->a);
    memcpy(process->a_star, problem->a_star, k * sizeof *process->a_star);
    for (size_t r = 0; r < k; ++r)
        memcpy(process->T + r * process->target_stride, process->start.T + r * inside, inside * sizeof *process->T);
    return WICK_OK;
}

/* Room for p more columns than are needed makes folding, of order p^3, cost of order p^2 a step, as the step itself. */
static void choose_capacity(bool all_columns, wick_process *process)
{
    const double more = process->batch > process->p ? (double)process->batch : (double)process->p;
    const double most = (double)process->start.inside + (double)process->p + more;
    const double capacity = all_columns || process->d < most ? process->d : most;
    process->capacity = (size_t)capacity;
    process->stride = rounded_up(process->capacity);
}

static wick_step_sizes sizes_at(const wick_problem *problem, const double parameter[WICK_PARAMETER_COUNT])
{
    const wick_rules rules = wick_rules_of(problem->rules, problem->p, parameter);
    wick_step_sizes sizes = {.time_step = rules.step / problem->d};
    for (size_t i = 0; i < WICK_LAYER_COUNT; ++i) {
        sizes.rate[i] = rules.layer[i].rate;
        sizes.keep[i] = 1 - sizes.time_step * rules.layer[i].decay;
    }
    return sizes;
}

/* Those of the step that begins at a time; `own` is room for them. */
static const wick_step_sizes *sizes_of(const wick_process *process, double time, wick_step_sizes *own)
{
    if (!process->problem) return &process->sizes;
    double parameter[WICK_PARAMETER_COUNT];
    wick_problem_parameters_at(process->problem, time, parameter);
    *own = sizes_at(process->problem, parameter);
    return own;
}

static void take_rules(const wick_problem *problem, wick_process *process)
{
    process->sizes = sizes_at(problem, problem->parameter);
    process->problem = problem->schedule.count > 0 ? problem : NULL;
}

double wick_process_steps_until(const wick_process *process, double steps, double *time, double until)
{
    if (!process->problem) {
        *time = until;
        return nearbyint(until / process->sizes.time_step);
    }
    wick_step_sizes own;
    for (double step; step = sizes_of(process, *time, &own)->time_step, *time + step / 2 <= until; *time += step, steps += 1)
        if (!(*time + step > *time)) return INFINITY;
    return steps;
}

wick_status wick_process_make(wick_context *context, const wick_problem *problem, wick_scalar_function student,
                              wick_scalar_function target, bool all_columns, wick_process *process)
{
    wick_process made = {.p = problem->p,
                         .k = problem->k,
                         .trained = problem->second_layer_trained,
                         .correlation = problem->rules & WICK_CORRELATION,
                         .constraint = problem->rules & WICK_CONSTRAINTS,
                         .layout = wick_layout_of(problem->regime, problem->second_layer_trained, problem->p, problem->k),
                         .d = problem->d,
                         .batch = (size_t)problem->parameter[WICK_BATCH],
                         .noise_deviation = sqrt(problem->parameter[WICK_NOISE]),
                         .student = student,
                         .target = target,
                         .kernels = wick_kernels()};
    made.layout.clock = wick_rule_clock(problem->rules);
    take_rules(problem, &made);
    wick_status status = wick_coordinates_find(context, problem, &made.start);
    if (status == WICK_OK) status = copy_parameters(context, problem, &made);
    choose_capacity(all_columns, &made);
    if (status == WICK_OK)
        *process = made;
    else
        wick_process_clear(&made);
    return status;
}

void wick_process_clear(wick_process *process)
{
    wick_coordinates_clear(&process->start);
    wick_scalar_function_clear(&process->student);
    wick_scalar_function_clear(&process->target);
    free(process->a);
    free(process->a_star);
    free(process->T);
    *process = (wick_process){0};
}

/* ---- A chain ------------------------------------------------------------------------------------------------------- */

/* Zeros at the start of a cache line: kernels read and write whole lanes, which then never cross from one line to the next.
 */
static double *allocate_lanes(size_t rows, size_t stride)
{
    size_t count, bytes;
    if (!wick_multiply_sizes(rows, stride, &count) || !wick_multiply_sizes(count, sizeof(double), &bytes)) return NULL;
    double *made = aligned_alloc(64, bytes);
    if (made) memset(made, 0, bytes);
    return made;
}

static bool allocate(const wick_process *process, wick_chain *chain)
{
    const size_t p = process->p, k = process->k, stride = process->stride;
    const size_t work = process->student.work > process->target.work ? process->student.work : process->target.work;
    chain->rng = gsl_rng_alloc(gsl_rng_taus2); /* half the time of mt19937, and 24 bytes in place of 5000 */
    chain->W = allocate_lanes(p, stride);
    chain->a = wick_allocate(p, 1, sizeof *chain->a);
    chain->z = allocate_lanes(process->batch, stride);
    chain->last = allocate_lanes(process->batch, stride);
    chain->last_rate = wick_allocate(process->batch, p, sizeof *chain->last_rate);
    chain->next_rate = wick_allocate(process->batch, p, sizeof *chain->next_rate);
    chain->layer_step = wick_allocate(p, 1, sizeof *chain->layer_step);
    chain->scale = wick_allocate(p, 3, sizeof *chain->scale);
    chain->norms = chain->scale ? chain->scale + p : NULL;
    chain->along = chain->scale ? chain->scale + 2 * p : NULL;
    chain->fields = wick_allocate(p, 1, sizeof *chain->fields);
    chain->scratch = wick_allocate(work, 1, sizeof *chain->scratch);
    chain->values = wick_allocate(p, 1, sizeof *chain->values);
    chain->target_fields = wick_allocate(k, 1, sizeof *chain->target_fields);
    chain->target_values = wick_allocate(k, 1, sizeof *chain->target_values);
    return chain->rng && chain->scratch && chain->W && chain->a && chain->z && chain->last && chain->last_rate &&
           chain->next_rate && chain->layer_step && chain->scale && chain->fields && chain->values && chain->target_fields &&
           chain->target_values;
}

wick_chain *wick_chain_alloc(const wick_process *process, unsigned long seed)
{
    wick_chain *chain = calloc(1, sizeof *chain);
    if (!chain) return NULL;
    if (!allocate(process, chain)) {
        wick_chain_free(chain);
        return NULL;
    }
    chain->process = process;
    gsl_rng_set(chain->rng, seed);
    wick_chain_restart(chain);
    return chain;
}

void wick_chain_restart(wick_chain *chain)
{
    const wick_process *process = chain->process;
    const wick_coordinates *start = &process->start;
    const size_t p = process->p, stride = process->stride;
    chain->steps = chain->time = 0;
    for (size_t j = 0; j < p; ++j) {
        const double *row = start->W + j * start->columns;
        chain->scale[j] = 1;
        chain->norms[j] = 0;
        for (size_t b = 0; b < start->columns; ++b) chain->norms[j] += row[b] * row[b];
    }
    /* With all d columns, those that are zero at the start are in use like any other. */
    chain->columns = (double)process->capacity == process->d ? process->capacity : start->columns;
    memset(chain->W, 0, p * stride * sizeof *chain->W);
    for (size_t j = 0; j < p; ++j)
        memcpy(chain->W + j * stride, start->W + j * start->columns, start->columns * sizeof *chain->W);
    memcpy(chain->a, process->a, p * sizeof *chain->a);
    memset(chain->z, 0, process->batch * stride * sizeof *chain->z);
    memset(chain->last, 0, process->batch * stride * sizeof *chain->last);
    memset(chain->last_rate, 0, process->batch * p * sizeof *chain->last_rate);
}

void wick_chain_free(wick_chain *chain)
{
    if (!chain) return;
    gsl_rng_free(chain->rng);
    free(chain->W);
    free(chain->a);
    free(chain->z);
    free(chain->last);
    free(chain->last_rate);
    free(chain->next_rate);
    free(chain->layer_step);
    free(chain->scale);
    free(chain->fields);
    free(chain->values);
    free(chain->scratch);
    free(chain->target_fields);
    free(chain->target_values);
    free(chain);
}

/* The finaliser of MurmurHash3, a permutation of the numbers of 32 bits; GSL's generator takes seeds of that size. */
static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * UINT32_C(0x85ebca6b);
    x = (x ^ x >> 13) * UINT32_C(0xc2b2ae35);
    return x ^ x >> 16;
}

unsigned long wick_chain_seed(unsigned long seed, size_t run) { return mix(mix((uint32_t)seed) + (uint32_t)run); }

double wick_chain_steps(const wick_chain *chain) { return chain->steps; }

/* ---- Steps --------------------------------------------------------------------------------------------------------- */

/* Does what is still to be done, by the same kernel as in a step: when it is done must not change a digit. */
static void settle(wick_chain *chain)
{
    const wick_process *process = chain->process;
    for (size_t b = 0; b < process->batch; ++b)
        process->kernels->learn(process->p, rounded_up(chain->columns), process->stride, chain->W,
                                chain->last_rate + b * process->p, chain->last + b * process->stride, chain->last,
                                chain->fields);
    memset(chain->last_rate, 0, process->batch * process->p * sizeof *chain->last_rate);
}

/* Both z are free then: what `last` was for is done. */
static void fold(wick_chain *chain)
{
    const wick_process *process = chain->process;
    const size_t p = process->p, inside = process->start.inside, columns = rounded_up(chain->columns);
    settle(chain);
    process->kernels->triangular(p, inside, columns, process->stride, chain->W, chain->z);
    chain->columns = inside + p;
    for (size_t s = 0; s < process->batch; ++s) /* lanes in use reach beyond the columns */
        for (size_t b = chain->columns; b < process->stride; ++b)
            chain->z[s * process->stride + b] = chain->last[s * process->stride + b] = 0;
}

/* The length of the part of z outside the coordinates in use, along a new one, if R^d has one left; it takes longest, so it
 * comes first. Then z in the others. */
static void draw_sample(wick_chain *chain, double *z)
{
    const wick_process *process = chain->process;
    const size_t columns = chain->columns;
    const double rest = process->d - (double)columns;
    if (rest > 0) z[chain->columns++] = sqrt(gsl_ran_chisq(chain->rng, rest));
    for (size_t b = 0; b < columns; ++b) z[b] = gsl_ran_gaussian_ziggurat(chain->rng, 1);
}

/* Those of a step, independent of each other: each adds its direction to the span. */
static void draw_samples(wick_chain *chain)
{
    const wick_process *process = chain->process;
    const bool room = chain->columns + process->batch <= process->capacity || (double)process->capacity == process->d;
    if (!room) fold(chain);
    for (size_t s = 0; s < process->batch; ++s) draw_sample(chain, chain->z + s * process->stride);
}

/* E, with s(l) in values and s'(l) where the rates of the next update will stand. */
static double displacement(wick_chain *chain, const double *z, double *slopes)
{
    const wick_process *process = chain->process;
    const size_t p = process->p, k = process->k;
    process->kernels->apply(k, 0, process->start.inside, process->target_stride, process->T, z, chain->target_fields);
    process->student.evaluate(process->student.self, p, chain->fields, chain->scratch, chain->values, slopes);
    process->target.evaluate(process->target.self, k, chain->target_fields, chain->scratch, chain->target_values, NULL);
    double student = 0, target = 0;
    for (size_t j = 0; j < p && !process->correlation; ++j) student += chain->a[j] * chain->values[j];
    for (size_t r = 0; r < k; ++r) target += process->a_star[r] * chain->target_values[r];
    double E = target / (double)k - student / (double)p;
    if (process->noise_deviation > 0) E += process->noise_deviation * gsl_ran_gaussian_ziggurat(chain->rng, 1);
    return E;
}

/* Before the scale of a student's weights underflows it goes into them. */
static void rescale(wick_chain *chain)
{
    const wick_process *process = chain->process;
    bool small = false;
    for (size_t j = 0; j < process->p; ++j) small = small || fabs(chain->scale[j]) < 1e-100;
    if (!small) return;
    settle(chain);
    for (size_t j = 0; j < process->p; ++j) {
        for (size_t b = 0; b < process->stride; ++b) chain->W[j * process->stride + b] *= chain->scale[j];
        chain->scale[j] = 1;
    }
}

/* The fields of sample number `s`: the first does what is still to be done on the way. */
static void find_fields(wick_chain *chain, size_t s)
{
    const wick_process *process = chain->process;
    const size_t p = process->p, stride = process->stride, columns = rounded_up(chain->columns), batch = process->batch;
    const double *z = chain->z + s * stride;
    for (size_t b = 0; b < batch && s == 0; ++b)
        process->kernels->learn(p, columns, stride, chain->W, chain->last_rate + b * p, chain->last + b * stride, z,
                                chain->fields);
    if (s > 0) process->kernels->apply(p, 0, columns, stride, chain->W, z, chain->fields);
    for (size_t j = 0; j < p; ++j) chain->fields[j] *= chain->scale[j];
}

/* What one sample makes of the rates and of the second layer's step; E. A gradient's rate is over the samples. */
static double learn_sample(wick_chain *chain, size_t s, const wick_step_sizes *sizes)
{
    const wick_process *process = chain->process;
    const size_t p = process->p;
    double *const slopes = chain->next_rate + s * p;
    find_fields(chain, s);
    const double E = displacement(chain, chain->z + s * process->stride, slopes);
    const double rate = sizes->time_step * E / (double)process->batch;
    for (size_t j = 0; j < p; ++j) {
        slopes[j] *= rate * sizes->rate[WICK_WEIGHTS] * chain->a[j];
        chain->along[j] += slopes[j] * chain->fields[j];
        chain->layer_step[j] += rate * sizes->rate[WICK_SECOND_LAYER] * chain->values[j];
    }
    return E;
}

/* |sum over samples of rate_j z|^2, of student j. */
static double length_of_step(const wick_chain *chain, size_t j)
{
    const wick_process *process = chain->process;
    double sum = 0;
    for (size_t s = 0; s < process->batch; ++s)
        for (size_t t = 0; t <= s; ++t)
            sum += (t < s ? 2 : 1) * chain->next_rate[s * process->p + j] * chain->next_rate[t * process->p + j] *
                   process->kernels->dot(0, chain->columns, chain->z + s * process->stride, chain->z + t * process->stride);
    return sum;
}

/* What is kept of a student's weights in a step, which a spherical gradient leaves without its part along them. */
static double keep_of(const wick_chain *chain, const wick_step_sizes *sizes, size_t j)
{
    const bool spherical = chain->process->constraint & WICK_SPHERICAL_GRADIENT;
    return sizes->keep[WICK_WEIGHTS] - (spherical ? chain->along[j] / chain->norms[j] : 0);
}

/* After W_j = keep W_j + sum of rate_j z: back to the sphere. Returns what the whole is multiplied by. */
static double constrain(wick_chain *chain, double keep, size_t j)
{
    const wick_process *process = chain->process;
    if (!process->constraint) return 1;
    const double before = chain->norms[j];
    const double after = keep * keep * before + 2 * keep * chain->along[j] + length_of_step(chain, j);
    if (process->constraint & WICK_SPHERE) return sqrt(before / after);
    chain->norms[j] = after;
    return 1;
}

/* The weights' part of a step, but for W itself, which waits: scales, and rates in units of them. */
static void move_weights(wick_chain *chain, const wick_step_sizes *sizes)
{
    const wick_process *process = chain->process;
    for (size_t j = 0; j < process->p; ++j) {
        const double keep = keep_of(chain, sizes, j), scale = chain->scale[j] * keep;
        chain->scale[j] = scale * constrain(chain, keep, j);
        for (size_t s = 0; s < process->batch; ++s) chain->next_rate[s * process->p + j] /= scale;
    }
}

static bool step(wick_chain *chain)
{
    const wick_process *process = chain->process;
    wick_step_sizes own;
    const wick_step_sizes *sizes = sizes_of(process, chain->time, &own);
    const size_t p = process->p;
    double sum = 0;
    rescale(chain);
    draw_samples(chain);
    memset(chain->layer_step, 0, p * sizeof *chain->layer_step);
    memset(chain->along, 0, p * sizeof *chain->along);
    for (size_t s = 0; s < process->batch; ++s) sum += fabs(learn_sample(chain, s, sizes));
    move_weights(chain, sizes);
    for (size_t j = 0; j < p && process->trained; ++j)
        chain->a[j] = sizes->keep[WICK_SECOND_LAYER] * chain->a[j] + chain->layer_step[j];
    double *const drawn = chain->z, *const rates = chain->next_rate;
    chain->z = chain->last;
    chain->last = drawn;
    chain->next_rate = chain->last_rate;
    chain->last_rate = rates;
    chain->steps += 1;
    chain->time += sizes->time_step;
    return isfinite(sum);
}

bool wick_chain_walk(wick_chain *chain, size_t steps)
{
    for (size_t i = 0; i < steps; ++i)
        if (!step(chain)) return false;
    return true;
}

void wick_chain_state(wick_chain *chain, double *state)
{
    const wick_process *process = chain->process;
    const size_t p = process->p, k = process->k, stride = process->stride;
    const wick_layout *layout = &process->layout;
    settle(chain);
    for (size_t j = 0; j < p; ++j) {
        const double *w = chain->W + j * stride;
        process->kernels->apply(k, 0, process->start.inside, process->target_stride, process->T, w,
                                state + wick_layout_at(layout, WICK_BLOCK_M, j, 0));
        process->kernels->apply(p - j, 0, chain->columns, stride, w, w, state + wick_layout_at(layout, WICK_BLOCK_Q, j, j));
    }
    for (size_t j = 0; j < p; ++j) {
        for (size_t r = 0; r < k; ++r) state[wick_layout_at(layout, WICK_BLOCK_M, j, r)] *= chain->scale[j];
        for (size_t l = j; l < p; ++l)
            state[wick_layout_at(layout, WICK_BLOCK_Q, j, l)] *= chain->scale[j] * chain->scale[l];
    }
    if (process->trained) memcpy(state + wick_layout_start(layout, WICK_BLOCK_LAYER), chain->a, p * sizeof *state);
}

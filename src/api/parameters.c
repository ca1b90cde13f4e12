/* The run-time parameters and the scratch of full-state systems. See api.h. */
#include <stdint.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"

wick_status wick_set_parameters(wick_context *context, const wick_problem *problem, wick_system *system)
{
    const size_t p = problem->p, k = problem->k;
    size_t square;
    if (!wick_layout_dimension(&system->dynamics.layout, &system->dynamics.dimension) ||
        !wick_multiply_sizes(k, k, &square) || square > SIZE_MAX - 2 - k - p)
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p, k);
    system->parameter_count = 2 + k + square + p;
    double *x = system->parameters = wick_allocate(system->parameter_count, 1, sizeof *x);
    if (!x) return wick_fail_memory(context, "making room for a system");
    *x++ = problem->learning_rate;
    *x++ = problem->noise;
    memcpy(x, problem->a_star, k * sizeof *x);
    memcpy(x + k, problem->P, square * sizeof *x);
    memcpy(x + k + square, problem->a, p * sizeof *x);
    return WICK_OK;
}

wick_status wick_copy_parameters(wick_context *context, const wick_system *from, wick_system *to)
{
    to->parameters = wick_allocate(from->parameter_count, 1, sizeof *to->parameters);
    if (!to->parameters) return wick_fail_memory(context, "copying a system");
    memcpy(to->parameters, from->parameters, from->parameter_count * sizeof *to->parameters);
    return WICK_OK;
}

/* Scratch must start as zeros (padding is read): calloc() gives large blocks of them for free. */
double *wick_allocate_work(size_t size, double **block)
{
    enum { LINE = 8 }; /* doubles in a cache line */
    *block = size > SIZE_MAX - LINE ? NULL : wick_allocate(size + LINE, 1, sizeof(double));
    if (!*block) return NULL;
    const size_t misplaced = (uintptr_t)*block / sizeof(double) % LINE;
    return *block + (LINE - misplaced) % LINE;
}

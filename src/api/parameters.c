/* The run-time parameters and the scratch of full-state systems. See api.h. */
#include <stdint.h>
#include <string.h>

#include "api/api.h"
#include "base/memory.h"

wick_status wick_set_parameters(wick_context *context, const wick_problem *problem, wick_system *system)
{
    const size_t p = problem->p, k = problem->k;
    size_t given;
    if (!wick_layout_dimension(&system->plain.layout, &system->plain.dimension) || !wick_given_dimension(p, k, &given) ||
        given > SIZE_MAX - WICK_PLAIN_PARAMETER_COUNT)
        return wick_fail(context, WICK_ERROR_MEMORY, "p = %zu and k = %zu: the overlaps do not fit in memory", p, k);
    system->parameter_count = WICK_PLAIN_PARAMETER_COUNT + given;
    system->parameters = wick_allocate(system->parameter_count, 1, sizeof *system->parameters);
    if (!system->parameters) return wick_fail_memory(context, "making room for a system");
    wick_take_parameters(system, problem);
    return WICK_OK;
}

/* Copies, and says whether that changed anything. */
static bool take(const double *values, size_t count, double *to)
{
    const bool changed = memcmp(to, values, count * sizeof *to) != 0;
    memcpy(to, values, count * sizeof *to);
    return changed;
}

bool wick_take_parameters(wick_system *system, const wick_problem *problem)
{
    bool changed = false;
    memcpy(system->parameters, system->parameter, WICK_PLAIN_PARAMETER_COUNT * sizeof *system->parameters);
    system->parameters[WICK_LEARNING_RATE] = wick_rules_plain_rate(system->parameter);
    if (!problem) return false;
    const wick_arrays arrays = wick_problem_arrays(problem);
    for (wick_block_id block = 0; block < WICK_BLOCK_COUNT; ++block) {
        const size_t count = wick_given_size(problem->p, problem->k, block);
        if (count > 0 &&
            take(arrays.array[block], count, system->parameters + wick_given_start(problem->p, problem->k, block)))
            changed = true;
    }
    return changed;
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

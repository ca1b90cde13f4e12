/* See kernels.h. SPDX: 0BSD */
#include "kernels/kernels.h"

#include <string.h>

#include "kernels/levels.h"

const wick_kernel_table *wick_kernels(void)
{
#ifdef WICK_X86_LEVELS
    if (__builtin_cpu_supports("x86-64-v4")) return &wick_kernels_v4;
    if (__builtin_cpu_supports("x86-64-v3")) return &wick_kernels_v3;
#endif
    return &wick_kernels_base;
}

#define ENTRY(name)                                                                                                         \
    {                                                                                                                       \
#name, offsetof(wick_kernel_table, name)                                                                            \
    }
static const struct {
    const char *name;
    size_t offset;
} entries[] = {
    ENTRY(overlaps),
    ENTRY(weights),
    ENTRY(drift),
    ENTRY(diagonal),
    ENTRY(polynomial),
    ENTRY(multiply),
    ENTRY(map0),
    ENTRY(map1),
    ENTRY(map2),
    ENTRY(map3),
    ENTRY(terms2),
    ENTRY(terms3),
    ENTRY(terms4),
    ENTRY(stream),
    ENTRY(sum),
    ENTRY(dot),
    ENTRY(apply),
    ENTRY(row_dot),
    ENTRY(product),
    ENTRY(transpose),
    ENTRY(pair_row),
    ENTRY(pair_gradient),
    ENTRY(add_gradient),
    ENTRY(set_layer_gradient),
    ENTRY(direction_overlaps),
    ENTRY(direction_weights),
    ENTRY(slope),
    ENTRY(flow_seed),
    ENTRY(variance_seed),
    ENTRY(extend),
    ENTRY(add),
    ENTRY(fold),
    ENTRY(halve_diagonal),
    ENTRY(outer),
    ENTRY(put_tangent),
    ENTRY(put_adjoint),
};

size_t wick_kernel_count(void) { return sizeof entries / sizeof *entries; }

const char *wick_kernel_name(size_t index) { return entries[index].name; }

const void *wick_kernel_address(const wick_kernel_table *table, size_t index)
{
    void *address; /* a function pointer's bytes: POSIX gives both the same representation */
    memcpy(&address, (const char *)table + entries[index].offset, sizeof address);
    return address;
}
